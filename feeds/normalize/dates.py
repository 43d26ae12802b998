"""Dates in the wild → aware datetimes that keep the publisher's offset."""

from __future__ import annotations

import re
from calendar import timegm
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from datetime import timezone as fixed_zone
from email.utils import parsedate_tz
from zoneinfo import ZoneInfo

from feedparser.datetimes import _parse_date as feedparser_date  # type: ignore[import-untyped]

from feeds.normalize.relative import relative_date

_Reader = Callable[[str], datetime | None]

_LONGEST = 100
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_NUMERIC = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T\s]*\s?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?",
    re.IGNORECASE | re.ASCII,
)
_EPOCH = re.compile(r"(1\d{9})(\d{3})?", re.ASCII)
_WITH_MONTH_NAME = re.compile(
    r"(?:[A-Za-z]+\.?,?\s+)?\d{1,2}[\s-]+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
    re.IGNORECASE,
)
# The zero date of Go's clock, "Mon, 01 Jan 0001": email.utils would take it for the year 2001.
_YEAR_OF_NOTHING = re.compile(r"\s00\d\d\s")
_WITH_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)", re.ASCII)
# feedparser takes what a text leaves out from the clock, and but the year of "2022年3月17日 下午3:05";
# neither it nor email.utils reads the PM.
_MISREAD = re.compile(r"\d\s*[ap]\.?m\b|年|\A\d{1,2}:\d", re.IGNORECASE)
_PARTS = re.compile(r"\s*[|｜·•]\s*|\s+(?=\d{4}[-/年])")
_WITHOUT_ZONE = re.compile(r":\d\d\Z|\s\d{2,4}\Z")
_UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def parse_date(text: str, *, timezone: str, now: datetime | None = None) -> datetime | None:
    """The moment ``text`` names, with its own offset, else in the zone named ``timezone``.

    ISO 8601, RFC 822 and 2822 with obsolete zones and two-digit years, seconds since 1970, then what
    feedparser knows (as UTC). With ``now``, the moment at which the text was read, also what has a meaning
    only then: ``2小时前``, ``昨天 12:30``, ``3 hours ago``, dates without a year. ``None`` for what is no
    date, or not between the years 1900 and 2200.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    for read in _ABSOLUTE if now is None else _at_moment(text, timezone, now):
        try:
            found = read(text)
            if found is not None:
                return _within_reason(found if found.tzinfo else _localized(found, timezone))
        except _UNREADABLE:
            continue
    return None if now is None else _beside_others(text, timezone, now)


def _beside_others(text: str, timezone: str, now: datetime) -> datetime | None:
    """The date in a line that says more: ``新华网 2022-03-17``, ``By Ann | Mar 17, 2022``."""
    parts = _PARTS.split(text)
    dates = (parse_date(part, timezone=timezone, now=now) for part in parts if part != text)
    return next((date for date in dates if date is not None), None)


def _at_moment(text: str, timezone: str, now: datetime) -> tuple[_Reader, ...]:
    """The readers of ``text`` at ``now``: ours come first where the others fill in or leave out."""

    def relative(text: str) -> datetime | None:
        found = relative_date(text, now.astimezone(ZoneInfo(timezone)))
        # A zone is not kept by the store, its offset of that moment is.
        return (
            found.replace(tzinfo=_fixed(found.utcoffset() or timedelta()))
            if found and found.tzinfo
            else found
        )

    if _MISREAD.search(text):
        return (_iso, _numeric, _epoch, relative)
    if _WITH_YEAR.search(text):
        return (*_ABSOLUTE, relative)
    return (_iso, _numeric, _epoch, _rfc822, relative, _feedparser)


def _localized(naive: datetime, timezone: str) -> datetime:
    """A local time with the zone's offset of that moment, fixed, so that it survives the store."""
    aware = naive.replace(tzinfo=ZoneInfo(timezone))
    return naive.replace(tzinfo=_fixed(aware.utcoffset() or timedelta()))


def _fixed(offset: timedelta) -> tzinfo:
    return fixed_zone(offset) if offset else UTC


def _within_reason(moment: datetime) -> datetime | None:
    return moment if _FIRST_YEAR <= moment.year <= _LAST_YEAR else None


def _iso(text: str) -> datetime | None:
    return datetime.fromisoformat(text)


def _numeric(text: str) -> datetime | None:
    """Dates as in ``2022-03-17 00:48:28 +0800`` and ``2021/12/08 10:18``."""
    match = _NUMERIC.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    moment = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001
    return moment.replace(tzinfo=_offset(match[7])) if match[7] else moment


def _offset(text: str) -> tzinfo:
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return _fixed(-offset if text[0] == "-" else offset)


def _epoch(text: str) -> datetime | None:
    match = _EPOCH.fullmatch(text)
    return datetime.fromtimestamp(int(match[1]), UTC) if match else None


def _rfc822(text: str) -> datetime | None:
    """RFC 2822 §3.3 and §4.3; the check for a month's name keeps other texts from being guessed at."""
    parsed = parsedate_tz(text) if _WITH_MONTH_NAME.match(text) else None
    if parsed is None or _YEAR_OF_NOTHING.search(text):
        return None
    year, month, day, hour, minute, second = parsed[:6]
    moment = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001
    # parsedate_tz says zero for "-0000", for zones it does not know and for none: only none is local.
    if _WITHOUT_ZONE.search(text):
        return moment
    return moment.replace(tzinfo=_fixed(timedelta(seconds=parsed[9] or 0)))


def _feedparser(text: str) -> datetime | None:
    parsed = feedparser_date(text)
    return datetime.fromtimestamp(timegm(parsed), UTC) if parsed else None


_ABSOLUTE: tuple[_Reader, ...] = (_iso, _numeric, _epoch, _rfc822, _feedparser)
