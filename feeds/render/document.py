"""The outermost step of rendering: bytes become a document that HTTP can serve as it is."""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b
from types import MappingProxyType
from typing import Final, NamedTuple

import brotli  # type: ignore[import-untyped]
from isal import igzip
from msgspec.structs import replace

from feeds.model import Document

FORMATS: Final = MappingProxyType(
    {
        "rss": "application/rss+xml; charset=utf-8",
        "atom": "application/atom+xml; charset=utf-8",
        "json": "application/feed+json; charset=utf-8",
        "html": "text/html; charset=utf-8",
        "opml": "text/x-opml; charset=utf-8",
    }
)
"""Every format a document comes in, with its media type."""

RENDER_VERSION: Final = "4"
"""Raised when the same articles give other documents; every category is then rendered again."""

_LEVEL = 3
"""The highest of ISA-L: smaller than zlib's 2 in a third of its time; zlib's 6 saves a tenth more."""
_QUALITY = 3
"""1.5 ms for a feed of 200 kB; 4 takes half as much again and saves a thirtieth, 11 takes 60 times that."""
_ETAG_BYTES = 16


class Draft(NamedTuple):
    """A document that may be published, if it is another than the one that is: not compressed yet."""

    content: bytes
    media_type: str
    etag: str
    last_modified: datetime


def draft(content: bytes, *, media_type: str, last_modified: datetime) -> Draft:
    """Name ``content`` by an entity tag (RFC 9110 §8.8.3): the same content always has the same."""
    etag = f'"{blake2b(content, digest_size=_ETAG_BYTES).hexdigest()}"'
    return Draft(content, media_type, etag, last_modified)


def packed(one: Draft) -> Document:
    """What is published: in both codings in which it is sent."""
    return replace(zipped(one), brotli=brotli.compress(one.content, quality=_QUALITY))


def zipped(one: Draft) -> Document:
    """What is served once, or in no other coding."""
    body = gzipped(one.content)
    return Document(body=body, media_type=one.media_type, etag=one.etag, last_modified=one.last_modified)


def gzipped(content: bytes) -> bytes:
    """``content`` as gzip, whose own time field is left at zero."""
    return igzip.compress(content, _LEVEL, mtime=0)


def seal(content: bytes, *, media_type: str, last_modified: datetime) -> Document:
    """Both at once: ``content``, named and zipped."""
    return zipped(draft(content, media_type=media_type, last_modified=last_modified))
