"""A transport whose exchanges are kept: what comes in is written down as it passes, without its secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import partial

import httpx
from msgspec.structs import replace

from feeds.errors import SourceError
from feeds.fetch.decoding import decode
from feeds.fetch.kept import Asked, Broken, Kept, Transport, asked_by, digest
from feeds.fetch.secrets import Secrets

Keep = Callable[[Kept, bytes], None]
"""Takes an exchange that is over, with its body."""
Begin = Callable[[Asked, Secrets], tuple[datetime, Keep]]
"""Takes a request that is about to be made, and says at which moment."""

_NEVER = frozenset({b"set-cookie", b"set-cookie2"})
_ENCODING = "content-encoding:"
_SEARCHED = 32 * 2**20
"""Decoded bytes that are searched for secrets; the client reads fewer."""


class Taped(httpx.BaseTransport):
    """A transport that tells ``begin`` of every request, and what that returns how it ended."""

    def __init__(self, transport: Transport, secrets: Secrets, begin: Begin) -> None:
        self._transport = transport
        self._secrets = secrets
        self._begin = begin

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The head of the answer, without the cookies it sets: these are not kept either."""
        asked = asked_by(request, self._secrets)
        at, keep = self._begin(asked, self._secrets)
        kept = Kept(method=asked.method, url=asked.url, sent=asked.sent, at=at)
        try:
            answer = self._transport.handle_request(request)
        except SourceError as error:
            keep(replace(kept, broken=_broken(error, self._secrets)), b"")
            raise
        raw = [(name, value) for name, value in answer.headers.raw if name.lower() not in _NEVER]
        lines = (b"%b: %b" % pair for pair in raw)
        headers = tuple(self._secrets.conceal(line.decode("latin-1")) for line in lines)
        kept = replace(kept, status=answer.status_code, headers=headers)
        stream = _Stream(answer, partial(self._end, keep, kept, answer.headers.get("content-encoding", "")))
        return httpx.Response(answer.status_code, headers=raw, stream=stream)

    def close(self) -> None:
        """Give the sockets back."""
        self._transport.close()

    def _end(self, keep: Keep, kept: Kept, encoding: str, body: bytes, error: SourceError | None) -> None:
        visible = _without_secrets(body, encoding, self._secrets)
        if visible != body:
            plain = tuple(line for line in kept.headers if not line.lower().startswith(_ENCODING))
            kept = replace(kept, headers=plain, redacted=True)
        broken = _broken(error, self._secrets) if error else None
        keep(replace(kept, body=digest(visible) if visible else None, broken=broken), visible)


class _Stream(httpx.SyncByteStream):
    """A body as it comes; ``end`` is told how much of it was read, and what broke."""

    def __init__(self, answer: httpx.Response, end: Callable[[bytes, SourceError | None], None]) -> None:
        self._answer = answer
        self._end = end
        self._read = bytearray()
        self._error: SourceError | None = None

    def __iter__(self) -> Iterator[bytes]:
        try:
            for chunk in self._answer.stream:  # type: ignore[union-attr]  # ours is a sync one
                self._read += chunk
                yield chunk
        except SourceError as error:
            self._error = error
            raise

    def close(self) -> None:
        try:
            self._answer.close()
        finally:
            self._end(bytes(self._read), self._error)


def _without_secrets(body: bytes, encoding: str, secrets: Secrets) -> bytes:
    """The body as it came; where a publisher repeats a secret in it, decoded and with its name instead."""
    pieces: list[bytes] = []
    with suppress(SourceError):
        pieces.extend(decode([body], encoding, limit=_SEARCHED))
    for form in (b"".join(pieces), body):
        text = form.decode("latin-1")
        concealed = secrets.conceal(text)
        if concealed != text:
            return concealed.encode("latin-1")
    return body


def _broken(error: SourceError, secrets: Secrets) -> Broken:
    return Broken(error=type(error).__name__, message=secrets.conceal(str(error)))
