"""Bytes → text → JSON."""

from __future__ import annotations

import json
import re
from typing import Any

from feeds.errors import NotAFeed
from feeds.model import Payload
from feeds.parse.charset import read
from feeds.parse.instead import refusal

MOST_ENTRIES = 2000
"""Entries read from one document: feedparser takes 0.6 ms for each, a claim lasts seconds."""

_LONGEST_NUMBER = 400
_SURROGATE = re.compile("[\ud800-\udfff]")


def text_of_body(payload: Payload) -> str:
    """The body as text: by its byte order mark, its charset, what it declares, else by its look."""
    return read(payload.body, payload.charset).text


def json_of(payload: Payload) -> object:
    """The body as a JSON value; raises :class:`NotAFeed` saying what came instead."""
    text = text_of_body(payload)
    if not text.strip():
        raise NotAFeed("empty body")
    try:
        value: object = json.loads(text, parse_int=number_of)
    except (ValueError, RecursionError) as error:
        if text.lstrip()[:1] in ("{", "["):
            raise NotAFeed(f"broken JSON: {error}") from error
        raise refusal(payload.body, "JSON") from error
    return value


def number_of(digits: str) -> int | str:
    """The whole number that JSON spells so; as it is spelled, if that is absurdly long."""
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
    if text.isascii() or _SURROGATE.search(text) is None:
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
