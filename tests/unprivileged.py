"""Doing something as a user whom permissions of files stop, even where tests run as root (Linux)."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable

_VERSION_3 = 0x20080522


def unprivileged(call: Callable[[], object]) -> str:
    """What ``call`` returns, or the class and the words of what it raises, without any capability."""
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _drop_capabilities()
            said = str(call())
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        os.write(writable, said.encode())
        os._exit(0)
    os.close(writable)
    with os.fdopen(readable, encoding="utf-8") as answer:
        said = answer.read()
    os.waitpid(child, 0)
    return said


def _drop_capabilities() -> None:
    """No effective, permitted or inheritable capability any more (capset(2))."""
    if sys.platform != "linux":
        return
    header = (ctypes.c_uint32 * 2)(_VERSION_3, 0)
    if ctypes.CDLL(None, use_errno=True).capset(header, (ctypes.c_uint32 * 6)()) != 0:
        raise OSError(ctypes.get_errno(), "capset")
