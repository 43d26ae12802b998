"""A real HTTP/1.1 publisher on loopback, for tests: its pages may change while it runs."""

from __future__ import annotations

import hashlib
import socket
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from email.utils import formatdate, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

RSS = "application/rss+xml"


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in; ``path`` holds the query, ``headers`` are lower-cased names."""

    path: str
    headers: Mapping[str, str]
    status: int
    at: float
    user_agent: str
    method: str = "GET"
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """What to answer; ``headers`` win over those that would be computed, ``delay`` is seconds."""

    body: bytes = b""
    status: int = 200
    media_type: str = RSS
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    etag: bool = True
    last_modified: str | None = None


Programmed = Callable[[str, Mapping[str, str]], Response]
"""Takes a path and headers in small letters; what a POST sent is called ``:body``."""
NOT_FOUND = Response(b"not found", 404, "text/plain", etag=False)


class Origin:
    """A publisher; a context manager that serves from enter to exit, on ``port`` or a free one.

    ``host`` is an address of loopback: several of them are several hosts.
    """

    def __init__(self, port: int = 0, *, host: str = "127.0.0.1") -> None:
        self.host = host
        self._lock = threading.Lock()
        self._pages: dict[str, Response] = {}
        self._programmed: dict[str, Programmed] = {}
        self._requests: list[Request] = []
        self._in_flight = 0
        self._changes = 0
        self._born = time.time() - 86_400
        self.peak = 0
        """The most requests that were in flight at once."""
        self.stopping = threading.Event()
        self._server = _Server((host, port), self)
        self._thread = threading.Thread(target=self._serve, name="origin", daemon=True)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Its address, without a trailing slash."""
        return f"http://{self.host}:{self.port}"

    @property
    def requests(self) -> list[Request]:
        """Every request so far, in the order of arrival."""
        with self._lock:
            return list(self._requests)

    def requests_to(self, path: str) -> list[Request]:
        """The requests for exactly ``path``, query included."""
        return [request for request in self.requests if request.path == path]

    def set(
        self,
        path: str,
        body: bytes | str,
        *,
        media_type: str = RSS,
        headers: Mapping[str, str] | None = None,
        status: int = 200,
        delay: float = 0.0,
        etag: bool = True,
    ) -> None:
        """Serve ``body`` at ``path`` from now on; ``etag`` sends validators and heeds them."""
        content = body.encode() if isinstance(body, str) else body
        page = Response(content, status, media_type, dict(headers or {}), delay, etag)
        with self._lock:
            self._pages[path] = replace(page, last_modified=self._stamp(path, content))

    def _stamp(self, path: str, content: bytes) -> str:
        """A Last-Modified that moves a whole second with every change, so that it is exact."""
        before = self._pages.get(path)
        if before is not None and before.body == content and before.last_modified:
            return before.last_modified
        self._changes += 1
        return formatdate(self._born + self._changes, usegmt=True)

    def handler(self, prefix: str, function: Programmed) -> None:
        """Answer paths that begin with ``prefix`` by ``function(path with query, headers)``."""
        with self._lock:
            self._programmed[prefix] = function

    def answer(self, path: str, headers: Mapping[str, str]) -> Response:
        """What a GET of ``path`` gets: a page that was set, else the longest programmed prefix."""
        with self._lock:
            page = self._pages.get(path)
            prefixes = [prefix for prefix in self._programmed if path.startswith(prefix)]
            function = self._programmed[max(prefixes, key=len)] if prefixes else None
        if page is not None:
            return page
        return function(path, headers) if function else NOT_FOUND

    def record(self, request: Request) -> None:
        """Note a request at its arrival."""
        with self._lock:
            self._requests.append(request)
            self._in_flight += 1
            self.peak = max(self.peak, self._in_flight)

    def release(self) -> None:
        """Note that a recorded request was answered."""
        with self._lock:
            self._in_flight -= 1

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._server.hang_up()
        self._thread.join()

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=0.02)


class _Server(ThreadingHTTPServer):
    """One thread a connection; at the end kept-alive connections end too."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], origin: Origin) -> None:
        self.origin = origin
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        super().__init__(address, _Connection)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is none of a test's business; answers never raise."""

    def hang_up(self) -> None:
        """Shut every open connection down: their threads then read an end and finish."""
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class _Connection(BaseHTTPRequestHandler):
    """Speaks HTTP for its origin."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        origin = self.server.origin
        at = time.monotonic()
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        response = conditional(self._answered(headers | {":body": body.decode("utf-8", "replace")}), headers)
        agent = headers.get("user-agent", "")
        origin.record(Request(self.path, headers, response.status, at, agent, self.command, body))
        try:
            # The event, not a sleep: a slow answer does not hold up the end of the test.
            origin.stopping.wait(response.delay)
            self._send(response)
        finally:
            origin.release()

    do_HEAD = do_GET  # noqa: N815
    do_POST = do_GET  # noqa: N815

    def _answered(self, headers: Mapping[str, str]) -> Response:
        try:
            return self.server.origin.answer(self.path, headers)
        except Exception:
            # A bug in a programmed answer shows itself as a 500 with its traceback.
            return Response(traceback.format_exc().encode(), 500, "text/plain", etag=False)

    def _send(self, response: Response) -> None:
        body = b"" if response.status == 304 else response.body
        headers = headers_of(response)
        self.send_response(response.status)
        for name, value in headers.items():
            self.send_header(name, value)
        if headers.get("Content-Length") not in (None, str(len(body))):
            self.close_connection = True  # a length that lies leaves no next request to find
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Quiet: tests read ``requests``."""


def headers_of(response: Response) -> dict[str, str]:
    """Every header but Date and Server, those given last and stronger."""
    computed: dict[str, str] = {}
    if response.status != 304:
        computed["Content-Type"] = response.media_type
        computed["Content-Length"] = str(len(response.body))
    if response.etag:
        computed["ETag"] = etag_of(response)
        if response.last_modified:
            computed["Last-Modified"] = response.last_modified
    given = {name.title(): value for name, value in response.headers.items()}
    given = {("ETag" if name == "Etag" else name): value for name, value in given.items()}
    return computed | given


def etag_of(response: Response) -> str:
    """The ETag that is sent: the one given, else one of the body."""
    for name, value in response.headers.items():
        if name.lower() == "etag":
            return value
    return f'"{hashlib.sha256(response.body).hexdigest()[:20]}"'


def conditional(response: Response, headers: Mapping[str, str]) -> Response:
    """``response``, or a 304 where the request's validators still hold (RFC 9110 §13.2.2)."""
    if not response.etag or response.status != 200:
        return response
    return replace(response, status=304) if _still_holds(response, headers) else response


def _still_holds(response: Response, headers: Mapping[str, str]) -> bool:
    if (tags := headers.get("if-none-match")) is not None:
        current = etag_of(response).removeprefix("W/")
        return any(tag.strip().removeprefix("W/") in (current, "*") for tag in tags.split(","))
    since, last = headers.get("if-modified-since"), response.last_modified
    if not since or not last:
        return False
    try:
        return parsedate_to_datetime(last) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False
