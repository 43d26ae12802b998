"""Transcoded feeds are read as the feeds they were made of."""

from __future__ import annotations

import json
from html import unescape
from typing import Any

import pytest

from feeds.model import Feed
from feeds.parse.source import parse
from tests import make
from tests.corpus.test_corpus_parse import payload_of
from tests.places import SHARED

CORPORA = SHARED / "corpora"
MANIFEST = CORPORA / "encodings-derived/MANIFEST.jsonl"


def rows() -> list[dict[str, Any]]:
    return (
        [json.loads(line) for line in MANIFEST.read_text("utf-8").splitlines()] if MANIFEST.exists() else []
    )


def read(name: str, content_type: str = "") -> Feed:
    return parse(make.source(), payload_of(CORPORA / name, content_type))


def words(feed: Feed) -> list[tuple[object, ...]]:
    """All that an entry says; what an encoding lacks was written as references, also where none are read."""
    return [
        (
            *(entry.guid, entry.url, entry.published, entry.updated, entry.authors, entry.tags),
            *(unescape(text or "") for text in (entry.title, entry.content, entry.summary)),
        )
        for entry in feed.entries
    ]


def test_the_corpus_is_there() -> None:
    if not CORPORA.is_dir():
        pytest.skip("needs ../shared/corpora")
    there = [row for row in rows() if (CORPORA / row["file"]).is_file()]
    assert {row["mode"] for row in there} >= {"declared", "http-only", "undeclared-lying"}
    assert len(there) > 50
    assert len({row["encoding"] for row in there}) >= 11
    listed = {row["file"].split("/")[-1] for row in rows()}
    assert {path.name for path in MANIFEST.parent.iterdir()} - {MANIFEST.name} <= listed


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["file"].split("/")[-1])
def test_every_word_is_that_of_the_original(row: dict[str, Any]) -> None:
    if not (CORPORA / row["file"]).is_file() or not (CORPORA / row["source"]).is_file():
        pytest.skip("not in this part of the corpora")
    found = words(read(row["file"], row["http_content_type"]))
    assert found
    assert found == words(read(row["source"]))
