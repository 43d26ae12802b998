"""Dates in the wild."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.normalize.dates import parse_date

SHANGHAI = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
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
        ("Thu Mar 17 00:48:28 2022", "2022-03-17T00:48:28+00:00"),
    ],
)
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
        "x" * 10_000,
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert parse_date(text, timezone=SHANGHAI) is None


def test_local_time_has_the_offset_of_its_day() -> None:
    winter = parse_date("2022-01-01 12:00", timezone="Europe/Berlin")
    summer = parse_date("2022-07-01 12:00", timezone="Europe/Berlin")
    assert winter is not None
    assert summer is not None
    assert (winter.isoformat()[-6:], summer.isoformat()[-6:]) == ("+01:00", "+02:00")


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
