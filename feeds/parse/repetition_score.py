"""What speaks for links being the list of a page: where they stand and lead, their words, their dates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import log2
from typing import Any
from urllib.parse import urldefrag, urlsplit

from parsel import Selector

from feeds.parse.repetition_parts import LONG, above_of, attribute_of, dated, headed, heading_of
from feeds.parse.selectors import words
from feeds.urls import domain_of, resolve

_IN_PROSE = 0.1
_LONGEST_ADDRESS = 2000
_WORD = re.compile(r"[a-z]+")
_REGIONS = {"nav": 0.15, "footer": 0.15, "menu": 0.2, "aside": 0.4, "form": 0.5, "header": 0.6}
_ASIDES = frozenset(
    {
        *("ad", "ads", "aside", "banner", "breadcrumb", "breadcrumbs", "comment", "comments", "cookie"),
        *("dropdown", "footer", "friend", "friends", "hot", "lang", "language", "languages", "login", "menu"),
        *("most", "nav", "navbar", "navigation", "newsletter", "pager", "pagination", "partner", "popular"),
        *("promo", "rank", "ranking", "recommend", "recommended", "related", "share", "sidebar", "social"),
        *("sponsored", "submenu", "subnav", "tag", "tagcloud", "tags", "toolbar", "topbar", "trending"),
    }
)
_MAINS = frozenset(
    {
        *("archive", "archives", "article", "articles", "blog", "content", "entries", "entry", "feed"),
        *("headlines", "latest", "list", "main", "news", "post", "posts", "results", "stories", "story"),
    }
)
_LIKE_ARTICLES = re.compile(r"\d{4,}|\w+-\w+-\w+|\d/\d|[?&]\w*id=|/\d{2,}|\.s?html?\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    element: Any
    url: str
    title: str
    weight: float
    """By where it stands and leads: less in menus and to other sites."""


def links_of(root: Any, base: str, own: str) -> Iterator[Link]:
    """The links with words of their own, in the order of the page."""
    elements = [a for a in root.iter("a") if 0 < len(a.get("href") or "") <= _LONGEST_ADDRESS]
    crowd = Counter(above for element in elements for above in above_of(element))
    most = max(len(elements) * 0.7, 1)
    domain, regions = domain_of(own), {area: _region(area) for area, count in crowd.items() if count <= most}
    for element in elements:
        url = urldefrag(resolve(base, element.get("href")) or own).url
        title = _title(element)
        if url != urldefrag(own).url and title:
            factors = [regions.get(above, 1.0) for above in above_of(element)]
            factors += [_IN_PROSE if _is_in_prose(element, title) else 1.0]
            weight = min(1.0, *factors) * max(1.0, *factors) * (1.0 if domain_of(url) == domain else 0.3)
            yield Link(element, url, title, weight * (1.3 if _LIKE_ARTICLES.search(_path(url)) else 0.7))


def _is_in_prose(link: Any, title: str) -> bool:
    """Whether a link is a few words of a paragraph."""
    paragraph = next(link.iterancestors("p"), None)
    return paragraph is not None and len("".join(paragraph.itertext())) > 2 * len(title) + 20


def _path(url: str) -> str:
    return urlsplit(url)._replace(scheme="", netloc="").geturl()


def _region(element: Any) -> float:
    """How much less, or more, the links in a part of the page are worth."""
    named = set(_WORD.findall(f"{attribute_of(element, 'class')} {attribute_of(element, 'id')}".lower()))
    if element.tag in ("html", "body") or named & {"has", "with", "no"}:
        return 1.0
    if element.tag in _REGIONS or named & _ASIDES:
        return min(_REGIONS.get(element.tag, 1.0), 0.35 if named & _ASIDES else 1.0)
    return 1.2 if element.tag in ("main", "article") or named & _MAINS else 1.0


def _title(link: Any) -> str:
    head = headed(link)
    said = words(Selector(root=head, type="html")) if head is not None else ""
    return (
        said or words(Selector(root=link, type="html")) or link.get("title") or link.get("aria-label") or ""
    )


def score_of(links: tuple[Link, ...], items: tuple[Any, ...], own: list[Link]) -> float:
    """How likely some links, in ``items`` each of which has its ``own``, are what the page is about."""
    with_date = sum(1 for item in items if dated(item) is not None) / len(items)
    titles = [_entitled(item, link) for item, link in zip(items, own, strict=True)]
    different = len(set(titles))
    length = sum(map(_length, titles)) / len(titles) / LONG
    weight = sum(link.weight for link in links) / len(links)
    score: float = log2(different) * length**1.5 * weight * (1 + with_date / 2)
    return score * (different / len(titles)) ** 2


def _entitled(item: Any, link: Link) -> str:
    """An item's title: its heading, if it has one, else the words of its link."""
    heading = heading_of(item, link.element)
    said = "" if heading is link.element else words(Selector(root=heading, type="html"))
    return said or link.title


def _length(title: str) -> float:
    """The width of a title, at most that of a long one."""
    return min(sum(1.0 if ord(char) < 0x2E80 else 2.5 for char in title), LONG)
