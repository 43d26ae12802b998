"""Categories: their slugs, and what they and the site say of themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from feeds.store.codec import pack, unpack
from feeds.store.connection import Connection, guarded
from feeds.store.keys import ALL
from feeds.told import Category, Site


class Categories:
    """Reading categories, and what all of them belong to."""

    def __init__(self, connection: Connection) -> None:
        self._client = connection.client
        self._keys = connection.keys

    # ── slugs: one category for all spellings that are equal under casefold ─────────────────────

    def spell(self, slugs: Iterable[str]) -> dict[str, str]:
        """The spelling each slug has here; the first one that comes wins for ever."""
        wanted = list(dict.fromkeys(slugs))
        with guarded():
            pipe = self._client.pipeline(transaction=False)
            for slug in wanted:
                pipe.hsetnx(self._keys.slugs, slug.casefold(), slug)
            for slug in wanted:
                pipe.hget(self._keys.slugs, slug.casefold())
            spellings = pipe.execute()[len(wanted) :]
        return {slug: spelling.decode() for slug, spelling in zip(wanted, spellings, strict=True)}

    def slug(self, name: str) -> str | None:
        """The slug of a category by any of its spellings or aliases."""
        if name == ALL:
            return ALL
        with guarded():
            spelling = self._client.hget(self._keys.slugs, name.casefold())
        return spelling.decode() if spelling else None

    def spellings(self) -> frozenset[str]:
        """Every slug and alias, casefolded."""
        with guarded():
            return frozenset(name.decode() for name in self._client.hkeys(self._keys.slugs))

    # ── what a category is ──────────────────────────────────────────────────────────────────────

    def read(self, slug: str) -> Category | None:
        """A category, once it is configured or has had an article."""
        with guarded():
            blob = self._client.hget(self._keys.category(slug), "spec")
        return unpack(blob, Category) if blob else None

    def all(self) -> list[Category]:
        """Every category, by slug."""
        with guarded():
            slugs = sorted({slug.decode() for slug in self._client.hvals(self._keys.slugs)})
            pipe = self._client.pipeline(transaction=False)
            for slug in slugs:
                pipe.hget(self._keys.category(slug), "spec")
            blobs = pipe.execute()
        return [unpack(blob, Category) for blob in blobs if blob]

    def slugs(self) -> list[str]:
        """The slugs of all categories, and of everything."""
        return [ALL, *(category.slug for category in self.all())]

    def titles(self, slugs: Sequence[str]) -> dict[str, str]:
        """Titles by slug; only of categories there are."""
        with guarded():
            pipe = self._client.pipeline(transaction=False)
            for slug in slugs:
                pipe.hget(self._keys.category(slug), "spec")
            blobs = pipe.execute()
        return {slug: unpack(blob, Category).title for slug, blob in zip(slugs, blobs, strict=True) if blob}

    def sizes(self, slugs: Sequence[str]) -> dict[str, int]:
        """How many articles each category holds."""
        with guarded():
            pipe = self._client.pipeline(transaction=False)
            for slug in slugs:
                pipe.zcard(self._keys.index(slug))
            return dict(zip(slugs, pipe.execute(), strict=True))

    # ── the site ────────────────────────────────────────────────────────────────────────────────

    def site(self) -> Site | None:
        """What the catalogue (or the first import) said of the whole."""
        with guarded():
            blob = self._client.get(self._keys.site)
        return unpack(blob, Site) if blob else None

    def name_site(self, site: Site) -> bool:
        """Keep ``site`` unless there is one already."""
        with guarded():
            return bool(self._client.set(self._keys.site, pack(site), nx=True))
