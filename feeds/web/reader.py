"""What the web needs of the store: to read, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from feeds.model import Article, Document
from feeds.told import Site


class Reader(Protocol):
    """Read access to what is published; each method may raise errors.StoreUnavailable."""

    def site(self) -> Site:
        """What the published feeds say of the whole."""

    def document(self, slug: str, format: str) -> Document | None:  # noqa: A002
        """A category's document in one format; the slug ``all`` has everything, and opml."""

    def slug(self, name: str) -> str | None:
        """The slug that ``name`` means, whatever its case, or as an alias."""

    def article(self, path: str) -> Article | None:
        """The article that lives at ``path``."""

    def titles(self, slugs: Sequence[str]) -> dict[str, str]:
        """The titles of categories by slug."""

    def health(self) -> dict[str, object]:
        """How the store is, for /healthz; values that JSON can hold."""
