"""Memory that is given back: what glibc keeps of large buffers, thread by thread, adds up."""

from __future__ import annotations

import ctypes

_M_MMAP_THRESHOLD = -3
_THRESHOLD = 128 * 1024
_M_ARENA_MAX = -8
_ARENAS = 2


def return_large_buffers() -> None:
    """Have every buffer over 128 KiB mapped by itself, so that its end is the end of it.

    glibc raises this threshold by itself at the first large buffer that is freed; from then on the windows of
    decompressors come from the arenas of their threads, which are never returned. Nor does each of a hundred
    threads need an arena, since one of them runs at a time. Other libraries do nothing.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _THRESHOLD)
        mallopt(_M_ARENA_MAX, _ARENAS)
