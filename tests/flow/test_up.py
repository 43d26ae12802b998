"""``feedmill up``: how it stops, what it leaves, and what it does when a part of it dies."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from feeds.model import Stage
from feeds.web.hot import FRESH
from tests.flow.slow_parser import ENVIRONMENT, MARK
from tests.flow.world import FETCH, KEYS, opened, rss, source, titles_in
from tests.origin import Origin
from tests.processes import Process, is_alive, snapshot
from tests.system import ROOT, System, run_feedmill, sources_of, wait_until

pytestmark = pytest.mark.flow

STOP_SECONDS = 10.0
LONG = "a-rather-long-name-of-a-folder-" * 4


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as served:
        served.set("/feed", rss("a"))
        yield served


def catalogue(origin: Origin) -> str:
    return "\n".join([FETCH, 'min_interval = "1s"', source("news", f"{origin.url}/feed", every="1s")])


def titles(system: System) -> list[str]:
    answer = system.get("/feeds/news.json")
    return titles_in(answer.body) if answer.status == 200 else []


def shows(system: System, title: str) -> None:
    wait_until(lambda: title in titles(system), 40, f"{title!r} in the feed")


def is_being_parsed(system: System, name: str) -> bool:
    with opened(system.data) as store:
        return bool(store._connection.client.hexists(KEYS.attempts(Stage.PARSE), name))


def program(system: System, name: str) -> Process | None:
    """The process of one program that ``up`` keeps running."""
    return next((process for process in system.processes() if process.name == name), None)


def stops(system: System, number: signal.Signals) -> None:
    """Send ``up`` a signal: it and all below it end in time, and it says that all is well."""
    everyone = [snapshot()[system.pid], *system.processes()]
    os.kill(system.pid, number)
    wait_until(lambda: not any(map(is_alive, everyone)), STOP_SECONDS, "all to end")
    assert system.stop() == 0
    assert "Traceback" not in system.log()


def test_sigterm_stops_it_in_time_though_work_is_in_hand(origin: Origin, tmp_path: Path) -> None:
    origin.set("/slow", rss("slow"), delay=60)
    text = catalogue(origin) + source("slow", f"{origin.url}/slow")
    with System(tmp_path / "data", text) as system:
        shows(system, "Story a")
        wait_until(lambda: origin.requests_to("/slow"), 30, "a fetch under way")
        names = {process.name for process in system.processes()}
        assert {"redis", "beat", "dispatch", "fetch", "parse", "web"} <= names
        stops(system, signal.SIGTERM)


def test_killed_it_leaves_nobody_and_the_next_one_starts(origin: Origin, tmp_path: Path) -> None:
    # The path is too long for a socket in it, and one parser is too busy to notice anything.
    origin.set("/busy", rss())
    text = catalogue(origin) + source("busy", f"{origin.url}/busy", every="1s")
    environment = {**ENVIRONMENT, "PYTHONPATH": str(ROOT)}
    with System(tmp_path / LONG, text, environment=environment) as system:
        shows(system, "Story a")
        origin.set("/busy", rss(MARK))
        wait_until(lambda: is_being_parsed(system, "busy"), 20, "a busy parser")
        children = system.kill()
        assert len(children) >= 6
        wait_until(lambda: not any(map(is_alive, children)), 1.0, "its children to die", every=0.02)
        origin.set("/feed", rss("b", "a"))
        system.start()
        shows(system, "Story b")
        assert titles(system) == ["Story b", "Story a"]
        stops(system, signal.SIGINT)


def test_redis_killed_it_serves_what_it_has_and_goes_on(origin: Origin, tmp_path: Path) -> None:
    with System(tmp_path / "data", catalogue(origin)) as system:
        shows(system, "Story a")
        before = system.get("/feeds/news.rss")
        redis = program(system, "redis")
        assert redis is not None
        # A folder where its socket was keeps the next one from starting.
        socket = system.data / "redis.sock"
        socket.unlink()
        socket.mkdir()
        os.kill(redis.pid, signal.SIGKILL)
        wait_until(lambda: b"away" in system.get("/healthz").body, 20, "the web to notice")
        time.sleep(FRESH)
        answers = {system.get("/feeds/news.rss")[::2] for _ in range(5)}
        assert answers == {(200, before.body)}
        socket.rmdir()
        wait_until(lambda: program(system, "redis") not in (None, redis), 20, "another Redis")
        origin.set("/feed", rss("b", "a"))
        shows(system, "Story b")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[System, Origin]]:
    """A system that runs while commands talk to it; its source has a long interval."""
    with Origin() as origin:
        origin.set("/feed", rss("a"))
        text = "\n".join([FETCH, source("news", f"{origin.url}/feed", every="24h")])
        with System(tmp_path_factory.mktemp("running") / "data", text) as system:
            shows(system, "Story a")
            yield system, origin


def feedmill(system: System, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return run_feedmill(*words, "--data", system.data, cwd=system.data.parent, timeout=60)


@pytest.mark.parametrize("command", ["up", "once"])
def test_a_second_one_on_the_folder_is_refused(running: tuple[System, Origin], command: str) -> None:
    system, _ = running
    done = feedmill(system, command)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"feedmill runs on {system.data} already (process {system.pid})" in done.stderr
    assert "--data" in done.stderr.splitlines()[-1]
    assert "Story a" in titles(system)


def test_a_dead_child_is_started_again(running: tuple[System, Origin]) -> None:
    system, _ = running
    web = program(system, "web")
    assert web is not None
    os.kill(web.pid, signal.SIGKILL)
    wait_until(lambda: program(system, "web") not in (None, web), 20, "another web")
    shows(system, "Story a")


def test_refresh_makes_it_fetch_now(running: tuple[System, Origin]) -> None:
    system, origin = running
    asked = len(origin.requests_to("/feed"))
    done = feedmill(system, "sources", "refresh", "news")
    assert (done.returncode, done.stdout) == (0, "news: due now\n")
    wait_until(lambda: len(origin.requests_to("/feed")) == asked + 1, 20, "a fetch")


def test_apply_changes_the_system_that_runs(running: tuple[System, Origin]) -> None:
    system, origin = running
    origin.set("/other", rss("other"))
    tables = (
        source(name, f"{origin.url}/{path}", every="24h")
        for name, path in (("news", "feed"), ("other", "other"))
    )
    file = system.data.with_name("other.toml")
    file.write_text("\n".join([FETCH, *tables]), "utf-8")
    done = feedmill(system, "sources", "apply", file)
    assert done.returncode == 0, done.stderr
    assert "added     other" in done.stdout
    wait_until(lambda: system.get("/feeds/other.json").status == 200, 20, "the new category")
    wait_until(lambda: titles_in(system.get("/feeds/other.json").body), 20, "its article")


def test_lists_and_exports_come_from_the_system_that_runs(running: tuple[System, Origin]) -> None:
    system, _ = running
    assert sources_of(system.data)["news"]["health"]["entries"] == 1
    assert "articles" in feedmill(system, "status").stdout
    out = system.data.with_name("out")
    assert feedmill(system, "export", out).returncode == 0
    assert (out / "feeds/news.rss").read_bytes() == system.get("/feeds/news.rss").body


def test_an_import_is_served_at_once(running: tuple[System, Origin]) -> None:
    system, _ = running
    post = system.data.with_name("2022-03-17-a-post.md")
    post.write_text('---\ntitle: "A post"\ncategories: posted\n---\n<p>Text.</p>', "utf-8")
    done = feedmill(system, "posts", "import", post)
    assert done.returncode == 0, done.stderr
    assert titles_in(system.get("/feeds/posted.json").body) == ["A post"]
