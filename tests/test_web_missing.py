"""A 404 that helps, over a real store: browsers, programs, habits, and what it costs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from lxml import html

from feeds.errors import StoreUnavailable
from feeds.pipeline.apply import apply
from feeds.pipeline.takedown import take_down
from feeds.told import CategorySpec, Site
from feeds.web.app import create
from feeds.web.hot import STEADY, HotReader
from feeds.web.stored import StoredReader
from tests import make
from tests.mills import Desk, polled, rss, work

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SPECS = (
    CategorySpec(slug="news", title="News"),
    CategorySpec(slug="python", title="Python", aliases=("snakes",)),
    CategorySpec(slug="town-and-tech", title="Town & tech"),
    CategorySpec(slug="zhongguoyinxing", title="中国银行"),
    CategorySpec(slug="atom.xml", title="A name of ours"),
)
Get = Callable[..., httpx.Response]


class Asked:
    """The real reader; notes what is asked of it, and answers nothing once ``is_away``."""

    def __init__(self, reader: StoredReader) -> None:
        self._reader = reader
        self.is_away = False
        self.questions: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def ask(*what: Any) -> Any:
            self.questions.append(name)
            if self.is_away:
                raise StoreUnavailable("away")
            return getattr(self._reader, name)(*what)

        return ask


@pytest.fixture
def news(desk: Desk) -> Desk:
    """Five categories, published; one has an article."""
    desk.origin.set("/feed", rss("one"))
    catalogue = make.catalogue(
        sources=[polled(f"{desk.origin.url}/feed")],
        categories=SPECS,
        site=Site(title="Feeds", url="https://h.example"),
    )
    apply(desk.mill.store, catalogue)
    for _ in range(2):
        work(desk.mill)
        desk.clock.advance(10)
    return desk


@pytest.fixture
def asked(news: Desk) -> Asked:
    return Asked(StoredReader(news.mill.store))


@pytest.fixture
def get(news: Desk, asked: Asked) -> Get:
    app = create(HotReader(asked, lambda: news.clock().timestamp()))

    async def send(path: str, method: str, headers: dict[str, str]) -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, headers=headers)

    def request(path: str, accept: str = BROWSER, *, method: str = "GET", **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return asyncio.run(send(path, method, {"accept": accept} | named))

    return request


def near(answer: httpx.Response) -> list[str]:
    """Where a page that helps leads to, before the ways that every page has."""
    assert answer.status_code == 404
    tree = html.document_fromstring(answer.content)
    return [str(href) for href in tree.xpath("//section[@aria-labelledby='near']//a/@href")]


@pytest.mark.parametrize(
    ("path", "leads"),
    [
        ("/feeds/pyton.rss", ["/category/python.html", "/feeds/python.rss"]),
        ("/feeds/pyton.atom", ["/category/python.html", "/feeds/python.atom"]),
        ("/feeds/tech.json", ["/category/town-and-tech.html", "/feeds/town-and-tech.json"]),
        ("/feeds/中国.rss", ["/category/zhongguoyinxing.html", "/feeds/zhongguoyinxing.rss"]),
        ("/pyton/feed", ["/category/python.html", "/feeds/python.rss"]),
        *(
            (path, ["/category/python.html", *(f"/feeds/python.{form}" for form in ("rss", "atom", "json"))])
            for path in ("/category/pyton.html", "/pyton/2022/03/17/x.html", "/pyton/", "/python")
        ),
        ("/category/quantum.html", []),
        ("/", []),
    ],
)
def test_a_browser_is_led_to_what_is_near(get: Get, path: str, leads: list[str]) -> None:
    if path != "/":
        assert near(get(path)) == leads
        assert 'href="/"' in get(path).text


def test_a_program_is_told_in_the_form_it_reads(get: Get) -> None:
    text, problem = get("/feeds/pyton.rss", "*/*"), get("/feeds/pyton.rss", "application/json")
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    assert "Python: https://h.example/feeds/python.rss\n" in text.text
    assert "https://h.example/feeds/index.json" in text.text
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["near"][0]["feed_url"] == "https://h.example/feeds/python.rss"
    assert get("/feeds/pyton.json", "*/*").headers["content-type"] == "application/problem+json"
    for answer in (text, problem):
        assert answer.status_code == 404
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["x-content-type-options"] == "nosniff"
    answers = (text, problem, get("/feeds/pyton.rss"))
    assert {answer.headers["vary"] for answer in answers} == {"Accept, Accept-Encoding, Accept-Language"}
    assert {answer.headers["cache-control"] for answer in answers} == {"no-cache"}


def test_what_is_no_feed_is_a_page_for_everybody(get: Get) -> None:
    assert near(get("/category/pyton.html", "*/*")) == near(get("/category/pyton.html"))


def test_both_languages_are_spoken(get: Get) -> None:
    assert "您要找的是不是" in get("/feeds/pyton.rss", accept_language="zh").text
    assert "没有订阅源" in get("/feeds/pyton.rss", "*/*", accept_language="zh").text


@pytest.mark.parametrize("accept", [BROWSER, "*/*", "application/json"])
@pytest.mark.parametrize("path", ["/feeds/pyton.rss", "/no", "/rss"])
def test_head_has_the_headers_of_get_and_no_body(get: Get, path: str, accept: str) -> None:
    whole, head = get(path, accept), get(path, accept, method="HEAD")
    assert (head.status_code, head.content) == (whole.status_code, b"")
    assert dict(head.headers) == dict(whole.headers)


@pytest.mark.parametrize("accept", [BROWSER, "*/*", "application/json"])
@pytest.mark.parametrize("path", ["/feeds/{}.rss", "/category/{}.html", "/{}/2022/03/17/x.html", "/{}"])
def test_a_long_and_hostile_name_is_not_said_again(get: Get, path: str, accept: str) -> None:
    name = "%3Cscript%3Ealert(1)%3C%2Fscript%3E%0D%0ASet-Cookie:x%1B%E2%80%AE" + "y" * 10_000
    answer = get(path.format(name), accept)
    assert answer.status_code == 404
    assert len(answer.text) < 3000
    assert "<script>alert" not in answer.text or "html" not in answer.headers["content-type"]
    assert not {"\x1b", "\u202e", "\r"} & set(answer.text)
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/feeds/python", "/feeds/python.rss"),
        ("/feeds/Snakes.xml", "/feeds/python.rss"),
        ("/feeds/atom.xml", "/feeds/atom.xml.rss"),
        ("/python/feed/", "/feeds/python.rss"),
        ("/category/python", "/category/python.html"),
        ("/rss", "/feeds/all.rss"),
        ("/feed.json", "/feeds/all.json"),
        ("/feeds/all", "/feeds/all.rss"),
    ],
)
def test_a_habit_is_led_to_the_document(get: Get, path: str, target: str) -> None:
    answer = get(path)
    assert (answer.status_code, answer.headers["location"]) == (301, target)
    assert get(target, "*/*").status_code == 200
    assert get(path, method="POST").status_code == 404 or path.startswith("/feeds/")


def test_a_habit_stays_below_the_path_of_the_site(news: Desk, get: Get) -> None:
    site = Site(title="Feeds", url="https://h.example/base")
    apply(news.mill.store, make.catalogue(categories=SPECS, site=site))
    assert get("/base/feeds/python").headers["location"] == "/base/feeds/python.rss"
    assert near(get("/base/pyton/feed")) == ["/base/category/python.html", "/base/feeds/python.rss"]


def test_a_category_that_is_called_like_a_habit_is_not_shadowed(get: Get) -> None:
    assert near(get("/atom.xml"))[0] == "/category/atom.xml.html"


def test_no_redirect_leads_to_itself(news: Desk, get: Get) -> None:
    """An alias that looks like a feed, of a category that has no documents yet."""
    spec = CategorySpec(slug="new", aliases=("new.rss",))
    apply(news.mill.store, make.catalogue(categories=[*SPECS, spec]))
    assert get("/feeds/new.rss").status_code == 404


def test_an_article_that_is_not_there_leads_to_its_category(get: Get) -> None:
    answer = get("/News/2026/01/01/none.html")
    assert near(answer) == []
    assert 'href="/category/news.html">See what is new in News</a>' in answer.text


def test_what_is_gone_is_gone(news: Desk, get: Get) -> None:
    [at] = news.mill.store.articles.newest("news", 10)
    assert take_down(news.mill, at.id)
    answer = get(at.path)
    assert answer.status_code == 410
    assert "<section" not in answer.text and 'href="/category/news.html"' in answer.text


def test_a_crawler_of_unknown_names_asks_the_store_nothing(news: Desk, get: Get, asked: Asked) -> None:
    get("/feeds/pyton.rss")
    asked.questions.clear()
    for number in range(50):
        get(f"/feeds/pyton{number}.rss")
        get(f"/category/pyton{number}.html", "*/*")
        get(f"/pyton{number}/feed")
    assert asked.questions == []
    news.clock.advance(STEADY)
    for number in range(50):
        get(f"/feeds/pyton{number}.rss")
    assert sorted(asked.questions) == ["names", "site", "spellings"]


def test_a_new_category_is_near_after_half_a_minute_and_there_at_once(news: Desk, get: Get) -> None:
    assert near(get("/feeds/jav.rss")) == []
    apply(news.mill.store, make.catalogue(categories=[*SPECS, CategorySpec(slug="java")]))
    news.clock.advance(2)
    assert get("/feeds/java").headers["location"] == "/feeds/java.rss"
    assert near(get("/feeds/jav.rss")) == []
    news.clock.advance(STEADY)
    assert near(get("/feeds/jav.rss"))[0] == "/category/java.html"


def test_while_the_store_is_away_a_404_still_helps(news: Desk, get: Get, asked: Asked) -> None:
    get("/feeds/pyton.rss")
    asked.is_away = True
    news.clock.advance(3600)
    assert near(get("/feeds/pythn.rss"))[0] == "/category/python.html"
    assert near(get("/category/tech.html"))[0] == "/category/town-and-tech.html"


def test_while_the_store_is_away_and_nothing_is_known_a_404_leads_home(
    news: Desk, get: Get, asked: Asked
) -> None:
    get("/news/2026/01/01/one.html")
    asked.is_away = True
    answer = get("/pyton/")
    assert near(answer) == []
    assert 'href="/"' in answer.text
    assert get("/feeds/pyton.rss").status_code == 503
