"""Whole documents of a category and of everything, read back by other parsers."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser  # type: ignore[import-untyped]
import msgspec
import pytest
from lxml import etree

from feeds.model import Article, Document, Enclosure
from feeds.render.category import render_all, render_category
from feeds.render.channel import CategoryCard
from feeds.told import Category
from tests.make import PUBLISHED, article, site

CREATED = datetime(2022, 1, 1, tzinfo=UTC)
CATEGORY = Category(slug="a (b) 新", title="Tom & Jerry <新闻>", language="en", created_at=CREATED)
FULL = article(
    title='Five < six & "seven" 增强',
    content='<p>It <b>begins</b> &amp; ends.</p>\n<p class="em_media">（文章来源：重庆商报）</p>',
    summary="It begins & ends <here>.",
    authors=("Ada", "王小明"),
    tags=("重庆商报新闻", "R&D"),
    language="zh-CN",
    updated=PUBLISHED + timedelta(hours=1),
    enclosures=(
        Enclosure(url="https://a.example/1.mp3?a=1&b=2", media_type="audio/mpeg", length=12),
        Enclosure(url="https://a.example/2.mp3", media_type="audio/mpeg"),
    ),
)
BARE = article(
    id="f" * 32,
    url=None,
    title="",
    content="",
    summary="",
    guid="bare",
    published=PUBLISHED - timedelta(days=1),
)
LINK = "https://finews.example/category/a%20(b)%20%E6%96%B0.html"


def content(document: Document) -> bytes:
    return gzip.decompress(document.body)


def rendered(*articles: Article) -> dict[str, Document]:
    return render_category(site(), CATEGORY, articles)


def parsed(name: str, *articles: Article) -> Any:
    feed = feedparser.parse(content(rendered(*articles)[name]), sanitize_html=False)
    assert not feed.bozo
    return feed


@pytest.mark.parametrize("name", ["rss", "atom"])
def test_the_head_of_a_feed_is_read_back(name: str) -> None:
    head = parsed(name, FULL, BARE).feed
    links = {link.rel: link.href for link in head.links}
    assert head.title == "Tom & Jerry <新闻>"
    assert head.link == LINK
    assert links["self"] == f"https://finews.example/feeds/a%20(b)%20%E6%96%B0.{name}"
    assert head.language == "en"
    assert head.updated_parsed[:5] == (2022, 3, 16, 17, 48)
    assert head.generator == "feedmill"


@pytest.mark.parametrize("name", ["rss", "atom"])
def test_every_field_of_an_entry_is_read_back(name: str) -> None:
    entry = parsed(name, FULL).entries[0]
    assert entry.title == FULL.title
    assert entry.link == FULL.url
    assert entry.id == "urn:uuid:01234567-89ab-cdef-0123-456789abcdef"
    assert entry.content[0].value == FULL.content
    assert entry.summary == "It begins &amp; ends &lt;here&gt;."
    assert [tag.term for tag in entry.tags] == list(FULL.tags)
    assert entry.language == "zh-CN"
    assert entry.enclosures[0].href == "https://a.example/1.mp3?a=1&b=2"
    assert (entry.enclosures[0].type, entry.enclosures[0].length) == ("audio/mpeg", "12")
    assert entry.published_parsed[:6] == (2022, 3, 16, 16, 48, 28)


def test_rss_keeps_the_publishers_offset_and_names_authors() -> None:
    item = etree.fromstring(content(rendered(FULL)["rss"])).find("channel/item")
    assert item is not None
    assert item.findtext("pubDate") == "Thu, 17 Mar 2022 00:48:28 +0800"
    creators = item.findall("{http://purl.org/dc/elements/1.1/}creator")
    assert [creator.text for creator in creators] == ["Ada", "王小明"]
    assert item.find("guid").get("isPermaLink") == "false"  # type: ignore[union-attr]
    assert len(item.findall("enclosure")) == 1


def test_atom_keeps_both_dates_all_authors_and_all_enclosures() -> None:
    entry = parsed("atom", FULL).entries[0]
    assert entry.published == "2022-03-17T00:48:28+08:00"
    assert entry.updated == "2022-03-17T01:48:28.997069+08:00"  # apart from others of that second, by its id
    assert [author.name for author in entry.authors] == ["Ada", "王小明"]
    assert [e.href for e in entry.enclosures] == [e.url for e in FULL.enclosures]


def test_json_feed_is_read_back_in_fixed_order() -> None:
    text = content(rendered(FULL)["json"])
    feed = json.loads(text)
    assert "重庆商报新闻".encode() in text
    assert list(feed) == [
        *("version", "title", "home_page_url", "feed_url", "description", "language"),
        *("_feedmill", "items"),
    ]
    assert feed["items"] == [
        {
            "id": "urn:uuid:01234567-89ab-cdef-0123-456789abcdef",
            "url": FULL.url,
            "title": FULL.title,
            "content_html": FULL.content,
            "summary": FULL.summary,
            "date_published": "2022-03-17T00:48:28+08:00",
            "date_modified": "2022-03-17T01:48:28+08:00",
            "authors": [{"name": "Ada"}, {"name": "王小明"}],
            "tags": list(FULL.tags),
            "language": "zh-CN",
            "attachments": [
                {"url": FULL.enclosures[0].url, "mime_type": "audio/mpeg", "size_in_bytes": 12},
                {"url": FULL.enclosures[1].url, "mime_type": "audio/mpeg"},
            ],
            "_feedmill": {
                "source": "news",
                "complete": True,
            },
        }
    ]


@pytest.mark.parametrize("name", ["rss", "atom", "json"])
def test_an_article_with_nothing_in_it_is_published_all_the_same(name: str) -> None:
    path = "https://finews.example/news/2022/03/16/bare.html"
    if name == "json":
        entry = json.loads(content(rendered(BARE)["json"]))["items"][0]
        assert (entry["title"], entry["url"], entry["content_text"]) == ("(untitled)", path, "")
    else:
        entry = parsed(name, BARE).entries[0]
        assert (entry.title, entry.link) == ("(untitled)", path)  # in the words of its category


@pytest.mark.parametrize("name", ["rss", "atom"])
def test_entries_come_in_the_order_given(name: str) -> None:
    ids = [entry.id for entry in parsed(name, FULL, BARE).entries]
    assert ids == [f"urn:uuid:01234567-{'89ab-cdef-0123-456789abcdef'}", f"urn:uuid:{_uuid('f')}"]


def _uuid(digit: str) -> str:
    return "-".join(digit * length for length in (8, 4, 4, 4, 12))


def test_the_same_articles_give_the_same_documents() -> None:
    assert rendered(FULL, BARE) == rendered(FULL, BARE)
    cards = [CategoryCard(category=CATEGORY, count=2, articles=(FULL,))]
    assert render_all(site(), cards, [FULL]) == render_all(site(), cards, [FULL])


def test_documents_are_dated_by_their_newest_change() -> None:
    documents = rendered(BARE, FULL)
    assert {document.last_modified for document in documents.values()} == {FULL.updated}


def test_an_empty_category_has_valid_documents_of_the_day_it_was_made() -> None:
    documents = rendered()
    assert set(documents) == {"rss", "atom", "json", "html", "html.zh"}
    assert documents["rss"].last_modified == CREATED
    assert parsed("rss").entries == []
    assert parsed("atom").feed.updated == "2022-01-01T00:00:00+00:00"
    assert json.loads(content(documents["json"]))["items"] == []


def test_the_identifiers_of_feeds_are_for_ever() -> None:
    news = Category(slug="news", title="Whatever", created_at=CREATED)
    category = feedparser.parse(content(render_category(site(), news, [])["atom"])).feed
    everything = feedparser.parse(content(render_all(site(), [], [])["atom"])).feed
    assert category.id == "urn:uuid:c1d805e9-45de-5c8c-a6e2-bc3dd9693ead"
    assert everything.id == "urn:uuid:cae3003d-ce34-588e-9611-39edab1a2def"


def test_a_move_of_the_site_changes_no_identifier() -> None:
    def ids(url: str) -> list[str]:
        documents = render_category(site(url=url), CATEGORY, [FULL])
        feed = feedparser.parse(content(documents["atom"]))
        return [feed.feed.id, feed.entries[0].id]

    assert ids("https://one.example") == ids("http://two.example/news/")


def test_the_feeds_of_a_site_below_a_path_are_absolute() -> None:
    documents = render_category(site(url="https://h.example/news/"), CATEGORY, [BARE])
    feed = feedparser.parse(content(documents["rss"]))
    assert feed.feed.link == "https://h.example/news/category/a%20(b)%20%E6%96%B0.html"
    assert feed.entries[0].link == "https://h.example/news/news/2022/03/16/bare.html"


def test_characters_that_xml_cannot_hold_are_dropped_everywhere() -> None:
    bad = "\x00\x0b\ud800\ufffe"
    dirty = msgspec.structs.replace(
        FULL, title=f"T{bad}", content=f"<p>{bad}c</p>", summary=f"s{bad}", tags=(f"t{bad}",)
    )
    category = msgspec.structs.replace(CATEGORY, title=f"C{bad}", description=f"D{bad}")
    for name, document in render_category(site(title=f"S{bad}"), category, [dirty]).items():
        text = content(document).decode()
        assert not any(character in text for character in bad), name
    assert parsed("rss", dirty).entries[0].title == "T"


def test_everything_has_the_feeds_a_home_page_and_a_subscription_list() -> None:
    cards = [
        CategoryCard(category=CATEGORY, count=2, articles=(FULL,)),
        CategoryCard(category=Category(slug="empty", title="", created_at=CREATED), count=0),
    ]
    documents = render_all(site(), cards, [FULL])
    outlines = etree.fromstring(content(documents["opml"])).findall("body/outline")
    assert [outline.get("text") for outline in outlines] == ["Tom & Jerry <新闻>", "empty"]
    assert outlines[0].get("xmlUrl") == "https://finews.example/feeds/a%20(b)%20%E6%96%B0.rss"
    assert outlines[0].get("htmlUrl") == LINK
    assert feedparser.parse(content(documents["atom"])).feed.title == "金融消息"
    assert set(documents) == {"rss", "atom", "json", "html", "html.en", "opml"}


def test_everything_of_nothing_is_valid_and_dated() -> None:
    documents = render_all(site(), [], [])
    assert documents["rss"].last_modified == datetime(1970, 1, 1, tzinfo=UTC)
    assert not feedparser.parse(content(documents["atom"])).bozo
