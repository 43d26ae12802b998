"""Answering from a recording: no connection is made and no name is looked up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import httpx
import msgspec

from feeds import errors
from feeds.errors import RecordingError, SourceError
from feeds.fetch.kept import FORM, INDEX, Asked, Broken, Index, Kept, Transport, Turns, asked_by, digest
from feeds.fetch.secrets import Secrets
from feeds.model import Value

_PIECE = 65536
"""Bytes that a connection gives at once at most."""
_AGAIN = "record it again with --record"
Form = TypeVar("Form", bound=Value)


class Replay:
    """A tape that answers as was recorded in ``folder``.

    Raises RecordingError for a folder that is no recording, and when asked for what is not in it.
    """

    def __init__(self, folder: Path) -> None:
        if not (folder / INDEX).is_file():
            raise RecordingError(f"{folder} is no recording (there is no {INDEX} in it): {_AGAIN}")
        index = _decoded(folder / INDEX, Index)
        if index.form != FORM:
            raise RecordingError(f"{folder} is in form {index.form}, this feedmill reads {FORM}: {_AGAIN}")
        self.moment = index.recorded_at
        """When it was recorded, which is the present for whoever replays it."""
        self._folder = folder
        self._turns = Turns()

    def around(self, make: Callable[[], Transport], secrets: Secrets) -> Transport:  # noqa: ARG002  (a tape's)
        """The recording; no transport is made."""
        return _Replaying(self, secrets)

    def answer(self, asked: Asked) -> tuple[Kept, bytes]:
        """The answer to a request that is made for the first, second … time, and its body."""
        turn = self._turns.next(asked)
        path = self._folder / f"{asked.name}-{turn}.json"
        if not path.is_file():
            often = f"asked for more often than {turn - 1}×" if turn > 1 else "asked for"
            raise RecordingError(f"{asked} was not {often} when {self._folder} was recorded: {_AGAIN}")
        kept = _decoded(path, Kept)
        if Asked(kept.method, kept.url, kept.sent) != asked:
            raise RecordingError(f"{path} is the answer to another request than {asked}: {_AGAIN}")
        return kept, _body(path.with_suffix(".body"), kept)


class _Replaying(httpx.BaseTransport):
    """A transport without a network."""

    def __init__(self, replay: Replay, secrets: Secrets) -> None:
        self._replay = replay
        self._secrets = secrets

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer that was recorded, or the failure."""
        kept, body = self._replay.answer(asked_by(request, self._secrets))
        broken = _error(kept.broken) if kept.broken else None
        if kept.status is None:
            raise broken or RecordingError(
                f"{kept.method} {kept.url} has no answer in its recording: {_AGAIN}"
            )
        headers = [_field(self._secrets.reveal(line)) for line in kept.headers]
        return httpx.Response(kept.status, headers=headers, stream=_Body(body, broken))


class _Body(httpx.SyncByteStream):
    """A body in pieces as from a connection, and what broke after it."""

    def __init__(self, body: bytes, broken: SourceError | None) -> None:
        self._body = body
        self._broken = broken

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self._body), _PIECE):
            yield self._body[start : start + _PIECE]
        if self._broken is not None:
            raise self._broken


def _body(path: Path, kept: Kept) -> bytes:
    if kept.body is None:
        return b""
    body = _bytes_of(path)
    if digest(body) != kept.body:
        raise RecordingError(f"{path} is not what was recorded from {kept.url}: {_AGAIN}")
    return body


def _field(line: str) -> tuple[bytes, bytes]:
    """A header's name and value, byte for byte: latin-1 has a character for each."""
    try:
        name, _, value = line.encode("latin-1").partition(b": ")
    except UnicodeEncodeError as error:
        raise RecordingError(f"{line!r} is no header that was recorded: {_AGAIN}") from error
    return name, value


def _error(broken: Broken) -> SourceError:
    kind = getattr(errors, broken.error, None)
    if not (isinstance(kind, type) and issubclass(kind, SourceError)):
        raise RecordingError(f"{broken.error!r} is no failure that could be replayed: {_AGAIN}")
    return kind(broken.message)


def _decoded(path: Path, form: type[Form]) -> Form:
    try:
        return msgspec.json.decode(_bytes_of(path), type=form)
    except msgspec.MsgspecError as error:
        raise RecordingError(f"{path} is not as it was recorded: {error}: {_AGAIN}") from error


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror}: {_AGAIN}") from error
