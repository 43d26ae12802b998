"""A redis-server of its own, as an operator would start one beside feedmill."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from tests.system import free_port, wait_until
from worker.embedded import redis_server

_STOP_SECONDS = 15.0


@contextmanager
def redis_in(folder: Path) -> Iterator[str]:
    """Its address, while it runs with its files in ``folder``."""
    port = str(free_port())
    options = ["--bind", "127.0.0.1", "--port", port, "--dir", str(folder), "--save", ""]
    server = subprocess.Popen([redis_server(), *options], stdout=subprocess.DEVNULL)
    url = f"redis://127.0.0.1:{port}/0"
    try:
        wait_until(lambda: _answers(url), 20, "Redis", every=0.02)
        yield url
    finally:
        server.terminate()
        server.wait(_STOP_SECONDS)


def _answers(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False
