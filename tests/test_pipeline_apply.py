"""apply against the running store: renames, changes of rules, removals; all steps real."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from feeds.model import Stage
from feeds.pipeline.apply import apply, preview
from feeds.pipeline.mill import Hints
from feeds.pipeline.parse import parse
from feeds.told import CategoryRule, Source
from tests import make
from tests.mills import (
    Desk,
    die,
    due_in,
    health,
    one_step,
    polled,
    put,
    put_and_publish,
    rss,
    titles,
    work,
)
from tests.origin import Origin, Response


def follow(desk: Desk, *named: str, **policy: object) -> None:
    """Poll a feed of these articles as the source ``old``, all the way."""
    desk.origin.set("/feed", rss(*named))
    put_and_publish(desk, feed(desk.origin, id="old", **policy))
    work(desk.mill)
    desk.clock.advance(100)


def feed(origin: Origin, **overrides: object) -> Source:
    return polled(f"{origin.url}/feed", **overrides)


def ids(desk: Desk, slug: str = "news") -> list[str]:
    return [article.id for article in desk.mill.store.articles.newest(slug, 100)]


def test_a_rename_keeps_articles_health_and_digests(desk: Desk) -> None:
    follow(desk, "two", "one")
    before, crawled = ids(desk), health(desk.mill, "old")
    assert put(desk.mill, feed(desk.origin, id="new")).renamed == (("old", "new"),)
    assert health(desk.mill, "new") == crawled
    assert work(desk.mill) == [("fetch", "new")]
    assert [request.status for request in desk.origin.requests] == [200, 304]
    assert ids(desk) == before
    assert desk.mill.store.sources.read("old") is None


def test_a_renamed_source_still_owns_its_articles(desk: Desk) -> None:
    desk.origin.set("/feed", rss(b="two", a="one"))
    put_and_publish(desk, feed(desk.origin, id="old"))
    work(desk.mill)
    before = ids(desk)
    put(desk.mill, feed(desk.origin, id="new"))
    desk.origin.set("/feed", rss(b="two", a="one, corrected"))
    work(desk.mill)
    assert titles(desk.mill) == ["two", "one, corrected"]
    assert ids(desk) == before
    desk.clock.advance(2000)
    desk.origin.set("/feed", rss(c="three", b="two", a="one, corrected"))
    work(desk.mill)
    assert sorted(titles(desk.mill)) == ["one, corrected", "three", "two"]
    desk.clock.advance(2000)
    desk.origin.set("/feed", rss(c="three, corrected", b="two", a="one, corrected"))
    work(desk.mill)
    assert sorted(titles(desk.mill)) == ["one, corrected", "three, corrected", "two"]


@pytest.mark.parametrize("in_two_steps", [True, False], ids=["later", "at once"])
def test_a_name_given_away_is_another_source(desk: Desk, in_two_steps: bool) -> None:
    follow(desk, "one")
    before = ids(desk)
    desk.origin.set("/other", rss("one"))
    renamed = feed(desk.origin, id="new")
    other = polled(f"{desk.origin.url}/other", id="old", category=CategoryRule(slug="other"))
    if in_two_steps:
        put(desk.mill, renamed)
    assert put(desk.mill, renamed, other).added == ("old",)
    work(desk.mill)
    assert ids(desk) == before
    assert titles(desk.mill, "other") == ["one"]
    assert ids(desk, "other") != before


def test_two_sources_may_change_names(desk: Desk) -> None:
    for path in ("a", "b"):
        desk.origin.set(f"/{path}", rss(f"of {path}"))
    a, b = (polled(f"{desk.origin.url}/{path}", category=CategoryRule(slug=path), id=path) for path in "ab")
    put_and_publish(desk, a, b)
    work(desk.mill)
    before = {slug: ids(desk, slug) for slug in "ab"}
    swapped = [
        polled(f"{desk.origin.url}/{path}", category=CategoryRule(slug=path), id=name)
        for path, name in (("a", "b"), ("b", "a"))
    ]
    desk.clock.advance(10)
    put(desk.mill, *swapped)
    for path in ("a", "b"):
        desk.origin.set(f"/{path}", rss(**{f"of {path}": f"of {path}, corrected"}))
    work(desk.mill)
    assert {slug: titles(desk.mill, slug) for slug in "ab"} == {
        "a": ["of a, corrected"],
        "b": ["of b, corrected"],
    }
    assert {slug: ids(desk, slug) for slug in "ab"} == before


@pytest.mark.parametrize("under_way", ["claimed by fetch", "payload waits", "being parsed"])
def test_a_source_renamed_while_its_work_is_under_way_is_polled_on(desk: Desk, under_way: str) -> None:
    desk.origin.set("/feed", rss("one"))
    put_and_publish(desk, feed(desk.origin, id="old"))
    if under_way == "claimed by fetch":
        die(desk.mill, desk.clock, Stage.FETCH, 1)
    else:
        one_step(desk.mill, Stage.FETCH)
    if under_way == "being parsed":
        desk.clock.advance(20)
        die(desk.mill, desk.clock, Stage.PARSE, 1)
    put(desk.mill, feed(desk.origin, id="new"))
    desk.clock.advance(60)
    work(desk.mill)
    assert titles(desk.mill) == ["one"]
    assert due_in(desk.mill, "new") is not None


def test_a_changed_category_moves_the_articles(desk: Desk) -> None:
    follow(desk, "two", "one")
    before = ids(desk)
    put(desk.mill, feed(desk.origin, id="old", category=CategoryRule(slug="moved")))
    work(desk.mill)
    assert desk.origin.requests[-1].status == 200
    assert "if-none-match" not in desk.origin.requests[-1].headers
    assert ids(desk, "moved") == before
    assert ids(desk) == []
    desk.clock.advance(10)
    work(desk.mill)
    assert desk.mill.store.documents.dirty() == []
    feed_of = desk.mill.store.documents.read("news", "json")
    assert feed_of is not None
    assert feed_of.body != b""
    assert desk.mill.store.articles.at(paths(desk, "moved")[0]) is not None


def paths(desk: Desk, slug: str) -> list[str]:
    return [article.path for article in desk.mill.store.articles.newest(slug, 100)]


def test_a_moved_article_keeps_its_address(desk: Desk) -> None:
    follow(desk, "one")
    before = paths(desk, "news")
    put(desk.mill, feed(desk.origin, id="old", category=CategoryRule(slug="moved")))
    work(desk.mill)
    assert paths(desk, "moved") == before


def test_a_change_of_policy_alone_stays_conditional(desk: Desk) -> None:
    follow(desk, "one")
    assert put(desk.mill, feed(desk.origin, id="old", every=60.0)).changed == ("old",)
    assert work(desk.mill) == [("fetch", "old")]
    assert desk.origin.requests[-1].status == 304


def test_a_change_of_policy_does_not_cut_short_what_the_publisher_asked(desk: Desk) -> None:
    desk.origin.set("/feed", "", status=429, headers={"Retry-After": "7200"})
    put_and_publish(desk, feed(desk.origin, id="old"))
    work(desk.mill)
    put(desk.mill, feed(desk.origin, id="old", every=60.0))
    assert work(desk.mill) == []


def test_a_change_of_policy_does_not_steal_a_fetch_under_way(desk: Desk) -> None:
    def changing(path: str, headers: Mapping[str, str]) -> Response:
        put(desk.mill, feed(desk.origin, id="old", every=60.0))
        work(desk.mill)
        return Response(rss("one").encode())

    desk.origin.handler("/feed", changing)
    put_and_publish(desk, feed(desk.origin, id="old"))
    one_step(desk.mill, Stage.FETCH)
    desk.clock.advance(20)
    work(desk.mill)
    assert [request.status for request in desk.origin.requests] == [200, 304]
    assert titles(desk.mill) == ["one"]


def test_a_rule_changed_while_its_payload_waits_is_applied_to_what_is_there(desk: Desk) -> None:
    desk.origin.set("/feed", rss("one"))
    put_and_publish(desk, feed(desk.origin, id="old"))
    hints: Hints = one_step(desk.mill, Stage.FETCH)
    put(desk.mill, feed(desk.origin, id="old", category=CategoryRule(slug="moved")))
    assert parse(desk.mill, hints[Stage.PARSE][0]) == {}
    work(desk.mill)
    assert (titles(desk.mill), titles(desk.mill, "moved")) == ([], ["one"])


def test_a_removed_source_leaves_its_articles_and_is_polled_no_more(desk: Desk) -> None:
    follow(desk, "one")
    assert put(desk.mill).removed == ("old",)
    desk.clock.advance(1e6)
    assert "fetch" not in {stage for stage, _ in work(desk.mill)}
    assert titles(desk.mill) == ["one"]
    assert desk.mill.store.sources.rows() == []


def test_a_source_that_comes_back_knows_its_articles(desk: Desk) -> None:
    follow(desk, "one")
    before = ids(desk)
    put(desk.mill)
    put(desk.mill, feed(desk.origin, id="old"))
    work(desk.mill)
    assert ids(desk) == before


def test_the_same_catalogue_again_does_nothing(desk: Desk) -> None:
    follow(desk, "one")
    applied = put(desk.mill, feed(desk.origin, id="old"))
    assert (applied.unchanged, applied.added, applied.changed) == (1, (), ())
    assert work(desk.mill) == []


def test_a_preview_says_the_same_and_writes_nothing(desk: Desk) -> None:
    follow(desk, "one")
    catalogue = make.catalogue(sources=(feed(desk.origin, id="new"),))
    told = preview(desk.mill.store, catalogue)
    assert desk.mill.store.sources.read("new") is None
    assert work(desk.mill) == []
    assert apply(desk.mill.store, catalogue) == told
