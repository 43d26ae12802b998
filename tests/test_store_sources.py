"""Sources in force and the one write that changes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import redis

from feeds.crawl import Health
from feeds.model import Stage
from feeds.pipeline.reconcile import Current, reconcile
from feeds.store.plan import SourceEnd
from feeds.store.store import Store
from feeds.told import CategoryRule, Source
from tests import make

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def put(store: Store, *sources: Source, now: datetime = NOW) -> None:
    """Put exactly these sources in force."""
    before = Current(store.sources.rows(), {one.slug: one for one in store.categories.all()}, None)
    change, _ = reconcile(make.catalogue(sources=sources), before, now)
    store.sources.apply(change, now)


def named(name: str, **overrides: object) -> Source:
    return make.source(**({"id": name, "url": f"https://{name}.example/feed", "spacing": 0.0} | overrides))


def test_sources_are_read_by_id_and_all_at_once(store: Store) -> None:
    put(store, named("b"), named("a"))
    assert [row.source.id for row in store.sources.rows()] == ["a", "b"]
    assert set(store.sources.all()) == {"a", "b"}
    found = store.sources.read("a")
    assert found is not None
    assert (found.id, found.known_as) == ("a", "a")
    assert store.sources.read("none") is None
    assert store.sources.health("none") == Health()
    assert [row.due_at for row in store.sources.rows()] == [NOW, NOW]


def test_nothing_of_a_source_is_lost(store: Store) -> None:
    source = named("a", every=61.5, allow=("127.0.0.0/8",), timezone="Asia/Shanghai", contact="报", owner="a")
    put(store, source)
    assert store.sources.read("a") == source


def test_a_source_is_found_by_the_name_its_articles_know(store: Store) -> None:
    put(store, named("old"))
    put(store, named("new", url="https://old.example/feed"))
    found = store.sources.owning("old")
    assert found is not None
    assert found.id == "new"
    assert store.sources.owning("new") is None
    assert store.sources.owning("nobody") is None


def test_a_name_that_another_source_has_now_still_finds_the_owner(store: Store) -> None:
    put(store, named("old"))
    put(store, named("new", url="https://old.example/feed"))
    put(store, named("new", url="https://old.example/feed"), named("old", url="https://x.example/"))
    found = store.sources.owning("old")
    assert found is not None
    assert found.id == "new"


@pytest.mark.parametrize("what", ["removed", "changed", "renamed"])
def test_work_under_way_for_what_is_no_more_loses_its_claim(store: Store, what: str) -> None:
    put(store, named("a"))
    [claim] = store.claims.claim(Stage.FETCH, 9, NOW)
    started = store.claims.start(Stage.FETCH, claim.hint, NOW, lease=35)
    assert started is not None
    after = {
        "removed": (),
        "changed": (named("a", category=CategoryRule(slug="other")),),
        "renamed": (named("b", url="https://a.example/feed"),),
    }
    put(store, *after[what])
    finished = store.finish(store.plans.polled(Stage.FETCH, started, SourceEnd(Health(), LATER), NOW))
    assert finished.status == "lost"
    claims = store.claims.claim(Stage.FETCH, 9, NOW + timedelta(seconds=36))
    assert [one.member for one in claims] == [source.id for source in after[what]]


def test_what_does_not_change_keeps_its_claim(store: Store) -> None:
    put(store, named("a"))
    [claim] = store.claims.claim(Stage.FETCH, 9, NOW)
    put(store, named("a"), named("b"))
    finished = store.finish(store.plans.polled(Stage.FETCH, claim.hint, SourceEnd(Health(), LATER), NOW))
    assert finished.status == "done"


def test_a_removed_source_leaves_no_key_of_its_work(store: Store, client: redis.Redis) -> None:
    put(store, named("a"))
    [claim] = store.claims.claim(Stage.FETCH, 9, NOW)
    store.finish(store.plans.received(Stage.FETCH, claim.hint, "a", received=make.received("x"), now=NOW))
    store.claims.refresh("a", NOW, asked=True)
    put(store)
    gone = ("sources", "health", "payload:a", "due:fetch", "due:parse", "claims:parse", "origins:fetch")
    assert client.exists(*(f"test:{key}" for key in (*gone, "again", "asked"))) == 0
    left = store.claims.unfinished(NOW)
    assert [left[stage] for stage in (Stage.FETCH, Stage.PAGE, Stage.PARSE)] == [0, 0, 0]


def test_payloads_and_page_failures_are_none_before_they_are(store: Store) -> None:
    assert store.sources.payload("a") is None
    assert store.sources.page_failures("a") == 0


def test_new_limits_of_a_domain_hold_at_once(store: Store) -> None:
    put(store, named("a", per_domain=1), named("b", per_domain=1, url="https://a.example/b"))
    [first] = store.claims.claim(Stage.FETCH, 9, NOW)
    put(store, named("a", per_domain=2), named("b", per_domain=2, url="https://a.example/b"))
    [second] = store.claims.claim(Stage.FETCH, 9, NOW)
    assert {first.member, second.member} == {"a", "b"}


def test_who_owns_what_costs_no_look_at_all_sources(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, named("old"), named("here"))
    put(store, named("new", url="https://old.example/feed"), named("here"))
    monkeypatch.delattr(type(store.sources), "all")
    owners = store.sources.owners({"old", "here", "nobody", "new"})
    assert {name: source.id for name, source in owners.items()} == {"old": "new", "here": "here"}
    assert store.sources.owners(()) == {}
