"""Expressions over an HTML page: CSS with Scrapy's ``::text`` and ``::attr(name)``, or XPath.

An expression is XPath where it begins as one (``/``, ``./``, ``(``, or ``xpath:`` before it), else CSS.
What it finds is elements or texts; an element asked for a text gives all of its words, one asked for an
address that of its link or picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from cssselect import SelectorError
from lxml import etree
from parsel import Selector

from feeds.parse.decoding import whole
from feeds.parse.markup import bounded
from feeds.parse.paragraphs import paragraphs

LINK = ("href", "src")
PICTURE = ("data-src", "data-original", "data-lazy-src", "src", "href", "content")
"""Where pictures have their address; ``src`` is often that of a placeholder."""
MOMENT = ("datetime",)

_XPATH = ("/", "./", "(", "xpath:")
_FROM_THE_TOP = re.compile(r"\A(\(*)//")
_MARKUP = re.compile(r"<[A-Za-z/!]")
_NEVER_READ = frozenset({"script", "style", "template", "noscript", "head", "svg"})
_WITHIN_LINES = frozenset(
    {
        *(
            "a",
            "abbr",
            "b",
            "bdi",
            "bdo",
            "big",
            "cite",
            "code",
            "data",
            "del",
            "dfn",
            "em",
            "font",
            "i",
            "ins",
        ),
        *(
            "kbd",
            "mark",
            "q",
            "ruby",
            "s",
            "samp",
            "small",
            "span",
            "strong",
            "sub",
            "sup",
            "time",
            "tt",
            "u",
        ),
        *("var", "wbr", "label", "nobr", "rb"),
    }
)
"""Elements that do not end the word they stand in."""


def document(text: str) -> Selector:
    """The page that ``text`` is the markup of, however broken it is; only its start where it is too long."""
    return document_within(text)[0]


def document_within(text: str) -> tuple[Selector, tuple[str, ...]]:
    """The same, and a warning if it is not all of the page."""
    markup, cut = bounded(text)
    return Selector(text=markup if markup.strip() else "<html/>", type="html"), cut


def check_selector(expression: str) -> None:
    """Raise :class:`ValueError`, which says what is wrong, for an expression that cannot be read."""
    select(_nothing(), expression)


def select(node: Selector, expression: str) -> list[Selector]:
    """What the expression finds from ``node`` on: elements and texts, in the order of the page.

    ``//h2`` is looked for below ``node``, not in the whole page. Raises :class:`ValueError`.
    """
    bare = expression.strip()
    if not bare:
        raise ValueError("an empty selector")
    try:
        if not bare.startswith(_XPATH):
            return list(node.css(bare))
        path = bare.removeprefix("xpath:").strip()
        is_within = is_element(node) and node.root.getparent() is not None
        return list(node.xpath(_FROM_THE_TOP.sub(r"\1.//", path) if is_within else path))
    except SelectorError as error:
        raise ValueError(f"no CSS selector: {bare!r}: {error}") from error
    except (ValueError, etree.XPathError) as error:
        raise ValueError(f"no XPath expression: {bare!r}: {_reason(error)}") from error


def first(node: Selector, expression: str, attributes: tuple[str, ...] = ()) -> str | None:
    """The first text found that is not blank."""
    return next(_texts(node, expression, attributes), None)


def every(node: Selector, expression: str, attributes: tuple[str, ...] = ()) -> tuple[str, ...]:
    """All texts found, without repetitions."""
    return tuple(dict.fromkeys(_texts(node, expression, attributes)))


def html_of(node: Selector, expression: str) -> str | None:
    """The markup of all that is found; texts that are no markup become paragraphs."""
    found = select(node, expression)
    roots = {id(part.root) for part in found if is_element(part)}
    markup = (_markup(part) for part in found if not _is_inside(part, roots))
    return "".join(text for text in markup if text) or None


def words(node: Selector) -> str:
    """What a reader sees of an element, or a text, in one line."""
    if not is_element(node):
        return " ".join(whole(str(node.get() or "")).split())
    return " ".join(whole("".join(_pieces(node.root))).split())


def is_element(node: Selector) -> bool:
    """Whether it is an element and not a text."""
    return isinstance(node.root, etree._Element)


def _texts(node: Selector, expression: str, attributes: tuple[str, ...]) -> Iterator[str]:
    """Of elements the first of ``attributes`` they have, else their words; of texts themselves."""
    for part in select(node, expression):
        found = _attribute(part, attributes) if attributes and is_element(part) else None
        # An element without the address asked for has none: its words would not be one.
        if found is None and (attributes in ((), MOMENT) or not is_element(part)):
            found = words(part)
        if found:
            yield whole(found)


def _attribute(part: Selector, names: tuple[str, ...]) -> str | None:
    """The first of the attributes that an element has, else that an element in it has."""
    for name in names:
        for value in part.xpath(f"(@{name} | descendant::*/@{name})[normalize-space()][1]").getall():
            return value.strip()
    return None


def _markup(part: Selector) -> str:
    text = whole(str(part.get() or "")).strip()
    return text if is_element(part) or _MARKUP.search(text) else paragraphs(text)


def _is_inside(part: Selector, roots: set[int]) -> bool:
    """Whether an element is part of another one that was found too."""
    return is_element(part) and any(id(above) in roots for above in part.root.iterancestors())


def _pieces(element: Any) -> Iterator[str]:
    """The texts of an element, with blanks where a line or a block ends."""
    hidden: list[Any] = []
    for event, part in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        is_start = event == "start"
        if not hidden and event in ("start", "end") and part.tag not in _WITHIN_LINES:
            yield " "
        if is_start and part.tag in _NEVER_READ:
            hidden.append(part)
        if is_start and not hidden:
            yield part.text or ""
        if event == "end" and hidden and hidden[-1] is part:
            hidden.pop()
        if not is_start and not hidden and part is not element:
            yield part.tail or ""


@lru_cache(maxsize=1)
def _nothing() -> Selector:
    return document("<ul><li><div><h2><a href=/><img src=/></a></h2><p><span>.</span></p></div></ul>")


def _reason(error: Exception) -> str:
    """Parsel's words without the expression, which they repeat."""
    return str(error).removeprefix("XPath error: ").partition(" in ")[0]
