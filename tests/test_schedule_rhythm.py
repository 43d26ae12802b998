"""How often a source has news, and how often it is asked for that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.crawl import Health
from feeds.schedule.rhythm import FIRST_INTERVAL, LATER, SOONER, interval_of, rhythm_of
from tests import make

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


def ago(*seconds: float) -> list[datetime]:
    """Moments so many seconds before now."""
    return [NOW - timedelta(seconds=one) for one in seconds]


def every(gap: float, count: int, last: float = 0.0) -> list[datetime]:
    """``count`` dates that far apart, the newest ``last`` seconds ago."""
    return ago(*(last + gap * place for place in range(count)))


def interval(health: Health, *, fresh: bool = False, **policy: object) -> float:
    """Seconds between two polls of a source with this health."""
    return interval_of(make.source(**policy), health, fresh=fresh, now=NOW)[0]


def dated(rhythm: float, silence: float = 0.0, **more: object) -> Health:
    """A source with an entry every ``rhythm`` seconds that said nothing for ``silence`` seconds."""
    return Health(rhythm=rhythm, newest=NOW - timedelta(seconds=silence), **more)  # type: ignore[arg-type]


# ── rhythm ──────────────────────────────────────────────────────────────────────────────────────


def test_the_rhythm_is_the_mean_gap_between_entries() -> None:
    assert rhythm_of(ago(0, 1 * HOUR, 7 * HOUR, 12 * HOUR), NOW) == (4 * HOUR, NOW)


def test_the_order_of_entries_does_not_matter() -> None:
    assert rhythm_of(ago(7 * HOUR, 0, 12 * HOUR, 1 * HOUR), NOW) == (4 * HOUR, NOW)


def test_only_the_newest_twenty_dates_count() -> None:
    recent = every(HOUR, 20)
    assert rhythm_of(recent + ago(900 * DAY, 901 * DAY), NOW) == (HOUR, NOW)
    assert rhythm_of(recent[:19] + ago(18 * HOUR + 20 * HOUR), NOW) == (2 * HOUR, NOW)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_three_moments_have_no_rhythm(count: int) -> None:
    dates = every(HOUR, count, last=MINUTE)
    assert rhythm_of(dates, NOW) == (None, dates[0] if dates else None)


def test_entries_of_one_moment_are_one() -> None:
    same = NOW.astimezone(timezone(timedelta(hours=8)))
    assert rhythm_of([NOW, same, *ago(HOUR, HOUR, HOUR)], NOW) == (None, NOW)
    assert rhythm_of([NOW, same, *ago(HOUR, HOUR, 2 * HOUR)], NOW) == (HOUR, NOW)


def test_dates_in_the_future_say_nothing() -> None:
    announced = [NOW + timedelta(hours=1, seconds=1), NOW + timedelta(days=400)]
    assert rhythm_of(every(HOUR, 3, last=HOUR) + announced, NOW) == (HOUR, NOW - timedelta(hours=1))
    assert rhythm_of(announced, NOW) == (None, None)


def test_a_clock_that_is_an_hour_ahead_is_no_future() -> None:
    fast = NOW + timedelta(hours=1)
    assert rhythm_of([fast, *ago(0, HOUR)], NOW) == (HOUR, fast)


@given(seconds=st.lists(st.floats(-1e7, 1e9), max_size=60))
def test_a_rhythm_is_above_zero_and_no_newest_date_is_in_the_future(seconds: list[float]) -> None:
    rhythm, newest = rhythm_of(ago(*seconds), NOW)
    assert rhythm is None or rhythm > 0
    assert newest is None or newest <= NOW + timedelta(hours=1)


# ── interval ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("rhythm", [10 * MINUTE, 6 * HOUR, 30 * HOUR])
def test_a_source_is_asked_twice_in_the_time_of_one_entry(rhythm: float) -> None:
    assert interval(dated(rhythm)) == rhythm / 2


@pytest.mark.parametrize(
    ("silence", "expected"),
    [(0, 3), (6, 3), (24, 3), (32, 4), (48, 6), (7 * 24, 21), (8 * 24, 24), (365 * 24, 24)],
    ids=["none", "a gap", "four gaps", "more", "two days", "a week", "eight days", "a year"],
)
def test_silence_of_more_than_four_gaps_stretches_it_to_an_eighth_of_itself(
    silence: float, expected: float
) -> None:
    assert interval(dated(6 * HOUR, silence * HOUR)) == expected * HOUR


def test_a_burst_does_not_make_a_source_busy_for_long() -> None:
    """Twenty entries of one minute, then nothing: a publisher that puts out its day at once."""
    rhythm, newest = rhythm_of(every(3.0, 20), NOW)
    assert rhythm == 3.0
    asked = [
        interval_of(make.source(), Health(rhythm=rhythm, newest=newest), fresh=False, now=NOW + later)[0]
        for later in (timedelta(0), timedelta(hours=1), timedelta(hours=8), timedelta(days=1))
    ]
    assert asked == [MINUTE, 7.5 * MINUTE, HOUR, 3 * HOUR]


def test_a_newest_entry_in_the_future_is_no_silence() -> None:
    bounded, why = interval_of(make.source(), dated(HOUR, -MINUTE), fresh=False, now=NOW)
    assert bounded == HOUR / 2
    assert why == "every 30m: it has an entry every 1h, the last one 0s ago"


def test_a_source_that_never_was_asked_is_asked_again_after_fifteen_minutes() -> None:
    assert FIRST_INTERVAL == 900
    assert interval_of(make.source(), Health(), fresh=True, now=NOW) == (900, "every 15m: it is new")


def test_without_dates_news_halves_the_interval_and_their_lack_makes_it_half_as_long_again() -> None:
    assert (SOONER, LATER) == (0.5, 1.5)
    assert interval(Health(interval=800.0), fresh=True) == 400
    assert interval(Health(interval=800.0), fresh=False) == 1200


@pytest.mark.parametrize(
    "health",
    [Health(rhythm=600.0, interval=800.0), Health(newest=NOW, interval=800.0)],
    ids=["no newest", "no rhythm"],
)
def test_half_of_what_dates_tell_is_not_enough(health: Health) -> None:
    assert interval(health) == 1200


@given(
    health=st.builds(
        Health,
        interval=st.floats(0, 1e6),
        rhythm=st.none() | st.floats(1e-6, 1e8),
        newest=st.none() | st.floats(-3600, 1e9).map(lambda seconds: NOW - timedelta(seconds=seconds)),
    ),
    fresh=st.booleans(),
    least=st.floats(1, 40_000),
    more=st.floats(0, 200_000),
)
def test_an_interval_is_between_the_least_and_the_greatest(
    health: Health, fresh: bool, least: float, more: float
) -> None:
    found = interval(health, fresh=fresh, min_interval=least, max_interval=least + more)
    assert least <= found <= least + more


@given(rhythm=st.floats(1, 1e6), silence=st.floats(0, 1e7), longer=st.floats(0, 1e7))
def test_longer_silence_never_means_more_requests(rhythm: float, silence: float, longer: float) -> None:
    assert interval(dated(rhythm, silence)) <= interval(dated(rhythm, silence + longer))


@pytest.mark.parametrize("health", [Health(), dated(HOUR), dated(HOUR, 9 * DAY), Health(interval=800.0)])
def test_what_the_catalogue_says_wins(health: Health) -> None:
    found = interval_of(make.source(every=2 * DAY), health, fresh=True, now=NOW)
    assert found == (2 * DAY, "every 2d, as the catalogue says")


def test_the_least_interval_holds_for_the_catalogue_too() -> None:
    assert interval(Health(), every=5.0) == 60
    assert interval(Health(), every=5.0, min_interval=300.0) == 300


@pytest.mark.parametrize(
    ("health", "fresh", "why"),
    [
        (dated(6 * HOUR, 2 * DAY), False, "every 6h: it has an entry every 6h, the last one 2d ago"),
        (Health(interval=900.0), True, "every 7m 30s: there was news"),
        (Health(interval=800.0), False, "every 20m: there was no news"),
    ],
    ids=["dated", "news", "no news"],
)
def test_the_reason_is_said_in_words(health: Health, fresh: bool, why: str) -> None:
    assert interval_of(make.source(), health, fresh=fresh, now=NOW)[1] == why
