"""publish: the fence, the pace, and that what did not change is not written."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from feeds.model import Document, Stage
from feeds.pipeline.dispatch import MAX_ATTEMPTS, UNPUBLISHABLE_WAIT, claim
from feeds.pipeline.export import publish_changed
from feeds.pipeline.publish import mark_stale, publish, render
from feeds.render.document import RENDER_VERSION
from feeds.store.codec import pack, squeeze
from feeds.store.keys import ALL
from feeds.store.store import Store
from feeds.told import Site
from tests import make
from tests.mills import Desk, desk_over, die, one_step, polled, put_and_publish, rss, work

FORMATS = ("rss", "atom", "json")


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    with desk_over(store) as opened:
        opened.origin.set("/feed", rss("one"))
        put_and_publish(opened, polled(f"{opened.origin.url}/feed"))
        yield opened


def gain(desk: Desk, *named: str) -> None:
    """The source gains articles, which are parsed but not published."""
    desk.origin.set("/feed", rss(*named))
    desk.mill.store.claims.refresh("news", desk.clock())
    one_step(desk.mill, Stage.FETCH)
    desk.clock.advance(20)
    one_step(desk.mill, Stage.PARSE)


def documents(desk: Desk, slug: str = "news") -> dict[str, Document]:
    return desk.mill.store.documents.all(slug)


def due(desk: Desk) -> set[str]:
    """Claim the categories that are due."""
    return {one.member for one in claim(desk.mill, Stage.PUBLISH, 100)}


def test_a_configured_category_has_valid_feeds_before_its_first_article(desk: Desk) -> None:
    assert set(documents(desk)) == {*FORMATS, "html", "html.zh"}
    assert set(documents(desk, ALL)) == {*FORMATS, "html", "html.zh", "opml", "index"}
    assert desk.mill.store.documents.dirty() == []


def test_a_change_during_rendering_leaves_the_category_due(desk: Desk) -> None:
    gain(desk, "one")
    desk.clock.advance(20)
    [one] = [one for one in claim(desk.mill, Stage.PUBLISH, 100) if one.member == "news"]
    started = desk.mill.start(Stage.PUBLISH, one.hint)
    assert started is not None
    store = desk.mill.store
    counter, rendered = store.documents.dirt("news").changed, render(store, "news")
    gain(desk, "two", "one")
    finished = store.finish(
        store.plans.published(started, rendered, rendered=counter, render=RENDER_VERSION, now=desk.clock())
    )
    assert finished.status == "done"
    assert store.documents.dirt("news").is_dirty
    assert "news" not in due(desk)
    desk.clock.advance(1)
    assert "news" in due(desk)


def test_a_render_of_an_older_state_never_replaces_a_newer_one(desk: Desk) -> None:
    store = desk.mill.store
    old = render(store, "news")
    counter = store.documents.dirt("news").changed
    work(desk.mill)
    newer = documents(desk)
    assert newer["rss"].etag != old["rss"].etag
    late = store.claims.grant(Stage.PUBLISH, "news", desk.clock())
    overtaken = {"rendered": counter, "render": RENDER_VERSION, "now": desk.clock()}
    store.finish(store.plans.published(late, old, **overtaken))
    assert documents(desk) == newer
    assert store.documents.dirt("news").published > counter
    assert store.documents.dirt("news").is_dirty is False


def test_a_publisher_that_wakes_after_its_lease_writes_nothing(desk: Desk) -> None:
    gain(desk, "one")
    desk.clock.advance(20)
    [one] = [one for one in claim(desk.mill, Stage.PUBLISH, 100) if one.member == "news"]
    started = desk.mill.start(Stage.PUBLISH, one.hint)
    assert started is not None
    stale = render(desk.mill.store, "news")
    desk.clock.advance(36)
    work(desk.mill)
    newer = documents(desk)
    finished = desk.mill.store.finish(
        desk.mill.store.plans.published(
            started, dict.fromkeys(stale, make_document("stale")), rendered=99, render="x", now=desk.clock()
        )
    )
    assert finished.status == "lost"
    assert documents(desk) == newer


def make_document(text: str, etag: str = '"other"') -> Document:
    return Document(body=text.encode(), media_type="text/plain", etag=etag, last_modified=make.SEEN_AT)


def test_a_category_is_published_at_once_and_then_once_a_second(desk: Desk) -> None:
    work(desk.mill)
    at = desk.mill.store.documents.published_at("news")
    assert at == desk.clock()
    desk.mill.store.claims.refresh("news", desk.clock())
    desk.origin.set("/feed", rss("two", "one"))
    assert work(desk.mill) == [("fetch", "news"), ("parse", "news")]
    desk.clock.advance(0.999)
    assert work(desk.mill) == []
    desk.clock.advance(0.001)
    assert work(desk.mill) == [("publish", "news")]
    desk.clock.advance(3.999)
    assert work(desk.mill) == []
    desk.clock.advance(0.001)
    assert work(desk.mill) == [("publish", ALL)]


def test_documents_whose_bytes_did_not_change_are_not_written(desk: Desk) -> None:
    work(desk.mill)
    store, before = desk.mill.store, documents(desk)
    marked = make_document("left alone", etag=before["rss"].etag)
    hint = store.claims.grant(Stage.PUBLISH, "news", desk.clock())
    changed = store.documents.dirt("news").changed
    store.finish(
        store.plans.published(
            hint, {"rss": marked}, rendered=changed, render=RENDER_VERSION, now=desk.clock()
        )
    )
    store.documents.touch(["news"], desk.clock())
    work(desk.mill)
    assert documents(desk) == before | {"rss": marked}


def test_published_again_from_nothing_the_documents_are_the_same(desk: Desk) -> None:
    work(desk.mill)
    before = _contents(desk)
    for slug in ("news", ALL):
        desk.mill.store.categories._client.delete(f"test:documents:{slug}")
    mark_stale(desk.mill)
    desk.clock.advance(3600)
    work(desk.mill)
    assert _contents(desk) == before


def _contents(desk: Desk) -> dict[tuple[str, str], tuple[bytes, str]]:
    return {
        (slug, name): (one.body, one.etag)
        for slug in ("news", ALL)
        for name, one in documents(desk, slug).items()
    }


def test_a_document_that_changed_is_newer_though_what_came_is_older(desk: Desk) -> None:
    work(desk.mill)
    before = documents(desk)
    desk.mill.store.categories._client.set("test:site", pack(Site(title="Other words, and no other date")))
    desk.mill.store.documents.touch(["news"], desk.mill.store.now())
    desk.clock.advance(10)
    work(desk.mill)
    after = documents(desk)
    assert after["atom"].etag != before["atom"].etag
    assert after["atom"].last_modified == before["atom"].last_modified + timedelta(seconds=1)


def test_another_version_of_the_renderer_makes_everything_due(desk: Desk) -> None:
    work(desk.mill)
    desk.clock.advance(10)
    mark_stale(desk.mill)
    assert due(desk) == set()
    client = desk.mill.store.categories._client
    client.hset("test:category:news", "render", "another version")
    mark_stale(desk.mill)
    assert due(desk) == {"news"}


def test_a_category_that_ends_its_publisher_waits_and_keeps_its_documents(desk: Desk) -> None:
    work(desk.mill)
    desk.clock.advance(10)
    before = documents(desk)
    desk.mill.store.documents.touch(["news"], desk.clock())
    die(desk.mill, desk.clock, Stage.PUBLISH, MAX_ATTEMPTS)
    assert work(desk.mill) == []
    assert documents(desk) == before
    desk.clock.advance(UNPUBLISHABLE_WAIT.total_seconds() - 1)
    assert work(desk.mill) == []
    desk.clock.advance(1)
    assert ("publish", "news") in work(desk.mill)


def test_a_hint_delivered_twice_renders_once(desk: Desk) -> None:
    desk.mill.store.documents.touch(["news"], desk.clock())
    [one] = claim(desk.mill, Stage.PUBLISH, 100)
    publish(desk.mill, one.hint)
    at = desk.mill.store.documents.published_at("news")
    desk.clock.advance(5)
    publish(desk.mill, one.hint)
    assert desk.mill.store.documents.published_at("news") == at


def test_publishing_what_changed_does_not_wait_for_its_turn(desk: Desk) -> None:
    work(desk.mill)
    desk.mill.store.claims.refresh("news", desk.clock())
    desk.origin.set("/feed", rss("two", "one"))
    work(desk.mill)
    pauses: list[float] = []
    assert publish_changed(desk.mill, pauses.append) == 2
    assert desk.mill.store.documents.dirty() == []
    assert pauses == []


def test_publishing_what_changed_waits_for_whoever_has_it(desk: Desk) -> None:
    gain(desk, "one")
    desk.clock.advance(20)
    assert "news" in due(desk)
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        desk.clock.advance(seconds)

    publish_changed(desk.mill, pause)
    assert desk.mill.store.documents.dirty() == []
    assert sum(pauses) == pytest.approx(20, abs=0.1)


def test_what_could_not_be_published_is_told_until_it_can(desk: Desk) -> None:
    work(desk.mill)
    store, before = desk.mill.store, documents(desk)
    for warnings in (("left out urn:uuid:1: cannot be written",), ()):
        hint = store.claims.grant(Stage.PUBLISH, "news", desk.clock())
        counter = store.documents.dirt("news").changed
        said = {"rendered": counter, "render": RENDER_VERSION, "now": desk.clock()}
        store.finish(store.plans.published(hint, {}, **said, warnings=warnings))
        assert store.documents.warnings() == ({"news": list(warnings)} if warnings else {})
    assert documents(desk) == before


def test_an_article_that_no_feed_can_hold_stops_no_other(desk: Desk) -> None:
    """A date of the year 1, which RSS cannot write: the normalizer lets none pass, so it is put there."""
    gain(desk, "two", "one")
    store = desk.mill.store
    [one] = [each for each in store.articles.every("news") if each.title == "one"]
    client, key = store.categories._client, f"test:article:{one.id}"
    client.hset(key, "b", squeeze(msgspec.structs.replace(one, published=datetime(1, 1, 1, tzinfo=UTC))))
    desk.clock.advance(20)
    work(desk.mill)
    [warning] = store.documents.warnings()["news"]
    assert warning.startswith(f"left out {UUID(one.id).urn}: ")
    feed = gzip.decompress(documents(desk)["rss"].body)
    assert b"<title>two</title>" in feed
    assert b"<title>one</title>" not in feed
