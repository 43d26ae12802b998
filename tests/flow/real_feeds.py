"""Which of the corpus' real feeds the flow tests take: always the same, of every sort or all dated."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from tests.places import SHARED

CORPUS = SHARED / "corpora" / "real-feeds"
_MEDIA_TYPES = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "rdf": "application/rdf+xml",
    "json": "application/feed+json",
}
_LARGEST = 300_000
_SHARES: list[tuple[int, Callable[[dict[str, str]], bool]]] = [
    (4, lambda row: row["well_formed"] == "0"),
    (3, lambda row: row["script"] == "cjk"),
    (3, lambda row: row["script"] == "cyrillic"),
    (2, lambda row: row["declared_encoding"] not in ("", "utf-8")),
    (2, lambda row: row["format"] == "json"),
    (2, lambda row: row["format"] == "rdf"),
    (2, lambda row: row["format"] == "atom"),
    (2, lambda row: row["format"] == "rss"),
]
"""How many of each sort; one that was taken for a sort is not taken for another."""


class RealFeed(NamedTuple):
    """A feed as it was found, and the titles that feedparser saw in it."""

    name: str
    path: Path
    media_type: str
    titles: tuple[str, ...]


def chosen() -> list[RealFeed]:
    """Twenty feeds with entries."""
    seen = _seen()
    rows = sorted(_rows(), key=lambda row: row["sha1"])
    taken: dict[str, RealFeed] = {}
    for share, belongs in _SHARES:
        wanted = [row for row in rows if belongs(row) and row["file"] not in taken and seen.get(row["file"])]
        for row in wanted[:share]:
            taken[row["file"]] = _feed(row, seen[row["file"]])
    return list(taken.values())


def dated(count: int) -> list[RealFeed]:
    """So many feeds that date each of their entries: what is published of them is the same at any time."""
    entries = {each["file"]: each.get("entries", []) for each in _expected()}
    return [
        _feed(row, _titles(entries[row["file"]]))
        for row in sorted(_rows(), key=lambda row: row["sha1"])
        if entries.get(row["file"]) and all(_is_dated(entry) for entry in entries[row["file"]])
    ][:count]


def _feed(row: dict[str, str], titles: tuple[str, ...]) -> RealFeed:
    name, media_type = f"{row['format']}-{row['sha1'][:8]}", _MEDIA_TYPES[row["format"]]
    return RealFeed(name=name, path=CORPUS.parent / row["file"], media_type=media_type, titles=titles)


def _is_dated(entry: dict[str, Any]) -> bool:
    """Whether it has a date that is past for everybody."""
    return "1990" < (entry.get("published") or "") < "2026"


def _rows() -> Iterable[dict[str, str]]:
    with (CORPUS / "MANIFEST.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if int(row["bytes"]) <= _LARGEST and row["gzipped"] == "0"]


def _seen() -> dict[str, tuple[str, ...]]:
    return {each["file"]: _titles(each.get("entries", [])) for each in _expected()}


def _expected() -> list[dict[str, Any]]:
    lines = (CORPUS / "expected.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _titles(entries: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(str(entry.get("title") or "") for entry in entries)
