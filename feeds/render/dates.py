"""How pages write dates: in lists all in the site's zone, on an article's own page as its publisher did.

The zone goes by the name that the catalogue has for it, never by an abbreviation: databases of zones differ
in those, and a page's bytes would with them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from itertools import accumulate, groupby
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from feeds.render.item import Item, whole_minutes


class Row(NamedTuple):
    """An item of a list, and what is said beside it of when it was published."""

    when: str
    item: Item


class Day(NamedTuple):
    """What a list has under the heading of one day."""

    day: date
    rows: tuple[Row, ...]


def by_day(zone: ZoneInfo, shown: Sequence[Item]) -> Iterator[Day]:
    """``shown`` in its order, day by day in ``zone``; each day comes once, and a later one never follows.

    An item that is of another day than what it stands under says so.
    """
    days = accumulate((_day_in_order(zone, item) for item in shown), min)
    for day, group in groupby(zip(days, shown, strict=True), key=itemgetter(0)):
        yield Day(day, tuple(Row(_beside(zone, item.published, day), item) for _, item in group))


def listed(zone: ZoneInfo, moment: datetime) -> str:
    """``2022-03-17 00:48`` in ``zone``; ``2022-03-17`` where the publisher named only the day."""
    local, is_day = _local(zone, moment)
    return local.date().isoformat() if is_day else f"{local.date().isoformat()} {local:%H:%M}"


def stamp(moment: datetime) -> str:
    """``2022-03-17 00:48:28 +08:00``."""
    text = whole_minutes(moment).isoformat(sep=" ", timespec="seconds")
    return f"{text[:19]} {text[19:]}"


def iso(moment: datetime) -> str:
    """``2022-03-17T00:48:28+08:00``."""
    return whole_minutes(moment).isoformat(timespec="seconds")


def _beside(zone: ZoneInfo, moment: datetime, day: date) -> str:
    """What the heading of ``day`` leaves to be said: ``00:48``, ``03-17``, ``2021-12-31``, nothing."""
    local, is_day = _local(zone, moment)
    said = [] if is_day else [f"{local:%H:%M}"]
    if local.date() != day:
        said.insert(0, f"{local:%m-%d}" if local.year == day.year else local.date().isoformat())
    return " ".join(said)


def _local(zone: ZoneInfo, moment: datetime) -> tuple[datetime, bool]:
    """``moment`` in ``zone``, or as it is where it stands for a day, which is the same everywhere.

    Midnight at the publisher's own offset is what a date without a time of day has become; it may be meant.
    """
    is_day = moment.time() == time()
    return (moment if is_day else moment.astimezone(zone)), is_day


def _day_in_order(zone: ZoneInfo, item: Item) -> date:
    """The day of an item's place in the order, which stays if its date should ever be another.

    Its sort key is taken in whole seconds, up: those of a day lie up to one before its midnight.
    """
    place = datetime.fromtimestamp(-(-item.sort_key // 1000), zone)
    return (_local(zone, item.published)[0] if item.published == place else place).date()
