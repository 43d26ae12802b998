"""What is done to a running system on purpose: programs killed, queued messages deleted."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import redis

from tests.faults.newsroom import Probe
from tests.processes import Process, is_alive, kill
from tests.system import System, wait_until

QUEUES = ("dispatch", "fetch", "parse", "publish", "deliver")
_BACK_SECONDS = 30.0


@dataclass(slots=True)
class Blow:
    """One of them: when, what it hit, when its successor lived, and the news that came right after it."""

    victim: str
    what: str
    at: float
    back_at: float
    probe: Probe

    @property
    def hits_fetches(self) -> bool:
        """Whether a download may have been lost by it: its worker died, or what it would write to."""
        return self.victim in ("fetch", "redis", "up")


def strike(system: System, name: str, chance: random.Random, probe: Callable[[], Probe]) -> Blow:
    """Kill one of the processes called ``name``; returns when there are as many of them as before."""
    before = wait_until(lambda: called(system, name), _BACK_SECONDS, f"{name} to be there")
    victim = chance.choice(before)
    kill(victim)
    at = time.monotonic()
    watched = probe()
    wait_until(lambda: not is_alive(victim), 5, f"{name} to die")
    wait_until(lambda: _are_back(system, name, before, victim), _BACK_SECONDS, f"{name} to be back")
    return Blow(name, f"kill -9 {victim.pid}", at, time.monotonic(), watched)


def strike_up(system: System, probe: Callable[[], Probe]) -> Blow:
    """Kill ``up`` itself: all it started dies with it; then start it again on the same folder."""
    at = time.monotonic()
    orphans = system.kill()
    watched = probe()
    wait_until(lambda: not any(map(is_alive, orphans)), 5, "the children of up to die with it")
    old = system.pid
    system.start()
    return Blow("up", f"kill -9 {old}", at, time.monotonic(), watched)


def flush(system: System, held: str, probe: Callable[[], Probe]) -> Blow:
    """Delete every queued message while the program ``held`` stands still, so that there are some."""
    with _broker(system) as broker, _stopped(called(system, held)):
        probe()
        wait_until(lambda: broker.llen(held), 30, f"messages in the queue {held}")
        count = sum(int(broker.llen(queue)) for queue in QUEUES)
        broker.flushdb()
        at = time.monotonic()
    return Blow("messages", f"{count} deleted, {held} held", at, time.monotonic(), probe())


def called(system: System, name: str) -> list[Process]:
    """The processes of that name, in the order of their ids."""
    return sorted(process for process in system.processes() if process.name == name)


def _are_back(system: System, name: str, before: list[Process], victim: Process) -> bool:
    now = called(system, name)
    return len(now) >= len(before) and all(process.started != victim.started for process in now)


@contextmanager
def _broker(system: System) -> Iterator[redis.Redis]:
    with redis.Redis(unix_socket_path=str(system.data / "redis.sock"), db=1) as client:
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
