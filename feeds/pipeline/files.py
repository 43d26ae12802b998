"""A folder of files that are ours: written in one step each, remembered, and removed only if remembered."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from feeds.errors import ConfigError

MANIFEST: Final = ".feedmill.sqlite"
"""Which files are ours, and how far the folder has got; web servers shall not serve it."""
PACKED: Final = ".gz"
_NEW = ".feedmill.new"
_PAUSE = 0.05
_TABLES = """
    CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
"""


class OwnFolder:
    """The folder while we are the only one who writes into it; ``open_folder`` makes it."""

    def __init__(self, folder: Path, manifest: sqlite3.Connection) -> None:
        self._folder = folder
        self._manifest = manifest

    def mark(self, name: str) -> int | None:
        """A number that was kept under ``name``."""
        row = self._manifest.execute("SELECT value FROM marks WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def set_mark(self, name: str, value: int) -> None:
        """Keep a number under ``name``."""
        self._manifest.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", (name, value))

    def write(
        self, path: str, content: bytes, packed: bytes | None, modified: datetime | None = None
    ) -> None:
        """Write a file, and its gzip'd form beside it; what has these bytes already is left alone."""
        for name, body in ((path + PACKED, packed), (path, content)):
            if body is None:
                continue
            # Known before it is there: a file that nobody remembers would stay for ever.
            self._manifest.execute("INSERT OR IGNORE INTO files VALUES (?)", (name,))
            if not _has(self._folder / name, body):
                _replace(self._folder / name, body, modified)

    def remove(self, path: str) -> None:
        """Remove a file and its gzip'd form, if they are ours."""
        self._remove([path, path + PACKED])

    def remove_others(self, paths: Collection[str]) -> None:
        """Remove whatever is ours and none of ``paths``."""
        kept = {*paths, *(path + PACKED for path in paths)}
        known = {row[0] for row in self._manifest.execute("SELECT path FROM files")}
        self._remove(sorted(known - kept))

    def _remove(self, names: Collection[str]) -> None:
        for name in names:
            if self._manifest.execute("SELECT 1 FROM files WHERE path = ?", (name,)).fetchone():
                target = self._folder / name
                target.unlink(missing_ok=True)
                _remove_empty(target.parent, self._folder)
                self._manifest.execute("DELETE FROM files WHERE path = ?", (name,))


@contextmanager
def open_folder(folder: Path, *, patience: float | None = None) -> Iterator[OwnFolder | None]:
    """The folder, for us alone; None if another process has had it for ``patience`` seconds.

    Raises ConfigError when it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            if not _locked(descriptor, patience):
                yield None
                return
            # Autocommit without waiting for the disk: it is to outlive us; `export` mends what power took.
            with closing(sqlite3.connect(folder / MANIFEST, isolation_level=None)) as manifest:
                manifest.execute("PRAGMA synchronous = OFF")
                manifest.executescript(_TABLES)
                yield OwnFolder(folder, manifest)
        finally:
            os.close(descriptor)  # which also ends the lock
    except (OSError, sqlite3.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(
            f"the public folder {folder} cannot be written: {reason}: let feedmill write there, or name "
            f"another folder; `feedmill export {folder}` then makes it whole"
        ) from error


def _locked(descriptor: int, patience: float | None) -> bool:
    deadline = None if patience is None else time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if deadline is None else fcntl.LOCK_NB))
        except BlockingIOError:
            if deadline is not None and time.monotonic() >= deadline:
                return False
            time.sleep(_PAUSE)
        else:
            return True


def _has(target: Path, body: bytes) -> bool:
    try:
        return target.stat().st_size == len(body) and target.read_bytes() == body
    except FileNotFoundError:
        return False


def _replace(target: Path, content: bytes, modified: datetime | None) -> None:
    """Write beside the place, then move there: nobody reads half a file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.parent / _NEW
    new.write_bytes(content)
    new.chmod(0o644)
    if modified is not None:
        os.utime(new, (modified.timestamp(), modified.timestamp()))
    new.replace(target)


def _remove_empty(folder: Path, top: Path) -> None:
    while folder != top:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent
