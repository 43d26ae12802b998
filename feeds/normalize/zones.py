"""Zones that dates name by letters → offsets in digits, which every reader of dates understands."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

_NAMES = {
    "-1000": "HST",
    "-0900": "AKST",
    "-0800": "PST AKDT",
    "-0700": "MST PDT",
    "-0600": "CST MDT",
    "-0500": "EST CDT",
    "-0400": "EDT",
    "+0000": "WET",
    "+0100": "BST CET MEZ WEST",
    "+0200": "CEST EET MESZ SAST",
    "+0300": "EEST MSK",
    "+0500": "PKT",
    "+0800": "AWST HKT PHT SGT",
    "+0900": "JST KST",
    "+1000": "AEST",
    "+1100": "AEDT",
    "+1200": "NZST",
    "+1300": "NZDT",
}
"""Those of RFC 5322 §4.3, and what others mean wherever they are used."""
_OFFSETS = {name: offset for offset, names in _NAMES.items() for name in names.split()}

_NAMED = re.compile(r"(?<=\d)\s*\(?\b([A-Z]{3,4})\)?(?=\s+\d{4}\Z|\Z)", re.IGNORECASE | re.ASCII)
_IN_DIGITS = re.compile(r"\s[+-]\d{2}:?\d{2}\Z", re.ASCII)
_FROM_GREENWICH = re.compile(
    r"\s*\(?\b(?:GMT|UTC)\s?([+-])(\d{1,2})(?::?(\d{2}))?\b\)?", re.IGNORECASE | re.ASCII
)


def with_offset(text: str, timezone: str) -> str:
    """A date with the zone that it names as an offset: ``17 Mar 2022 08:00 CET``, ``08:00 (UTC+8)``.

    The names that ``timezone`` itself goes by come first: CST is China's where the publisher is in Shanghai.
    """
    if ":" not in text:
        return text
    text = _FROM_GREENWICH.sub(_offset, text, count=1)
    named = _NAMED.search(text)
    if named is None:
        return text
    before, after = text[: named.start()], text[named.end() :]
    if _IN_DIGITS.search(before):
        return before + after
    offset = _own_names(timezone).get(named[1].upper()) or _OFFSETS.get(named[1].upper())
    return f"{before} {offset}{after}" if offset else text


def _offset(match: re.Match[str]) -> str:
    return f" {match[1]}{int(match[2]):02}{match[3] or '00'}"


@lru_cache(maxsize=64)
def _own_names(timezone: str) -> dict[str, str]:
    """What a zone calls its time in winter and in summer."""
    zone = ZoneInfo(timezone)
    moments = (datetime(2020, month, 1, tzinfo=zone) for month in (1, 7))
    return {moment.tzname() or "": f"{moment:%z}" for moment in moments}
