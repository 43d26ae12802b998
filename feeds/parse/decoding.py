"""Bytes → text → JSON, and words for what came when it was not what we read."""

from __future__ import annotations

import codecs
import json
import re
from html import unescape
from typing import Any

from feeds.errors import NotAFeed
from feeds.model import Payload

# UTF-32 first, for its mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MOST_ENTRIES = 2000
"""Entries read from one document: feedparser takes 0.6 ms for each, a claim lasts seconds."""

_SLOW_CODECS = frozenset({"idna", "punycode"})
_HTML = re.compile(rb"<!doctype\s+html|<(?:html|head|body)[\s>]", re.IGNORECASE)
_HTML_TITLE = re.compile(r"<title[^>]*>([^<]{0,200})", re.IGNORECASE)
_DECLARATION = re.compile(rb"\A\s*<\?xml[^>]*\?>")
_ROOT = re.compile(rb"<([A-Za-z_][\w:.-]{0,60})")
_LONGEST_NUMBER = 400
_LOOKED_AT = 20_000


def is_quadratic(charset: str | None) -> bool:
    """Whether decoding as ``charset`` takes time quadratic in the length, a cheap attack on us."""
    try:
        return charset is not None and codecs.lookup(charset).name in _SLOW_CODECS
    except (LookupError, ValueError):
        return False


def text_of_body(payload: Payload) -> str:
    """The body as text: by its byte order mark, its charset, else UTF-8, else GB18030."""
    marked = marked_text(payload.body)
    if marked is not None:
        return marked
    for encoding in (payload.charset, "utf-8", "gb18030"):
        text = _decoded(payload.body, encoding)
        if text is not None:
            return text
    return payload.body.decode("utf-8", "replace")


def marked_text(body: bytes) -> str | None:
    """A body that starts with a byte order mark, as text without it; ``None`` for all others."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body.decode(encoding, "replace").removeprefix("\ufeff")
    return None


def _decoded(body: bytes, encoding: str | None) -> str | None:
    if encoding is None or is_quadratic(encoding):
        return None
    try:
        return body.decode(encoding)
    except (LookupError, ValueError):
        return None


def json_of(payload: Payload) -> object:
    """The body as a JSON value; raises :class:`NotAFeed` saying what came instead."""
    text = text_of_body(payload)
    if not text.strip():
        raise NotAFeed("empty body")
    try:
        value: object = json.loads(text, parse_int=_bounded_number)
    except (ValueError, RecursionError) as error:
        raise NotAFeed(f"{describe(payload.body)}, not JSON") from error
    return value


def _bounded_number(digits: str) -> int | str:
    # Python refuses to convert integers of more than 4,300 digits: one such id is not worth a feed.
    return int(digits) if len(digits) < _LONGEST_NUMBER else digits


def scalar(value: object) -> str | None:
    """Text of a JSON scalar, trimmed; ``None`` for null, the empty string, lists and objects."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return whole(value).strip() or None if isinstance(value, str) else None


def whole(text: str) -> str:
    """``text`` with paired surrogates joined and lone ones replaced, so that it encodes as UTF-8."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def first_items(items: list[Any]) -> tuple[list[Any], tuple[str, ...]]:
    """The items that are read of a list, with a warning if there are more."""
    if len(items) <= MOST_ENTRIES:
        return items, ()
    return items[:MOST_ENTRIES], (f"only the first {MOST_ENTRIES} of {len(items)} entries are read",)


def scalars(value: object) -> tuple[str, ...]:
    """Texts of a JSON scalar or a list of them, without repetitions."""
    values = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(text for item in values if (text := scalar(item)) is not None))


def describe(body: bytes) -> str:
    """What a body that is no feed seems to be, in a few words."""
    start = _DECLARATION.sub(b"", body[:_LOOKED_AT], count=1)
    if not start.strip():
        return "empty body"
    if _HTML.search(start):
        title = _HTML_TITLE.search(start.decode("utf-8", "replace"))
        name = unescape(title[1]).strip() if title else ""
        return f"HTML page titled {name!r}" if name else "HTML page"
    if start.lstrip()[:1] in (b"{", b"["):
        return "JSON"
    root = _ROOT.search(start)
    if root and start.lstrip().startswith(b"<"):
        return f"XML document with root {root[1].decode()!r}"
    return "text that is neither XML nor JSON"
