"""A publisher that costs next to nothing: 304 to whoever has its ETag, on many loopback hosts.

    python -m bench.publisher --port 9000 --hosts 200 --delay 0.3

GET /stats says how many requests came, how many of them were answered 304, and the most there were at once.
"""

from __future__ import annotations

import argparse
import asyncio
import json

ETAG = b'"2026-01-01"'
_FEED = (
    b"<rss version='2.0'><channel><title>Feed %d</title><item><guid>%d</guid><title>Story %d</title>"
    b"<pubDate>Thu, 01 Jan 2026 00:00:00 GMT</pubDate></item></channel></rss>"
)


class Counts:
    """What has come in so far."""

    def __init__(self) -> None:
        self.requests = self.unchanged = self.now = self.peak = 0


class Connection(asyncio.Protocol):
    """One connection: a request at a time, answered after the delay."""

    def __init__(self, counts: Counts, delay: float) -> None:
        self._counts = counts
        self._delay = delay
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._received.endswith(b"\r\n\r\n"):
            return
        request, self._received = self._received, b""
        if request.startswith(b"GET /stats "):
            self._answer(200, json.dumps(vars(self._counts)).encode())
            return
        counts = self._counts
        counts.requests += 1
        counts.now += 1
        counts.peak = max(counts.peak, counts.now)
        asyncio.get_running_loop().call_later(self._delay, self._publish, request)

    def _publish(self, request: bytes) -> None:
        self._counts.now -= 1
        if ETAG in request:
            self._counts.unchanged += 1
            self._answer(304, b"")
        else:
            number = int(request.split(b" ", 2)[1].rpartition(b"/")[2])
            self._answer(200, _FEED % (number, number, number))

    def _answer(self, status: int, body: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        head = b"HTTP/1.1 %d OK\r\nETag: %s\r\nContent-Type: application/rss+xml\r\n" % (status, ETAG)
        length = b"" if status == 304 else b"Content-Length: %d\r\n" % len(body)
        self._transport.write(head + length + b"\r\n" + body)


async def serve(port: int, hosts: int, delay: float) -> None:
    """Publish on 127.0.0.1 and the addresses behind it, until the process ends."""
    counts = Counts()
    addresses = [f"127.0.0.{number}" for number in range(1, hosts + 1)]
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(counts, delay), addresses, port, backlog=1024
    )
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--delay", type=float, default=0.0)
    told = parser.parse_args()
    asyncio.run(serve(told.port, told.hosts, told.delay))


if __name__ == "__main__":
    main()
