"""Connections that are kept for a moment, and what is done when they broke meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from feeds.errors import SourceError, Unreachable
from feeds.fetch.client import Client, Limits
from feeds.model import NotModified, Received, Validators
from feeds.told import Source
from tests import make
from tests.mills import LOOPBACK
from tests.origin import Origin
from tests.raw_server import HEAD, dripping, raw_server

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ANSWER = HEAD + b"Content-Length: 6\r\n\r\n<rss/>"


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(monotonic=time.monotonic)
    yield made
    made.close()


def source(url: str, **more: object) -> Source:
    return make.source(url=url, allow=LOOPBACK, **more)


def get(client: Client, url: str, **more: object) -> Received | NotModified:
    return client.get(url, Validators(), source=source(url, **more), now=NOW)


def closing(times: list[int]) -> Iterator[str]:
    """A server that answers once a connection and then closes it, though it has not said so."""

    def script(number: int) -> Iterator[tuple[float, bytes]]:
        times.append(number)
        yield 0.0, ANSWER

    with raw_server(script) as url:
        yield url


def test_a_connection_is_used_again(client: Client) -> None:
    with Origin() as origin:
        origin.set("/a", "<rss/>")
        for _ in range(5):
            get(client, f"{origin.url}/a")
        assert len(origin.requests) == 5
        [transport] = client._transports.values()
        assert len(transport._connections._idle) == 1


def test_a_kept_connection_that_the_server_closed_is_nobodys_failure(client: Client) -> None:
    connections: list[int] = []
    for url in closing(connections):
        for _ in range(4):
            assert isinstance(get(client, f"{url}/feed"), Received)
            time.sleep(0.02)
    assert len(connections) == 4


def test_few_connections_are_kept_in_all(client: Client) -> None:
    with Origin() as origin:
        origin.handler("/", lambda path, headers: origin.answer("/a", headers))
        origin.set("/a", "<rss/>", delay=0.2)
        with ThreadPoolExecutor(30) as threads:
            list(threads.map(lambda _: get(client, f"{origin.url}/a"), range(30)))
        [transport] = client._transports.values()
        assert 1 <= len(transport._connections._idle) <= 10


def test_no_connection_is_closed_under_the_hands_of_another(client: Client) -> None:
    """httpcore's own pool did that once in a thousand requests, with over ten connections open."""
    with Origin() as one, Origin(host="127.0.0.2") as two:
        origins = [one, two]
        for origin in origins:
            origin.set("/a", "<rss/>")

        def ask(number: int) -> str:
            try:
                get(client, f"{origins[number % 2].url}/a")
            except SourceError as error:
                return str(error)
            return "fine"

        with ThreadPoolExecutor(24) as threads:
            assert set(threads.map(ask, range(2400))) == {"fine"}


def test_a_body_that_was_not_read_to_its_end_closes_its_connection(client: Client) -> None:
    with Origin() as origin:
        origin.set("/big", bytes(6 * 2**20))
        with pytest.raises(SourceError, match="on the wire"):
            get(client, f"{origin.url}/big")
        [transport] = client._transports.values()
        assert len(transport._connections._idle) == 0


@pytest.mark.parametrize(
    ("start", "drop"),
    [
        (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 2000),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 8000),
    ],
    ids=["early hints", "chunks of one byte"],
)
def test_an_answer_that_costs_us_too_much_work_ends(start: bytes, drop: bytes) -> None:
    client = Client(monotonic=time.monotonic, limits=Limits(busy=0.3))
    began = time.thread_time()
    with (
        raw_server(dripping(start, [drop], 0.0)) as url,
        pytest.raises(Unreachable, match="s of work to read"),
    ):
        get(client, f"{url}/feed")
    assert time.thread_time() - began < 5.0
    client.close()
