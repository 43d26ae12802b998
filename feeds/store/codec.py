"""Values to bytes and back: JSON where people may look (it keeps offsets), zstd where it is long."""

from __future__ import annotations

import threading
from typing import TypeVar

import msgspec
import zstandard

T = TypeVar("T")
_local = threading.local()


def pack(value: object) -> bytes:
    """A value as JSON."""
    return msgspec.json.encode(value)


def unpack(blob: bytes, kind: type[T]) -> T:
    """The value of such JSON."""
    return msgspec.json.decode(blob, type=kind)


def squeeze(value: object) -> bytes:
    """A value as compressed JSON."""
    return _compressor().compress(msgspec.json.encode(value))


def expand(blob: bytes, kind: type[T]) -> T:
    """The value of such compressed JSON."""
    return msgspec.json.decode(_decompressor().decompress(blob), type=kind)


def blob(content: bytes) -> msgspec.Raw:
    """Bytes for a script's plan: a msgpack str, since cmsgpack does not read the bin type."""
    return msgspec.Raw(b"\xdb" + len(content).to_bytes(4, "big") + content)


# Neither object may be used by two threads at once.
def _compressor() -> zstandard.ZstdCompressor:
    if not hasattr(_local, "compressor"):
        _local.compressor = zstandard.ZstdCompressor(level=3)
    compressor: zstandard.ZstdCompressor = _local.compressor
    return compressor


def _decompressor() -> zstandard.ZstdDecompressor:
    if not hasattr(_local, "decompressor"):
        _local.decompressor = zstandard.ZstdDecompressor()
    decompressor: zstandard.ZstdDecompressor = _local.decompressor
    return decompressor
