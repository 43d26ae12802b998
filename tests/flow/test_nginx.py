"""nginx over the public folder gives the bytes and types that the web process gives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from feeds.pipeline.public import export
from feeds.store.store import Store
from tests.mills import Desk, desk_over, polled, put_and_publish, rss, work
from tests.nginx import NGINX, nginx_over
from tests.places import PREFIX
from tests.web_process import web_over
from worker.folder import Folder

pytestmark = [
    pytest.mark.flow,
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian: nginx-light)"),
]
PAGE = "/news/2026/01/01/one.html"
PATHS = (
    *("/", "/feed.xml", "/opml.xml", "/feeds/index.json", "/category/news.html", PAGE, "/robots.txt"),
    *(f"/feeds/{slug}.{form}" for slug in ("news", "all") for form in ("rss", "atom", "json")),
    "/favicon.ico",
)


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    with desk_over(store) as opened:
        opened.origin.set("/feed", rss("one", "two"))
        put_and_publish(opened, polled(f"{opened.origin.url}/feed"))
        for _ in range(2):
            work(opened.mill)
            opened.clock.advance(10)
        yield opened


def test_nginx_serves_the_same_as_the_web_process(desk: Desk, redis_folder: Folder, tmp_path: Path) -> None:
    public = tmp_path / "public"
    export(desk.mill.store, public)
    with web_over(redis_folder.url, PREFIX) as web, nginx_over(public, tmp_path) as nginx:
        for path in PATHS:
            for coding in ("gzip", "identity"):
                ours, static = (asked(url + path, coding) for url in (web, nginx))
                assert static == ours, path
        assert httpx.get(f"{nginx}/.feedmill.sqlite", trust_env=False).status_code == 404
        missing = httpx.get(f"{nginx}/no", trust_env=False)
        assert (missing.status_code, 'href="/"' in missing.text) == (404, True)


def asked(url: str, coding: str) -> tuple[object, ...]:
    """What a client gets: status, type, coding and bytes as they are sent, and the date."""
    with httpx.stream("GET", url, headers={"Accept-Encoding": coding}, trust_env=False) as answer:
        named = ("content-type", "content-encoding", "content-length")
        headers = [answer.headers.get(name) for name in named]
        dated = answer.headers.get("last-modified") if "etag" in answer.headers else None
        fixed = url.endswith((".ico", ".txt"))
        return (answer.status_code, *headers, None if fixed else dated, b"".join(answer.iter_raw()))
