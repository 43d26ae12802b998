"""feedparser's own one-rule documents: each is read, and what it expects of fields we keep holds."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from html import escape

import feedparser
import pytest

from feeds.errors import NotAFeed
from feeds.model import Entry, Feed, Payload
from feeds.parse.charset import read
from feeds.parse.source import parse
from tests import make
from tests.places import SHARED

SUITE = SHARED / "corpora/feedparser-tests/tests"
_EXPECT = re.compile(r"Expect:[ \t]*(.+)")
_TYPE = re.compile(
    r"Header:\s*Content-type:\s*([^;\s]*)(?:.*?charset\s*[=:]\s*[\"']?([\w-]+))?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Claim:
    """That a path into feedparser's result has a value."""

    path: tuple[str | int, ...]
    value: object


@pytest.fixture(autouse=True)
def _corpora() -> None:
    if not SUITE.is_dir():
        pytest.skip("needs ../shared/corpora")


def documents() -> Iterator[tuple[str, Payload, str]]:
    """Name, payload and expectation of each document."""
    for path in sorted(SUITE.rglob("*")):
        if path.is_file():
            body = path.read_bytes()
            text = read(body, None).text
            told, expected = _TYPE.search(text), _EXPECT.search(text)
            media_type, charset = told.groups() if told else ("", None)
            payload = make.payload(body, media_type=media_type, charset=charset)
            yield str(path.relative_to(SUITE)), payload, expected[1].strip() if expected else ""


def claims(expression: str) -> Iterator[Claim | None]:
    """The equalities an expectation is made of; ``None`` for what is none, which is not evaluated."""
    try:
        tree = ast.parse(expression, mode="eval").body
    except SyntaxError:
        yield None
        return
    for part in tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]:
        yield claim(part)


def claim(part: ast.expr) -> Claim | None:
    if not isinstance(part, ast.Compare) or [type(op) for op in part.ops] != [ast.Eq]:
        return None
    try:
        return Claim(path_of(part.left), ast.literal_eval(part.comparators[0]))
    except (TypeError, ValueError):
        return None


def path_of(node: ast.expr) -> tuple[str | int, ...]:
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.Subscript):
        return (*path_of(node.value), ast.literal_eval(node.slice))
    raise TypeError(f"no path: {ast.dump(node)}")


def body_of(entry: Entry) -> tuple[str | None, ...]:
    return entry.content, entry.summary


def enclosure_of(entry: Entry, name: str) -> object:
    return str(getattr(entry.enclosures[0], name)) if entry.enclosures else None


def first(values: tuple[str, ...]) -> str | None:
    return values[0] if values else None


OF_ENTRY: dict[tuple[str | int, ...], Callable[[Entry], object]] = {
    ("title",): lambda entry: entry.title,
    ("title_detail", "value"): lambda entry: entry.title,
    ("link",): lambda entry: entry.url,
    ("links", 0, "href"): lambda entry: entry.url,
    ("id",): lambda entry: entry.guid,
    ("guid",): lambda entry: entry.guid,
    ("summary",): body_of,
    ("summary_detail", "value"): body_of,
    ("description",): body_of,
    ("content", 0, "value"): lambda entry: entry.content,
    ("author",): lambda entry: first(entry.authors),
    ("author_detail", "name"): lambda entry: first(entry.authors),
    ("authors", 0, "name"): lambda entry: first(entry.authors),
    ("published",): lambda entry: entry.published,
    ("updated",): lambda entry: entry.updated,
    ("created",): lambda entry: entry.published,
    ("category",): lambda entry: first(entry.tags),
    ("tags", 0, "term"): lambda entry: first(entry.tags),
    ("tags", 1, "term"): lambda entry: first(entry.tags[1:]),
    ("enclosures", 0, "href"): lambda entry: enclosure_of(entry, "url"),
    ("enclosures", 0, "url"): lambda entry: enclosure_of(entry, "url"),
    ("enclosures", 0, "length"): lambda entry: enclosure_of(entry, "length"),
    ("enclosures", 0, "type"): lambda entry: enclosure_of(entry, "media_type"),
    ("image", "href"): lambda entry: entry.image,
    ("media_thumbnail", 0, "url"): lambda entry: entry.image,
    ("media_content", 0, "url"): lambda entry: enclosure_of(entry, "url"),
    ("language",): lambda entry: entry.language,
    ("content", 0, "language"): lambda entry: entry.language,
    ("title_detail", "language"): lambda entry: entry.language,
    ("content", 0, "base"): lambda entry: entry.base,
    ("title_detail", "base"): lambda entry: entry.base,
}
OF_FEED: dict[tuple[str | int, ...], Callable[[Feed], object]] = {
    ("title",): lambda feed: feed.title,
    ("title_detail", "value"): lambda feed: feed.title,
    ("link",): lambda feed: feed.url,
    ("language",): lambda feed: feed.language,
    ("image", "href"): lambda feed: feed.icon,
    ("icon",): lambda feed: feed.icon,
    ("logo",): lambda feed: feed.icon,
}


def told(feed: Feed, path: tuple[str | int, ...]) -> object:
    """What we say for a path; ``NotImplemented`` for what we do not keep."""
    if path[0] == "feed" and path[1:] in OF_FEED:
        return OF_FEED[path[1:]](feed)
    if path[0] == "entries" and path[2:] in OF_ENTRY:
        position = path[1]
        assert isinstance(position, int)
        return OF_ENTRY[path[2:]](feed.entries[position]) if position < len(feed.entries) else None
    return NotImplemented


def agree(ours: object, theirs: object) -> bool:
    """Whether both say the same; our bodies are HTML, so that their plain text is in paragraphs."""
    said = ours if isinstance(ours, tuple) else (ours,)
    if not theirs:
        return not any(said)
    text = str(theirs).strip()
    return any(one in (text, f"<p>{escape(text, quote=False)}</p>", f"<p>{text}</p>") for one in said)


def disagreements() -> Iterator[tuple[str, Claim, object]]:
    for name, payload, expression in documents():
        try:
            feed = parse(make.source(), payload)
        except NotAFeed:
            feed = Feed()
        for found in claims(expression):
            ours = told(feed, found.path) if found else NotImplemented
            if found and ours is not NotImplemented and not agree(ours, found.value):
                yield name, found, ours


CLEANED = "HTML is cleaned in normalize, from where it comes out otherwise written"
RESOLVED = "relative addresses in HTML are made absolute in normalize"
ELSEWHERE = "it is relative to an address that the suite's HTTP server says, not to where our payload is from"
IDENTITY = "a guid stays as the publisher wrote it: it must not change with the feed's address"
OTHERWISE: dict[str, str] = {
    "wellformed/sanitize/*": CLEANED,
    "wellformed/namespace/*svg*": CLEANED,
    "wellformed/namespace/rss2.0mathml.xml": CLEANED,
    "wellformed/namespace/atomxlink.xml": CLEANED,
    "wellformed/atom10/tag_in_attr.xml": CLEANED,
    "wellformed/rss/item_description_not_a_doctype.xml": CLEANED,
    "wellformed/atom*/relative_uri*": RESOLVED,
    "wellformed/base/*_content_inline_base_*": RESOLVED,
    "wellformed/base/*_summary_*": RESOLVED,
    "wellformed/base/*_title_base*": RESOLVED,
    "wellformed/base/*_body_base_*": RESOLVED,
    "wellformed/base/http_item_content_encoded_base_*": RESOLVED,
    "wellformed/base/http_item_fullitem_base_*": RESOLVED,
    "wellformed/base/rel_uri_with_unicode_character.xml": RESOLVED,
    "wellformed/base/*_link_base_*": ELSEWHERE,
    "wellformed/lang/http_content_language_*": "a payload does not carry Content-Language",
    "wellformed/base/http_entry_id_base_*": IDENTITY,
    "wellformed/base/http_relative_xml_base*": "feedparser leaves out a relative base in a relative one",
    "wellformed/atom10/entry_author_map_author.xml": "of an author the name is kept, without the address",
    "wellformed/atom10/entry_link_rel_license.xml": "its first link is its license, not its own address",
    "wellformed/cdf/channel_*": "CDF without entries: feedparser gives it no version, so that we see no feed",
    "wellformed/sgml/charref_uppercase_x.xml": "expected is the reference, we have the letter it stands for",
}
"""Where we differ from what feedparser expects of itself, and why."""
REFUSED = {
    "wellformed/rdf/doctype_contains_entity_decl.xml": "parameter entities are refused, whatever they say",
}
"""What feedparser reads and we do not, and why."""


def test_every_document_is_read_where_feedparser_sees_anything() -> None:
    refused = []
    for name, payload, _ in documents():
        try:
            parse(make.source(), payload)
        except NotAFeed:
            seen = feedparser.parse(payload.body, response_headers={"content-type": "application/xml"})
            if seen.entries or seen.version:
                refused.append(name)
    assert refused == list(REFUSED)


def test_what_it_expects_of_fields_we_keep_holds_but_for_reasons() -> None:
    wrong, met = [], set()
    for name, found, ours in disagreements():
        reasons = [pattern for pattern in OTHERWISE if fnmatchcase(name, pattern)]
        met.update(reasons)
        if not reasons:
            wrong.append((name, found, ours))
    assert wrong == []
    assert met == set(OTHERWISE), "a reason that is none any more"


def test_so_many_expectations_are_compared() -> None:
    blank = Feed(entries=(Entry(),))
    counts: Counter[str] = Counter()
    for _, _, expression in documents():
        for found in claims(expression):
            kept = found is not None and told(blank, found.path) is not NotImplemented
            counts["compared" if kept else "of other fields, or no equality"] += 1
    assert counts["compared"] >= 633, counts
