"""No process outlives the one that started it: Linux ends it when its parent ends."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def child_of_this() -> Callable[[], None]:
    """What a child of this process runs first, so that it dies with us; elsewhere than on Linux, nothing."""
    parent = os.getpid()

    def die_with_parent() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() != parent:  # it ended before we could ask
                os._exit(1)

    return die_with_parent
