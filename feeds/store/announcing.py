"""Who serves documents hears of new ones: finish.lua says a category's slug on a channel.

It is a hint as all messages are: one that is lost costs a second, after which the store is asked again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from feeds.store.connection import Connection, guarded

_QUIET = 5.0
"""Seconds without a word after which the listener is told so."""


def announced(connection: Connection) -> Iterator[str | None]:
    """Slugs as they are said, None after some quiet; raises StoreUnavailable when nobody says anything."""
    with guarded(), closing(connection.client.pubsub(ignore_subscribe_messages=True)) as channel:
        channel.subscribe(connection.keys.published)
        while True:
            message = channel.get_message(timeout=_QUIET)
            yield message["data"].decode() if message else None
