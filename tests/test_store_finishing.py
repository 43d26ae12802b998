"""How work ends: all of its writes or none, on a real Redis."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis
from msgspec.structs import replace

from feeds.crawl import Health
from feeds.model import Article, Document, Placement, Stage, Validators
from feeds.packing import opened
from feeds.store.claims import QUEUE_LEASE, Hint
from feeds.store.keys import ALL
from feeds.store.plan import (
    PUBLISH_ALL_EVERY,
    PUBLISH_EVERY,
    ArticleWrite,
    Finish,
    Finished,
    PageEnd,
    SourceEnd,
    page_member,
    page_of,
    publish_every,
)
from feeds.store.store import Store
from tests import make

ORIGIN = "publisher.example 2 1000 publisher.example 1"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HEALTH = Health(outcome="changed", validators=Validators(etag='"new"'))


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def parsed(store: Store, *writes: ArticleWrite, hint: Hint | None = None, **more: Any) -> Finished:
    """End a parse that wrote these articles."""
    given: dict[str, Any] = {"now": NOW, "owner": "news", "digests": {}}
    given |= {"writes": writes, "categories": (), "page_origins": {}} | more
    hint = hint or store.claims.grant(Stage.PARSE, "news", given["now"])
    return store.finish(store.plans.parsed(hint, SourceEnd(HEALTH, NOW + seconds(900)), **given))


def new(article: Article) -> ArticleWrite:
    return ArticleWrite(article, make.entry(), 0)


def snapshot(client: redis.Redis) -> dict[bytes, bytes | None]:
    """Every key with its bytes."""
    return {key: client.dump(key) for key in client.keys("*") if key != b"test:tokens"}


def test_a_parse_commits_articles_validators_and_what_follows_together(store: Store) -> None:
    article = make.article()
    finished = parsed(store, new(article), digests={article.id: "digest"})
    assert finished.status is Finish.DONE
    assert store.articles.read([article.id])[article.id] == (article, 1)
    assert store.articles.entries([article.id]) == {article.id: make.entry()}
    assert store.articles.known("news", [article.id]) == {article.id: "digest"}
    assert store.articles.at(article.path) == article
    assert store.articles.newest("news", 9) == store.articles.newest(ALL, 9) == [article]
    assert store.sources.health("news") == HEALTH
    assert {hint.member for hint in finished.hints[Stage.PUBLISH]} == {"news", ALL}
    assert [one.member for one in store.claims.claim(Stage.FETCH, 9, NOW + seconds(900))] == ["news"]


def test_the_hints_that_follow_are_claims_already(store: Store) -> None:
    finished = parsed(store, new(make.article()))
    assert store.claims.claim(Stage.PUBLISH, 9, NOW + seconds(QUEUE_LEASE - 1)) == []
    for hint in finished.hints[Stage.PUBLISH]:
        assert store.claims.start(Stage.PUBLISH, hint, NOW, lease=35) is not None


STALE = {
    "an older version": lambda article: ArticleWrite(article, None, 0),
    "a version that never was": lambda article: ArticleWrite(article, None, 9),
    "another's path": lambda article: new(replace(article, id="f" * 32)),
}


@pytest.mark.parametrize("kind", STALE)
def test_a_plan_made_from_what_is_no_more_writes_nothing_and_keeps_its_claim(
    store: Store, client: redis.Redis, kind: str
) -> None:
    article = make.article()
    parsed(store, new(article))
    hint = store.claims.grant(Stage.PARSE, "news", NOW)
    before = snapshot(client)
    other = make.article(id="a" * 32, path="/news/other.html")
    finished = parsed(store, new(other), STALE[kind](article), hint=hint, digests={other.id: "d"})
    assert (finished.status, finished.hints) == (Finish.OUTRUN, {})
    assert snapshot(client) == before
    assert parsed(store, ArticleWrite(article, None, 1), hint=hint).status is Finish.DONE


def test_a_finish_under_an_old_token_writes_nothing(store: Store, client: redis.Redis) -> None:
    hint = store.claims.grant(Stage.PARSE, "news", NOW)
    store.claims.start(Stage.PARSE, hint, NOW, lease=35)
    before = snapshot(client)
    assert parsed(store, new(make.article()), hint=hint).status is Finish.LOST
    assert snapshot(client) == before


def test_an_article_that_awaits_its_page_is_stored_and_not_listed(store: Store) -> None:
    waiting = make.article(listed=False, complete=False, page="https://publisher.example/1")
    finished = parsed(store, new(waiting), page_origins={waiting.id: ORIGIN})
    assert finished.hints == {}
    assert store.articles.read([waiting.id])[waiting.id].article == waiting
    assert store.articles.at(waiting.path) is None
    assert store.articles.newest(ALL, 9) == []
    assert store.documents.dirt("news").changed == 0
    [claim] = store.claims.claim(Stage.PAGE, 9, NOW)
    assert claim.member == waiting.id


def test_a_page_that_came_fills_and_lists_the_article(store: Store, client: redis.Redis) -> None:
    waiting = make.article(listed=False)
    parsed(store, new(waiting), page_origins={waiting.id: ORIGIN})
    [claim] = store.claims.claim(Stage.PAGE, 9, NOW)
    member = page_member(waiting.id)
    came = make.received("{}")
    received = store.finish(store.plans.received(Stage.PAGE, claim.hint, member, received=came, now=NOW))
    [hint] = received.hints[Stage.PARSE]
    assert (hint.member, store.sources.payload(member)) == (member, opened(came))
    write = ArticleWrite(replace(waiting, listed=True), None, 1)
    assert store.finish(store.plans.filled(hint, write, now=NOW)).status is Finish.DONE
    assert [one.id for one in store.articles.newest("news", 9)] == [waiting.id]
    assert store.sources.payload(member) is None
    assert client.hlen("test:origins:page") == 0
    assert client.zcard("test:slots:publisher.example") == 0


def test_failures_of_a_page_are_counted_until_it_is_forgotten(store: Store) -> None:
    hint = store.claims.grant(Stage.PAGE, "a", NOW)
    again = PageEnd("a", 1, NOW + seconds(30), None)
    store.finish(store.plans.page_failed(Stage.PAGE, hint, None, again, NOW))
    assert store.sources.page_failures("a") == 1
    assert store.claims.unfinished(NOW)[Stage.PAGE] == 0
    assert store.claims.unfinished(NOW + seconds(30))[Stage.PAGE] == 1
    [claim] = store.claims.claim(Stage.PAGE, 9, NOW + seconds(30))
    store.finish(store.plans.page_failed(Stage.PAGE, claim.hint, None, PageEnd("a", 2, None, None), NOW))
    assert store.sources.page_failures("a") == 0
    assert store.claims.claim(Stage.PAGE, 9, NOW + seconds(1e6)) == []


def test_an_article_leaves_the_category_it_is_moved_from(store: Store) -> None:
    article = make.article()
    parsed(store, new(article))
    moved = replace(article, placements=(Placement(source_id="news", slug="moved"),))
    parsed(store, ArticleWrite(moved, None, 1, left=("news",)))
    assert store.articles.newest("news", 9) == []
    assert store.articles.newest("moved", 9) == store.articles.newest(ALL, 9) == [moved]
    assert store.documents.dirt("news").changed == 2


def test_a_payload_set_aside_waits_seven_days(store: Store, client: redis.Redis) -> None:
    hint = store.claims.grant(Stage.FETCH, "news", NOW)
    store.finish(store.plans.received(Stage.FETCH, hint, "news", received=make.received("x"), now=NOW))
    store.sources.set_aside("news")
    assert store.sources.payload("news") is None
    assert client.ttl("test:aside:news") == pytest.approx(7 * 86400, abs=60)
    store.sources.set_aside("news")


def test_a_change_is_published_at_once_and_then_at_its_pace(store: Store) -> None:
    parsed(store, new(make.article()))
    for slug in ("news", ALL):
        hint = store.claims.grant(Stage.PUBLISH, slug, NOW)
        store.finish(store.plans.published(hint, {}, rendered=1, render="1", now=NOW))
    finished = parsed(store, ArticleWrite(make.article(title="b"), None, 1), now=NOW + seconds(0.5))
    assert finished.hints == {}
    due = [
        [one.member for one in store.claims.claim(Stage.PUBLISH, 9, NOW + seconds(after))]
        for after in (PUBLISH_EVERY - 0.1, PUBLISH_EVERY, PUBLISH_ALL_EVERY - 0.1, PUBLISH_ALL_EVERY)
    ]
    assert due == [[], ["news"], [], [ALL]]
    assert (publish_every("news"), publish_every(ALL)) == (PUBLISH_EVERY, PUBLISH_ALL_EVERY)


def document(text: str) -> Document:
    return Document(body=text.encode(), media_type="text/plain", etag=f'"{text}"', last_modified=NOW)


@pytest.mark.parametrize(("order", "kept"), [((1, 2), "2"), ((2, 1), "2"), ((1, 1), "1")])
def test_the_fence_keeps_the_newest_render(store: Store, order: tuple[int, int], kept: str) -> None:
    store.documents.touch(["news", "news"], NOW)
    for number in order:
        hint = store.claims.grant(Stage.PUBLISH, "news", NOW)
        made = {"rss": document(str(number))}
        store.finish(store.plans.published(hint, made, rendered=number, render="1", now=NOW))
    assert store.documents.read("news", "rss") == document(kept)
    assert store.documents.dirt("news") == (2, max(order))


def test_a_source_whose_work_is_dropped_leaves_no_payload(store: Store) -> None:
    hint = store.claims.grant(Stage.FETCH, "news", NOW)
    received = store.finish(
        store.plans.received(Stage.FETCH, hint, "news", received=make.received("x"), now=NOW)
    )
    store.finish(store.plans.dropped(Stage.PARSE, received.hints[Stage.PARSE][0], NOW))
    assert store.sources.payload("news") is None
    assert set(store.claims.unfinished(NOW).values()) == {0}


@pytest.mark.parametrize(
    "body", [b"", b"\0\xff\xfe" * 1000, "报".encode() * 70000], ids=["none", "binary", "long"]
)
def test_bytes_pass_through_the_script_unharmed(store: Store, body: bytes) -> None:
    hint = store.claims.grant(Stage.FETCH, "news", NOW)
    store.finish(store.plans.received(Stage.FETCH, hint, "news", received=make.received(body), now=NOW))
    assert store.sources.payload("news") == make.payload(body)


def test_many_articles_end_in_one_finish(store: Store) -> None:
    articles = [make.article(id=f"{number:032x}", path=f"/news/{number}.html") for number in range(3000)]
    digests = {article.id: "d" for article in articles}
    assert parsed(store, *(new(article) for article in articles), digests=digests).status is Finish.DONE
    assert store.categories.sizes(["news", ALL]) == {"news": 3000, ALL: 3000}


def test_pages_and_sources_are_told_apart_in_parse() -> None:
    assert page_of(page_member("0a")) == "0a"
    assert page_of("a-source") is None
