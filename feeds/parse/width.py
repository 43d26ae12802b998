"""Elements with so many attributes that reading them takes quadratic time; no feed has any."""

from __future__ import annotations

import re

from feeds.errors import NotAFeed

MOST_ATTRIBUTES = 500
"""Attributes of one element: 20,000 of them keep feedparser busy for seconds, a feed has a dozen."""

_LONG_TAG = re.compile(rb"<[A-Za-z_][^<>]{4000,}")
_ATTRIBUTE = re.compile(rb"""=\s*["']""")


def refuse_wide(document: bytes) -> None:
    """Raise :class:`NotAFeed` if an element of a UTF-8 ``document`` has absurdly many attributes."""
    for tag in _LONG_TAG.finditer(document):
        count = sum(1 for _ in _ATTRIBUTE.finditer(tag[0]))
        if count > MOST_ATTRIBUTES:
            raise NotAFeed(f"an element with {count} attributes")
