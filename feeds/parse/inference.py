"""Which list in a JSON document is one of articles, and the rules by which a source of kind api reads it.

    document ─lists_in─▶ lists of objects ─fields_of─▶ rules ─score─▶ the likeliest lists

A list of articles has titles, and for each an address or an id, and more than that: a date, a text, or
headlines' length. Menus, settings and places on a map have not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from math import log2
from typing import Any, NamedTuple

from feeds.parse.inference_fields import (
    AUTHORS,
    CONTENT,
    GUID,
    IMAGE,
    MEDIUM,
    NAME,
    PUBLISHED,
    SUMMARY,
    TAGS,
    TITLE,
    UPDATED,
    URL,
    Field,
    field_path,
    moment_path,
)
from feeds.parse.inference_keys import Key, keys_of, spelled, width_of
from feeds.urls import resolve

_SAMPLE, _MOST_LISTS, _MOST_FOUND = 40, 200, 3
_DEEPEST = 6
_HEADLINE = 20
"""Columns that titles have on average where nothing but a title and an address is there to judge by."""
_NAMED = 25
"""The same of what is called a name: those of people, places and packages are shorter."""
_WEIGHTS = {
    "url": 2.0,
    "published": 2.0,
    "content": 1.5,
    "summary": 1.0,
    "guid": 0.5,
    "authors": 0.5,
    "image": 0.5,
}
_OTHERS: Mapping[str, Field] = {
    "content": CONTENT,
    "summary": SUMMARY,
    "authors": AUTHORS,
    "tags": TAGS,
    "medium": MEDIUM,
    "image": IMAGE,
}
_NEXT = (
    *("next", "next_url", "nextUrl", "next_page_url", "links.next", "links.next.href", "_links.next.href"),
    *("paging.next", "pagination.next", "pagination.next_url", "meta.next", '"@odata.nextLink"'),
)


class Inferred(NamedTuple):
    """A list of articles in a JSON document: ``items`` and ``fields`` are JMESPath, of a source of kind api.

    ``items`` is ``@`` where the document is the list itself. ``next`` leads to the next page.
    """

    items: str
    fields: Mapping[str, str]
    entries: int
    score: float
    next: str | None = None


def infer(document: object) -> tuple[Inferred, ...]:
    """The lists of articles that a JSON document holds, the likeliest first, at most three."""
    following = _next(document)
    found = [
        inferred._replace(next=following)
        for path, items in _lists_in(document)
        if (inferred := _inferred(path, items)) is not None
    ]
    best: dict[str, Inferred] = {}
    for each in sorted(found, key=lambda each: -each.score):
        best.setdefault(each.items.partition("[*]")[0], each)  # a list, and what its items wrap, are one
    return tuple(islice(best.values(), _MOST_FOUND))


def _lists_in(document: object) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
    """Each list of objects with its path, the outer before the inner; what is in its items is theirs."""
    waiting: list[tuple[str, object, int]] = [("", document, 0)]
    for _ in range(_MOST_LISTS):
        if not waiting:
            return
        path, value, depth = waiting.pop(0)
        if isinstance(value, Mapping) and depth < _DEEPEST:
            waiting += [(_below(path, key), inner, depth + 1) for key, inner in value.items()]
        elif isinstance(value, list):
            objects = [item for item in value if isinstance(item, Mapping)]
            if objects and len(objects) == len(value):
                yield from _wrapped(path, objects)
                yield path or "@", objects


def _wrapped(
    path: str, items: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
    """The objects that a list's items wrap: ``edges[*].node``, ``children[*].data``."""
    for key in items[0]:
        inner = [item[key] for item in items if isinstance(item.get(key), Mapping)]
        if len(inner) >= len(items) * 0.8:
            yield f"{path or '@'}[*].{spelled(key)}", inner


def _below(path: str, key: str) -> str:
    return f"{path}.{spelled(key)}" if path else spelled(key)


def _inferred(path: str, items: Sequence[Mapping[str, Any]]) -> Inferred | None:
    keys = keys_of(items[:_SAMPLE])
    title, url, guid = _title(keys), field_path(URL, keys), field_path(GUID, keys)
    published = field_path(PUBLISHED, keys)
    if title is None or (url is None and guid is None):
        return None
    found: dict[str, Key | None] = {"guid": guid, "url": url, "title": title, "published": published}
    found["updated"] = field_path(UPDATED, keys)
    taken = {key.path for key in found.values() if key is not None}
    for name, field in _OTHERS.items():
        key = field_path(field, [key for key in keys if key.path not in taken])
        found[name] = key
        taken |= {key.path} if key is not None else set()
    has_text = found["content"] is not None or found["summary"] is not None
    if not _is_of_articles(title, url, published, has_text=has_text, count=len(items)):
        return None
    score = 2 + sum(_WEIGHTS.get(name, 0.0) * key.share for name, key in found.items() if key is not None)
    return Inferred(
        path,
        _rules(found),
        len(items),
        score * log2(1 + len(items)) * 0.97 ** path.replace("[*].", "").count("."),
    )


def _title(keys: Sequence[Key]) -> Key | None:
    """The title; what is called a name passes for one only if it is as long as one."""
    title = field_path(TITLE, keys)
    if title is not None:
        return title
    name = field_path(NAME, keys)
    is_dated = field_path(PUBLISHED, keys) is not None and field_path(CONTENT, keys) is not None
    return name if name is not None and (is_dated or _mean_width(name) >= _NAMED) else None


def _is_of_articles(
    title: Key, url: Key | None, published: Key | None, *, has_text: bool, count: int
) -> bool:
    if published is not None:
        return url is not None or has_text or _mean_width(title) >= _HEADLINE
    if url is None:
        return False
    return count > 1 and (has_text or (count >= 5 and _mean_width(title) >= _HEADLINE))


def _mean_width(key: Key) -> float:
    return sum(width_of(str(value)) for value in key.values) / len(key.values)


def _rules(found: Mapping[str, Key | None]) -> dict[str, str]:
    """The fields as expressions; the id is left out where the address is it."""
    rules = {
        name: moment_path(key) if name in ("published", "updated") else key.path
        for name, key in found.items()
        if key is not None
    }
    if rules.get("updated") == rules.get("published"):
        rules.pop("updated", None)
    return rules


def _next(document: object) -> str | None:
    """Where a document says its next page is, if that is an address."""
    for path in _NEXT:
        value = document
        for key in [path.strip('"')] if path.startswith('"') else path.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        if isinstance(value, str) and resolve("http://example.org/", value) and "/" in value:
            return path
    return None
