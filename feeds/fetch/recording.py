"""Recording: every exchange of a client goes to a folder, and can be replayed without the network."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from feeds.errors import RecordingError
from feeds.fetch.kept import FORM, INDEX, Asked, Index, Kept, Transport, Turns, is_ours
from feeds.fetch.secrets import SHORTEST, VARIABLE, Secrets
from feeds.fetch.taping import Keep, Taped
from feeds.model import Value

_NEW = ".unfinished"
_ATTRIBUTES = ".gitattributes"
_VERBATIM = "*.body -text\n"
"""Tells git to leave the ends of lines alone: a body is replayed byte for byte."""


class Recorder:
    """A tape that records in ``folder``: a context manager, at whose good end the files are put in place.

    Until then what was recorded there before stays. Raises RecordingError for a folder that cannot be
    written, or that holds other things and is no recording.
    """

    def __init__(self, folder: Path, *, now: Callable[[], datetime]) -> None:
        self.moment = now()
        """The present for whoever replays it; whoever records should go by it, too."""
        self.folder = folder
        self._now = now
        self._turns = Turns()
        self._is_new = False

    @property
    def exchanges(self) -> int:
        """How many there were so far."""
        return self._turns.total

    def around(self, make: Callable[[], Transport], secrets: Secrets) -> Transport:
        """The transport, with each of its exchanges kept."""
        return Taped(make(), secrets, self._begin)

    def __enter__(self) -> Self:
        with self._writing():
            self._is_new = not self.folder.exists()
            self.folder.mkdir(parents=True, exist_ok=True)
            self._refuse_others()
            shutil.rmtree(self.folder / _NEW, ignore_errors=True)
            (self.folder / _NEW).mkdir()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                with self._writing():
                    self._replace()
        finally:
            shutil.rmtree(self.folder / _NEW, ignore_errors=True)
            if self._is_new:
                with suppress(OSError):
                    self.folder.rmdir()  # which fails unless it is empty: nothing was recorded

    def _begin(self, asked: Asked, secrets: Secrets) -> tuple[datetime, Keep]:
        if secrets.too_short:
            names = ", ".join(f"{VARIABLE}{name}" for name in sorted(secrets.too_short))
            raise RecordingError(
                f"{names}: a secret of less than {SHORTEST} characters cannot be kept out of {self.folder}: "
                "take a longer one"
            )
        return self._now(), partial(self._keep, f"{asked.name}-{self._turns.next(asked)}")

    def _keep(self, name: str, kept: Kept, body: bytes) -> None:
        with self._writing():
            _write(self.folder / _NEW / f"{name}.json", kept)
            if body:
                (self.folder / _NEW / f"{name}.body").write_bytes(body)

    def _replace(self) -> None:
        """The new files for the old ones; while the index is away the folder is no recording."""
        index = self.folder / INDEX
        index.unlink(missing_ok=True)
        for old in [path for path in self.folder.iterdir() if is_ours(path.name)]:
            old.unlink()
        for new in list((self.folder / _NEW).iterdir()):
            new.rename(self.folder / new.name)
        (self.folder / _ATTRIBUTES).write_text(_VERBATIM, "utf-8")
        _write(index, Index(form=FORM, recorded_at=self.moment))

    def _refuse_others(self) -> None:
        if (self.folder / INDEX).is_file():
            return
        others = [path.name for path in self.folder.iterdir() if not _may_be_left(path.name)]
        if others:
            raise RecordingError(
                f"{self.folder} holds {min(others)} and is no recording: name a new or empty folder"
            )

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise RecordingError(f"{self.folder}: {error.strerror}: name a folder you may write") from error


def _may_be_left(name: str) -> bool:
    """Whether an interrupted recording may have left a file of this name."""
    return is_ours(name) or name in (_NEW, _ATTRIBUTES)


def _write(path: Path, value: Value) -> None:
    path.write_bytes(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")
