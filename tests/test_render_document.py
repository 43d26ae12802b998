"""Sealing: stable bytes, and entity tags that follow the content."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import brotli  # type: ignore[import-untyped]

from feeds.render.document import FORMATS, draft, packed, seal

NOON = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)


def test_a_document_unpacks_to_what_was_sealed() -> None:
    document = seal(b"<p>news</p>" * 100, media_type=FORMATS["html"], last_modified=NOON)
    assert gzip.decompress(document.body) == b"<p>news</p>" * 100
    assert (document.media_type, document.last_modified) == ("text/html; charset=utf-8", NOON)


def test_what_is_published_is_in_both_codings() -> None:
    one = draft(b"<p>news</p>" * 100, media_type=FORMATS["html"], last_modified=NOON)
    document = packed(one)
    assert document.brotli is not None
    assert brotli.decompress(document.brotli) == gzip.decompress(document.body) == one.content
    assert document.etag == one.etag == seal(one.content, media_type="", last_modified=NOON).etag


def test_gzip_holds_no_time() -> None:
    document = seal(b"news", media_type="text/plain", last_modified=NOON)
    assert document.body[4:8] == b"\0\0\0\0"


def test_the_entity_tag_is_strong_and_follows_the_content_alone() -> None:
    one = seal(b"one", media_type="text/plain", last_modified=NOON)
    again = seal(b"one", media_type="text/plain", last_modified=NOON.replace(hour=13))
    other = seal(b"two", media_type="text/plain", last_modified=NOON)
    assert one.etag == again.etag != other.etag
    assert one.etag.startswith('"') and one.etag.endswith('"')


def test_every_format_says_utf_8() -> None:
    assert set(FORMATS) == {"rss", "atom", "json", "html", "opml"}
    assert all(media_type.endswith("; charset=utf-8") for media_type in FORMATS.values())
