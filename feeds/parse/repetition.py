"""The list on a page, found by its repeated structure, and the selectors that read it.

Links in the same place of the page's structure are one group; the best group has many links of the page's
own site with different, long words, by dates, and in no menu. An item is as much of the page around a link
as holds no other link of its group.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from parsel import Selector

from feeds.model import Payload
from feeds.parse.charset import read
from feeds.parse.repetition_parts import above_of, dated, first_in, heading_of, summary_of
from feeds.parse.repetition_score import Link, links_of, score_of
from feeds.parse.repetition_selectors import name_of, selector_of, steady_classes
from feeds.parse.selectors import document, first
from feeds.urls import resolve

_MOST_FOUND, _MOST_LINKS = 3, 5000
_LEAST = 0.15
"""A score that menus do not reach, and lists do."""


@dataclass(frozen=True, slots=True)
class Found:
    """A list on a page: the selector of its items, those of their fields, and how many items there are."""

    items: str
    fields: Mapping[str, str]
    count: int


@dataclass(frozen=True, slots=True)
class _Group:
    links: tuple[Link, ...]
    items: tuple[Any, ...]
    score: float


def propose(payload: Payload) -> tuple[Found, ...]:
    """The lists a page seems to have, the likeliest first, at most three."""
    return propose_in(document(read(payload.body, payload.charset).text), payload.url)


def propose_in(page: Selector, url: str) -> tuple[Found, ...]:
    """The same of a page that is parsed already and came from ``url``."""
    base = resolve(url, first(page, "base::attr(href)")) or url
    links = list(islice(links_of(page.root, base, url), _MOST_LINKS))
    ranked = sorted(map(_group, _alike(page.root, links)), key=lambda group: -group.score)
    return tuple(islice(_distinct(page, ranked), _MOST_FOUND))


def _distinct(page: Selector, ranked: list[_Group]) -> Iterator[Found]:
    seen: set[str] = set()
    for group in ranked:
        urls = {link.url for link in group.links}
        if group.score > _LEAST and len(urls & seen) * 2 <= len(urls):
            seen |= urls
            yield Found(selector_of(page, group.items), _fields_of(group), len(group.items))


def _alike(root: Any, links: list[Link]) -> Iterator[tuple[Link, ...]]:
    """Links by where they stand: by the tags and classes above them, and by the tags alone."""
    for is_classy in (True, False):
        numbers: dict[Any, int] = {}
        places: dict[Any, int] = {}
        for element in root.iter():
            names = (
                tuple(sorted(steady_classes(element))) if is_classy and isinstance(element.tag, str) else ()
            )
            step = (places.get(element.getparent()), element.tag, names)
            places[element] = numbers.setdefault(step, len(numbers))
        groups: dict[int, dict[str, Link]] = defaultdict(dict)
        for link in links:
            groups[places[link.element]].setdefault(link.url, link)
        yield from (tuple(group.values()) for group in groups.values() if len(group) > 1)


def _group(links: tuple[Link, ...]) -> _Group:
    items = _items(links)
    return _Group(links, items, score_of(links, items, _owned(items, links)))


def _items(links: tuple[Link, ...]) -> tuple[Any, ...]:
    """As much around each link as holds no other, and as much around all of them."""
    held: Counter[Any] = Counter(above for link in links for above in above_of(link.element))
    alone = [[link.element, *_while_alone(link.element, held)] for link in links]
    height = Counter(map(len, alone)).most_common(1)[0][0]
    items = dict.fromkeys(chain[:height][-1] for chain in alone)
    if len({item.tag for item in items}) > 1:
        return tuple(link.element for link in links)
    return tuple(items)


def _while_alone(element: Any, held: Counter[Any]) -> Iterator[Any]:
    for above in above_of(element):
        if held[above] > 1 or above.tag in ("body", "html", "main"):
            return
        yield above


def _fields_of(group: _Group) -> dict[str, str]:
    """Selectors of what most items have; a link that is the item itself needs none."""
    own = [link.element for link in _owned(group.items, group.links)]
    wanted: dict[str, list[Any]] = {
        "url": own,
        "title": [heading_of(item, link) for item, link in zip(group.items, own, strict=True)],
        "published": [dated(item) for item in group.items],
        "image": [first_in(item, "img") for item in group.items],
        "summary": [summary_of(item) for item in group.items],
    }
    named = {name: name_of(group.items, elements) for name, elements in wanted.items()}
    ends = {"url": "::attr(href)"}
    return {name: f"{path}{ends.get(name, '')}" for name, path in named.items() if path}


def _owned(items: tuple[Any, ...], links: tuple[Link, ...]) -> list[Link]:
    """The link of the group that is in each item."""
    of = {link.element: link for link in links}
    return [next(of[element] for element in item.iter("a") if element in of) for item in items]
