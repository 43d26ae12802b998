"""What all tests share: a real Redis of their own, and corpora that must be there in CI."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from feeds.store.store import Store, open_store
from worker.embedded import EmbeddedRedis
from worker.folder import COMMAND, Folder

PREFIX = "test:"


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


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Where the corpora must be (CI), a test that skips for want of them has failed."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    reason = str(report.longrepr)
    if report.skipped and os.environ.get("FEEDMILL_REQUIRE_CORPORA") and "shared" in reason:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} skipped though the corpora are required: {reason}"


SHARED = Path(__file__).resolve().parents[2] / "shared"
