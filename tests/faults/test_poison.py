"""A payload that kills its parser is set aside after three attempts; nobody else notices (P6)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.faults.deadly_parser import MARK, NOTES
from tests.faults.documents import everything, has, titles
from tests.faults.publisher import Publisher
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
    with Origin() as origin:
        yield Publisher(origin, 5, stories=3)


@pytest.fixture
def system(publisher: Publisher, tmp_path: Path) -> Iterator[System]:
    """A system whose parser dies of one source's payload."""
    publisher.poison(DEADLY, MARK.decode())
    environment = {
        "PYTHONPATH": str(ROOT),
        "FEEDMILL_TEST_PARSER": "tests.faults.deadly_parser:parse",
        NOTES: str(tmp_path / "notes"),
    }
    with System(tmp_path / "var", publisher.catalogue(), environment=environment) as running:
        yield running


@pytest.mark.timeout(240)
def test_a_payload_that_kills_its_parser_hurts_only_its_source(
    system: System, publisher: Publisher, tmp_path: Path
) -> None:
    wait_until(lambda: _published(system, publisher), 60, "the good sources to be published")
    store = redis.Redis(unix_socket_path=str(tmp_path / "var" / "redis.sock"))
    with store:
        wait_until(lambda: _gains(system, publisher), 60, "news while the parser dies", every=1.0)
        wait_until(
            lambda: store.exists(f"feedmill:aside:{DEADLY}"), SET_ASIDE_SECONDS, "the payload to be set aside"
        )
        assert not store.exists(f"feedmill:payload:{DEADLY}")
    row = wait_until(lambda: _failed(tmp_path / "var"), 10, "its health to say so")
    assert row["health"]["error"] == "ParserDied"
    assert row["health"]["failures"] == 1
    assert row["due_at"] is not None
    assert _reads(tmp_path).count(DEADLY) == ATTEMPTS
    assert titles(system, publisher.shelves[DEADLY].category, "json") == []
    wait_until(lambda: _gains(system, publisher), 60, "news after that", every=1.0)
    _recovers(system, publisher, tmp_path)
