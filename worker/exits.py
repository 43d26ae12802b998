"""How a program of ours ends: errors that we know are one line each on stderr, and exit code 2."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from feeds.errors import FeedmillError, StoreUnavailable

_SURROUNDINGS = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP)
"""What a file system says of places that somebody named: no bug of ours."""


@contextmanager
def telling_errors() -> Iterator[None]:
    """End with a line where what runs within fails for a reason that we know; other errors are bugs."""
    try:
        yield
    except StoreUnavailable as error:
        _end(f"{error}: start Redis, or name another with FEEDMILL_REDIS_URL", error)
    except FeedmillError as error:
        _end(str(error), error)
    except OSError as error:
        if error.errno not in _SURROUNDINGS:
            raise
        where = f"{error.filename}: " if error.filename else ""
        _end(f"{where}{error.strerror}: see who may read and write there", error)


def _end(what: str, error: Exception) -> NoReturn:
    print(f"feedmill: {what}", file=sys.stderr)
    raise SystemExit(2) from error
