"""How often a source has news: the gaps between its entries, or what its answers were like so far."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from feeds.crawl import Health
from feeds.durations import about, roughly, spelled
from feeds.told import Source

FIRST_INTERVAL = 900.0
SOONER = 0.5
LATER = 1.5
"""What an interval is multiplied by after news and without, while the entries' dates tell nothing."""
_LOOKED_AT = 20
_FEWEST = 3
_ASKS_A_GAP = 2
_SILENCE = 4
_AHEAD = timedelta(hours=1)


def rhythm_of(dates: Iterable[datetime], now: datetime) -> tuple[float | None, datetime | None]:
    """The mean gap (seconds) between the newest 20 of these dates, and the newest of them.

    Dates in the future say nothing; nor does a gap between fewer than three moments.
    """
    known = sorted({date for date in dates if date <= now + _AHEAD}, reverse=True)[:_LOOKED_AT]
    newest = known[0] if known else None
    if len(known) < _FEWEST:
        return None, newest
    return (known[0] - known[-1]).total_seconds() / (len(known) - 1), newest


def interval_of(source: Source, health: Health, *, fresh: bool, now: datetime) -> tuple[float, str]:
    """Seconds between two polls of a healthy source, and what they follow from.

    With dated entries it is half their mean gap; silence that lasts stretches it, so that a source which
    fell asleep is asked less and less. Without dates, it is halved after news and grows without.
    """
    if source.every is not None:
        every = max(source.every, source.min_interval)
        return every, f"every {spelled(every)}, as the catalogue says"
    if health.rhythm is not None and health.newest is not None:
        silence = (now - health.newest).total_seconds()
        interval = max(health.rhythm, silence / _SILENCE) / _ASKS_A_GAP
        why = f"it has an entry every {about(health.rhythm)}, the last one {roughly(max(silence, 0))} ago"
    elif health.interval:
        interval = health.interval * (SOONER if fresh else LATER)
        why = "there was news" if fresh else "there was no news"
    else:
        interval, why = FIRST_INTERVAL, "it is new"
    bounded = min(max(interval, source.min_interval), source.max_interval)
    return bounded, f"every {about(bounded)}: {why}"
