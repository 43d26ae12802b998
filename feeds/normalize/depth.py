"""Markup nested so deep that parsing it takes quadratic time; no article is."""

from __future__ import annotations

import re

DEEPEST = 400
"""Open elements at once: real articles stay below 60, and HTML parsers slow down by the square."""

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]*)[^<>]*>?")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LEFT_OPEN = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source"}
    | {"track", "wbr", "p", "li", "dd", "dt", "td", "th", "tr", "tbody", "thead", "tfoot", "option"}
)
"""Elements without an end tag, or that writers of HTML 4 left open though the next one ends them."""


def is_too_deep(html: str) -> bool:
    """Whether more than :data:`DEEPEST` elements are open at some point of ``html``."""
    if html.count("<") <= DEEPEST:
        return False
    depth = 0
    for tag in _TAG.finditer(html):
        if tag[2].lower() in _LEFT_OPEN:
            continue
        depth = max(depth - 1, 0) if tag[1] else depth + 1
        if depth > DEEPEST:
            return True
    return False


def without_comments(html: str) -> str:
    """``html`` without comments; Word puts hundreds of elements into those of a text that is pasted."""
    return _COMMENT.sub("", html)


def without_tags(html: str) -> str:
    """``html`` with every tag replaced by a space, without parsing it."""
    return _TAG.sub(" ", html)
