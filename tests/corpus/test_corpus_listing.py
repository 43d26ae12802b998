"""News pages without feeds: whether their lists are found by structure alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from feeds.errors import NotAFeed
from feeds.model import Payload
from feeds.parse.listing import parse_listing
from feeds.parse.repetition import propose
from feeds.told import Kind
from tests import make

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
FLOOR = 0.95
"""Mean F1; 1.000 was reached on the five pages given."""


@pytest.fixture(autouse=True)
def _corpora() -> None:
    if not CORPORA.is_dir():
        pytest.skip("needs ../shared/corpora")


def truths() -> Iterator[tuple[str, Payload, list[str]]]:
    """Pages with the addresses of their articles; a page came from the site of most of them."""
    for path in sorted((CORPORA / "html-pages" / "feedless").rglob("raw-websites/*.output.json")):
        urls = json.loads(path.read_text("utf-8"))
        body = path.with_name(path.name.replace(".output.json", ".input.html")).read_bytes()
        home = "/".join(urls[0].split("/")[:3]) + "/"
        yield path.name.removesuffix(".output.json"), make.payload(body, url=home), urls


def scores(payload: Payload, wanted: list[str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of the addresses found, in whatever order."""
    try:
        feed = parse_listing(make.source(kind=Kind.PAGE, items="auto"), payload)
    except NotAFeed:
        return 0.0, 0.0, 0.0
    found, right = {entry.url for entry in feed.entries}, set(wanted)
    both = len(found & right)
    return both / len(found), both / len(right), 2 * both / (len(found) + len(right))


def test_lists_are_found_by_their_structure() -> None:
    table = {name: scores(payload, urls) for name, payload, urls in truths()}
    print(*(f"{name:32} P {p:.2f} R {r:.2f} F1 {f:.2f}" for name, (p, r, f) in table.items()), sep="\n")
    assert sum(f for _, _, f in table.values()) / len(table) >= FLOOR


def test_entries_keep_the_order_of_the_page() -> None:
    for _, payload, urls in truths():
        feed = parse_listing(make.source(kind=Kind.PAGE, items="auto"), payload)
        assert [entry.url for entry in feed.entries] == list(dict.fromkeys(urls))
        assert all(entry.title for entry in feed.entries)


def test_what_is_proposed_reads_like_auto() -> None:
    for name, payload, _ in truths():
        best = propose(payload)[0]
        by_hand = parse_listing(make.source(kind=Kind.PAGE, items=best.items), payload)
        auto = parse_listing(make.source(kind=Kind.PAGE, items="auto"), payload)
        assert [entry.url for entry in by_hand.entries] == [entry.url for entry in auto.entries], name
        assert "nth" not in best.items
        assert len(best.items) <= 60


def test_no_page_of_the_corpora_is_too_odd() -> None:
    for path in sorted((CORPORA / "html-pages").rglob("*.html")) + sorted((CORPORA / "attacks").rglob("*")):
        if path.is_file() and path.stat().st_size < 2**20:
            assert len(propose(make.payload(path.read_bytes()))) <= 3, path
