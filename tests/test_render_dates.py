"""Dates on lists: all in the site's zone, each day once, and no more said than the publisher did."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from feeds.model import Article
from feeds.normalize.article import normalize
from feeds.render.channel import CategoryCard
from feeds.render.dates import by_day, listed
from feeds.render.item import items
from feeds.render.pages import Leaf, article_page, category_page, home_page, search_page
from feeds.render.search import find, headline
from feeds.told import Category
from tests import make

SHANGHAI, NEW_YORK, ST_JOHNS = map(ZoneInfo, ("Asia/Shanghai", "America/New_York", "America/St_Johns"))
CATEGORY = Category(slug="news", title="News", created_at=datetime(2022, 1, 1, tzinfo=UTC))
CITIES = {"Shanghai": "10:02:00+08:00", "Berlin": "02:55:00+01:00", "Dublin": "01:30:00+00:00"}


def of(*dates: str) -> list[Article]:
    """An article for each date, the newest first, as a list's own order."""
    made = [
        make.article(id=f"{n:032x}", guid=f"g{n}", title=f"Story {n}", published=datetime.fromisoformat(text))
        for n, text in enumerate(dates)
    ]
    return sorted(made, key=lambda one: -one.sort_key)


def told(zone: ZoneInfo, *articles: Article) -> dict[str, list[str]]:
    """What stands beside the articles of a list, by the heading of their day."""
    days = list(by_day(zone, items(make.site(), articles)))
    assert len({one.day for one in days}) == len(days)
    return {one.day.isoformat(): [row.when for row in one.rows] for one in days}


def texts(page: bytes, path: str) -> list[str]:
    return [one.text_content() for one in html.document_fromstring(page.decode()).xpath(path)]


def test_sources_from_everywhere_are_on_one_clock() -> None:
    shown = of(*(f"2022-03-17T{time}" for time in CITIES.values()), "2022-03-16T13:00:00-04:00")
    assert told(SHANGHAI, *shown) == {"2022-03-17": ["10:02", "09:55", "09:30", "01:00"]}
    assert told(NEW_YORK, *shown) == {"2022-03-16": ["22:02", "21:55", "21:30", "13:00"]}


def test_every_list_is_in_the_sites_zone_and_says_so_once() -> None:
    site, [one] = make.site(language="en", timezone="Europe/Berlin"), of("2022-03-17T00:48:28+08:00")
    card = CategoryCard(category=CATEGORY, count=1, articles=(one,))
    pages = [
        home_page(site, [card]),
        category_page(site, CATEGORY, items(site, [one])),
        category_page(site, CATEGORY, items(site, [one]), Leaf(path="/older", newer="/")),
        search_page(site, find([headline(site, one)], "story")),
    ]
    moments = {"2022-03-17T00:48:28+08:00"}
    for page, when in zip(pages, ("2022-03-16 17:48", "17:48", "17:48", "2022-03-16 17:48"), strict=True):
        [time] = html.document_fromstring(page.decode()).xpath("//li//time")
        assert time.text == when
        assert time.get("title") == "2022-03-17 00:48:28 +08:00"
        assert set(html.document_fromstring(page.decode()).xpath("//time/@datetime")) == moments
        assert texts(page, "//*[@class='zone']") == ["Times are in Europe/Berlin."]
    assert texts(pages[1], "//h2") == ["2022-03-16"]
    assert texts(pages[1], "//time[@class='ago']") == ["2022-03-16 17:48"]


def test_an_articles_own_page_keeps_its_publishers_date() -> None:
    [one] = of("2022-03-17T00:48:28+08:00")
    page = article_page(make.site(timezone="America/New_York"), {}, one)
    assert texts(page, "//time") == ["2022-03-17 00:48:28 +08:00"]
    assert texts(page, "//*[@class='zone']") == []
    assert one.path.startswith("/news/2022/03/17/")


def test_what_shows_no_times_names_no_zone() -> None:
    home = home_page(make.site(), [CategoryCard(category=CATEGORY, count=0)])
    found = search_page(make.site(), find((), "nothing"))
    for page in (home, category_page(make.site(), CATEGORY, ()), found):
        assert texts(page, "//*[@class='zone']") == []


def test_the_zone_is_said_in_chinese() -> None:
    page = category_page(make.site(), CATEGORY, items(make.site(), of("2022-03-17T00:48:28+08:00")))
    assert texts(page, "//*[@class='zone']") == ["时间为 Asia/Shanghai。"]


def test_where_all_are_in_one_zone_times_are_the_publishers() -> None:
    shown = of("2022-03-17T00:48:28+08:00", "2022-03-16T23:59:59+08:00", "2021-12-31T12:00:00+08:00")
    assert told(SHANGHAI, *shown) == {
        "2022-03-17": ["00:48"],
        "2022-03-16": ["23:59"],
        "2021-12-31": ["12:00"],
    }


def test_a_day_without_a_time_of_day_is_a_day() -> None:
    midnight = datetime(2022, 3, 17, tzinfo=timezone(timedelta(hours=8)))
    assert listed(SHANGHAI, midnight) == listed(NEW_YORK, midnight) == "2022-03-17"
    assert listed(NEW_YORK, midnight + timedelta(minutes=1)) == "2022-03-16 12:01"
    assert told(SHANGHAI, make.article(published=midnight)) == {"2022-03-17": [""]}


def test_days_of_one_list_stay_under_their_heading() -> None:
    """Their sort keys are before their midnight, to keep the order of their list."""
    entry = make.entry(published="2022-03-17")
    made = [
        normalize(entry, make.source(), make.site(), slug="news", seen_at=make.SEEN_AT, position=position)
        for position in (0, 1, 2000)
    ]
    assert [one.sort_key for one in made] == sorted({one.sort_key for one in made}, reverse=True)
    assert told(SHANGHAI, *made) == {"2022-03-17": ["", "", ""]}


@pytest.mark.parametrize("zone", [SHANGHAI, NEW_YORK])
@pytest.mark.parametrize("offset", ["+14:00", "+00:00", "-12:00"])
def test_days_are_under_their_own_heading_wherever_they_are_from(zone: ZoneInfo, offset: str) -> None:
    shown = of(*(f"2022-03-{day}T00:00:00{offset}" for day in (18, 17, 16)))
    assert told(zone, *shown) == {"2022-03-18": [""], "2022-03-17": [""], "2022-03-16": [""]}


def test_a_day_between_times_of_another_is_said() -> None:
    shown = of("2022-03-17T01:00:00+00:00", "2022-03-17T00:00:00+00:00", "2022-03-16T23:00:00+00:00")
    assert told(NEW_YORK, *shown) == {"2022-03-16": ["21:00", "03-17", "19:00"]}


def test_another_year_is_said() -> None:
    shown = of("2022-01-01T01:00:00+00:00", "2022-01-01T00:00:00+00:00")
    assert told(NEW_YORK, *shown) == {"2021-12-31": ["20:00", "2022-01-01"]}


def test_a_date_that_was_corrected_stands_where_its_article_does() -> None:
    first, second = of("2022-03-17T10:00:00+08:00", "2022-03-17T09:00:00+08:00")
    for moved, when in (("2022-03-19T07:05", "03-19 07:05"), ("2021-02-03T07:05", "2021-02-03 07:05")):
        at = datetime.fromisoformat(f"{moved}:00+08:00")
        corrected = make.article(published=at, sort_key=first.sort_key)
        assert told(SHANGHAI, corrected, second) == {"2022-03-17": [when, "09:00"]}


def test_a_clock_that_is_set_back_over_midnight_begins_no_day_twice() -> None:
    """Until 2011 Newfoundland's went from one minute past midnight to one minute past eleven."""
    shown = of(*(f"2010-11-07T0{time}+00:00" for time in ("2:45:00", "2:30:30", "2:29:00")))
    assert told(ST_JOHNS, *shown) == {"2010-11-06": ["23:15", "11-07 00:00", "23:59"]}


moments = st.datetimes(
    datetime(1990, 1, 1),  # noqa: DTZ001
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([timezone(timedelta(minutes=m)) for m in (-720, -210, 0, 330, 480, 840)]),
)
midnights = moments.map(lambda one: one.replace(hour=0, minute=0, second=0, microsecond=0))
zones = st.sampled_from(["Asia/Shanghai", "America/New_York", "America/St_Johns", "UTC", "Pacific/Apia"])


@given(zones.map(ZoneInfo), st.lists(moments | midnights))
def test_each_day_comes_once_and_nothing_changes_its_place(zone: ZoneInfo, dates: list[datetime]) -> None:
    shown = items(make.site(), of(*(one.isoformat() for one in dates)))
    days = list(by_day(zone, shown))
    assert [row.item for one in days for row in one.rows] == list(shown)
    headings = [one.day for one in days]
    assert headings == sorted(set(headings), reverse=True)
    for one in days:
        for row in one.rows:
            assert _read(one.day, row.when) == listed(zone, row.item.published)


def _read(day: date, when: str) -> str:
    """The whole date of what is said beside an article under the heading of ``day``."""
    said = when.split(" ") if when else []
    if not said or ":" in said[0]:
        said.insert(0, day.isoformat())
    if len(said[0]) == len("03-17"):
        said[0] = f"{day.year}-{said[0]}"
    return " ".join(said)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_page_says_no_day_of_the_clock(language: str) -> None:
    site = make.site(language=language)
    page = category_page(site, CATEGORY, items(site, of("2022-03-17T00:48:28+08:00"))).decode()
    assert not [
        word for word in ("today", "Today", "yesterday", " ago", "今天", "昨天", "前更新") if word in page
    ]
