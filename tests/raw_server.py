"""A server that sends exactly the bytes it is told, as slowly as it is told: for publishers gone wrong."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

Script = Callable[[int], Iterator[tuple[float, bytes]]]
"""(pause before, bytes) pairs for a connection, given how many came before it."""

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"


@contextmanager
def raw_server(script: Script) -> Iterator[str]:
    """Its address, while it answers each connection by ``script`` and then closes it."""
    stopping = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, script, stopping), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            stopping.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def always(*parts: bytes) -> Script:
    """The same bytes for everybody, at once."""
    return lambda _: iter([(0.0, part) for part in parts])


def dripping(start: bytes, drops: Sequence[bytes], pause: float) -> Script:
    """``start`` at once, then ``drops`` for ever, one each ``pause`` seconds."""

    def script(_: int) -> Iterator[tuple[float, bytes]]:
        yield 0.0, start
        while True:
            yield from ((pause, drop) for drop in drops)

    return script


def _serve(listener: socket.socket, script: Script, stopping: threading.Event) -> None:
    answering = []
    for number in range(1000):
        try:
            connection, _ = listener.accept()
        except OSError:
            break
        thread = threading.Thread(target=_answer, args=(connection, script(number), stopping), daemon=True)
        thread.start()
        answering.append(thread)
    for thread in answering:
        thread.join()


def _answer(
    connection: socket.socket, parts: Iterator[tuple[float, bytes]], stopping: threading.Event
) -> None:
    with connection:
        try:
            connection.recv(65536)
            for pause, part in parts:
                if stopping.wait(pause):
                    return
                connection.sendall(part)
            connection.shutdown(socket.SHUT_WR)
            _await_end(connection, stopping)
        except OSError:
            return  # the client went away


def _await_end(connection: socket.socket, stopping: threading.Event) -> None:
    """Read on until the client closes, since a close with unread bytes would be a reset."""
    connection.settimeout(0.05)
    while not stopping.is_set():
        try:
            if not connection.recv(65536):
                return
        except TimeoutError:
            continue  # a client that keeps the connection for later
