"""A long body, decoded by pieces: its text as a whole may take four bytes for each of its own."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

_BEYOND = re.compile(rb"[\xf0-\xf4]")
"""How a character begins that takes four bytes, in UTF-8 and in a text: most emoji do."""
REPLACEMENT = "\ufffd"

_PIECE = 2**18
_BY_STATE = ("iso2022", "hz", "utf-7")
"""Encodings with sequences longer than what decoders keep from one piece to the next."""
_MARKS = {
    "utf-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE),
    "utf-32": (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE),
}
"""Encodings whose decoders for pieces demand a mark, which others do without."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The characters of a text: all of them, those that are not ASCII, those that replace what is wrong."""

    length: int = 0
    wide: int = 0
    replaced: int = 0

    def with_text(self, text: str) -> Tally:
        """The tally of one text more."""
        return Tally(
            self.length + len(text),
            self.wide + len(text) - len(text.encode("ascii", "ignore")),
            self.replaced + text.count(REPLACEMENT),
        )


def texts_of(body: bytes, encoding: str, errors: str = "strict") -> Iterator[str]:
    """The texts that together are what ``body.decode(encoding, errors)`` is, and raise what it raises."""
    # Of a codec that is none of text, say hex, this raises LookupError.
    b" ".decode(encoding, "replace")
    if encoding.startswith(_BY_STATE):
        yield body.decode(encoding, errors)
        return
    is_marked = body.startswith(_MARKS.get(encoding, b""))
    decoder = codecs.getincrementaldecoder(encoding if is_marked else f"{encoding}-le")(errors)
    for start in range(0, len(body), _PIECE):
        end = start + _PIECE
        yield decoder.decode(body[start:end], end >= len(body))


def decodes(body: bytes, encoding: str) -> bool:
    """Whether all of the body is in an encoding."""
    if encoding == "utf-8" and body.isascii():
        return True
    try:
        for _ in texts_of(body, encoding):
            pass
    except (LookupError, ValueError):
        return False
    return True


def tallies(body: bytes, encoding: str) -> Iterator[tuple[Tally, int]]:
    """The tally after each piece, what is wrong replaced, and a number of bytes that no more come after it.

    Raises :class:`LookupError` or :class:`ValueError` where nothing can be read so.
    """
    tally = Tally()
    for number, text in enumerate(texts_of(body, encoding, "replace")):
        tally = tally.with_text(text)
        yield tally, len(body) - number * _PIECE


def text_size(utf8: bytes) -> int:
    """The bytes that what is in UTF-8 takes as a text, whose characters all take as many as its widest."""
    if utf8.isascii():
        return len(utf8)
    return sum(map(len, texts_of(utf8, "utf-8", "replace"))) * (4 if _BEYOND.search(utf8) else 2)


def in_utf8(body: bytes, encoding: str, errors: str) -> bytes:
    """The body's text in UTF-8."""
    if encoding == "utf-8" and errors == "strict":
        return body
    written = BytesIO()
    for text in texts_of(body, encoding, errors):
        written.write(text.encode("utf-8", "replace"))
    return written.getvalue()
