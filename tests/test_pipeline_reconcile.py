"""What applying a catalogue changes: a pure comparison."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from feeds.crawl import Health
from feeds.model import Validators
from feeds.pipeline.reconcile import Applied, Current, reconcile
from feeds.store.keys import ALL
from feeds.store.origins import page_origin, source_origin
from feeds.store.sources import CatalogueChange, SourceRow
from feeds.told import (
    ArticleRule,
    Catalogue,
    Category,
    CategoryRule,
    CategorySpec,
    FieldRule,
    Kind,
    Paging,
    Podcast,
    Rules,
    Scope,
    Site,
    Source,
)
from tests import make

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
CRAWLED = Health(outcome="changed", interval=600.0, validators=Validators(etag='"a"', digest="d"))
NEWS = Category(slug="news", title="news", created_at=NOW)


def row(source: Source | None = None, health: Health = CRAWLED, due_at: datetime | None = LATER) -> SourceRow:
    """A source in force, under its own name."""
    return SourceRow(source or make.source(owner="news"), health, due_at)


def current(*rows: SourceRow, categories: Sequence[Category] = (NEWS,), site: Site | None = None) -> Current:
    return Current(rows, {category.slug: category for category in categories}, site)


def told(*sources: Source, **more: object) -> Catalogue:
    return make.catalogue(sources=sources, **more)


def compare(catalogue: Catalogue, before: Current) -> tuple[CatalogueChange, Applied]:
    return reconcile(catalogue, before, NOW)


def test_a_new_source_is_due_at_once_under_its_own_name() -> None:
    change, applied = compare(told(make.source()), current(categories=()))
    assert applied == Applied(("news",), (), (), (), 0)
    assert change.sources["news"].known_as == "news"
    assert change.healths["news"] == Health()
    assert change.due == {"news": NOW}
    assert change.origins == {"news": "publisher.example 2 1000 publisher.example 0"}
    assert [category.slug for category in change.categories] == ["news"]
    assert set(change.dirty) == {"news", ALL}


def test_categories_that_a_rule_names_outright_are_there_from_the_first() -> None:
    rule = CategoryRule(field="tags", mapped={"a": "money", "b": "money"}, otherwise="x/y", title="On {}")
    change, _ = compare(told(make.source(category=rule)), current(categories=()))
    assert [(one.slug, one.title) for one in change.categories] == [("money", "On money"), ("x-y", "On x/y")]


def test_the_same_catalogue_changes_nothing() -> None:
    change, applied = compare(told(make.source()), current(row()))
    assert applied == Applied((), (), (), (), 1)
    assert (change.sources, change.due, change.removed, change.reset, change.dirty) == ({}, {}, [], [], [])


RULES = {
    "items": "records",
    "within": "jsonp",
    "next": "next",
    "paging": Paging(parameter="page"),
    "pages": 3,
    "fields": {"guid": FieldRule(path="id")},
    "article": ArticleRule(url="https://publisher.example/{guid}", content="text"),
    "category": CategoryRule(slug="other"),
    "rules": Rules(remove=(".share",)),
    "timezone": "Asia/Shanghai",
    "ids": "shared",
    "url": "https://publisher.example/other.xml",
    "kind": Kind.API,
    "method": "POST",
    "body": "page=1",
    "headers": {"Referer": "https://publisher.example/"},
    "cookies": {"session": "${secret.SESSION}"},
    "auth": "${secret.LOGIN}",
}
POLICY = {
    "every": 60.0,
    "min_interval": 120.0,
    "max_interval": 600.0,
    "per_domain": 9,
    "spacing": 0.0,
    "allow": ("127.0.0.0/8",),
    "contact": "mailto:desk@city.example",
    "max_hold": 3600.0,
    "retry_after": Scope.URL,
    "ports": (8443,),
    "robots": False,
    "user_agent": "citydesk/1.0",
    "proxy": "http://proxy.city.example:3128",
}


@pytest.mark.parametrize(("rule", "value"), RULES.items(), ids=RULES)
def test_a_change_of_rules_fetches_afresh_at_once(rule: str, value: object) -> None:
    change, applied = compare(told(make.source(**{rule: value})), current(row()))
    assert applied.changed == ("news",)
    assert change.reset == ["news"]
    assert change.due == {"news": NOW}
    kept = Health(outcome=CRAWLED.outcome) if rule == "url" else replace(CRAWLED, validators=Validators())
    assert change.healths["news"] == kept


@pytest.mark.parametrize(("setting", "value"), POLICY.items(), ids=POLICY)
def test_a_change_of_policy_keeps_validators_and_work_under_way(setting: str, value: object) -> None:
    change, applied = compare(told(make.source(**{setting: value})), current(row()))
    assert applied.changed == ("news",)
    assert change.reset == []
    assert "news" not in change.healths


def test_every_setting_of_a_source_is_a_rule_or_policy() -> None:
    others = {"id", "owner", "language"}
    assert set(Source.__struct_fields__) == {*RULES, *POLICY, *others}


@pytest.mark.parametrize("health", [Health(gone=True), Health(retry_at=LATER)], ids=["gone", "told to wait"])
def test_another_address_forgets_what_the_last_one_asked(health: Health) -> None:
    moved = make.source(url="https://moved.example/feed")
    change, _ = compare(told(moved), current(row(health=health, due_at=None)))
    assert (change.healths["news"].gone, change.healths["news"].retry_at) == (False, None)
    assert change.due == {"news": NOW}


def test_a_rename_keeps_health_and_the_name_its_articles_know() -> None:
    change, applied = compare(told(make.source(id="new", ids="new")), current(row()))
    assert applied == Applied((), (), (), (("news", "new"),), 0)
    assert change.renamed == {"new": "news"}
    assert (change.sources["new"].known_as, change.sources["new"].ids) == ("news", "news")
    assert change.healths == {"new": CRAWLED}
    assert (change.removed, change.reset) == ([], [])


def test_a_source_renamed_twice_is_still_known_as_at_first() -> None:
    once = make.source(id="second", owner="news", ids="news")
    change, _ = compare(told(make.source(id="third", ids="third")), current(row(once)))
    assert (change.sources["third"].known_as, change.sources["third"].ids) == ("news", "news")


def test_a_rename_while_the_payload_waits_is_due_again() -> None:
    change, _ = compare(told(make.source(id="new", ids="new")), current(row(due_at=None)))
    assert change.due == {"new": NOW}


def test_a_source_that_is_gone_stays_gone_under_another_name() -> None:
    gone = row(health=Health(gone=True), due_at=None)
    change, _ = compare(told(make.source(id="new", ids="new")), current(gone))
    assert change.due == {}


def test_two_new_sources_of_one_address_are_one_rename_and_one_addition() -> None:
    twins = [make.source(id=name, ids=name) for name in ("left", "right")]
    change, applied = compare(told(*twins), current(row()))
    assert applied.renamed == (("news", "left"),)
    assert applied.added == ("right",)
    assert change.sources["left"].known_as != change.sources["right"].known_as


def test_a_new_source_never_takes_a_name_that_articles_know() -> None:
    renamed = make.source(id="new", owner="news", ids="news")
    other = make.source(id="news", url="https://other.example/feed")
    change, applied = compare(told(renamed, other), current(row(renamed)))
    assert applied.added == ("news",)
    assert change.sources["news"].known_as == "news~2"
    assert change.sources["news"].ids == "news~2"


def test_what_is_not_told_is_removed() -> None:
    change, applied = compare(told(), current(row()))
    assert (change.removed, applied.removed) == (["news"], ("news",))
    assert change.categories == []


def test_a_table_says_something_else_of_a_category_and_leaves_the_rest() -> None:
    spec = CategorySpec(slug="NEWS", limit=10, aliases=("town",))
    change, _ = compare(told(categories=(spec,)), current())
    assert change.categories == [
        Category(slug="news", title="news", limit=10, aliases=("town",), created_at=NOW)
    ]
    assert change.dirty == ["news", ALL]


def test_a_podcast_is_one_only_as_long_as_its_table_says_so() -> None:
    podcast = Podcast(email="a@a.example", category="News", explicit=False)
    spec = CategorySpec(slug="news", podcast=podcast)
    change, _ = compare(told(categories=(spec,)), current())
    assert [one.podcast for one in change.categories] == [podcast]
    assert change.dirty == ["news", ALL]
    again, _ = compare(told(categories=(replace(spec, podcast=None),)), current(categories=change.categories))
    assert [one.podcast for one in again.categories] == [None]


def test_another_site_renders_everything_again() -> None:
    change, _ = compare(told(site=make.site()), current(site=Site()))
    assert (change.site, set(change.dirty)) == (make.site(), {"news", ALL})
    change, _ = compare(told(site=make.site()), current(site=make.site()))
    assert change.dirty == []


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://feeds.bbc.co.uk/x", "bbc.co.uk 2 1000 feeds.bbc.co.uk 0"),
        ("http://127.0.0.1:8090/x", "127.0.0.1 2 1000 127.0.0.1 0"),
        ("file:///posts", None),
        ("/posts", None),
    ],
)
def test_the_origin_is_the_domain_with_its_limits_and_the_host(url: str, origin: str | None) -> None:
    assert source_origin(make.source(url=url)) == origin
    assert source_origin(make.source(), url) == origin


@pytest.mark.parametrize("robots", [True, False])
def test_the_origin_of_a_page_says_whether_crawl_delay_counts(robots: bool) -> None:
    source = make.source(robots=robots)
    assert page_origin(source, "https://Www.BBC.co.uk./1") == f"bbc.co.uk 2 1000 www.bbc.co.uk {int(robots)}"
    assert page_origin(source, None) is None


def test_a_table_without_a_title_keeps_the_one_its_source_gives() -> None:
    named = make.source(category=CategoryRule(slug="city", title="City news"))
    change, _ = compare(told(named, categories=(CategorySpec(slug="city", limit=20),)), current())
    [category] = [one for one in change.categories if one.slug == "city"]
    assert (category.title, category.limit) == ("City news", 20)
