"""JSON-LD in a page: schema.org's object that is the page's article. Broken JSON is mended if it can be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from lxml.html import HtmlElement

from feeds.parse.decoding import whole

_ARTICLES = frozenset(
    {
        *("article", "newsarticle", "blogposting", "reportagenewsarticle", "analysisnewsarticle"),
        *(
            "opinionnewsarticle",
            "backgroundnewsarticle",
            "reviewnewsarticle",
            "liveblogposting",
            "techarticle",
        ),
        *("scholarlyarticle", "medicalscholarlyarticle", "advertisercontentarticle", "satiricalarticle"),
        *("report", "socialmediaposting", "discussionforumposting", "review", "criticreview"),
    }
)
_PAGES = frozenset({"webpage", "itempage", "videoobject"})
"""Types that stand for an article on pages that name none."""
_NESTS = ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item")
_LONGEST = 500_000
_MOST_OBJECTS = 500
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)"
    r"|(?:-->|(?://|/\*)?\s*\]\]>(?:\s*\*/)?)\s*;?\s*$"
)
_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*+")|/\*(?:[^*]|\*(?!/))*+\*/|(?m:^\s*//.*$)')
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrtu])')
_BLANKS = re.compile(r"\s+")
_TAG = re.compile(r"<[^<>]*>")


def article_of(page: HtmlElement) -> dict[str, Any]:
    """The fields of the first article that the JSON-LD of ``page`` describes; empty if there is none."""
    found = [item for script in page.iter("script") if _is_linked(script) for item in _objects(script.text)]
    by_id = {item["@id"]: item for item in found if isinstance(item.get("@id"), str) and len(item) > 1}
    for item in found:
        if _types(item) & _ARTICLES:
            return _joined(item, by_id)
    pages = (item for item in found if _types(item) & _PAGES)
    return _joined({**next(pages, {}), "name": None, "headline": None}, by_id)


def text_in(item: object, *keys: str, lines: bool = False) -> str | None:
    """The first text under one of ``keys``; ``lines`` keeps those of a longer text."""
    if not isinstance(item, dict):
        return None
    for key in keys:
        value = item.get(key)
        value = value[0] if isinstance(value, list) and value else value
        value = value.get("@value", value.get("name")) if isinstance(value, dict) else value
        if isinstance(value, str) and value.strip():
            text = whole(unescape(value)).strip()
            return text if lines else _BLANKS.sub(" ", _TAG.sub("", text)).strip() or None
    return None


def url_in(value: object) -> str | None:
    """The first address of an image: a text, an ImageObject, or a list of them."""
    value = value[0] if isinstance(value, list) and value else value
    if isinstance(value, dict):
        return text_in(value, "url", "contentUrl", "@id")
    return value.strip() or None if isinstance(value, str) else None


def names_of(value: object) -> tuple[str, ...]:
    """The names of a Person, an Organization, a plain text, or a list of them."""
    values = value if isinstance(value, list) else [value]
    names = (text_in({"name": one} if isinstance(one, str) else one, "name") for one in values)
    return tuple(dict.fromkeys(name for name in names if name))


def _is_linked(script: HtmlElement) -> bool:
    return "ld+json" in (script.get("type") or "").lower()


def _objects(text: str | None) -> Iterator[dict[str, Any]]:
    """Every object in reach of a script's JSON, the outer before the inner."""
    waiting: list[object] = [_loaded(text or "")]
    count = 0
    while waiting and count < _MOST_OBJECTS:
        item = waiting.pop(0)
        if isinstance(item, list):
            waiting[:0] = item[:_MOST_OBJECTS]
        elif isinstance(item, dict):
            count += 1
            yield item
            waiting.extend(item[key] for key in _NESTS if isinstance(item.get(key), list | dict))


def _loaded(text: str) -> object:
    """The JSON of a script, also with comments, control characters, trailing commas or bad escapes."""
    if len(text) > _LONGEST:
        return None
    bare = _WRAPPING.sub("", _WRAPPING.sub("", text)).strip().rstrip(";")
    try:
        return json.loads(bare, strict=False)
    except (ValueError, RecursionError):
        pass
    mended = _COMMENT.sub(lambda found: found[1] or "", bare)
    mended = _TRAILING_COMMA.sub(r"\1", _BAD_ESCAPE.sub(r"\\\\", mended))
    try:
        return json.loads(mended, strict=False)
    except (ValueError, RecursionError):
        return None


def _types(item: dict[str, Any]) -> frozenset[str]:
    types = item.get("@type")
    named = types if isinstance(types, list) else [types]
    return frozenset(str(name).rpartition("/")[2].rpartition(":")[2].lower() for name in named)


def _joined(item: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The item with its references to others of the page (``{"@id": …}``) filled in."""
    return {key: _followed(value, by_id) for key, value in item.items()}


def _followed(value: object, by_id: dict[str, dict[str, Any]]) -> object:
    if isinstance(value, list):
        return [_followed(one, by_id) for one in value[:_MOST_OBJECTS]]
    if isinstance(value, dict) and isinstance(value.get("@id"), str) and "name" not in value:
        return by_id.get(value["@id"], value)
    return value
