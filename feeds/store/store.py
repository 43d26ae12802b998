"""The store, opened: one object with a part for each thing it keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from feeds.store.announcing import announced
from feeds.store.articles import Articles
from feeds.store.categories import Categories
from feeds.store.claims import Claims
from feeds.store.connection import PATIENT, Connection, Patience, guarded, store_clock
from feeds.store.documents import Documents
from feeds.store.finishing import finish
from feeds.store.plan import Finished, Plan
from feeds.store.plans import Plans
from feeds.store.robots import RobotsCache
from feeds.store.sources import Sources


class Store:
    """All of feedmill's state in one Redis."""

    def __init__(self, connection: Connection) -> None:
        self.claims = Claims(connection)
        self.plans = Plans(connection.keys)
        self.sources = Sources(connection)
        self.articles = Articles(connection)
        self.categories = Categories(connection)
        self.documents = Documents(connection, self.categories)
        self.robots = RobotsCache(connection)
        self.now: Callable[[], datetime] = store_clock(connection)
        self._connection = connection

    def finish(self, plan: Plan) -> Finished:
        """End a piece of work as planned, all or nothing."""
        return self.finish_all([plan])[0]

    def finish_all(self, plans: Sequence[Plan]) -> list[Finished]:
        """End several at once, each by itself."""
        return finish(self._connection, plans)

    def announcements(self) -> Iterator[str | None]:
        """Slugs whose documents changed, as they do; None where nothing was said for some seconds."""
        return announced(self._connection)

    def check(self) -> None:
        """Raise ConfigError for a store of another format or with eviction; stamp an empty one."""
        self._connection.check()

    def ping(self) -> None:
        """Raise StoreUnavailable unless the store answers."""
        with guarded():
            self._connection.client.ping()

    def close(self) -> None:
        """Give the sockets back."""
        self._connection.close()


def open_store(url: str, *, prefix: str, patience: Patience = PATIENT) -> Store:
    """The store at a Redis URL; nothing is asked of the server yet."""
    return Store(Connection(url, prefix, patience))
