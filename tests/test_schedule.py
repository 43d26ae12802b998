"""When sources are due: outcome, health and now are arguments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import schedule
from feeds.model import Failure, Feed, Health, NotModified, Validators
from feeds.schedule import BACKOFF_CAP, JITTER
from tests import make

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
NOTHING = NotModified(validators=Validators(etag='"a"'))
FAILURE = Failure(error="BadStatus", message="HTTP 500", status=500)

ids = st.text(st.characters(codec="ascii", categories=["Ll", "Nd"]), min_size=1, max_size=12)
durations = st.floats(1, 200_000)
policies = st.builds(
    lambda name, every, least, more: make.source(
        id=name, every=every, min_interval=least, max_interval=least + more
    ),
    ids,
    st.none() | durations,
    st.floats(1, 40_000),
    st.floats(0, 40_000),
)
healths = st.builds(
    Health,
    failures=st.integers(0, 2000),
    interval=st.just(0.0) | durations,
    retry_at=st.none() | st.floats(-1e7, 1e7).map(lambda seconds: NOW + timedelta(seconds=seconds)),
)


@given(source=policies, health=healths)
def test_after_success_due_is_between_the_least_and_the_greatest_interval(source, health) -> None:  # type: ignore[no-untyped-def]
    payload = make.payload()
    outcomes = [schedule.after_unchanged(source, health, NOTHING, now=NOW)] + [
        schedule.after_parsed(source, health, payload, Feed(), fresh=fresh, now=NOW) for fresh in (0, 3)
    ]
    for after, due_at in outcomes:
        wait = (due_at - NOW).total_seconds()
        assert source.min_interval - 1e-6 <= wait <= source.max_interval * (1 + JITTER) + 1e-6
        assert source.min_interval <= after.interval <= source.max_interval
        assert after.failures == 0


@given(source=policies, health=healths)
def test_after_failure_due_is_between_the_least_interval_and_the_cap(source, health) -> None:  # type: ignore[no-untyped-def]
    after, due_at = schedule.after_failure(source, health, FAILURE, now=NOW)
    assert due_at is not None
    wait = (due_at - NOW).total_seconds()
    assert source.min_interval - 1e-6 <= wait <= max(source.min_interval, BACKOFF_CAP * (1 + JITTER)) + 1e-6
    assert after.failures == health.failures + 1


@given(source=policies, ahead=st.floats(-1e6, 86_400))
def test_a_source_never_comes_back_before_it_was_told(source, ahead: float) -> None:  # type: ignore[no-untyped-def]
    told = NOW + timedelta(seconds=ahead)
    failure = Failure(error="Throttled", message="", status=429, retry_at=told)
    after, due_at = schedule.after_failure(source, Health(), failure, now=NOW)
    assert due_at is not None
    assert due_at >= max(told, NOW)
    assert after.retry_at == told


def test_failures_double_the_wait_up_to_a_day() -> None:
    source, health, waits = make.source(every=900.0), Health(), []
    for _ in range(9):
        health, due_at = schedule.after_failure(source, health, FAILURE, now=NOW)
        assert due_at is not None
        waits.append((due_at - NOW).total_seconds())
    ratios = [round(later / sooner, 6) for sooner, later in pairwise(waits)]
    assert ratios[:5] == [2.0] * 5
    assert waits[-1] == waits[-2] == pytest.approx(BACKOFF_CAP, rel=JITTER)


def test_success_ends_the_backoff() -> None:
    source = make.source(every=900.0)
    failed, _ = schedule.after_failure(source, Health(), FAILURE, now=NOW)
    after, due_at = schedule.after_unchanged(source, failed, NOTHING, now=NOW)
    assert (after.failures, after.error, after.message, after.status) == (0, None, None, None)
    assert (due_at - NOW).total_seconds() == pytest.approx(900, rel=JITTER)


def test_failure_keeps_what_the_next_conditional_request_needs() -> None:
    validators = Validators(etag='"a"', digest="d")
    health = Health(validators=validators, interval=600.0, last_success=NOW)
    after, _ = schedule.after_failure(make.source(), health, FAILURE, now=NOW + timedelta(hours=1))
    assert (after.validators, after.interval, after.last_success) == (validators, 600.0, NOW)
    assert (after.outcome, after.error, after.message, after.status) == (
        "failed",
        "BadStatus",
        "HTTP 500",
        500,
    )


def test_gone_ends_polling_even_when_somebody_wants_it_now() -> None:
    gone = Failure(error="Gone", message="HTTP 410", status=410)
    after, due_at = schedule.after_failure(make.source(), Health(), gone, now=NOW)
    assert (after.gone, due_at) == (True, None)
    assert schedule.when_refreshed(after, NOW) is None


@pytest.mark.parametrize(
    ("health", "seconds"),
    [
        (Health(), 0),
        (Health(failures=9, interval=9999.0), 0),
        (Health(retry_at=NOW + timedelta(seconds=50)), 50),
        (Health(retry_at=NOW - timedelta(seconds=50)), 0),
    ],
    ids=["new", "in backoff", "told to wait", "told long ago"],
)
def test_refreshing_overrides_backoff_and_not_what_the_publisher_asked(health: Health, seconds: int) -> None:
    assert schedule.when_refreshed(health, NOW) == NOW + timedelta(seconds=seconds)


def test_news_shortens_the_interval_and_silence_stretches_it() -> None:
    source, payload, health = make.source(), make.payload(), Health(interval=800.0)
    newer, _ = schedule.after_parsed(source, health, payload, Feed(), fresh=1, now=NOW)
    same, _ = schedule.after_parsed(source, health, payload, Feed(), fresh=0, now=NOW)
    quiet, _ = schedule.after_unchanged(source, health, NOTHING, now=NOW)
    assert (newer.interval, same.interval, quiet.interval) == (400.0, 1200.0, 1200.0)
    assert (newer.outcome, same.outcome, quiet.outcome) == ("changed", "unchanged", "unchanged")
    assert (newer.last_change, same.last_change, quiet.last_change) == (NOW, None, None)


def test_sources_that_start_together_do_not_stay_together() -> None:
    sources = [make.source(id=f"source-{number}", every=1000.0) for number in range(200)]
    waits = {
        (schedule.after_unchanged(source, Health(), NOTHING, now=NOW)[1] - NOW).total_seconds()
        for source in sources
    }
    assert len(waits) > 190
    assert min(waits) < 920 < 1080 < max(waits)


def test_pages_are_tried_again_after_30_s_2_min_8_min_and_some_more_times() -> None:
    waits = [schedule.page_retry(failures, None, NOW) for failures in range(1, 9)]
    seconds = [(at - NOW).total_seconds() if at else None for at in waits]
    assert seconds == [30, 120, 480, 1800, 7200, 28800, 86400, None]
