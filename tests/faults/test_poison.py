"""A payload that kills its parser is set aside after three attempts; nobody else notices (P6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import redis

from tests.faults.deadly_parser import MARK, NOTES
from tests.faults.documents import has, titles
from tests.faults.publisher import Publisher
from tests.faults.stories import Story
from tests.origin import Origin
from tests.system import ROOT, System, run_feedmill, sources_of, wait_until

pytestmark = pytest.mark.faults

DEADLY = "s03"
GOOD = ("s00", "s01", "s02", "s04")
ATTEMPTS = 3
SET_ASIDE_SECONDS = 150.0
"""Three attempts of 35 s (pipeline/mill.py: LEASE), and what a busy machine adds."""


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """Five sources whose answers end together, so that their payloads go to parse together."""
    with Origin() as origin:
        made = Publisher(origin, 5, stories=3, delay=0.3)
        made.shelves[DEADLY].mark = MARK.decode()
        made.shelves[DEADLY].every = "1h"
        yield made


@pytest.fixture
def system(publisher: Publisher, tmp_path: Path) -> Iterator[System]:
    """A system whose parser dies of one source's payload."""
    environment = {
        "PYTHONPATH": str(ROOT),
        "FEEDMILL_TEST_PARSER": "tests.faults.deadly_parser:parse",
        NOTES: str(tmp_path / "notes"),
    }
    with System(tmp_path / "var", publisher.catalogue(), environment=environment) as running:
        yield running


@pytest.mark.timeout(200)
def test_a_payload_that_kills_its_parser_hurts_only_its_source(
    system: System, publisher: Publisher, tmp_path: Path
) -> None:
    stories = [story for name in GOOD for story in publisher.shelves[name].stories]
    _wait_for(system, stories)
    _wait_for(system, [publisher.add(name) for name in GOOD])
    _wait_until_set_aside(tmp_path / "var")
    health = sources_of(tmp_path / "var")[DEADLY]["health"]
    assert (health["error"], health["failures"]) == ("ParserDied", 1)
    assert (tmp_path / "notes").read_text().split().count(DEADLY) == ATTEMPTS
    assert titles(system, publisher.shelves[DEADLY].category, "json") == []
    _wait_for(system, [publisher.add(name) for name in GOOD])
    _cure(publisher, tmp_path / "var")
    _wait_for(system, publisher.shelves[DEADLY].stories)
    assert sources_of(tmp_path / "var")[DEADLY]["health"]["error"] is None


def _wait_for(system: System, stories: Sequence[Story]) -> None:
    def all_there() -> bool:
        return all(has(system, story.category, story.title) for story in stories)

    wait_until(all_there, 60, f"{stories} to be published")


def _wait_until_set_aside(data: Path) -> None:
    """Return when the payload is where it harms nobody, but can still be looked at."""
    with redis.Redis(unix_socket_path=str(data / "redis.sock")) as store:
        aside, waiting = f"feedmill:aside:{DEADLY}", f"feedmill:payload:{DEADLY}"
        wait_until(lambda: store.exists(aside), SET_ASIDE_SECONDS, "the payload to be set aside")
        assert not store.exists(waiting)
    wait_until(lambda: sources_of(data)[DEADLY]["health"]["error"], 10, "its health to say so", every=0.5)


def _cure(publisher: Publisher, data: Path) -> None:
    """The publisher mends its feed, and an operator asks for it at once."""
    publisher.shelves[DEADLY].mark = ""
    refreshed = run_feedmill("sources", "refresh", DEADLY, "--data", data, cwd=data.parent)
    assert refreshed.returncode == 0, refreshed.stderr
