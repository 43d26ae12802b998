"""What could be polled of a payload, as the parts of ``[[source]]`` tables that depend on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from feeds.errors import NotAFeed
from feeds.model import Payload
from feeds.parse.decoding import json_of, text_of_body
from feeds.parse.embedded import JSONP, json_in
from feeds.parse.inference import Inferred, infer
from feeds.parse.repetition import Found, propose
from feeds.parse.scripts import scripted

Table = dict[str, Any]

BODIES = {"content": "auto"}
"""The ``article`` of a table whose articles have their bodies on pages of their own."""
_PAGES = 2
"""Documents read of a list that says where it goes on, and of an index of sitemaps."""
_MOST_SCRIPTED = 3
_LEAST_SCRIPTED = 3
"""Fewer are what a page says of itself: to its readers' counters, to search machines."""


def feed_table(url: str) -> Table:
    """A feed's table."""
    return {"kind": "feed", "url": url}


def sitemap_table(url: str, *, is_index: bool) -> Table:
    """A sitemap's table; its articles have nearly all on their own pages."""
    pages = {"pages": _PAGES} if is_index else {}
    return {"kind": "sitemap", "url": url, **pages, "article": dict(BODIES)}


def page_table(url: str, found: Found) -> Table:
    """The table of a list that was found on a page, whose articles' texts are on their own pages."""
    return {
        "kind": "page",
        "url": url,
        "items": found.items,
        "fields": dict(found.fields),
        "article": dict(BODIES),
    }


def page_tables(payload: Payload, url: str) -> Iterator[Table]:
    """The tables of the lists that a page has, the likeliest first, each once."""
    lists: dict[str, Found] = {}
    for found in propose(payload):
        lists.setdefault(found.items, found)
    return (page_table(url, found) for found in lists.values())


def api_tables(payload: Payload, url: str) -> Iterator[Table]:
    """The tables of the lists in a JSON answer, be it called with them (JSONP), the likeliest first."""
    for within in (None, JSONP):
        try:
            document = json_of(payload) if within is None else json_in(payload, within)
        except NotAFeed:
            continue
        yield from (_api_table(url, within, found) for found in infer(document))
        return


def script_tables(payload: Payload, url: str) -> Iterator[Table]:
    """The tables of the lists in a page's scripts, whose articles have addresses; at most three."""
    found = [
        (selector, inferred)
        for selector, document in scripted(payload)
        for inferred in infer(document)
        if "url" in inferred.fields and inferred.entries >= _LEAST_SCRIPTED
    ]
    ordered = sorted(found, key=lambda each: -each[1].score)[:_MOST_SCRIPTED]
    yield from (_api_table(url, selector, inferred._replace(next=None)) for selector, inferred in ordered)


def is_json_feed(payload: Payload) -> bool:
    """Whether a payload says that it is a JSON Feed; other lists have ``items``, too."""
    try:
        document = json_of(payload)
    except NotAFeed:
        return False
    return isinstance(document, Mapping) and "jsonfeed.org" in str(document.get("version"))


def is_bare_json(payload: Payload) -> bool:
    """Whether a payload begins as JSON does."""
    return text_of_body(payload).lstrip()[:1] in ("{", "[")


def _api_table(url: str, within: str | None, found: Inferred) -> Table:
    table: Table = {"kind": "api", "url": url}
    if within is not None:
        table["within"] = within
    table |= {"items": found.items, "fields": dict(found.fields)}
    if found.next is not None:
        table |= {"next": found.next, "pages": _PAGES}
    return table
