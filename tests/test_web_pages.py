"""Pages over a real store: older articles, search, languages, and what pages load."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import html

from feeds.errors import StoreUnavailable
from feeds.pipeline.apply import apply
from feeds.pipeline.public import export
from feeds.pipeline.takedown import take_down
from feeds.told import CategorySpec
from feeds.web.app import create
from feeds.web.headlines import Headlines
from feeds.web.hot import HotReader
from feeds.web.reader import Reader
from feeds.web.stored import StoredReader
from tests import make
from tests.mills import Desk, polled, rss, work

Get = Callable[..., httpx.Response]
NEWS = "/category/news.html"


@pytest.fixture
def news(desk: Desk) -> Desk:
    """A category that shows two of its seven articles."""
    desk.origin.set("/feed", rss(*(f"Story {n}" for n in range(7, 0, -1))))
    spec = CategorySpec(slug="news", title="News", limit=2, aliases=("old",))
    apply(desk.mill.store, make.catalogue(sources=[polled(f"{desk.origin.url}/feed")], categories=[spec]))
    work(desk.mill)
    desk.clock.advance(10)
    work(desk.mill)
    return desk


@pytest.fixture
def get(news: Desk) -> Get:
    return getting(HotReader(StoredReader(news.mill.store), lambda: news.clock().timestamp()))


def getting(reader: Reader) -> Get:
    app = create(reader)

    async def send(path: str, headers: dict[str, str]) -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get(path, headers=headers)

    def request(path: str, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return asyncio.run(send(path, named))

    return request


def shown(answer: httpx.Response, level: str = "h3") -> list[str]:
    assert answer.status_code == 200
    return [str(title) for title in html.document_fromstring(answer.content).xpath(f"//{level}/a/text()")]


def link(answer: httpx.Response, rel: str) -> str | None:
    found = re.search(rf'<link rel="{rel}" href="([^"]+)"', answer.text)
    return found[1] if found else None


def leaves(get: Get) -> list[str]:
    """The paths of a category's pages, from the newest on."""
    paths = [NEWS]
    while following := link(get(paths[-1]), "next"):
        paths.append(following)
    return paths


def test_every_article_is_on_one_page_of_its_category(get: Get) -> None:
    paths = leaves(get)
    assert [shown(get(path)) for path in paths] == [
        ["Story 7", "Story 6"],
        ["Story 5", "Story 4"],
        ["Story 3", "Story 2"],
        ["Story 1"],
    ]
    back = [link(get(path), "prev") for path in paths]
    assert back == [None, *paths[:-1]]


def test_a_page_of_older_articles_stays_as_it_is_when_news_come(news: Desk, get: Get) -> None:
    paths = leaves(get)
    before = [get(path).headers["etag"] for path in paths]
    news.origin.set("/feed", rss("Story 8", *(f"Story {n}" for n in range(7, 0, -1))))
    news.mill.store.claims.refresh("news", news.clock())
    work(news.mill)
    news.clock.advance(10)
    work(news.mill)
    assert get(paths[0]).headers["etag"] != before[0]
    assert [shown(get(path)) for path in paths[1:]] == [
        ["Story 5", "Story 4"],
        ["Story 3", "Story 2"],
        ["Story 1"],
    ]
    assert [get(path).headers["etag"] for path in paths[2:]] == before[2:]


def test_the_place_of_an_article_that_is_gone_still_leads_on(news: Desk, get: Get) -> None:
    following = leaves(get)[1]
    [at] = [one for one in news.mill.store.articles.newest("news", 10) if one.title == "Story 6"]
    assert take_down(news.mill, at.id)
    news.clock.advance(10)
    assert shown(get(following)) == ["Story 5", "Story 4"]


@pytest.mark.parametrize(
    "path",
    [
        "/category/news/before-1.html",
        "/category/news/before-1-zz.html",
        f"/category/news/before-{'9' * 30}-{'0' * 32}.html",
        f"/category/none/before-1-{'0' * 32}.html",
        "/static/none.css",
        "/static/../app.py",
    ],
)
def test_what_is_no_place_is_a_404(get: Get, path: str) -> None:
    assert get(path).status_code == 404


def test_beyond_the_oldest_article_there_is_nothing_but_the_way_back(get: Get) -> None:
    answer = get(f"/category/news/before-1-{'0' * 32}.html")
    assert shown(answer) == []
    assert "There are no older articles" in answer.text


def test_an_alias_leads_to_the_same_place(get: Get) -> None:
    path = leaves(get)[1]
    answer = get(path.replace("news", "old"))
    assert (answer.status_code, answer.headers["location"]) == (301, path)


def test_a_static_site_has_the_older_pages_too(news: Desk, get: Get, tmp_path: Path) -> None:
    paths = leaves(get)
    export(news.mill.store, tmp_path)
    for path in paths:
        page = (tmp_path / path.lstrip("/")).read_text("utf-8")
        assert get(path).text == page
    assert (tmp_path / "static" / "ago.js").is_file()


def test_a_search_finds_what_is_published(get: Get) -> None:
    assert shown(get("/search?q=STORY+7"), "h2") == ["Story 7"]
    assert len(shown(get("/search?q=story"), "h2")) == 7
    assert shown(get("/search?q=none"), "h2") == shown(get("/search"), "h2") == []
    assert 'content="noindex"' in get("/search?q=story").text
    assert "&lt;b&gt;" in get("/search?q=<b>").text


def test_a_search_follows_corrections_and_removals(news: Desk, get: Get) -> None:
    assert len(shown(get("/search?q=story"), "h2")) == 7
    news.origin.set("/feed", rss(**{"Story 7": "Other 7"}))
    news.mill.store.claims.refresh("news", news.clock())
    work(news.mill)
    [at] = [one for one in news.mill.store.articles.newest("news", 10) if one.title == "Story 6"]
    assert take_down(news.mill, at.id)
    news.clock.advance(10)
    assert shown(get("/search?q=other"), "h2") == ["Other 7"]
    assert shown(get("/search?q=story"), "h2") == [f"Story {n}" for n in range(5, 0, -1)]


def test_headlines_are_read_once(news: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    store = news.mill.store
    headlines = Headlines(store)
    first = headlines.read(make.site())
    read: list[str] = []
    monkeypatch.setattr(store.articles, "read", lambda ids: read.extend(ids) or {})
    assert headlines.read(make.site()) == first
    assert read == []


@pytest.mark.parametrize("path", ["/", NEWS, "/search?q=story", "/nothing"])
def test_a_page_speaks_the_language_that_is_asked_for(get: Get, path: str) -> None:
    english, chinese = get(path), get(path, accept_language="zh-CN, en;q=0.5")
    assert 'lang="en"' in english.text and "Search titles" in english.text
    assert '<html lang="zh">' in chinese.text and "搜索标题" in chinese.text
    assert get(path, accept_language="fr").content == english.content
    assert english.headers["vary"] == "Accept-Encoding, Accept-Language"


def test_both_languages_are_rendered_with_the_category_and_have_etags_of_their_own(get: Get) -> None:
    english, chinese = get(NEWS), get(NEWS, accept_language="zh")
    assert english.headers["etag"] != chinese.headers["etag"]
    again = get(NEWS, accept_language="zh", if_none_match=english.headers["etag"])
    assert again.status_code == 200


def test_what_pages_load_may_be_kept_for_ever(get: Get) -> None:
    page = get("/").text
    for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
        answer = get(path)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert "last-modified" not in answer.headers
        assert "max-age=60," in get(path.partition("?")[0]).headers["cache-control"]
    assert page.count("/static/") == 2


def test_no_page_holds_scripts_or_styles_of_its_own(get: Get) -> None:
    for path in ("/", NEWS, "/search?q=story", "/nothing"):
        tree = html.document_fromstring(get(path).content)
        assert tree.xpath("//style | //*[@style] | //script[not(@src)] | //*[@onclick]") == []
        policy = get(path).headers["content-security-policy"]
        assert "unsafe" not in policy and "script-src 'self'" in policy


class Away:
    """The real reader, and nothing of it once ``is_away``."""

    def __init__(self, reader: StoredReader) -> None:
        self._reader = reader
        self.is_away = False

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def ask(*what: Any) -> Any:
            if self.is_away:
                raise StoreUnavailable("away")
            return getattr(self._reader, name)(*what)

        return ask


def test_what_was_asked_for_before_is_there_while_the_store_is_away(news: Desk) -> None:
    clock = [0.0]
    away = Away(StoredReader(news.mill.store))
    get = getting(HotReader(away, lambda: clock[0]))
    paths = [*leaves(get), "/search?q=story"]
    before = [get(path).content for path in paths]
    away.is_away, clock[0] = True, 3600.0
    assert [get(path).content for path in paths] == before
    assert get(NEWS, accept_language="zh").content == before[0]
    assert get(paths[1], accept_language="zh").status_code == 200
    assert get("/search?q=4").status_code == 200
