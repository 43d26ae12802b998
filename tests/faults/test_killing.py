"""P1 and P2: any process killed, every message deleted, at any moment; nothing lost, nothing twice."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.faults.blows import Blow, flush, strike, strike_up
from tests.faults.documents import FORMATS, everything
from tests.faults.newsroom import Newsroom, Probe
from tests.faults.publisher import Delivery, Publisher
from tests.faults.stories import Story
from tests.origin import Origin
from tests.system import System, wait_until

pytestmark = pytest.mark.faults

SOURCES = 30
VICTIMS = 12
HELD = ("parse", "fetch", "dispatch")
SECONDS = 60.0
_PATIENCE = 5.0
"""Seconds after which the next blow falls though the last one's news is not there yet."""
_BEFORE, _AFTER = 3.0, 1.0
"""Seconds around a killing within which a download may have been under way, or not yet been written."""

Expected = dict[tuple[str, str], list[str]]


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Origin() as origin:
        yield Publisher(origin, SOURCES, stories=4, delay=0.2)


def test_nothing_is_lost_and_nothing_comes_twice(
    publisher: Publisher, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("FEEDMILL_FAULT_SEED") or random.randrange(1_000_000))
    with capsys.disabled():
        print(f"\nFEEDMILL_FAULT_SEED={seed}")
    with System(tmp_path / "var", publisher.catalogue()) as system:
        wait_until(lambda: _published(system, publisher), 60, "all that there was at first")
        blows: list[Blow] = []
        try:
            _rain_blows(system, publisher, random.Random(seed), blows)
            _check_all_is_there_once(system, publisher)
        finally:
            with capsys.disabled():
                print(_table(blows, publisher))
        assert " bug " not in system.log()
    late = [probe for blow in blows for probe in (*blow.before, blow.after) if _took(probe, blows) > SECONDS]
    assert late == []
    _check_downloads(publisher.deliveries(), blows)


def _rain_blows(system: System, publisher: Publisher, chance: random.Random, blows: list[Blow]) -> None:
    """Twelve killings with three deletions in between, then ``up`` itself; until all news has arrived."""
    with Newsroom(system, publisher, chance) as newsroom:
        for step in _plan(system, chance):
            if step.startswith("flush "):
                blows.append(flush(system, step.removeprefix("flush "), newsroom))
            else:
                blows.append(strike(system, step, chance, newsroom))
            _give_time(blows[-1])
        blows.append(strike_up(system, newsroom))
        newsroom.freeze()
        wait_until(lambda: all(map(_is_seen, blows)), SECONDS, "the last news")


def _plan(system: System, chance: random.Random) -> list[str]:
    """Every kind of process at least once, the others by chance; in an order by chance."""
    processes = sorted(process.name for process in system.processes())
    kinds = sorted(set(processes))
    assert len(kinds) <= VICTIMS, kinds
    victims = kinds + chance.choices(processes, k=VICTIMS - len(kinds))
    plan = victims + [f"flush {held}" for held in HELD]
    chance.shuffle(plan)
    return plan


def _give_time(blow: Blow) -> None:
    try:
        wait_until(lambda: blow.after.seen_at, _PATIENCE)
    except AssertionError:
        return  # what was lost comes back with its lease; meanwhile the next blow falls


def _is_seen(blow: Blow) -> bool:
    return all(probe.seen_at for probe in (*blow.before, blow.after))


# ── afterwards ──────────────────────────────────────────────────────────────────────────────────


def _expected(publisher: Publisher) -> Expected:
    return {(slug, form): titles for slug, titles in publisher.expected().items() for form in FORMATS}


def _published(system: System, publisher: Publisher) -> bool:
    return everything(system, publisher.expected()) == _expected(publisher)


def _check_all_is_there_once(system: System, publisher: Publisher) -> None:
    try:
        wait_until(lambda: _published(system, publisher), SECONDS, "every story", every=0.5)
    except AssertionError:
        assert everything(system, publisher.expected()) == _expected(publisher)


def _check_downloads(deliveries: list[Delivery], blows: list[Blow]) -> None:
    """No content came a second time but for fetches that were killed, no list without its validators."""
    whole: dict[tuple[str, int], list[Delivery]] = {}
    unconditional: dict[str, int] = {}
    for delivery in deliveries:
        if delivery.status == 200:
            whole.setdefault(delivery.what, []).append(delivery)
        if delivery.path.startswith("/list/") and not delivery.asked_conditionally:
            unconditional[delivery.path] = unconditional.get(delivery.path, 0) + 1
    repeated = [first for each in whole.values() for first, _ in pairwise(each)]
    assert [one for one in repeated if not _may_be_lost(one, blows)] == []
    assert set(unconditional.values()) == {1}
    assert {delivery.status for delivery in deliveries} == {200, 304}


def _may_be_lost(delivery: Delivery, blows: list[Blow]) -> bool:
    """Whether a killing may have hit the fetch that this answered."""
    return any(blow.hits_fetches and -_BEFORE <= delivery.at - blow.at <= _AFTER for blow in blows)


def _took(probe: Probe, blows: list[Blow]) -> float:
    """Seconds until a story was in its feed, counted from the last blow that hit the work it needed."""
    assert probe.seen_at is not None
    hits = [blow.at for blow in blows if blow.at <= probe.seen_at and _needs(probe.story, blow.in_flight)]
    return probe.seen_at - max([probe.added_at, *hits])


def _needs(story: Story, in_flight: frozenset[str]) -> bool:
    """Whether one of these members is its source, its category, or a page that may be its own."""
    pages = any(not member.startswith(("s", "news-")) for member in in_flight)
    return pages or not in_flight.isdisjoint((story.source, story.category))


def _table(blows: list[Blow], publisher: Publisher) -> str:
    """One line a blow: until its successor lived, the next story was out, the stories it met were out."""
    rows = [f"{'victim':<14}{'what':<30}{'back':>9}{'next news':>12}{'hit news':>12}"]
    for blow in blows:
        met = [_since(blow, probe) for probe in blow.before]
        rows.append(
            f"{blow.victim:<14}{blow.what:<30}{blow.back_at - blow.at:>7.1f} s"
            f"{_since(blow, blow.after):>10.1f} s{max(met, default=0.0):>10.1f} s"
        )
    deliveries = publisher.deliveries()
    whole = [delivery.what for delivery in deliveries if delivery.status == 200]
    rows.append(
        f"{len(deliveries)} requests, {len(whole)} contents, {len(whole) - len(set(whole))} of them again"
    )
    return "\n".join(rows)


def _since(blow: Blow, probe: Probe) -> float:
    return float("inf") if probe.seen_at is None else max(0.0, probe.seen_at - blow.at)
