"""What all tests share: a real Redis of their own, and corpora that must be there in CI."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from hypothesis import settings

from feeds.store.store import Store, open_store
from tests.command import Feedmill, on_store
from tests.mills import Desk, desk_over
from tests.places import PREFIX
from worker.embedded import EmbeddedRedis
from worker.folder import COMMAND, Folder

# How long an example takes says something of the machine, and nothing of the code.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

REQUIRED = ("shared", "newsboat")
"""Words of reasons for which CI may skip nothing."""


@pytest.fixture(scope="session")
def redis_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folder]:
    """A folder with a Redis that runs for the whole session."""
    folder = Folder(tmp_path_factory.mktemp("redis"))
    assert folder.take(COMMAND)
    with EmbeddedRedis(folder):
        yield folder
    folder.release()


@pytest.fixture
def client(redis_folder: Folder) -> Iterator[redis.Redis]:
    """A plain client of that Redis, emptied."""
    with redis.Redis(unix_socket_path=str(redis_folder.socket)) as plain:
        plain.flushall()
        yield plain


@pytest.fixture
def store(redis_folder: Folder, client: redis.Redis) -> Iterator[Store]:
    """An empty store."""
    opened = open_store(redis_folder.url, prefix=PREFIX)
    opened.check()
    yield opened
    opened.close()


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    """A mill over the empty store, with a publisher and a clock that moves only when told."""
    with desk_over(store) as opened:
        yield opened


@pytest.fixture
def feedmill(
    redis_folder: Folder,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Iterator[Feedmill]:
    """The command on that store, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    with on_store(redis_folder, monkeypatch, capsys) as run:
        yield run


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Where the corpora must be (CI), a test that skips for want of them, or of newsboat, has failed."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]  # pluggy sends a Result, untyped here
    reason = str(report.longrepr)
    if report.skipped and os.environ.get("FEEDMILL_REQUIRE_CORPORA") and any(map(reason.count, REQUIRED)):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} skipped though what it needs is required: {reason}"
