"""What a source's rules change in the publisher's words before they become an article.

In this order: elements removed from the texts, patterns replaced in fields, tags renamed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from typing import Any, TypeVar

import re2  # type: ignore[import-untyped]
from msgspec.structs import replace

from feeds.model import Detail, Entry
from feeds.normalize.html import text_of
from feeds.normalize.removal import without
from feeds.normalize.text import flatten, legal
from feeds.told import Replacement, Rules, Source
from feeds.urls import resolve

MOST_PLACES = 10_000
"""Places of one text in which a pattern is replaced."""

_ADDRESSES = ("url", "image")
_GROUP = re.compile(r"\\([0-9\\])")
Words = TypeVar("Words", Entry, Detail)


def rewritten(entry: Entry, source: Source) -> Entry:
    """``entry`` as its source's rules make it; the entry itself where there are none."""
    rules = source.rules
    if rules is None:
        return entry
    base = entry.base or source.url
    after = _renamed(_replaced(_shortened(entry, rules), rules, base), rules.tags)
    if after.url != entry.url and entry.page == entry.url:
        after = replace(after, page=after.url)
    named = source.category.field
    if named and named != "category" and getattr(after, named, None) != getattr(entry, named, None):
        after = replace(after, category=None)  # it was read from that field before
    return after


def rewritten_detail(detail: Detail, source: Source, base: str) -> Detail:
    """The same for what an article's own page says."""
    rules = source.rules
    return detail if rules is None else _replaced(_shortened(detail, rules), rules, base)


def _shortened(words: Words, rules: Rules) -> Words:
    if not rules.remove:
        return words
    content, summary = words.content, words.summary
    return replace(
        words,
        content=content and without(content, rules.remove),
        summary=summary and without(summary, rules.remove),
    )


def _replaced(words: Words, rules: Rules, base: str) -> Words:
    for rule in rules.replace:
        value = getattr(words, rule.field, None)
        if isinstance(value, tuple):
            changed: Any = tuple(filter(None, (_in_text(flatten(text), rule) for text in value)))
        elif value:
            changed = _in_field(value, rule, base)
        else:
            continue
        words = replace(words, **{rule.field: changed})
    return words


def _in_field(value: str, rule: Replacement, base: str) -> str | None:
    """The field's text in which was replaced; where nothing is found it stays as the publisher wrote it.

    Of a title and a summary the plain text is meant, of an address the absolute one.
    """
    if rule.field in ("title", "summary"):
        plain = flatten(value) if rule.field == "title" else text_of(value)
        changed = _in_text(plain, rule)
        return value if changed == plain else escape(changed, quote=False) or None
    before = (resolve(base, value) or value) if rule.field in _ADDRESSES else legal(value)
    changed = _in_text(before, rule)
    return value if changed == before else changed


def _in_text(text: str, rule: Replacement) -> str:
    def by(found: Any) -> str:
        return _GROUP.sub(lambda group: _said(found, group[1]), rule.by)

    changed = str(_compiled(rule.pattern).sub(by, text, MOST_PLACES))
    return text if changed == text else changed.strip()


def _said(found: Any, group: str) -> str:
    return "\\" if group == "\\" else str(found[int(group)] or "")


def _renamed(entry: Entry, names: Mapping[str, str]) -> Entry:
    """The tags under their new names, whatever the case of the old ones."""
    if not names:
        return entry
    told = {old.casefold(): new for old, new in names.items()}
    tags = (told.get(tag.casefold(), tag) for tag in map(flatten, entry.tags))
    return replace(entry, tags=tuple(dict.fromkeys(filter(None, tags))))


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    return re2.compile(pattern)
