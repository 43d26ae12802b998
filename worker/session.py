"""The store for a command: of the system that runs on a folder, or started for the moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from feeds.errors import ConfigError
from feeds.settings import Settings
from feeds.store.store import Store, open_store
from worker.embedded import EmbeddedRedis, wait_until_ready
from worker.folder import COMMAND, SYSTEM, Folder

_PATIENCE = 30.0


def has_system(data: Path, settings: Settings) -> bool:
    """Whether there is a store to ask, be it that nothing runs on it."""
    return bool(settings.redis_url) or data.is_dir()


@contextmanager
def open_existing(data: Path, settings: Settings) -> Iterator[Store]:
    """As open_session, for commands that only ask: a folder that is not there is a mistake."""
    if not has_system(data, settings):
        raise ConfigError(
            f"there is no folder {data}: name a system's with --data, or start one with `feedmill up`"
        )
    with open_session(data, settings) as store:
        yield store


@contextmanager
def open_session(data: Path, settings: Settings) -> Iterator[Store]:
    """The store that holds the state of ``data``, or the one FEEDMILL_REDIS_URL names."""
    if settings.redis_url:
        yield from _checked(settings.redis_url, settings)
        return
    folder = Folder(data)
    if not _take_unless_system(folder, patience(_PATIENCE)):
        wait_until_ready(folder)
        yield from _checked(folder.url, settings)
        return
    try:
        with EmbeddedRedis(folder):
            yield from _checked(folder.url, settings)
    finally:
        folder.release()


def is_running(data: Path) -> bool:
    """Whether a system has the folder: ``up``, or ``once``."""
    folder = Folder(data)
    if folder.take(COMMAND):
        folder.release()
        return False
    return folder.holder()[0] == SYSTEM


def patience(seconds: float) -> Callable[[], bool]:
    """Waits a little each time it is asked, and says whether to go on waiting."""
    deadline = time.monotonic() + seconds

    def pause() -> bool:
        time.sleep(0.05)
        return time.monotonic() < deadline

    return pause


def _take_unless_system(folder: Folder, pause: Callable[[], bool]) -> bool:
    """Lock the folder; False when a system has it, whose store is then to be used."""
    while not folder.take(COMMAND):
        if folder.holder()[0] == SYSTEM or not pause():
            return False
    return True


def _checked(url: str, settings: Settings) -> Iterator[Store]:
    store = open_store(url, prefix=settings.prefix)
    try:
        store.check()
        yield store
    finally:
        store.close()
