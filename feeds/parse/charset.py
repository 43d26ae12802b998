"""The encoding of a body: byte order mark, HTTP charset, its own declaration, detection.

None of them is believed unless the body decodes with it, all but a few bytes: publishers copy
declarations from one another, servers have defaults.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from w3lib.encoding import html_body_declared_encoding, resolve_encoding

from feeds.errors import NotAFeed
from feeds.parse.detection import likely_encodings
from feeds.parse.transcoding import Tally, decodes, in_utf8, tallies, texts_of

# UTF-32 first, for its mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = (
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    *((bytes((char, 0)), "utf-16-le") for char in b"<{["),
    *((bytes((0, char)), "utf-16-be") for char in b"<{["),
    ("<?xm".encode("cp037"), "cp037"),
)
"""How markup and JSON begin in encodings that no declaration could be read in (XML 1.0 §F.1)."""

_REFUSED = frozenset({"idna", "punycode"})
"""Codecs that take time quadratic in the length, a cheap attack on us."""
_SAYING_NOTHING = frozenset({"ascii", "us-ascii"})
"""The default of text/xml by RFC 3023, which servers send with anything."""
_NO_CHARSETS = frozenset({"charmap", "raw-unicode-escape", "undefined", "unicode-escape"})
"""Codecs that are no encoding of documents."""
_SERVER_DEFAULT = "cp1252"
"""What w3lib makes of iso-8859-1: every body decodes with it, so that it proves nothing."""
_MISSPELLED = re.compile(
    rb"[\xc0\xc1][\x80-\xbf]|\xe0[\x80-\x9f][\x80-\xbf]|\xed[\xa0-\xbf][\x80-\xbf]|(?P<byte>[\xf5-\xff])"
)
"""What careless programs write into UTF-8, and no reader may take for what was meant (RFC 3629 §10):
characters in more bytes than they need, halves of pairs (CESU-8), bytes that it never has."""
_MOST_MISSPELLED = 1000
_ESCAPE = b"\x1b$"
_SURE = 8
_MOST_REPLACED = 0.01
_FRONT = 100_000
_HOPELESS = 100


@dataclass(frozen=True, slots=True)
class Reading:
    """How a body is read, its byte order mark left out; ``warnings`` say what was wrong with its label."""

    body: bytes
    encoding: str
    warnings: tuple[str, ...] = ()
    errors: str = "strict"
    """As ``bytes.decode`` has it: what becomes of bytes that are not in the encoding."""

    @property
    def text(self) -> str:
        """The body's text, decoded anew each time."""
        return self.body.decode(self.encoding, self.errors)

    @property
    def utf8(self) -> bytes:
        """The text in UTF-8, which takes far less memory."""
        return in_utf8(self.body, self.encoding, self.errors)


def read(body: bytes, charset: str | None) -> Reading:
    """How ``body`` is read, for which HTTP named ``charset``.

    Raises :class:`NotAFeed` for an encoding that would keep its decoder busy for hours.
    """
    marked = _by_mark(body) or _by_escapes(body)
    if marked is not None:
        return marked
    labels = tuple(_labels(body, charset))
    if decodes(body, "utf-8") and _is_surely_utf8(body, labels):
        lying = not body.isascii() and labels and labels[0] != "utf-8"
        return Reading(body, "utf-8", (f"declared as {labels[0]}, but read as utf-8",) if lying else ())
    return _by_label(body, labels) or _misspelled(body, labels) or _by_detection(body, labels)


def _by_mark(body: bytes) -> Reading | None:
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return _believed(body[len(mark) :], encoding)
    for start, encoding in _UNMARKED:
        if body.startswith(start):
            return _believed(body, encoding)
    return None


def _by_escapes(body: bytes) -> Reading | None:
    """ISO-2022-JP, whose bytes are all ASCII; its escapes are in no XML or JSON."""
    is_so = _ESCAPE in body and body.isascii() and decodes(body, "iso2022_jp")
    return Reading(body, "iso2022_jp") if is_so else None


def _labels(body: bytes, charset: str | None) -> Iterator[str]:
    """The encodings that HTTP and the document name, by the names of Python's codecs."""
    named = charset.strip().lower() if charset else ""
    served = resolve_encoding(named) if named and named not in _SAYING_NOTHING else None
    for name in dict.fromkeys((served, html_body_declared_encoding(body))):
        if name in _REFUSED:
            raise NotAFeed(f"an encoding that no feed is in: {name}")
        # Markup that is read byte by byte was not written in units of two or four.
        wide = name is not None and name.startswith(("utf-16", "utf-32"))
        if name and name not in _NO_CHARSETS and (not wide or b"\x00" in body[:4]):
            yield name.removesuffix("-sig")


def _is_surely_utf8(body: bytes, labels: tuple[str, ...]) -> bool:
    """Whether a body that decodes as UTF-8 is UTF-8 whatever its labels say.

    No text of some length in another encoding does so by chance; a word of Chinese may.
    """
    if all(label in ("utf-8", _SERVER_DEFAULT) for label in labels):
        return True
    return len(body) - sum(map(len, texts_of(body, "utf-8"))) >= _SURE


def _by_label(body: bytes, labels: tuple[str, ...]) -> Reading | None:
    readings = (_believed(body, label) for label in labels)
    return next((reading for reading in readings if reading is not None), None)


def _misspelled(body: bytes, labels: tuple[str, ...]) -> Reading | None:
    """What calls itself UTF-8, and is but for what it may not have."""
    if labels[:1] != ("utf-8",):
        return None
    # Replacing a character takes a microsecond: where there are many, nothing is told.
    found = list(islice(_MISSPELLED.finditer(body), _MOST_MISSPELLED))
    if len(found) == _MOST_MISSPELLED or all(one["byte"] for one in found):
        return None
    if not decodes(_MISSPELLED.sub(b"", body), "utf-8"):
        return None
    return Reading(body, "utf-8", ("some bytes are not utf-8",), "replace")


def _by_detection(body: bytes, labels: tuple[str, ...]) -> Reading:
    for encoding in ("utf-8", *likely_encodings(body)):
        reading = _believed(body, encoding)
        if reading is not None:
            said = f"declared as {labels[0]}, but " if labels else ""
            return replace(reading, warnings=(f"{said}read as {encoding}", *reading.warnings))
    return Reading(body, "utf-8", ("the encoding cannot be told",), "replace")


def _believed(body: bytes, encoding: str) -> Reading | None:
    """The body read as ``encoding`` if but a few bytes are not in it: they shall not garble the others."""
    if decodes(body, encoding):
        return Reading(body, encoding)
    try:
        is_nearly = _is_nearly(body, encoding)
    except (LookupError, ValueError):
        return None
    return Reading(body, encoding, (f"some bytes are not {encoding}",), "replace") if is_nearly else None


def _is_nearly(body: bytes, encoding: str) -> bool:
    """Whether few characters are not in an encoding, and many more than those tell of it."""
    # Replacing a character takes a microsecond: where there are many, the front tells.
    front = Tally().with_text(body[:_FRONT].decode(encoding, "replace"))
    if front.replaced > _HOPELESS and not _is_told(front, encoding, 0):
        return False
    found = Tally()
    for found, left in tallies(body, encoding):
        if not _is_told(found, encoding, left):
            return False
    return _is_told(found, encoding, 0)


def _is_told(found: Tally, encoding: str, left: int) -> bool:
    """Whether what was found, with the best that ``left`` bytes may bring, is text in an encoding."""
    meant = found.wide - found.replaced + left
    if encoding == "utf-8":
        most = max((found.length + left) * _MOST_REPLACED, 8)
        return meant >= found.replaced and found.replaced <= most
    return found.replaced * 20 <= meant
