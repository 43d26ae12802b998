"""robots.txt before articles' own pages: asked for once a site, heeded, and never with a source's secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime

import pytest
import redis

from feeds.errors import OwnNetwork
from feeds.fetch.client import Client
from feeds.fetch.robots import RETRY, site_of
from feeds.model import NotModified, Received, Stage
from feeds.pipeline.dispatch import claim
from feeds.pipeline.mill import Hints, Intake, Mill
from feeds.pipeline.page import PAGE
from feeds.store.keys import Keys
from feeds.told import ArticleRule
from tests.mills import Desk, api, body, listed, one_step, put_and_publish, titles, work
from tests.origin import Origin, Response
from tests.places import PREFIX

KEYS = Keys(PREFIX)
DAY = 86400.0


@pytest.fixture
def elsewhere() -> Iterator[Origin]:
    """Another site on the same host: another port."""
    with Origin() as origin:
        yield origin


def says(origin: Origin, text: str, *, status: int = 200) -> None:
    """The site's robots.txt from now on."""
    origin.set("/robots.txt", text, media_type="text/plain", status=status, etag=False)


def listing(desk: Desk, *guids: str, **policy: object) -> None:
    """A list of articles whose pages are all there, polled once a day."""
    listed(desk.origin, *guids)
    for guid in guids:
        body(desk.origin, guid, f"<p>Body of {guid}.</p>")
    put_and_publish(desk, api(desk.origin, **({"every": DAY} | policy)))


def asked(origin: Origin, *, what: str = "/detail") -> list[str]:
    """The paths of requests that begin so, in the order of arrival."""
    return [request.path for request in origin.requests if request.path.startswith(what)]


def asked_for_robots(origin: Origin) -> int:
    return len(origin.requests_to("/robots.txt"))


def contents(desk: Desk) -> list[str]:
    return sorted(article.content for article in desk.mill.store.articles.newest("news", 100))


def page_error(desk: Desk) -> str | None:
    [row] = desk.mill.store.sources.rows()
    return row.page_error


def pages_due(desk: Desk) -> None:
    """The list is in, and its pages are due."""
    one_step(desk.mill, Stage.FETCH)
    desk.clock.advance(20)
    one_step(desk.mill, Stage.PARSE)


def test_robots_txt_is_asked_for_once_for_all_pages_of_a_site(desk: Desk) -> None:
    says(desk.origin, "User-agent: *\nDisallow: /private\n")
    listing(desk, *"abcde")
    work(desk.mill)
    assert asked_for_robots(desk.origin) == 1
    assert sorted(asked(desk.origin)) == [f"/detail?id={guid}" for guid in "abcde"]
    assert contents(desk) == [f"<p>Body of {guid}.</p>" for guid in "abcde"]


def test_robots_txt_comes_before_the_first_page_and_not_before_the_list(desk: Desk) -> None:
    listing(desk, "a")
    work(desk.mill)
    assert [request.path for request in desk.origin.requests] == ["/list", "/robots.txt", "/detail?id=a"]


def test_each_site_is_asked_for_its_own(desk: Desk, elsewhere: Origin) -> None:
    says(elsewhere, "User-agent: *\nDisallow: /\n")
    rule = ArticleRule(url=f"{elsewhere.url}/detail?id={{guid}}", content="text")
    listing(desk, "a", article=rule)
    work(desk.mill)
    assert (asked_for_robots(desk.origin), asked_for_robots(elsewhere)) == (0, 1)
    assert asked(elsewhere) == []


@pytest.mark.parametrize("named", ["*", "feedmill", "FeedMill"])
def test_a_page_that_is_disallowed_is_never_asked_for_and_its_article_published_without(
    desk: Desk, named: str
) -> None:
    says(desk.origin, f"User-agent: {named}\nDisallow: /detail\n")
    listing(desk, "a", "b")
    work(desk.mill)
    assert sorted(titles(desk.mill)) == ["Title a", "Title b"]
    assert {article.complete for article in desk.mill.store.articles.newest("news", 9)} == {False}
    said = page_error(desk)
    assert said is not None
    assert said.startswith("Disallowed: ")
    assert f"{desk.origin.url}/robots.txt" in said
    desk.clock.advance(40 * DAY)
    assert "page" not in {stage for stage, _ in work(desk.mill)}
    assert asked(desk.origin) == []


def test_only_what_is_disallowed_is_left_out(desk: Desk) -> None:
    says(desk.origin, "User-agent: *\nDisallow: /detail\nAllow: /detail?id=b\n")
    listing(desk, "a", "b")
    work(desk.mill)
    assert asked(desk.origin) == ["/detail?id=b"]
    assert contents(desk) == ["", "<p>Body of b.</p>"]


def test_rules_for_others_are_not_for_us(desk: Desk) -> None:
    says(desk.origin, "User-agent: otherbot\nDisallow: /\n")
    listing(desk, "a")
    work(desk.mill)
    assert asked(desk.origin) == ["/detail?id=a"]


def test_a_source_that_does_not_heed_robots_txt_asks_for_none(desk: Desk) -> None:
    says(desk.origin, "User-agent: *\nDisallow: /\nCrawl-delay: 60\n")
    listing(desk, "a", robots=False)
    work(desk.mill)
    assert asked_for_robots(desk.origin) == 0
    assert contents(desk) == ["<p>Body of a.</p>"]


@pytest.mark.parametrize("status", [404, 403, 410])
def test_without_robots_txt_everything_is_allowed(desk: Desk, status: int) -> None:
    says(desk.origin, "User-agent: *\nDisallow: /\n", status=status)
    listing(desk, "a")
    work(desk.mill)
    assert contents(desk) == ["<p>Body of a.</p>"]
    assert asked_for_robots(desk.origin) == 1


@pytest.mark.parametrize("status", [500, 503, 429])
def test_while_robots_txt_cannot_be_had_pages_wait_and_they_come_later(
    desk: Desk, client: redis.Redis, status: int
) -> None:
    says(desk.origin, "", status=status)
    listing(desk, "a")
    work(desk.mill)
    assert (asked(desk.origin), titles(desk.mill), asked_for_robots(desk.origin)) == ([], [], 1)
    said = page_error(desk)
    assert said is not None
    assert "robots.txt cannot be had" in said
    for wait in (30, 120):
        desk.clock.advance(wait)
        work(desk.mill)
    assert (asked(desk.origin), asked_for_robots(desk.origin)) == ([], 1)
    says(desk.origin, "User-agent: *\nDisallow:\n")
    desk.clock.advance(RETRY.total_seconds())
    expired(client, desk.origin)
    work(desk.mill)
    assert (asked(desk.origin), asked_for_robots(desk.origin)) == (["/detail?id=a"], 2)
    assert (contents(desk), page_error(desk)) == (["<p>Body of a.</p>"], None)


def expired(client: redis.Redis, origin: Origin) -> None:
    """What Redis does by a clock of its own."""
    key = KEYS.robots(site_of(origin.url))
    assert 0 < client.pttl(key) <= RETRY.total_seconds() * 1000
    client.delete(key)


def test_crawl_delay_is_kept_between_pages(desk: Desk) -> None:
    says(desk.origin, "User-agent: *\nCrawl-delay: 7\n")
    moments: list[datetime] = []

    def noting(path: str, headers: Mapping[str, str]) -> Response:
        moments.append(desk.clock())
        return Response(b'{"text": "<p>Here.</p>"}', media_type="application/json")

    listed(desk.origin, *"abcd")
    desk.origin.handler("/detail", noting)
    put_and_publish(desk, api(desk.origin, every=DAY))
    for _ in range(160):
        work(desk.mill)
        desk.clock.advance(0.25)
    assert len(moments) == 4
    assert [(later - moments[0]).total_seconds() for later in moments] == [0, 7, 14, 21]


def test_crawl_delay_does_not_hold_back_those_who_do_not_heed_it(desk: Desk) -> None:
    says(desk.origin, "User-agent: *\nCrawl-delay: 60\n")
    listing(desk, *"abc", robots=False)
    work(desk.mill)
    assert len(asked(desk.origin)) == 3


def hinted(desk: Desk) -> Hints:
    return {Stage.PAGE: [one.hint for one in claim(desk.mill, Stage.PAGE, 100)]}


def test_of_pages_begun_together_one_asks_for_robots_txt_and_the_others_come_after(desk: Desk) -> None:
    listing(desk, *"abc")
    pages_due(desk)
    mill, hints = desk.mill, hinted(desk)[Stage.PAGE]
    first = PAGE.begin(mill, hints[:1])
    second = PAGE.begin(mill, hints[1:])
    assert [visit.gate and visit.gate.robots for visit in first] == [None]
    assert second == []
    PAGE.conclude(mill, [(visit, PAGE.ask(mill, visit)) for visit in first])
    work(mill)
    assert asked(desk.origin) == [f"/detail?id={only_guid(desk, hints[0].member)}"]
    desk.clock.advance(2)
    work(mill)
    assert (asked_for_robots(desk.origin), len(asked(desk.origin))) == (1, 3)


def only_guid(desk: Desk, article_id: str) -> str | None:
    return desk.mill.store.articles.read([article_id])[article_id].article.guid


def test_a_wait_for_robots_txt_is_no_failed_try(desk: Desk, client: redis.Redis) -> None:
    listing(desk, "a", "b")
    pages_due(desk)
    one, other = hinted(desk)[Stage.PAGE]
    PAGE.begin(desk.mill, [one])
    PAGE.begin(desk.mill, [other])
    assert client.exists(KEYS.page_failures) == 0
    assert client.hget(KEYS.attempts(Stage.PAGE), other.member) is None


def test_robots_txt_is_asked_for_without_the_sources_secrets(desk: Desk) -> None:
    private = {"headers": {"X-Key": "k"}, "auth": "desk:pass", "cookies": {"session": "s"}}
    listing(desk, "a", **private)
    work(desk.mill)
    names = {"x-key", "authorization", "cookie"}
    sent = {request.path: names & set(request.headers) for request in desk.origin.requests}
    assert sent == {"/list": names, "/robots.txt": set(), "/detail?id=a": names}


class Unplugged(Client):
    """A client whose machine has no network."""

    def get(self, url: str, *_: object, **__: object) -> Received | NotModified:
        raise OwnNetwork(f"{url}: no route")


def test_a_page_that_our_own_network_keeps_us_from_is_tried_until_it_comes(
    desk: Desk, client: redis.Redis
) -> None:
    listing(desk, "a", robots=False)
    pages_due(desk)
    with ExitStack() as stack:
        unplugged = Unplugged(monotonic=lambda: 0.0)
        stack.callback(unplugged.close)
        down = Mill(desk.mill.store, Intake(unplugged, desk.mill.intake.parser, desk.clock))
        for _ in range(20):
            assert {stage for stage, _ in work(down)} <= {"page"}
            desk.clock.advance(400)
    assert titles(desk.mill) == []
    assert client.hget(KEYS.page_failures, claim(desk.mill, Stage.PAGE, 1)[0].member) == b"0"
    desk.clock.advance(400)
    work(desk.mill)
    assert contents(desk) == ["<p>Body of a.</p>"]
