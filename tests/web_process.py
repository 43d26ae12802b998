"""The web process, alone, over a store that is there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.system import free_port, wait_until

_ROOT = Path(__file__).parent.parent


@contextmanager
def web_over(redis_url: str, prefix: str) -> Iterator[str]:
    """Its address, while it serves the store at ``redis_url``."""
    port = free_port()
    env = {**os.environ, "FEEDMILL_REDIS_URL": redis_url, "FEEDMILL_PREFIX": prefix, "PYTHONPATH": str(_ROOT)}
    server = subprocess.Popen([sys.executable, "-m", "worker.web", "--port", str(port)], env=env)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _answers(url), 30, "the web process")
        yield url
    finally:
        server.terminate()
        server.wait(15)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False
