"""Transcoded feeds are read as the feeds they were made of."""

from __future__ import annotations

import json
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


def words(feed: Feed) -> list[tuple[str | None, ...]]:
    return [(entry.title, entry.guid, entry.url, entry.published) for entry in feed.entries]


def test_the_corpus_is_there() -> None:
    if not CORPORA.is_dir():
        pytest.skip("needs ../shared/corpora")
    there = [row for row in rows() if (CORPORA / row["file"]).is_file()]
    assert {row["mode"] for row in there} >= {"declared", "http-only", "undeclared-lying"}
    assert len(there) > 50


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["file"].split("/")[-1])
def test_every_title_is_that_of_the_original(row: dict[str, Any]) -> None:
    if not (CORPORA / row["file"]).is_file() or not (CORPORA / row["source"]).is_file():
        pytest.skip("not in this part of the corpora")
    found = words(read(row["file"], row["http_content_type"]))
    assert found
    assert found == words(read(row["source"]))
