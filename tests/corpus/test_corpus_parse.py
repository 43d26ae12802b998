"""Real feeds, and every hostile and odd one at hand, through the parser and the normalizer."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from feeds.errors import NotAFeed, SourceError
from feeds.model import Article, Feed, Payload
from feeds.normalize.article import normalize
from feeds.normalize.html import clean
from feeds.parse.source import parse
from feeds.urls import is_http
from tests import make

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
LARGEST = 15 * 2**20


@pytest.fixture(autouse=True)
def _corpora() -> None:
    if not CORPORA.is_dir():
        pytest.skip("needs ../shared/corpora")


def documents(folder: str, *, largest: int = 2**20) -> Iterator[Path]:
    for path in sorted((CORPORA / folder).rglob("*")):
        if path.is_file() and path.stat().st_size <= largest:
            yield path


def payload_of(path: Path, content_type: str = "") -> Payload:
    body = path.read_bytes()
    if body.startswith(b"\x1f\x8b"):
        with gzip.open(path) as stream:
            body = stream.read(LARGEST)
    media_type, _, charset = content_type.partition("; charset=")
    return make.payload(body, media_type=media_type, charset=charset or None)


def normalized(feed: Feed) -> list[Article]:
    source = make.source()
    return [
        normalize(entry, source, make.site(), slug="news", seen_at=make.SEEN_AT, position=position)
        for position, entry in enumerate(feed.entries)
    ]


@cache
def oracle() -> dict[str, dict[str, Any]]:
    lines = (CORPORA / "real-feeds/expected.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["file"]: row for row in map(json.loads, lines)}


@cache
def manifest() -> list[dict[str, str]]:
    with (CORPORA / "real-feeds/MANIFEST.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def present(row: dict[str, str]) -> bool:
    return (CORPORA / row["file"]).is_file()


def is_xml_feed(row: dict[str, str]) -> bool:
    return present(row) and row["format"] != "jsonfeed" and row["file"] in oracle()


def test_real_feeds_have_as_many_entries_as_feedparser_sees() -> None:
    wrong = []
    for row in filter(is_xml_feed, manifest()):
        expected = oracle()[row["file"]]
        if not expected["n_entries"]:
            continue
        feed = parse(make.source(), payload_of(CORPORA / row["file"]))
        if len(feed.entries) != expected["n_entries"]:
            wrong.append((row["file"], len(feed.entries), expected["n_entries"]))
    assert wrong == []


def test_well_formed_real_feeds_have_feedparsers_titles_links_and_ids() -> None:
    wrong = []
    for row in filter(is_xml_feed, manifest()):
        if row["well_formed"] != "1":
            continue
        feed = parse(make.source(), payload_of(CORPORA / row["file"]))
        for entry, expected in zip(feed.entries, oracle()[row["file"]]["entries"], strict=False):
            for key, value in (("title", entry.title), ("id", entry.guid), ("link", entry.url)):
                said = (expected.get(key) or "").strip()
                if key == "link" and not is_http(said):
                    continue  # magnet links and relative ones are not an article's address
                if unescape(value or "") != unescape(said):
                    wrong.append((row["file"], key, value, said))
    assert wrong == []


def test_real_feeds_normalize_into_stable_articles() -> None:
    wrong = []
    for row in filter(is_xml_feed, manifest()):
        try:
            feed = parse(make.source(), payload_of(CORPORA / row["file"]))
        except NotAFeed:
            continue
        for article in normalized(feed)[:10]:
            if clean(article.content, base=None) != article.content or not article.path:
                wrong.append((row["file"], article.id))
    assert wrong == []


@pytest.mark.parametrize("folder", ["feedvalidator-testcases", "feedparser-tests", "synthetic-feeds"])
def test_nothing_but_source_errors_comes_out(folder: str) -> None:
    read = 0
    for path in documents(folder, largest=200_000):
        try:
            read += len(normalized(parse(make.source(), payload_of(path))))
        except SourceError:
            continue
    assert read > 100


def attacks() -> Iterator[Path]:
    listed = json.loads((CORPORA / "attacks/MANIFEST.json").read_text(encoding="utf-8"))
    names = (row["file"] for row in listed if not row["file"].startswith("bomb"))
    yield from (path for path in (CORPORA / "attacks" / name for name in names) if path.is_file())
    yield from documents("attacks/defusedxml")


def test_attacks_end_in_entries_or_source_errors() -> None:
    for path in attacks():
        try:
            feed = parse(make.source(), payload_of(path))
        except SourceError:
            continue
        words = "".join(article.title + article.content for article in normalized(feed))
        assert "<script" not in words.lower(), path.name
        assert len(words) < 2_000_000, path.name


@pytest.mark.parametrize(
    "name",
    [
        "billion-laughs.rss",
        "billion-laughs.rdf",
        "billion-laughs-utf16.rss",
        "billion-laughs-utf7-decl.rss",
        "quadratic-blowup.rss",
        "param-entity-laughs.rss",
    ],
)
def test_entity_bombs_are_refused(name: str) -> None:
    with pytest.raises(NotAFeed, match="DTD"):
        parse(make.source(), payload_of(CORPORA / "attacks" / name))


@pytest.mark.parametrize(
    "name",
    ["xxe-external-dtd.rss", "xslt-pi.rss", "cdata-close-inject.rss", "overlong-utf8.rss"],
)
def test_benign_lookalikes_have_their_one_item(name: str) -> None:
    assert len(parse(make.source(), payload_of(CORPORA / "attacks" / name)).entries) == 1


@pytest.mark.parametrize("mode", ["declared", "http-only", "undeclared-lying"])
def test_transcoded_feeds_have_their_titles(mode: str) -> None:
    lines = (CORPORA / "encodings-derived/MANIFEST.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["mode"] == mode]
    wrong = []
    for row in rows:
        path = CORPORA / row["file"]
        if not path.is_file():
            continue
        feed = parse(make.source(), payload_of(path, row["http_content_type"]))
        titles = [entry.title or "" for entry in feed.entries]
        # The manifest lists itunes:title too, so that some titles there are nobody's.
        known = [title.strip() for title in row["titles"] if title.strip() in titles]
        if titles[: len(known)] != known or len(known) < len(row["titles"]) / 2:
            wrong.append((row["file"], titles[:3], row["titles"][:3]))
    assert rows
    assert wrong == []
