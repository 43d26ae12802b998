"""fetch and parse against the real store and a real publisher; the clock moves only when told."""

from __future__ import annotations

import pytest
import redis

from feeds.model import Stage, Validators
from feeds.pipeline.apply import refresh
from feeds.pipeline.dispatch import claim
from feeds.pipeline.parse import parse
from feeds.schedule.when import LATEST_SPREAD
from tests.mills import Desk, due_in, fetch, health, one_step, polled, put, put_and_publish, rss, titles, work

FIRST_ROUND = {("fetch", "news"), ("parse", "news"), ("publish", "news"), ("publish", "all")}


def follow(desk: Desk, body: str, *, etag: bool = True, **policy: object) -> None:
    """Serve ``body`` and poll it as the source ``news``."""
    desk.origin.set("/feed", body, etag=etag)
    put_and_publish(desk, polled(f"{desk.origin.url}/feed", **policy))


def test_one_round_brings_a_source_into_its_feeds(desk: Desk) -> None:
    follow(desk, rss("two", "one"))
    assert set(work(desk.mill)) == FIRST_ROUND
    assert titles(desk.mill) == ["two", "one"]
    assert set(desk.mill.store.documents.all("news")) >= {"rss", "atom", "json"}
    after = health(desk.mill)
    assert (after.outcome, after.entries, after.failures, after.title) == ("changed", 2, 0, "News")
    assert (after.last_fetch, after.last_success, after.last_change) == (desk.clock(),) * 3
    assert due_in(desk.mill) == pytest.approx(900, rel=0.1)
    assert desk.mill.store.sources.payload("news") is None


def test_validators_are_committed_with_the_articles_and_not_before(desk: Desk) -> None:
    follow(desk, rss("one"))
    one_step(desk.mill, Stage.FETCH)
    assert health(desk.mill).validators == Validators()
    assert due_in(desk.mill) is None
    desk.clock.advance(20)
    work(desk.mill)
    kept = health(desk.mill).validators
    assert kept.etag is not None
    assert kept.last_modified is not None
    assert kept.digest is not None


def test_the_next_fetch_is_conditional_and_does_nothing_else(desk: Desk) -> None:
    follow(desk, rss("one"))
    work(desk.mill)
    desk.clock.advance(1000)
    assert work(desk.mill) == [("fetch", "news")]
    assert [request.status for request in desk.origin.requests] == [200, 304]
    assert health(desk.mill).outcome == "unchanged"


def test_the_same_bytes_without_validators_are_not_parsed(desk: Desk) -> None:
    follow(desk, rss("one"), etag=False)
    work(desk.mill)
    desk.clock.advance(1000)
    assert work(desk.mill) == [("fetch", "news")]
    assert [request.status for request in desk.origin.requests] == [200, 200]


def test_a_parse_that_fails_leaves_the_old_validators_and_backs_off(desk: Desk) -> None:
    follow(desk, rss("one"))
    work(desk.mill)
    before = health(desk.mill)
    desk.origin.set("/feed", "<html><body>down for maintenance</body></html>")
    desk.clock.advance(1000)
    assert work(desk.mill) == [("fetch", "news"), ("parse", "news")]
    failed = health(desk.mill)
    assert (failed.outcome, failed.error, failed.failures) == ("failed", "NotAFeed", 1)
    assert failed.validators == before.validators
    assert due_in(desk.mill) == pytest.approx(1800, rel=0.1)
    assert titles(desk.mill) == ["one"]
    desk.origin.set("/feed", rss("one"))
    desk.clock.advance(2000)
    work(desk.mill)
    assert desk.origin.requests[-1].headers["if-none-match"] == before.validators.etag
    assert (health(desk.mill).failures, health(desk.mill).error) == (0, None)


def test_a_lost_hint_repeats_the_parse_and_not_the_download(desk: Desk) -> None:
    follow(desk, rss("one"))
    one_step(desk.mill, Stage.FETCH)
    assert work(desk.mill) == []
    desk.clock.advance(20)
    assert ("parse", "news") in work(desk.mill)
    assert len(desk.origin.requests) == 1
    assert titles(desk.mill) == ["one"]


def test_a_payload_that_is_gone_is_fetched_again(desk: Desk, client: redis.Redis) -> None:
    follow(desk, rss("one"))
    hints = one_step(desk.mill, Stage.FETCH)
    client.delete("test:payload:news")
    parse(desk.mill, hints[Stage.PARSE][0])
    assert due_in(desk.mill) == 0
    work(desk.mill)
    assert titles(desk.mill) == ["one"]


def test_hints_delivered_twice_do_their_work_once(desk: Desk) -> None:
    follow(desk, rss("one"))
    [one] = claim(desk.mill, Stage.FETCH, 10)
    [to_parse] = fetch(desk.mill, one.hint)[Stage.PARSE]
    assert fetch(desk.mill, one.hint) == {}
    assert len(desk.origin.requests) == 1
    assert set(parse(desk.mill, to_parse)) == {Stage.PUBLISH}
    assert parse(desk.mill, to_parse) == {}


def test_only_what_is_new_or_changed_is_written(desk: Desk) -> None:
    follow(desk, rss(c="third", b="second", a="first"))
    work(desk.mill)
    store = desk.mill.store
    before = {one.guid: one.id for one in store.articles.newest("news", 10)}
    desk.origin.set("/feed", rss(c="third", b="second, corrected", a="first"))
    desk.clock.advance(1000)
    work(desk.mill)
    versions = {guid: store.articles.read([name])[name].version for guid, name in before.items()}
    assert versions == {"a": 1, "b": 2, "c": 1}
    assert titles(desk.mill) == ["third", "second, corrected", "first"]
    entry = store.articles.entries([before["b"]]).get(before["b"])
    assert entry is not None
    assert entry.title == "second, corrected"


def test_new_bytes_without_news_publish_nothing(desk: Desk) -> None:
    follow(desk, rss("one"))
    work(desk.mill)
    desk.origin.set("/feed", rss("one") + "<!-- built at noon -->")
    desk.clock.advance(1000)
    assert work(desk.mill) == [("fetch", "news"), ("parse", "news")]
    assert health(desk.mill).outcome == "unchanged"


def test_gone_ends_polling_until_the_source_is_another(desk: Desk) -> None:
    follow(desk, rss("one"))
    work(desk.mill)
    desk.origin.set("/feed", "", status=410)
    desk.clock.advance(1000)
    work(desk.mill)
    assert (health(desk.mill).gone, due_in(desk.mill)) == (True, None)
    desk.clock.advance(1e6)
    assert work(desk.mill) == []
    assert refresh(desk.mill.store, ["news"], asked=True) == {"news": "gone"}
    assert titles(desk.mill) == ["one"]


def test_a_publisher_who_asks_for_time_gets_it_even_from_a_refresh(desk: Desk) -> None:
    desk.origin.set("/feed", "", status=503, headers={"Retry-After": "7200"})
    put(desk.mill, polled(f"{desk.origin.url}/feed"))
    work(desk.mill)
    due = due_in(desk.mill)
    assert due is not None
    assert 7200 <= due <= 7200 + LATEST_SPREAD
    assert refresh(desk.mill.store, ["news"], asked=True) == {"news": "later"}
    desk.clock.advance(7199)
    assert work(desk.mill) == []
    desk.clock.advance(1)
    assert work(desk.mill) == [("fetch", "news")]


def test_a_refresh_overrides_interval_and_backoff(desk: Desk) -> None:
    desk.origin.set("/feed", "", status=500)
    put(desk.mill, polled(f"{desk.origin.url}/feed"))
    work(desk.mill)
    assert work(desk.mill) == []
    assert refresh(desk.mill.store, ["news", "nobody"], asked=False) == {"news": "due", "nobody": "unknown"}
    assert work(desk.mill) == [("fetch", "news")]
    assert health(desk.mill).failures == 2


def test_what_entries_lack_is_counted(desk: Desk) -> None:
    bare = "<item><description>no title, date or id</description></item>"
    follow(desk, rss("one").replace("</channel>", f"{bare}</channel>"))
    work(desk.mill)
    after = health(desk.mill)
    assert (after.entries, after.undated, after.untitled, after.unidentified) == (2, 1, 1, 1)
    assert len(titles(desk.mill)) == 2


def test_a_source_that_may_not_be_fetched_says_so_and_stops_nobody(desk: Desk) -> None:
    desk.origin.set("/feed", rss("one"))
    url = f"{desk.origin.url}/feed"
    put(desk.mill, polled(url, id="unsafe", allow=()), polled(url), polled(f"{url}/missing", id="missing"))
    work(desk.mill)
    errors = {name: health(desk.mill, name).error for name in ("unsafe", "news", "missing")}
    assert errors == {"unsafe": "UnsafeURL", "news": None, "missing": "BadStatus"}
    assert titles(desk.mill) == ["one"]
