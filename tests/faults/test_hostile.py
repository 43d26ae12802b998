"""Sources that mean harm end within their limits, in little memory, and nobody else notices (P6)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from tests.faults.documents import titles
from tests.faults.hostile import MIB, Footprint, Hostile, footprint_of, hostile_sources
from tests.flow.world import rss, source
from tests.origin import Origin
from tests.processes import Process, is_alive
from tests.system import System, run_feedmill, sources_of, wait_until

pytestmark = pytest.mark.faults
LIMIT = pytest.mark.timeout(150)
"""Whichever test comes first waits for the siege: 60 s, and what a busy machine adds."""

GOOD = [f"good-{number:02d}" for number in range(20)]
MOST_GROWTH = 40 * MIB
MOST_CREEP = 10 * MIB
"""What the rounds after the first may add to the memory that stays."""
ROUNDS = 4
PROMPT_SECONDS = 10.0
"""From the command that makes a batch due to the last good source's request; the slow ones take 30."""
SLOW_SECONDS = 45.0
HEAD = """
[site]
title = "Hostile"
url = "https://faults.example"

[fetch]
allow = ["127.0.0.0/8"]
spacing = "0s"
per_domain = 1000

[category.good]
title = "Good"
limit = 500
"""


class Round(NamedTuple):
    """One batch of everybody, in seconds after the command that made them due; memory is at its end."""

    asked: tuple[float, ...]
    shown: float
    ended: float
    kept: int

    def __str__(self) -> str:
        return (
            f"good sources asked {self.asked[0]:.2f} to {self.asked[-1]:.2f} s, shown {self.shown:.2f} s, "
            f"quick hostile ones over {self.ended:.2f} s after the command, {self.kept / MIB:+.1f} MiB kept"
        )


class Siege(NamedTuple):
    """What came of several rounds: health by source, the footprints of both workers."""

    hostile: Mapping[str, Hostile]
    health: Mapping[str, Mapping[str, Any]]
    rounds: tuple[Round, ...]
    fetch: Footprint
    parse: Footprint
    survived: bool


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Siege:
    """Four rounds: all sources in the first, whose slow ones are still under way in the others."""
    folder = tmp_path_factory.mktemp("hostile")
    with Origin() as origin, hostile_sources() as hostile, warm_system(folder, origin) as system:
        fetch, parse = one_called(system, "fetch"), one_called(system, "parse")
        with footprint_of(fetch.pid) as fetching, footprint_of(parse.pid) as parsing:
            rounds = [
                hold_round(system, origin, hostile, number, memory=fetching)
                for number in range(1, ROUNDS + 1)
            ]
            wait_until_failed(system, hostile, 1, SLOW_SECONDS)
        survived = is_alive(fetch) and is_alive(parse)
        return Siege(hostile, health_of(system), tuple(rounds), fetching, parsing, survived)


@contextmanager
def warm_system(folder: Path, origin: Origin) -> Iterator[System]:
    """A system that has fetched every good source twice, so that its threads and its code are there."""
    publish(origin, 0)
    with System(folder / "var", HEAD + good_tables(origin, every="1h")) as system:
        wait_until_published(system, 0)
        publish(origin, 1)
        command(system, "sources", "refresh", *GOOD)
        wait_until_published(system, 1)
        time.sleep(1.0)
        yield system


def hold_round(
    system: System, origin: Origin, hostile: Mapping[str, Hostile], number: int, *, memory: Footprint
) -> Round:
    """Make everybody due at once, with news from the good ones; returns when the quick ones have ended."""
    publish(origin, number + 1)
    before, began = len(origin.requests), time.monotonic()
    make_due(system, origin, hostile, first=number == 1)
    wait_until_published(system, number + 1)
    shown = time.monotonic() - began
    asked = tuple(request.at - began for request in origin.requests[before:])
    wait_until_failed(system, quick_of(hostile), number, SLOW_SECONDS)
    return Round(asked, shown, time.monotonic() - began, memory.kept)


@LIMIT
def test_each_says_what_it_did_wrong(siege: Siege) -> None:
    for name, each in siege.hostile.items():
        health = siege.health[name]
        print(f"{name}: {health['error']}: {health['message']}")
        assert (health["outcome"], health["error"]) == ("failed", each.error), name
        assert each.message in health["message"], name


@LIMIT
def test_good_sources_do_not_wait_for_the_hostile_ones_of_their_batch(siege: Siege) -> None:
    for number, one in enumerate(siege.rounds, start=1):
        print(f"round {number}: {one}")
        assert len(one.asked) == len(GOOD), "each is asked once"
        assert one.asked[-1] < PROMPT_SECONDS
        assert one.shown < 2 * PROMPT_SECONDS
    assert all(siege.health[name]["error"] is None for name in GOOD)


@LIMIT
def test_they_cost_little_memory_at_once(siege: Siege) -> None:
    print(f"fetch worker: {siege.fetch}")
    assert siege.fetch.growth < MOST_GROWTH


@LIMIT
def test_no_memory_stays_with_each_round(siege: Siege) -> None:
    print("fetch worker, MiB kept:", *(f"{one.kept / MIB:+.1f}" for one in siege.rounds))
    assert siege.rounds[-1].kept - siege.rounds[0].kept < MOST_CREEP


@LIMIT
def test_the_parse_worker_does_not_feel_them(siege: Siege) -> None:
    print(f"parse worker and its children: {siege.parse}")
    assert siege.parse.growth < MOST_GROWTH


@LIMIT
def test_no_worker_dies_of_them(siege: Siege) -> None:
    assert siege.survived


# ── catalogue and commands ──────────────────────────────────────────────────────────────────────


def publish(origin: Origin, edition: int) -> None:
    for name in GOOD:
        origin.set(f"/{name}", rss(f"{name}-{edition}"), delay=0.2)


def make_due(system: System, origin: Origin, hostile: Mapping[str, Hostile], *, first: bool) -> None:
    """Everybody in the first round, all but the slow ones later; good ones among hostile ones."""
    if not first:
        everybody = [*GOOD, *quick_of(hostile)]
        command(system, "sources", "refresh", *Random(1).sample(everybody, len(everybody)))
        return
    file = system.data.with_name("hostile.toml")
    file.write_text(HEAD + good_tables(origin, every="2h") + hostile_tables(hostile), "utf-8")
    command(system, "sources", "apply", str(file))


def quick_of(hostile: Mapping[str, Hostile]) -> dict[str, Hostile]:
    """Those that do not take the whole deadline."""
    return {name: each for name, each in hostile.items() if not each.slow}


def good_tables(origin: Origin, *, every: str) -> str:
    """Another ``every`` makes them due when it is applied."""
    return "\n".join(source(name, f"{origin.url}/{name}", category="good", every=every) for name in GOOD)


def hostile_tables(hostile: Mapping[str, Hostile]) -> str:
    return "\n".join(source(name, each.url) for name, each in hostile.items())


def command(system: System, *words: str) -> None:
    done = run_feedmill(*words, "--data", system.data, cwd=system.data.parent)
    assert done.returncode == 0, done.stderr


# ── what became of it ───────────────────────────────────────────────────────────────────────────


def wait_until_published(system: System, edition: int) -> None:
    wanted = {f"Story {name}-{edition}" for name in GOOD}
    wait_until(lambda: wanted <= set(titles(system, "good", "json")), 30, f"edition {edition} of the good")


def wait_until_failed(system: System, hostile: Mapping[str, Hostile], times: int, seconds: float) -> None:
    def over() -> bool:
        health = health_of(system)
        return all(name in health and health[name]["failures"] >= times for name in hostile)

    wait_until(over, seconds, f"{', '.join(hostile)} to end", every=0.5)


def health_of(system: System) -> dict[str, dict[str, Any]]:
    return {name: row["health"] for name, row in sources_of(system.data).items()}


def one_called(system: System, name: str) -> Process:
    [found] = [process for process in system.processes() if process.name == name]
    return found
