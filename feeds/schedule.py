"""When: outcome + health + now → the next health and due time. Pure; durations are seconds.

A source without ``every`` finds its own interval: shorter after news, longer without. Failures back off
from the interval by doubling, up to a day. Every due time is moved by up to 10 % of its distance, by a hash
of the source's id, so that sources which started together do not stay together.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import blake2b

from msgspec.structs import replace

from feeds.model import Failure, Feed, Health, NotModified, Payload, Source

FIRST_INTERVAL = 900.0
BACKOFF_CAP = 86400.0
JITTER = 0.1
PAGE_RETRIES = (30.0, 120.0, 480.0, 1800.0, 7200.0, 28800.0, 86400.0)
"""Waits before an article's own page is tried again."""
PAGE_TRIES_BEFORE_PUBLISHING = 4
"""After so many failures the article is published without its body."""


def after_unchanged(
    source: Source, health: Health, outcome: NotModified, *, now: datetime
) -> tuple[Health, datetime]:
    """The source answered and has nothing new."""
    changed = replace(
        _succeeded(source, health, now, stretch=1.5), outcome="unchanged", validators=outcome.validators
    )
    return changed, _due(source, changed.interval, now)


def after_parsed(
    source: Source, health: Health, payload: Payload, feed: Feed, *, fresh: int, now: datetime
) -> tuple[Health, datetime]:
    """The source's payload was parsed; ``fresh`` of its entries were new or changed."""
    succeeded = _succeeded(source, health, now, stretch=0.5 if fresh else 1.5)
    changed = replace(
        succeeded,
        outcome="changed" if fresh else "unchanged",
        last_change=now if fresh else health.last_change,
        validators=payload.validators,
        entries=len(feed.entries),
        title=feed.title,
    )
    return changed, _due(source, changed.interval, now)


def after_failure(
    source: Source, health: Health, failure: Failure, *, now: datetime
) -> tuple[Health, datetime | None]:
    """The source failed; None when it said that it is gone for good."""
    failures = health.failures + 1
    changed = replace(
        health,
        outcome="failed",
        error=failure.error,
        message=failure.message,
        status=failure.status,
        failures=failures,
        last_fetch=now,
        retry_at=failure.retry_at,
        gone=failure.error == "Gone",
    )
    if changed.gone:
        return changed, None
    interval = health.interval or source.every or FIRST_INTERVAL
    wait = min(max(interval, source.min_interval) * 2.0 ** min(failures, 20), BACKOFF_CAP)
    due_at = _due(source, wait, now)
    return changed, max(due_at, failure.retry_at) if failure.retry_at else due_at


def when_refreshed(health: Health, now: datetime) -> datetime | None:
    """When a source that somebody wants now may be fetched; None if it is gone."""
    if health.gone:
        return None
    return max(now, health.retry_at) if health.retry_at else now


def page_retry(failures: int, failure: Failure | None, now: datetime) -> datetime | None:
    """When to try an article's page again after so many failures; None when tries are up, or it is gone.

    Never before the publisher's own Retry-After.
    """
    if failures > len(PAGE_RETRIES) or (failure is not None and failure.error == "Gone"):
        return None
    at = now + timedelta(seconds=PAGE_RETRIES[failures - 1])
    return max(at, failure.retry_at) if failure is not None and failure.retry_at else at


def _succeeded(source: Source, health: Health, now: datetime, *, stretch: float) -> Health:
    interval = source.every or (health.interval * stretch if health.interval else FIRST_INTERVAL)
    return replace(
        health,
        error=None,
        message=None,
        status=None,
        failures=0,
        interval=min(max(interval, source.min_interval), source.max_interval),
        last_fetch=now,
        last_success=now,
        retry_at=None,
        gone=False,
    )


def _due(source: Source, wait: float, now: datetime) -> datetime:
    return now + timedelta(seconds=max(wait * (1 + JITTER * _spread(source.id)), source.min_interval))


def _spread(source_id: str) -> float:
    """A number in [-1, 1) that is the source's own."""
    return int.from_bytes(blake2b(source_id.encode(), digest_size=4).digest()) / 2**31 - 1
