"""The ear of the web process: what it holds of a category is dropped when that has new documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from feeds.errors import StoreUnavailable

SHORTEST: Final = 0.5
LONGEST: Final = 5.0
"""Seconds between two tries to hear anything, doubling."""


def listen(
    announcements: Callable[[], Iterable[str | None]],
    drop: Callable[[str], None],
    pause: Callable[[float], None],
) -> Iterator[None]:
    """Drop every slug that is announced, for ever; yields after each word or quiet.

    While the store is away it is tried again after growing pauses. What is missed meanwhile is asked for
    anyway, each second.
    """
    wait = SHORTEST
    while True:
        try:
            for slug in announcements():
                wait = SHORTEST
                if slug is not None:
                    drop(slug)
                yield
        except StoreUnavailable:
            pause(wait)
            wait = min(2 * wait, LONGEST)
        yield
