"""An HTML page with a list on it → entries, by the source's selectors or by what is seen to repeat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import re2  # type: ignore[import-untyped]
from parsel import Selector

from feeds.errors import NotAFeed
from feeds.model import Entry, Feed, Payload
from feeds.parse.api import with_page
from feeds.parse.charset import read
from feeds.parse.decoding import first_items
from feeds.parse.fields import SEVERAL, Fields, filled, single, stripped
from feeds.parse.instead import refusal
from feeds.parse.repetition import propose_in
from feeds.parse.selectors import (
    LINK,
    MOMENT,
    PICTURE,
    document_within,
    every,
    first,
    html_of,
    is_element,
    select,
    words,
)
from feeds.told import FieldRule, Source
from feeds.urls import resolve

AUTO = "auto"
"""What ``items`` says where the list is to be found by its repeated structure."""

_ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "url": LINK,
    "page": LINK,
    "image": PICTURE,
    "published": MOMENT,
    "updated": MOMENT,
}
_MOST_NESTED = 3
_HEADINGS = "h1, h2, h3, h4, h5, h6"
_ELLIPSES = ("...", "…", "。。。")
_BROKEN_RULE = (re2.error, ValueError)


def parse_listing(source: Source, payload: Payload) -> Feed:
    """The entries of an HTML page; an item that is nothing to read is skipped with a warning.

    Raises :class:`NotAFeed` saying what came where ``items`` selects nothing, or nothing to read.
    """
    reading = read(payload.body, payload.charset)
    page, cut = document_within(reading.text)
    base = resolve(payload.url, first(page, "base::attr(href)")) or payload.url
    items, rules = _list(source, payload, page)
    entries, skipped = _entries(source, rules, items, base)
    if not entries:
        raise NotAFeed(f"none of {len(items)} items can be read: {skipped[0]}")
    return Feed(
        title=first(page, "head title"),
        url=payload.url,
        language=first(page, "html::attr(lang)"),
        icon=resolve(base, first(page, 'link[rel~="icon"]::attr(href)')),
        entries=entries,
        more=_more(source, page, base, payload.url),
        warnings=(*reading.warnings, *cut, *skipped),
    )


def _entries(
    source: Source, rules: Mapping[str, FieldRule], items: list[Selector], base: str
) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """The entries, each once, and warnings of the items that are none."""
    kept, dropped = first_items(items)
    entries: dict[tuple[str | None, ...], Entry] = {}
    shallow = _shallow(kept)
    nested = len(kept) - len(shallow)
    skipped = [f"{nested} items skipped: inside of several others"] if nested else []
    for index, item in enumerate(shallow):
        try:
            _keep(entries, _entry(source, rules, item, base))
        except _BROKEN_RULE as error:
            skipped.append(f"item {index} skipped: {error}")
    return tuple(entries.values()), (*skipped, *dropped)


def _shallow(items: list[Selector]) -> list[Selector]:
    """The items without those that stand in several others, whose words would be read for each of them."""
    levels: dict[Any, int] = {}
    for item in filter(is_element, items):
        around = (levels[above] for above in item.root.iterancestors() if above in levels)
        levels[item.root] = next(around, 0) + 1
    return [item for item in items if not is_element(item) or levels[item.root] <= _MOST_NESTED]


def _list(source: Source, payload: Payload, page: Selector) -> tuple[list[Selector], Mapping[str, FieldRule]]:
    """The items of the page, and how the fields of one are read."""
    if source.items in (None, AUTO):
        found = next(iter(propose_in(page, payload.url)), None)
        if found is None:
            raise refusal(payload.body, "a page in which a list is seen to repeat")
        proposed = {name: FieldRule(path=path) for name, path in found.fields.items()}
        return select(page, found.items), proposed | dict(source.fields)
    try:
        items = select(page, source.items or "")
    except ValueError as error:
        raise NotAFeed(f"items expression {source.items!r}: {error}") from error
    if not items:
        raise refusal(payload.body, f"a page with items {source.items!r}")
    return items, source.fields


def _more(source: Source, page: Selector, base: str, own: str) -> tuple[str, ...]:
    if source.next is None:
        return ()
    try:
        url = resolve(base, first(page, source.next, LINK))
    except ValueError as error:
        raise NotAFeed(f"next expression {source.next!r}: {error}") from error
    return (url,) if url and url != own else ()


def _keep(entries: dict[tuple[str | None, ...], Entry], entry: Entry) -> None:
    """Add an entry once: the link of its picture comes before that of its title in many a list."""
    key = (entry.guid, entry.url, None if entry.url else entry.title)
    if key not in entries or (entry.title and not entries[key].title):
        entries[key] = entry


def _entry(source: Source, rules: Mapping[str, FieldRule], item: Selector, base: str) -> Entry:
    fields = _fields(rules, item, base)
    values = dict(fields)
    values["category"] = _category(source, fields, item)
    values["image"] = resolve(base, single(fields.get("image")))
    if not values.get("url") and not values.get("title"):
        raise ValueError("neither a link nor a title in it")
    entry = Entry(base=base, **values)  # type: ignore[arg-type]  # tuples are but those of SEVERAL
    return with_page(source, entry, base)


def _fields(rules: Mapping[str, FieldRule], item: Selector, base: str) -> Fields:
    """What the rules read of an item, then what it says by itself, then the templates of both."""
    fields: Fields = {}
    for name, rule in rules.items():
        if rule.path is not None:
            fields[name] = _read(name, rule, item)
    link = None if fields.get("title") and "url" in rules else _link(item, base)
    if "url" not in rules and link is not None:
        fields["url"] = link.attrib["href"]
    if not fields.get("title"):
        fields["title"] = _title(item, link)
    if "published" not in rules:
        fields["published"] = first(item, "time", MOMENT)
    fields["url"] = resolve(base, single(fields.get("url")))
    for name, rule in rules.items():
        if rule.template is not None:
            text = filled(rule.template, fields, {}, encoded=name == "url")
            fields[name] = (text,) if text and name in SEVERAL else stripped(text, rule)
    fields["url"] = resolve(base, single(fields["url"]))
    return fields


def _read(name: str, rule: FieldRule, item: Selector) -> str | tuple[str, ...] | None:
    path = rule.path or ""
    if name in SEVERAL:
        return every(item, path)
    if name == "content":
        return stripped(html_of(item, path), rule)
    return stripped(first(item, path, _ATTRIBUTES.get(name, ())), rule)


def _link(item: Selector, base: str) -> Selector | None:
    """The link of an item: itself, one in its heading, its first one, or the one it stands in."""
    found = (link for link in _links(item) if resolve(base, link.attrib["href"]))
    return next(found, None)


def _links(item: Selector) -> Iterator[Selector]:
    yield from item.xpath("self::a[@href]")
    yield from item.xpath(
        "(.//h1 | .//h2 | .//h3 | .//h4 | .//h5 | .//h6)//a[@href][not(starts-with(@href, '#'))]"
    )
    yield from item.xpath(".//a[@href][not(starts-with(@href, '#'))]")
    yield from item.xpath("ancestor::a[@href][1]")


def _title(item: Selector, link: Selector | None) -> str | None:
    """The heading that a link is around, the link's words, its ``title``, or the item's heading."""
    if link is None:
        return first(item, _HEADINGS)
    href = link.attrib["href"]
    # A card's picture and its title are two links to one place.
    same = [link, *(other for other in item.xpath(".//a[@href]") if other.attrib["href"] == href)]
    said = next((text for text in (first(other, _HEADINGS) or words(other) for other in same) if text), "")
    labels = (other.attrib.get(name, "").strip() for other in same for name in ("title", "aria-label"))
    label = next(filter(None, labels), "")
    is_cut = said.endswith(_ELLIPSES) and label.startswith(said.rstrip(".…。 "))
    return (label if is_cut else said) or label or first(item, _HEADINGS)


def _category(source: Source, fields: Fields, item: Selector) -> str | None:
    """The text the category rule reads: one of the fields by name, else an expression."""
    chosen = source.category.field
    if chosen is None:
        return None
    return single(fields[chosen]) if chosen in fields else first(item, chosen)
