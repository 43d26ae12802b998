"""Sitemaps: plain, news, text, indexes, and what publishers make of them."""

from __future__ import annotations

import time
from contextlib import suppress
from html import escape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import BotWall, NotAFeed
from feeds.model import Entry, Feed
from feeds.parse import sitemap
from feeds.parse.sitemap import parse_sitemap
from feeds.told import ArticleRule, Kind
from tests.make import payload, source

AT = "https://publisher.example/sitemap.xml"
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
    ' xmlns:video="http://www.google.com/schemas/sitemap-video/1.1"'
    ' xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)


def read(body: str | bytes, **rules: Any) -> Feed:
    return parse_sitemap(source(kind=Kind.SITEMAP, url=AT, **rules), payload(body, url=AT))


def urlset(*units: str) -> str:
    inner = "\n".join(f"<url>{unit}</url>" for unit in units)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {NAMESPACES}>\n{inner}\n</urlset>\n'


def dated(name: str, date: str = "") -> str:
    said = f"<lastmod>{date}</lastmod>" if date else ""
    return f"<loc>https://publisher.example/{name}</loc>{said}<priority>0.5</priority>"


def names(feed: Feed) -> list[str]:
    return [(entry.url or "").removeprefix("https://publisher.example/") for entry in feed.entries]


def test_an_address_is_an_entry_whose_change_is_no_publication() -> None:
    feed = read(urlset(dated("a", "2024-01-02T03:04:05+08:00")))
    assert feed == Feed(
        entries=(Entry(url="https://publisher.example/a", updated="2024-01-02T03:04:05+08:00"),)
    )


def test_a_news_sitemap_says_more() -> None:
    unit = """<loc> https://publisher.example/1 </loc>
      <video:video><video:title>V</video:title><video:thumbnail_loc>http://v.example/</video:thumbnail_loc>
        <video:publication_date>1999-01-01</video:publication_date></video:video>
      <xhtml:link rel="alternate" hreflang="de" href="https://publisher.example/de/1"/>
      <news:news><news:publication><news:name>重庆商报</news:name><news:language>zh-cn</news:language>
        </news:publication><news:publication_date>2024-01-02</news:publication_date>
        <news:title><![CDATA[A & B]]> &lt;C&gt;</news:title>
        <news:keywords>一，二, three; 一</news:keywords></news:news>
      <image:image><image:loc>/1.jpg</image:loc><image:title>I</image:title></image:image>
      <image:image><image:loc>/2.jpg</image:loc></image:image>"""
    assert read(urlset(unit)).entries == (
        Entry(
            url="https://publisher.example/1",
            title="A & B <C>",
            published="2024-01-02",
            tags=("一", "二", "three"),
            language="zh-cn",
            medium="重庆商报",
            image="https://publisher.example/1.jpg",
        ),
    )


@pytest.mark.parametrize(
    ("units", "order"),
    [
        pytest.param([("a", "2024-01-03"), ("b", "2024-01-02"), ("c", "2024-01-01")], "cba", id="falling"),
        pytest.param([("a", "2024-01-01"), ("b", "2024-01-02"), ("c", "2024-01-03")], "abc", id="rising"),
        pytest.param([("a", ""), ("b", ""), ("c", "")], "cba", id="undated"),
        pytest.param([("a", "2024-01-01"), ("b", "2024-01-01"), ("c", "2024-01-01")], "cba", id="one day"),
        pytest.param(
            [("a", "2024"), ("b", "2024-02"), ("c", "2024-02"), ("d", "2024-03-01")], "abcd", id="short"
        ),
        pytest.param(
            [("a", "2024-01-02"), ("b", ""), ("c", "2024-01-01"), ("d", "")], "dbca", id="some undated"
        ),
        pytest.param([("a", "2024-01-01T01:00:00Z"), ("b", "2024-01-01T08:30:00+08:00")], "ba", id="offsets"),
        pytest.param([("a", "2024-01-01T01:00:00.5Z"), ("b", "2024-01-01 00:30")], "ba", id="no offset"),
        pytest.param([("a", "2024-01-02"), ("b", "gestern"), ("c", "0000-00-00")], "cba", id="no dates"),
        pytest.param(
            [("a", "9999-12-31T23:59:59-12:00"), ("b", "0001-01-01T00:00:00+12:00")], "ba", id="ends"
        ),
    ],
)
def test_entries_come_oldest_first(units: list[tuple[str, str]], order: str) -> None:
    assert "".join(names(read(urlset(*(dated(*unit) for unit in units))))) == order


def test_the_date_of_the_news_counts_before_that_of_a_change() -> None:
    news = "<news:news><news:publication_date>2024-01-0{}</news:publication_date></news:news>"
    units = (dated("a", "2024-01-08") + news.format(1), dated("b", "2024-01-07") + news.format(2))
    assert names(read(urlset(*units))) == ["a", "b"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(urlset("<loc>https://publisher.example/a?b=1&amp;c=2</loc>"), id="as it should be"),
        pytest.param(urlset("<loc>https://publisher.example/a?b=1&c=2</loc>"), id="bare ampersand"),
        pytest.param(
            urlset("<loc><![CDATA[https://publisher.example/a?b=1&c=2]]></loc>"), id="character data"
        ),
        pytest.param(urlset("<loc>\n https://publisher.example/a?b=1&#38;c=2\n</loc>"), id="blanks"),
        pytest.param(urlset("<loc>/a?b=1&amp;c=2</loc>"), id="relative"),
        pytest.param("\ufeff \n" + urlset("<loc>/a?b=1&amp;c=2</loc>"), id="mark and blanks"),
        pytest.param("<!-- <b> --><?x y?>" + urlset("<loc>/a?b=1&amp;c=2</loc>"), id="comment"),
        pytest.param("Warning: include()\n" + urlset("<loc>/a?b=1&amp;c=2</loc>"), id="PHP"),
        pytest.param("<br />\n<b>Warning</b>: x" + urlset("<loc>/a?b=1&amp;c=2</loc>"), id="PHP in HTML"),
        pytest.param("<urlset><url><loc>/a?b=1&amp;c=2</loc></url></urlset>", id="no namespace"),
        pytest.param("<urlset xmlns='x:y'><url><loc>/a?b=1&amp;c=2</loc></url></urlset>", id="any namespace"),
        pytest.param(
            "<s:urlset xmlns:s='x:y'><s:url><s:loc>/a?b=1&amp;c=2</s:loc></s:url></s:urlset>", id="prefix"
        ),
        pytest.param(
            "<s:urlset><s:url><s:loc>/a?b=1&amp;c=2</s:loc></s:url></s:urlset>", id="unknown prefix"
        ),
        pytest.param(
            '<?xml version="1.0" encoding="utf-16"?><urlset><url><loc>/a?b=1&c=2</loc></url></urlset>',
            id="wrong encoding",
        ),
    ],
)
def test_what_publishers_make_of_it(body: str) -> None:
    feed = read(body)
    assert [entry.url for entry in feed.entries] == ["https://publisher.example/a?b=1&c=2"]
    assert feed.warnings in ((), ("declared as utf-16, but read as utf-8",))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(encoding: str) -> None:
    news = "<news:news><news:title>重庆商报今天的消息</news:title></news:news>"
    body = urlset(dated("a") + news).replace("UTF-8", encoding.removesuffix("-sig")).encode(encoding)
    assert read(body).entries[0].title == "重庆商报今天的消息"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        pytest.param("<urlset><url><loc>/a</loc></url><url><loc>/b", ["a"], id="within an address"),
        pytest.param("<urlset><url><loc>/a</loc></url><url><loc>/b</loc>", ["a"], id="within a unit"),
        pytest.param("<urlset><url><loc>/a</loc></url><url><loc>/b</lo", ["a"], id="within a tag"),
        pytest.param(
            "<urlset><url><loc>/a</loc></url><url><loc>/b</loc></url>", ["b", "a"], id="without its end"
        ),
        pytest.param(
            "<urlset><url><loc>/a</loc></url><url><loc>/b < c</loc></url></urlset>", ["a"], id="less than"
        ),
        pytest.param(
            "<urlset><url><loc>/a</loc><url><loc>/b</loc></url></urlset>", ["b", "a"], id="unclosed unit"
        ),
        pytest.param(
            "<urlset><url><loc>/a</loc></URL><url><loc>/b</loc></url></urlset>", ["b", "a"], id="case"
        ),
        pytest.param(
            "<urlset><url><loc>/\x0ba</loc></url><url><loc>/b</loc></url></urlset>", ["b", "a"], id="control"
        ),
    ],
)
def test_what_was_read_before_it_broke_is_kept(body: str, found: list[str]) -> None:
    feed = read(body)
    assert names(feed) == found
    assert [warning.split(":")[0] for warning in feed.warnings] == ["not well-formed"]


def test_an_entity_of_the_document_is_never_resolved() -> None:
    head = '<!DOCTYPE urlset [<!ENTITY x "y"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    feed = read(head + "<urlset><url><loc>/a&x;&f;</loc></url></urlset>")
    assert [entry.url for entry in feed.entries] == ["https://publisher.example/a&x;&f;"]


def test_addresses_are_read_once_and_those_that_are_none_counted() -> None:
    units = (dated("a"), dated("a", "2024-01-01"), "<loc>mailto:a@b.example</loc>", "<loc/>", "", dated("b"))
    feed = read(urlset(*units))
    assert (names(feed), feed.warnings) == (["b", "a"], ("3 skipped: without an address that can be read",))


def test_an_empty_sitemap_is_one() -> None:
    assert read(urlset()) == read("<urlset/>") == Feed()


def test_only_so_many_addresses_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "MOST_ADDRESSES", 2)
    exact, over = (read(urlset(*(dated(str(n)) for n in range(count)))) for count in (2, 3))
    assert (names(exact), exact.warnings) == (["1", "0"], ())
    assert (names(over), over.warnings) == (["1", "0"], ("only the first 2 addresses are read",))


# ── plain text ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_text_sitemap_has_an_address_a_line(end: str) -> None:
    lines = ("https://publisher.example/a?b&c", "", " https://publisher.example/中 ", "no address", "")
    feed = read("\ufeff" + end.join(lines))
    assert names(feed) == ["中", "a?b&c"]
    assert feed.warnings == ("1 skipped: without an address that can be read",)


# ── indexes ─────────────────────────────────────────────────────────────────────────────────────


def index(*units: tuple[str, str]) -> str:
    inner = "".join(f"<sitemap>{dated(name, date)}</sitemap>" for name, date in units)
    return f"<sitemapindex {NAMESPACES}>{inner}</sitemapindex>"


CHILDREN = (
    ("1", ""),
    ("2", "2024-01-01"),
    ("3", ""),
    ("4", "2024-02"),
    ("5", "2024-01-01"),
    ("sitemap.xml", ""),
)


@pytest.mark.parametrize(
    ("pages", "found"), [(0, "4"), (1, "4"), (2, "42"), (9, "42513")], ids=["none", "default", "two", "all"]
)
def test_an_index_names_the_sitemaps_that_changed_last(pages: int, found: str) -> None:
    feed = read(index(*CHILDREN, ("4", "2024-03")), pages=pages)
    assert feed.more == tuple(f"https://publisher.example/{name}" for name in found)
    assert (feed.entries, feed.warnings) == ((), ())


def test_an_index_that_breaks_off_still_names_sitemaps() -> None:
    feed = read(index(("1", ""), ("2", ""))[:-40], pages=9)
    assert feed.more == ("https://publisher.example/1",)
    assert len(feed.warnings) == 1


# ── pages ───────────────────────────────────────────────────────────────────────────────────────

RSS = "<rss version='2.0'><channel><item><link>https://publisher.example/a</link></item></channel></rss>"


@pytest.mark.parametrize(
    "body", [urlset(dated("a")), "https://publisher.example/a", RSS], ids=["xml", "text", "rss"]
)
@pytest.mark.parametrize(
    ("rule", "page"),
    [
        pytest.param(None, None, id="none"),
        pytest.param(ArticleRule(), "https://publisher.example/a", id="own"),
        pytest.param(ArticleRule(url="{url}?print=1"), "https://publisher.example/a?print=1", id="in front"),
        pytest.param(
            ArticleRule(url="/text?u={url}"),
            "https://publisher.example/text?u=https%3A%2F%2Fpublisher.example%2Fa",
            id="encoded",
        ),
        pytest.param(ArticleRule(url="/{title}"), None, id="empty hole"),
    ],
)
def test_the_page_of_an_entry(body: str, rule: ArticleRule | None, page: str | None) -> None:
    assert [entry.page for entry in read(body, article=rule).entries] == [page]


# ── what is no sitemap ──────────────────────────────────────────────────────────────────────────

ATOM = "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>x:1</id><title>t</title></entry></feed>"


def test_a_feed_is_read_as_one() -> None:
    assert read(ATOM).entries[0].guid == "x:1"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param("", "empty body, not a sitemap", id="empty"),
        pytest.param(" \ufeff\n", "not a sitemap", id="blank"),
        pytest.param("<!doctype html><title>404</title>", "HTML page titled '404', not a sitemap", id="html"),
        pytest.param('{"a": 1}', "JSON, not a sitemap", id="json"),
        pytest.param("<opml><body/></opml>", "not a sitemap", id="other xml"),
        pytest.param(
            "no address\nhttps://publisher.example/", "neither XML nor JSON, not a sitemap", id="text"
        ),
        pytest.param("<urlset", "not a sitemap", id="cut off"),
        pytest.param("<urlset><url>", "broken XML", id="nothing read"),
        pytest.param("<urlset a=1 b><url><loc>/a</loc></url></urlset>", "broken XML", id="broken root"),
        pytest.param("<sitemapindex>", "broken XML", id="broken index"),
        pytest.param("<rss", "not a sitemap", id="broken feed"),
        pytest.param("<urlset><a" + " b=''" * 3000 + "></urlset>", "an element with", id="wide"),
        pytest.param('<!DOCTYPE urlset [<!ENTITY a "h"><!ENTITY b "&a;">]><urlset/>', "DTD", id="expanding"),
    ],
)
def test_what_is_no_sitemap_says_what_came(body: str, message: str) -> None:
    with pytest.raises(NotAFeed, match=message):
        read(body)


def test_a_bot_wall_is_named() -> None:
    with pytest.raises(BotWall):
        read('<html><title>Just a moment...</title><script src="/cdn-cgi/challenge-platform/x"></script>')


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "part",
    [
        "<url><loc>/a</loc></url>",
        "<url>",
        "<a/>",
        "<a></b>",
        "&",
        "<![CDATA[",
        "<url><loc>",
        "</url>",
        "<!--",
        "\n",
    ],
)
@pytest.mark.parametrize("head", ["<urlset>", "https://publisher.example/\n"], ids=["xml", "text"])
def test_no_document_takes_long(head: str, part: str) -> None:
    body = head + part * (5_000_000 // len(part))
    began = time.perf_counter()
    with suppress(NotAFeed):
        read(body)
    assert time.perf_counter() - began < 10


def test_the_largest_sitemap_is_read_in_time() -> None:
    unit = "<url><loc>https://publisher.example/{}/{}</loc><lastmod>2024-01-02T03:04:05Z</lastmod></url>"
    body = "<urlset>" + "".join(unit.format(number, "x" * 190) for number in range(50_000)) + "</urlset>"
    began = time.perf_counter()
    assert len(read(body).entries) == 50_000
    assert time.perf_counter() - began < 8  # 1 s where nobody else measures


MARKUP = st.lists(
    st.sampled_from(
        [
            *(
                "<urlset>",
                "</urlset>",
                "<url>",
                "</url>",
                "<loc>",
                "</loc>",
                "<sitemapindex>",
                "<sitemap>",
                "<n:news>",
            ),
            *(
                "<lastmod>",
                "2024-01",
                "</lastmod>",
                "/a",
                "&",
                "&x;",
                "<![CDATA[",
                "]]>",
                "<!--",
                "-->",
                "<?x",
                "?>",
            ),
            *("<!DOCTYPE x [", "<", ">", "\x00", "\ufeff", " ", '"', "https://a.example/", "<rss>", "<item>"),
        ]
    ),
    max_size=25,
).map("".join)


@given(st.binary(max_size=300) | MARKUP.map(str.encode) | MARKUP.map(lambda text: f"<urlset>{text}".encode()))
def test_any_bytes_are_a_sitemap_or_none(body: bytes) -> None:
    with suppress(NotAFeed):
        feed = read(body)
        assert all(url.startswith("http") for url in feed.more)
        assert all(entry.url or entry.guid or body.find(b"<rss") >= 0 for entry in feed.entries)


@given(st.text(max_size=40))
def test_any_date_can_be_sorted_by(date: str) -> None:
    units = (f"<loc>/{each}</loc><lastmod>{escape(date)}</lastmod>" for each in "ab")
    assert names(read(urlset(*units))) == ["b", "a"]
