"""Subscription lists: what is read of them, and what is no list."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.catalogue.subscriptions import MOST_BYTES, MOST_OUTLINES, read_subscriptions
from feeds.errors import ConfigError
from tests.outlines import feed, folder, opml


def test_folders_are_read_however_deep() -> None:
    listed = read_subscriptions(
        opml(
            folder("News", folder(" Asia ", feed("A", "https://a.example/")), feed("B", "https://b.example/"))
        ),
        "l",
    )
    assert [(one.title, one.url, one.folders) for one in listed.feeds] == [
        ("A", "https://a.example/", (("News", "Asia"),)),
        ("B", "https://b.example/", (("News",),)),
    ]


def test_a_feeds_own_categories_are_its_folders_where_it_stands_in_none() -> None:
    listed = read_subscriptions(
        opml(
            feed("A", category="/News/Asia,Tech"), folder("F", feed("B", "https://b.example/", category="x"))
        ),
        "l",
    )
    assert [one.folders for one in listed.feeds] == [(("News", "Asia"), ("Tech",)), (("F",),)]


@pytest.mark.parametrize(
    ("outline", "why"),
    [
        ('<outline text="T" type="rss"/>', "has no xmlUrl"),
        ('<outline text="T" type="rss" xmlUrl=" "/>', "has no xmlUrl"),
        ('<outline text="T" htmlUrl="https://a.example/"/>', "has no xmlUrl"),
        ('<outline text="T" type="include" url="https://a.example/l.opml"/>', "links to another list"),
        (feed("T", "https://a.example/" + "x" * 3000), "longer than 2000"),
    ],
)
def test_an_outline_that_is_no_feed_is_named(outline: str, why: str) -> None:
    listed = read_subscriptions(
        opml(feed("first"), folder("F", outline, feed("G", "https://g.example/"))), "l"
    )
    [said] = listed.unread
    assert said.startswith('outline 3 "T": ')
    assert why in said
    assert listed.feeds[1].folders == (("F",),)


def test_attributes_that_break_off_at_a_quote_are_pieced_together() -> None:
    url = "https://s.example/?a=1&amp;b"
    broken = f'<outline text="S" description="by <a href="https://x.example">X</a>" xmlUrl="{url}" />'
    listed = read_subscriptions(
        opml(folder("F", broken, feed("B", "https://b.example/")), feed("C", "https://c.example/")), "l"
    )
    assert [(one.title, one.url, one.folders) for one in listed.feeds] == [
        ("S", "https://s.example/?a=1&b", (("F",),)),
        ("B", "https://b.example/", (("F",),)),
        ("C", "https://c.example/", ()),
    ]


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("gbk", "gbk"),
        ("utf-16", "utf-16"),
        ("utf-16", "utf-8"),
        ("UTF-8", "utf-16"),
    ],
)
def test_encodings(declared: str, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?>' + opml(feed("新闻")).decode().partition("?>")[2]
    assert read_subscriptions(text.encode(encoding), "l").feeds[0].title == "新闻"


ATTACK = "<!DOCTYPE o [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {name} '{f'&{before};' * 10}'>" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param(b"", "no subscription list", id="empty"),
        pytest.param(b"\x00\x01\x02 no xml", "no subscription list", id="bytes"),
        pytest.param(b"%PDF-1.7\n\xff\xfe", "l:2: not utf-8", id="pdf"),
        pytest.param(opml(), "without a single feed", id="no-feed"),
        pytest.param(b"<rss version='2.0'><channel/></rss>", "a feed itself", id="rss"),
        pytest.param(b"<feed xmlns='http://www.w3.org/2005/Atom'/>", "a feed itself", id="atom"),
        pytest.param(b"<!-- x --><!DOCTYPE html><p>Hi", "a web page", id="html"),
        pytest.param(b"<?xml version='1.0' encoding='koi-9'?><opml/>", "'koi-9' is unknown", id="unknown"),
        pytest.param(b"<?xml version='1.0' encoding='punycode'?><opml/>", "punycode", id="slow-encoding"),
        pytest.param(b"<?xml version='1.0' encoding='hex'?><opml/>", "'hex' is unknown", id="no-encoding"),
        pytest.param(opml(feed("é")).decode().encode("latin-1"), "l:1: not utf-8", id="wrong-encoding"),
        pytest.param(opml(*["<outline text='x'>"] * 100_000), "nested deeper", id="deep"),
        pytest.param(b"<div>" * 100_000, "nested deeper", id="deep-html"),
        pytest.param(opml("<outline text='x'/>" * (MOST_OUTLINES + 1)), "over 50000 outlines", id="many"),
        pytest.param(b" " * (MOST_BYTES + 1), "over 16 MiB", id="big"),
        pytest.param(f"{ATTACK}]><opml><body>&i;</body></opml>".encode(), "without a single", id="bomb"),
        pytest.param(
            b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
            b"xmlns:foaf='http://xmlns.com/foaf/0.1/' xmlns:ya='http://blogs.yandex.ru/schema/foaf/'>"
            + b"<ya:feed rdf:resource='http://x/'/>" * 40_000
            + b"<foaf:Person>" * 90,
            "over 50000",
            id="foaf-square",
        ),
    ],
)
def test_what_is_no_list_is_one_line(content: bytes, complaint: str) -> None:
    started = time.monotonic()
    with pytest.raises(ConfigError) as raised:
        read_subscriptions(content, "l")
    assert time.monotonic() - started < 10
    said = str(raised.value)
    assert said.startswith("l:")
    assert "\n" not in said
    assert complaint in said


def test_lists_that_would_take_the_square_of_their_length_do_not() -> None:
    started = time.monotonic()
    many = ",".join(map(str, range(200_000)))
    same = [folder(f"F{number}" + "x" * 200, feed("A")) for number in range(10_000)]
    listed = read_subscriptions(opml(feed("B", "https://b.example/", category=many), *same), "l")
    assert time.monotonic() - started < 10
    assert len(listed.feeds) == 2
    assert max(len(one.folders) for one in listed.feeds) < 200


@given(st.binary(max_size=300) | st.text(max_size=200).map(opml))
def test_no_bytes_are_more_than_a_complaint(content: bytes) -> None:
    try:
        read_subscriptions(content, "l")
    except ConfigError as error:
        assert "\n" not in str(error)
