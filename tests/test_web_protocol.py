"""The short way of the server: what it answers by itself, in order, on connections of every kind."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

pytest.importorskip("httptools")

import uvicorn
from starlette.types import Receive, Scope, Send

from feeds.render.document import seal
from feeds.web.conditional import Ready
from feeds.web.protocol import protocol_over
from feeds.web.shelf import Address, Shelf
from tests.system import wait_until

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LARGE = bytes(range(256)) * 40_000


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Says that it was asked, and for what."""
    body = f"app {scope['method']} {scope['path']}".encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def ready(content: bytes) -> Ready:
    return Ready(seal(content, media_type="text/plain", last_modified=NOW), {}, NOW)


@pytest.fixture
def port() -> Iterator[int]:
    shelf = Shelf(lambda: 0.0)
    shelf.put(Address(b"/held"), ready(b"held"), ())
    shelf.put(Address(b"/large"), ready(LARGE), ())
    config = uvicorn.Config(
        app, port=0, http=protocol_over(shelf), log_level="error", access_log=False, lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_until(lambda: server.started, 10, "uvicorn", every=0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(10)


def request(line: str, *headers: str, body: str = "") -> bytes:
    return "\r\n".join([f"{line} HTTP/1.1", "Host: x", *headers, "", body]).encode()


def told(port: int, sent: bytes) -> bytes:
    """All that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(sent)
        return b"".join(iter(lambda: connection.recv(65536), b""))


CLOSE = request("GET /last", "Connection: close")


def bodies(answer: bytes) -> list[bytes]:
    """The bodies of several answers, one after the other."""
    found = []
    while answer:
        head, _, rest = answer.partition(b"\r\n\r\n")
        length = next(
            (line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")), b":0"
        )
        size = int(length.split(b":")[1])
        found.append(rest[:size])
        answer = rest[size:]
    return found


def test_requests_sent_at_once_are_answered_in_order(port: int) -> None:
    sent = [request(f"GET {path}") for path in ("/held", "/a", "/held", "/held", "/b", "/held")]
    said = bodies(told(port, b"".join([*sent, CLOSE])))
    # Behind one that the application still has, all wait for their turn there.
    named = [body.removeprefix(b"app GET /") for body in said]
    assert named == [b"held", b"a", b"held", b"held", b"b", b"held", b"last"]
    assert said[0] == b"held"


def test_only_what_is_plain_is_answered_from_the_shelf(port: int) -> None:
    sent = (
        request("POST /held", "Content-Length: 2", body="hi"),
        request("GET /held?x"),
        request("OPTIONS /held"),
    )
    said = bodies(told(port, b"".join([*sent, CLOSE])))
    assert said == [b"app POST /held", b"app GET /held", b"app OPTIONS /held", b"app GET /last"]


def test_a_body_that_nobody_wants_is_no_next_request(port: int) -> None:
    sent = request("GET /held", "Content-Length: 31", body="GET /evil HTTP/1.1\r\nHost: x\r\n\r\n")
    assert bodies(told(port, sent + CLOSE)) == [b"held", b"app GET /last"]


def test_head_has_no_body_and_is_followed_by_the_next(port: int) -> None:
    answer = told(port, request("HEAD /held") + CLOSE)
    assert answer.count(b"HTTP/1.1 200") == 2
    assert b"\r\n\r\nHTTP/1.1 200" in answer


@pytest.mark.parametrize("header", ["Connection: close", "Connection: upgrade, close\r\nUpgrade: h2c"])
def test_a_connection_that_is_to_end_ends(port: int, header: str) -> None:
    assert bodies(told(port, request("GET /held", header))) == [b"app GET /held"]


def test_validators_on_several_lines_are_one_list(port: int) -> None:
    etag = ready(b"held").document.etag
    answer = told(port, request("GET /held", 'If-None-Match: "x"', f"If-None-Match: {etag}") + CLOSE)
    assert answer.startswith(b"HTTP/1.1 304 Not Modified\r\n")


def test_who_does_not_read_gets_all_of_it_when_it_does(port: int) -> None:
    sent = b"".join([request("GET /large")] * 3 + [CLOSE])
    said = bodies(told(port, sent))
    assert said[0] == LARGE
    assert said[-1] == b"app GET /last"
