"""Dates in the wild → aware datetimes that keep the publisher's offset."""

from __future__ import annotations

import re
import unicodedata
from calendar import timegm
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from datetime import timezone as fixed_zone
from email.utils import parsedate_tz
from zoneinfo import ZoneInfo

from feedparser.datetimes import _date_handlers  # type: ignore[import-untyped]

from feeds.normalize.relative import relative_date
from feeds.normalize.zones import with_offset

_Reader = Callable[[str], datetime | None]

_LONGEST = 100
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_NUMERIC = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T\s]*\s?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?",
    re.IGNORECASE | re.ASCII,
)
_EPOCH = re.compile(r"(1\d{9})(?:\d{3}|\d{6}|\.\d+)?", re.ASCII)
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
_MONTH_FIRST = re.compile(
    r"[A-Za-z]{3,9},?\s+(?P<month>[A-Za-z]{3})[a-z]*\s+(?P<day>\d{1,2}),?\s+(?:(?P<year>\d{4})\s+)?"
    r"(?P<time>\d{1,2}:\d{2}(?::\d{2})?)(?:\s*(?P<zone>GMT|UTC|UT|Z|[+-]\d{4}))?(?:\s+(?P<last>\d{4}))?",
    re.IGNORECASE | re.ASCII,
)
"""C's ``Thu Mar 17 00:48:28 2022``; those of Unix and Java have a zone, JavaScript's the year first."""
_COMPACT = re.compile(r"\d{4}|\d{4}-?\d{2}|(?:\d{2}|\d{4})-\d{2}-\d{2}|\d{4}-?\d{3}", re.ASCII)
"""What feedparser's reader of ISO 8601 is asked for: others it reads half, and half off the clock."""
_NAMES_ZONE = re.compile(r"(?::\d+.*[+-]\d{1,2}:?\d{0,2}|[\d\s(][A-Za-z]{1,5}|.*[가-힣].*)\)?\Z", re.DOTALL)
_NO_OFFSET = re.compile(r":\d{2}(?:\.\d+)?\s*[+-]\d{2}:?[6-9]\d\Z", re.ASCII)
"""More than 59 minutes behind the hours of an offset: nobody knows what was meant."""
_HOURS_OF_ZONE = re.compile(r"(?<=\s[+-]\d\d)\Z", re.ASCII)
_COMMENT = re.compile(r"\((?:[^()\\]|\\.)*\)", re.DOTALL)
_FARTHEST_ZONE = timedelta(hours=14)
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
    text = with_offset(text if text.isascii() else unicodedata.normalize("NFKC", text), timezone)
    if _NO_OFFSET.search(text):
        return None
    for read in _ABSOLUTE if now is None else _at_moment(text, timezone, now):
        try:
            found = read(text)
            if found is not None:
                return _within_reason(found if _has_zone(found) else _localized(found, timezone))
        except _UNREADABLE:
            continue
    return None if now is None else _beside_others(text, timezone, now)


def lacks_offset(text: str, now: datetime) -> bool:
    """Whether the moment that ``text`` names is another one in another time zone."""
    west, east = (parse_date(text, timezone=zone, now=now) for zone in ("Etc/GMT+12", "Etc/GMT-14"))
    return west is not None and east is not None and west != east


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


def _has_zone(moment: datetime) -> bool:
    """Whether it has an offset that there is: ``+3000`` names no zone on earth."""
    offset = moment.utcoffset()
    return offset is not None and abs(offset) <= _FARTHEST_ZONE


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
    moment = _local(year, month, day, hour, minute, second)
    return moment.replace(tzinfo=_offset(match[7])) if match[7] else moment


def _local(year: int, month: int, day: int, hour: int, minute: int, second: int) -> datetime:
    """A naive moment; midnight may be 24 o'clock, and leap seconds pass within the second before."""
    moment = datetime(year, month, day, 0 if hour == 24 else hour, minute, min(second, 59))  # noqa: DTZ001
    return moment + timedelta(days=1) if hour == 24 else moment


def _offset(text: str) -> tzinfo | None:
    """None for a day and more, which names no zone."""
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if offset >= timedelta(days=1):
        return None
    return _fixed(-offset if text[0] == "-" else offset)


def _epoch(text: str) -> datetime | None:
    match = _EPOCH.fullmatch(text)
    return datetime.fromtimestamp(int(match[1]), UTC) if match else None


def _rfc822(text: str) -> datetime | None:
    """RFC 2822 §3.3 and §4.3; the check for a month's name keeps other texts from being guessed at."""
    text = _HOURS_OF_ZONE.sub("00", _uncommented(text))
    parsed = parsedate_tz(text) if _WITH_MONTH_NAME.match(text) else None
    if parsed is None or _YEAR_OF_NOTHING.search(text):
        return None
    moment = _local(*parsed[:6])
    offset = timedelta(seconds=parsed[9] or 0)
    # parsedate_tz says zero for "-0000", for zones it does not know and for none: only none is local.
    if _WITHOUT_ZONE.search(text) or abs(offset) > _FARTHEST_ZONE:
        return moment
    return moment.replace(tzinfo=_fixed(offset))


def _uncommented(text: str) -> str:
    """``text`` without its comments in brackets, which may hold others (RFC 5322 §3.2.2)."""
    before = ""
    while "(" in text and text != before:
        before, text = text, _COMMENT.sub(" ", text)
    return " ".join(text.split()).replace(" ,", ",")


def _month_first(text: str) -> datetime | None:
    match = _MONTH_FIRST.fullmatch(_uncommented(text))
    year = match and (match["year"] or match["last"])
    if match is None or not year:
        return None
    return _rfc822(f"{match['day']} {match['month']} {year} {match['time']} {match['zone'] or ''}".strip())


def _feedparser(text: str) -> datetime | None:
    for handler in _date_handlers:
        if handler.__name__ == "_parse_date_iso8601" and not _COMPACT.fullmatch(text):
            continue
        try:
            parsed = handler(text)
        except _UNREADABLE:
            continue
        if parsed:
            found = datetime.fromtimestamp(timegm(parsed), UTC)
            # It takes for UTC what names no zone.
            return found if _NAMES_ZONE.search(text) else found.replace(tzinfo=None)
    return None


_ABSOLUTE: tuple[_Reader, ...] = (_iso, _numeric, _epoch, _rfc822, _month_first, _feedparser)
