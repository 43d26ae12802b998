"""Addresses that people try since other sites have their feeds there, and where these are here."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from feeds.render.addresses import ALL, category_path, feed_path

EVERYTHING: Final = MappingProxyType(
    {
        "/feed": "rss",
        "/rss": "rss",
        "/rss.xml": "rss",
        "/index.xml": "rss",
        "/atom.xml": "atom",
        "/feed.json": "json",
    }
)
"""Formats of everything."""
CATEGORIES: Final = (
    (re.compile(r"/feeds/([^/]+)"), "rss"),
    (re.compile(r"/feeds/([^/]+)\.xml"), "rss"),
    (re.compile(r"/([^/]+)/feed"), "rss"),
    (re.compile(r"/category/([^/]+)"), "html"),
)
"""Forms of a category by where its name is; a name is first taken whole, since slugs may have dots."""


def meant(path: str, slug_of: Callable[[str], str | None]) -> str | None:
    """Where what is looked for at ``path`` is; ``slug_of`` says which category goes by a name.

    The name of a category is never taken for a word of ours: with a category ``rss``, ``/rss`` says nothing.
    """
    path = path.removesuffix("/")
    form = EVERYTHING.get(path)
    if form is not None:
        return None if slug_of(path.removeprefix("/")) else feed_path(ALL, form)
    for pattern, form in CATEGORIES:
        match = pattern.fullmatch(path)
        slug = slug_of(match[1]) if match else None
        if slug is not None and (slug, form) != (ALL, "html"):
            return category_path(slug) if form == "html" else feed_path(slug, form)
    return None
