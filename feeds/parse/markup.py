"""The markup of a page within bounds, so that its tree takes neither long to walk nor much memory."""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST_ELEMENTS = 40_000
"""Elements and comments read of a page; a list of some thousand articles has half as many."""
MOST_ATTRIBUTES = 500
"""Attributes of one element, for which lxml takes quadratic time; one that has more is read without any."""
MOST_ATTRIBUTES_IN_ALL = 120_000

_ATTRIBUTE = re.compile(
    r"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+"""
)
_TAG = re.compile(rf"<(?:!--|([A-Za-z][^\s/>]*+)(?:{_ATTRIBUTE.pattern})*+)")
# lxml reads these, and refuses to write them again (XML 1.0 §2.2), written out or as references.
_UNWRITABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
    "|&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|x0*(?:[0-8bcef]|1[0-9a-f])|0*6553[45]|x0*fff[ef])(?![0-9a-f]);?",
    re.IGNORECASE,
)
_UNREAD = frozenset({"iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp"})
"""Elements that hold no others, whatever their text looks like."""


def writable(html: str) -> str:
    """``html`` without the characters that no tree may hold."""
    return _UNWRITABLE.sub("", html)


def bounded(html: str) -> tuple[str, tuple[str, ...]]:
    """What is read of ``html``, and a warning if that is not all of it."""
    kept: list[str] = []
    position = attributes = 0
    for number, tag in enumerate(_tags(html)):
        count = _width(tag)
        if count > MOST_ATTRIBUTES:
            kept.append(html[position : tag.end(1)])
            position, count = tag.end(), 0
        attributes += count
        if number == MOST_ELEMENTS or attributes > MOST_ATTRIBUTES_IN_ALL:
            kept.append(html[position : tag.start()])
            return "".join(kept), (f"only the first {number} elements of the page are read",)
    kept.append(html[position:])
    return "".join(kept), ()


def _tags(html: str) -> Iterator[re.Match[str]]:
    """Where elements and comments begin, each with its attributes; what is no markup is passed over."""
    tag = _TAG.search(html)
    while tag is not None:
        yield tag
        end = tag.end()
        if tag[1] is None:
            end = html.find("-->", tag.start() + 2)
        elif tag[1].lower() in _UNREAD:
            closing = re.compile(f"</{tag[1]}", re.IGNORECASE).search(html, end)
            end = -1 if closing is None else closing.end()
        tag = None if end < 0 else _TAG.search(html, end)


def _width(tag: re.Match[str]) -> int:
    """How many attributes an element has."""
    if tag[1] is None:
        return 0
    return sum(1 for _ in _ATTRIBUTE.finditer(tag.string, tag.end(1), tag.end()))
