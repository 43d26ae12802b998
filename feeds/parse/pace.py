"""How often a feed says that it is worth asking for."""

from __future__ import annotations

import re
from typing import Any

from feeds.model import Pace

_DAY = 86_400.0
_LONGEST = 366 * _DAY
_PERIODS = {
    "hourly": 3600.0,
    "daily": _DAY,
    "weekly": 7 * _DAY,
    "monthly": 30 * _DAY,
    "yearly": 365 * _DAY,
}
_DAYS = {
    name: number
    for number, name in enumerate(
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    )
}
_NUMBER = re.compile(r"[0-9]{1,9}")
_ITEM = re.compile(rb"<(?:item|entry)[\s>]")
_SKIPPED = re.compile(rb"<skip(Hours|Days)\s*>(.{0,2000}?)</skip\1\s*>", re.DOTALL | re.IGNORECASE)
_ONE = re.compile(rb"<(?:hour|day)\s*>\s*([0-9A-Za-z]{1,9})\s*</", re.IGNORECASE)


def pace_of(channel: dict[str, Any], document: bytes) -> Pace:
    """The pace of a feed as feedparser read it; lists, of which that keeps one, are in the ``document``.

    Rules: RSS 2.0 ``ttl``, ``skipHours``, ``skipDays``; RSS 1.0 module Syndication.
    """
    named = [seconds for seconds in (_ttl(channel), _period(channel)) if 0 < seconds <= _LONGEST]
    hours, days = _skipped(document)
    return Pace(ttl=max(named, default=None), skip_hours=hours, skip_days=days)


def _ttl(channel: dict[str, Any]) -> float:
    return _number(channel.get("ttl")) * 60.0


def _period(channel: dict[str, Any]) -> float:
    period = _PERIODS.get(str(channel.get("sy_updateperiod")).strip().lower(), 0.0)
    return period / max(_number(channel.get("sy_updatefrequency")), 1)


def _number(value: object) -> int:
    """A whole number as publishers write it; 0 for words, fractions, and what is below it."""
    digits = str(value).strip()
    return int(digits) if _NUMBER.fullmatch(digits) else 0


def _skipped(document: bytes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Hours and weekdays to be left out; none, where all of them are."""
    first = _ITEM.search(document)
    hours: set[int] = set()
    days: set[int] = set()
    for skipped in _SKIPPED.finditer(document, 0, first.start() if first else len(document)):
        names = [name.decode().lower() for name in _ONE.findall(skipped[2])]
        if skipped[1].lower() == b"days":
            days.update(_DAYS[name] for name in names if name in _DAYS)
        else:
            hours.update(int(name) % 24 for name in names if name.isdigit() and int(name) <= 24)
    return _unless_all(hours, 24), _unless_all(days, 7)


def _unless_all(values: set[int], count: int) -> tuple[int, ...]:
    return tuple(sorted(values)) if len(values) < count else ()
