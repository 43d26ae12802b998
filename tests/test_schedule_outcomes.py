"""What each outcome means for a source's health and next due time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from feeds.crawl import Address, Health, Outcome, Reason
from feeds.model import Exchange, Failure, Feed, Hop, NotModified, Pace, Payload, Validators
from feeds.schedule.address import FULL_EVERY
from feeds.schedule.outcomes import (
    BACKOFF_CAP,
    LONGEST_HOLD,
    OWN_NETWORK_WAIT,
    THROTTLED_HOLD,
    after_discovered,
    after_failure,
    after_parsed,
    after_unchanged,
    held_until,
    is_fresh,
    outcome_of,
    when_refreshed,
)
from feeds.schedule.rhythm import FIRST_INTERVAL
from feeds.schedule.when import JITTER, LATEST_SPREAD
from feeds.told import Source
from tests import make

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HOUR, DAY = 3600.0, 86400.0
URL = make.source().url
NEW = "https://publisher.example/new.xml"
VALIDATORS = Validators(etag='"a"', last_modified="yesterday", digest="d")
NOTHING = NotModified(validators=VALIDATORS, exchange=Exchange(hops=(Hop(url=URL, status=304),)))
SAME_BYTES = NotModified(validators=VALIDATORS, exchange=Exchange(hops=(Hop(url=URL, status=200),)))
FAILURE = Failure(error="BadStatus", message="HTTP 500", status=500)
GONE = Failure(error="Gone", message="HTTP 410", status=410)
OFFLINE = Failure(error="OwnNetwork", message="no route")
ADOPTED = Address(url=NEW, reason=Reason.MOVED, since=NOW, adopted=True, checked_at=NOW)

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
pasts = st.floats(-1e7, 0).map(lambda seconds: NOW + timedelta(seconds=seconds))
healths = st.builds(
    Health,
    failures=st.integers(0, 2000),
    interval=st.just(0.0) | durations,
    retry_at=st.none() | st.floats(-1e7, 1e7).map(lambda seconds: NOW + timedelta(seconds=seconds)),
    rhythm=st.none() | st.floats(0.01, 1e7),
    newest=st.none() | pasts,
    full_at=st.none() | pasts,
)
failures_of_any_kind = st.builds(
    Failure,
    error=st.sampled_from(["BadStatus", "Unreachable", "Throttled", "NotAFeed", "OwnNetwork", "ParserDied"]),
    message=st.just(""),
    status=st.sampled_from([None, 200, 404, 429, 500, 503]),
    retry_at=st.none() | st.floats(-1e7, 4e7).map(lambda seconds: NOW + timedelta(seconds=seconds)),
)


def failed(health: Health, source: Source | None = None, failure: Failure = FAILURE) -> tuple[Health, float]:
    """The health after a failure, and the seconds until the source is tried again."""
    after, due_at = after_failure(source or make.source(), health, failure, now=NOW)
    assert due_at is not None
    return after, (due_at - NOW).total_seconds()


def parsed(health: Health, *, fresh: int = 0, feed: Feed | None = None, **more: object) -> Health:
    """The health after a payload."""
    found, payload = feed or Feed(), make.payload()
    return after_parsed(make.source(), health, payload, found, fresh=fresh, now=NOW, **more)[0]  # type: ignore[arg-type]


def about(seconds: float) -> object:
    """A wait with its spread."""
    return pytest.approx(seconds, rel=JITTER)


# ── answers ─────────────────────────────────────────────────────────────────────────────────────


@given(source=policies, health=healths)
def test_after_success_due_is_between_the_least_and_the_greatest_interval(source, health) -> None:  # type: ignore[no-untyped-def]
    payload = make.payload()
    outcomes = [after_unchanged(source, health, NOTHING, now=NOW)] + [
        after_parsed(source, health, payload, Feed(), fresh=fresh, now=NOW) for fresh in (0, 3)
    ]
    for after, due_at in outcomes:
        assert due_at is not None
        wait = (due_at - NOW).total_seconds()
        greatest = max(source.every or 0, source.max_interval)
        assert source.min_interval - 1e-6 <= wait <= greatest * (1 + JITTER) + 1e-6
        assert source.min_interval <= after.interval <= greatest
        assert after.failures == 0


def test_success_ends_the_backoff() -> None:
    source = make.source(every=900.0)
    before, _ = failed(Health(), source)
    after, due_at = after_unchanged(source, before, NOTHING, now=NOW)
    assert (after.failures, after.error, after.message, after.status) == (0, None, None, None)
    assert due_at is not None
    assert (due_at - NOW).total_seconds() == about(900)


def test_success_ends_a_retry_after() -> None:
    held = Health(retry_at=NOW + timedelta(days=2))
    after, due_at = after_unchanged(make.source(every=900.0), held, NOTHING, now=NOW)
    assert after.retry_at is None
    assert due_at is not None
    assert due_at < NOW + timedelta(seconds=1000)


def test_news_shortens_the_interval_and_silence_stretches_it() -> None:
    health = Health(interval=800.0)
    newer, same = parsed(health, fresh=1), parsed(health)
    quiet, _ = after_unchanged(make.source(), health, NOTHING, now=NOW)
    assert (newer.interval, same.interval, quiet.interval) == (400.0, 1200.0, 1200.0)
    assert (newer.outcome, same.outcome, quiet.outcome) == ("changed", "unchanged", "unchanged")
    assert (newer.last_change, same.last_change, quiet.last_change) == (NOW, None, None)


def test_a_304_keeps_the_rhythm_and_a_payload_brings_its_own() -> None:
    dates = [NOW - timedelta(hours=hours) for hours in (2, 8, 14)]
    first = parsed(Health(), dates=dates)
    assert (first.rhythm, first.newest, first.interval) == (6 * HOUR, dates[0], 3 * HOUR)
    later, _ = after_unchanged(make.source(), first, NOTHING, now=NOW + timedelta(days=3))
    assert (later.rhythm, later.newest) == (6 * HOUR, dates[0])
    assert later.interval == 74 * HOUR / 8
    assert parsed(later).rhythm is None


def test_news_without_a_new_date_is_news_of_now_but_for_the_first_time() -> None:
    dates = [NOW - timedelta(days=days) for days in (10, 20, 30)]
    first = parsed(Health(), fresh=3, dates=dates)
    again = parsed(Health(last_change=NOW), fresh=1, dates=dates)
    undated = parsed(Health(last_change=NOW), fresh=1)
    assert (first.newest, again.newest, undated.newest) == (dates[0], NOW, NOW)


def test_a_payload_brings_its_validators_pace_title_and_counts() -> None:
    pace = Pace(ttl=7200.0)
    feed = Feed(title="News", pace=pace, entries=(make.entry(),) * 4)
    payload = make.payload(validators=VALIDATORS, exchange=Exchange(fresh_until=NOW + timedelta(hours=1)))
    after, due_at = after_parsed(make.source(every=60.0), Health(), payload, feed, fresh=4, now=NOW)
    assert (after.validators, after.pace, after.title, after.entries) == (VALIDATORS, pace, "News", 4)
    assert (after.full_at, after.fresh_until) == (NOW, NOW + timedelta(hours=1))
    assert due_at is not None
    assert 7200 <= (due_at - NOW).total_seconds() <= 7200 + LATEST_SPREAD
    assert after.why == "the feed's own ttl or updatePeriod"


@pytest.mark.parametrize(
    ("outcome", "before", "expected"),
    [
        (NOTHING, NOW - FULL_EVERY, NOW - FULL_EVERY),
        (NOTHING, None, NOW),
        (SAME_BYTES, NOW - FULL_EVERY, NOW),
        (NotModified(), NOW - FULL_EVERY, NOW),
    ],
    ids=["304", "304, never whole", "the same bytes", "a folder"],
)
def test_only_304_leaves_open_whether_the_whole_is_the_same(
    outcome: NotModified, before: datetime | None, expected: datetime
) -> None:
    after, _ = after_unchanged(make.source(), Health(full_at=before), outcome, now=NOW)
    assert after.full_at == expected


def test_moves_are_noted_with_an_answer() -> None:
    exchange = Exchange(hops=(Hop(url=URL, status=301), Hop(url=NEW, status=304)))
    after, _ = after_unchanged(make.source(), Health(), NotModified(exchange=exchange), now=NOW)
    assert after.address == Address(url=NEW, reason=Reason.MOVED, since=NOW, checked_at=NOW)


# ── how many entries ────────────────────────────────────────────────────────────────────────────


def counted(usual: float, count: int) -> Health:
    return parsed(Health(usual=usual), feed=Feed(entries=(make.entry(),) * count))


def test_what_is_usual_follows_the_count_by_a_fifth() -> None:
    assert counted(0.0, 10).usual == 10
    assert counted(10.0, 20).usual == pytest.approx(12)
    assert counted(10.0, 0).usual == 10  # none at all is never the rule


@pytest.mark.parametrize(
    ("usual", "count", "warnings"),
    [
        (10.0, 0, ("no entries, where there are 10 as a rule",)),
        (1.0, 0, ("no entries, where there are 1 as a rule",)),
        (0.9, 0, ()),
        (0.0, 0, ()),
        (12.0, 3, ("only 3 entries, where there are 12 as a rule",)),
        (12.0, 4, ()),
        (6.0, 1, ("only 1 entries, where there are 6 as a rule",)),
        (5.9, 1, ()),
    ],
    ids=["none of ten", "none of one", "none of few", "first", "a quarter", "a third", "one of 6", "few"],
)
def test_far_fewer_entries_than_usual_are_remarked(
    usual: float, count: int, warnings: tuple[str, ...]
) -> None:
    assert counted(usual, count).warnings == warnings


# ── failures ────────────────────────────────────────────────────────────────────────────────────


@given(source=policies, health=healths)
def test_after_failure_due_is_between_the_least_interval_and_the_cap(source, health) -> None:  # type: ignore[no-untyped-def]
    after, wait = failed(health, source)
    interval = health.interval or source.every or FIRST_INTERVAL
    most = max(interval, source.min_interval, BACKOFF_CAP) * (1 + JITTER)
    assert source.min_interval - 1e-6 <= wait <= most + 1e-6
    assert after.failures == health.failures + 1


@given(source=policies, health=healths, failure=failures_of_any_kind)
def test_a_source_never_comes_back_before_it_was_told(source, health, failure) -> None:  # type: ignore[no-untyped-def]
    after, wait = failed(health, source, failure)
    if failure.retry_at is not None:
        told = min(failure.retry_at, NOW + LONGEST_HOLD)
        assert after.retry_at == told
        assert wait >= (told - NOW).total_seconds()
    assert wait >= source.min_interval - 1e-6


@pytest.mark.parametrize("every", [900.0, None], ids=["of the catalogue", "of a new source"])
def test_failures_double_the_wait_up_to_a_day(every: float | None) -> None:
    source, health, waits = make.source(every=every), Health(), []
    for _ in range(9):
        health, wait = failed(health, source)
        waits.append(wait)
    quarters = [2, 4, 8, 16, 32, 64, 96, 96, 96]
    assert waits == [about(900 * count) for count in quarters]
    assert [wait / waits[0] for wait in waits] == pytest.approx([count / 2 for count in quarters])
    assert health.why == "1d after 9 failures in a row"


def test_the_backoff_starts_from_the_interval_that_was_found() -> None:
    after, wait = failed(Health(interval=2 * HOUR))
    assert wait == about(4 * HOUR)
    assert after.interval == 2 * HOUR


def test_a_source_is_tried_every_day_whatever_fails_for_however_long() -> None:
    after, wait = failed(Health(failures=10_000, interval=900.0))
    assert (wait, after.failures, after.gone) == (about(BACKOFF_CAP), 10_001, False)


def test_failure_keeps_what_the_next_conditional_request_needs() -> None:
    health = Health(validators=VALIDATORS, interval=600.0, last_success=NOW, full_at=NOW)
    after, _ = after_failure(make.source(), health, FAILURE, now=NOW + timedelta(hours=1))
    assert (after.validators, after.interval, after.last_success) == (VALIDATORS, 600.0, NOW)
    assert (after.full_at, after.last_fetch) == (NOW, NOW + timedelta(hours=1))
    said = (after.outcome, after.error, after.message, after.status)
    assert said == ("failed", "BadStatus", "HTTP 500", 500)


def test_the_feeds_own_hours_are_left_alone_after_failures_too() -> None:
    night = Health(pace=Pace(skip_hours=(3, 4, 5)))
    _, wait = failed(night)
    assert wait == pytest.approx(10_555, abs=LATEST_SPREAD)


# ── our own network ─────────────────────────────────────────────────────────────────────────────


def test_our_own_network_counts_against_nobody() -> None:
    before = Health(failures=2, interval=6 * HOUR, validators=VALIDATORS, address=ADOPTED)
    after, wait = failed(before, failure=OFFLINE)
    assert (after.outcome, after.error, after.failures) == ("offline", "OwnNetwork", 2)
    assert (after.validators, after.address, after.interval) == (VALIDATORS, ADOPTED, 6 * HOUR)
    assert wait == about(OWN_NETWORK_WAIT)
    assert OWN_NETWORK_WAIT == 300


def test_a_source_of_less_than_five_minutes_waits_no_longer_for_our_network() -> None:
    _, wait = failed(Health(interval=120.0), failure=OFFLINE)
    assert wait == about(120)


# ── throttling ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("status", "told", "held"),
    [
        (429, 7200.0, 7200.0),
        (503, 7200.0, 7200.0),
        (429, 0.0, 0.0),
        (429, None, 60.0),
        (503, None, None),
        (500, None, None),
        (503, 8 * DAY, 7 * DAY),
        (429, 365 * DAY, 7 * DAY),
    ],
    ids=["429", "503", "429 at once", "429 bare", "503 bare", "500", "eight days", "a year"],
)
def test_a_publisher_is_left_alone_for_as_long_as_it_asks_but_a_week_at_most(
    status: int, told: float | None, held: float | None
) -> None:
    assert timedelta(minutes=1) == THROTTLED_HOLD
    assert timedelta(days=7) == LONGEST_HOLD
    retry_at = None if told is None else NOW + timedelta(seconds=told)
    failure = Failure(error="Throttled", message="", status=status, retry_at=retry_at)
    expected = None if held is None else NOW + timedelta(seconds=held)
    assert held_until(failure, NOW) == expected


def test_a_retry_after_is_kept_beyond_the_backoff() -> None:
    failure = Failure(error="Throttled", message="", status=503, retry_at=NOW + timedelta(days=3))
    after, wait = failed(Health(interval=900.0), failure=failure)
    assert 3 * DAY <= wait < 3 * DAY + LATEST_SPREAD
    assert after.why == "Retry-After"


def test_a_short_retry_after_does_not_shorten_the_backoff() -> None:
    failure = Failure(error="Throttled", message="", status=429, retry_at=NOW + timedelta(seconds=5))
    _, wait = failed(Health(interval=900.0), failure=failure)
    assert wait == about(1800)


# ── the end ─────────────────────────────────────────────────────────────────────────────────────


def test_gone_ends_polling_even_when_somebody_wants_it_now() -> None:
    after, due_at = after_failure(make.source(), Health(), GONE, now=NOW)
    assert (after.gone, due_at, after.why) == (True, None, "it says 410: it is over")
    assert when_refreshed(after, NOW) is None


def test_gone_at_an_adopted_address_sends_us_back_to_the_own_one() -> None:
    health = Health(address=ADOPTED, validators=VALIDATORS, full_at=NOW)
    after, due_at = after_failure(make.source(), health, GONE, now=NOW)
    assert (after.gone, after.address) == (False, None)
    assert after.validators == Validators(digest="d")
    assert due_at is not None
    assert after_failure(make.source(), after, GONE, now=due_at)[1] is None


@pytest.mark.parametrize(
    "failure", [GONE, FAILURE, Failure(error="BadStatus", message="", status=404)], ids=["410", "500", "404"]
)
def test_when_the_own_address_fails_the_adopted_one_is_asked_again_with_its_validators(
    failure: Failure,
) -> None:
    checked = replace(ADOPTED, checked_at=NOW - FULL_EVERY)
    health = Health(address=checked, validators=VALIDATORS, interval=900.0)
    asked = Exchange(hops=(Hop(url=make.source().url, status=failure.status),))
    after, wait = failed(health, failure=replace(failure, exchange=asked))
    assert (after.gone, after.validators, after.failures) == (False, VALIDATORS, 0)
    assert (after.address, wait) == (replace(checked, checked_at=NOW), about(900))


@pytest.mark.parametrize(
    ("health", "seconds"),
    [
        (Health(), 0),
        (Health(failures=9, interval=9999.0), 0),
        (Health(retry_at=NOW + timedelta(seconds=50)), 50),
        (Health(retry_at=NOW - timedelta(seconds=50)), 0),
        (Health(fresh_until=NOW + timedelta(days=1)), 0),
    ],
    ids=["new", "in backoff", "told to wait", "told long ago", "fresh"],
)
def test_refreshing_overrides_backoff_and_not_what_the_publisher_asked(health: Health, seconds: int) -> None:
    assert when_refreshed(health, NOW) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("health", "fresh"),
    [
        (Health(fresh_until=NOW + timedelta(hours=1), last_success=NOW), True),
        (Health(fresh_until=NOW, last_success=NOW), False),
        (Health(last_success=NOW), False),
        (Health(fresh_until=NOW + timedelta(hours=1)), False),
        (Health(fresh_until=NOW + timedelta(hours=1), last_success=NOW, failures=1), False),
        (Health(fresh_until=NOW + timedelta(days=300), last_success=NOW - timedelta(days=6)), True),
        (Health(fresh_until=NOW + timedelta(days=300), last_success=NOW - timedelta(days=7)), False),
    ],
    ids=[
        "for an hour",
        "until now",
        "nothing said",
        "never fetched",
        "failing",
        "a year, six days on",
        "seven",
    ],
)
def test_what_is_fresh_by_the_word_of_http_is_so_for_max_hold_at_most(health: Health, fresh: bool) -> None:
    assert is_fresh(make.source(), health, NOW) is fresh


# ── discovery ───────────────────────────────────────────────────────────────────────────────────


def page() -> Payload:
    return make.payload(exchange=Exchange(hops=(Hop(url=URL, status=200),)))


def test_a_page_that_names_a_feed_leads_there_at_once() -> None:
    before = Health(validators=VALIDATORS, failures=1, error="NotAFeed", message="HTML")
    after, due_at = after_discovered(before, page(), (NEW, "https://publisher.example/2"), now=NOW)
    assert due_at == NOW
    assert (after.outcome, after.error, after.message, after.status) == ("discovered", None, None, 200)
    assert after.address is not None
    assert after.address.url == NEW
    assert (after.validators, after.full_at, after.failures) == (Validators(digest="d"), None, 1)
    assert after.why == f"the page at its address names a feed at {NEW}"


def test_a_page_that_names_the_same_feed_again_changes_nothing_of_it() -> None:
    then = NOW - timedelta(days=9)
    found = Address(url=NEW, reason=Reason.DISCOVERED, since=then, adopted=True, checked_at=then)
    before = Health(validators=VALIDATORS, address=found, full_at=NOW - FULL_EVERY)
    after, due_at = after_discovered(before, page(), (NEW,), now=NOW)
    assert after.address == replace(found, checked_at=NOW)
    assert (after.validators, after.full_at, due_at) == (VALIDATORS, NOW - FULL_EVERY, NOW)


# ── history ─────────────────────────────────────────────────────────────────────────────────────


def test_a_fetch_leaves_a_line_of_history() -> None:
    exchange = Exchange(
        hops=(Hop(url=URL, status=301), Hop(url=NEW, status=200)), wire=1234, decoded=9999, seconds=0.123456
    )
    line = outcome_of(Health(outcome="changed"), exchange, fresh=3, now=NOW)
    assert line == Outcome(at=NOW, outcome="changed", status=200, seconds=0.123, wire=1234, fresh=3)


def test_a_failure_leaves_its_name_in_history() -> None:
    after, _ = failed(Health(), failure=Failure(error="Unreachable", message="no answer"))
    exchange = Exchange(hops=(Hop(url=URL),))
    assert outcome_of(after, exchange, now=NOW) == Outcome(at=NOW, outcome="failed", error="Unreachable")
    assert outcome_of(after, Exchange(), now=NOW).status is None
