"""Dates in the wild."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.normalize.dates import lacks_offset, parse_date

SHANGHAI = "Asia/Shanghai"


FORMS = [
    ("2022-03-17T00:48:28+08:00", "2022-03-17T00:48:28+08:00"),
    ("2022-03-17T00:48:28Z", "2022-03-17T00:48:28+00:00"),
    ("20220317T004828Z", "2022-03-17T00:48:28+00:00"),
    ("2022-03-17T00:48:28.123456789Z", "2022-03-17T00:48:28.123456+00:00"),
    ("2022-W11-4", "2022-03-17T00:00:00+08:00"),
    ("2022-03-17", "2022-03-17T00:00:00+08:00"),
    ("2022-03-17 00:48:28", "2022-03-17T00:48:28+08:00"),
    ("2022-03-17 00:48:28 +0800", "2022-03-17T00:48:28+08:00"),
    ("2022-03-17 00:48:28 -0330", "2022-03-17T00:48:28-03:30"),
    ("2022-03-17 00:48:28 UTC", "2022-03-17T00:48:28+00:00"),
    ("2021/12/08 10:18", "2021-12-08T10:18:00+08:00"),
    ("2021年12月8日 10:18", "2021-12-08T10:18:00+08:00"),
    (" Thu, 17 Mar 2022 00:48:28 +0800 ", "2022-03-17T00:48:28+08:00"),
    ("17 Mar 2022 00:48 GMT", "2022-03-17T00:48:00+00:00"),
    ("Thu, 17 Mar 22 00:48:28 EST", "2022-03-17T00:48:28-05:00"),
    ("Thu, 17 Mar 2022 00:48:28 -0000", "2022-03-17T00:48:28+00:00"),
    ("Thu, 17 Mar 2022 00:48:28", "2022-03-17T00:48:28+08:00"),
    ("Thu, 31 Dec 1998 23:59:60 GMT", "1998-12-31T23:59:59+00:00"),
    ("1647449308", "2022-03-16T16:48:28+00:00"),
    ("1647449308000", "2022-03-16T16:48:28+00:00"),
    ("Thu Mar 17 2022 00:48:28 GMT+0900 (Japan Standard Time)", "2022-03-17T00:48:28+09:00"),
    ("Thu Mar 17 00:48:28 PDT 2022", "2022-03-17T00:48:28-07:00"),
    ("Thu Mar 17 00:48:28 CST 2022", "2022-03-17T00:48:28+08:00"),
    ("2022-03-17 00:48:28 CET", "2022-03-17T00:48:28+01:00"),
    ("2022-03-17 00:48:28 +0900 JST", "2022-03-17T00:48:28+09:00"),
    ("2022-03-17 00:48 (UTC+9)", "2022-03-17T00:48:00+09:00"),
    ("2022-03-17T24:00:00Z", "2022-03-18T00:00:00+00:00"),
    ("Thu, 17 Mar 2022 00:48:28 -12", "2022-03-17T00:48:28-12:00"),
    ("Thu, 17 Mar 2022 00:48:28 +3000", "2022-03-17T00:48:28+08:00"),
    ("2022-03-17T00:48:28+30:00", "2022-03-17T00:48:28+08:00"),
    ("2022-03-17T00:48:28-2400", "2022-03-17T00:48:28+08:00"),
    ("Thu (day), 17(th) Mar 2022 00:48:28 +0000 (a (nested) word)", "2022-03-17T00:48:28+00:00"),
    ("2022", "2022-01-01T00:00:00+08:00"),
    ("2022-03", "2022-03-01T00:00:00+08:00"),
    ("２０２２年３月１７日", "2022-03-17T00:00:00+08:00"),
    ("1647449308.5", "2022-03-16T16:48:28+00:00"),
    ("2004-05-25 오후 11:23:17", "2004-05-25T14:23:17+00:00"),
    ("2004-július-13T9:15-05:00", "2004-07-13T14:15:00+00:00"),
    ("Thu Mar 17 00:48:28 2022", "2022-03-17T00:48:28+08:00"),
]


@pytest.mark.parametrize(("text", "moment"), FORMS)
def test_forms_of_dates(text: str, moment: str) -> None:
    found = parse_date(text, timezone=SHANGHAI)
    assert found is not None
    assert found.isoformat() == datetime.fromisoformat(moment).isoformat()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+0800",
        "yesterday",
        "0001-01-01T00:00:00Z",
        "Mon, 01 Jan 0001 00:00:00 +0000",
        "9999-12-31T23:59:59Z",
        "1899-12-31T00:00:00Z",
        "17 apples",
        "2003-13-01T00:00:00Z",
        "2003-06-31T00:00:00Z",
        "2003-07-01T25:00:00Z",
        "2026-01-01T00:00:00+99:99",
        "Thu, 17 Mar 2022 00:48:28 -0860",
        "2004 and more",
        "--12-31",
        "x" * 10_000,
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert parse_date(text, timezone=SHANGHAI) is None


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("2022-03-17 00:48:28", True),
        ("2022-03-17", True),
        ("昨天 12:30", True),
        ("2022-03-17T00:48:28Z", False),
        ("Thu, 17 Mar 2022 00:48:28 GMT", False),
        ("1647449308", False),
        ("3 hours ago", False),
        ("soon", False),
    ],
)
def test_a_date_without_an_offset_is_known(text: str, lacks: bool) -> None:
    assert lacks_offset(text, datetime(2026, 1, 2, tzinfo=UTC)) == lacks


def test_local_time_has_the_offset_of_its_day() -> None:
    winter = parse_date("2022-01-01 12:00", timezone="Europe/Berlin")
    summer = parse_date("2022-07-01 12:00", timezone="Europe/Berlin")
    assert winter is not None
    assert summer is not None
    assert (winter.isoformat()[-6:], summer.isoformat()[-6:]) == ("+01:00", "+02:00")


RELATIVE_LIKE = st.text(alphabet="0123456789:-/ 前天昨今分钟小时月日下午半agohurspmyetdMrc.,", max_size=30)
DATE_LIKE = st.text(alphabet="0123456789-+:/ TZ.,JanFebMrGMTESWed年月日", max_size=40)


@given(st.text(max_size=60) | DATE_LIKE)
def test_no_text_raises(text: str) -> None:
    found = parse_date(text, timezone=SHANGHAI)
    assert found is None or (found.tzinfo is not None and 1900 <= found.year <= 2200)


@given(st.datetimes(min_value=datetime(1900, 1, 2), max_value=datetime(2199, 12, 30)))  # noqa: DTZ001
def test_every_iso_date_is_itself(moment: datetime) -> None:
    found = parse_date(moment.isoformat() + "+05:30", timezone=SHANGHAI)
    assert found is not None
    assert found.replace(tzinfo=None) == moment


NOW = datetime.fromisoformat("2022-03-17T15:00:30+08:00")
"""A Thursday afternoon in Shanghai."""

AT_A_MOMENT = [
    ("刚刚", "2022-03-17T15:00:30+08:00"),
    ("30秒前", "2022-03-17T15:00:00+08:00"),
    ("5分钟前", "2022-03-17T14:55:30+08:00"),
    ("5 分鐘前", "2022-03-17T14:55:30+08:00"),
    ("2小时前", "2022-03-17T13:00:30+08:00"),
    ("2个小时前", "2022-03-17T13:00:30+08:00"),
    ("两小时前", "2022-03-17T13:00:30+08:00"),
    ("半小时前", "2022-03-17T14:30:30+08:00"),
    ("半个小时之前", "2022-03-17T14:30:30+08:00"),
    ("3天前", "2022-03-14T15:00:30+08:00"),
    ("一周前", "2022-03-10T15:00:30+08:00"),
    ("1个月前", "2022-02-15T15:00:30+08:00"),
    ("3時間前", "2022-03-17T12:00:30+08:00"),
    ("昨天", "2022-03-16T00:00:00+08:00"),
    ("昨天 12:30", "2022-03-16T12:30:00+08:00"),
    ("昨天12:30", "2022-03-16T12:30:00+08:00"),
    ("昨天 下午3点", "2022-03-16T15:00:00+08:00"),
    ("前天 08:00", "2022-03-15T08:00:00+08:00"),
    ("大前天", "2022-03-14T00:00:00+08:00"),
    ("今天 09:15", "2022-03-17T09:15:00+08:00"),
    ("12:30", "2022-03-17T12:30:00+08:00"),
    ("15:05", "2022-03-17T15:05:00+08:00"),
    ("23:50", "2022-03-16T23:50:00+08:00"),
    ("上午9:15", "2022-03-17T09:15:00+08:00"),
    ("03-17 12:30", "2022-03-17T12:30:00+08:00"),
    ("03-18 12:30", "2021-03-18T12:30:00+08:00"),
    ("[03-16]", "2022-03-16T00:00:00+08:00"),
    ("（12-31）", "2021-12-31T00:00:00+08:00"),
    ("02-29", "2020-02-29T00:00:00+08:00"),
    ("3月17日 12:30", "2022-03-17T12:30:00+08:00"),
    ("3月17日", "2022-03-17T00:00:00+08:00"),
    ("12月1日 08:00", "2021-12-01T08:00:00+08:00"),
    ("2022年3月17日 下午3:05", "2022-03-17T15:05:00+08:00"),
    ("2022年3月17日 星期四 15:05", "2022-03-17T15:05:00+08:00"),
    ("2022年3月17日（周四）晚上8点30分", "2022-03-17T20:30:00+08:00"),
    ("2022年3月17日 凌晨12:10", "2022-03-17T00:10:00+08:00"),
    ("2022年3月17日 中午12:10", "2022-03-17T12:10:00+08:00"),
    ("2022年3月17日 中午1:10", "2022-03-17T13:10:00+08:00"),
    ("发布时间：2022年3月17日 08:00:05", "2022-03-17T08:00:05+08:00"),
    ("发布时间：2022-03-17 08:00:05", "2022-03-17T08:00:05+08:00"),
    ("2022-03-17 3:05 PM", "2022-03-17T15:05:00+08:00"),
    ("just now", "2022-03-17T15:00:30+08:00"),
    ("3 hours ago", "2022-03-17T12:00:30+08:00"),
    ("about 3 hours ago", "2022-03-17T12:00:30+08:00"),
    ("17 Mar 10:30", "2022-03-17T10:30:00+08:00"),
    ("22-03-16", "2022-03-16T00:00:00+08:00"),
    ("3h ago", "2022-03-17T12:00:30+08:00"),
    ("an hour ago", "2022-03-17T14:00:30+08:00"),
    ("half an hour ago", "2022-03-17T14:30:30+08:00"),
    ("two minutes ago", "2022-03-17T14:58:30+08:00"),
    ("2 days ago", "2022-03-15T15:00:30+08:00"),
    ("2 months ago", "2022-01-16T15:00:30+08:00"),
    ("Posted 2 days ago", "2022-03-15T15:00:30+08:00"),
    ("yesterday", "2022-03-16T00:00:00+08:00"),
    ("Yesterday at 5pm", "2022-03-16T17:00:00+08:00"),
    ("today, 9:15 a.m.", "2022-03-17T09:15:00+08:00"),
    ("12:10 am", "2022-03-17T00:10:00+08:00"),
    ("Mar 17", "2022-03-17T00:00:00+08:00"),
    ("March 18", "2021-03-18T00:00:00+08:00"),
    ("Sept. 5", "2021-09-05T00:00:00+08:00"),
    ("March 17th", "2022-03-17T00:00:00+08:00"),
    ("March 17, 2022", "2022-03-17T00:00:00+08:00"),
    ("Published on March 17, 2022", "2022-03-17T00:00:00+08:00"),
    ("March 17, 2022 3:05 PM", "2022-03-17T15:05:00+08:00"),
    ("Thursday, March 17, 2022 at 3:05 p.m.", "2022-03-17T15:05:00+08:00"),
    ("17 March 2022 3:05 PM", "2022-03-17T15:05:00+08:00"),
    ("17th of March, 2022", "2022-03-17T00:00:00+08:00"),
    ("17 Mar", "2022-03-17T00:00:00+08:00"),
    ("17.03.2022", "2022-03-17T00:00:00+08:00"),
    ("5.4.2021, 10:30", "2021-04-05T10:30:00+08:00"),
    ("03/16/2022", "2022-03-16T00:00:00+08:00"),
    ("16/03/2022 10:30", "2022-03-16T10:30:00+08:00"),
    ("2021年3月17日（木）15時05分", "2021-03-17T15:05:00+08:00"),
    ("March 16th, 2022 at 3:05 PM EST", "2022-03-16T20:05:00+00:00"),
]
"""What a text means to who reads it at ``NOW``."""


@pytest.mark.parametrize(("text", "moment"), AT_A_MOMENT, ids=[text for text, _ in AT_A_MOMENT])
def test_forms_that_mean_something_at_a_moment(text: str, moment: str) -> None:
    found = parse_date(text, timezone=SHANGHAI, now=NOW)
    assert found is not None
    assert found.isoformat() == moment


@pytest.mark.parametrize("text", [text for text, _ in FORMS], ids=[text for text, _ in FORMS])
def test_what_says_its_own_moment_is_the_same_at_every_moment(text: str) -> None:
    assert parse_date(text, timezone=SHANGHAI, now=NOW) == parse_date(text, timezone=SHANGHAI)


@pytest.mark.parametrize(
    "text",
    [
        *("", "+0800", "17 apples", "x" * 10_000, "13-40", "25:00", "3.17", "02-30", "May", "Monday"),
        *("5", "第3页", "更多 >>", "read more", "3 comments", "05/04/2022", "0:0", "99999 days ago"),
        *("9999 years ago", "January 32", "2022年13月1日", "Chapter 3 March 4", "阅读 1234", "3月"),
    ],
)
def test_what_is_no_date_at_any_moment(text: str) -> None:
    assert parse_date(text, timezone=SHANGHAI, now=NOW) is None


def test_the_moment_is_read_in_the_publishers_zone() -> None:
    midnight = datetime.fromisoformat("2022-03-16T23:30:00+00:00")
    found = parse_date("今天 06:00", timezone=SHANGHAI, now=midnight)
    assert found is not None
    assert found.isoformat() == "2022-03-17T06:00:00+08:00"


def test_hours_are_counted_over_a_change_of_the_clock() -> None:
    now = datetime.fromisoformat("2022-03-27T01:30:00+00:00")
    found = parse_date("2 hours ago", timezone="Europe/Berlin", now=now)
    assert found is not None
    assert found.isoformat() == "2022-03-27T00:30:00+01:00"


@given(st.text(max_size=70) | DATE_LIKE | RELATIVE_LIKE)
def test_no_text_raises_at_a_moment(text: str) -> None:
    found = parse_date(text, timezone=SHANGHAI, now=NOW)
    assert found is None or (found.tzinfo is not None and 1900 <= found.year <= 2200)


@given(DATE_LIKE)
def test_texts_with_a_year_are_read_as_without_a_moment(text: str) -> None:
    """But for those that the older readers get wrong: an afternoon, Chinese, what the clock filled in."""
    before = parse_date(text, timezone=SHANGHAI)
    if before is not None and re.search(r"(?<!\d)\d{4}(?!\d)", text) and not re.search(r"年|[ap]m", text):
        assert parse_date(text, timezone=SHANGHAI, now=NOW) == before


MANUAL = (Path(__file__).parent.parent / "docs/dates.md").read_text("utf-8")
_ROW = re.compile(r"^\|[^|]*\| `([^`|]+)` \|(?: `([^`|]+)` \|)?$", re.MULTILINE)


def in_manual(heading: str) -> list[tuple[str, str]]:
    return _ROW.findall(MANUAL.split(f"## {heading}")[1].split("\n## ")[0])


@pytest.mark.parametrize(("text", "moment"), in_manual("By themselves"))
def test_dates_of_the_manual_become_what_it_says(text: str, moment: str) -> None:
    for now in (None, NOW):
        found = parse_date(text, timezone=SHANGHAI, now=now)
        assert found is not None
        assert found.isoformat() == moment


@pytest.mark.parametrize(("text", "moment"), in_manual("For who reads"))
def test_dates_of_the_manual_at_a_moment(text: str, moment: str) -> None:
    found = parse_date(text, timezone=SHANGHAI, now=NOW)
    assert found is not None
    assert found.isoformat() == moment


@pytest.mark.parametrize("text", [text for text, _ in in_manual("No date")])
def test_what_the_manual_calls_no_date(text: str) -> None:
    assert parse_date(text, timezone=SHANGHAI, now=NOW) is None


def test_the_manual_lists_forms() -> None:
    assert [len(in_manual(each)) > 5 for each in ("By themselves", "For who reads", "No date")] == [True] * 3
