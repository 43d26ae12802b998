"""The web process over real HTTP: its two ways agree, news come at once, the last copy is always served."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from feeds.store.store import Store, open_store
from tests.flow.own_redis import redis_in
from tests.mills import Desk, desk_over, polled, put_and_publish, rss, work
from tests.places import PREFIX
from tests.system import wait_until
from tests.web_process import web_over
from worker.folder import Folder

pytestmark = pytest.mark.flow
PATHS = (
    *("/", "/feed.xml", "/opml.xml", "/feeds/index.json", "/category/news.html", "/news/2026/01/01/one.html"),
    *(f"/feeds/{slug}.{form}" for slug in ("news", "all") for form in ("rss", "atom", "json")),
)


def filled(desk: Desk) -> None:
    """Two articles, published."""
    desk.origin.set("/feed", rss("one", "two"))
    put_and_publish(desk, polled(f"{desk.origin.url}/feed"))
    for _ in range(2):
        work(desk.mill)
        desk.clock.advance(10)


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    with desk_over(store) as opened:
        filled(opened)
        yield opened


def test_what_is_held_is_answered_with_as_the_application_does(desk: Desk, redis_folder: Folder) -> None:
    """The short way of the protocol, for what was asked a moment ago, beside the long one, by a query."""
    kinds = [
        {"Accept-Encoding": "br"},
        {"Accept-Encoding": "gzip", "Accept": "text/html,*/*;q=0.5"},
        {"Accept-Encoding": "identity", "If-Modified-Since": "Fri, 02 Jan 2026 03:05:05 GMT"},
        {"If-None-Match": "*"},
        {"Range": "bytes=0-9"},
    ]
    with web_over(redis_folder.url, PREFIX) as web, httpx.Client(base_url=web, trust_env=False) as client:
        for path in PATHS:
            for headers in kinds:
                for method in ("GET", "HEAD"):
                    long, _, short = (
                        whole(client.request(method, path + query, headers=headers))
                        for query in ("?x", "", "")
                    )
                    assert short == long, (method, path, headers)


def whole(answer: httpx.Response) -> tuple[object, ...]:
    headers = {name: value for name, value in answer.headers.items() if name not in ("date", "server")}
    return answer.status_code, headers, answer.content


def test_a_change_is_served_at_once(desk: Desk, redis_folder: Folder) -> None:
    with web_over(redis_folder.url, PREFIX) as web, httpx.Client(base_url=web, trust_env=False) as client:
        before = client.get("/feeds/news.rss").headers["etag"]
        assert client.get("/feeds/news.rss", headers={"If-None-Match": before}).status_code == 304
        desk.origin.set("/feed", rss("one", "two", "three"))
        desk.mill.store.claims.refresh("news", desk.clock())
        work(desk.mill)
        wait_until(lambda: client.get("/feeds/news.rss").headers["etag"] != before, 0.5, "news", every=0.01)


def test_the_last_copy_is_served_while_the_store_is_away_and_says_how_old_it_is(tmp_path: Path) -> None:
    with ExitStack() as later:
        with redis_in(tmp_path) as url:
            store = open_store(url, prefix=PREFIX)
            with desk_over(store) as desk:
                filled(desk)
            store.close()
            web = later.enter_context(web_over(url, PREFIX))
            client = later.enter_context(httpx.Client(base_url=web, trust_env=False, timeout=30))
            before = client.get("/feeds/news.json")
            assert "x-feedmill-age" not in before.headers
            assert before.headers["x-feedmill-last-success"].endswith(" GMT")
        wait_until(lambda: "x-feedmill-age" in client.get("/feeds/news.json").headers, 20, "age", every=0.5)
        away = client.get("/feeds/news.json")
        assert (away.status_code, away.content) == (200, before.content)
        assert int(away.headers["x-feedmill-age"]) >= 5
        assert away.headers["x-feedmill-last-success"] == before.headers["x-feedmill-last-success"]
        assert client.get("/healthz").json()["store"] == "away"
        assert client.get("/feeds/all.rss").status_code == 503


def test_wrong_settings_are_one_line_and_exit_2() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "worker.web"],
        env={**os.environ, "FEEDMILL_LOG": "xml"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (said.returncode, said.stdout, said.stderr.count("\n")) == (2, "", 1)
    assert said.stderr.startswith("feedmill: FEEDMILL_LOG: ")
