"""Keeps the processes of one machine alive: starts them, starts them again, stops them in order."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

import structlog

from worker.death import child_of_this

FIRST_WAIT = 0.5
LONGEST_WAIT = 5.0
HEALTHY_AFTER = 30.0
"""Seconds alive after which a child's next death is its first again."""
WARM_SECONDS = 5.0
HARD_SECONDS = 3.0
_POLL = 0.05

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Program:
    """A child to keep running; ``last`` ones are stopped after all others."""

    name: str
    arguments: Sequence[str]
    last: bool = False


@dataclass(slots=True)
class Child:
    """A program's process, and when it may be started again."""

    program: Program
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = FIRST_WAIT
    again_at: float = 0.0


@dataclass(slots=True)
class Supervisor:
    """Runs programs until told to stop; their output goes to our stderr."""

    environment: Mapping[str, str]
    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def start(self, program: Program) -> subprocess.Popen[bytes]:
        """Start a program, and keep it running while ``run`` runs."""
        child = Child(program)
        self.children.append(child)
        return self._spawn(child)

    def run(self, until: Callable[[], bool]) -> None:
        """Restart what dies until ``until`` says so or SIGTERM or SIGINT comes."""
        while not self.stopping and not until():
            for child in self.children:
                self._tend(child)
            time.sleep(_POLL)

    def catch_signals(self) -> None:
        """Let SIGTERM and SIGINT end ``run``."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)

    def stop(self) -> None:
        """End all children: warm, then hard; the store last."""
        self.stopping = True
        _end([child for child in self.children if not child.program.last])
        _end([child for child in self.children if child.program.last])

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _spawn(self, child: Child) -> subprocess.Popen[bytes]:
        child.process = subprocess.Popen(
            child.program.arguments,
            env={**self.environment, "FEEDMILL_PROCESS": child.program.name},
            stdin=subprocess.DEVNULL,
            stdout=2,
            preexec_fn=_as_child(),
        )
        child.started = time.monotonic()
        return child.process

    def _tend(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is not None:
            code = child.process.poll()
            if code is None:
                return
            if now - child.started > HEALTHY_AFTER:
                child.wait = FIRST_WAIT
            child.process, child.again_at = None, now + child.wait
            _log.warning("died", program=child.program.name, code=code, again_in=child.wait)
            child.wait = min(child.wait * 2, LONGEST_WAIT)
        if now >= child.again_at:
            self._spawn(child)


def _as_child() -> Callable[[], None]:
    """Dies with the supervisor; a Ctrl-C of the terminal reaches that alone, which stops all in order."""
    die_with_parent = child_of_this()

    def first() -> None:
        os.setsid()
        die_with_parent()

    return first


def _end(children: Sequence[Child]) -> None:
    processes = [child.process for child in children if child.process is not None]
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + WARM_SECONDS
    for process in processes:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(HARD_SECONDS)
