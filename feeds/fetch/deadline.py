"""The end of one whole request, whatever its parts: no server can stretch it by sending in drops."""

from __future__ import annotations

import math
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpcore

from feeds.durations import spelled


class _End(NamedTuple):
    """When it is over: by the clock, and by the CPU this thread has spent."""

    at: float
    seconds: float
    busy_at: float
    busy: float


class Deadline:
    """When the request that runs in the present thread must be over, by a monotonic clock."""

    def __init__(
        self, clock: Callable[[], float], *, busy_clock: Callable[[], float] = time.thread_time
    ) -> None:
        self._clock = clock
        self._busy_clock = busy_clock
        self._thread = threading.local()

    @contextmanager
    def within(self, seconds: float, *, busy: float = math.inf) -> Iterator[None]:
        """Let all that this thread waits for end in ``seconds``, or after ``busy`` seconds of its own CPU.

        Within another, it is never later than that.
        """
        outer = self._end
        end = _End(self._clock() + seconds, seconds, self._busy_clock() + busy, busy)
        if outer is not None:
            end = _End(*min(end[:2], outer[:2]), *min(end[2:], outer[2:]))
        self._thread.end = end
        try:
            yield
        finally:
            self._thread.end = outer

    def bound(self, timeout: float | None) -> float | None:
        """``timeout``, or less if the request must be over before; raises httpcore.ReadTimeout then."""
        end = self._end
        if end is None:
            return timeout
        left = end.at - self._clock()
        if left <= 0:
            raise httpcore.ReadTimeout(f"not complete after {spelled(end.seconds)}")
        if self._busy_clock() > end.busy_at:
            raise httpcore.ReadTimeout(f"it costs us more than {spelled(end.busy)} of work to read")
        return left if timeout is None else min(timeout, left)

    @contextmanager
    def looking_up(self) -> Iterator[None]:
        """Count what is done here as time spent on names."""
        began = self._clock()
        try:
            yield
        finally:
            self._thread.names = self._clock() - began

    def names_took(self) -> float:
        """Seconds that this thread spent on names since the last call."""
        seconds = float(getattr(self._thread, "names", 0.0))
        self._thread.names = 0.0
        return seconds

    @property
    def _end(self) -> _End | None:
        return getattr(self._thread, "end", None)


class BoundedStream(httpcore.NetworkStream):
    """A stream of httpcore whose every wait ends by the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Bytes, as httpcore has it."""
        try:
            return self._stream.read(max_bytes, self._deadline.bound(timeout))
        except httpcore.ReadTimeout:
            self._deadline.bound(timeout)  # says so if it was this that ended
            raise

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
