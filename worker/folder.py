"""The data folder: all state of a one-machine system, and the lock that says who runs on it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

from feeds.errors import ConfigError

SYSTEM = "system"
"""Holds the folder for long: up, once. A second one is refused; commands talk to its store."""
COMMAND = "command"
"""Holds the folder for a moment. Others wait for it."""

_LONGEST_SOCKET = 100


class FolderBusy(ConfigError):
    """A system runs on the folder already."""


class Folder:
    """A data folder and its flock, which ends with the process however that ends."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._file: IO[str] | None = None

    @property
    def socket(self) -> Path:
        """Where the folder's Redis listens; elsewhere if the path is too long for a socket."""
        inside = self.path / "redis.sock"
        if len(os.fsencode(inside)) <= _LONGEST_SOCKET:
            return inside
        digest = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"feedmill-{os.getuid()}-{digest}" / "redis.sock"

    @property
    def url(self) -> str:
        """The store's URL on that socket."""
        return f"unix://{self.socket}?db=0"

    def make(self) -> None:
        """Create the folder and its socket's; raises ConfigError if that cannot be."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.socket.parent.mkdir(mode=0o700, exist_ok=True)
            place = self.socket.parent.lstat()
        except OSError as error:
            raise self._unwritable(error) from error
        if self.socket.parent != self.path and (place.st_uid != os.getuid() or place.st_mode & 0o077):
            raise ConfigError(f"{self.socket.parent} is open to others: remove it, or name a shorter --data")

    def take(self, role: str) -> bool:
        """Lock the folder for ``role``; False if another process has it."""
        self.make()
        try:
            file = (self.path / "lock").open("a+", encoding="utf-8")
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        file.truncate(0)
        file.write(f"{role} {os.getpid()}\n")
        file.flush()
        self._file = file
        return True

    def _unwritable(self, error: OSError) -> ConfigError:
        return ConfigError(f"--data {self.path}: {error.strerror}: name a folder you may write")

    def holder(self) -> tuple[str, str]:
        """Role and process id of who has the folder."""
        role, _, process = (self.path / "lock").read_text("utf-8").strip().partition(" ")
        return role or COMMAND, process

    def take_or_wait(self, role: str, pause: Callable[[], bool]) -> None:
        """Lock the folder, waiting for a command that has it as long as ``pause`` says so.

        Raises FolderBusy when a system runs on it.
        """
        while not self.take(role):
            holder, process = self.holder()
            if holder == SYSTEM or not pause():
                raise FolderBusy(
                    f"feedmill runs on {self.path} already (process {process}): "
                    "stop it first, or name another folder with --data"
                )

    def release(self) -> None:
        """Give the folder back."""
        if self._file is not None:
            self._file.close()
            self._file = None
