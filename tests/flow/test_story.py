"""The story of a publisher with second thoughts and its subscribers, day by day, to the end of the chain.

Whatever it does to its feed, two real programs that are subscribed to ours hold each article once, in its
latest words, and call nothing unread that was read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from feeds.store.store import Store
from tests.flow.clients import newsboats_of, readers_of
from tests.flow.publisher import Post, Publisher, atom, rss
from tests.flow.served import web_over
from tests.flow.subscribers import ATOM, JSON, RSS, Subscribers
from tests.flow.weeks import DAY, HOUR, world_over
from tests.origin import Response

pytestmark = pytest.mark.flow

# ── what the publisher does: each yield is the end of a day ─────────────────────────────────────


def begins(publisher: Publisher) -> Iterator[str]:
    yield "its feed is empty"
    for number in range(1, 11):
        publisher.post(number, ago=(20 - number) * HOUR)
    yield "ten posts"
    yield "nothing"


def edits(publisher: Publisher) -> Iterator[str]:
    publisher.edit(3, title="Story 3, corrected <3")
    publisher.edit(4, body="<p>Other words, <em>with weight</em>.</p>")
    yield "a title and a body are edited"
    publisher.edit(4, title="Story 4, and a new title", body="<p>A third wording.</p>")
    yield "one is edited again, title and body"


def dates_anew(publisher: Publisher) -> Iterator[str]:
    for number, days in {1: 2, 5: 1, 6: -30}.items():
        publisher.edit(number, at=publisher.posts[number].at + timedelta(days=days))
    yield "three get other dates"
    publisher.edit(5, at=publisher.world.clock(), title="Story 5, dated and worded anew")
    yield "one gets another date and another title"


def moves_to_https(publisher: Publisher) -> Iterator[str]:
    for number, post in publisher.posts.items():
        address = f"https://publisher.example/{number}/"
        publisher.edit(number, link=address, guid=address if post.guid == post.link else post.guid)
    yield "every link and guid gets https and a slash at its end"
    for number in (1, 2):
        publisher.edit(number, link=f"https://www.publisher.example/{number}?utm_source=feed")
    yield "two links get www and a tracking parameter"


def renumbers(publisher: Publisher) -> Iterator[str]:
    for number in publisher.posts:
        publisher.edit(number, guid=f"https://publisher.example/?p={100 + number}")
    yield "all guids are other ones"
    publisher.post(11)
    publisher.edit(8, title="Story 8, edited under its new guid")
    yield "a new post comes, and one with its new guid is edited"


def gives_one_guid_to_two(publisher: Publisher) -> Iterator[str]:
    publisher.post(12, guid="latest")
    yield "a post whose guid says little"
    publisher.post(13, guid="latest")
    yield "another one with that guid"
    publisher.edit(12, title="Story 12, edited")
    publisher.edit(13, body="<p>Story 13, edited.</p>")
    yield "both are edited"


def retracts(publisher: Publisher) -> Iterator[str]:
    publisher.retract(7)
    yield "one is taken back"
    yield "it stays away"
    publisher.post_again(7)
    yield "it is posted again"
    publisher.retract(9)
    yield "another one is taken back"
    publisher.post_again(9, guid="nine")
    yield "that one is posted again under a new guid"


def rearranges(publisher: Publisher) -> Iterator[str]:
    publisher.posts = dict(reversed(publisher.posts.items()))
    yield "the feed is turned around"
    numbers = list(publisher.posts)
    Random(7).shuffle(numbers)
    publisher.posts = {number: publisher.posts[number] for number in numbers}
    yield "the feed is shuffled"
    publisher.change_format()
    yield "the feed is in another format"
    publisher.change_format()
    yield "the feed is in its old format again"


def fails(publisher: Publisher) -> Iterator[str]:
    publisher.instead = Response(b"Try later.", 503, "text/plain", etag=False)
    yield "its server fails"
    publisher.instead = Response(b"<!doctype html><title>Back soon</title>", 200, "text/html")
    yield "its server says that it will be back soon"
    publisher.instead = None
    publisher.post(14)
    yield "it is back, with a new post"


def forgets(publisher: Publisher) -> Iterator[str]:
    posts, publisher.posts = publisher.posts, {}
    yield "its feed is empty once more"
    publisher.posts = {number: posts[number] for number in (14, 13, 12)}
    publisher.post(15)
    yield "its feed has its newest posts only, one of them new"
    publisher.posts |= {2: posts[2]._replace(title="Story 2, from the archive")}
    yield "an old one returns, edited"


ACTS = (
    *(begins, edits, dates_anew, moves_to_https, renumbers, gives_one_guid_to_two),
    *(retracts, rearranges, fails, forgets),
)


@contextmanager
def telling(day: str) -> Iterator[None]:
    """Let what fails say on which day."""
    try:
        yield
    except AssertionError as error:
        error.add_note(f"on the day when {day}")
        raise


@pytest.mark.parametrize("spoken", [rss, atom], ids=["rss", "atom"])
def test_subscribers_hold_each_article_once_and_as_it_is(
    spoken: Callable[[Iterable[Post], Iterable[Post]], str],
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ExitStack() as stack:
        world = stack.enter_context(world_over(store))
        web = stack.enter_context(web_over(store, world.clock))
        publisher = Publisher(world, spoken)
        readers = stack.enter_context(readers_of(tmp_path, *(web.url + path for path in (RSS, ATOM, JSON))))
        boats = newsboats_of(tmp_path, *(web.url + path for path in (RSS, ATOM)))
        subscribers = Subscribers(web, publisher, readers, boats)
        for act in ACTS:
            for day in act(publisher):
                publisher.live(DAY)
                with telling(day):
                    subscribers.end_the_day()
    if not boats:
        pytest.skip("only reader took part: the others need newsboat (apt-get install newsboat)")
