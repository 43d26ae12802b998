"""Undoing Content-Encoding in bounded steps, so that a small answer cannot become a large one."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from feeds.errors import BadEncoding

ACCEPT_ENCODING = "gzip, deflate"
_STEP = 65536


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
    """gzip (several members too), zlib or raw deflate, whichever the first byte tells."""
    inflater = None
    for chunk in chunks:
        rest = chunk
        while rest:
            if inflater is None:
                inflater = zlib.decompressobj(_window(rest[0]))
            try:
                piece = inflater.decompress(rest, _STEP)
            except zlib.error as error:
                raise BadEncoding(f"the compressed body is broken: {error}") from error
            if piece:
                yield piece
            rest = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
            if inflater.eof:
                inflater = None
                if rest and not rest.startswith(b"\x1f\x8b"):
                    return  # padding after the last member
    if inflater is not None:
        raise BadEncoding("the compressed body ends too early")


def _window(first: int) -> int:
    if first == 0x1F:
        return 16 + zlib.MAX_WBITS
    return zlib.MAX_WBITS if first & 0x0F == 8 else -zlib.MAX_WBITS
