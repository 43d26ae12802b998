"""What polling costs: CPU for an unchanged source over all processes; how many requests are kept in flight.

python -m bench.fetching
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import httpx
import redis

from bench.machine import cpu_by_process
from feeds.model import Stage
from feeds.pipeline.apply import apply
from feeds.settings import load_settings
from feeds.store.store import Store
from feeds.told import Catalogue, CategoryRule, Kind, Source
from tests.system import free_port
from worker.folder import Folder
from worker.supervise import Supervisor
from worker.system import open_system, worker_programs

HOSTS = 200
SOURCES = 1000
SLOW_SOURCES = 6000
SLOW = 0.3
ROUNDS = 3
_PATIENCE = 120.0


class Bench(NamedTuple):
    """A system without its web, a publisher, and a way to let the system run."""

    supervisor: Supervisor
    store: Store
    client: redis.Redis
    publisher: str

    def stats(self) -> dict[str, int]:
        """What the publisher has counted."""
        answer: dict[str, int] = httpx.get(f"{self.publisher}/stats", trust_env=False).json()
        return answer

    def make_due(self) -> None:
        """Make every source due now, in one command."""
        settings = load_settings()
        now = self.store.now().timestamp() * 1000
        names = list(self.store.sources.all())
        self.client.zadd(f"{settings.prefix}due:fetch", dict.fromkeys(names, now))

    def run_until(self, done: Callable[[], bool]) -> float:
        """Let it run; seconds until ``done``."""
        began = time.monotonic()

        def over() -> bool:
            time.sleep(0.02)
            return done() or time.monotonic() - began > _PATIENCE

        self.supervisor.run(until=over)
        return time.monotonic() - began


@contextmanager
def bench(sources: int, delay: float) -> Iterator[Bench]:
    """A system with so many sources on 200 hosts, politeness off, each polled once already."""
    port = free_port()
    words = ["-m", "bench.publisher", "--port", str(port), "--hosts", str(HOSTS), "--delay", str(delay)]
    publisher = subprocess.Popen([sys.executable, *words])
    try:
        with (
            tempfile.TemporaryDirectory() as place,
            open_system(Path(place), load_settings()) as (supervisor, store),
            redis.Redis(unix_socket_path=str(Folder(Path(place)).socket)) as client,
        ):
            for program in worker_programs(load_settings()):
                supervisor.start(program)
            running = Bench(supervisor, store, client, f"http://127.0.0.1:{port}")
            apply(store, Catalogue(sources=tuple(_source(number, port) for number in range(sources))))
            running.run_until(lambda: _is_idle(running, sources))
            yield running
    finally:
        publisher.kill()
        publisher.wait()


def unchanged() -> None:
    """CPU a source of a poll that finds nothing new, over all processes, Redis included."""
    with bench(SOURCES, 0.0) as running:
        print(f"304 of {SOURCES} sources on {HOSTS} hosts, politeness off, all due at once:")
        for _ in range(ROUNDS):
            asked = running.stats()["unchanged"]
            before = cpu_by_process(os.getpid())
            running.make_due()
            seconds = running.run_until(partial(_were_asked, running, asked + SOURCES))
            running.run_until(lambda: _is_idle(running, SOURCES))
            used = cpu_by_process(os.getpid())
            used.subtract(before)
            del used["python"]  # the publisher
            parts = ", ".join(f"{name} {spent * 1e3 / SOURCES:.2f}" for name, spent in used.items() if spent)
            total = sum(used.values()) * 1e3 / SOURCES
            print(f"  {total:.2f} ms of CPU a source ({parts}); all asked after {seconds:.1f} s")


def in_flight() -> None:
    """Requests in flight and fetches a second of one fetch worker against a publisher that takes 300 ms."""
    with bench(SLOW_SOURCES, SLOW) as running:
        print(
            f"a publisher that answers after {SLOW * 1e3:.0f} ms, {SLOW_SOURCES} sources, one fetch worker:"
        )
        start = running.stats()["unchanged"]
        running.make_due()
        running.run_until(lambda: running.stats()["unchanged"] >= start + SLOW_SOURCES // 10)
        first, began, samples = running.stats()["unchanged"], time.monotonic(), []

        def most_done() -> bool:
            stats = running.stats()
            samples.append(stats["now"])
            return stats["unchanged"] >= start + SLOW_SOURCES * 9 // 10

        running.run_until(most_done)
        done, seconds = running.stats()["unchanged"] - first, time.monotonic() - began
        flying = sorted(samples)[len(samples) // 2]
        print(f"  {done / seconds:.0f} fetches a second, {flying} in flight (median of {len(samples)} looks)")


def _source(number: int, port: int) -> Source:
    return Source(
        id=f"source-{number}",
        kind=Kind.FEED,
        url=f"http://127.0.0.{number % HOSTS + 1}:{port}/{number}",
        category=CategoryRule(slug=f"category-{number % 20}"),
        ids=f"source-{number}",
        every=86400.0,
        spacing=0.0,
        per_domain=1000,
        allow=("127.0.0.0/8",),
    )


def _were_asked(running: Bench, times: int) -> bool:
    return running.stats()["unchanged"] >= times


def _is_idle(running: Bench, sources: int) -> bool:
    """Whether every source was asked and all that follows is worked off."""
    now = running.store.now()
    busy = sum(running.store.claims.due_counts(now).values())
    claimed = sum(running.client.hlen(f"{load_settings().prefix}claims:{stage}") for stage in Stage)
    return busy + claimed == 0 and running.stats()["requests"] >= sources


if __name__ == "__main__":
    unchanged()
    in_flight()
