"""What is done to a running system on purpose: programs killed, queued messages deleted."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import redis

from tests.faults.newsroom import Newsroom, Probe
from tests.processes import Process, is_alive, kill
from tests.system import System, wait_until

QUEUES = ("dispatch", "fetch", "parse", "publish", "deliver")
STAGES = ("fetch", "page", "parse", "publish")
_WORKS_FOR = {"fetch": ("fetch", "page"), "parse": ("parse", "publish"), "parse child": ("parse", "publish")}
"""Which stages a program is killed in the middle of, where that can be arranged."""
_BACK_SECONDS = 30.0
_BUSY_SECONDS = 3.0
_POLL_SECONDS = 1.2
"""A stopped worker that was waiting for its queue would still be handed one message; kombu waits 1 s."""


@dataclass(slots=True)
class Blow:
    """One of them: when, what it hit, when its successor lived, the news just before and right after it.

    ``in_flight`` are the members, of whatever stage, that had been started and not finished.
    """

    victim: str
    what: str
    at: float
    in_flight: frozenset[str]
    before: list[Probe]
    after: Probe
    back_at: float

    @property
    def hits_fetches(self) -> bool:
        """Whether a download may have been lost by it: its worker died, or what it would write to."""
        return self.victim in ("fetch", "redis", "up")


def strike(system: System, name: str, chance: random.Random, newsroom: Newsroom) -> Blow:
    """Kill one of the processes called ``name``; returns when there are as many of them as before."""
    living = wait_until(lambda: called(system, name), _BACK_SECONDS, f"{name} to be there")
    victim = chance.choice(living)
    with _redis(system, database=0) as store:
        stuck = _in_flight(store)
        before = newsroom.burst()
        in_flight = _wait_until_busy(store, name, stuck)
        kill(victim)
        at = time.monotonic()
    after = newsroom.probe()
    wait_until(lambda: not is_alive(victim), 5, f"{name} to die")
    wait_until(lambda: _are_back(system, name, living, victim), _BACK_SECONDS, f"{name} to be back")
    return Blow(name, f"kill -9, {len(in_flight)} in flight", at, in_flight, before, after, time.monotonic())


def strike_up(system: System, newsroom: Newsroom) -> Blow:
    """Kill ``up`` itself: all it started dies with it; then start it again on the same folder."""
    before = newsroom.burst()
    with _redis(system, database=0) as store:
        in_flight = _wait_until_busy(store, "fetch", _in_flight(store))
        orphans = system.kill()
        at = time.monotonic()
    after = newsroom.probe()
    wait_until(lambda: not any(map(is_alive, orphans)), 5, "the children of up to die with it")
    system.start()
    return Blow("up", f"kill -9, {len(in_flight)} in flight", at, in_flight, before, after, time.monotonic())


def flush(system: System, held: str, newsroom: Newsroom) -> Blow:
    """Delete every queued message while the program ``held`` stands still, so that there are some."""
    with (
        _redis(system, database=0) as store,
        _redis(system, database=1) as broker,
        _stopped(called(system, held)),
    ):
        time.sleep(_POLL_SECONDS)
        before = newsroom.burst()
        wait_until(lambda: broker.llen(held), 30, f"messages in the queue {held}")
        if held == "parse":
            wait_until(lambda: _wait_for_parse(store, before), 45, "payloads that wait for parse")
        count = sum(int(broker.llen(queue)) for queue in QUEUES)
        broker.flushdb()
        at = time.monotonic()
    what = f"{count} deleted, {held} held"
    return Blow("messages", what, at, frozenset(), before, newsroom.probe(), time.monotonic())


def called(system: System, name: str) -> list[Process]:
    """The processes of that name, in the order of their ids."""
    return sorted(process for process in system.processes() if process.name == name)


def _are_back(system: System, name: str, before: list[Process], victim: Process) -> bool:
    now = called(system, name)
    return len(now) >= len(before) and all(process.started != victim.started for process in now)


def _wait_for_parse(store: redis.Redis, probes: list[Probe]) -> bool:
    """Whether the payloads of half of these sources have come and wait for parse, their hints queued."""
    waiting = [store.zscore("feedmill:due:parse", probe.story.source) is not None for probe in probes]
    return sum(waiting) * 2 >= len(waiting)


def _wait_until_busy(store: redis.Redis, name: str, stuck: frozenset[str]) -> frozenset[str]:
    """What is under way, at a moment at which the program called ``name`` has begun something new."""
    stages = _WORKS_FOR.get(name, STAGES)
    deadline = time.monotonic() + _BUSY_SECONDS
    while time.monotonic() < deadline and not _in_flight(store, stages) - stuck:
        continue
    return _in_flight(store)


def _in_flight(store: redis.Redis, stages: tuple[str, ...] = STAGES) -> frozenset[str]:
    pipe = store.pipeline(transaction=False)
    for stage in stages:
        pipe.hkeys(f"feedmill:attempts:{stage}")
    return frozenset(member.decode() for members in pipe.execute() for member in members)


@contextmanager
def _redis(system: System, *, database: int) -> Iterator[redis.Redis]:
    with redis.Redis(unix_socket_path=str(system.data / "redis.sock"), db=database) as client:
        yield client


@contextmanager
def _stopped(processes: list[Process]) -> Iterator[None]:
    assert processes
    for process in processes:
        os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGCONT)
