"""What XML feeds hold of markup, and of addresses and languages."""

from __future__ import annotations

import gzip
import json

import pytest
from lxml import etree

from feeds.model import Enclosure
from feeds.render.addresses import web_address
from feeds.render.category import render_all, render_category
from feeds.render.channel import CategoryCard
from feeds.render.languages import language_tag
from feeds.render.markup import as_text, for_readers, spelled_out
from feeds.told import Category
from tests.make import PUBLISHED, article, site

FRAME = '<iframe src="https://player.vimeo.com/video/1" title="A film" sandbox="x"></iframe>'


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ("<p>It begins.</p>", "<p>It begins.</p>"),
        (f"<p>{FRAME}</p>", '<p><a href="https://player.vimeo.com/video/1">A film</a></p>'),
        ('<bdo dir="rtl">x</bdo>', '<span dir="rtl">x</span>'),
        ('<a href="/x">x</a> <img alt="" src="y.png">', '<a>x</a> <img alt="">'),
        ('<a href="//a.example/x">x</a>', '<a href="https://a.example/x">x</a>'),
        ('<p>say href="/x" here</p>', '<p>say href="/x" here</p>'),
        ('<a href="mailto:a@a.example">x</a>', '<a href="mailto:a@a.example">x</a>'),
    ],
    ids=["as it is", "a frame", "bdo", "relative", "without scheme", "in words", "mail"],
)
def test_readers_get_what_they_show(content: str, shown: str) -> None:
    assert for_readers(content) == shown


def test_json_feed_keeps_the_players_that_xml_feeds_only_link() -> None:
    category = Category(slug="news", title="News", created_at=PUBLISHED)
    documents = render_category(site(), category, [article(content=FRAME)])
    assert json.loads(gzip.decompress(documents["json"].body))["items"][0]["content_html"] == FRAME
    for name in ("rss", "atom"):
        body = gzip.decompress(documents[name].body)
        assert b"iframe" not in body
        assert b"A film" in body


def test_plain_text_is_spelled_so_that_nobody_takes_it_for_markup() -> None:
    assert as_text("Use </b> & </select>") == "Use </b > & </select >"
    title = etree.Element("title")
    title.text = "AT&T <b> &amp;"
    spelled = spelled_out(etree.tostring(title))
    assert spelled == b"<title>AT&#x26;T &#x3C;b&gt; &#x26;amp;</title>"
    assert etree.fromstring(spelled).text == title.text


@pytest.mark.parametrize(
    ("url", "uri"),
    [
        ("https://a.example/x?a=1&b=2#c", "https://a.example/x?a=1&b=2#c"),
        ("https://a.example", "https://a.example"),
        ("https://a.example/新 闻?q=新", "https://a.example/%E6%96%B0%20%E9%97%BB?q=%E6%96%B0"),
        ("https://新闻.example/", "https://xn--efvy88h.example/"),
        ("HTTP://A.Example:8080/%41%zz", "http://a.example:8080/%41%25zz"),
        ("https://a.example/[x]?y=<z>", "https://a.example/%5Bx%5D?y=%3Cz%3E"),
        ("https://u:p@a.example/", "https://u:p@a.example/"),
        ("http://[2001:db8::1]/", None),
        ("javascript:alert(1)", None),
        ("//a.example/x", None),
        ("http://a.example:99999/", None),
        ("", None),
    ],
)
def test_addresses_are_uris_or_none(url: str, uri: str | None) -> None:
    assert web_address(url) == uri


@pytest.mark.parametrize(
    ("said", "tag"),
    [("en", "en"), ("zh-Hant-TW", "zh-Hant-TW"), ("ZH", "ZH"), ("fil", "fil"), ("xx", None), ("", None)],
)
def test_languages_are_those_there_are(said: str, tag: str | None) -> None:
    assert language_tag(said) == tag
    assert language_tag(None) is None


SUMMARIES = Category(slug="news", title="News", content="summary", created_at=PUBLISHED)


@pytest.mark.parametrize(
    ("summary", "shown"),
    [("It begins.", "It begins."), ("", "Words " * 49 + "Words…")],
    ids=["the publisher's", "the beginning of the text"],
)
def test_a_category_of_summaries_has_no_texts_in_its_feeds(summary: str, shown: str) -> None:
    one = article(summary=summary, content=f"<p>{'Words ' * 99}</p>")
    [item] = json.loads(gzip.decompress(render_category(site(), SUMMARIES, [one])["json"].body))["items"]
    assert item["content_text"] == item["summary"] == shown
    assert "content_html" not in item
    assert b"encoded>" not in gzip.decompress(render_category(site(), SUMMARIES, [one])["rss"].body)


def test_everything_holds_what_one_of_its_categories_does() -> None:
    full = Category(slug="more", title="More", created_at=PUBLISHED)

    def kept(*categories: Category) -> bool:
        cards = [CategoryCard(category=each, count=1) for each in categories]
        body = gzip.decompress(render_all(site(), cards, [article()])["json"].body)
        return "content_html" in json.loads(body)["items"][0]

    assert not kept(SUMMARIES, full)
    assert kept(Category(slug="news", title="News", created_at=PUBLISHED))


def test_the_medium_rights_and_files_of_an_article_are_in_every_feed() -> None:
    files = (Enclosure(url="http://localhost/1.mp3", media_type="audio/mpeg", length=7, duration=61.4),)
    one = article(medium="重庆商报", rights="© them", image="https://a.example/p.png", enclosures=files)
    category = Category(slug="news", title="News", created_at=PUBLISHED)
    bodies = {
        name: gzip.decompress(each.body) for name, each in render_category(site(), category, [one]).items()
    }
    for name in ("rss", "atom"):
        text = bodies[name].decode()
        assert 'duration="61"' in text
        assert '<media:thumbnail url="https://a.example/p.png"/>' in text
        assert "© them" in text
        assert "重庆商报" in text
    assert b"<enclosure" not in bodies["rss"]  # its host has no full name
    assert b'rel="enclosure"' in bodies["atom"]
    [item] = json.loads(bodies["json"])["items"]
    assert item["attachments"][0]["duration_in_seconds"] == 61.4
    assert (item["_feedmill"]["medium"], item["_feedmill"]["rights"]) == ("重庆商报", "© them")


def test_an_article_without_words_is_called_so_in_the_language_of_its_category() -> None:
    category = Category(slug="news", title="News", language="en", created_at=PUBLISHED)
    one = article(title="", summary="", content="")
    [item] = json.loads(gzip.decompress(render_category(site(), category, [one])["json"].body))["items"]
    assert item["title"] == "(untitled)"
