"""One machine, everything on it: the programs of a system, and how it comes up and goes down."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import redis

from feeds.pipeline.publish import mark_stale
from feeds.settings import Settings
from feeds.store.store import Store, open_store
from worker.deps import build_mill
from worker.embedded import arguments, end_leftover, wait_until_ready
from worker.folder import SYSTEM, Folder
from worker.session import patience
from worker.supervise import Program, Supervisor

_PATIENCE = 10.0


def worker_programs(settings: Settings) -> list[Program]:
    """beat, and a worker for each kind of work: threads where it waits, processes where it computes."""
    return [
        Program("beat", _celery("beat")),
        Program("dispatch", _worker("dispatch", "dispatch,deliver", "threads", 2)),
        Program("fetch", _worker("fetch", "fetch", "threads", 2)),
        Program("parse", _worker("parse", "parse,publish", "prefork", settings.parse_processes)),
    ]


def web_program(host: str, port: int) -> Program:
    """The web process."""
    words = ["-m", "worker.web", "--host", host, "--port", str(port)]
    return Program("web", [sys.executable, *words])


def demo_program(port: int) -> Program:
    """The built-in news publisher on loopback."""
    return Program("demo", [sys.executable, "-m", "worker.demo", "--port", str(port)])


@contextmanager
def open_system(data: Path, settings: Settings) -> Iterator[tuple[Supervisor, Store]]:
    """A supervisor whose store is up, for the owner of ``data``; on leaving, all of it is stopped.

    Raises FolderBusy when another system runs there.
    """
    folder = Folder(data)
    folder.take_or_wait(SYSTEM, patience(_PATIENCE))
    url = settings.redis_url or folder.url
    # A crash inside a library then says where, on stderr.
    environment = {"PYTHONFAULTHANDLER": "1", **os.environ, "FEEDMILL_REDIS_URL": url}
    supervisor = Supervisor(environment=environment)
    supervisor.catch_signals()
    try:
        if settings.redis_url is None:
            _start_redis(supervisor, folder)
        store = open_store(url, prefix=settings.prefix)
        store.check()
        if settings.redis_url is None:
            _clear_away(folder, store)
        mark_stale(build_mill(store, settings))
        yield supervisor, store
    finally:
        supervisor.stop()
        folder.release()


def _start_redis(supervisor: Supervisor, folder: Folder) -> None:
    end_leftover(folder)
    process = supervisor.start(Program("redis", arguments(folder), last=True))
    wait_until_ready(folder, process)


def _clear_away(folder: Folder, store: Store) -> None:
    """What a system that was killed left behind: its claims and its messages mean nothing now."""
    store.claims.release_all(store.now())
    with redis.Redis(unix_socket_path=str(folder.socket), db=1) as broker:
        broker.flushdb()


def _celery(*words: str) -> list[str]:
    return [sys.executable, "-m", "celery", "--quiet", "--app", "worker.app", *words]


def _worker(name: str, queues: str, pool: str, concurrency: int) -> Sequence[str]:
    return [
        *_celery("worker", "--hostname", f"{name}@%h", "--queues", queues),
        *("--pool", pool, "--concurrency", str(concurrency)),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]
