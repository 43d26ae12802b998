"""The list on a page, found by its repeated structure, and the selectors that read it.

Links in the same place of the page's structure are one group; the best group has many links of the page's
own site with different, long words, by dates, and in no menu. An item is as much of the page around a link
as holds no other link of its group.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from math import log2
from typing import Any
from urllib.parse import urldefrag, urlsplit

from parsel import Selector

from feeds.model import Payload
from feeds.parse.charset import read
from feeds.parse.selectors import document, first, select, words
from feeds.urls import domain_of, resolve

_MOST_FOUND, _MOST_LINKS, _MOST_TRIED = 3, 5000, 80
_DEEPEST = 60
_LEAST = 0.15
"""A score that menus do not reach, and lists do."""
_LONG = 50
"""Columns of a title that is surely one; a Chinese character says what two and a half letters do."""
_DATE = re.compile(
    r"\d{4}[-/.年]\s?\d{1,2}|\d{1,2}月\d{1,2}|\b\d{1,2}[-/]\d{1,2}\b|\d{1,2}\.\s?\d{1,2}\.\s?\d{2,4}|\b\d{1,2}:\d\d\b"
    r"|前\Z|[今昨前]天|刚刚|\bago\b|yesterday|today"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d|\d\s+(?:jan|feb|mar|apr|may|jun|jul)"
    r"|\d\s+(?:aug|sep|oct|nov|dec)",
    re.IGNORECASE,
)
_IN_PROSE = 0.1
_TELLING = frozenset({"a", "time", "img", "h1", "h2", "h3", "h4", "h5", "h6"})
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
_TITLED = ("h1, h2, h3, h4, h5, h6", '[class*="title"], [class*="headline"]', '[class*="name"]')
_GENERIC = re.compile(r"[.#](?:container|wrapper|wrap|inner|outer|content|box|clear|block|body|main|page)\b")
_SUMMED = '[class*="summary"], [class*="excerpt"], [class*="desc"], [class*="intro"], [class*="teaser"], p'


@dataclass(frozen=True, slots=True)
class Found:
    """A list on a page: the selector of its items, those of their fields, and how many items there are."""

    items: str
    fields: Mapping[str, str]
    count: int


@dataclass(frozen=True, slots=True)
class _Link:
    element: Any
    url: str
    title: str
    weight: float
    """By where it stands and leads: less in menus and to other sites."""


@dataclass(frozen=True, slots=True)
class _Group:
    links: tuple[_Link, ...]
    items: tuple[Any, ...]
    score: float


def propose(payload: Payload) -> tuple[Found, ...]:
    """The lists a page seems to have, the likeliest first, at most three."""
    return propose_in(document(read(payload.body, payload.charset).text), payload.url)


def propose_in(page: Selector, url: str) -> tuple[Found, ...]:
    """The same of a page that is parsed already and came from ``url``."""
    base = resolve(url, first(page, "base::attr(href)")) or url
    links = list(islice(_links(page.root, base, url), _MOST_LINKS))
    ranked = sorted(map(_group, _alike(page.root, links)), key=lambda group: -group.score)
    return tuple(islice(_distinct(page, ranked), _MOST_FOUND))


def _distinct(page: Selector, ranked: list[_Group]) -> Iterator[Found]:
    seen: set[str] = set()
    for group in ranked:
        urls = {link.url for link in group.links}
        if group.score > _LEAST and len(urls & seen) * 2 <= len(urls):
            seen |= urls
            yield Found(_items_of(page, group), _fields_of(group), len(group.items))


def _links(root: Any, base: str, own: str) -> Iterator[_Link]:
    """The links with words of their own, in the order of the page."""
    elements = [element for element in root.iter("a") if element.get("href")]
    crowd = Counter(above for element in elements for above in _above(element))
    most = max(len(elements) * 0.7, 1)
    domain, regions = domain_of(own), {area: _region(area) for area, count in crowd.items() if count <= most}
    for element in elements:
        url = urldefrag(resolve(base, element.get("href")) or own).url
        title = _title(element)
        if url != urldefrag(own).url and title:
            factors = [regions.get(above, 1.0) for above in _above(element)]
            factors += [_IN_PROSE if _is_in_prose(element, title) else 1.0]
            weight = min(1.0, *factors) * max(1.0, *factors) * (1.0 if domain_of(url) == domain else 0.3)
            yield _Link(element, url, title, weight * (1.3 if _LIKE_ARTICLES.search(_path(url)) else 0.7))


def _is_in_prose(link: Any, title: str) -> bool:
    """Whether a link is a few words of a paragraph."""
    paragraph = next(link.iterancestors("p"), None)
    return paragraph is not None and len("".join(paragraph.itertext())) > 2 * len(title) + 20


def _path(url: str) -> str:
    return urlsplit(url)._replace(scheme="", netloc="").geturl()


def _region(element: Any) -> float:
    """How much less, or more, the links in a part of the page are worth."""
    named = set(_WORD.findall(f"{element.get('class') or ''} {element.get('id') or ''}".lower()))
    if element.tag in ("html", "body") or named & {"has", "with", "no"}:
        return 1.0
    if element.tag in _REGIONS or named & _ASIDES:
        return min(_REGIONS.get(element.tag, 1.0), 0.35 if named & _ASIDES else 1.0)
    return 1.2 if element.tag in ("main", "article") or named & _MAINS else 1.0


def _title(link: Any) -> str:
    headed = _headed(link)
    said = words(Selector(root=headed, type="html")) if headed is not None else ""
    return (
        said or words(Selector(root=link, type="html")) or link.get("title") or link.get("aria-label") or ""
    )


def _alike(root: Any, links: list[_Link]) -> Iterator[tuple[_Link, ...]]:
    """Links by where they stand: by the tags and classes above them, and by the tags alone."""
    for is_classy in (True, False):
        numbers: dict[Any, int] = {}
        places: dict[Any, int] = {}
        for element in root.iter():
            names = (
                tuple(sorted(_steady_classes(element))) if is_classy and isinstance(element.tag, str) else ()
            )
            step = (places.get(element.getparent()), element.tag, names)
            places[element] = numbers.setdefault(step, len(numbers))
        groups: dict[int, dict[str, _Link]] = defaultdict(dict)
        for link in links:
            groups[places[link.element]].setdefault(link.url, link)
        yield from (tuple(group.values()) for group in groups.values() if len(group) > 1)


def _group(links: tuple[_Link, ...]) -> _Group:
    """The group of some links, with its items and how likely it is what the page is about."""
    items = _items(links)
    dated = sum(1 for item in items if _dated(item) is not None) / len(items)
    titles = [_entitled(item, link) for item, link in zip(items, _owned(items, links), strict=True)]
    different = len(set(titles))
    length = sum(map(_length, titles)) / len(titles) / _LONG
    weight = sum(link.weight for link in links) / len(links)
    score = log2(different) * length**1.5 * weight * (1 + dated / 2) * (different / len(titles)) ** 2
    return _Group(links, items, score)


def _entitled(item: Any, link: _Link) -> str:
    """An item's title: its heading, if it has one, else the words of its link."""
    heading = _heading(item, link.element)
    said = "" if heading is link.element else words(Selector(root=heading, type="html"))
    return said or link.title


def _heading(item: Any, link: Any) -> Any:
    """The element that is the title: one in the link, else a heading beside it, else the link itself."""
    inside = _headed(link)
    if inside is not None:
        return inside
    beside = _first(item, _TITLED[0])
    is_else = beside is not None and link not in beside.iter("a") and "".join(beside.itertext()).strip()
    return beside if is_else else link


def _length(title: str) -> float:
    """The width of a title, at most that of a long one."""
    return min(sum(1.0 if ord(char) < 0x2E80 else 2.5 for char in title), _LONG)


def _above(element: Any) -> Iterator[Any]:
    return islice(element.iterancestors(), _DEEPEST)


def _items(links: tuple[_Link, ...]) -> tuple[Any, ...]:
    """As much around each link as holds no other, and as much around all of them."""
    held: Counter[Any] = Counter(above for link in links for above in _above(link.element))
    alone = [[link.element, *_while_alone(link.element, held)] for link in links]
    height = Counter(map(len, alone)).most_common(1)[0][0]
    items = dict.fromkeys(chain[:height][-1] for chain in alone)
    if len({item.tag for item in items}) > 1:
        return tuple(link.element for link in links)
    return tuple(items)


def _while_alone(element: Any, held: Counter[Any]) -> Iterator[Any]:
    for above in _above(element):
        if held[above] > 1 or above.tag in ("body", "html", "main"):
            return
        yield above


def _items_of(page: Selector, group: _Group) -> str:
    """The shortest selector of those that find the group's items and little else."""
    wanted = set(group.items)
    best, best_fit = "", -1.0
    for expression in islice(sorted(dict.fromkeys(_expressions(group.items)), key=_cost), _MOST_TRIED):
        found = {part.root for part in select(page, expression)}
        fit = 2 * len(found & wanted) / (len(found) + len(wanted))
        if fit > best_fit + 0.002:
            best, best_fit = expression, fit
        if fit > 0.999:
            break
    return best


def _cost(expression: str) -> float:
    vague = 0 if re.search(r"[.#]", _GENERIC.sub("", expression)) else 40 if " " in expression else 100
    return len(expression.split()) * 12 + len(expression) + vague


def _expressions(items: tuple[Any, ...]) -> Iterator[str]:
    """Selectors of items: by themselves, and below what is around all of them, or around each."""
    above: list[list[Any]] = [list(items)]
    chain = ""
    while len(above) <= _DEEPEST and all(element is not None for element in above[-1]):
        steps = _steps_to(above[-1])
        names = {element.get("id") for element in above[-1]}
        named = names.pop() if len(names) == 1 else None
        for start in (*([f"#{named}"] if named and _is_steady(named) else []), *steps):
            yield from (
                f"{start} {step}" if chain else start for step in (_steps_to(list(items)) if chain else [""])
            )
            yield f"{start}{chain}"
        chain = f" > {steps[-1] if steps else '*'}{chain}"
        above.append([element.getparent() for element in above[-1]])


def _fields_of(group: _Group) -> dict[str, str]:
    """Selectors of what most items have; a link that is the item itself needs none."""
    own = [link.element for link in _owned(group.items, group.links)]
    wanted: dict[str, list[Any]] = {
        "url": own,
        "title": [_heading(item, link) for item, link in zip(group.items, own, strict=True)],
        "published": [_dated(item) for item in group.items],
        "image": [_first(item, "img") for item in group.items],
        "summary": [_summary(item) for item in group.items],
    }
    named = {name: _name(group.items, elements) for name, elements in wanted.items()}
    ends = {"url": "::attr(href)"}
    return {name: f"{path}{ends.get(name, '')}" for name, path in named.items() if path}


def _owned(items: tuple[Any, ...], links: tuple[_Link, ...]) -> list[_Link]:
    """The link of the group that is in each item."""
    of = {link.element: link for link in links}
    return [next(of[element] for element in item.iter("a") if element in of) for item in items]


def _first(element: Any, expression: str) -> Any:
    return next((part.root for part in Selector(root=element, type="html").css(expression)), None)


def _headed(link: Any) -> Any:
    """The element of a link that is its title, where more than that is in it."""
    return next(
        (head for form in _TITLED if (head := _first(link, form)) is not None and head is not link), None
    )


def _dated(item: Any) -> Any:
    """The element of an item that is a date, and nothing much besides."""
    for element in item.iter():
        if element.tag == "time":
            return element
        if isinstance(element.tag, str) and len(element) < 2 and _DATE.search(element.text or ""):
            text = words(Selector(root=element, type="html"))
            if len(text) <= 40 and element.tag not in ("a", "h1", "h2", "h3", "h4"):
                return element
    return None


def _summary(item: Any) -> Any:
    for part in Selector(root=item, type="html").css(_SUMMED):
        if len(words(part)) > _LONG and not part.xpath(
            ".//h1|.//h2|.//h3|.//h4|.//p|.//div|self::a|ancestor::h2"
        ):
            return part.root
    return None


def _name(items: tuple[Any, ...], wanted: list[Any]) -> str | None:
    """A selector that finds in nearly every item what is wanted there first, if most have it."""
    pairs = [
        (item, part)
        for item, part in zip(items, wanted, strict=True)
        if part is not None and part is not item
    ]
    if len(pairs) * 2 < len(items) or not pairs:
        return None
    parts = [part for _, part in pairs]
    parents = _steps_to([part.getparent() for part in parts])
    *classy, tag = _steps_to(parts) or [""]
    plain = [tag] if tag in _TELLING else []
    below = (f"{parent} {tag}" for parent in parents)
    for expression in filter(None, (*plain, *classy, tag, *below)):
        right = sum(1 for item, part in pairs if _first(item, expression) is part)
        if right >= len(pairs) * 0.9:
            return expression
    return None


def _steps_to(elements: list[Any]) -> list[str]:
    """Short selectors that fit each of some elements by their tag and classes, the most telling first.

    Classes that a program made, that number the elements or only style them, are not among them.
    """
    tags = {element.tag for element in elements}
    tag = tags.pop() if len(tags) == 1 else ""
    shared = set.intersection(*(_steady_classes(element) for element in elements))
    named = [name for name in (elements[0].get("class") or "").split() if name in shared]
    return [*(f"{tag}.{name}" for name in dict.fromkeys(named)), *([tag] if tag else [])]


def _steady_classes(element: Any) -> set[str]:
    """The classes of an element that it will probably have tomorrow, and its neighbours too."""
    return {name for name in (element.get("class") or "").split() if _is_steady(name)}


def _is_steady(name: str) -> bool:
    """Whether a class or id is a word somebody chose, and one that a selector can hold unescaped."""
    return bool(_NAME.fullmatch(name)) and not _MADE.search(name)


_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{1,40}")
_MADE = re.compile(
    r"\d{2}|[A-Z]\w*\d|\d\w*[A-Z]|__[A-Za-z0-9-]{4,6}\Z|\A(?:css|sc|jsx|svelte|astro|ng|ember|react|is|has|js)-"
    r"|\A(?:odd|even|first|last|active|current|selected|open|undefined|clearfix|lazy|show|hide|hidden|row)\Z"
    r"|\A-?(?:[mp][trblxy]?|w|h|text|bg|flex|grid|col|gap|items|justify|font|border|rounded|mx|size|max|min)-"
    r"|[-_](?:first|last|odd|even|\d)\Z|\A(?:sticky|category|tag|format|status|type|author)-"
)
