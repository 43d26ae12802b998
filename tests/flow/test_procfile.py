"""The same system from the Procfile, its Redis started apart; and its stages, which stop by themselves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest
from honcho.environ import parse_procfile

from feeds.model import Stage
from feeds.store.store import Store, open_store
from tests.flow.own_redis import redis_in
from tests.flow.world import FETCH, rss, source, titles_in
from tests.origin import Origin
from tests.processes import descendants, end_all
from tests.system import ROOT, environment_with, free_port, run_feedmill, wait_until

pytestmark = pytest.mark.flow

BIN = str(Path(sys.executable).parent)
STOP_SECONDS = 15.0


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """A redis-server of its own, as an operator would start one."""
    with redis_in(tmp_path) as url:
        yield url


@pytest.fixture
def environment(redis_url: str) -> dict[str, str]:
    """What the lines of the Procfile need to be told."""
    told = {"FEEDMILL_REDIS_URL": redis_url, "PORT": str(free_port()), "FEEDMILL_PARSE_PROCESSES": "1"}
    return told | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture
def store(redis_url: str) -> Iterator[Store]:
    opened = open_store(redis_url, prefix="feedmill:")
    yield opened
    opened.close()


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as served:
        served.set("/feed", rss("a"))
        yield served


def start(command: list[str], environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as file:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment_with(environment),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )


def end(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM to that process alone; what is left of it and below it after a while is killed."""
    children = descendants(process.pid)
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    end_all(children)


def apply(origin: Origin, environment: Mapping[str, str], folder: Path) -> None:
    """Put one source in force, with the command, as an operator does."""
    table = source("news", f"{origin.url}/feed", every="1s")
    (folder / "feedmill.toml").write_text(f'{FETCH}min_interval = "1s"\n{table}', "utf-8")
    done = run_feedmill("sources", "apply", "feedmill.toml", cwd=folder, env=environment)
    assert done.returncode == 0, done.stderr
    assert "added     news" in done.stdout


def titles(environment: Mapping[str, str]) -> list[str]:
    """The titles in the feed that is served, none while there is none."""
    try:
        answer = httpx.get(f"http://127.0.0.1:{environment['PORT']}/feeds/news.json", trust_env=False)
    except httpx.TransportError:
        return []
    return titles_in(answer.content) if answer.status_code == 200 else []


def test_honcho_runs_the_system(environment: dict[str, str], origin: Origin, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    command = [f"{BIN}/honcho", "start", "-d", str(ROOT), "-e", str(tmp_path / "empty")]
    honcho = start(command, environment, tmp_path / "honcho.log")
    try:
        apply(origin, environment, tmp_path)
        wait_until(lambda: titles(environment) == ["Story a"], 60, "the feed")
        origin.set("/feed", rss("b", "a"))
        wait_until(lambda: titles(environment) == ["Story b", "Story a"], 30, "what is new")
    finally:
        end(honcho)
    assert "Traceback" not in (tmp_path / "honcho.log").read_text("utf-8")


def test_payloads_wait_for_a_parse_worker_that_was_stopped(
    environment: dict[str, str], origin: Origin, store: Store, tmp_path: Path
) -> None:
    lines = parse_procfile((ROOT / "Procfile").read_text("utf-8")).processes

    def line(name: str) -> subprocess.Popen[bytes]:
        return start(["/bin/sh", "-c", f"exec {lines[name]}"], environment, tmp_path / f"{name}.log")

    started = {name: line(name) for name in lines}
    try:
        apply(origin, environment, tmp_path)
        wait_until(lambda: titles(environment) == ["Story a"], 60, "the feed")
        end(started["parse"])
        origin.set("/feed", rss("b", "a"))
        wait_until(lambda: store.sources.payload("news"), 30, "a payload")
        asked = len(origin.requests)
        with pytest.raises(AssertionError):
            wait_until(lambda: len(origin.requests) > asked, 3, "a request that must not come")
        assert titles(environment) == ["Story a"]
        assert store.claims.unfinished(store.now())[Stage.PARSE] == 1
        started["parse"] = line("parse")
        wait_until(lambda: titles(environment) == ["Story b", "Story a"], 60, "what waited")
    finally:
        for process in started.values():
            process.terminate()
        for process in started.values():
            end(process)
    assert [request.status for request in origin.requests].count(200) == 2
