"""A JSON list and its details → entries, by the source's JMESPath rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import jmespath  # type: ignore[import-untyped]
import re2  # type: ignore[import-untyped]
from jmespath.exceptions import JMESPathError  # type: ignore[import-untyped]
from msgspec.structs import asdict, replace

from feeds.errors import NotAFeed
from feeds.model import Entry, Feed, Payload
from feeds.parse.decoding import first_items, json_of, scalar, scalars, whole
from feeds.parse.embedded import json_within
from feeds.parse.fields import SEVERAL, Fields, filled, single, stripped
from feeds.parse.instead import keys_of
from feeds.parse.paging import Further, more_of
from feeds.told import ArticleRule, FieldRule, Source
from feeds.urls import resolve

_ADDRESSES = frozenset({"url", "page", "base"})
_BROKEN_RULE = (JMESPathError, re2.error, ValueError, TypeError, RecursionError)


def parse_list(source: Source, payload: Payload) -> Feed:
    """The entries of a JSON list; an item that cannot be read is skipped with a warning.

    Raises :class:`NotAFeed` when the answer is no JSON or has no list where ``items`` says.
    """
    document = json_within(source, payload)
    listed = _items(source, document)
    items, dropped = first_items(listed)
    entries, skipped = _entries(source, items, payload.url)
    further, unknown = _more(source, payload, document, len(listed))
    return Feed(
        entries=entries,
        more=(further.url,) if further else (),
        more_body=further.body if further else None,
        warnings=(*dropped, *skipped, *unknown),
    )


def _entries(source: Source, items: Iterable[Any], url: str) -> tuple[tuple[Entry, ...], Iterable[str]]:
    entries: dict[Entry, None] = {}
    warnings: list[str] = []
    for index, item in enumerate(items):
        try:
            entry = _entry(source, item, url)
        except _BROKEN_RULE as error:
            warnings.append(f"item {index} skipped: {error}")
            continue
        # The same guid with other words is an update in the list or a publisher's slip: keep both.
        if entry.guid is not None and entry in entries:
            warnings.append(f"item {index} skipped: repeats {entry.guid}")
        else:
            entries[entry] = None
    return tuple(entries), warnings


def _more(
    source: Source, payload: Payload, document: object, count: int
) -> tuple[Further | None, Iterable[str]]:
    try:
        return more_of(source, payload, document, count), ()
    except _BROKEN_RULE as error:
        return None, (f"no further pages: {error}",)


def parse_detail(rule: ArticleRule, payload: Payload) -> str:
    """The body's HTML in a detail answer; raises :class:`NotAFeed` when there is none."""
    try:
        found = jmespath.search(rule.content, json_of(payload))
    except _BROKEN_RULE as error:
        raise NotAFeed(f"content expression {rule.content!r}: {error}") from error
    if not isinstance(found, str) or not found.strip():
        raise NotAFeed(f"JSON without a text in {rule.content!r}")
    return whole(found)


def _items(source: Source, document: object) -> list[Any]:
    try:
        items = jmespath.search(source.items, document) if source.items else document
    except _BROKEN_RULE as error:
        raise NotAFeed(f"items expression {source.items!r}: {error}") from error
    what = repr(source.items) if source.items else "its root"
    if items is None or (items == [] and _is_bare(document)):
        raise NotAFeed(f"JSON without {what}: {keys_of(document)}")
    if not isinstance(items, list):
        raise NotAFeed(f"JSON with no list in {what}: {keys_of(document)}")
    # [null], say, from an expression that joins lists: an error's answer shall not pass for no news.
    if items and not any(isinstance(item, dict) for item in items):
        raise NotAFeed(f"JSON with no object in {what}: {keys_of(document)}")
    return items


def _is_bare(document: object) -> bool:
    """Whether an answer has no place for a list, so that an expression makes an empty one of nothing."""
    return isinstance(document, dict) and not any(
        isinstance(value, list | dict) for value in document.values()
    )


def _entry(source: Source, item: object, url: str) -> Entry:
    if not isinstance(item, dict):
        raise ValueError(f"no object but {type(item).__name__}")  # noqa: TRY004 (data, not a bug)
    fields = _fields(source.fields, item)
    values: dict[str, Any] = dict(fields)
    values["url"] = resolve(url, single(fields.get("url")))
    values["category"] = _category(source, fields, item)
    if source.article is not None:
        values["page"] = _page(source.article, values["url"], fields, item, base=url)
    return Entry(base=url, **values)


def with_page(source: Source, entry: Entry, base: str) -> Entry:
    """``entry`` with the address of its article's own page, where the source's rule reads that."""
    if source.article is None:
        return entry
    fields = {**asdict(entry), "enclosures": None, "episode": None}
    return replace(entry, page=_page(source.article, entry.url, fields, {}, base=base))


def _page(
    rule: ArticleRule, own: str | None, fields: Fields, item: Mapping[str, Any], *, base: str
) -> str | None:
    """Where the article's page is: at the rule's address with its holes filled, else at the entry's own."""
    return own if rule.url is None else resolve(base, filled(rule.url, fields, item, encoded=True))


def _fields(rules: Mapping[str, FieldRule], item: Mapping[str, Any]) -> Fields:
    """What the rules read of an item: expressions first, so that templates may use any of them."""
    fields: Fields = {}
    for name, rule in rules.items():
        if rule.path is not None:
            found = jmespath.search(rule.path, item)
            fields[name] = scalars(found) if name in SEVERAL else stripped(scalar(found), rule)
    for name, rule in rules.items():
        if rule.template is not None:
            text = filled(rule.template, fields, item, encoded=name in _ADDRESSES)
            fields[name] = scalars(text) if name in SEVERAL else stripped(text, rule)
    return fields


def _category(source: Source, fields: Fields, item: Mapping[str, Any]) -> str | None:
    """The text the category rule reads: one of the fields by name, else an expression."""
    chosen = source.category.field
    if chosen is None:
        return None
    if chosen in fields:
        return single(fields[chosen])
    return next(iter(scalars(jmespath.search(chosen, item))), None)
