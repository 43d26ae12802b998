"""Undoing Content-Encoding in bounded steps, so that a small answer cannot become a large one."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from feeds.errors import BadEncoding

ACCEPT_ENCODING = "gzip, deflate"
_STEP = 65536
_GZIP = b"\x1f\x8b"


def decode(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The decoded body in pieces of at most 64 KiB; raises BadEncoding for what does not decode."""
    names = [name.strip().lower() for name in encoding.split(",") if name.strip()]
    names = [name for name in names if name != "identity"]
    if not names:
        yield from chunks
    elif names in (["gzip"], ["x-gzip"], ["deflate"]):
        yield from _inflate(chunks)
    else:
        raise BadEncoding(f"Content-Encoding {encoding!r} was not asked for: expected {ACCEPT_ENCODING}")


def _inflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """gzip (several members too), zlib or raw deflate, whichever the first byte tells.

    What follows the last member and is no member itself is padding, and ignored.
    """
    inflater = None
    rest = b""
    finished = 0
    for chunk in chunks:
        rest += chunk
        while rest:
            if inflater is None:
                if finished and not _may_be_gzip(rest):
                    return
                if finished and len(rest) < len(_GZIP):
                    break
                inflater = zlib.decompressobj(_window(rest[0]))
            yield from _steps(inflater, rest)
            rest = inflater.unused_data
            if inflater.eof:
                inflater, finished = None, finished + 1
    if inflater is not None:
        raise BadEncoding("the compressed body ends too early")


def _steps(inflater: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """What ``data`` inflates to, at most 64 KiB at a time, to the last byte held back inside."""
    while not inflater.eof:
        try:
            piece = inflater.decompress(data, _STEP)
        except zlib.error as error:
            raise BadEncoding(f"the compressed body is broken: {error}") from error
        data = inflater.unconsumed_tail
        if piece:
            yield piece
        elif not data:
            return


def _may_be_gzip(start: bytes) -> bool:
    return start.startswith(_GZIP) or _GZIP.startswith(start)


def _window(first: int) -> int:
    if first == 0x1F:
        return 16 + zlib.MAX_WBITS
    return zlib.MAX_WBITS if first & 0x0F == 8 else -zlib.MAX_WBITS
