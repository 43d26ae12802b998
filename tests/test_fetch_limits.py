"""Publishers gone wrong: huge, slow, broken; each costs a bounded time and memory."""

from __future__ import annotations

import gzip
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from feeds.errors import BadEncoding, SourceError, TooLarge, Unreachable
from feeds.fetch.client import Client, Limits
from feeds.model import Received, Validators
from feeds.packing import opened
from tests import make
from tests.origin import Origin
from tests.places import SHARED
from tests.raw_server import HEAD, Script, always, dripping, raw_server

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ATTACKS = SHARED / "corpora" / "attacks"
HASTY = Limits(connect=1.0, read=0.5, total=1.0)
PATIENCE = 20.0
"""Seconds after which a fetch counts as one that never ends."""


def fetch(url: str, limits: Limits | None = None) -> Received:
    client = Client(monotonic=time.monotonic, limits=limits)
    source = make.source(url=url, allow=("127.0.0.0/8",))
    try:
        outcome = client.get(url, Validators(), source=source, now=NOW)
    finally:
        client.close()
    assert isinstance(outcome, Received)
    return outcome


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as serving:
        yield serving


def zeros(megabytes: int, window: int) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, window)
    return b"".join(compressor.compress(bytes(2**20)) for _ in range(megabytes)) + compressor.flush()


class Peak:
    """The most bytes that were held at once."""

    value = 0


@contextmanager
def measured() -> Iterator[Peak]:
    peak = Peak()
    tracemalloc.start()
    try:
        yield peak
        peak.value = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def refused_in_little_memory(origin: Origin, body: bytes, encoding: str) -> None:
    """The decoded body is compressed as it comes: not even what the limit lets pass is held."""
    origin.set("/bomb", body, headers={"Content-Encoding": encoding})
    with measured() as peak, pytest.raises(TooLarge, match="bytes after decoding"):
        fetch(f"{origin.url}/bomb")
    assert peak.value < Limits().decoded / 3


@pytest.mark.parametrize(
    ("encoding", "window"),
    [("gzip", 31), ("deflate", 15), ("deflate", -15)],
    ids=["gzip", "zlib", "raw deflate"],
)
def test_200_megabytes_of_zeros_cost_no_more_than_the_limit(
    origin: Origin, encoding: str, window: int
) -> None:
    refused_in_little_memory(origin, zeros(200, window), encoding)


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("bomb-zeros-200MB.gz", "gzip"),
        ("bomb-valid-rss-200MB.xml.gz", "gzip"),
        ("bomb-raw-deflate-200MB.bin", "deflate"),
    ],
)
def test_the_corpus_bombs_cost_no_more_than_the_limit(origin: Origin, name: str, encoding: str) -> None:
    if not ATTACKS.is_dir():
        pytest.skip("needs ../shared/corpora")
    refused_in_little_memory(origin, (ATTACKS / name).read_bytes(), encoding)


@pytest.mark.parametrize("encoding", ["gzip, gzip", "gzip"], ids=["told of twice", "told of once"])
def test_a_bomb_in_a_bomb_costs_no_more_than_the_limit(origin: Origin, encoding: str) -> None:
    if not ATTACKS.is_dir():
        pytest.skip("needs ../shared/corpora")
    refused_in_little_memory(origin, (ATTACKS / "bomb-double-gzip.gz.gz").read_bytes(), encoding)


def test_a_body_at_the_limit_is_never_held_whole(origin: Origin) -> None:
    limit = Limits().decoded
    origin.set("/feed", gzip.compress(bytes(limit)), headers={"Content-Encoding": "gzip"})
    with measured() as peak:
        received = fetch(f"{origin.url}/feed")
    assert peak.value < limit / 3
    assert received.exchange.decoded == limit
    assert opened(received).body == bytes(limit)


def test_what_is_just_within_the_limits_comes_whole(origin: Origin) -> None:
    limits = Limits(wire=1000, decoded=1000)
    origin.set("/feed", bytes(1000))
    assert opened(fetch(f"{origin.url}/feed", limits)).body == bytes(1000)
    origin.set("/feed", bytes(1001))
    with pytest.raises(TooLarge, match="1000 bytes on the wire"):
        fetch(f"{origin.url}/feed", limits)
    origin.set("/feed", gzip.compress(bytes(1001)), headers={"Content-Encoding": "gzip"})
    with pytest.raises(TooLarge, match="1000 bytes after decoding"):
        fetch(f"{origin.url}/feed", limits)


def test_an_endless_body_ends_at_the_wire_limit() -> None:
    with (
        raw_server(dripping(HEAD + b"\r\n", [b"x" * 65536], 0.0)) as url,
        pytest.raises(TooLarge, match="on the wire"),
    ):
        fetch(url)


SLOW: dict[str, Script] = {
    "a body in drops": dripping(HEAD + b"Content-Length: 9999\r\n\r\n", [b"x"], 0.1),
    "a chunked body in drops": dripping(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", [b"1\r\nx\r\n"], 0.1),
    "a compressed body that yields nothing": dripping(
        HEAD + b"Content-Encoding: gzip\r\n\r\n", [gzip.compress(b"")], 0.1
    ),
    "a body that stops": lambda _: iter([(0.0, HEAD + b"Content-Length: 9\r\n\r\n1234"), (60.0, b"")]),
    "nothing at all": lambda _: iter([(60.0, b"")]),
    "headers in drops": dripping(HEAD, [b"X-Drop: 1\r\n"], 0.1),
    "one header in drops": dripping(HEAD + b"X-Drop: ", [b"x"], 0.1),
    "interim answers for ever": dripping(b"", [b"HTTP/1.1 103 Early Hints\r\n\r\n"], 0.1),
}


@pytest.mark.parametrize("script", SLOW.values(), ids=SLOW)
@pytest.mark.timeout(PATIENCE)
def test_a_slow_publisher_ends_at_the_deadline(script: Script) -> None:
    with raw_server(script) as url, pytest.raises(Unreachable):
        fetch(url, HASTY)


@pytest.mark.timeout(PATIENCE)
def test_redirects_do_not_stretch_the_deadline() -> None:
    redirect = b"HTTP/1.1 302 Found\r\nLocation: /%d\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    connections = []

    def script(number: int) -> Iterator[tuple[float, bytes]]:
        connections.append(number)
        yield 0.4, redirect % number

    with raw_server(script) as url, pytest.raises(Unreachable):
        fetch(url, HASTY)
    assert len(connections) <= 3


BROKEN: dict[str, bytes] = {
    "no http": b"SSH-2.0-OpenSSH_9.6\r\n",
    "nothing": b"",
    "half a header": b"HTTP/1.1 200 OK\r\nContent-Ty",
    "a body too short": HEAD + b"Content-Length: 100\r\n\r\nshort",
    "a broken chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a chunked body cut off": HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhe",
    "two lengths": HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a header without end": HEAD + b"X-Long: " + b"x" * 300_000,
    "a location of garbage": b"HTTP/1.1 302 Found\r\nLocation: \x80\xff http://\r\nContent-Length: 0\r\n\r\n",
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_a_broken_answer_is_the_publishers_fault(answer: bytes) -> None:
    with raw_server(always(answer)) as url, pytest.raises(SourceError):
        fetch(url, HASTY)


def test_a_compressed_body_cut_off_is_a_broken_encoding(origin: Origin) -> None:
    origin.set("/feed", gzip.compress(b"<rss/>")[:-4], headers={"Content-Encoding": "gzip"})
    with pytest.raises(BadEncoding, match="ends too early"):
        fetch(f"{origin.url}/feed")
