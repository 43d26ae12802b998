"""What each outcome means for a source's health and next due time.

Failures back off from the interval by doubling, up to a day; nothing is given up but what says 410.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from feeds.crawl import Address, Health, Outcome
from feeds.durations import about
from feeds.model import Exchange, Failure, Feed, NotModified, Payload, Validators
from feeds.schedule.address import after_answer, after_discovery, after_trouble, is_own_trouble, refused_after
from feeds.schedule.rhythm import FIRST_INTERVAL, interval_of, rhythm_of
from feeds.schedule.when import due_after
from feeds.told import Source

BACKOFF_CAP = 86400.0
OWN_NETWORK_WAIT = 300.0
"""Most seconds until a source is tried again that our own network kept us from."""
TOO_MANY_REQUESTS = 429
THROTTLED_HOLD = timedelta(minutes=1)
"""How long the scope of a 429 without Retry-After is left alone."""
LONGEST_HOLD = timedelta(days=7)
"""How far ahead a Retry-After is believed."""
_MOST_DOUBLINGS = 20
_SMOOTHING = 0.2
_FEW_FROM = 6
_FAR_FEWER = 3

Next = tuple[Health, datetime | None]
"""The health after an outcome, and when the source is due; None when it is gone for good."""


def after_unchanged(source: Source, health: Health, outcome: NotModified, *, now: datetime) -> Next:
    """The source answered and has nothing new."""
    exchange = outcome.exchange
    whole = exchange.status != 304 or health.full_at is None
    after = replace(
        _answered(source, health, exchange, now),
        outcome="unchanged",
        validators=outcome.validators,
        full_at=now if whole else health.full_at,
    )
    return _healthy(source, after, fresh=False, now=now)


def after_parsed(
    source: Source,
    health: Health,
    payload: Payload,
    feed: Feed,
    *,
    fresh: int,
    dates: Iterable[datetime] = (),
    now: datetime,
) -> Next:
    """The source's payload was parsed; ``fresh`` of its entries were new or changed, ``dates`` are theirs."""
    rhythm, newest = rhythm_of(dates, now)
    if fresh and health.last_change is not None:
        newest = max(newest, now) if newest else now
    after = replace(
        _answered(source, health, payload.exchange, now),
        outcome="changed" if fresh else "unchanged",
        last_change=now if fresh else health.last_change,
        validators=payload.validators,
        full_at=now,
        pace=feed.pace,
        rhythm=rhythm,
        newest=newest,
        entries=feed.count,
        usual=_usual(health.usual, feed.count),
        warnings=(*_surprises(health.usual, feed.count), *health.warnings),
        title=feed.title,
        icon=feed.icon,
    )
    return _healthy(source, after, fresh=bool(fresh), now=now)


def after_part(source: Source, health: Health, left: int, *, now: datetime) -> Next:
    """Only a part of what is new was taken: the whole is asked for again soon, without conditions."""
    after = replace(health, validators=Validators())
    return _waiting(source, after, source.min_interval, f"{left} more of its addresses are new", now)


def after_discovered(health: Health, payload: Payload, found: Sequence[str], *, now: datetime) -> Next:
    """The source's own address has a page that names feeds: one of them is asked for, at once."""
    address = after_discovery(health, found, now)
    after = replace(
        health,
        outcome="discovered",
        error=None,
        message=None,
        status=payload.exchange.status,
        address=address,
        validators=health.validators if _same(address, health.address) else _digest_of(health),
        last_fetch=now,
        why=f"the page at its address names a feed at {address.url}",
    )
    return after, now


def after_failure(source: Source, health: Health, failure: Failure, *, now: datetime) -> Next:
    """The source failed; it is due later and later, but for a 410 at its own address, which ends it."""
    known = health.address
    if known is not None and is_own_trouble(source, health, failure):
        return _still_moved(source, health, known, now)
    address = after_trouble(health, failure)
    ours = failure.error == "OwnNetwork"
    after = replace(
        health,
        outcome="offline" if ours else "failed",
        error=failure.error,
        message=failure.message,
        status=failure.status,
        failures=health.failures + (not ours),
        last_fetch=now,
        retry_at=held_until(failure, now),
        address=address,
        refused=refused_after(health, address),
        validators=health.validators if _same(address, known) else _digest_of(health),
        gone=failure.error == "Gone" and not (known and known.adopted),
    )
    if after.gone:
        return replace(after, why="it says 410: it is over"), None
    interval = max(health.interval or source.every or FIRST_INTERVAL, source.min_interval)
    if ours:
        return _waiting(source, after, min(interval, OWN_NETWORK_WAIT), "our own network is down", now)
    wait = max(interval, min(interval * 2.0 ** min(after.failures, _MOST_DOUBLINGS), BACKOFF_CAP))
    row = "a failure" if after.failures == 1 else f"{after.failures} failures in a row"
    return _waiting(source, after, wait, f"{about(wait)} after {row}", now)


def _still_moved(source: Source, health: Health, known: Address, now: datetime) -> Next:
    """The own address fails: publishers move, and then the old one goes. The adopted one is asked again."""
    after = replace(health, last_fetch=now, address=replace(known, checked_at=now))
    interval = max(health.interval or source.every or FIRST_INTERVAL, source.min_interval)
    return _waiting(source, after, interval, "its own address fails, and another was adopted", now)


def held_until(failure: Failure, now: datetime) -> datetime | None:
    """Until when a publisher that says 429 or 503 is left alone; None where it asks for nothing."""
    if failure.retry_at is not None:
        return min(failure.retry_at, now + LONGEST_HOLD)
    return now + THROTTLED_HOLD if failure.status == TOO_MANY_REQUESTS else None


def when_refreshed(health: Health, now: datetime) -> datetime | None:
    """When a source that somebody wants now may be fetched; None if it is gone."""
    if health.gone:
        return None
    return max(now, health.retry_at) if health.retry_at else now


def is_fresh(source: Source, health: Health, now: datetime) -> bool:
    """Whether what was fetched last is still good by HTTP's own word, so that nobody need ask again."""
    if health.fresh_until is None or health.last_success is None or health.failures:
        return False
    return now < min(health.fresh_until, health.last_success + timedelta(seconds=source.max_hold))


def outcome_of(health: Health, exchange: Exchange, *, fresh: int = 0, now: datetime) -> Outcome:
    """The line of history that a fetch leaves."""
    return Outcome(
        at=now,
        outcome=health.outcome,
        status=exchange.status,
        error=health.error,
        seconds=round(exchange.seconds, 3),
        wire=exchange.wire,
        fresh=fresh,
    )


def _answered(source: Source, health: Health, exchange: Exchange, now: datetime) -> Health:
    return replace(
        health,
        error=None,
        message=None,
        status=None,
        failures=0,
        last_fetch=now,
        last_success=now,
        retry_at=None,
        fresh_until=exchange.fresh_until,
        address=after_answer(source, health, exchange, now),
        gone=False,
    )


def _healthy(source: Source, health: Health, *, fresh: bool, now: datetime) -> Next:
    interval, why = interval_of(source, health, fresh=fresh, now=now)
    return _waiting(source, replace(health, interval=interval), interval, why, now)


def _waiting(source: Source, health: Health, wait: float, why: str, now: datetime) -> Next:
    due = due_after(source, health, wait, why, now=now)
    return replace(health, why=due.why), due.at


def _same(after: Address | None, before: Address | None) -> bool:
    """Whether the same address is asked as before."""
    return (after and after.url) == (before and before.url)


def _digest_of(health: Health) -> Validators:
    """What is left of the validators when another address is asked: they are the old one's."""
    return Validators(digest=health.validators.digest)


def _usual(before: float, count: int) -> float:
    """How many entries come as a rule: none at all is never the rule where there were some."""
    if before < 1 or count == 0:
        return max(before, float(count))
    return before * (1 - _SMOOTHING) + count * _SMOOTHING


def _surprises(usual: float, count: int) -> tuple[str, ...]:
    """What is odd about how many entries came, against what comes as a rule."""
    if usual >= 1 and count == 0:
        return (f"no entries, where there are {usual:.0f} as a rule",)
    if usual >= _FEW_FROM and count * _FAR_FEWER < usual:
        return (f"only {count} entries, where there are {usual:.0f} as a rule",)
    return ()
