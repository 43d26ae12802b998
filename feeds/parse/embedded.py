"""JSON that is wrapped: in a call of JSONP, behind a guard against other sites, in a page's script."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from cssselect import SelectorError
from parsel import Selector

from feeds.errors import NotAFeed
from feeds.model import Payload
from feeds.parse.decoding import json_of, number_of, text_of_body
from feeds.parse.instead import refusal
from feeds.parse.selectors import document
from feeds.told import Source

JSONP = "jsonp"

_MOST_TRIED = 200
_MOST_TAGS = 100
# A value is passed, assigned or returned, or follows a guard like )]}' or while(1); or begins its line.
_START = re.compile(
    r"""(?:(?:\A|[=(,;&|?'`]|\breturn\b)\s*+|^[ \t]*+)(?=[\[{])|\bJSON\.parse\s*+\(\s*+(?=")""", re.MULTILINE
)
_UNDEFINED = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|\bundefined\b', re.DOTALL)


def json_within(source: Source, payload: Payload) -> object:
    """The JSON value of an answer: all of it, or the first one where ``source.within`` says.

    That is ``jsonp`` for an answer that is a script, else a CSS selector of what holds it in a page.
    Raises :class:`NotAFeed` naming that place, and what came instead.
    """
    return json_of(payload) if source.within is None else json_in(payload, source.within)


def json_in(payload: Payload, within: str) -> object:
    """The first JSON value at a place of an answer; see json_within."""
    text = text_of_body(payload)
    if not text.strip():
        raise NotAFeed("empty body")
    if within == JSONP:
        # A page's own scripts hold JSON, too: a login page shall not pass for the list.
        scripts = [] if text.lstrip().startswith("<") else [text]
        return _value_of(scripts, payload, "JSONP")
    return _value_of(_selected(text, within), payload, f"a page with JSON in {within!r}")


def _selected(text: str, selector: str) -> list[str]:
    """The texts of the elements, or the attributes, that a selector finds in a page."""
    try:
        found = document(text).css(selector)[:_MOST_TAGS]
        return [node.root if isinstance(node.root, str) else _text(node) for node in found]
    except (SelectorError, ValueError) as error:
        raise NotAFeed(f"selector {selector!r}: {error}") from error


def _text(node: Selector) -> str:
    return node.xpath("string()").get() or ""


def _value_of(scripts: list[str], payload: Payload, wanted: str) -> object:
    """The first value in any of the texts; an empty one only where no other is."""
    empty: list[object] = []
    broken: list[ValueError] = []
    for script in scripts:
        for value in _values(script):
            if isinstance(value, ValueError):
                broken.append(value)
            elif value:
                return value
            else:
                empty.append(value)
    if empty:
        return empty[0]
    if broken:
        raise NotAFeed(f"broken JSON, not {wanted}: {broken[0]}") from broken[0]
    raise refusal(payload.body, wanted)


def _values(script: str) -> Iterator[dict[str, Any] | list[Any] | ValueError]:
    """The objects and lists of a script as far as they are JSON, and what is wrong with the others.

    What was read once is not read again, so that the time is linear in the script's length.
    """
    position, is_mended = 0, False
    for _ in range(_MOST_TRIED):
        start = _START.search(script, position)
        if start is None:
            return
        try:
            value, position = _DECODER.raw_decode(script, start.end())
        except json.JSONDecodeError as error:
            if is_mended or not script.startswith("undefined", error.pos):
                position = max(error.pos, start.end() + 1)
                yield error
            else:
                script, is_mended = _mended(script, start.end()), True
        except RecursionError:
            position = start.end() + 1
            yield ValueError("nested too deeply")
        else:
            yield from _containers(value)


def _containers(value: object) -> Iterator[dict[str, Any] | list[Any] | ValueError]:
    """The value; a text is what ``JSON.parse`` is given, JSON once more."""
    try:
        found = _DECODER.decode(value) if isinstance(value, str) else value
    except (ValueError, RecursionError) as error:
        yield ValueError(f"a text given to JSON.parse: {error}")
        return
    if isinstance(found, dict | list):
        yield found


def _mended(script: str, start: int) -> str:
    """The script with null for undefined, which JavaScript writes out and JSON does not know.

    It keeps its length, and with that its places.
    """
    return script[:start] + _UNDEFINED.sub(_nothing, script[start:])


def _nothing(found: re.Match[str]) -> str:
    return "null     " if found[0] == "undefined" else found[0]


_DECODER = json.JSONDecoder(parse_int=number_of)
