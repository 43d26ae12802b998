"""Documents and what is dirty, against a real Redis."""

from __future__ import annotations

from datetime import timedelta

import pytest
import redis

from feeds.model import Document, Stage
from feeds.store.keys import ALL
from feeds.store.store import Store
from feeds.told import CategorySpec
from tests.mills import NOW, configure


def test_a_touched_category_is_dirty_until_that_change_is_published(store: Store) -> None:
    configure(store, CategorySpec(slug="city"))
    store.documents.touch(["city"], NOW)
    assert "city" in store.documents.dirty()
    counter = store.documents.dirt("city").changed
    publish(store, "city", counter)
    assert "city" not in store.documents.dirty()
    assert store.documents.published_at("city") == NOW
    store.documents.touch(["city"], NOW)
    publish(store, "city", counter)
    assert "city" in store.documents.dirty()


def publish(store: Store, slug: str, rendered: int, *names: str, render: str = "1") -> None:
    made = {
        name: Document(body=name.encode(), media_type="x", etag=name, last_modified=NOW) for name in names
    }
    hint = store.claims.grant(Stage.PUBLISH, slug, NOW)
    store.finish(store.plans.published(hint, made, rendered=rendered, render=render, now=NOW))


def test_touching_does_not_move_a_claim_or_a_due_time(store: Store) -> None:
    store.documents.touch(["city"], NOW)
    assert len(store.claims.claim(Stage.PUBLISH, 9, NOW)) == 1
    store.documents.touch(["city"], NOW)
    assert store.claims.claim(Stage.PUBLISH, 9, NOW) == []


def test_documents_are_read_by_name_and_all_at_once(store: Store) -> None:
    configure(store, CategorySpec(slug="city"))
    publish(store, "city", 1, "rss", "atom")
    assert set(store.documents.all("city")) == {"rss", "atom"}
    found = store.documents.read("city", "rss")
    assert found is not None
    assert (found.body, found.last_modified) == (b"rss", NOW)
    assert store.documents.read("city", "json") is None
    assert store.documents.all("none") == {}


@pytest.mark.parametrize("why", ["no documents", "another renderer"])
def test_what_is_stale_has_no_documents_or_another_renderers(
    store: Store, client: redis.Redis, why: str
) -> None:
    configure(store, CategorySpec(slug="city"))
    for slug in ("city", ALL):
        publish(store, slug, 1, "rss")
    assert store.documents.stale("1") == []
    if why == "no documents":
        client.delete("test:documents:city")
        assert store.documents.stale("1") == ["city"]
    else:
        publish(store, ALL, 1, "rss", render="2")
        assert store.documents.stale("2") == ["city"]


def test_what_waits_for_its_turn_is_hastened_and_what_is_claimed_is_not(store: Store) -> None:
    store.documents.touch(["waiting"], NOW + timedelta(seconds=4))
    store.claims.grant(Stage.PUBLISH, "claimed", NOW)
    store.documents.hasten(NOW)
    assert [one.member for one in store.claims.claim(Stage.PUBLISH, 9, NOW)] == ["waiting"]
