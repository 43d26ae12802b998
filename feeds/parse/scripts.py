"""The JSON in an HTML page's scripts, with the selectors by which a source of kind api reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from parsel import Selector

from feeds.errors import NotAFeed
from feeds.model import Payload
from feeds.parse.decoding import text_of_body
from feeds.parse.embedded import json_in
from feeds.parse.selectors import document

_MOST_SCRIPTS, _MOST_READ = 100, 12
_LEAST_TEXT = 200
_TYPED = ("application/ld+json", "application/json")
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_ASSIGNED = re.compile(
    r"\s*(?:var|let|const)?\s*(?:window\.|self\.)?(?:\[?['\"])?([A-Za-z_$][\w$]{3,40})(?:['\"]\])?\s*=\s*[\[{J]"
)
_MARK = re.compile(r'"@type"\s*:\s*"(ItemList|Blog|CollectionPage|NewsArticle|BlogPosting)"')


def scripted(payload: Payload) -> Iterator[tuple[str, object]]:
    """Selectors of a page's scripts with JSON in them, each with the value that it finds."""
    seen: set[str] = set()
    for script in document(text_of_body(payload)).css("script:not([src])")[:_MOST_SCRIPTS]:
        selector = _selector_of(script)
        if selector is None or selector in seen:
            continue
        if len(seen) == _MOST_READ:
            return
        seen.add(selector)
        try:
            yield selector, json_in(payload, selector)
        except NotAFeed:
            continue


def _selector_of(script: Selector) -> str | None:
    """A selector of the script that it will have tomorrow, too; None for scripts without much JSON."""
    text = script.xpath("string()").get() or ""
    if len(text) < _LEAST_TEXT:
        return None
    name, media_type = script.attrib.get("id", ""), script.attrib.get("type", "").lower()
    if _ID.fullmatch(name):
        return f"script#{name}"
    if media_type in _TYPED:
        mark = _MARK.search(text)
        told = f':contains("{mark[1]}")' if mark else ""
        return f'script[type="{media_type}"]{told}'
    assigned = _ASSIGNED.match(text)
    return f'script:contains("{assigned[1]}")' if assigned else None
