"""The pages: what they say, where they lead, and that nothing in them can run."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import html

from feeds.model import Enclosure
from feeds.render.channel import CARDS, CategoryCard
from feeds.render.guessing import dead_end
from feeds.render.item import items
from feeds.render.missing import DeadEnd
from feeds.render.pages import Leaf, article_page, category_page, home_page, not_found_page
from feeds.told import Category
from feeds.urls import encode_path
from tests.make import PUBLISHED, article, site

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
    assert page.xpath("//p[@class='enclosure']/a/text()") == ["附件 · audio/mpeg"]


def test_how_long_a_recording_plays_is_beside_it() -> None:
    enclosure = Enclosure(url="https://a.example/1.mp3", media_type="audio/mpeg", duration=3723.4)
    page = tree(article_page(site(), TITLES, article(enclosures=(enclosure,))))
    assert page.xpath("//p[@class='enclosure']/a/text()") == ["附件 · audio/mpeg · 1:02:03"]


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


def test_the_home_page_names_what_it_has_no_room_to_show() -> None:
    categories = [
        Category(slug=f"c{place}", title=f"Title {place}", created_at=PUBLISHED) for place in range(CARDS + 2)
    ]
    page = home_page(
        site(), [CategoryCard(category=one, count=1, articles=(article(),)) for one in categories]
    )
    assert len(tree(page).xpath("//section[@class='card']")) == CARDS
    assert tree(page).xpath("//ul[@class='others']//a/text()") == [f"Title {CARDS}", f"Title {CARDS + 1}"]
    assert links(page)[f"Title {CARDS + 1}"] == f"/category/c{CARDS + 1}.html"


def test_links_stay_below_the_path_of_the_site() -> None:
    below = site(url="https://h.example/news/")
    card = CategoryCard(category=CATEGORY, count=1, articles=(article(),))
    for page in (home_page(below, [card]), article_page(below, TITLES, article(url=None))):
        inner = [href for href in links(page).values() if href.startswith("/")]
        assert inner and all(href.startswith("/news/") for href in inner)


def meta(page: bytes) -> dict[str, str]:
    found = tree(page).xpath("//meta[@property or @name]")
    return {one.get("property") or one.get("name"): one.get("content") for one in found}


def test_a_link_to_an_article_elsewhere_can_show_what_it_is() -> None:
    picture = "https://publisher.example/1.jpg"
    page = article_page(site(), TITLES, article(title='A "b" <c>', summary="Short.", image=picture))
    said = {
        "og:type": "article",
        "og:title": 'A "b" <c>',
        "og:description": "Short.",
        "og:image": picture,
        "og:url": "https://finews.example/news/2022/03/17/NW202203172312474080.html",
        "og:site_name": "金融消息",
        "og:locale": "zh_CN",
        "twitter:card": "summary_large_image",
        "article:published_time": "2022-03-17T00:48:28+08:00",
    }
    assert said.items() <= meta(page).items()


def test_a_picture_that_no_browser_may_ask_for_is_left_out() -> None:
    said = meta(article_page(site(), TITLES, article(image="javascript:alert(1)")))
    assert "og:image" not in said and said["twitter:card"] == "summary"


def test_pages_say_where_they_are_and_what_their_feeds_are_called() -> None:
    below = site(url="https://h.example/news/")
    for page, where in (
        (home_page(below, ()), "https://h.example/news/"),
        (category_page(below, CATEGORY, ()), "https://h.example/news/category/a%20(b).html"),
    ):
        head = tree(page).xpath("//head")[0]
        assert head.xpath("link[@rel='canonical']/@href") == [where] == [meta(page)["og:url"]]
    assert tree(category_page(below, CATEGORY, ())).xpath("//link[@type='application/atom+xml']/@title") == [
        "重庆商报新闻 (Atom)"
    ]
    assert tree(not_found_page(below, DeadEnd(path="/x"))).xpath("//link[@rel='canonical']") == []


def test_what_is_not_in_the_pages_language_says_so() -> None:
    made = article(title="Deutsch", language="de", content="<p>Ja</p>")
    page = tree(article_page(site(), TITLES, made, interface="en"))
    assert page.get("lang") == "en"
    assert page.xpath("//h1/@lang | //div[@class='body']/@lang") == ["de", "de"]
    listed = tree(category_page(site(), CATEGORY, items(site(), [made, article()]), interface="en"))
    assert listed.xpath("//h1/@lang | //article/@lang") == ["zh-CN", "de", "zh-CN"]
    own = tree(category_page(site(), CATEGORY, items(site(), [made, article()])))
    assert own.xpath("//h1/@lang | //article/@lang") == ["de"]


def test_a_language_that_we_do_not_speak_has_english_words() -> None:
    page = tree(category_page(site(language="fr-CA"), CATEGORY, ()))
    assert page.get("lang") == "en"
    assert page.xpath("//h1/@lang") == ["fr-CA"]


def test_a_category_page_says_how_fresh_it_is_in_a_date_that_stays() -> None:
    fresh = tree(category_page(site(), CATEGORY, items(site(), [article()]))).xpath("//time[@class='ago']")
    assert [(one.get("datetime"), one.text) for one in fresh] == [
        ("2022-03-17T00:48:28+08:00", "2022-03-17 00:48")
    ]


def test_pages_of_older_articles_lead_both_ways() -> None:
    leaf = Leaf(path="/category/a (b)/2.html", newer="/category/a (b)/1.html", older="/category/a (b)/3.html")
    page = category_page(site(), CATEGORY, items(site(), [article()]), leaf)
    assert links(page)["← 更新的文章"] == "/category/a%20(b)/1.html"
    assert links(page)["更早的文章 →"] == "/category/a%20(b)/3.html"
    assert tree(page).xpath("//link[@rel='prev' or @rel='next']/@href") == [
        *("/category/a%20(b)/1.html", "/category/a%20(b)/3.html"),
    ]
    assert not tree(page).xpath("//details | //time[@class='ago']")


def test_a_missing_article_still_leads_to_its_category() -> None:
    page = not_found_page(site(language="en"), dead_end("/city/2022/03/17/<script>.html", None))
    assert links(page)["See what is new in city"] == "/category/city.html"
    assert b"<script>" not in page


@pytest.mark.parametrize("path", ["/", "/feeds/x.rss", "/a/b/c/d/e"])
def test_a_missing_page_leads_home(path: str) -> None:
    page = not_found_page(site(language="en"), DeadEnd(path=path))
    assert links(page, "//nav[@class='back']") == {"Back to home": "/"}


def test_a_missing_page_leads_to_what_is_near_in_the_form_that_was_wanted() -> None:
    near = (CATEGORY, Category(slug="city", title="City", language="en", created_at=CATEGORY.created_at))
    page = not_found_page(site(), DeadEnd(path="/feeds/x.atom", form="atom", near=near))
    section = "//section[@aria-labelledby='near']"
    assert links(page, section) == {
        "重庆商报新闻": "/category/a%20(b).html",
        "City": "/category/city.html",
        "Atom": "/feeds/city.atom",
    }
    assert tree(page).xpath(f"{section}//h2/@lang") == ["en"]
    whole = links(not_found_page(site(), DeadEnd(path="/x", near=near[1:])), section)
    assert set(whole) == {"City", "RSS", "Atom", "JSON"}
    order = [one.tag for one in tree(page).xpath(f"{section} | //nav")]
    assert order == ["section", "nav"]


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
    (ours,) = page.xpath("//head/script")
    assert ours.get("src").startswith("/static/ago.js?v=") and not ours.text
    (form,) = page.xpath("//form")
    assert dict(form.attrib) == {"role": "search", "action": "/search"}
    names = {element.tag for element in page.iter() if isinstance(element.tag, str)}
    assert len(page.xpath("//script | //form | //input | //button")) == 4
    attributes = {name for element in page.iter() for name in element.attrib}
    assert not names & {"iframe", "object", "embed", "svg", "img", "style", "base"}
    assert not any(name.startswith("on") for name in attributes)


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in _strings(part)]


def test_a_page_is_small_enough_to_be_quick() -> None:
    shown = items(site(), [article(id=f"{n:032x}", summary="字" * 400) for n in range(50)])
    assert len(gzip.compress(category_page(site(), CATEGORY, shown))) < 14_000
