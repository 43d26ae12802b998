"""Categories, their spellings and counters, and their documents."""

from __future__ import annotations

from feeds.crawl import Health
from feeds.model import Stage
from feeds.store.keys import ALL
from feeds.store.plan import SourceEnd
from feeds.store.store import Store
from feeds.told import Category, CategorySpec, Site
from tests import make
from tests.mills import NOW, configure


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


def test_the_site_is_named_once_unless_a_catalogue_says_otherwise(store: Store) -> None:
    assert store.categories.site() is None
    assert store.categories.name_site(Site(title="first")) is True
    assert store.categories.name_site(Site(title="second")) is False
    assert store.categories.site() == Site(title="first")
    configure(store, site=make.site())
    assert store.categories.site() == make.site()
