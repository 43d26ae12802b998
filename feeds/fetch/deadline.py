"""The end of one whole request, whatever its parts: no server can stretch it by sending in drops."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore


class Deadline:
    """When the request that runs in the present thread must be over, by a monotonic clock."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ends = threading.local()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Let everything that this thread does over streams of ours end in ``seconds``."""
        self._ends.seconds = seconds
        self._ends.at = self._clock() + seconds
        try:
            yield
        finally:
            del self._ends.at

    def bound(self, timeout: float | None) -> float | None:
        """``timeout``, or less if the request must be over before; raises httpcore.ReadTimeout then."""
        at = getattr(self._ends, "at", None)
        if at is None:
            return timeout
        left = float(at - self._clock())
        if left <= 0:
            raise httpcore.ReadTimeout(f"not complete after {self._ends.seconds:g} s")
        return left if timeout is None else min(timeout, left)


class BoundedStream(httpcore.NetworkStream):
    """A stream of httpcore whose every wait ends by the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Bytes, as httpcore has it."""
        return self._stream.read(max_bytes, self._deadline.bound(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send bytes, as httpcore has it."""
        self._stream.write(buffer, self._deadline.bound(timeout))

    def close(self) -> None:
        """End the stream."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same stream, encrypted."""
        bounded = self._deadline.bound(timeout)
        return BoundedStream(self._stream.start_tls(ssl_context, server_hostname, bounded), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """What the stream knows of itself."""
        return self._stream.get_extra_info(info)
