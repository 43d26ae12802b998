"""The processes of a system, as /proc shows them: who descends from whom, and whether it still lives."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_GONE_SECONDS = 5.0


class Process(NamedTuple):
    """A process; ``started`` (clock ticks since boot) tells it from a later one of the same id."""

    pid: int
    parent: int
    started: int
    name: str
    """The supervisor's name for it, ``parse child`` for what a program forked."""


def snapshot() -> dict[int, Process]:
    """Every process that lives now (zombies do not), by id."""
    return {process.pid: process for process in _living()}


def descendants(pid: int) -> list[Process]:
    """Children of ``pid``, their children, and so on."""
    processes = snapshot()
    found: list[Process] = []
    parents = {pid}
    while parents:
        children = [process for process in processes.values() if process.parent in parents]
        found += [child._replace(name=_called(child, pid)) for child in children]
        parents = {child.pid for child in children}
    return found


def is_alive(process: Process) -> bool:
    """Whether it is this very process that has its id now."""
    now = _read(process.pid)
    return now is not None and now.started == process.started


def kill(process: Process) -> None:
    """End it with SIGKILL, if it is still there."""
    if is_alive(process):
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)


def end_all(processes: Iterable[Process]) -> None:
    """Return when none of them lives; those that do after 5 s are killed."""
    deadline = time.monotonic() + _GONE_SECONDS
    while left := [process for process in processes if is_alive(process)]:
        if time.monotonic() >= deadline:
            for process in left:
                kill(process)
        time.sleep(0.02)


def _called(process: Process, root: int) -> str:
    program = _program(process.pid)
    return program if process.parent == root else f"{program} child"


def _program(pid: int) -> str:
    """What the supervisor calls it: it says so in the environment of its children."""
    try:
        words = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        command = Path(f"/proc/{pid}/comm").read_text("utf-8", "replace")
    except OSError:
        return "unknown"
    named = [word.partition(b"=")[2].decode() for word in words if word.startswith(b"FEEDMILL_PROCESS=")]
    # redis-server writes its title over its environment; its command's name is all that is left.
    return named[0] if named else command.strip().partition("-")[0]


def _living() -> Iterator[Process]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (process := _read(int(entry.name))) is not None:
            yield process


def _read(pid: int) -> Process | None:
    """One process without its program; None if there is none, or a zombie (proc(5), stat)."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return None
    state, parent, *rest = text[text.rindex(")") + 2 :].split()
    if state in "ZX":
        return None
    return Process(pid, int(parent), int(rest[17]), "")
