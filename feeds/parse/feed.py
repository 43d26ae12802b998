"""RSS, Atom and RDF → a feed, by feedparser."""

from __future__ import annotations

import re
from collections.abc import Iterable
from io import BytesIO

import feedparser  # type: ignore[import-untyped]

from feeds.errors import NotAFeed
from feeds.model import Entry, Feed, Payload
from feeds.parse.charset import read
from feeds.parse.decoding import MOST_ENTRIES, whole
from feeds.parse.doctype import refuse_expanding
from feeds.parse.entries import Parsed, entry_of
from feeds.parse.instead import refusal
from feeds.parse.pace import pace_of
from feeds.parse.width import refuse_wide
from feeds.urls import resolve

_ITEM_START = re.compile(rb"<(?:item|entry)[\s>]")
_ITEM_END = re.compile(rb"</(?:item|entry)\s*>")


def parse_feed(payload: Payload) -> Feed:
    """The feed of an RSS, Atom or RDF document, dates still as the publisher wrote them.

    Raises :class:`NotAFeed` for an empty body, for what has no feed root, and for a document made to
    exhaust its reader.
    """
    if not payload.body.strip():
        raise NotAFeed("empty body")
    reading = read(payload.body, payload.charset)
    document = reading.text.encode("utf-8", "replace")
    refuse_expanding(document)
    refuse_wide(document)
    document, dropped = _bounded(document)
    parsed = _read(document)
    if not parsed.get("version") and not parsed.entries:
        raise refusal(document, "a feed")
    cut_off = _drop_unfinished(parsed, document)
    entries, skipped = _entries(parsed, payload.url)
    return Feed(
        title=_text(parsed.feed.get("title")),
        url=resolve(payload.url, parsed.feed.get("link")),
        language=_text(parsed.feed.get("language")),
        pace=pace_of(parsed.feed, document),
        entries=entries,
        warnings=(*reading.warnings, *dropped, *_complaints(parsed), *cut_off, *skipped),
    )


def _bounded(document: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The document without the entries past the first :data:`MOST_ENTRIES`."""
    ends = [match.end() for match in _ITEM_END.finditer(document)]
    if len(ends) <= MOST_ENTRIES:
        return document, ()
    kept = document[: ends[MOST_ENTRIES - 1]] + document[ends[-1] :]
    return kept, (f"only the first {MOST_ENTRIES} of {len(ends)} entries are read",)


def _read(document: bytes) -> Parsed:
    # No content-location: feedparser would resolve a guid like "123" against it, and the identity of
    # an article would change with the address of its feed. A stream, since feedparser opens files
    # that a body happens to name.
    try:
        return feedparser.parse(
            BytesIO(document),
            sanitize_html=False,
            resolve_relative_uris=False,
            response_headers={"content-type": "application/xml; charset=utf-8"},
        )
    except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError) as e:
        # feedparser's own bugs on hostile documents: the publisher's fault, not a crash of ours.
        raise NotAFeed(f"XML that cannot be read: {type(e).__name__}: {e}") from e


def _drop_unfinished(parsed: Parsed, document: bytes) -> tuple[str, ...]:
    """Leave out an entry in whose midst the document ends, unless its identity and date came before.

    Those are frozen when it is published; its other words may still be mended by a later fetch.
    """
    opened = len(_ITEM_START.findall(document))
    if not parsed.get("bozo") or opened <= len(_ITEM_END.findall(document)) or len(parsed.entries) != opened:
        return ()
    last = parsed.entries[-1]
    if (last.get("id") or last.get("link")) and (dict.get(last, "published") or dict.get(last, "updated")):
        return ("the document ends within its last entry",)
    parsed.entries.pop()
    return ("the document ends within its last entry, which is left out",)


def _entries(parsed: Parsed, url: str) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    entries: list[Entry] = []
    skipped: list[str] = []
    for position, found in enumerate(parsed.entries):
        try:
            entries.append(entry_of(found, parsed, url))
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            skipped.append(f"entry {position} skipped: {type(error).__name__}: {error}")
    return tuple(entries), tuple(skipped)


def _complaints(parsed: Parsed) -> Iterable[str]:
    """What feedparser holds against the document, which it read all the same."""
    if parsed.get("bozo"):
        yield f"not well-formed: {parsed.get('bozo_exception')}"


def _text(value: object) -> str | None:
    return whole(value).strip() or None if isinstance(value, str) else None
