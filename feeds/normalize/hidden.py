"""What a publisher put into an article but shows to nobody."""

from __future__ import annotations

import re

from feeds.normalize.lazy import is_lazy
from feeds.normalize.tree import Element, drop, elements

SIGNS = (
    (
        "style",
        (
            r"style\s*=[^<>]*(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:|opacity\s*:\s*0"
            r"|font-size\s*:\s*0|(?:left|top|right|bottom|text-indent)\s*:\s*-\d{3}"
            r"|(?:width|height)\s*:\s*[01](?:px|\s*[;!\"'>]))"
        ),
    ),
    ("hidden", r"<[^<>]*\shidden[\s=/>]"),
)
"""Markup in lower case that hides something has one of these words, and then its pattern matches."""

_HIDES = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)\b", re.IGNORECASE
)
_END = r"\s*(?:!\s*important\s*)?(?:;|$)"
_FADES = re.compile(
    rf"(?:^|;)\s*(?:font-size\s*:\s*0(?:\.0+)?(?:px|pt|em|rem|%)?|opacity\s*:\s*0(?:\.0+)?){_END}",
    re.IGNORECASE,
)
_FADED_NO_MORE = re.compile(r"(?:^|;)\s*(?:font(?:-size)?|opacity)\s*:", re.IGNORECASE)
_PLACED = re.compile(r"(?:^|;)\s*position\s*:\s*(?:absolute|fixed)\b", re.IGNORECASE)
_OFF_SCREEN = re.compile(
    r"(?:^|;)\s*(?:left|top|right|bottom)\s*:\s*-\d{3,}(?:\.\d+)?(?:px|pt|em|rem|vw|vh|%)", re.IGNORECASE
)
_OUTDENTED = re.compile(r"(?:^|;)\s*text-indent\s*:\s*-\d{3,}(?:\.\d+)?(?:px|pt|em|rem|%)", re.IGNORECASE)
_DOT = re.compile(rf"(?:^|;)\s*(?:width|height)\s*:\s*[01](?:px)?{_END}", re.IGNORECASE)

_MEDIA = ("audio", "embed", "iframe", "img", "object", "picture", "video")
_SHOWN = "until-found"
_SHOWN_BY_SCRIPTS = frozenset({"js_content"})
"""Identifiers of bodies that a page hides only until its script has run: WeChat's articles."""


def drop_hidden(root: Element) -> None:
    """Take out the elements that their own markup hides, with their text."""
    for element in elements(root):
        if _is_hidden(element):
            drop(element)


def _is_hidden(element: Element) -> bool:
    if element.get("id") in _SHOWN_BY_SCRIPTS or (element.tag in _MEDIA and is_lazy(element)):
        return False
    hidden = element.get("hidden")
    if hidden is not None and hidden.lower() != _SHOWN:
        return True
    return _styled_away(element, element.get("style") or "")


def _styled_away(element: Element, style: str) -> bool:
    if _HIDES.search(style) or _OUTDENTED.search(style):
        return True
    if _PLACED.search(style) and _OFF_SCREEN.search(style):
        return True
    if element.tag in ("img", "iframe") and _DOT.search(style):
        return True
    # Editors put "font-size: 0" around pictures, against gaps; and pictures fade in from "opacity: 0".
    return bool(_FADES.search(style)) and element.tag not in _MEDIA and not _shows_something(element)


def _shows_something(element: Element) -> bool:
    """Whether there is a picture or film in ``element``, or text with a size of its own."""
    inside = elements(element)[1:]
    return any(one.tag in _MEDIA or _FADED_NO_MORE.search(one.get("style") or "") for one in inside)
