"""Answers kept in the process: fast while the store is well, and there while it is away."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Final, TypeVar, cast

from feeds.errors import StoreUnavailable
from feeds.model import Article, Document, Stretch
from feeds.render.document import FORMATS
from feeds.render.index import INDEX
from feeds.render.near import Names
from feeds.render.search import Headline
from feeds.render.words import SPOKEN
from feeds.told import Category, Site
from feeds.web.reader import Pulse, Reader

T = TypeVar("T")

FRESH: Final = 1.0
"""Seconds an answer is served without asking again, and between two tries while the store is away."""

STEADY: Final = 30.0
"""The same for what moves slowly: a category's pulse, and what the categories are called."""

LIMIT: Final = 64 * 1024 * 1024
"""Bytes of answers held; the longest unused go first."""

_NAMES: Final = (*FORMATS, *(f"html.{language}" for language in SPOKEN), INDEX)
"""All that documents of a category are kept under."""

_ABSENT_BYTES = 256
_HEADLINE_BYTES = 768
_NAME_BYTES = 512


@dataclass(frozen=True, slots=True)
class _Held:
    answer: object
    asked_at: float
    size: int


class HotReader:
    """A Reader in front of a Reader.

    An answer at most a second old is served from memory. While the store is away, the last answer
    is served however old, and one thread at a time tries the store, so that a frozen store holds up
    no other. ``clock`` is monotonic seconds.
    """

    def __init__(self, reader: Reader, clock: Callable[[], float], *, limit: int = LIMIT) -> None:
        self._reader = reader
        self._clock = clock
        self._limit = limit
        self._held: OrderedDict[Hashable, _Held] = OrderedDict()
        self._size = 0
        self._lock = Lock()
        self._away_since: float | None = None
        self._trying = Lock()
        self._renewing = Lock()

    def site(self) -> Site:
        """As Reader.site."""
        return self._hot(("site",), self._reader.site)

    def document(self, slug: str, format: str) -> Document | None:  # noqa: A002
        """As Reader.document."""
        return self._hot(("document", slug, format), lambda: self._reader.document(slug, format))

    def slug(self, name: str) -> str | None:
        """As Reader.slug. Names that are no category's cost no question each, and fill no memory."""
        key = ("slug", name)
        if self._find(key) is None and name.casefold() not in self.spellings():
            return None
        return self._hot(key, lambda: self._reader.slug(name))

    def spellings(self) -> Collection[str]:
        """As Reader.spellings."""
        return self._one_asks(("spellings",), self._reader.spellings, FRESH)

    def names(self) -> Names:
        """As Reader.names."""
        return self._one_asks(("names",), self._reader.names, STEADY)

    def article(self, path: str) -> Article | None:
        """As Reader.article."""
        return self._hot(("article", path), lambda: self._reader.article(path))

    def titles(self, slugs: Sequence[str]) -> dict[str, str]:
        """As Reader.titles."""
        return self._hot(("titles", *slugs), lambda: self._reader.titles(slugs))

    def category(self, slug: str) -> Category | None:
        """As Reader.category."""
        return self._hot(("category", slug), lambda: self._reader.category(slug))

    def stretch(self, slug: str, after: tuple[int, str], limit: int) -> Stretch:
        """As Reader.stretch."""
        return self._hot(("stretch", slug, after, limit), lambda: self._reader.stretch(slug, after, limit))

    def headlines(self) -> tuple[Headline, ...]:
        """As Reader.headlines."""
        return self._hot(("headlines",), self._reader.headlines)

    def pulse(self, slug: str) -> Pulse:
        """As Reader.pulse."""
        return self._hot(("pulse", slug), lambda: self._reader.pulse(slug), STEADY)

    def age(self, slug: str, format: str) -> float:  # noqa: A002
        """As Reader.age: how old what is held is."""
        held = self._find(("document", slug, format))
        return self._clock() - held.asked_at if held else 0.0

    def drop(self, slug: str) -> None:
        """Ask again for a category's documents: it has new ones. What is held serves if nobody answers."""
        with self._lock:
            for key in (("document", slug, name) for name in _NAMES):
                if held := self._held.get(key):
                    self._held[key] = replace(held, asked_at=held.asked_at - FRESH)

    def health(self) -> dict[str, object]:
        """As Reader.health, never from memory: it has to say when the store is away."""
        return self._reader.health()

    def _hot(self, key: Hashable, ask: Callable[[], T], fresh: float = FRESH) -> T:
        held = self._find(key)
        if held is not None and self._clock() - held.asked_at < fresh:
            return cast("T", held.answer)
        try:
            return self._ask(key, ask)
        except StoreUnavailable:
            if held is None:
                raise
            return cast("T", held.answer)

    def _one_asks(self, key: Hashable, ask: Callable[[], T], fresh: float) -> T:
        """As _hot, for what is large: while one thread asks again, the others have what is held."""
        held = self._find(key)
        if held is None:
            return self._hot(key, ask, fresh)
        if not self._renewing.acquire(blocking=False):
            return cast("T", held.answer)
        try:
            return self._hot(key, ask, fresh)
        finally:
            self._renewing.release()

    def _ask(self, key: Hashable, ask: Callable[[], T]) -> T:
        if self._away_since is None:
            return self._fetch(key, ask)
        if self._clock() - self._away_since < FRESH or not self._trying.acquire(blocking=False):
            raise StoreUnavailable("the store did not answer a moment ago")
        try:
            return self._fetch(key, ask)
        finally:
            self._trying.release()

    def _fetch(self, key: Hashable, ask: Callable[[], T]) -> T:
        asked_at = self._clock()
        try:
            answer = ask()
        except StoreUnavailable:
            self._away_since = self._clock()
            raise
        self._away_since = None
        self._keep(key, _Held(answer, asked_at, _size_of(key, answer)))
        return answer

    def _find(self, key: Hashable) -> _Held | None:
        with self._lock:
            held = self._held.get(key)
            if held is not None:
                self._held.move_to_end(key)
            return held

    def _keep(self, key: Hashable, held: _Held) -> None:
        if held.answer is None and isinstance(key, tuple) and key[0] == "article":
            return  # anybody can make up paths, which would push out what is there
        with self._lock:
            before = self._held.get(key)
            if before is not None and before.asked_at > held.asked_at:
                return
            self._size += held.size - (before.size if before else 0)
            self._held[key] = held
            self._held.move_to_end(key)
            while self._size > self._limit:
                self._size -= self._held.popitem(last=False)[1].size


def _size_of(key: Hashable, answer: object) -> int:
    """About how many bytes an answer holds, its key and our own record included."""
    size = _ABSENT_BYTES + sys.getsizeof(key) + len(repr(key))
    match answer:
        case Document():
            return size + len(answer.body) + len(answer.brotli or b"")
        case Article():
            return size + 4 * (len(answer.content) + len(answer.summary) + len(answer.title))
        case Stretch():
            return size + sum(_size_of("", article) for article in answer.articles)
        case tuple():
            return size + len(answer) * _HEADLINE_BYTES
        case Names() | frozenset():
            return size + len(answer) * _NAME_BYTES
        case _:
            return size + len(repr(answer))
