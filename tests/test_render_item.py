"""The item all formats share: titles, links, and texts that XML can hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feeds.model import Article, Enclosure
from feeds.render.item import item, printable, title_of, whole_minutes
from tests.make import article, site


@pytest.mark.parametrize(
    ("given_article", "language", "title"),
    [
        pytest.param(article(title=" News "), "en", "News", id="its own"),
        pytest.param(article(title="", summary="Short."), "en", "Short.", id="its text"),
        pytest.param(article(title="\x00", summary="字" * 50), "zh", "字" * 40 + "…", id="cut"),
        pytest.param(
            article(title="", summary="", content="<!-- x --><p>From <b>the</b>\n body</p>"),
            "en",
            "From the body",
            id="its content",
        ),
        pytest.param(article(title="", summary="", content="<!---->"), "en", "(untitled)", id="en"),
        pytest.param(article(title="", summary="", content=" "), "zh-TW", "（无标题）", id="zh"),
    ],
)
def test_a_title_is_never_empty(given_article: Article, language: str, title: str) -> None:
    assert title_of(given_article, language) == title


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "ftp://a.example/x", "//a.example/x", "http:///x", "", None],
)
def test_only_web_addresses_are_linked(url: str | None) -> None:
    made = item(site(), article(url=url, enclosures=(Enclosure(url=url or "data:,x"),)))
    assert made.link == "https://finews.example/news/2022/03/17/NW202203172312474080.html"
    assert made.enclosures == ()


def test_the_identifier_is_the_articles_own_as_urn() -> None:
    assert item(site(), article()).id == "urn:uuid:01234567-89ab-cdef-0123-456789abcdef"


def test_names_are_cleaned_and_said_once() -> None:
    made = item(site(), article(tags=("a", " a ", "", "\x0b", "b"), authors=("x", "x")))
    assert (made.tags, made.authors) == (("a", "b"), ("x",))


def test_an_enclosure_without_media_type_gets_the_general_one() -> None:
    made = item(site(), article(enclosures=(Enclosure(url="https://a.example/x"),)))
    assert made.enclosures[0].media_type == "application/octet-stream"


def test_an_offset_with_seconds_becomes_utc() -> None:
    local_mean_time = timezone(timedelta(hours=8, minutes=5, seconds=43))
    moment = datetime(1900, 1, 1, 12, 0, tzinfo=local_mean_time)
    assert whole_minutes(moment).tzinfo is UTC
    assert whole_minutes(moment) == moment


@given(st.text(st.characters(), max_size=30))
def test_printable_text_can_always_be_written_as_xml(text: str) -> None:
    element = etree.Element("title")
    element.text = printable(text)
    read = etree.fromstring(etree.tostring(element, encoding="UTF-8"))
    assert (read.text or "") == printable(text)


def test_printable_text_keeps_what_is_legal() -> None:
    assert printable("a\tb\n新闻 😀\x85") == "a\tb\n新闻 😀\x85"
