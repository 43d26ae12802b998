"""RSS, Atom and RDF through parse()."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import NotAFeed
from feeds.model import Entry, Feed
from feeds.parse.bounds import MOST_PIECES
from feeds.parse.decoding import MOST_ENTRIES
from feeds.parse.source import parse
from tests.make import payload, source

FEEDBURNER = 'xmlns:fb="http://rssnamespace.org/feedburner/ext/1.0"'


def read(document: str | bytes, **overrides: str) -> Feed:
    return parse(source(), payload(document, **overrides))


def rss(item: str, channel: str = "") -> Entry:
    namespaces = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    document = f'<rss version="2.0" {namespaces}><channel>{channel}<item>{item}</item></channel></rss>'
    (entry,) = read(document).entries
    return entry


def atom(entry: str, feed: str = "") -> Entry:
    document = f'<feed xmlns="http://www.w3.org/2005/Atom">{feed}<entry>{entry}</entry></feed>'
    (found,) = read(document).entries
    return found


def test_the_channel_says_title_address_and_language() -> None:
    document = "<rss version='2.0'><channel><title>T</title><link>/home</link><language>de</language>"
    feed = read(document + "</channel></rss>")
    assert (feed.title, feed.url, feed.language) == ("T", "https://publisher.example/home", "de")
    assert feed.entries == ()


@pytest.mark.parametrize(
    ("markup", "published"),
    [
        pytest.param(
            "<pubDate>Thu, 17 Mar 2022 00:48:28 +0800</pubDate>",
            "Thu, 17 Mar 2022 00:48:28 +0800",
            id="rss",
        ),
        pytest.param("<pubDate> yesterday </pubDate>", "yesterday", id="no date at all"),
        pytest.param("", None, id="missing"),
    ],
)
def test_dates_stay_as_the_publisher_wrote_them(markup: str, published: str | None) -> None:
    assert rss(f"<title>x</title>{markup}").published == published
    assert rss(f"<title>x</title>{markup}").updated is None


def test_content_and_summary_are_told_apart() -> None:
    entry = rss("<description>short</description><content:encoded>&lt;p&gt;long&lt;/p&gt;</content:encoded>")
    assert (entry.content, entry.summary) == ("<p>long</p>", "short")


def test_a_description_with_markup_is_the_content() -> None:
    entry = rss("<description>&lt;p&gt;all&lt;/p&gt;</description>")
    assert (entry.content, entry.summary) == ("<p>all</p>", None)


def test_a_plain_description_is_both() -> None:
    entry = rss("<description>all there is</description>")
    assert (entry.content, entry.summary) == ("<p>all there is</p>", "all there is")
    assert rss("<description>R&amp;amp;D</description>").content == "<p>R&amp;D</p>"


def test_plain_text_content_becomes_escaped_paragraphs() -> None:
    entry = atom('<content type="text">a &lt;b&gt; c\n\nnext\nline</content>')
    assert entry.content == "<p>a &lt;b&gt; c</p><p>next<br>line</p>"


def test_xhtml_content_is_markup() -> None:
    entry = atom('<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>x</p></div></content>')
    assert entry.content is not None
    assert "<p>x</p>" in entry.content


def test_nothing_is_sanitized_or_resolved_here() -> None:
    markup = '<a href="/x" onclick="y()">z</a>'
    entry = atom(f'<content type="html">{markup.replace("<", "&lt;")}</content>')
    assert entry.content == markup


def test_a_bare_guid_does_not_depend_on_where_the_feed_is() -> None:
    document = "<rss version='2.0'><channel><item><guid>123</guid></item></channel></rss>"
    here, there = (read(document, url=f"https://{host}/feed") for host in ("a.example", "b.example"))
    assert here.entries[0].guid == there.entries[0].guid == "123"
    assert here.entries[0].url is None


@pytest.mark.parametrize(
    ("markup", "url"),
    [
        pytest.param("<link>/a</link>", "https://publisher.example/a", id="relative"),
        pytest.param("<guid>https://g.example/1</guid>", "https://g.example/1", id="permalink"),
        pytest.param(
            "<guid>https://g.example/1</guid><link>https://l.example/</link>",
            "https://l.example/",
            id="link before permalink",
        ),
        pytest.param('<guid isPermaLink="false">https://g.example/1</guid>', None, id="no permalink"),
        pytest.param("<link>javascript:alert(1)</link>", None, id="script"),
        pytest.param(
            f"<fb:origLink {FEEDBURNER}>\n https://o.example/1\n</fb:origLink>",
            "https://o.example/1",
            id="FeedBurner",
        ),
        pytest.param(
            f"<link>/a</link><fb:origLink {FEEDBURNER}>https://o.example/1</fb:origLink>",
            "https://publisher.example/a",
            id="link before FeedBurner",
        ),
    ],
)
def test_the_address_is_the_link_else_the_permalink(markup: str, url: str | None) -> None:
    assert rss(f"<title>x</title>{markup}").url == url


def test_links_resolve_against_xml_base() -> None:
    document = '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://base.example/dir/">'
    document += '<entry><link href="x"/><content type="html">y</content></entry></feed>'
    (entry,) = read(document).entries
    assert (entry.url, entry.base) == ("https://base.example/dir/x", "https://base.example/dir/")


def test_people_tags_enclosures_and_language_are_read() -> None:
    entry = rss(
        "<author>a@b.com (Ann)</author><category>one</category><category>two</category>"
        '<category>one</category><enclosure url="/a.mp3" type="audio/mpeg" length="12"/>'
        '<enclosure url="https://b.example/b.mp3" length="much"/>',
        channel="<language>fr</language>",
    )
    assert entry.authors == ("Ann",)
    assert entry.tags == ("one", "two")
    assert entry.language == "fr"
    assert [(enclosure.url, enclosure.length) for enclosure in entry.enclosures] == [
        ("https://publisher.example/a.mp3", 12),
        ("https://b.example/b.mp3", None),
    ]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("ann@news.agency (Ann Bee)", "Ann Bee"),
        ("Ann Bee &lt;ann@news.agency&gt;", "Ann Bee"),
        ("ann@news.agency", "ann@news.agency"),
        ("ann@a.com (Ann Bee)", "Ann Bee"),
        ("Ann (Bee) Cee", "Ann (Bee) Cee"),
    ],
)
def test_an_authors_name_is_told_from_an_address_of_any_domain(said: str, name: str) -> None:
    assert rss(f"<author>{said}</author>").authors == (name,)


def test_an_atom_entry_inherits_the_feeds_author() -> None:
    assert atom("<id>1</id>", feed="<author><name>Ann</name></author>").authors == ("Ann",)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param("", "empty body", id="empty"),
        pytest.param(" \n", "empty body", id="blank"),
        pytest.param("<html><head><title>Login</title></head>", "HTML page titled 'Login'", id="html"),
        pytest.param("<!DOCTYPE html><p>x", "HTML page", id="html without title"),
        pytest.param("<?xml version='1.0'?><opml/>", "root 'opml'", id="other xml"),
        pytest.param('{"a": 1}', "JSON without 'items'", id="json"),
        pytest.param("hello", "neither XML nor JSON", id="text"),
    ],
)
def test_what_is_no_feed_says_what_came(body: str, message: str) -> None:
    with pytest.raises(NotAFeed, match=message):
        read(body)


def test_a_body_that_names_a_file_is_not_opened() -> None:
    with pytest.raises(NotAFeed):
        read(__file__)


def test_malformed_markup_is_a_warning() -> None:
    feed = read("<rss version='2.0'><channel><item><title>a & b</title></item></channel>")
    assert [entry.title for entry in feed.entries] == ["a & b"]
    assert any("well-formed" in warning for warning in feed.warnings)


def test_a_bad_byte_does_not_garble_the_others() -> None:
    document = "<rss version='2.0'><channel><item><title>你好，世界，再见".encode()
    document += b"\xff</title></item></channel></rss>"
    feed = read(document)
    assert feed.entries[0].title == "你好，世界，再见\ufffd"
    assert feed.warnings


@pytest.mark.parametrize("encoding", ["gb18030", "shift_jis", "utf-16", "koi8-r"])
def test_declared_encodings_are_read(encoding: str) -> None:
    title = "Мир" if encoding == "koi8-r" else "日本"
    document = f"<?xml version='1.0' encoding='{encoding}'?><rss version='2.0'><channel><item>"
    feed = read((document + f"<title>{title}</title></item></channel></rss>").encode(encoding))
    assert feed.entries[0].title == title


def test_encodings_that_take_quadratic_time_are_refused() -> None:
    with pytest.raises(NotAFeed, match="encoding"):
        read("<?xml version='1.0' encoding='punycode'?><rss version='2.0'/>")


WHOLE = "<item><guid>1</guid><title>whole</title></item>"


@pytest.mark.parametrize(
    "rest",
    [
        "<item><guid>2</guid><title>ha",
        "<item><guid>2</guid>",
        "<item ",
        "<item><title>half</title><pubDate>Mon",
    ],
    ids=["in a title", "between elements", "in its tag", "before its date"],
)
def test_an_entry_that_the_document_ends_in_is_left_out(rest: str) -> None:
    feed = read(f'<rss version="2.0"><channel>{WHOLE}{rest}')
    assert [entry.title for entry in feed.entries] == ["whole"]


def test_an_entry_cut_off_after_its_identity_and_date_is_kept() -> None:
    known = "<guid>2</guid><pubDate>Thu, 17 Mar 2022 00:48:28 +0800</pubDate>"
    feed = read(f'<rss version="2.0"><channel>{WHOLE}<item>{known}<description>It be')
    assert [entry.guid for entry in feed.entries] == ["1", "2"]
    assert "the document ends within its last entry" in feed.warnings


@pytest.mark.parametrize(
    "rest", ["", "</channel>", "<ttl>5"], ids=["after it", "after the channel", "in another"]
)
def test_a_whole_entry_of_a_document_cut_off_is_kept(rest: str) -> None:
    feed = read(f'<rss version="2.0"><channel>{WHOLE}{rest}')
    assert [entry.title for entry in feed.entries] == ["whole"]


@pytest.mark.parametrize(
    ("most", "end"),
    [
        pytest.param(MOST_PIECES, "</channel></rss>", id="in pieces"),
        pytest.param(MOST_ENTRIES, "</channel>", id="whole"),
    ],
)
def test_only_so_many_entries_are_read(most: int, end: str) -> None:
    items = "".join(f"<item><guid>{number}</guid></item>" for number in range(most + 5))
    feed = read(f"<rss version='2.0'><channel>{items}{end}")
    assert len(feed.entries) == most
    assert feed.entries[-1].guid == str(most - 1)
    assert f"of {most + 5}" in feed.warnings[0]


@given(st.binary(max_size=200) | st.text(alphabet="<>/rsitemchanlfdy &;!?[]\"'= ", max_size=200))
def test_any_bytes_end_in_a_feed_or_not_a_feed(body: bytes | str) -> None:
    try:
        assert isinstance(read(body), Feed)
    except NotAFeed as error:
        assert str(error)
