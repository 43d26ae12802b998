"""The corpus' real feeds through ``feedmill check --json``, and what another reading than ours says."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

from tests.places import SHARED
from tests.system import run_feedmill

CORPUS = SHARED / "corpora" / "real-feeds"

_UNITS = frozenset({"item", "entry"})
_WORDS = frozenset({"title", "description", "summary", "content", "encoded"})
_NAMES = frozenset({"guid", "id", "origlink"})
_DATES = frozenset({"pubdate", "date", "published", "updated", "issued", "modified", "created"})
_JSON_WORDS = ("title", "content_html", "content_text", "summary")


class Said(NamedTuple):
    """What one entry has, by the names of elements alone: words, what it is known by, a date as written."""

    words: bool
    identity: bool
    date: str | None


def manifest() -> list[dict[str, str]]:
    """A row for each document; ``file`` is relative to the folder above."""
    with (CORPUS / "MANIFEST.csv").open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def path_of(row: Mapping[str, str]) -> Path:
    """The document of a row."""
    return CORPUS.parent / row["file"]


def checked(paths: Sequence[Path], folder: Path) -> dict[str, dict[str, Any]]:
    """What one call of the command says of all documents, by their paths; ``folder`` is where it runs."""
    done = run_feedmill("check", "--json", *paths, cwd=folder, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    lines = (json.loads(line) for line in done.stdout.splitlines())
    return {line["input"]: line for line in lines}


def entries_said(path: Path) -> list[Said]:
    """The entries of a document, read with lxml or json alone."""
    body = path.read_bytes()
    if body.startswith(b"\x1f\x8b"):
        body = gzip.decompress(body)
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return list(_in_json(json.loads(body.decode("utf-8-sig"))))
    parser = etree.XMLParser(recover=True, huge_tree=True, resolve_entities=False, no_network=True)
    root = etree.fromstring(body.lstrip(), parser)
    units = (node for node in root.iter(etree.Element) if _name(node) in _UNITS)
    return [_in_xml(unit) for unit in units]


def _in_json(document: Mapping[str, Any]) -> Iterator[Said]:
    for item in document["items"]:
        words = any(item.get(key) for key in _JSON_WORDS)
        identity = bool(item.get("id") or item.get("url"))
        yield Said(words, identity, item.get("date_published") or item.get("date_modified"))


def _in_xml(unit: Any) -> Said:
    children = [(_name(child), child) for child in unit if isinstance(child.tag, str)]
    words = any(name in _WORDS and _text(child) for name, child in children)
    named = any(name in _NAMES and _text(child) for name, child in children)
    linked = any(name == "link" and (_text(child) or child.get("href")) for name, child in children)
    about = any(etree.QName(key).localname == "about" for key in unit.attrib)
    dates = (_text(child) for name, child in children if name in _DATES)
    return Said(words, bool(named or linked or about), next(filter(None, dates), None))


def _name(node: Any) -> str:
    return etree.QName(node).localname.lower()


def _text(node: Any) -> str:
    return "".join(node.itertext()).strip()
