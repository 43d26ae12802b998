"""What the pages' script makes of dates, in a real browser whose clock and zone are set: nothing false.

Every page that is opened must leave the console without an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from feeds.pipeline import silence
from feeds.pipeline.apply import apply
from feeds.render.assets import ASSETS
from feeds.render.fixed import FAVICON, FAVICON_TYPE
from feeds.render.item import items
from feeds.render.pages import category_page
from feeds.told import Category
from feeds.web.policy import PAGE
from tests import make
from tests.browser import browsing, tab
from tests.flow.served import Web, web_over
from tests.mills import Desk, polled, work
from tests.origin import Origin

pytestmark = pytest.mark.flow

NEWS = "/category/news.html"
HTML = "text/html; charset=utf-8"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
FEEDS = {
    "shanghai": ("Asia/Shanghai", "Fri, 02 Jan 2026 10:02:00 +0800", "Fri, 02 Jan 2026 07:30:00 +0800"),
    "berlin": ("Europe/Berlin", "Fri, 02 Jan 2026 02:55:00 +0100", "2026-01-02"),
    "new-york": ("America/New_York", "Thu, 01 Jan 2026 20:40:00 -0500", "2026-01-01"),
}
"""Feeds by name: the zone of their publisher, and the dates of their articles."""
SILENT = {
    "en": "No source has answered since 2026-01-02 11:04.",
    "zh-CN": "自 2026-01-02 11:04 起，所有来源均未再响应。",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browsing() as opened:
        yield opened


@contextmanager
def at(browser: Any, own: str, moment: datetime, **as_whom: Any) -> Iterator[Callable[[str], Any]]:
    """A tab in which it is ``moment``, in the reader's zone ``timezone_id``."""
    with tab(browser, own, now=moment, **({"timezone_id": "UTC"} | as_whom)) as show:

        def settled(path: str) -> Any:
            page = show(path)
            page.wait_for_load_state("networkidle")
            return page

        yield settled


def feed(name: str, dates: Sequence[str]) -> str:
    """A feed with an article for each of ``dates``."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{name}-{n}</guid><title>{name} {n}</title>"
        f"<pubDate>{date}</pubDate></item>"
        for n, date in enumerate(dates)
    )
    return f"<rss version='2.0'><channel><title>{name}</title>{items}</channel></rss>"


@pytest.fixture
def web(desk: Desk) -> Iterator[Web]:
    """A category of three publishers on three continents, on a site in Shanghai."""
    for name, (_, *dates) in FEEDS.items():
        desk.origin.set(f"/{name}", feed(name, dates))
    sources = [
        polled(f"{desk.origin.url}/{name}", id=name, timezone=zone) for name, (zone, *_) in FEEDS.items()
    ]
    apply(desk.mill.store, make.catalogue(site=make.site(language="en"), sources=sources))
    work(desk.mill)
    desk.clock.advance(10)
    work(desk.mill)
    with web_over(desk.mill.store, desk.clock) as serving:
        yield serving


def test_three_publishers_are_on_one_clock(browser: Any, web: Web, desk: Desk) -> None:
    with at(browser, web.url, desk.clock(), timezone_id="America/New_York") as show:
        page = show(NEWS)
        assert page.locator(".day h2").all_inner_texts() == ["2026-01-02", "2026-01-01"]
        assert page.locator(".day time").all_inner_texts() == ["10:02", "09:55", "09:40", "07:30", "", ""]
        assert page.locator(".zone").inner_text() == "Times are in Asia/Shanghai."
        assert page.locator("h3").first.inner_text() == "shanghai 0"


def test_a_page_says_when_its_sources_answered_last(browser: Any, web: Web, desk: Desk) -> None:
    with at(browser, web.url, desk.clock() + 2.5 * MINUTE) as show:
        page = show(NEWS)
        assert page.locator(".fresh").inner_text() == "Updated 1 hour ago · checked 2 minutes ago"
        assert page.locator("[data-checked] time").get_attribute("title") == "2026-01-02 11:04"
        assert show("/").locator(".notice").count() == 0
    with at(browser, web.url, desk.clock() + 2.5 * MINUTE, locale="zh-CN") as show:
        assert show(NEWS).locator(".fresh").inner_text() == "1小时前更新 · 2分钟前检查"


def test_that_costs_no_request(browser: Any, web: Web, desk: Desk) -> None:
    """The page may be kept for a minute at least, and so may its headers."""
    with at(browser, web.url, desk.clock()) as show:
        assert "checked" in show(NEWS).locator(".fresh").inner_text()
    assert [one.path for one in web.log].count(NEWS) == 1


@pytest.mark.parametrize("language", SILENT)
@pytest.mark.parametrize("path", [NEWS, "/", "/feeds/news.rss"])
def test_silence_is_said_in_plain_words(browser: Any, web: Web, desk: Desk, language: str, path: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    for name in FEEDS:
        desk.origin.set(f"/{name}", "out of order", status=500)
    desk.clock.advance(3 * DAY.total_seconds())
    work(desk.mill)
    silence.notice(desk.mill.store)
    work(desk.mill)
    for scheme in ("light", "dark"):
        with at(browser, web.url, desk.clock(), locale=language, color_scheme=scheme) as show:
            page = show(path)
            assert page.locator(".notice").inner_text() == SILENT[language]
            assert axe.Axe().run(page).response["violations"] == []


def test_a_source_that_is_asked_once_a_day_is_not_called_silent(browser: Any, web: Web, desk: Desk) -> None:
    with at(browser, web.url, desk.clock() + 1.9 * DAY) as show:
        assert show(NEWS).locator(".fresh").inner_text() == "Updated 2 days ago · checked 2 days ago"
        assert show("/").locator(".notice").count() == 0


# ── a page alone, of one article ────────────────────────────────────────────────────────────────


def serve(origin: Origin, published: datetime, **headers: str) -> None:
    """A category's page, as it is served, of an article that is from then."""
    category = Category(slug="news", title="News", created_at=NOON)
    site = make.site(language="en", timezone="UTC")
    page = category_page(site, category, items(site, [make.article(published=published)]))
    said = {**PAGE, **{name.replace("_", "-"): value for name, value in headers.items()}}
    origin.set(NEWS, page, media_type=HTML, headers=said)
    origin.set("/favicon.ico", FAVICON, media_type=FAVICON_TYPE)
    for asset in ASSETS.values():
        origin.set(f"{asset.path}?v={asset.mark}", asset.content, media_type=asset.media_type)


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (-2 * HOUR, "2026-01-02 14:00"),
        (-MINUTE / 2, "this minute"),
        (MINUTE / 2, "this minute"),
        (1.9 * MINUTE, "1 minute ago"),
        (59.9 * MINUTE, "59 minutes ago"),
        (23.9 * HOUR, "23 hours ago"),
        (25 * HOUR, "yesterday"),
        (37 * HOUR, "2 days ago"),
        (6.9 * DAY, "7 days ago"),
        (7.1 * DAY, "2025-12-26 09:36"),
    ],
    ids=str,
)
def test_how_long_ago_is_said_as_exactly_as_it_is_true(browser: Any, before: timedelta, said: str) -> None:
    with Origin() as origin, at(browser, origin.url, NOON) as show:
        serve(origin, NOON - before)
        assert show(NEWS).locator(".fresh").inner_text() == f"Updated {said}"


@pytest.mark.parametrize(
    ("day", "zone", "said"),
    [
        ("2026-01-02", "UTC", "today"),
        ("2026-01-01", "UTC", "yesterday"),
        ("2025-12-31", "UTC", "2 days ago"),
        ("2025-12-25", "UTC", "2025-12-25"),
        ("2026-01-03", "UTC", "2026-01-03"),
        ("2026-01-03", "Pacific/Auckland", "today"),
        ("2026-01-02", "Pacific/Auckland", "yesterday"),
    ],
)
def test_a_day_is_spoken_of_in_days(browser: Any, day: str, zone: str, said: str) -> None:
    """Noon in UTC is one in the morning of the next day in Auckland."""
    with Origin() as origin, at(browser, origin.url, NOON, timezone_id=zone) as show:
        serve(origin, datetime.fromisoformat(f"{day}T00:00:00+08:00"))
        page = show(NEWS)
        assert page.locator(".fresh").inner_text() == f"Updated {said}"
        assert page.locator(".fresh time").get_attribute("title") == day
        assert page.locator(".items time").inner_text() == ""


@pytest.mark.parametrize("header", ["", "yesterday", None])
def test_where_no_header_says_it_the_page_does_not(browser: Any, header: str | None) -> None:
    said = {"Cache_Control": "no-store"} | ({} if header is None else {"X_Feedmill_Last_Success": header})
    with Origin() as origin, at(browser, origin.url, NOON) as show:
        serve(origin, NOON - MINUTE, **said)
        assert show(NEWS).locator(".fresh").inner_text() == "Updated 1 minute ago"
        assert [one.method for one in origin.requests_to(NEWS)] == ["GET", "HEAD"]


def test_the_readers_clock_may_be_behind(browser: Any) -> None:
    with Origin() as origin, at(browser, origin.url, NOON) as show:
        serve(origin, NOON - MINUTE, X_Feedmill_Last_Success=format_datetime(NOON + MINUTE / 2, usegmt=True))
        assert show(NEWS).locator(".fresh").inner_text() == "Updated 1 minute ago · checked this minute"


def test_a_page_that_was_saved_asks_nobody(browser: Any, tmp_path: Path) -> None:
    with Origin() as origin:
        serve(origin, NOON - MINUTE)
        page = origin.answer(NEWS, {}).body.decode()
    for asset in ASSETS.values():
        (tmp_path / asset.name).write_bytes(asset.content)
        page = page.replace(f"{asset.path}?v={asset.mark}", asset.name)
    (tmp_path / "favicon.ico").write_bytes(FAVICON)
    page = page.replace("/favicon.ico", "favicon.ico")
    (tmp_path / "news.html").write_text(page, "utf-8")
    with tab(browser, tmp_path.as_uri()) as show:
        assert "2026-01-02 11:59" in show("/news.html").locator(".fresh").inner_html()
