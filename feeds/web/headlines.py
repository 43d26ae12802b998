"""The newest articles' headlines, kept in the process: only what is new or changed is read."""

from __future__ import annotations

from threading import Lock

from feeds.render.search import SEARCHED, Headline, headline
from feeds.store.keys import ALL
from feeds.store.store import Store
from feeds.told import Site


class Headlines:
    """The headlines of the newest articles of everything."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._site: Site | None = None
        self._versions: dict[str, int] = {}
        self._headlines: dict[str, Headline] = {}
        self._lock = Lock()

    def read(self, site: Site) -> tuple[Headline, ...]:
        """The headlines as they are now, newest first."""
        with self._lock:
            if site != self._site:
                self._site, self._versions, self._headlines = site, {}, {}
            newest = self._store.articles.newest_known(ALL, SEARCHED, self._versions)
            changed = {name: headline(site, stored.article) for name, stored in newest.changed.items()}
            known = self._headlines | changed
            self._headlines = {name: known[name] for name in newest.versions if name in known}
            self._versions = {name: newest.versions[name] for name in self._headlines}
            return tuple(self._headlines.values())
