"""``feedmill check --json`` over every real feed in one call: what a document says, its entries have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.corpus.real_feeds_checked import CORPUS, Said, checked, entries_said, manifest, path_of

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="../shared/corpora/real-feeds is not there")

FEWEST_ENTRIES = 8_000
"""In all of the corpus; there were 8,514, in 320 documents."""

Lines = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Lines:
    return checked([path_of(row) for row in manifest()], tmp_path_factory.mktemp("check"))


@pytest.fixture(scope="module")
def said() -> dict[str, list[Said]]:
    return {str(path_of(row)): entries_said(path_of(row)) for row in manifest()}


def is_date(text: str) -> bool:
    """Whether a date can be believed: not the zero of some clock, and not of a time to come."""
    if " 0001 " in text:
        return False
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return True
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment <= datetime.now(UTC) + timedelta(days=1)


def lacking(entry: dict[str, Any], said: Said) -> list[str]:
    """What an entry was given and does not have."""
    found = {
        "title or content": (said.words, entry["title"] or entry["content"] or entry["summary"]),
        "url or guid": (said.identity, entry["url"] or entry["guid"]),
        "date": (said.date is not None and is_date(said.date), entry["published"]),
    }
    return [what for what, (given, had) in found.items() if given and not had]


def test_every_document_has_a_line_of_its_own(lines: Lines) -> None:
    assert lines.keys() == {str(path_of(row)) for row in manifest()}


def test_every_document_with_entries_is_read(lines: Lines, said: dict[str, list[Said]]) -> None:
    errors = {path: line["error"] for path, line in lines.items() if said[path] and line["error"]}
    assert errors == {}


def test_every_document_has_as_many_entries_as_it_has(lines: Lines, said: dict[str, list[Said]]) -> None:
    counts = {path: (len(line["entries"]), len(said[path])) for path, line in lines.items()}
    assert {path: count for path, count in counts.items() if count[0] != count[1]} == {}
    assert sum(count for count, _ in counts.values()) > FEWEST_ENTRIES


def test_every_entry_has_what_its_document_says_of_it(lines: Lines, said: dict[str, list[Said]]) -> None:
    wrong = [
        (path, place, what)
        for path, line in lines.items()
        for place, (entry, given) in enumerate(zip(line["entries"], said[path], strict=False))
        for what in lacking(entry, given)
    ]
    assert wrong == []


def test_no_date_is_made_up(lines: Lines, said: dict[str, list[Said]]) -> None:
    invented = [
        (path, place, entry["published"])
        for path, line in lines.items()
        for place, (entry, given) in enumerate(zip(line["entries"], said[path], strict=False))
        if entry["published"] and given.date is None
    ]
    assert invented == []


@pytest.mark.parametrize(
    ("text", "believed"),
    [
        ("Wed, 17 Oct 2018 10:30:00 GMT", True),
        ("2035-08-19T15:36:00+02:00", False),
        ("Mon, 01 Jan 0001 00:00:00 +0000", False),
    ],
    ids=["past", "to come", "zero"],
)
def test_which_dates_are_believed(text: str, believed: bool) -> None:
    assert is_date(text) is believed


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        ("<item><title>x</title><link>/</link><pubDate>now</pubDate></item>", Said(True, True, "now")),
        ("<entry><link href='/'/><content><b>x</b></content></entry>", Said(True, True, None)),
        ("<item><enclosure url='/'/><title/></item>", Said(False, False, None)),
    ],
    ids=["RSS", "Atom", "nothing"],
)
def test_how_a_document_is_read_by_names_alone(tmp_path: Path, markup: str, said: Said) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(f"<feed>{markup}</feed>", "utf-8")
    assert entries_said(path) == [said]
