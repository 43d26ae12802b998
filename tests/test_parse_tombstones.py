"""RFC 6721: what a feed says it took back."""

from __future__ import annotations

import pytest

from feeds.parse.feed import parse_feed
from feeds.parse.tombstones import deleted_in
from tests import make

FEED = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:{p}="{ns}"><id>f</id><title>T</title>
<{p}:deleted-entry ref="tag:example.org,2026:1" when="2026-01-01T00:00:00Z"><{p}:comment/></{p}:deleted-entry>
<entry><id>tag:example.org,2026:2</id><title>Two</title></entry>
<{p}:deleted-entry ref=" tag:example.org,2026:3 " when="2026-01-01T00:00:00Z"/></feed>"""
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"


@pytest.mark.parametrize("prefix", ["at", "gone"])
def test_tombstones_are_read_by_their_namespace(prefix: str) -> None:
    feed = parse_feed(make.payload(FEED.format(p=prefix, ns=TOMBSTONES)))
    assert feed.deleted == ("tag:example.org,2026:1", "tag:example.org,2026:3")
    assert [entry.guid for entry in feed.entries] == ["tag:example.org,2026:2"]


def test_another_namespace_says_nothing() -> None:
    assert parse_feed(make.payload(FEED.format(p="at", ns="urn:other"))).deleted == ()


def test_the_same_words_within_an_entry_are_text() -> None:
    text = '&lt;at:deleted-entry ref="x"/&gt;'
    feed = make.payload(f"<rss version='2.0'><channel><item><title>{text}</title></item></channel></rss>")
    assert parse_feed(feed).deleted == ()


def test_what_stands_within_an_entry_is_not_the_feeds_word() -> None:
    """A planet's authors could take back each other's articles."""
    div = '<div xmlns="http://www.w3.org/1999/xhtml"><at:deleted-entry ref="x"/></div>'
    entry = f'<entry><id>1</id><content type="xhtml">{div}</content><at:deleted-entry ref="y"/></entry>'
    said = '<at:deleted-entry ref="z"/>'
    assert deleted_in(f'<feed xmlns:at="{TOMBSTONES}">{entry}{said}</feed>'.encode()) == ("z",)


def test_a_broken_document_has_those_before_its_fault() -> None:
    whole = FEED.format(p="at", ns=TOMBSTONES)
    assert deleted_in(whole[: whole.index("<entry>") + 3].encode()) == ("tag:example.org,2026:1",)


def test_there_is_a_limit() -> None:
    many = "".join(f'<at:deleted-entry ref="{number}"/>' for number in range(2000))
    assert len(deleted_in(f'<feed xmlns:at="{TOMBSTONES}">{many}</feed>'.encode())) == 1000
