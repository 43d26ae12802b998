"""P3: every message delivered twice, a third of them late, out of order; the same documents."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.documents import everything, titles
from tests.faults.publisher import Publisher
from tests.origin import Origin
from tests.system import ROOT, System, wait_until

pytestmark = pytest.mark.faults

SHIM = Path(__file__).parent / "shim"
SOURCES = 12
LATE_SECONDS = 5.0
Documents = dict[str, tuple[bytes, str, str]]


def test_messages_twice_late_and_out_of_order_make_the_same_documents(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    shim = {"PYTHONPATH": os.pathsep.join((str(SHIM), str(ROOT))), "FEEDMILL_TEST_NOTES": str(notes)}
    with ThreadPoolExecutor() as side_by_side:
        runs = [("clean", {}), ("shimmed", shim)]
        clean, shimmed = side_by_side.map(lambda run: _ingest(tmp_path / run[0], run[1]), runs)
    assert len(clean) > SOURCES
    assert sorted(shimmed) == sorted(clean)
    assert [path for path in clean if clean[path] != shimmed[path]] == []
    _check_shim(notes.read_text())


def _ingest(data: Path, environment: Mapping[str, str]) -> Documents:
    """All documents of a system that has taken in, in three steps, all that the publisher has."""
    with Origin() as origin:
        publisher = Publisher(origin, SOURCES, stories=2)
        with System(data, publisher.catalogue(), environment=environment) as system:
            _wait_until_published(system, publisher)
            for step in range(2):
                for name in sorted(publisher.shelves)[step::2]:
                    publisher.add(name)
                _wait_until_published(system, publisher)
            time.sleep(LATE_SECONDS + 1)  # late copies of the last messages must not change anything
            documents = _documents(system, publisher)
            assert " bug " not in system.log()
        whole = Counter(each.what for each in publisher.deliveries() if each.status == 200)
        assert [what for what, count in whole.items() if count > 1] == []
    return documents


def _wait_until_published(system: System, publisher: Publisher) -> None:
    """Return when every story is in its category's feeds and in those of everything."""
    expected = publisher.expected()
    everywhere = sorted(title for each in expected.values() for title in each)
    wanted = {(slug, form): each for slug, each in expected.items() for form in ("rss", "atom", "json")}
    wait_until(lambda: everything(system, expected) == wanted, 60, "every story in its category")
    wait_until(lambda: titles(system, "all", "json") == everywhere, 60, "every story in all")


def _documents(system: System, publisher: Publisher) -> Documents:
    """Bytes and ETag of every document, by path."""
    slugs = [*publisher.expected(), "all"]
    paths = [f"/feeds/{slug}.{form}" for slug in slugs for form in ("rss", "atom", "json")]
    paths += [f"/category/{slug}.html" for slug in publisher.expected()]
    documents = {}
    for path in [*paths, "/", "/feed.xml", "/opml.xml"]:
        answer = system.get(path)
        assert answer.status == 200, path
        documents[path] = (answer.body, answer.headers["etag"])
    return documents


def _check_shim(notes: str) -> None:
    """Every message really came twice, and about a third of them late."""
    lines = [line.split() for line in notes.splitlines()]
    assert set(Counter(message for message, _, _ in lines).values()) == {2}
    assert {queue for _, queue, _ in lines} >= {"dispatch", "fetch", "parse", "publish"}
    late = sum(1 for _, _, wait in lines if float(wait) == LATE_SECONDS)
    assert 0.2 < late / len(lines) < 0.46
