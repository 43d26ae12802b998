"""From a wait to a due time: jitter, what the publisher asks for, and the reason in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import NamedTuple

from feeds.crawl import Health
from feeds.model import Pace
from feeds.told import Source

JITTER = 0.1
LATEST_SPREAD = 60.0
"""Seconds over which sources are spread that may all be asked for again from one moment on."""
_HOUR = timedelta(hours=1)
_MOST_HOURS = 8 * 24


class Due(NamedTuple):
    """When a source is wanted next, and why then."""

    at: datetime
    why: str


def due_after(source: Source, health: Health, wait: float, why: str, *, now: datetime) -> Due:
    """The moment ``wait`` seconds from now, moved by up to 10 % by a hash of the source's id.

    What the publisher asks for only ever makes it later; its caching words by no more than ``max_hold``.
    """
    seconds = max(wait * (1 + JITTER * spread(source.id)), source.min_interval)
    due = Due(now + timedelta(seconds=seconds), why)
    for held, word in _holds(health, now + timedelta(seconds=source.max_hold)):
        if held > due.at:
            due = Due(held + _apart(source, held - now), word)
    return _outside(health.pace, due, source, now)


def spread(source_id: str) -> float:
    """A number in [-1, 1) that is the source's own."""
    return int.from_bytes(blake2b(source_id.encode(), digest_size=4).digest()) / 2**31 - 1


def _holds(health: Health, latest: datetime) -> Iterator[tuple[datetime, str]]:
    """What the publisher said of the next request, each with its name; caching words up to ``latest``."""
    if health.fresh_until is not None:
        yield min(health.fresh_until, latest), "Cache-Control or Expires"
    if health.pace.ttl is not None and health.last_success is not None:
        until = health.last_success + timedelta(seconds=health.pace.ttl)
        yield min(until, latest), "the feed's own ttl or updatePeriod"
    if health.retry_at is not None:
        yield health.retry_at, "Retry-After"


def _apart(source: Source, ahead: timedelta) -> timedelta:
    """A little later, by the source's own hash: what is held to one moment shall not come at once."""
    most = min(LATEST_SPREAD, JITTER * ahead.total_seconds())
    return timedelta(seconds=max(0.0, most) * (1 + spread(source.id)) / 2)


def _outside(pace: Pace, due: Due, source: Source, now: datetime) -> Due:
    """The first moment from ``due`` on that is in no hour or day the feed wants to be left alone."""
    at, latest = due.at, now + timedelta(seconds=source.max_hold)
    for _ in range(_MOST_HOURS):
        if at.hour not in pace.skip_hours and at.weekday() not in pace.skip_days:
            break
        at = at.replace(minute=0, second=0, microsecond=0) + _HOUR
    if at == due.at or at > latest:
        return due
    return Due(at + _apart(source, _HOUR), "the feed's skipHours or skipDays")
