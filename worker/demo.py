"""A small news publisher on loopback, so that feedmill has something to fetch without a network.

``python -m worker.demo --port 8090`` serves ``/tech.rss`` (English), ``/city.rss`` (Chinese) and
``/api/list`` (Chinese, bodies at ``/api/text?id=…``); something new comes every few seconds.
"""

from __future__ import annotations

import argparse
import hashlib
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from itertools import chain
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

import msgspec

from worker import demo_stories as stories
from worker.demo_stories import Edition, News, Printed

EVERY = timedelta(seconds=3)
PORT = 8090
RSS = "application/rss+xml; charset=utf-8"
JSON = "application/json"
HTML = "text/html; charset=utf-8"

Clock = Callable[[], datetime]
Answer = tuple[str, str]
"""A media type and a text."""


def demo_catalogue() -> str:
    """The text of the catalogue that polls the publisher at its default port."""
    return files("worker").joinpath("demo_data/feedmill.toml").read_text(encoding="utf-8")


def demo_news() -> News:
    """The stories there are to tell."""
    text = files("worker").joinpath("demo_data/news.json").read_bytes()
    return msgspec.json.decode(text, type=News)


def now_utc() -> datetime:
    """The time, for the publisher's default clock."""
    return datetime.now(UTC)


class DemoPublisher:
    """The publisher; a context manager that serves from enter to exit, on ``port`` or, at 0, a free
    one. Each of its lists has a new story ``every`` so often by ``clock``."""

    def __init__(self, port: int = PORT, *, every: timedelta = EVERY, clock: Clock = now_utc) -> None:
        news = demo_news()
        self._tech = Edition("tech", news.english, every)
        # Half of the Chinese stories go to the feed, the others to the list: no story twice.
        self._city = Edition("city", news.chinese[::2], every)
        self._press = Edition("press", news.chinese[1::2], every)
        self._clock = clock
        self._started_at = clock()
        self._server = _Server(("127.0.0.1", port), self.answer)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Its address, without a trailing slash."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, path: str) -> Answer | None:
        """What is at ``path`` (with its query) now; ``None`` when nothing is."""
        parts = urlsplit(path)
        match parts.path:
            case "/tech.rss":
                text = stories.rss("Town & Tech Wire", "en", self.url, self._out(self._tech))
                return RSS, text
            case "/city.rss":
                return RSS, stories.rss("城市新闻", "zh-CN", self.url, self._out(self._city))
            case "/api/list":
                return JSON, stories.json_list(self._out(self._press))
            case "/api/text":
                story = self._find(parse_qs(parts.query).get("id", [""])[0])
                return (JSON, stories.json_text(story)) if story else None
        story = self._find(parts.path.removeprefix("/story/"))
        return (HTML, stories.page(story)) if story else None

    def _out(self, edition: Edition) -> list[Printed]:
        return stories.printed(edition, self._started_at, self._clock())

    def _find(self, code: str) -> Printed | None:
        out = chain.from_iterable(map(self._out, (self._tech, self._city, self._press)))
        return next((story for story in out if story.code == code), None)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], answer: Callable[[str], Answer | None]) -> None:
        self.answer = answer
        super().__init__(address, _Connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """A reader that hangs up early is no news."""


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 60
    server: _Server

    def do_GET(self) -> None:
        media_type, text = self.server.answer(self.path) or ("text/plain", "")
        body = text.encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if not body:
            self._send(404, {"Content-Length": "0"}, b"")
        elif etag in self.headers.get("If-None-Match", ""):
            self._send(304, {"ETag": etag}, b"")
        else:
            length = str(len(body))
            headers = {"Content-Type": media_type, "Content-Length": length, "ETag": etag}
            self._send(200, headers, body)

    do_HEAD = do_GET  # noqa: N815 - the name http.server calls

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Quiet: feedmill's own log says what it fetched."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C; 2 when the port is taken."""
    parser = argparse.ArgumentParser(prog="python -m worker.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT, help="where to listen on 127.0.0.1")
    port = parser.parse_args(arguments).port
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        publisher = DemoPublisher(port)
    except OSError as error:
        reason = error.strerror or error
        print(f"demo publisher: port {port}: {reason}; choose another --port", file=sys.stderr)
        return 2
    with publisher:
        print(f"demo publisher: {publisher.url}", file=sys.stderr, flush=True)
        stop.wait()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
