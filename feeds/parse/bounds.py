"""How much of a feed is read: so many entries, so much text, which bounds the memory that it takes."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from feeds.parse.decoding import MOST_ENTRIES
from feeds.parse.splitting import Split
from feeds.parse.transcoding import text_size

MOST_PIECES = 5000
"""Entries read from one document in pieces: they are read once, in batches that bound the memory."""
LONGEST_TEXT = 8 * 2**20
"""Bytes of memory that the text of one entry may take; an emoji makes all of its characters take four."""
MOST_TEXT = 52 * 2**20
"""The same of all entries read in pieces, whose text is held twice: as content and as summary."""
MOST_TEXT_WHOLE = 24 * 2**20
"""The same of a document that is read whole."""

ITEM_START = re.compile(rb"<(?:item|entry)[\s>]")
ITEM_END = re.compile(rb"</(?:item|entry)\s*>")

_BATCH = 250
_BATCH_SIZE = 2**18
_LONGEST_TAIL = 2**16


def readable(pieces: Split, wanted: list[int]) -> list[int]:
    """The first of the ``wanted`` positions, as many as are read."""
    if len(pieces.document) * 4 <= MOST_TEXT:
        return wanted
    sizes = (text_size(pieces.entry(position)) for position in wanted)
    read = accumulate(size if size <= LONGEST_TEXT else 0 for size in sizes)
    return [position for position, size in zip(wanted, read, strict=True) if size <= MOST_TEXT]


def batches(pieces: Split, wanted: list[int]) -> Iterator[list[int]]:
    """The positions in batches of bounded size; a long head, which each is read with, makes them longer."""
    most = max(_BATCH_SIZE, pieces.spans[0][0])
    batch: list[int] = []
    size = 0
    for position in wanted:
        size += pieces.size(position)
        if batch and (size > most or len(batch) == _BATCH or is_too_long(pieces, batch[0])):
            yield batch
            batch, size = [], pieces.size(position)
        batch.append(position)
    if batch:
        yield batch


def is_too_long(pieces: Split, position: int) -> bool:
    """Whether an entry is more text than any is, and more than can be read in little memory."""
    return pieces.size(position) * 4 > LONGEST_TEXT and text_size(pieces.entry(position)) > LONGEST_TEXT


def bounded(document: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The document without the entries past :data:`MOST_ENTRIES`, and past :data:`MOST_TEXT_WHOLE`."""
    ends = [match.end() for match in ITEM_END.finditer(document)]
    most = len(document) * MOST_TEXT_WHOLE // max(text_size(document), 1)
    kept = min(bisect_right(ends, most), MOST_ENTRIES)
    if kept == len(ends) and len(document) <= most:
        return document, ()
    start = ITEM_START.search(document)
    end = ends[kept - 1] if kept else min(start.start() if start else most, most)
    tail = document[ends[-1] :][:_LONGEST_TAIL] if ends else b""
    return document[:end] + tail, tuple(dropped(len(ends), kept))


def dropped(count: int, most: int, what: str = "entries") -> Iterator[str]:
    """What to say where only the first entries are read."""
    if count > most:
        yield f"only the first {most} of {count} {what} are read"
