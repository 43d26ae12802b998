"""What every site has and no article changes: robots.txt and the icon."""

from __future__ import annotations

import struct
import zlib
from typing import Final

ROBOTS: Final = "User-agent: *\nDisallow: /healthz\nDisallow: /search\n"

_SIZE = 32
_ORANGE = b"\xe0\x6c\x1f\xff"
_WHITE = b"\xff\xff\xff\xff"
_CLEAR = b"\x00\x00\x00\x00"
_RINGS = ((0, 4), (9, 13), (18, 22))
"""Distances from the lower left corner, between which it is white: the sign that feeds have."""
_MARGIN = 5
_ROUND = 6


def _icon() -> bytes:
    """An icon file that holds one PNG, as all browsers read it."""
    rows = b"".join(b"\x00" + b"".join(_pixel(x, y) for x in range(_SIZE)) for y in range(_SIZE))
    header = struct.pack(">IIBBBBB", _SIZE, _SIZE, 8, 6, 0, 0, 0)
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")
    png = b"\x89PNG\r\n\x1a\n" + chunks
    directory = struct.pack("<HHHBBBBHHII", 0, 1, 1, _SIZE, _SIZE, 0, 0, 1, 32, len(png), 22)
    return directory + png


def _pixel(x: int, y: int) -> bytes:
    if _is_outside(x, y):
        return _CLEAR
    across, up = x - _MARGIN, _SIZE - 1 - _MARGIN - y
    if min(across, up) < 0:
        return _ORANGE
    distance = (across**2 + up**2) ** 0.5
    return _WHITE if any(inner <= distance < outer for inner, outer in _RINGS) else _ORANGE


def _is_outside(x: int, y: int) -> bool:
    """Whether a pixel is cut off by one of the round corners."""
    across, down = (max(_ROUND - at, at - (_SIZE - 1 - _ROUND), 0) for at in (x, y))
    return across**2 + down**2 > _ROUND**2


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


FAVICON: Final = _icon()
FAVICON_TYPE: Final = "image/x-icon"
