"""Documents ready to be sent, by the address they were asked at: no route, no store, no rendering."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final, NamedTuple

from feeds.web.conditional import Ready

FRESH: Final = 1.0
"""Seconds a document is sent from here before it is asked for again."""
LIMIT: Final = 64 * 1024 * 1024
"""Bytes of documents held; when there are more, all are asked for again."""


class Address(NamedTuple):
    """The path as it was sent, whether a page is wanted in a feed's place, and the language of our words."""

    path: bytes
    page: bool = False
    interface: str | None = None


@dataclass(slots=True)
class _Place:
    ready: Ready
    slugs: Collection[str]
    until: float


class Shelf:
    """What was answered with a moment ago; ``clock`` is monotonic seconds."""

    def __init__(self, clock: Callable[[], float], *, limit: int = LIMIT) -> None:
        self._clock = clock
        self._limit = limit
        self._places: dict[Address, _Place] = {}
        self._size = 0

    def put(self, address: Address, ready: Ready, slugs: Collection[str]) -> None:
        """Keep what was asked for at ``address``, until a document of one of ``slugs`` changes."""
        before = self._places.get(address)
        self._size += _size_of(ready) - (_size_of(before.ready) if before else 0)
        if self._size > self._limit:
            self._places, self._size = {}, _size_of(ready)
        self._places[address] = _Place(ready, slugs, self._clock() + FRESH)

    def find(self, address: Address) -> Ready | None:
        """What is held of an address; when it gets old, one caller is told to ask, the others wait for it."""
        place = self._places.get(address)
        if place is None:
            return None
        now = self._clock()
        if now >= place.until:
            place.until = now + FRESH
            return None
        return place.ready

    def drop(self, slug: str) -> None:
        """Forget what has anything of a category, or of everything."""
        for address, place in tuple(self._places.items()):
            if slug in place.slugs and self._places.pop(address, None) is not None:
                self._size -= _size_of(place.ready)


def _size_of(ready: Ready) -> int:
    """About how many bytes are held with a document: its packed forms, and the plain one that may be made."""
    return 8 * len(ready.document.body) + 4096
