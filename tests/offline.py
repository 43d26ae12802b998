"""A stretch of a test in which nothing may connect, nor look a name up: Python's own audit events say so."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_WATCHED = frozenset(
    {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.sendmsg"}
)
_attempts: list[str] = []
_watching = threading.Event()


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if event in _WATCHED and _watching.is_set():
        _attempts.append(f"{event}{arguments}")
        raise AssertionError(f"no network here: {event}{arguments}")


sys.addaudithook(_audit)  # for good: it cannot be taken off again, and sleeps outside of a stretch


@contextmanager
def offline() -> Iterator[None]:
    """No connection and no look-up, by whatever thread of this process; those tried fail the test."""
    _attempts.clear()
    _watching.set()
    try:
        yield
    finally:
        _watching.clear()
    assert _attempts == []
