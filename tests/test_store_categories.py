"""Categories, their spellings and counters, and their documents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import redis

from feeds.crawl import Health
from feeds.model import Document, Stage
from feeds.pipeline.reconcile import Current, reconcile
from feeds.store.keys import ALL
from feeds.store.plan import SourceEnd
from feeds.store.store import Store
from feeds.told import Category, CategorySpec, Site
from tests import make

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def configure(store: Store, *specs: CategorySpec, site: Site | None = None) -> None:
    """Put these categories in force."""
    change, _ = reconcile(make.catalogue(categories=specs, site=site), Current([], {}, None), NOW)
    store.sources.apply(change, NOW)


def first_article(store: Store, *categories: Category) -> None:
    """End a parse that names categories."""
    store.finish(
        store.plans.parsed(
            store.claims.grant(Stage.PARSE, "news", NOW),
            SourceEnd(Health(), NOW),
            now=NOW,
            owner="news",
            digests={},
            writes=(),
            categories=categories,
            page_origins={},
        )
    )


def test_the_first_spelling_wins_for_ever(store: Store) -> None:
    assert store.categories.spell(["Paper", "Other"]) == {"Paper": "Paper", "Other": "Other"}
    assert store.categories.spell(["PAPER", "paper", "new"]) == {
        "PAPER": "Paper",
        "paper": "Paper",
        "new": "new",
    }
    assert store.categories.spell(["Straße", "STRASSE"]) == {"Straße": "Straße", "STRASSE": "Straße"}
    assert store.categories.spell([]) == {}


def test_spellings_of_one_call_agree(store: Store) -> None:
    assert store.categories.spell(["b", "B"]) == {"b": "b", "B": "b"}


def test_a_category_is_found_by_any_spelling_and_alias(store: Store) -> None:
    configure(store, CategorySpec(slug="City", aliases=("Town", "旧")))
    assert {store.categories.slug(name) for name in ("City", "CITY", "town", "旧")} == {"City"}
    assert store.categories.slug("village") is None
    assert store.categories.slug(ALL) == ALL


def test_every_spelling_and_alias_is_told_at_once(store: Store) -> None:
    assert store.categories.spellings() == frozenset()
    store.categories.spell(["TechWeb"])
    configure(store, CategorySpec(slug="News", aliases=("Älter",)))
    assert store.categories.spellings() == {"techweb", "news", "älter"}


def test_a_category_is_what_it_was_told_to_be_and_articles_do_not_change_it(store: Store) -> None:
    configure(store, CategorySpec(slug="city", title="City news", limit=7))
    told = store.categories.read("city")
    assert told == Category(slug="city", title="City news", limit=7, created_at=NOW)
    first_article(store, Category(slug="city", title="Another", created_at=NOW))
    assert store.categories.read("city") == told


def test_a_category_that_articles_bring_is_there_with_them(store: Store) -> None:
    store.categories.spell(["new"])
    assert store.categories.read("new") is None
    assert store.categories.all() == []
    made = Category(slug="new", title="New", created_at=NOW)
    first_article(store, made)
    assert store.categories.all() == [made]
    assert store.categories.titles(["new", "none"]) == {"new": "New"}
    assert store.categories.sizes(["new", "none"]) == {"new": 0, "none": 0}
    assert store.categories.slugs() == [ALL, "new"]


def test_a_touched_category_is_dirty_until_that_change_is_published(store: Store) -> None:
    configure(store, CategorySpec(slug="city"))
    store.categories.touch(["city"], NOW)
    assert "city" in store.categories.dirty()
    counter = store.categories.dirt("city").changed
    publish(store, "city", counter)
    assert "city" not in store.categories.dirty()
    assert store.categories.published_at("city") == NOW
    store.categories.touch(["city"], NOW)
    publish(store, "city", counter)
    assert "city" in store.categories.dirty()


def publish(store: Store, slug: str, rendered: int, *names: str, render: str = "1") -> None:
    made = {
        name: Document(body=name.encode(), media_type="x", etag=name, last_modified=NOW) for name in names
    }
    hint = store.claims.grant(Stage.PUBLISH, slug, NOW)
    store.finish(store.plans.published(hint, made, rendered=rendered, render=render, now=NOW))


def test_touching_does_not_move_a_claim_or_a_due_time(store: Store) -> None:
    store.categories.touch(["city"], NOW)
    assert len(store.claims.claim(Stage.PUBLISH, 9, NOW)) == 1
    store.categories.touch(["city"], NOW)
    assert store.claims.claim(Stage.PUBLISH, 9, NOW) == []


def test_documents_are_read_by_name_and_all_at_once(store: Store) -> None:
    configure(store, CategorySpec(slug="city"))
    publish(store, "city", 1, "rss", "atom")
    assert set(store.categories.documents("city")) == {"rss", "atom"}
    found = store.categories.document("city", "rss")
    assert found is not None
    assert (found.body, found.last_modified) == (b"rss", NOW)
    assert store.categories.document("city", "json") is None
    assert store.categories.documents("none") == {}


@pytest.mark.parametrize("why", ["no documents", "another renderer"])
def test_what_is_stale_has_no_documents_or_another_renderers(
    store: Store, client: redis.Redis, why: str
) -> None:
    configure(store, CategorySpec(slug="city"))
    for slug in ("city", ALL):
        publish(store, slug, 1, "rss")
    assert store.categories.stale("1") == []
    if why == "no documents":
        client.delete("test:documents:city")
        assert store.categories.stale("1") == ["city"]
    else:
        publish(store, ALL, 1, "rss", render="2")
        assert store.categories.stale("2") == ["city"]


def test_what_waits_for_its_turn_is_hastened_and_what_is_claimed_is_not(store: Store) -> None:
    store.categories.touch(["waiting"], NOW + timedelta(seconds=4))
    store.claims.grant(Stage.PUBLISH, "claimed", NOW)
    store.categories.hasten(NOW)
    assert [one.member for one in store.claims.claim(Stage.PUBLISH, 9, NOW)] == ["waiting"]


def test_the_site_is_named_once_unless_a_catalogue_says_otherwise(store: Store) -> None:
    assert store.categories.site() is None
    assert store.categories.name_site(Site(title="first")) is True
    assert store.categories.name_site(Site(title="second")) is False
    assert store.categories.site() == Site(title="first")
    configure(store, site=make.site())
    assert store.categories.site() == make.site()
