"""Connections by host: a few idle ones are kept for a moment, each of them one request's at a time."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from ssl import SSLContext

import httpcore

_KEPT = 10
"""Idle connections in all: what is polled is on thousands of hosts, which are not soon asked again."""
_SECONDS = 5.0


class Connections:
    """httpcore's connections with less between them: its own pool looks at every connection on each request,
    and closes one as idle that another thread has just been given.
    """

    def __init__(self, ssl: SSLContext, backend: httpcore.NetworkBackend) -> None:
        self._ssl = ssl
        self._backend = backend
        self._lock = threading.Lock()
        self._idle: OrderedDict[httpcore.HTTPConnection, tuple[httpcore.Origin, float]] = OrderedDict()

    def send(self, request: httpcore.Request) -> tuple[httpcore.Response, httpcore.HTTPConnection]:
        """The head of the answer, and the connection to give back once its body was read.

        A kept connection may have been closed by the server meanwhile: a GET is then sent anew.
        """
        kept = self._take(request.url.origin)
        if kept is not None:
            try:
                return kept.handle_request(request), kept
            except (httpcore.NetworkError, httpcore.RemoteProtocolError, httpcore.ConnectionNotAvailable):
                kept.close()
                if request.method != b"GET":
                    raise
        fresh = httpcore.HTTPConnection(
            request.url.origin,
            ssl_context=self._ssl,
            keepalive_expiry=_SECONDS,
            network_backend=self._backend,
        )
        try:
            return fresh.handle_request(request), fresh
        except BaseException:
            fresh.close()
            raise

    def give_back(self, connection: httpcore.HTTPConnection, origin: httpcore.Origin) -> None:
        """Keep a connection whose answer was read to its end; close any other, and those that are too old."""
        surplus, now = [], time.monotonic()
        with self._lock:
            if connection.is_idle():
                self._idle[connection] = (origin, now)
            else:
                surplus.append(connection)
            while self._idle and (len(self._idle) > _KEPT or self._oldest() < now - _SECONDS):
                surplus.append(self._idle.popitem(last=False)[0])
        for one in surplus:
            one.close()

    def close(self) -> None:
        """Give the sockets back."""
        with self._lock:
            idle = list(self._idle)
            self._idle.clear()
        for connection in idle:
            connection.close()

    def _oldest(self) -> float:
        return next(iter(self._idle.values()))[1]

    def _take(self, origin: httpcore.Origin) -> httpcore.HTTPConnection | None:
        """The youngest idle connection to a host; those that expired meanwhile are closed."""
        while True:
            with self._lock:
                found = next((one for one in reversed(self._idle) if self._idle[one][0] == origin), None)
                if found is None:
                    return None
                del self._idle[found]
            if not found.has_expired():
                return found
            found.close()
