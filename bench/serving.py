"""Serving: one web process beside nginx with gzip_static and one worker, the same bytes, 64 connections.

``python -m bench.serving``; nginx and wrk must be there (Debian: nginx-light, wrk).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path
from statistics import median
from typing import NamedTuple

import httpx

from feeds.pipeline.public import export
from feeds.store.store import open_store
from feeds.told import CategoryRule
from tests.flow.own_redis import redis_in
from tests.mills import desk_over, polled, put_and_publish, work
from tests.nginx import NGINX, nginx_over
from tests.web_process import web_over

CONNECTIONS = 64
ROUNDS = 5
SECONDS = 3
SIZES = {"long": 50, "short": 5}
"""Entries of each category."""
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


class Load(NamedTuple):
    """What came of one run: requests a second, and the slowest of a hundred (ms)."""

    rate: float
    p99: float


def main() -> None:
    """Run both in turns and print the medians."""
    if NGINX is None or shutil.which("wrk") is None:
        sys.exit("bench.serving: nginx and wrk must be installed (Debian: nginx-light, wrk)")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        redis_url = stack.enter_context(redis_in(folder))
        _publish(redis_url, folder / "public")
        (folder / "nginx").mkdir()
        servers = {
            "nginx": stack.enter_context(nginx_over(folder / "public", folder / "nginx")),
            "web": stack.enter_context(web_over(redis_url, "bench:")),
        }
        for slug in SIZES:
            feeds = {name: f"{url}/feeds/{slug}.rss" for name, url in servers.items()}
            for status in (200, 304):
                _compare(
                    f"{slug} {status}", {name: (url, _headers(url, status)) for name, url in feeds.items()}
                )


def _compare(what: str, servers: dict[str, tuple[str, dict[str, str]]]) -> None:
    rounds = [{name: _loaded(*asked) for name, asked in servers.items()} for _ in range(ROUNDS)]
    for name in servers:
        rate = median(one[name].rate for one in rounds)
        p99 = median(one[name].p99 for one in rounds)
        print(f"{what} {name:>6}: {rate:8.0f} a second, p99 {p99:.1f} ms")
    share = median(one["web"].rate / one["nginx"].rate for one in rounds)
    print(f"{what} web/nginx: {share:.2f}")


def _publish(redis_url: str, public: Path) -> None:
    """A category of many entries of 3 kB, and one of few, as files too."""
    store = open_store(redis_url, prefix="bench:")
    with desk_over(store) as desk:
        for slug, entries in SIZES.items():
            desk.origin.set(f"/{slug}", _feed(entries))
        sources = [
            polled(f"{desk.origin.url}/{slug}", id=slug, category=CategoryRule(slug=slug)) for slug in SIZES
        ]
        put_and_publish(desk, *sources)
        for _ in range(2):
            work(desk.mill)
            desk.clock.advance(10)
        export(store, public)
    store.close()


def _feed(entries: int) -> str:
    items = "".join(
        f"<item><guid isPermaLink='false'>{number}</guid><title>Story {number}</title>"
        f"<description>{' '.join(f'word{number * place % 977}' for place in range(400))}</description>"
        f"<pubDate>Thu, 01 Jan 2026 00:{number:02}:00 GMT</pubDate></item>"
        for number in range(entries)
    )
    return f"<rss version='2.0'><channel><title>News</title>{items}</channel></rss>"


def _headers(url: str, status: int) -> dict[str, str]:
    """What to ask with, so that the answer has this status."""
    headers = {"Accept-Encoding": "gzip"}
    answer = httpx.get(url, headers=headers, trust_env=False)
    assert answer.headers["content-encoding"] == "gzip"
    if status == HTTPStatus.NOT_MODIFIED:
        headers["If-None-Match"] = answer.headers["etag"]
    assert httpx.get(url, headers=headers, trust_env=False).status_code == status
    return headers


def _loaded(url: str, headers: dict[str, str]) -> Load:
    named = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    words = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", *named, url]
    said = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in said, said
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    slowest = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    assert rate is not None, said
    assert slowest is not None, said
    return Load(float(rate[1]), float(slowest[1]) * _UNITS[slowest[2]])


if __name__ == "__main__":
    main()
