"""Whether a source's rules, and its category's, take an article: conditions over what would be published."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import jmespath  # type: ignore[import-untyped]
import re2  # type: ignore[import-untyped]
from jmespath.exceptions import JMESPathError  # type: ignore[import-untyped]

from feeds.model import Article
from feeds.normalize.html import text_of
from feeds.normalize.slugs import safe_slug
from feeds.told import Choice, Condition, Source

LONGEST = 1_000_000
"""Characters of a text that conditions see."""

_FIELDS: Mapping[str, Callable[[Article], object]] = {
    "guid": lambda article: article.guid or "",
    "url": lambda article: article.url or "",
    "title": lambda article: article.title,
    "published": lambda article: article.published.isoformat() if article.dated else "",
    "updated": lambda article: article.updated.isoformat() if article.dated else "",
    "authors": lambda article: list(article.authors),
    "tags": lambda article: list(article.tags),
    "summary": lambda article: article.summary,
    "content": lambda article: article.content[:LONGEST],
    "text": lambda article: text_of(article.content)[:LONGEST],
    "image": lambda article: article.image or "",
    "language": lambda article: article.language or "",
    "medium": lambda article: article.medium or "",
}
"""The fields that conditions see: all are texts or lists of them, empty where nothing is said."""
_BODY = frozenset({"content", "text"})
_NEVER_ON_THE_PAGE = frozenset({"guid", "url", "tags", "category"})


class Verdict(NamedTuple):
    """Which rule drops an article, in words; None if it is taken.

    ``waits`` says that a rule asks for what only the article's own page will say, ``broken`` has what went
    wrong with a condition, which then drops nothing.
    """

    dropped_by: str | None = None
    waits: bool = False
    broken: tuple[str, ...] = ()


class _NotYet(Exception):
    """A condition asks for what the article's own page may say, which did not come yet."""


class _Fields:
    """An article's fields as JMESPath asks for them, each made when it is wanted."""

    def __init__(self, article: Article, slug: str) -> None:
        self._article, self._slug = article, slug
        self._awaits = is_awaited(article)
        self._made: dict[str, object] = {}

    def get(self, name: str) -> object:
        if name == "category":
            return self._slug
        if self._awaits and name in _BODY:
            raise _NotYet
        if name not in self._made:
            self._made[name] = _FIELDS[name](self._article)
        value = self._made[name]
        if self._awaits and not value and name not in _NEVER_ON_THE_PAGE:
            raise _NotYet
        return value


def is_awaited(article: Article) -> bool:
    """Whether the article's body is still to come from its own page."""
    if article.complete or article.page is None:
        return False
    return article.parts == 0 or not (article.listed or article.withdrawn)


def judge(article: Article, source: Source) -> Verdict:
    """What the rules of ``source`` make of an article, as far as they concern the category it is put into.

    A condition that waits for the article's own page, or that fails, drops nothing.
    """
    rules = source.rules
    if rules is None or not (rules.keep_if or rules.drop_if or rules.categories):
        return Verdict()
    slug = next((one.slug for one in article.placements if one.source_id == source.known_as), "")
    own = Choice(keep_if=rules.keep_if, drop_if=rules.drop_if)
    choices = [("", own)]
    choices += [
        (f"[category.{name}] ", choice)
        for name, choice in rules.categories.items()
        if safe_slug(name).casefold() == slug.casefold()
    ]
    fields = _Fields(article, slug)
    verdicts = [_chosen(choice, fields, place) for place, choice in choices]
    return Verdict(
        next((one.dropped_by for one in verdicts if one.dropped_by), None),
        any(one.waits for one in verdicts),
        tuple(what for one in verdicts for what in one.broken),
    )


def _chosen(choice: Choice, fields: _Fields, place: str) -> Verdict:
    drops = [_holds(condition, fields) for condition in choice.drop_if]
    keeps = [_holds(condition, fields) for condition in choice.keep_if]
    both = zip((*choice.drop_if, *choice.keep_if), (*drops, *keeps), strict=True)
    broken = tuple(f"{place}{_words(one)} fails: {found}" for one, found in both if isinstance(found, str))
    waits = None in (*drops, *keeps)
    by = next((one for one, found in zip(choice.drop_if, drops, strict=True) if found is True), None)
    if by is not None:
        return Verdict(f"{place}drop_if {_words(by)}", waits, broken)
    if keeps and not any(found is not False for found in keeps):
        return Verdict(f"{place}not keep_if {_words_of(choice.keep_if)}", waits, broken)
    return Verdict(None, waits, broken)


def _holds(condition: Condition, fields: _Fields) -> bool | str | None:
    """Whether a condition holds; None while that is not known, a text that says why it cannot be."""
    try:
        if condition.where is not None:
            return bool(_expression(condition.where).search(fields))
        value = fields.get(condition.field or "")
        texts = value if isinstance(value, list) else [value]
        return any(_pattern(condition.pattern or "").search(text) is not None for text in texts)
    except _NotYet:
        return None
    except (JMESPathError, ValueError, TypeError, KeyError, RecursionError) as error:
        return " ".join(str(error).split()) or type(error).__name__


def _words(condition: Condition) -> str:
    return condition.where or f"{condition.field} has {condition.pattern}"


def _words_of(conditions: Sequence[Condition]) -> str:
    return " or ".join(map(_words, conditions))


@lru_cache(maxsize=256)
def _expression(where: str) -> Any:
    return jmespath.compile(where)


@lru_cache(maxsize=256)
def _pattern(pattern: str) -> Any:
    return re2.compile(pattern)
