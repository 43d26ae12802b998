"""The pages in a real browser: the ways through them, both languages, dark, narrow, printed, and axe.

Every page that is opened must leave the console without an error, which our Content-Security-Policy
would put there too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from tests.browser import browsing, tab
from tests.flow.world import FETCH
from tests.origin import Origin
from tests.system import System, free_port, run_feedmill, wait_until

pytestmark = pytest.mark.flow

ARTICLES = 12
A_PAGE = 5
CITY = "/category/city.html"
PHONE = {"width": 390, "height": 760}
WORDS = {"en": ("What is new", "Search titles"), "zh-CN": ("最新内容", "搜索标题")}


def feed() -> str:
    """Twelve articles, one a minute, the newest a minute old; every third in Chinese."""
    now = datetime.now(UTC)
    items = "".join(
        f"<item><guid isPermaLink='false'>g{n}</guid>"
        f"<title>{'公交线路' if n % 3 == 0 else 'Story'} {n}</title>"
        f"<link>https://publisher.example/{n}</link>"
        f"<description>About {n}. &lt;b&gt;Bold&lt;/b&gt;</description>"
        f"<pubDate>{format_datetime(now - timedelta(minutes=ARTICLES - n + 1))}</pubDate></item>"
        for n in range(ARTICLES, 0, -1)
    )
    return f"<rss version='2.0'><channel><title>City</title><language>en</language>{items}</channel></rss>"


def catalogue(origin: Origin, port: int) -> str:
    return f"""
{FETCH}
[site]
title = "City feeds"
url = "http://127.0.0.1:{port}"
[[source]]
id = "city"
kind = "feed"
url = "{origin.url}/feed"
category = "city"
[category.city]
title = "City & country"
description = "What goes on"
limit = {A_PAGE}
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browsing() as opened:
        yield opened


@pytest.fixture(scope="module")
def system(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    port = free_port()
    with Origin() as origin:
        origin.set("/feed", feed(), media_type="application/rss+xml")
        data = tmp_path_factory.mktemp("pages") / "data"
        with System(data, catalogue(origin, port), port=port) as started:
            wait_until(lambda: b"Story 11" in started.get("/").body, 60, "the news at home")
            wait_until(lambda: b"Story 11" in started.get(CITY).body, 60, "the news")
            yield started


def heading(page: Any) -> str:
    return str(page.locator("h1").inner_text())


def test_from_home_to_an_article_and_back(browser: Any, system: System) -> None:
    with tab(browser, system.url) as show:
        page = show("/")
        page.get_by_role("link", name="City & country", exact=True).click()
        assert heading(page) == "City & country"
        page.get_by_role("link", name="Story 11").click()
        assert heading(page) == "Story 11"
        assert page.locator(".body b").inner_text() == "Bold"
        page.get_by_role("link", name="Back to City & country").click()
        assert page.url.endswith(CITY)
        page.get_by_role("link", name="Back to home").click()
        assert heading(page) == "What is new"


@pytest.mark.parametrize("address", ["/feeds/city.rss", "/feeds/city.atom", "/feed.xml"])
@pytest.mark.parametrize("language", WORDS)
def test_a_feed_that_is_opened_in_a_browser_is_a_page(
    browser: Any, system: System, address: str, language: str
) -> None:
    """Without XSLT, which browsers give up: who asks for HTML gets the page, in the reader's language."""
    with tab(browser, system.url, locale=language) as show:
        page = show(address)
        wanted = WORDS[language][0] if address == "/feed.xml" else "City & country"
        assert heading(page) == wanted
        assert page.get_by_placeholder(WORDS[language][1]).count() == 1
        assert page.locator("link[type='application/rss+xml']").count() >= 1
    assert system.get(address).body.lstrip().startswith(b"<?xml")


def test_older_articles_are_pages_further(browser: Any, system: System) -> None:
    with tab(browser, system.url) as show:
        page, seen = show(CITY), []
        while True:
            seen += page.locator("h3").all_inner_texts()
            older = page.get_by_role("link", name="Older articles")
            if not older.count():
                break
            older.click()
        assert [int(re.sub(r"\D", "", title)) for title in seen] == list(range(ARTICLES, 0, -1))
        page.get_by_role("link", name="Newer articles").click()
        page.get_by_role("link", name="Newer articles").click()
        assert page.url.endswith(CITY)


@pytest.mark.parametrize(("asked", "found"), [("story 11", ["Story 11"]), ("交线", 4), ("ＳＴＯＲＹ 1", 3)])
def test_titles_are_searched(browser: Any, system: System, asked: str, found: list[str] | int) -> None:
    with tab(browser, system.url) as show:
        page = show("/")
        page.get_by_role("searchbox").fill(asked)
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=*")
        titles = page.locator("h2").all_inner_texts()
        assert titles == found or len(titles) == found
        assert asked in heading(page)


@pytest.mark.parametrize("language", WORDS)
def test_a_page_speaks_the_readers_language(browser: Any, system: System, language: str) -> None:
    with tab(browser, system.url, locale=language) as show:
        page = show("/")
        assert (heading(page), page.get_by_role("searchbox").get_attribute("placeholder")) == WORDS[language]
        assert page.locator("html").get_attribute("lang") == language[:2]
        fresh = page.locator("time.ago").first
        assert re.search("ago|前", fresh.inner_text())
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", fresh.get_attribute("title"))


def test_without_scripts_the_date_itself_is_said(browser: Any, system: System) -> None:
    with tab(browser, system.url, java_script_enabled=False) as show:
        text = show(CITY).locator("time.ago").inner_text()
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", text)


def test_the_first_tab_skips_to_the_content(browser: Any, system: System) -> None:
    with tab(browser, system.url) as show:
        page = show(CITY)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"


def test_how_to_subscribe_says_whole_addresses(browser: Any, system: System) -> None:
    with tab(browser, system.url) as show:
        page = show(CITY)
        page.get_by_text("How to subscribe").click()
        assert page.locator(".help code").first.inner_text() == f"{system.url}/feeds/city.rss"


def test_a_link_may_lead_to_how_to_subscribe(browser: Any, system: System) -> None:
    with tab(browser, system.url) as show:
        assert show(f"{CITY}#subscribe").locator(".help code").first.is_visible()


def test_a_phone_needs_no_sideways_scrolling(browser: Any, system: System, paths: list[str]) -> None:
    with tab(browser, system.url, viewport=PHONE) as show:
        for path in paths[:-2]:
            wide = show(path).evaluate("document.documentElement.scrollWidth")
            assert wide <= PHONE["width"], path


def test_paper_has_the_article_alone(browser: Any, system: System, paths: list[str]) -> None:
    with tab(browser, system.url, color_scheme="dark") as show:
        page = show(paths[2])
        page.emulate_media(media="print")
        assert not page.get_by_role("search").is_visible()
        assert not page.locator(".back").is_visible()
        assert page.locator(".body").is_visible()
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


@pytest.fixture(scope="module")
def paths(system: System) -> list[str]:
    """A page of each kind; the last two are not there, one of them nearly."""
    front = system.get(CITY).body.decode()
    [older] = re.findall(r'<link rel="next" href="([^"]+)"', front)
    article = re.findall(r'<h3><a href="([^"]+)"', front)[0]
    return ["/", CITY, article, older, "/search?q=story", "/search?q=nothing", "/nothing", "/feeds/cty.rss"]


@pytest.fixture
def axe() -> Any:
    return pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="needs axe-playwright-python"
    ).Axe()


def wrong(axe: Any, page: Any) -> list[tuple[str, str]]:
    """What axe finds on a page: the rule that is broken, and where first."""
    found = axe.run(page).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found]


def test_axe_would_find_what_is_wrong(browser: Any, axe: Any) -> None:
    page = browser.new_page()
    page.set_content("<main><p style='color: #999; background: #fff'>Pale</p><img src='data:,'></main>")
    assert {"color-contrast", "html-has-lang", "image-alt"} <= {rule for rule, _ in wrong(axe, page)}
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", WORDS)
def test_axe_finds_nothing(
    browser: Any, system: System, axe: Any, paths: list[str], scheme: str, language: str
) -> None:
    context = browser.new_context(color_scheme=scheme, locale=language)
    page = context.new_page()
    backgrounds = set()
    for path in paths:
        page.goto(f"{system.url}{path}", wait_until="load")
        for details in page.locator("details").all():
            details.locator("summary").click()
        assert wrong(axe, page) == [], path
        backgrounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert backgrounds == {"rgb(251, 250, 247)" if scheme == "light" else "rgb(21, 22, 26)"}
    context.close()


def test_exported_pages_lead_to_each_other(system: System, tmp_path: Path) -> None:
    done = run_feedmill("export", str(tmp_path / "out"), "--data", system.data, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    pages = {path: path.read_text("utf-8") for path in (tmp_path / "out").rglob("*.html")}
    older = [href for text in pages.values() for href in re.findall(r'rel="next" href="([^"]+)"', text)]
    assert older and all((tmp_path / "out" / href.lstrip("/")).is_file() for href in older)
    assert (tmp_path / "out" / "static" / "style.css").is_file()
