"""The pages: what they say, where they lead, and that nothing in them can run."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import html

from feeds.model import Enclosure
from feeds.render.channel import CategoryCard
from feeds.render.item import items
from feeds.render.pages import article_page, category_page, home_page, not_found_page
from feeds.told import Category
from feeds.urls import encode_path
from tests.make import article, site

PAYLOADS = Path(__file__).parents[2] / "shared" / "corpora" / "xss" / "payloads-dev.json"
CATEGORY = Category(slug="a (b)", title="重庆商报新闻", created_at=datetime(2022, 1, 1, tzinfo=UTC))
TITLES = {"news": "重庆商报新闻"}


def tree(page: bytes) -> html.HtmlElement:
    return html.document_fromstring(page.decode())


def links(page: bytes, area: str = "//body") -> dict[str, str]:
    return {a.text_content().strip(): a.get("href") for a in tree(page).xpath(f"{area}//a")}


def test_an_article_page_has_it_all() -> None:
    made = article(title="增强 <b>", medium="重庆商报", authors=("Ada",), tags=("财经",), content="<p>甲</p>")
    page = tree(article_page(site(), TITLES, made))
    assert page.get("lang") == "zh-CN"
    assert page.xpath("string(//h1)") == "增强 <b>"
    assert page.xpath("//time/@datetime") == ["2022-03-17T00:48:28+08:00"]
    assert page.xpath("string(//time)") == "2022-03-17 00:48:28 +08:00"
    assert page.xpath("string(//div[@class='body']/p)") == "甲"
    text = page.text_content()
    assert "重庆商报" in text and "Ada" in text and "财经" in text


def test_an_article_page_leads_to_its_source_its_category_and_home() -> None:
    page = article_page(site(), TITLES, article())
    assert links(page)["查看原文"] == "https://publisher.example/news/1"
    back = tree(page).xpath("//nav[@class='back']")[0]
    assert back.text_content().startswith("返回重庆商报新闻｜返回首页")
    assert links(page)["返回重庆商报新闻"] == "/category/news.html"
    assert links(page)["返回首页"] == "/"


def test_the_way_back_is_english_elsewhere() -> None:
    page = article_page(site(language="en"), {"news": "News"}, article())
    assert links(page)["Back to News"] == "/category/news.html"
    assert links(page)["Back to home"] == "/"


def test_an_incomplete_article_says_so() -> None:
    notice = "//p[@class='notice']"
    whole = tree(article_page(site(), TITLES, article()))
    part = tree(article_page(site(), TITLES, article(complete=False, content="", summary="概要")))
    assert whole.xpath(notice) == []
    assert "摘要" in part.xpath(notice)[0].text_content()
    assert part.xpath("string(//div[@class='body'])").strip() == "概要"


def test_an_unsafe_source_is_not_linked() -> None:
    page = article_page(
        site(),
        TITLES,
        article(url="javascript:alert(1)", enclosures=(Enclosure(url="javascript:alert(2)"),)),
    )
    assert b"javascript:" not in page


def test_audio_can_be_played() -> None:
    enclosure = Enclosure(url="https://a.example/1.mp3", media_type="audio/mpeg")
    page = tree(article_page(site(), TITLES, article(enclosures=(enclosure,))))
    assert page.xpath("//audio/@src") == ["https://a.example/1.mp3"]


def test_a_category_page_lists_its_articles_by_day_with_all_three_feeds() -> None:
    shown = items(site(), [article(), article(id="f" * 32, title="Second")])
    page = category_page(site(), CATEGORY, shown)
    feeds = {name: encode_path(f"/feeds/a (b).{name.lower()}") for name in ("RSS", "Atom", "JSON")}
    assert feeds.items() <= links(page).items()
    assert tree(page).xpath("//head/link[@rel='alternate']/@href") == list(feeds.values())
    assert tree(page).xpath("//h2/text()") == ["2022-03-17"]
    assert tree(page).xpath("//h3/a/text()") == ["A first story", "Second"]
    assert links(page)["A first story"] == "/news/2022/03/17/NW202203172312474080.html"


def test_an_empty_category_page_says_so() -> None:
    assert tree(category_page(site(), CATEGORY, ())).xpath("//p[@class='empty']")


def test_the_home_page_shows_each_category_with_its_newest_articles() -> None:
    card = CategoryCard(category=CATEGORY, count=7, articles=(article(),))
    page = home_page(site(), [card])
    assert links(page)["重庆商报新闻"] == "/category/a%20(b).html"
    assert links(page)["A first story"] == "/news/2022/03/17/NW202203172312474080.html"
    assert links(page)["OPML"] == "/opml.xml"
    assert "7 篇" in tree(page).text_content()


def test_links_stay_below_the_path_of_the_site() -> None:
    below = site(url="https://h.example/news/")
    card = CategoryCard(category=CATEGORY, count=1, articles=(article(),))
    for page in (home_page(below, [card]), article_page(below, TITLES, article(url=None))):
        inner = [href for href in links(page).values() if href.startswith("/")]
        assert inner and all(href.startswith("/news/") for href in inner)


def test_a_missing_article_still_leads_to_its_category() -> None:
    page = not_found_page(site(language="en"), "/city/2022/03/17/<script>.html")
    assert links(page)["See what is new in city"] == "/category/city.html"
    assert b"<script" not in page


@pytest.mark.parametrize("path", ["/", "/feeds/x.rss", "/a/b/c/d/e"])
def test_a_missing_page_leads_home(path: str) -> None:
    page = not_found_page(site(language="en"), path)
    assert links(page, "//nav[@class='back']") == {"Back to home": "/"}


def test_attack_strings_in_texts_stay_texts() -> None:
    if not PAYLOADS.exists():
        pytest.skip("needs the corpus xss/payloads-dev.json")
    for payload in _strings(json.loads(PAYLOADS.read_text())):
        made = article(title=payload, summary=payload, medium=payload, authors=(payload,), url=None)
        listed = category_page(site(title=payload), CATEGORY, items(site(), [made]))
        whole = article_page(site(title=payload), {"news": payload}, made)
        for page in (listed, whole):
            _assert_inert(tree(page))


def _assert_inert(page: html.HtmlElement) -> None:
    names = {element.tag for element in page.iter() if isinstance(element.tag, str)}
    attributes = {name for element in page.iter() for name in element.attrib}
    assert not names & {"script", "iframe", "object", "embed", "svg", "img", "form", "base"}
    assert not any(name.startswith("on") for name in attributes)


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in _strings(part)]


def test_a_page_is_small_enough_to_be_quick() -> None:
    shown = items(site(), [article(id=f"{n:032x}", summary="字" * 400) for n in range(50)])
    assert len(gzip.compress(category_page(site(), CATEGORY, shown))) < 14_000
