"""Bodies on their way: digested and compressed while they come in, so that a long one is never held whole."""

from __future__ import annotations

import threading
from hashlib import blake2b

import zstandard

from feeds.model import Payload, Received

_LEVEL = 3
_HELD = 256 * 1024
"""Bytes up to which a body waits to be compressed in one go, which is quicker and takes less memory."""
_WINDOW_LOG = 19
_lock = threading.Lock()
_whole = zstandard.ZstdCompressor(level=_LEVEL)


class Packer:
    """Takes a body in pieces; what it keeps of a long one is compressed."""

    def __init__(self) -> None:
        self.size = 0
        """Bytes taken so far, uncompressed."""
        self._digest = blake2b(digest_size=16)
        self._held = bytearray()
        self._packed: list[bytes] = []
        self._stream: zstandard.ZstdCompressionObj | None = None

    def add(self, piece: bytes) -> None:
        """Take the next piece."""
        self.size += len(piece)
        self._digest.update(piece)
        self._held += piece
        if len(self._held) > _HELD:
            self._pack()

    def finish(self) -> tuple[bytes, str]:
        """The packed body, and the digest of the unpacked one."""
        if self._stream is not None:
            self._pack()
            packed = b"".join([*self._packed, self._stream.flush()])
        else:
            with _lock:  # a compressor serves one thread at a time
                packed = _whole.compress(self._held)
        return packed, self._digest.hexdigest()

    def _pack(self) -> None:
        """Compress what is held; tiny pieces must not each leave something behind."""
        if self._stream is None:
            parameters = zstandard.ZstdCompressionParameters.from_level(_LEVEL, window_log=_WINDOW_LOG)
            self._stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
        packed = self._stream.compress(self._held)
        if packed:
            self._packed.append(packed)
        self._held.clear()


def pack_body(body: bytes) -> tuple[bytes, str]:
    """A body that is there already: packed, and its digest."""
    packer = Packer()
    packer.add(body)
    return packer.finish()


def opened(received: Received) -> Payload:
    """The payload that was received, its body unpacked."""
    return Payload(
        body=zstandard.ZstdDecompressor().decompressobj().decompress(received.packed),
        media_type=received.media_type,
        charset=received.charset,
        url=received.url,
        validators=received.validators,
        fetched_at=received.fetched_at,
        exchange=received.exchange,
    )
