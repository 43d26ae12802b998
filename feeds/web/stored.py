"""What the web serves, read from the store."""

from __future__ import annotations

from collections.abc import Sequence

from feeds.model import Article, Document
from feeds.store.store import Store
from feeds.told import Site


class StoredReader:
    """The Reader of reader.py over the real store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def site(self) -> Site:
        """What the published feeds say of the whole."""
        return self._store.categories.site() or Site()

    def document(self, slug: str, name: str) -> Document | None:
        """A published document of a category."""
        return self._store.categories.document(slug, name)

    def slug(self, name: str) -> str | None:
        """The slug of a category by any of its spellings or aliases."""
        return self._store.categories.slug(name)

    def article(self, path: str) -> Article | None:
        """The article whose page is at ``path``."""
        return self._store.articles.at(path)

    def titles(self, slugs: Sequence[str]) -> dict[str, str]:
        """Titles of categories by slug."""
        return self._store.categories.titles(slugs)

    def health(self) -> dict[str, object]:
        """That the store answers, and what waits in each stage."""
        counts = self._store.claims.due_counts(self._store.now())
        return {"due": {stage.value: count for stage, count in counts.items()}}
