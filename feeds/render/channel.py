"""What a whole feed says of itself, for one category or for everything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid5

from feeds.model import Article
from feeds.render.addresses import ALL, HOME, absolute, category_path, feed_path
from feeds.render.item import legible, printable, whole_minutes
from feeds.render.languages import language_tag
from feeds.told import Category, Podcast, Site

_FEEDS: Final = UUID("6f0d3a52-8f1c-4b3e-9d5e-2c7a41b8e6f3")
"""Name space of our feeds' identifiers: with it and the slug alone, a move changes none of them."""

CARDS: Final = 60
"""Categories that the home page shows with their newest articles; it names the others."""
CARD_ARTICLES: Final = 5

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryCard:
    """A category as home and lists show it: how much it holds, and its newest article, or a few of them."""

    category: Category
    count: int
    articles: tuple[Article, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """The head of a feed. ``page``, ``rss``, ``atom`` and ``json`` are absolute addresses.

    ``silent_since`` is when a source of it answered last, where that is too long ago.
    """

    id: str
    title: str
    description: str
    publisher: str
    language: str
    page: str
    rss: str
    atom: str
    json: str
    updated: datetime
    silent_since: datetime | None = None
    podcast: Podcast | None = None


def channel_of(site: Site, category: Category, articles: Iterable[Article]) -> Channel:
    """The head of a category's feed; its date is that of the newest change it holds."""
    title = legible(title_of_category(category)).strip() or legible(category.slug)
    return Channel(
        id=_feed_id(category.slug),
        title=title,
        description=legible(category.description).strip() or title,
        publisher=_publisher(site),
        language=language_tag(category.language) or _language_of(site),
        page=absolute(site, category_path(category.slug)),
        rss=absolute(site, feed_path(category.slug, "rss")),
        atom=absolute(site, feed_path(category.slug, "atom")),
        json=absolute(site, feed_path(category.slug, "json")),
        updated=newest(articles, category.created_at),
        podcast=category.podcast,
    )


def channel_of_all(site: Site, cards: Sequence[CategoryCard], articles: Iterable[Article]) -> Channel:
    """The head of the feed of everything."""
    created = max((card.category.created_at for card in cards), default=_NEVER)
    title = _publisher(site)
    return Channel(
        id=_feed_id(ALL),
        title=title,
        description=title,
        publisher=title,
        language=_language_of(site),
        page=absolute(site, HOME),
        rss=absolute(site, feed_path(ALL, "rss")),
        atom=absolute(site, feed_path(ALL, "atom")),
        json=absolute(site, feed_path(ALL, "json")),
        updated=newest(articles, created),
    )


def title_of_category(category: Category) -> str:
    """The category's title, else its slug: a feed must have one (RFC 4287 §4.1.1)."""
    return printable(category.title).strip() or printable(category.slug)


def title_of_site(site: Site) -> str:
    """The site's title, else its address."""
    return printable(site.title).strip() or site.url


def newest(articles: Iterable[Article], otherwise: datetime) -> datetime:
    """When the newest of ``articles`` was updated; ``otherwise`` if there is none."""
    return whole_minutes(max((article.updated for article in articles), default=otherwise))


def _publisher(site: Site) -> str:
    return legible(title_of_site(site)).strip() or site.url


def _language_of(site: Site) -> str:
    return language_tag(site.language) or "en"


def _feed_id(slug: str) -> str:
    return uuid5(_FEEDS, printable(slug)).urn
