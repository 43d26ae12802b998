"""The one mechanism of all work, on a real Redis."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import redis

from feeds.crawl import Health
from feeds.model import Stage
from feeds.pipeline.reconcile import Current, reconcile
from feeds.store.claims import QUEUE_LEASE, Hint
from feeds.store.plan import Finish, SourceEnd
from feeds.store.store import Store
from tests import make

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def add(store: Store, *ids: str, **policy: object) -> None:
    """Put sources in force, all due at NOW, each on a domain of its own unless ``url`` says one."""
    sources = tuple(
        make.source(id=name, **({"url": f"https://{name}.example/feed", "spacing": 0.0} | policy))
        for name in ids
    )
    catalogue = make.catalogue(sources=sources)
    change, _ = reconcile(catalogue, Current([], {}, None), NOW)
    store.sources.apply(change, NOW)


def fetched(store: Store, hint: Hint, now: datetime, due_at: datetime | None) -> Finish:
    return store.finish(store.plans.polled(Stage.FETCH, hint, SourceEnd(Health(), due_at), now)).status


def test_what_is_due_is_claimed_once(store: Store) -> None:
    add(store, "one")
    assert [claim.member for claim in store.claims.claim(Stage.FETCH, 10, NOW)] == ["one"]
    assert store.claims.claim(Stage.FETCH, 10, NOW) == []


def test_a_lapsed_lease_is_claimed_again_under_another_token(store: Store) -> None:
    add(store, "one")
    [first] = store.claims.claim(Stage.FETCH, 10, NOW)
    [second] = store.claims.claim(Stage.FETCH, 10, NOW + seconds(QUEUE_LEASE))
    assert first.member == second.member
    assert first.token != second.token


def test_a_hint_delivered_twice_starts_once(store: Store) -> None:
    add(store, "one")
    [claim] = store.claims.claim(Stage.FETCH, 10, NOW)
    assert store.claims.start(Stage.FETCH, claim.hint, NOW, lease=35) is not None
    assert store.claims.start(Stage.FETCH, claim.hint, NOW, lease=35) is None


def test_a_worker_that_wakes_after_its_lease_cannot_finish(store: Store) -> None:
    add(store, "one")
    [claim] = store.claims.claim(Stage.FETCH, 10, NOW)
    frozen = store.claims.start(Stage.FETCH, claim.hint, NOW, lease=35)
    [other] = store.claims.claim(Stage.FETCH, 10, NOW + seconds(36))
    assert frozen is not None
    assert fetched(store, frozen, NOW + seconds(37), None) is Finish.LOST
    started = store.claims.start(Stage.FETCH, other.hint, NOW + seconds(37), lease=35)
    assert started is not None
    assert fetched(store, started, NOW + seconds(38), NOW + seconds(100)) is Finish.DONE


def test_attempts_count_starts_that_never_finished(store: Store) -> None:
    add(store, "one")
    now = NOW
    for attempts in range(3):
        [claim] = store.claims.claim(Stage.FETCH, 10, now)
        assert claim.attempts == attempts
        started = store.claims.start(Stage.FETCH, claim.hint, now, lease=35)
        now += seconds(36)
    [claim] = store.claims.claim(Stage.FETCH, 10, now)
    started = store.claims.start(Stage.FETCH, claim.hint, now, lease=35)
    assert started is not None
    assert fetched(store, started, now, now) is Finish.DONE
    [claim] = store.claims.claim(Stage.FETCH, 10, now)
    assert claim.attempts == 0


def test_a_lost_hint_is_no_attempt(store: Store) -> None:
    add(store, "one")
    for round_ in range(5):
        [claim] = store.claims.claim(Stage.FETCH, 10, NOW + seconds(round_ * QUEUE_LEASE))
        assert claim.attempts == 0


def test_refresh_of_a_claimed_source_does_not_steal_it_and_comes_after(store: Store) -> None:
    add(store, "one")
    [claim] = store.claims.claim(Stage.FETCH, 10, NOW)
    started = store.claims.start(Stage.FETCH, claim.hint, NOW, lease=35)
    assert started is not None
    assert store.claims.refresh("one", NOW) is False
    assert store.claims.claim(Stage.FETCH, 10, NOW) == []
    assert fetched(store, started, NOW, NOW + seconds(900)) is Finish.DONE
    assert [claim.member for claim in store.claims.claim(Stage.FETCH, 10, NOW)] == ["one"]


def test_refresh_of_a_waiting_source_makes_it_due(store: Store) -> None:
    add(store, "one")
    [claim] = store.claims.claim(Stage.FETCH, 10, NOW)
    started = store.claims.start(Stage.FETCH, claim.hint, NOW, lease=35)
    assert started is not None
    fetched(store, started, NOW, NOW + seconds(900))
    assert store.claims.claim(Stage.FETCH, 10, NOW) == []
    assert store.claims.refresh("one", NOW) is True
    assert [claim.member for claim in store.claims.claim(Stage.FETCH, 10, NOW)] == ["one"]


def test_sources_of_one_domain_get_times_of_their_own(store: Store) -> None:
    add(store, *"abcde", url="https://one.example/feed", spacing=2.0, per_domain=9)
    granted = []
    for tick in range(12):
        now = NOW + seconds(tick)
        for claim in store.claims.claim(Stage.FETCH, 10, now):
            granted.append(tick)
            started = store.claims.start(Stage.FETCH, claim.hint, now, lease=35)
            assert started is not None
            fetched(store, started, now, now + seconds(900))
    assert granted == [0, 2, 4, 6, 8]


def test_spacing_is_kept_after_an_outage_of_dispatch(store: Store) -> None:
    add(store, *"abcde", url="https://one.example/feed", spacing=2.0, per_domain=9)
    assert len(store.claims.claim(Stage.FETCH, 10, NOW)) == 1
    assert len(store.claims.claim(Stage.FETCH, 10, NOW + seconds(15))) == 1


def test_no_more_of_a_domain_than_may_be_in_flight(store: Store) -> None:
    add(store, *"abcde", url="https://one.example/feed", spacing=0.0, per_domain=2)
    first, second = store.claims.claim(Stage.FETCH, 10, NOW)
    assert store.claims.claim(Stage.FETCH, 10, NOW) == []
    started = store.claims.start(Stage.FETCH, first.hint, NOW, lease=35)
    assert started is not None
    fetched(store, started, NOW, NOW + seconds(900))
    assert len(store.claims.claim(Stage.FETCH, 10, NOW)) == 1
    assert second.member != first.member


def test_a_slot_whose_worker_died_is_free_when_its_lease_ends(store: Store) -> None:
    add(store, "a", "b", url="https://one.example/feed", spacing=0.0, per_domain=1)
    [claim] = store.claims.claim(Stage.FETCH, 10, NOW)
    store.claims.start(Stage.FETCH, claim.hint, NOW, lease=35)
    assert store.claims.claim(Stage.FETCH, 10, NOW + seconds(34)) == []
    assert len(store.claims.claim(Stage.FETCH, 10, NOW + seconds(36))) == 1


def test_a_full_domain_does_not_hold_up_the_others(store: Store) -> None:
    crowd = [f"crowd-{number}" for number in range(80)]
    add(store, *crowd, url="https://one.example/feed", spacing=0.0, per_domain=1)
    catalogue = make.catalogue(sources=(make.source(id="other", url="https://other.example/"),))
    change, _ = reconcile(catalogue, Current([], {}, None), NOW + seconds(1))
    store.sources.apply(change, NOW + seconds(1))
    members = {claim.member for claim in store.claims.claim(Stage.FETCH, 10, NOW + seconds(1))}
    assert "other" in members
    assert len(members) == 2


def test_ending_all_claims_makes_their_work_due(store: Store) -> None:
    add(store, "one")
    [claim] = store.claims.claim(Stage.FETCH, 10, NOW)
    started = store.claims.start(Stage.FETCH, claim.hint, NOW, lease=35)
    store.claims.release_all(NOW)
    assert started is not None
    assert fetched(store, started, NOW, NOW) is Finish.LOST
    assert len(store.claims.claim(Stage.FETCH, 10, NOW)) == 1


@pytest.mark.parametrize("stage", [Stage.FETCH, Stage.PARSE, Stage.PUBLISH])
def test_granted_work_is_claimed_and_comes_back_if_it_is_not_finished(store: Store, stage: Stage) -> None:
    hint = store.claims.grant(stage, "posts-import", NOW)
    assert store.claims.claim(stage, 10, NOW) == []
    [again] = store.claims.claim(stage, 10, NOW + seconds(QUEUE_LEASE))
    assert again.token != hint.token


def test_another_format_of_store_is_refused(store: Store, client: redis.Redis) -> None:
    client.set("test:format", "999")
    with pytest.raises(Exception, match="format"):
        store.check()


def test_refresh_while_claimed_does_not_cut_a_retry_after_short(store: Store) -> None:
    add(store, "one")
    [claim] = store.claims.claim(Stage.FETCH, 10, NOW)
    started = store.claims.start(Stage.FETCH, claim.hint, NOW, lease=35)
    assert started is not None
    store.claims.refresh("one", NOW)
    later = NOW + seconds(600)
    store.finish(store.plans.polled(Stage.FETCH, started, SourceEnd(Health(retry_at=later), later), NOW))
    assert store.claims.claim(Stage.FETCH, 10, NOW + seconds(599)) == []
    assert len(store.claims.claim(Stage.FETCH, 10, later)) == 1


def test_nobody_waits_for_a_source_that_is_gone(store: Store) -> None:
    add(store, "one")
    [claim] = store.claims.claim(Stage.FETCH, 10, NOW)
    started = store.claims.start(Stage.FETCH, claim.hint, NOW, lease=35)
    assert started is not None
    store.claims.refresh("one", NOW, asked=True)
    assert fetched(store, started, NOW, None) is Finish.DONE
    assert store.claims.unfinished(NOW)[Stage.FETCH] == 0


def test_a_hint_that_waited_longer_than_its_lease_starts_nothing(store: Store) -> None:
    add(store, "a", "b", url="https://one.example/feed", per_domain=1)
    [late] = store.claims.claim(Stage.FETCH, 10, NOW)
    now = NOW + seconds(QUEUE_LEASE + 1)
    [other] = store.claims.claim(Stage.FETCH, 1, now)
    assert store.claims.start(Stage.FETCH, late.hint, now, lease=35) is None
    assert store.claims.start(Stage.FETCH, other.hint, now, lease=35) is not None


def test_an_origin_that_cannot_be_read_holds_nobody_up(store: Store, client: redis.Redis) -> None:
    add(store, "odd", "good")
    client.hset("test:origins:fetch", "odd", "evil host 2 1000")
    assert {claim.member for claim in store.claims.claim(Stage.FETCH, 10, NOW)} == {"odd", "good"}
