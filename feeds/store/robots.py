"""robots.txt of each host, shared by all workers; who fetches it is decided here, too."""

from __future__ import annotations

from feeds.crawl import Robots
from feeds.store.codec import unpack
from feeds.store.connection import Connection, guarded

_PENDING = b"pending"
_PENDING_MS = 40_000


class RobotsCache:
    """What is known of robots.txt; ``site`` is scheme://host:port."""

    def __init__(self, connection: Connection) -> None:
        self._client = connection.client
        self._keys = connection.keys

    def read(self, site: str) -> Robots | None:
        """What a site's robots.txt says; None when it is not known, or too long ago."""
        with guarded():
            blob = self._client.get(self._keys.robots(site))
        return unpack(blob, Robots) if blob and blob != _PENDING else None

    def reserve(self, site: str) -> bool:
        """Whether the caller is the one to fetch it; for the others it is on its way."""
        with guarded():
            return bool(self._client.set(self._keys.robots(site), _PENDING, nx=True, px=_PENDING_MS))
