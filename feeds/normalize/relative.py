"""Dates that mean something only at a moment: ``2小时前``, ``昨天 12:30``, ``3 hours ago``, ``Mar 17``."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

_LONGEST = 60
_SKEW = timedelta(minutes=10)
"""How far ahead of ours a publisher's clock may be before a time is that of yesterday, or of last year."""
_YEARS_BACK = 8
"""The most years from one 29 February to the next."""

_HALVES = r"凌晨|清晨|早晨|早上|早|上午|中午|午前|下午|午後|午后|傍晚|晚上|晚间|晚|夜间|深夜"
_AFTERNOONS = frozenset({"下午", "午後", "午后", "傍晚", "晚上", "晚间", "晚", "夜间", "深夜", "pm"})
_CLOCK = (
    rf"(?:at\s+)?(?P<half>{_HALVES})?\s*(?P<hour>\d{{1,2}})"
    r"(?:\s*[:：点點时時]\s*(?P<minute>\d{2})?分?(?::(?P<second>\d{2}))?秒?)?"
    r"\s*(?P<meridiem>[ap]\.?m\b\.?)?"
)
_BETWEEN = r"(?:\s*[,，·|]\s*|\s*)"
_WEEKDAY = r"(?:\s*[(（]?(?:星期|周|週)[一二三四五六日天][)）]?)?"
_TIME = rf"(?:{_BETWEEN}{_CLOCK})?"
_MONTH = r"(?P<name>jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS: dict[str, float] = {
    **{word: number for number, word in enumerate("一二三四五六七八九十", 1)},
    **{word: number for number, word in enumerate(_ENGLISH_NUMBERS, 1)},
    **dict.fromkeys(("a", "an"), 1),
    **dict.fromkeys(("两", "兩"), 2),
    **dict.fromkeys(("半", "半个", "半個", "half an", "half a"), 0.5),
}
_UNITS = (
    (re.compile(r"秒|s"), 1),
    (re.compile(r"分|m(?!o)"), 60),
    (re.compile(r"小|時|钟|鐘|h"), 3600),
    (re.compile(r"天|日|d"), 86_400),
    (re.compile(r"周|週|星|w"), 604_800),
    (re.compile(r"月|mo"), 2_592_000),
    (re.compile(r"年|y"), 31_536_000),
)
"""How units begin. Months and years are as vague as those who write ``3个月前``."""
_DAYS_BACK = {
    **dict.fromkeys(("今天", "今日", "today"), 0),
    **dict.fromkeys(("昨天", "昨日", "yesterday"), 1),
    **dict.fromkeys(("前天", "前日"), 2),
    "大前天": 3,
}
_LABEL = re.compile(
    r"(?:(?:发布|更新|发表)?(?:时间|日期|于)|发布|更新|(?:posted|published|updated)(?:\s+on\b)?)\s*[:：]?\s*",
    re.IGNORECASE,
)
_AMBIGUOUS = re.compile(r"\d{1,4}\s*[-/.]\s*\d{1,2}(?:\s*[-/.]\s*\d{1,4})?\b.*", re.DOTALL)
_DATED = re.compile(r"(?=.*\d)(?=.*[^\W\d_]{2}|.*[月日])", re.DOTALL)


def relative_date(text: str, now: datetime) -> datetime | None:
    """The moment ``text`` names for who reads it at ``now``; naive for a local time of ``now``'s zone.

    A missing year is the latest in which the date is not to come. Raises :class:`ValueError` for a
    date there cannot be.
    """
    bare = _bare(text)
    for form, moment_of in _FORMS:
        match = form.fullmatch(bare)
        if match is not None:
            return moment_of(match, now)
    return _by_dateparser(bare, now)


def _bare(text: str) -> str:
    """``text`` without a label before it and brackets around it."""
    bare = " ".join(text.split()).strip("[]()（）【】 ")
    label = _LABEL.match(bare)
    return bare[label.end() :] if label else bare


def _now(_: re.Match[str], now: datetime) -> datetime:
    return now


def _ago(match: re.Match[str], now: datetime) -> datetime:
    said = match["number"].lower()
    number = _NUMBERS.get(said) or float(said)
    unit = match["unit"].lower()
    seconds = next(length for form, length in _UNITS if form.match(unit))
    return (now.astimezone(UTC) - timedelta(seconds=number * seconds)).astimezone(now.tzinfo)


def _day_back(match: re.Match[str], now: datetime) -> datetime:
    return _at(now.date() - timedelta(days=_DAYS_BACK[match["day"].lower()]), match)


def _clock(match: re.Match[str], now: datetime) -> datetime | None:
    if not (match["minute"] or match["meridiem"]):
        return None
    moment = _at(now.date(), match)
    return moment if moment <= _latest(now) else moment - timedelta(days=1)


def _dated(match: re.Match[str], now: datetime) -> datetime | None:
    said = match.groupdict()
    month = _MONTHS.index(said["name"][:3].lower()) + 1 if said.get("name") else int(said["month"])
    day = int(said["date"])
    if said["year"]:
        return _at(date(int(said["year"]), month, day), match)
    for year in range(now.year + 1, now.year - _YEARS_BACK - 1, -1):
        try:
            moment = _at(date(year, month, day), match)
        except ValueError:
            continue
        if moment <= _latest(now):
            return moment
    return None


def _latest(now: datetime) -> datetime:
    return now.replace(tzinfo=None) + _SKEW


def _at(day: date, match: re.Match[str]) -> datetime:
    """The time that ``match`` names on ``day``; midnight if it names none."""
    if match["hour"] is None:
        return datetime.combine(day, time())
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    half = (match["half"] or (match["meridiem"] or "").lower().replace(".", "")).strip()
    if half in _AFTERNOONS and hour < 12:
        hour += 12
    if hour == 12 and half in ("am", "凌晨", "上午", "午前", "深夜", "夜间", "晚上"):
        hour = 0
    if half == "中午" and hour < 3:
        hour += 12
    return datetime.combine(day, time(hour, minute, second))


_Reader = Callable[[re.Match[str], datetime], datetime | None]


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_DAY_OF = r"(?P<date>\d{1,2})"
_NUMBER_OF_MONTH = r"(?P<month>\d{1,2})"
_YEAR = r"(?P<year>\d{4})"
_AFTER_NAME = rf"(?:,?\s*{_YEAR})?(?:,?\s+(?:[·|-]\s+)?{_CLOCK})?"
_ENGLISH_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s+)?"
_FORMS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (_form(r"刚刚|剛剛|刚才|剛才|たった今|just now|now|moments? ago"), _now),
    (
        _form(
            r"(?:约|大约|約|about|over|almost)?\s*(?P<number>\d{1,4}(?:\.\d)?|半[个個]?|[一二两兩三四五六七八九十]"
            r"|half an?|an?|" + "|".join(_ENGLISH_NUMBERS) + r")\s*[个個]?\s*"
            r"(?P<unit>秒[钟鐘]?|分[钟鐘]?|小时|小時|時間|钟头|鐘頭|天|日|周|週|星期|月|年"
            r"|(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?|mos?|months?|y|years?)\b)"
            r"\s*(?:以?前|之前|ago)"
        ),
        _ago,
    ),
    (_form(rf"(?P<day>今天|今日|昨天|昨日|大前天|前天|前日|today|yesterday){_TIME}"), _day_back),
    (_form(_CLOCK), _clock),
    (_form(rf"(?:{_YEAR}\s*年\s*)?{_NUMBER_OF_MONTH}\s*月\s*{_DAY_OF}\s*[日号號]?{_WEEKDAY}{_TIME}"), _dated),
    (_form(rf"(?P<year>){_NUMBER_OF_MONTH}[-/]{_DAY_OF}(?:\s+{_CLOCK})?"), _dated),
    (_form(rf"{_YEAR}[-/.]{_NUMBER_OF_MONTH}[-/.]{_DAY_OF}(?:\s+{_CLOCK})?"), _dated),
    (_form(rf"{_DAY_OF}\.\s?{_NUMBER_OF_MONTH}\.\s?{_YEAR}(?:,?\s+{_CLOCK})?"), _dated),
    (_form(rf"(?P<month>\d{{1,2}})/(?P<date>1[3-9]|[23]\d)/{_YEAR}(?:,?\s+{_CLOCK})?"), _dated),
    (_form(rf"(?P<date>1[3-9]|[23]\d)/(?P<month>\d{{1,2}})/{_YEAR}(?:,?\s+{_CLOCK})?"), _dated),
    (_form(rf"{_ENGLISH_WEEKDAY}{_MONTH}\s*{_DAY_OF}(?:st|nd|rd|th)?{_AFTER_NAME}"), _dated),
    (_form(rf"{_ENGLISH_WEEKDAY}{_DAY_OF}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}{_AFTER_NAME}"), _dated),
)


def _by_dateparser(text: str, now: datetime) -> datetime | None:
    """What dateparser makes of words and a day, which it shall not guess the order of numbers in."""
    if len(text) > _LONGEST or not _DATED.match(text) or _AMBIGUOUS.fullmatch(text):
        return None
    found: datetime | None = _dateparser(datetime.combine(now.date(), time())).get_date_data(text).date_obj
    return found


@lru_cache(maxsize=4)
def _dateparser(today: datetime) -> Any:
    from dateparser.date import DateDataParser  # type: ignore[import-untyped]  # 0.2 s, seldom needed

    # It keeps settings for good, so that they must differ by days only, not by every moment.
    return DateDataParser(
        languages=["zh", "en", "ja"],
        settings={
            "RELATIVE_BASE": today,
            "PREFER_DATES_FROM": "past",
            "PARSERS": ["absolute-time"],
            "REQUIRE_PARTS": ["day", "month"],
            "TIMEZONE": "UTC",
        },
    )
