"""RSS, Atom and RDF → a feed, by feedparser, which is given only the entries that are new."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from io import BytesIO

import feedparser  # type: ignore[import-untyped]
from msgspec.structs import replace

from feeds.errors import NotAFeed
from feeds.model import Entry, Feed, Payload
from feeds.parse.bounds import (
    ITEM_END,
    ITEM_START,
    LONGEST_TEXT,
    MOST_PIECES,
    batches,
    bounded,
    dropped,
    is_too_long,
    readable,
)
from feeds.parse.charset import read
from feeds.parse.decoding import whole
from feeds.parse.doctype import refuse_expanding
from feeds.parse.entries import entry_of, language_of, text_at
from feeds.parse.instead import refusal
from feeds.parse.media import Parsed, home_of, hubs_of, icon_of
from feeds.parse.pace import pace_of
from feeds.parse.splitting import Split, fingerprints, split
from feeds.parse.tombstones import deleted_in
from feeds.parse.width import refuse_wide

feedparser.api.PREFERRED_XML_PARSERS.clear()  # Expat is the parser that we know, whatever is installed
_EMPTY = {b"<item": b"<item></item>", b"<entr": b"<entry></entry>"}


def parse_feed(payload: Payload, known: Collection[str] = frozenset()) -> Feed:
    """The feed of an RSS, Atom or RDF document, dates still as the publisher wrote them.

    Entries whose fingerprint is ``known`` are left out, where the document can be split into its entries.
    Raises :class:`NotAFeed` for an empty body, for what has no feed root, and for a document made to
    exhaust its reader.
    """
    if not payload.body.strip():
        raise NotAFeed("empty body")
    reading = read(payload.body, payload.charset)
    document, warnings = reading.utf8, reading.warnings
    del reading
    refuse_expanding(document)
    refuse_wide(document)
    pieces = split(document)
    feed = _in_pieces(pieces, payload.url, known) if pieces is not None else None
    del pieces
    if feed is None:
        feed = _whole(document, payload.url)
    return replace(feed, deleted=deleted_in(document), warnings=(*warnings, *feed.warnings))


def _in_pieces(pieces: Split, url: str, known: Collection[str]) -> Feed | None:
    """The feed with its entries that are not ``known``; ``None`` where feedparser sees others in it."""
    prints = fingerprints(pieces, url)[:MOST_PIECES]
    unknown = [position for position, fingerprint in enumerate(prints) if fingerprint not in known]
    wanted = readable(pieces, unknown)
    told: Feed | None = None
    found: list[Entry | str] = []
    for positions in (*batches(pieces, wanted), []):
        if positions and is_too_long(pieces, positions[0]):
            found.append(f"longer than {LONGEST_TEXT // 2**20} MiB of text")
        elif positions or told is None:
            parsed = _batch(pieces, positions)
            if parsed is None:
                return None
            told = told or replace(_told(parsed, pieces.head, url), warnings=tuple(_complaints(parsed)))
            found += _entries(parsed, url)
    if told is None:
        return None
    feed = _feed(told, zip(wanted, found, strict=True), len(prints))
    return replace(
        feed,
        fingerprints=prints,
        skipped=len(prints) - len(unknown),
        warnings=(
            *dropped(len(pieces.spans), MOST_PIECES),
            *dropped(len(unknown), len(wanted), "new entries"),
            *told.warnings,
            *feed.warnings,
        ),
    )


def _batch(pieces: Split, wanted: list[int]) -> Parsed | None:
    """The feed with its entries at some positions only; ``None`` if feedparser sees more or fewer."""
    # What precedes the first entry colours how feedparser reads it; so that it reads no other like it,
    # an empty one comes before those.
    blank = () if wanted[:1] in ([], [0]) else (_EMPTY[pieces.entry(0)[:5]],)
    parsed = _read(b"".join((pieces.head, *blank, *map(pieces.entry, wanted), pieces.tail)))
    if _is_torn(parsed) or len(parsed.entries) != len(blank) + len(wanted):
        return None
    del parsed.entries[: len(blank)]
    return parsed


def _feed(told: Feed, found: Iterable[tuple[int, Entry | str]], count: int) -> Feed:
    """The feed with what was found at each of its ``count`` positions: an entry, or what is wrong with it."""
    entries: dict[int, Entry] = {}
    skipped = []
    for position, entry in found:
        if isinstance(entry, Entry):
            entries[position] = entry
        else:
            skipped.append(f"entry {position} skipped: {entry}")
    positions = () if len(entries) == count else tuple(entries)
    return replace(told, entries=tuple(entries.values()), positions=positions, warnings=tuple(skipped))


def _is_torn(parsed: Parsed) -> bool:
    """Whether feedparser had to guess what a piece means."""
    said = parsed.get("bozo_exception")
    return bool(parsed.get("bozo")) and not isinstance(said, feedparser.CharacterEncodingOverride)


def _whole(document: bytes, url: str) -> Feed:
    document, left_out = bounded(document)
    parsed = _read(document)
    if not parsed.get("version") and not parsed.entries:
        raise refusal(document, "a feed")
    cut_off = _drop_unfinished(parsed, document)
    found = list(_entries(parsed, url))
    feed = _feed(_told(parsed, document, url), enumerate(found), len(found))
    return replace(feed, warnings=(*left_out, *_complaints(parsed), *cut_off, *feed.warnings))


def _told(parsed: Parsed, document: bytes, url: str) -> Feed:
    """What a feed says of itself."""
    title = parsed.feed.get("title")
    return Feed(
        title=whole(title).strip() or None if isinstance(title, str) else None,
        url=home_of(parsed.feed, url),
        language=language_of(parsed.feed),
        pace=pace_of(parsed.feed, document),
        icon=icon_of(parsed.feed, url),
        hubs=hubs_of(parsed.feed, url),
        rights=text_at(parsed.feed, "rights"),
    )


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
    opened = len(ITEM_START.findall(document))
    if not parsed.get("bozo") or opened <= len(ITEM_END.findall(document)) or len(parsed.entries) != opened:
        return ()
    last = parsed.entries[-1]
    if (last.get("id") or last.get("link")) and (dict.get(last, "published") or dict.get(last, "updated")):
        return ("the document ends within its last entry",)
    parsed.entries.pop()
    return ("the document ends within its last entry, which is left out",)


def _entries(parsed: Parsed, url: str) -> Iterator[Entry | str]:
    """The entries, or of those that cannot be read what is wrong with them."""
    for found in parsed.entries:
        try:
            yield entry_of(found, parsed, url)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            yield f"{type(error).__name__}: {error}"


def _complaints(parsed: Parsed) -> Iterable[str]:
    """What feedparser holds against the document, which it read all the same."""
    if parsed.get("bozo"):
        yield f"not well-formed: {parsed.get('bozo_exception')}"
