"""From a wait to a due time: spread by the id, and never before what the publisher asks for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from feeds.crawl import Health
from feeds.model import Pace
from feeds.schedule.when import JITTER, LATEST_SPREAD, Due, due_after, spread
from tests import make

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
"""A Friday."""
FRIDAY, SATURDAY, SUNDAY = 4, 5, 6
WEEK = 604800.0
DAY = 86400.0
HOUR = 3600.0
A_MICROSECOND = timedelta(microseconds=1)

ids = st.text(st.characters(codec="ascii", categories=["Ll", "Nd"]), min_size=1, max_size=12)
seconds = st.floats(-1e6, 4e7)
moments = seconds.map(lambda ahead: NOW + timedelta(seconds=ahead))
sources = st.builds(
    lambda name, least, most: make.source(id=name, min_interval=least, max_hold=most),
    ids,
    st.floats(1, 40_000),
    st.floats(0, 2e6),
)
asking = st.builds(
    Health,
    fresh_until=st.none() | moments,
    retry_at=st.none() | moments,
    last_success=st.none() | st.floats(-1e6, 0).map(lambda ago: NOW + timedelta(seconds=ago)),
    pace=st.builds(Pace, ttl=st.none() | st.floats(1, 4e7)),
)
some_hours = st.sets(st.integers(0, 23), max_size=23).map(tuple)
some_days = st.sets(st.integers(0, 6), max_size=6).map(tuple)


def due(health: Health | None = None, wait: float = HOUR, **policy: object) -> Due:
    """When a source is due that would wait for ``wait`` seconds."""
    return due_after(make.source(**policy), health or Health(), wait, "as ever", now=NOW)


def ahead(at: datetime) -> float:
    return (at - NOW).total_seconds()


def in_seconds(wait: float) -> datetime:
    return NOW + timedelta(seconds=wait)


# ── spread ──────────────────────────────────────────────────────────────────────────────────────


@given(name=st.text(), wait=st.floats(60, 1e6))
def test_a_wait_is_moved_by_no_more_than_a_tenth(name: str, wait: float) -> None:
    assert -1 <= spread(name) < 1
    moved = ahead(due(wait=wait, id=name, min_interval=1.0).at)
    assert wait * 0.9 - 1e-5 <= moved <= wait * 1.1 + 1e-5


def test_sources_that_start_together_do_not_stay_together() -> None:
    waits = sorted(ahead(due(wait=1000.0, id=f"source-{number}").at) for number in range(200))
    assert len(set(waits)) == 200
    tenths = [sum(900 + 20 * place <= wait < 920 + 20 * place for wait in waits) for place in range(10)]
    assert sum(tenths) == 200
    assert all(5 <= count <= 40 for count in tenths)


def test_a_source_is_moved_the_same_way_every_time_and_in_every_process() -> None:
    assert spread("news") == pytest.approx(-0.48297, abs=1e-5)
    assert due() == due()


@given(source=sources, health=asking, wait=st.floats(0, 1e6))
def test_a_source_is_never_due_sooner_than_its_least_interval(source, health, wait: float) -> None:  # type: ignore[no-untyped-def]
    at = due_after(source, health, wait, "", now=NOW).at
    assert ahead(at) >= source.min_interval - 1e-6


# ── what the publisher asks for ─────────────────────────────────────────────────────────────────


@given(source=sources, health=asking, wait=st.floats(0, 1e6))
def test_a_source_is_never_due_before_what_the_publisher_asks_for(source, health, wait: float) -> None:  # type: ignore[no-untyped-def]
    at = due_after(source, health, wait, "", now=NOW).at
    latest = in_seconds(source.max_hold)
    if health.retry_at is not None:
        assert at >= health.retry_at
    if health.fresh_until is not None:
        assert at >= min(health.fresh_until, latest)
    if health.pace.ttl is not None and health.last_success is not None:
        assert at >= min(health.last_success + timedelta(seconds=health.pace.ttl), latest)


@given(source=sources, health=asking, wait=st.floats(0, 1e6))
def test_what_the_publisher_asks_for_only_makes_it_later(source, health, wait: float) -> None:  # type: ignore[no-untyped-def]
    unasked = due_after(source, Health(), wait, "", now=NOW).at
    assert due_after(source, health, wait, "", now=NOW).at >= unasked


@given(source=sources, health=asking, wait=st.floats(0, 1e6))
def test_caching_words_hold_no_longer_than_max_hold(source, health, wait: float) -> None:  # type: ignore[no-untyped-def]
    assume(health.retry_at is None)
    unasked = due_after(source, Health(), wait, "", now=NOW).at
    # A minute at most is ours: those that are held to one moment are spread behind it.
    latest = in_seconds(source.max_hold + min(LATEST_SPREAD, JITTER * source.max_hold))
    assert due_after(source, health, wait, "", now=NOW).at <= max(unasked, latest) + A_MICROSECOND


@pytest.mark.parametrize(
    ("health", "held", "why"),
    [
        (Health(), 0.0, "as ever"),
        (Health(fresh_until=in_seconds(60.0)), 0.0, "as ever"),
        (Health(fresh_until=in_seconds(-60.0)), 0.0, "as ever"),
        (Health(fresh_until=in_seconds(DAY)), DAY, "Cache-Control or Expires"),
        (Health(fresh_until=in_seconds(365 * DAY)), WEEK, "Cache-Control or Expires"),
        (Health(pace=Pace(ttl=DAY), last_success=NOW), DAY, "the feed's own ttl or updatePeriod"),
        (
            Health(pace=Pace(ttl=DAY), last_success=NOW - timedelta(hours=12)),
            DAY / 2,
            "the feed's own ttl or updatePeriod",
        ),
        (Health(pace=Pace(ttl=365 * DAY), last_success=NOW), WEEK, "the feed's own ttl or updatePeriod"),
        (Health(pace=Pace(ttl=DAY)), 0.0, "as ever"),
        (Health(retry_at=in_seconds(DAY)), DAY, "Retry-After"),
        (Health(retry_at=in_seconds(-DAY)), 0.0, "as ever"),
        (Health(retry_at=in_seconds(2 * DAY), fresh_until=in_seconds(DAY)), 2 * DAY, "Retry-After"),
        (
            Health(retry_at=in_seconds(DAY), fresh_until=in_seconds(2 * DAY)),
            2 * DAY,
            "Cache-Control or Expires",
        ),
    ],
    ids=[
        "nothing",
        "fresh for less than the interval",
        "no longer fresh",
        "fresh for a day",
        "fresh for a year",
        "ttl of a day",
        "ttl of a day, half of it over",
        "ttl of a year",
        "ttl, never fetched",
        "told to come back tomorrow",
        "told to come back yesterday",
        "Retry-After is later",
        "Cache-Control is later",
    ],
)
def test_the_latest_of_what_is_asked_for_counts(health: Health, held: float, why: str) -> None:
    found = due(health)
    assert found.why == why
    assert max(held, 0.9 * HOUR) <= ahead(found.at) <= max(held + LATEST_SPREAD, 1.1 * HOUR)


def test_max_hold_is_the_catalogues_to_say() -> None:
    year = Health(fresh_until=in_seconds(365 * DAY))
    assert ahead(due(year, max_hold=2 * DAY).at) == pytest.approx(2 * DAY, abs=LATEST_SPREAD)
    assert ahead(due(year, max_hold=0.0).at) == ahead(due().at)


def test_sources_that_are_held_to_one_moment_come_within_a_minute_and_apart() -> None:
    moment = Health(fresh_until=in_seconds(DAY))
    later = [ahead(due(moment, id=f"source-{number}").at) - DAY for number in range(200)]
    assert 0 <= min(later) < 5 < 55 < max(later) < LATEST_SPREAD
    assert len(set(later)) == 200


def test_a_short_hold_is_stretched_by_a_tenth_at_most() -> None:
    soon = Health(retry_at=in_seconds(100.0))
    later = [ahead(due(soon, wait=1.0, id=f"source-{number}").at) - 100 for number in range(200)]
    assert 0 <= min(later) < 1 < 9 < max(later) < 10


# ── hours and days to be left out ───────────────────────────────────────────────────────────────


@given(source=sources, hours=some_hours, days=some_days, wait=st.floats(0, 1e6))
def test_a_source_is_due_in_no_hour_or_day_to_be_left_out(source, hours, days, wait: float) -> None:  # type: ignore[no-untyped-def]
    health = Health(pace=Pace(skip_hours=hours, skip_days=days))
    unasked = due_after(source, Health(), wait, "as ever", now=NOW)
    found = due_after(source, health, wait, "as ever", now=NOW)
    assert found.at >= unasked.at
    if found.at.hour in hours or found.at.weekday() in days:
        assert found == unasked  # it would have been longer than the publisher may hold it
    else:
        assert ahead(found.at) <= max(source.max_hold + LATEST_SPREAD, ahead(unasked.at))


@pytest.mark.parametrize(
    ("pace", "hour"),
    [
        (Pace(skip_hours=(3, 4, 5)), datetime(2026, 1, 2, 6, tzinfo=UTC)),
        (Pace(skip_hours=(4, 6)), datetime(2026, 1, 2, 5, tzinfo=UTC)),
        (Pace(skip_hours=tuple(range(1, 24))), datetime(2026, 1, 3, 0, tzinfo=UTC)),
        (Pace(skip_days=(FRIDAY,)), datetime(2026, 1, 3, 0, tzinfo=UTC)),
        (Pace(skip_days=(FRIDAY, SATURDAY, SUNDAY), skip_hours=(0, 1)), datetime(2026, 1, 5, 2, tzinfo=UTC)),
        (Pace(skip_days=(0, 1, 2, FRIDAY, SATURDAY, SUNDAY)), datetime(2026, 1, 8, 0, tzinfo=UTC)),
    ],
    ids=["the hours from now", "this hour", "all but midnight", "today", "a weekend", "all but Thursday"],
)
def test_what_falls_on_an_hour_to_be_left_out_comes_in_the_first_one_after(
    pace: Pace, hour: datetime
) -> None:
    found = due(Health(pace=pace), wait=HOUR)
    assert hour <= found.at < hour + timedelta(seconds=LATEST_SPREAD)
    assert found.why == "the feed's skipHours or skipDays"


def test_sources_that_wait_for_one_hour_do_not_come_at_once() -> None:
    night = Health(pace=Pace(skip_hours=(3, 4, 5)))
    assert len({due(night, id=f"source-{number}").at for number in range(100)}) == 100


def test_hours_are_left_alone_for_no_longer_than_max_hold() -> None:
    assert due(Health(pace=Pace(skip_days=(FRIDAY,))), max_hold=HOUR) == due(max_hold=HOUR)


def test_hours_count_after_a_hold_too() -> None:
    health = Health(retry_at=datetime(2026, 1, 3, 12, tzinfo=UTC), pace=Pace(skip_days=(SATURDAY,)))
    assert due(health).at.date() == datetime(2026, 1, 4, tzinfo=UTC).date()
