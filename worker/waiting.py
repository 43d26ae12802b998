"""While store or broker are away nothing is lost: claims lapse, and the next dispatch sees them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from feeds.errors import StoreUnavailable

_log = structlog.get_logger()


@contextmanager
def waiting(stage: str, **fields: str) -> Iterator[None]:
    """Log that the store or the broker is away, and go on: the work comes back by itself."""
    try:
        yield
    except StoreUnavailable as error:
        _log.warning("waiting", stage=stage, error=str(error), **fields)
