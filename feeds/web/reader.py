"""What the web needs of the store: to read, nothing else."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from feeds.model import Article, Document, Stretch
from feeds.render.near import Names
from feeds.render.search import Headline
from feeds.told import Category, Site


class Pulse(NamedTuple):
    """How lively a category is: mean seconds between its articles, and when a source of it last answered."""

    gap: float | None = None
    last_success: datetime | None = None


class Reader(Protocol):
    """Read access to what is published; each method may raise errors.StoreUnavailable."""

    def site(self) -> Site:
        """What the published feeds say of the whole."""

    def document(self, slug: str, format: str) -> Document | None:  # noqa: A002
        """A category's document in one format; the slug ``all`` has everything, and opml."""

    def slug(self, name: str) -> str | None:
        """The slug that ``name`` means, whatever its case, or as an alias."""

    def spellings(self) -> Collection[str]:
        """Every slug and alias, casefolded: a name that is none of them is no category's."""

    def names(self) -> Names:
        """What the categories are called, ready to be compared with a name that none has."""

    def article(self, path: str) -> Article | None:
        """The article that lives at ``path``."""

    def titles(self, slugs: Sequence[str]) -> dict[str, str]:
        """The titles of categories by slug."""

    def category(self, slug: str) -> Category | None:
        """What a category is; None if there is none of exactly that slug."""

    def stretch(self, slug: str, after: tuple[int, str], limit: int) -> Stretch:
        """The articles of a category that come after one, which need not be there any more."""

    def headlines(self) -> tuple[Headline, ...]:
        """The newest articles as they are searched, newest first."""

    def pulse(self, slug: str) -> Pulse:
        """How lively a category is."""

    def age(self, slug: str, format: str) -> float:  # noqa: A002
        """Seconds since the store last said that a document is the newest."""

    def health(self) -> dict[str, object]:
        """How the store is, for /healthz; values that JSON can hold."""
