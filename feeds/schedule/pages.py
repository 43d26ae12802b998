"""When an article's own page is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta

from feeds.model import Failure
from feeds.schedule.outcomes import OWN_NETWORK_WAIT, held_until

RETRIES = (30.0, 120.0, 480.0, 1800.0, 7200.0, 28800.0, 86400.0)
"""Waits before an article's own page is tried again."""
TRIES_BEFORE_PUBLISHING = 4
"""After so many failures the article is published without its body."""
PATIENCE = timedelta(minutes=15)
"""An article whose page may not be tried again for longer is published without its body meanwhile."""
_NO_MORE = frozenset({404, 410})
_HOPELESS = frozenset({"Gone", "Disallowed"})


def page_retry(failures: int, failure: Failure | None, now: datetime) -> datetime | None:
    """When to try an article's page again after so many failures; None when tries are up, or it is over.

    Never before the publisher's own Retry-After. What our own network kept us from has no end.
    """
    if failure is not None and not counts(failure):
        return max(now + timedelta(seconds=OWN_NETWORK_WAIT), held_until(failure, now) or now)
    if failures > len(RETRIES) or (failure is not None and failure.error in _HOPELESS):
        return None
    at = now + timedelta(seconds=RETRIES[failures - 1])
    held = held_until(failure, now) if failure is not None else None
    return max(at, held) if held else at


def is_published_without(failures: int, retry_at: datetime | None, now: datetime) -> bool:
    """Whether an article waits no longer for its body; it is filled when that comes after all."""
    return retry_at is None or failures >= TRIES_BEFORE_PUBLISHING or retry_at - now > PATIENCE


def is_retracted(failure: Failure | None, retry_at: datetime | None, *, was_there: bool) -> bool:
    """Whether a page that ``was_there`` says that its article is no more: by 410, or by 404 at every try."""
    return was_there and retry_at is None and failure is not None and failure.status in _NO_MORE


def counts(failure: Failure | None) -> bool:
    """Whether a failed try for a page is one of those after which no more are made.

    Our own network is not the page's fault; nor was a page tried whose host asked to be left alone.
    """
    if failure is None:
        return True
    left_alone = failure.error == "Throttled" and not failure.exchange.hops
    return failure.error != "OwnNetwork" and not left_alone
