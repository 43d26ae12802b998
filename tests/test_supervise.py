"""The supervisor, over real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import descendants, end_all, is_alive
from tests.system import wait_until
from worker import supervise
from worker.supervise import FIRST_WAIT, HEALTHY_AFTER, LONGEST_WAIT, Program, Supervisor

SLEEPER = """
import os, signal, sys, time
path, seconds = sys.argv[1], float(sys.argv[2])
def ended(*_):
    time.sleep(seconds)
    with open(path, "a") as file:
        file.write(os.environ["FEEDMILL_PROCESS"] + "\\n")
    sys.exit()
signal.signal(signal.SIGTERM, ended)
print(os.environ["FEEDMILL_PROCESS"], "is up", file=sys.stderr, flush=True)
time.sleep(60)
"""
"""Notes its name in a file when it is told to end, and takes its time over that."""

SUPERVISOR = """
import os, sys
from worker.supervise import Program, Supervisor
supervisor = Supervisor(environment=os.environ)
supervisor.catch_signals()
supervisor.start(Program("child", [sys.executable, "-c", "print('up'); import time; time.sleep(60)"]))
supervisor.run(until=lambda: False)
supervisor.stop()
print("stopped in order", flush=True)
"""


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    made = Supervisor(environment=os.environ)
    yield made
    made.stop()


def sleeper(name: str, notes: Path, *, seconds: float = 0, last: bool = False) -> Program:
    return Program(name, [sys.executable, "-c", SLEEPER, str(notes), str(seconds)], last=last)


def shell(name: str, script: str) -> Program:
    return Program(name, ["/bin/sh", "-c", script])


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def bounded(seconds: float = 20) -> float:
    return time.monotonic() + seconds


def test_a_dead_child_is_started_again(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(shell("child", f"echo once >> {tmp_path}/starts; exit 3"))
    end = bounded()
    supervisor.run(until=lambda: len(lines(tmp_path / "starts")) >= 2 or time.monotonic() > end)
    assert len(lines(tmp_path / "starts")) == 2


def test_one_that_dies_again_waits_twice_as_long(supervisor: Supervisor) -> None:
    supervisor.start(shell("child", "exit 3"))
    child, waits, end = supervisor.children[0], [FIRST_WAIT], bounded()

    def seen() -> bool:
        if child.wait != waits[-1]:
            waits.append(child.wait)
        return len(waits) == 4 or time.monotonic() > end

    supervisor.run(until=seen)
    assert waits == [0.5, 1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("alive", "wait", "after"),
    [
        pytest.param(1.0, LONGEST_WAIT, LONGEST_WAIT, id="never longer than the longest"),
        pytest.param(HEALTHY_AFTER + 1, LONGEST_WAIT, 2 * FIRST_WAIT, id="after a healthy life anew"),
    ],
)
def test_how_long_it_waits(supervisor: Supervisor, alive: float, wait: float, after: float) -> None:
    process = supervisor.start(shell("child", "exit 3"))
    process.wait()
    [child] = supervisor.children
    child.started -= alive
    child.wait = wait
    end = bounded()
    supervisor.run(until=lambda: child.process is None or time.monotonic() > end)
    assert child.wait == after


def test_others_live_on_when_one_dies(supervisor: Supervisor, tmp_path: Path) -> None:
    steady = supervisor.start(sleeper("steady", tmp_path / "notes"))
    supervisor.start(shell("weak", "exit 3"))
    end = bounded()
    supervisor.run(until=lambda: supervisor.children[1].wait > 1 or time.monotonic() > end)
    assert steady.poll() is None


def test_all_are_told_to_end_and_the_last_one_ends_after_the_others(
    supervisor: Supervisor, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    notes = tmp_path / "notes"
    supervisor.start(sleeper("store", notes, last=True))
    supervisor.start(sleeper("slow", notes, seconds=0.5))
    supervisor.start(sleeper("quick", notes))
    heard = ""

    def all_up() -> bool:
        nonlocal heard
        heard += capfd.readouterr().err
        return heard.count("is up") == 3

    wait_until(all_up, 20, "three children")
    supervisor.stop()
    assert lines(notes) == ["quick", "slow", "store"]


def test_one_that_will_not_end_is_killed(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "WARM_SECONDS", 0.3)
    process = supervisor.start(
        shell("stubborn", f"trap '' TERM; touch {tmp_path}/up; while :; do sleep 1; done")
    )
    wait_until((tmp_path / "up").exists, 20, "its trap")
    supervisor.stop()
    assert process.returncode == -signal.SIGKILL


def test_stopping_between_a_death_and_the_next_start_is_fine(supervisor: Supervisor) -> None:
    supervisor.start(shell("child", "exit 3"))
    end = bounded()
    supervisor.run(until=lambda: supervisor.children[0].process is None or time.monotonic() > end)
    supervisor.stop()
    assert supervisor.children[0].process is None


@pytest.fixture
def running() -> Iterator[subprocess.Popen[str]]:
    """A supervisor in a process of its own, with one child that is up."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", SUPERVISOR],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    children = wait_until(lambda: descendants(process.pid), 20, "a child")
    yield process
    process.kill()
    process.communicate()
    end_all(children)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_signal_stops_it_in_order(running: subprocess.Popen[str], number: signal.Signals) -> None:
    running.send_signal(number)
    said, _ = running.communicate(timeout=10)
    assert "stopped in order" in said
    assert running.returncode == 0


def test_children_die_with_a_supervisor_that_is_killed(running: subprocess.Popen[str]) -> None:
    children = descendants(running.pid)
    running.kill()
    running.wait()
    wait_until(lambda: not any(map(is_alive, children)), 5, "its child to die", every=0.02)
