"""Undoing Content-Encoding in bounded steps, so that a small answer cannot become a large one.

    wire ──▶ the last label's layer ──▶ the first label's layer ──▶ one layer nobody told of ──▶ body

Labels are wrong at times: text that is called compressed passes as it is, and a body that nobody called
compressed but begins like gzip or zstd is undone once more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from feeds.errors import BadEncoding, TooLarge
from feeds.fetch.layers import STEP, Layer, cut, inflate, unbrotli, unzstd

ACCEPT_ENCODING = "gzip, deflate, br, zstd"

_LABELS: Mapping[str, Layer] = {
    "gzip": inflate,
    "x-gzip": inflate,
    "deflate": inflate,
    "br": unbrotli,
    "zstd": unzstd,
}
_MOST_LABELS = 2
_MAGIC: tuple[tuple[bytes, str, Layer], ...] = (
    (b"\x1f\x8b\x08", "gzip", inflate),
    (b"\x28\xb5\x2f\xfd", "zstd", unzstd),
)
_LOOKED_AT = 1024
# Control characters that no text has; ESC is allowed, for ISO-2022-JP is full of it.
_TEXT = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*[<{\[][^\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]*")
# Neither brotli nor deflate can begin like this: a byte order mark, or XML's declaration without one.
_UTF_16 = re.compile(rb"(?:\xff\xfe|\xfe\xff)[\x00 \t\r\n]*[<{\[]|<\x00\?\x00|\x00<\x00\?")


def decode(chunks: Iterable[bytes], encoding: str, *, limit: int) -> Iterator[bytes]:
    """The decoded body in pieces of at most 64 KiB.

    Raises TooLarge once it, or what any layer on the way to it comes to, is more than ``limit`` bytes;
    BadEncoding for what does not decode, ends too early, or was not asked for.
    """
    pieces: Iterator[bytes] = (part for chunk in chunks for part in cut(chunk, STEP))
    for label in reversed(_labels(encoding)):
        pieces = _unlayered(pieces, label, limit)
    yield from _bounded(_untold(pieces), limit)


def _labels(encoding: str) -> list[str]:
    """The encodings in the order in which they were applied (RFC 9110 §8.4)."""
    labels = [label.strip().lower() for label in encoding.split(",")]
    labels = [label for label in labels if label not in ("", "identity")]
    if not _LABELS.keys() >= set(labels):
        raise BadEncoding(f"Content-Encoding {encoding!r} was not asked for: expected {ACCEPT_ENCODING}")
    if len(labels) > _MOST_LABELS:
        raise BadEncoding(f"Content-Encoding {encoding!r} has more than {_MOST_LABELS} layers")
    return labels


def _unlayered(pieces: Iterator[bytes], label: str, limit: int) -> Iterator[bytes]:
    """The body without the layer its label speaks of, or as it is if the label lies about text."""
    start, pieces = _peeked(pieces, _LOOKED_AT)
    if _is_text(start[:_LOOKED_AT], _LABELS[label], limit):
        return pieces
    return _bounded(_LABELS[label](pieces, _named(label, start)), limit)


def _untold(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The body without a layer that no label spoke of; one is undone, not all there may be."""
    start, pieces = _peeked(pieces, max(len(magic) for magic, _, _ in _MAGIC))
    for magic, name, layer in _MAGIC:
        if start.startswith(magic):
            return layer(pieces, _named(name, start))
    return pieces


def _is_text(start: bytes, layer: Layer, limit: int) -> bool:
    """Whether what is labelled as compressed is plain text.

    It has to look like text for as far as we see, and not to decode. The first byte does not tell: most
    brotli streams of 64 KiB to 1 MiB begin with ``[``. Nor does decoding alone: as raw deflate, indented JSON
    can come to an early end. A body that would decode if only it went on is text if it closes what it opens.
    """
    if _UTF_16.match(start):
        return True
    if not _TEXT.fullmatch(start):
        return False
    single = cut(start, 1)
    try:
        for _ in _bounded(layer(single, "a trial"), limit):
            pass
    except BadEncoding:
        closes = len(start) < _LOOKED_AT and start.rstrip().endswith((b">", b"}", b"]"))
        return closes or any(single)
    return any(single)


def _peeked(pieces: Iterator[bytes], size: int) -> tuple[bytes, Iterator[bytes]]:
    """The first ``size`` bytes or some more, and all pieces with these still in front."""
    first: list[bytes] = []
    seen = 0
    while seen < size and (piece := next(pieces, b"")):
        first.append(piece)
        seen += len(piece)
    return b"".join(first), chain(first, pieces)


def _bounded(pieces: Iterable[bytes], limit: int) -> Iterator[bytes]:
    """The pieces, cut to 64 KiB and none of them empty, as long as all of them are within ``limit``."""
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > limit:
            raise TooLarge(f"more than {limit} bytes after decoding")
        yield from cut(piece, STEP)


def _named(label: str, start: bytes) -> str:
    return f"the {label} body that begins with {start[:8]!r}"
