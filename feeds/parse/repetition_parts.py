"""What an item of a list shows: its heading, its date, its summary."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from parsel import Selector

from feeds.parse.selectors import words

DEEPEST = 60
"""Elements above another that are looked at."""
_LONGEST_ATTRIBUTE = 5000
LONG = 50
"""Columns of a title that is surely one; a Chinese character says what two and a half letters do."""
_DATE = re.compile(
    r"\d{4}[-/.年]\s?\d{1,2}|\d{1,2}月\d{1,2}|\b\d{1,2}[-/]\d{1,2}\b|\d{1,2}\.\s?\d{1,2}\.\s?\d{2,4}|\b\d{1,2}:\d\d\b"
    r"|前\Z|[今昨前]天|刚刚|\bago\b|yesterday|today"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d|\d\s+(?:jan|feb|mar|apr|may|jun|jul)"
    r"|\d\s+(?:aug|sep|oct|nov|dec)",
    re.IGNORECASE,
)
_TITLED = ("h1, h2, h3, h4, h5, h6", '[class*="title"], [class*="headline"]', '[class*="name"]')
_SUMMED = '[class*="summary"], [class*="excerpt"], [class*="desc"], [class*="intro"], [class*="teaser"], p'


def above_of(element: Any) -> Iterator[Any]:
    """What an element stands in, the nearest first, as far up as tells something."""
    return islice(element.iterancestors(), DEEPEST)


def attribute_of(element: Any, name: str) -> str:
    """What an element says of itself, empty if nothing; of thousands of words only the first."""
    return (element.get(name) or "")[:_LONGEST_ATTRIBUTE]


def classes_of(element: Any) -> list[str]:
    """The classes of an element."""
    return attribute_of(element, "class").split()


def first_in(element: Any, expression: str) -> Any:
    return next((part.root for part in Selector(root=element, type="html").css(expression)), None)


def headed(link: Any) -> Any:
    """The element of a link that is its title, where more than that is in it."""
    return next(
        (head for form in _TITLED if (head := first_in(link, form)) is not None and head is not link), None
    )


def heading_of(item: Any, link: Any) -> Any:
    """The element that is the title: one in the link, else a heading beside it, else the link itself."""
    inside = headed(link)
    if inside is not None:
        return inside
    beside = first_in(item, _TITLED[0])
    is_else = beside is not None and link not in beside.iter("a") and "".join(beside.itertext()).strip()
    return beside if is_else else link


def dated(item: Any) -> Any:
    """The element of an item that is a date, and nothing much besides."""
    for element in item.iter():
        if element.tag == "time":
            return element
        if isinstance(element.tag, str) and len(element) < 2 and _DATE.search(element.text or ""):
            text = words(Selector(root=element, type="html"))
            if len(text) <= 40 and element.tag not in ("a", "h1", "h2", "h3", "h4"):
                return element
    return None


def summary_of(item: Any) -> Any:
    for part in Selector(root=item, type="html").css(_SUMMED):
        if len(words(part)) > LONG and not part.xpath(
            ".//h1|.//h2|.//h3|.//h4|.//p|.//div|self::a|ancestor::h2"
        ):
            return part.root
    return None
