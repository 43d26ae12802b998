"""Every feed at hand, read whole and in pieces: the same entries, field for field."""

from __future__ import annotations

import gzip
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from feeds.errors import NotAFeed
from feeds.model import Feed, Payload
from feeds.parse import feed as parsing
from feeds.parse.jsonfeed import is_json
from tests import make
from tests.places import SHARED

CORPORA = SHARED / "corpora"
LARGEST = 5 * 2**20
FOLDERS = {
    "real-feeds": 270,
    "feedparser-tests": 550,
    "feedvalidator-testcases": 650,
    "synthetic-feeds": 500,
    "encodings-derived": 50,
    "attacks": 7,
}
"""How many documents of each corpus are split at least (of the others, most have no entries)."""


@pytest.fixture(autouse=True)
def _corpora() -> None:
    if not CORPORA.is_dir():
        pytest.skip("needs ../shared/corpora")


def payloads(folder: str) -> Iterator[tuple[Path, Payload]]:
    for path in sorted((CORPORA / folder).rglob("*")):
        if not path.is_file() or path.name.startswith("bomb"):
            continue
        body = path.read_bytes()
        if body.startswith(b"\x1f\x8b"):
            with gzip.open(path) as stream:
                body = stream.read(LARGEST)
        payload = make.payload(body)
        if not is_json(payload):
            yield path, payload


def whole(payload: Payload) -> Feed | None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parsing, "split", lambda document: None)
        try:
            return parsing.parse_feed(payload)
        except NotAFeed:
            return None


def in_pieces(payload: Payload, known: frozenset[str] = frozenset()) -> Feed | None:
    try:
        return parsing.parse_feed(payload, known)
    except NotAFeed:
        return None


def told(feed: Feed | None) -> Feed | None:
    """A feed without what only pieces have."""
    return feed and replace(feed, fingerprints=(), positions=(), skipped=0)


def one_of(feed: Feed, payload: Payload) -> tuple[Feed, Feed]:
    """The feed with one entry that is new, read; and as it should be read."""
    new = random.Random(len(payload.body)).randrange(len(feed.fingerprints))
    found = in_pieces(payload, frozenset(feed.fingerprints) - {feed.fingerprints[new]})
    assert found is not None
    same = [n for n, fingerprint in enumerate(feed.fingerprints) if fingerprint == feed.fingerprints[new]]
    expected = replace(told(feed), entries=tuple(feed.entries[n] for n in same))
    assert found.positions == (() if len(same) == len(feed.entries) else tuple(same))
    assert found.skipped == len(feed.entries) - len(same)
    return found, expected


@pytest.mark.parametrize("folder", FOLDERS)
def test_pieces_say_what_the_whole_says(folder: str) -> None:
    counts: Counter[str] = Counter()
    wrong = []
    for path, payload in payloads(folder):
        expected, found = whole(payload), in_pieces(payload)
        if told(expected) != told(found):
            wrong.append(("whole", path.relative_to(CORPORA)))
        if found is None or not found.fingerprints:
            counts["whole" if found and found.entries else "without entries"] += 1
            continue
        counts["split"] += 1
        part, fitting = one_of(found, payload)
        if told(part) != fitting:
            wrong.append(("one new", path.relative_to(CORPORA)))
    assert wrong == []
    assert counts["split"] >= FOLDERS[folder], counts
