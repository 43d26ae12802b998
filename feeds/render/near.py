"""Categories whose names are near to one that none has: what somebody may have meant by it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Final

from rapidfuzz import fuzz, process

from feeds.render.search import folded
from feeds.told import Category

SUGGESTED: Final = 5

_SHORTEST: Final = 2
_LONGEST: Final = 60
"""Characters of a name that are looked at."""
_ALIKE: Final = 70
"""Percent of the letters of two names that must be the same, in the same order."""
_SYLLABLE: Final = 3
"""What is longer may also be inside a word, as in Pinyin; shorter ones are inside too many."""
_ENOUGH: Final = 3 * SUGGESTED
"""Names found in one way: some are of one category."""
_BETWEEN: Final = re.compile(r"[\W_]+")


class Names:
    """What categories are called, by slug, title and alias, ready to be compared.

    That takes about a millisecond with 5,000 categories, however long the name that is asked for.
    """

    def __init__(self, categories: Iterable[Category] = ()) -> None:
        categories = tuple(categories)
        names = {(name, category) for category in categories for name in _names_of(category)}
        # Shorter ones first: more of them is what was asked for.
        ordered = sorted(names, key=lambda pair: (len(pair[0]), pair[0], pair[1].slug))
        self._names = [name for name, _ in ordered]
        self._framed = [f" {name} " for name in self._names]
        self._owners = [category for _, category in ordered]
        self._exact = {alias.casefold(): each for each in categories for alias in each.aliases}
        self._exact |= {each.slug.casefold(): each for each in categories}

    def __len__(self) -> int:
        """How many names there are."""
        return len(self._names)

    def find(self, name: str) -> Category | None:
        """The category of exactly that slug or alias, in any case."""
        return self._exact.get(name.casefold())

    def near(self, asked: str) -> tuple[Category, ...]:
        """At most five categories that ``asked`` may mean, the likeliest first."""
        name = _words(asked[:_LONGEST])[:_LONGEST]  # some letters become many (NFKC)
        if len(name) < _SHORTEST:
            return ()
        ways = (islice(way(name), _ENOUGH) for way in (self._holding, self._like, self._held_by))
        owners = (self._owners[place] for place in chain.from_iterable(ways))
        return tuple(islice(dict.fromkeys(owners), SUGGESTED))

    def _holding(self, name: str) -> Iterator[int]:
        """Names with a word that begins like ``name``: tech is in town-and-tech."""
        is_inside = len(name) > _SYLLABLE or not name.isascii()
        part = name if is_inside else f" {name}"
        return (place for place, other in enumerate(self._framed) if part in other)

    def _like(self, name: str) -> Iterator[int]:
        """Names that are nearly spelled so: pyton is like python."""
        found = process.extract(name, self._names, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=_ENOUGH)
        return (place for _, _, place in found)

    def _held_by(self, name: str) -> Iterator[int]:
        """Names that are words of ``name``, the longest first: python is in the-python-feed."""
        whole = f" {name} "
        return (place for place in reversed(range(len(self))) if self._framed[place] in whole)


def _names_of(category: Category) -> set[str]:
    return {_words(each) for each in (category.slug, category.title, *category.aliases)} - {""}


def _words(text: str) -> str:
    """``text`` as it is compared: its words, however they are set apart."""
    return _BETWEEN.sub(" ", folded(text)).strip()
