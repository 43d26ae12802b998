"""One layer of compression undone, each in bounded steps: gzip or deflate, br, zstd.

A layer takes pieces of at most 64 KiB, for its memory and its time grow with them, and a few words that
name the body in what it raises: BadEncoding for what is broken, ends too early or has too many members.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator

import brotli  # type: ignore[import-untyped]
import zstandard

from feeds.errors import BadEncoding

Layer = Callable[[Iterable[bytes], str], Iterator[bytes]]

STEP = 65536
MOST_MEMBERS = 10_000
"""Members or frames of one body: empty ones cost time, and no limit on the output would ever see them."""

_GZIP = b"\x1f\x8b"
_LARGEST_WINDOW = 2**23
_ZSTD_STEP = 16
"""Four bytes of zstd may be 128 KiB, and its decompressor has no limit of its own: this makes 2 MiB."""


def cut(piece: bytes, size: int) -> Iterator[bytes]:
    """``piece`` in parts of at most ``size`` bytes."""
    return (piece[start : start + size] for start in range(0, len(piece), size))


def inflate(pieces: Iterable[bytes], body: str) -> Iterator[bytes]:
    """gzip (several members too), zlib or raw deflate, whichever the first byte tells.

    What follows the last member and is no member itself is padding, and ignored.
    """
    inflater = None
    rest = b""
    members = 0
    for piece in pieces:
        rest += piece
        while rest:
            if inflater is None:
                if members and not _may_be_gzip(rest):
                    return
                if members and len(rest) < len(_GZIP):
                    break
                members = _one_more(members, body)
                inflater = zlib.decompressobj(_window(rest[0]))
            yield from _inflated(inflater, rest, body)
            rest = inflater.unused_data
            if inflater.eof:
                inflater = None
    if inflater is not None:
        raise _too_early(body)


def _inflated(inflater: zlib._Decompress, piece: bytes, body: str) -> Iterator[bytes]:
    """What ``piece`` inflates to, to the last byte held back inside."""
    while not inflater.eof:
        try:
            output = inflater.decompress(piece, STEP)
        except zlib.error as error:
            raise _broken(body, error) from error
        piece = inflater.unconsumed_tail
        if output:
            yield output
        elif not piece:
            return


def _may_be_gzip(start: bytes) -> bool:
    return start.startswith(_GZIP) or _GZIP.startswith(start)


def _window(first: int) -> int:
    if first == 0x1F:
        return 16 + zlib.MAX_WBITS
    return zlib.MAX_WBITS if first & 0x0F == 8 else -zlib.MAX_WBITS


def unbrotli(pieces: Iterable[bytes], body: str) -> Iterator[bytes]:
    """One brotli stream (RFC 7932); anything after its end is an error to the library."""
    decompressor = brotli.Decompressor()
    begun = False
    for piece in pieces:
        begun = True
        yield from _brotli_output(decompressor, piece, body)
    if begun and not decompressor.is_finished():
        raise _too_early(body)


def _brotli_output(decompressor: brotli.Decompressor, piece: bytes, body: str) -> Iterator[bytes]:
    """What ``piece`` comes to; the library calls for more input while it still holds output of the last."""
    while True:
        try:
            output: bytes = decompressor.process(piece, output_buffer_limit=STEP)
        except brotli.error as error:
            raise _broken(body, error) from error
        if output:
            yield output
        elif decompressor.can_accept_more_data():
            return
        piece = b""


def unzstd(pieces: Iterable[bytes], body: str) -> Iterator[bytes]:
    """zstd frames, skippable ones too, with windows of at most 8 MiB (RFC 9659)."""
    decompressor = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW)
    frame = None
    frames = 0
    for part in (part for piece in pieces for part in cut(piece, _ZSTD_STEP)):
        rest = part
        while rest:
            if frame is None:
                frames = _one_more(frames, body)
                frame = decompressor.decompressobj(write_size=STEP)
            try:
                yield frame.decompress(rest)
            except zstandard.ZstdError as error:
                raise _broken(body, error) from error
            rest = frame.unused_data
            if frame.eof:
                frame = None
    if frame is not None:
        raise _too_early(body)


def _one_more(members: int, body: str) -> int:
    if members == MOST_MEMBERS:
        raise BadEncoding(f"{body} has more than {MOST_MEMBERS} members")
    return members + 1


def _broken(body: str, error: Exception) -> BadEncoding:
    return BadEncoding(f"{body} is broken: {error}")


def _too_early(body: str) -> BadEncoding:
    return BadEncoding(f"{body} ends too early")
