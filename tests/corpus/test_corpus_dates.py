"""Every date in the corpora: what it became, held against what other readers make of it."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path

import pytest
from dateutil import parser as dateutil_parser  # type: ignore[import-untyped]

from feeds.normalize.dates import parse_date
from tests.places import SHARED

CORPORA = SHARED / "corpora"
FOLDERS = ("feedparser-tests", "real-feeds", "synthetic-feeds", "articles", "encodings-derived")
MORE_FOLDERS = ("feedvalidator-testcases", "html-pages")
LARGEST = 20_000_000
NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)

_SAID = (
    re.compile(
        r"<(?:\w+:)?(?:pubDate|published|updated|modified|issued|created|date|lastBuildDate|lastmod)(?:\s[^>]*)?>"
        r"\s*(?:<!\[CDATA\[)?([^<\]]{1,200}?)(?:\]\]>)?\s*</",
        re.IGNORECASE,
    ),
    re.compile(
        r'"(?:date_published|date_modified|published|publishedTime|datePublished|dateModified|dateCreated'
        r'|pubDate|updated|isoDate)"\s*:\s*"([^"]{1,120})"'
    ),
    re.compile(r'<time[^>]*datetime="([^"]{1,100})"', re.IGNORECASE),
    re.compile(
        r'<meta[^>]*(?:published_time|modified_time|pubdate)[^>]*content="([^"]{1,100})"', re.IGNORECASE
    ),
)
_DAY = re.compile(r"\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*", re.IGNORECASE)
_MONTH = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*", re.IGNORECASE)

NO_DATES = {
    r"0001-.*|.* 0001 .*|1-01-01T.*": "the zero of a clock",
    r"PT.*|PDT.*": "a duration, or what is left of a date",
    r"\D*": "other words",
    r".*\ufffd.*": "a month in letters that its encoding lost",
    r".*(?:start|end)=.*": "a span",
    r"\d\d-\d\dT.*": "no year beside a time of day",
    r".* 1[0-8]\d\d .*": "before 1900",
    r"\d{4}-(?:1[3-9]|\d\d-3[2-9]|06-31).*|.*31 Jun .*": "a day there is not",
    r".*T(?:2[5-9].*|\d\d:6\d.*)": "a time there is not",
}
"""What stays unread, and why."""
OURS = {
    r"\d\d\.\d\d\.\d{4}": "the day comes before the month where dots are between them",
    r".* \+3000": "an offset that there is not: local time",
    r".* CST": "the source's own zone goes by that name",
    r".* [A-IK-Y]": "military zones mean nothing (RFC 5322 §4.3)",
    r".*T\d\d:\d\d:6\d.*": "a second too many is the last of its minute",
    r".* \d\d:\d\d:\d\d -12": "hours, where others take minutes",
}
"""What is read otherwise than by others, and why."""


@pytest.fixture(autouse=True)
def _corpora() -> None:
    if not CORPORA.is_dir():
        pytest.skip("needs ../shared/corpora")


def texts() -> Iterator[str]:
    for folder in (*FOLDERS, *MORE_FOLDERS):
        for path in sorted((CORPORA / folder).rglob("*")):
            if path.is_file() and path.stat().st_size <= LARGEST:
                yield text_of(path)


def text_of(path: Path) -> str:
    body = path.read_bytes()
    return (gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body).decode("utf-8", "replace")


@cache
def dates() -> dict[str, list[str]]:
    """Every date by its form: digits are 9, names of days and months Day and Month."""
    found: dict[str, set[str]] = {}
    said = {match[1].strip() for text in texts() for pattern in _SAID for match in pattern.finditer(text)}
    for date in said - {""}:
        form = _MONTH.sub("Month", _DAY.sub("Day", re.sub(r"\d", "9", date)))
        found.setdefault(form, set()).add(date)
    return {form: sorted(found[form]) for form in sorted(found)}


def became(text: str) -> datetime | None:
    return parse_date(text, timezone="Asia/Shanghai", now=NOW)


def of_others(text: str) -> Iterator[datetime]:
    """What the standard library and dateutil make of it; a local time is Shanghai's."""
    local = timedelta(hours=8)
    readers = (
        datetime.fromisoformat,
        parsedate_to_datetime,
        lambda text: dateutil_parser.parse(text, tzinfos=_ZONES, default=_FIRST),
    )
    for read in readers:
        try:
            moment = read(text)
            yield moment if moment.tzinfo else (moment - local).replace(tzinfo=UTC)
        except (ArithmeticError, TypeError, ValueError):
            continue


_FIRST = datetime(NOW.year - 1, 1, 1)  # noqa: DTZ001
_ZONES = {"EST": -18000, "EDT": -14400, "MST": -25200, "MDT": -21600, "PST": -28800, "PDT": -25200, "UT": 0}


def explained(text: str, reasons: dict[str, str]) -> bool:
    return any(re.fullmatch(pattern, text, re.DOTALL) for pattern in reasons)


def test_every_form_is_read_or_there_is_a_reason() -> None:
    forms = dates()
    assert len(forms) > 80
    unread = {form: said for form, dates_of_it in forms.items() if (said := _unexplained(dates_of_it))}
    assert unread == {}


def _unexplained(said: list[str]) -> list[str]:
    return [text for text in said if became(text) is None and not explained(text, NO_DATES)]


def test_what_is_no_date_is_not_read() -> None:
    read = [text for said in dates().values() for text in said if explained(text, NO_DATES) and became(text)]
    assert [text for text in read if not explained(text, OURS)] == []


def test_others_read_the_same_moments() -> None:
    wrong, agreed = [], 0
    for text in (text for said in dates().values() for text in said):
        ours = became(text)
        theirs = [] if ours is None or explained(text, OURS) else list(of_others(text))
        if ours is None or not theirs:
            continue
        if any(abs(ours - moment) < timedelta(seconds=1) for moment in theirs):
            agreed += 1
        else:
            wrong.append((text, ours.isoformat(), theirs))
    assert wrong == []
    assert agreed > 10_000
