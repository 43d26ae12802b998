"""What the web serves, read from the store."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from feeds.model import Article, Document, Stretch
from feeds.render.near import Names
from feeds.render.search import Headline
from feeds.store.store import Store
from feeds.told import Category, Site
from feeds.web.headlines import Headlines
from feeds.web.reader import Pulse

_LOOKED_AT = 10
"""Articles of a category by which its rhythm and its sources are known."""


class StoredReader:
    """The Reader of reader.py over the real store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._headlines = Headlines(store)

    def site(self) -> Site:
        """What the published feeds say of the whole."""
        return self._store.categories.site() or Site()

    def document(self, slug: str, name: str) -> Document | None:
        """A published document of a category."""
        return self._store.documents.read(slug, name)

    def slug(self, name: str) -> str | None:
        """The slug of a category by any of its spellings or aliases."""
        return self._store.categories.slug(name)

    def spellings(self) -> Collection[str]:
        """Every slug and alias, casefolded."""
        return self._store.categories.spellings()

    def names(self) -> Names:
        """What the categories are called, as it is now."""
        return Names(self._store.categories.all())

    def article(self, path: str) -> Article | None:
        """The article whose page is at ``path``."""
        return self._store.articles.at(path)

    def titles(self, slugs: Sequence[str]) -> dict[str, str]:
        """Titles of categories by slug."""
        return self._store.categories.titles(slugs)

    def category(self, slug: str) -> Category | None:
        """What a category is."""
        return self._store.categories.read(slug)

    def stretch(self, slug: str, after: tuple[int, str], limit: int) -> Stretch:
        """The articles of a category that come after one."""
        return self._store.articles.stretch(slug, after, limit)

    def headlines(self) -> tuple[Headline, ...]:
        """The newest articles as they are searched."""
        return self._headlines.read(self.site())

    def pulse(self, slug: str) -> Pulse:
        """From the category's newest articles: the mean gap between them until now, and their sources."""
        articles = self._store.articles.newest(slug, _LOOKED_AT)
        if not articles:
            return Pulse()
        since = self._store.now().timestamp() - articles[-1].sort_key / 1000
        owners = self._store.sources.owners(
            {one.source_id for article in articles for one in article.placements}
        )
        answered = self._store.sources.last_success([owner.id for owner in owners.values()])
        return Pulse(max(since, 0.0) / len(articles), answered)

    def age(self, _slug: str, _name: str) -> float:
        """What comes from the store is of now."""
        return 0.0

    def health(self) -> dict[str, object]:
        """That the store answers, and what waits in each stage."""
        counts = self._store.claims.due_counts(self._store.now())
        return {"due": {stage.value: count for stage, count in counts.items()}}
