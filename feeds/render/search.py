"""Searching titles: all words of a question, in any order, in the newest articles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final
from unicodedata import normalize

from feeds.model import Article
from feeds.render.item import printable, title_of, whole_minutes
from feeds.told import Site

SEARCHED: Final = 2000
"""How many of the newest articles are searched."""
SHOWN: Final = 50
"""How many of what is found are shown."""

_LONGEST: Final = 100
_MOST_WORDS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """As much of an article as is searched and shown; ``folded`` is its title as it is compared."""

    path: str
    title: str
    medium: str
    language: str | None
    published: datetime
    folded: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was asked, and the newest headlines that answer it; ``more`` if there are others."""

    asked: str
    headlines: tuple[Headline, ...] = ()
    more: bool = False


def headline(site: Site, article: Article) -> Headline:
    """The headline of one article."""
    title = title_of(article, article.language or site.language)
    return Headline(
        path=article.path,
        title=title,
        medium=printable(article.medium or ""),
        language=article.language,
        published=whole_minutes(article.published),
        folded=folded(title),
    )


def find(headlines: Iterable[Headline], asked: str) -> Found:
    """Those of ``headlines`` whose titles hold every word asked for, in their order."""
    asked = " ".join(printable(asked[:_LONGEST]).split())
    words = folded(asked).split()[:_MOST_WORDS]
    if not words:
        return Found(asked=asked)
    matching = (one for one in headlines if all(word in one.folded for word in words))
    found = tuple(islice(matching, SHOWN + 1))
    return Found(asked=asked, headlines=found[:SHOWN], more=len(found) > SHOWN)


def folded(text: str) -> str:
    """``text`` without the differences of case and width that no reader means (UAX #15, NFKC)."""
    return normalize("NFKC", text).casefold()
