"""Words for what came when it was not what we read."""

from __future__ import annotations

import re

from feeds.errors import BotWall, NotAFeed
from feeds.parse.page import page_of
from feeds.parse.walls import is_login, is_maintenance, wall_on

_DECLARATION = re.compile(rb"\A\s*<\?xml[^>]*\?>")
_ROOT = re.compile(rb"<([A-Za-z_][\w:.-]{0,60})")
_LOOKED_AT = 20_000
_MOST_NAMED = 6


def refusal(body: bytes, wanted: str) -> NotAFeed:
    """The error for a ``body`` that is not the ``wanted`` thing, which names what it seems to be."""
    page = page_of(body)
    if page is not None:
        wall = wall_on(page)
        titled = f" titled {page.title!r}" if page.title else ""
        if wall is not None:
            return BotWall(f"bot wall: {wall}, page{titled or ' without a title'}")
        if is_login(page):
            return NotAFeed(f"login page{titled}")
        if is_maintenance(page):
            return NotAFeed(f"maintenance page{titled or f' with heading {page.heading!r}'}")
        return NotAFeed(f"HTML page{titled}, not {wanted}")
    return NotAFeed(f"{_describe(body)}, not {wanted}")


def keys_of(document: object) -> str:
    """The first keys of a JSON value that lacks the one we want, for the error that says so."""
    if not isinstance(document, dict):
        return f"the answer is {_JSON_NAMES.get(type(document), 'no object')}"
    if not document:
        return "the answer is an empty object"
    named = ", ".join(repr(key[:40]) for key in list(document)[:_MOST_NAMED])
    return f"its keys are {named}{' and others' if len(document) > _MOST_NAMED else ''}"


_JSON_NAMES = {list: "a list", str: "a text", type(None): "null"}


def _describe(body: bytes) -> str:
    start = _DECLARATION.sub(b"", body[:_LOOKED_AT], count=1).strip()
    if not start:
        return "empty body"
    if start[:1] in (b"{", b"["):
        return "JSON"
    root = _ROOT.search(start)
    if root and start.startswith(b"<"):
        return f"XML document with root {root[1].decode()!r}"
    return "text that is neither XML nor JSON"
