"""What holds for any input: no surprise while reading, and identities that nothing moves."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from feeds.errors import SourceError
from feeds.model import Article, Detail, Entry, Payload
from feeds.normalize.article import entry_digest, fill, identify, normalize
from feeds.normalize.html import clean
from feeds.normalize.slugs import category_of, safe_slug
from feeds.parse.article import parse_article
from feeds.parse.source import parse
from feeds.told import ArticleRule, CategoryRule, FieldRule, Kind, Source
from tests import make

RSS = "<rss version='2.0'><channel>| </channel></rss>|<item>|</item>|<title>|</title>|<link>|</link>|<guid>"
ATOM = "<feed xmlns='http://www.w3.org/2005/Atom'>|</feed>|<entry>|</entry>|<description>&lt;p&gt;|</description>"
ODD = "<![CDATA[|]]>|<?xml version='1.0' encoding='gbk'?>|&amp;|&#0;|---\ntitle: x\n---\n|https://a.example/?utm_a=y#z"
JSON = '{"version":"https://jsonfeed.org/version/1.1","items":[|{"id":"1","title":"t"|},|]}|":|[|null|1e999'
HTML = (
    "<html><body><ul><li><a href='/x'>|</a></li>|<urlset><url><loc>https://a.example/|</loc></url></urlset>"
)
PIECES = [
    *"|".join((RSS, ATOM, ODD, JSON, HTML)).encode().split(b"|"),
    *(b"<pubDate>Thu, 17 Mar 2022 00:48:28 +0800</pubDate>", b"\n", b"\xff\xfe", b"\x00", b"\x1b$B"),
    *("重庆商报".encode("gbk"), "标题".encode(), b"e\xcc\x81", b"\xed\xa0\x80"),
]
BODIES = st.binary(max_size=300) | st.lists(st.sampled_from(PIECES) | st.binary(max_size=8), max_size=40).map(
    b"".join
)
FOLDERS = st.lists(st.tuples(st.text(max_size=20), BODIES), max_size=3).map(msgspec.msgpack.encode)
SOURCES = {
    "feed": make.source(),
    "page": make.source(kind=Kind.PAGE, items="auto"),
    "api": make.source(
        kind=Kind.API,
        items="items",
        fields={"guid": FieldRule(path="id"), "title": FieldRule(path="title"), "url": FieldRule(path="url")},
        category=CategoryRule(field="title"),
    ),
    "sitemap": make.source(kind=Kind.SITEMAP),
    "posts": make.source(kind=Kind.POSTS),
}
MEDIA_TYPES = st.sampled_from(["", "application/rss+xml", "application/json", "text/html"])
TEXTS = st.none() | st.text(max_size=60)
ENTRIES = st.builds(
    Entry,
    guid=TEXTS | st.just("https://a.example/1"),
    url=TEXTS | st.just("https://a.example/1?utm_source=x"),
    title=TEXTS,
    published=TEXTS | st.just("2022-03-17 00:48"),
    updated=TEXTS,
    authors=st.lists(st.text(max_size=10), max_size=2).map(tuple),
    summary=TEXTS,
    content=TEXTS,
    language=TEXTS,
    medium=TEXTS,
    image=TEXTS,
    page=TEXTS,
    base=TEXTS,
)


def printable(body: bytes) -> bytes:
    """``body`` without what makes control characters, see the test above."""
    shown = "".join(each for each in body.decode("latin-1") if each.isprintable() or each in "\t\n\r")
    return shown.replace("&#", "& #").encode("utf-8")


def articled(source: Source, entry: Entry, position: int = 0) -> Article:
    slug = category_of(entry, source)[0]
    return normalize(entry, source, make.site(), slug=slug, seen_at=make.SEEN_AT, position=position)


def check(article: Article) -> None:
    """What every article is, whatever it was made of."""
    assert msgspec.json.decode(msgspec.json.encode(article), type=Article) == article
    assert len(article.id) == 32
    assert clean(article.content, base=None) == article.content
    assert article.published.tzinfo is not None
    assert article.published <= make.SEEN_AT + timedelta(days=1)
    assert article.sort_key <= int(article.published.timestamp() * 1000)
    assert article.path.startswith("/")
    assert "\n" not in article.title + article.summary + article.path


@pytest.mark.parametrize("kind", SOURCES)
@settings(deadline=None)
@given(
    body=BODIES | FOLDERS, media_type=MEDIA_TYPES, charset=st.none() | st.sampled_from(["gbk", "utf-8", "x"])
)
def test_any_bytes_are_entries_or_the_publishers_fault(
    kind: str, body: bytes, media_type: str, charset: str | None
) -> None:
    source = SOURCES[kind]
    payload = make.payload(body, media_type=media_type, charset=charset)
    try:
        feed = parse(source, payload)
    except SourceError:
        return
    for position, entry in enumerate(feed.entries):
        check(articled(source, entry, position))


@pytest.mark.parametrize("control", [b"\x01", b"&#1;", b"&#x1F;", b"&#031", b"&#xFFFE;", b"\xef\xbf\xbe"])
def test_a_page_with_control_characters_is_an_article_or_the_publishers_fault(control: bytes) -> None:
    body = b"<html><body><div>loose" + control + b"<p>text</p></div></body></html>"
    with suppress(SourceError):
        parse_article(ArticleRule(), Payload(**_page(body, "text/html")))


@settings(deadline=None)
@given(body=BODIES.map(printable), media_type=MEDIA_TYPES)
def test_any_page_is_an_article_or_the_publishers_fault(body: bytes, media_type: str) -> None:
    waiting = articled(make.source(), make.entry(content=None, page="https://publisher.example/1"))
    try:
        detail = parse_article(ArticleRule(), Payload(**_page(body, media_type)))
    except SourceError:
        return
    check(fill(waiting, detail, make.site(), base=None))


def _page(body: bytes, media_type: str) -> dict[str, object]:
    return {"body": body, "media_type": media_type, "url": "https://p.example/1", "fetched_at": make.SEEN_AT}


@settings(deadline=None)
@given(ENTRIES)
def test_any_entry_is_an_article(entry: Entry) -> None:
    article = articled(make.source(), entry)
    check(article)
    check(fill(article, Detail(content=entry.content or ""), make.site(), base=entry.base))


def in_other_scheme(url: str | None) -> str | None:
    return url.replace("https://", "http://www.") if url and url.startswith("https://a.example") else url


EDITS: dict[str, Callable[[Entry], Entry]] = {
    "its words": lambda entry: replace(entry, title="other", content="other", summary=None, authors=("x",)),
    "its dates": lambda entry: replace(entry, published="2020-01-01", updated=None),
    "its scheme": lambda entry: replace(
        entry, guid=in_other_scheme(entry.guid), url=in_other_scheme(entry.url)
    ),
    "its tracking": lambda entry: replace(entry, url=entry.url and f"{entry.url}?utm_medium=y"),
}


@pytest.mark.parametrize("edit", EDITS)
@given(
    entries=st.lists(
        st.builds(
            make.entry,
            guid=st.none() | st.integers(0, 99).map(lambda number: f"https://a.example/{number}/"),
            url=st.integers(0, 99).map(lambda number: f"https://a.example/{number}"),
            title=st.text(max_size=5),
        ),
        max_size=8,
    ),
    seed=st.integers(0, 99),
)
def test_no_edit_and_no_order_changes_an_identity(edit: str, entries: list[Entry], seed: int) -> None:
    source = make.source()
    before = [identify(entry, source) for entry in entries]
    order = list(range(len(entries)))
    random.Random(seed).shuffle(order)
    after = [identify(EDITS[edit](entries[index]), source) for index in order]
    assert after == [before[index] for index in order]


@given(ENTRIES)
def test_a_digest_is_of_what_was_said_alone(entry: Entry) -> None:
    source = make.source()
    assert entry_digest(entry, source) == entry_digest(replace(entry, base="https://b.example/"), source)


@given(st.text(max_size=60), st.sampled_from(["pinyin-characters", "pinyin-phrases", "ascii", "as-is"]))
def test_any_text_names_a_category(text: str, spelling: str) -> None:
    rule = CategoryRule(field="medium", spelling=spelling)
    slug = category_of(make.entry(medium=text), make.source(category=rule))[0]
    assert slug
    assert safe_slug(slug) == slug
