"""Small factories: one value each, with sensible defaults and keyword overrides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from feeds.model import Article, Entry, Payload, Placement, Received
from feeds.packing import pack_body
from feeds.told import Catalogue, Category, CategoryRule, Kind, Site, Source

SEEN_AT = datetime(2022, 3, 17, 2, 0, tzinfo=UTC)
"""The moment at which made things were first seen, unless a test says otherwise."""

PUBLISHED = datetime(2022, 3, 17, 0, 48, 28, tzinfo=timezone(timedelta(hours=8)))
"""When made articles were published: early on a day that is still the day before in UTC."""


def source(**overrides: Any) -> Source:
    """A feed source whose entries all go to the category ``news``."""
    identifier = overrides.get("id", "news")
    defaults: dict[str, Any] = {
        "id": identifier,
        "kind": Kind.FEED,
        "url": "https://publisher.example/feed.xml",
        "category": CategoryRule(slug="news"),
        "ids": identifier,
    }
    return Source(**(defaults | overrides))


def entry(**overrides: Any) -> Entry:
    """An entry with guid, address, title, date and content."""
    defaults: dict[str, Any] = {
        "guid": "NW202203172312474080",
        "url": "https://publisher.example/news/1",
        "title": "A first story",
        "published": "2022-03-17T00:48:28+08:00",
        "content": "<p>It begins.</p>",
    }
    return Entry(**(defaults | overrides))


def article(**overrides: Any) -> Article:
    """A published article of the source ``news``; ``sort_key`` and ``path`` follow its date."""
    published = overrides.get("published", PUBLISHED)
    identifier = overrides.get("id", "0123456789abcdef0123456789abcdef")
    origin = overrides.get("source_id", "news")
    placements = overrides.get("placements", (Placement(source_id=origin, slug="news"),))
    name = overrides.get("guid", "NW202203172312474080")
    defaults: dict[str, Any] = {
        "id": identifier,
        "source_id": origin,
        "guid": name,
        "url": "https://publisher.example/news/1",
        "title": "A first story",
        "content": "<p>It begins.</p>",
        "summary": "It begins.",
        "published": published,
        "updated": published,
        "first_seen_at": SEEN_AT,
        "placements": placements,
        "path": f"/{placements[0].slug}/{published:%Y/%m/%d}/{name}.html",
        "sort_key": int(published.timestamp() * 1000),
    }
    return Article(**(defaults | overrides))


def payload(body: bytes | str = b"", **overrides: Any) -> Payload:
    """A payload of ``body`` (text is UTF-8) as fetched from the default source."""
    defaults: dict[str, Any] = {
        "body": body.encode() if isinstance(body, str) else body,
        "media_type": "application/rss+xml",
        "url": "https://publisher.example/feed.xml",
        "fetched_at": SEEN_AT,
    }
    return Payload(**(defaults | overrides))


def received(body: bytes | str = b"", **overrides: Any) -> Received:
    """The same as it travels."""
    packed, _ = pack_body(body.encode() if isinstance(body, str) else body)
    defaults: dict[str, Any] = {
        "packed": packed,
        "media_type": "application/rss+xml",
        "url": "https://publisher.example/feed.xml",
        "fetched_at": SEEN_AT,
    }
    return Received(**(defaults | overrides))


def category(slug: str = "news", **overrides: Any) -> Category:
    """A category that is called by its slug unless a title is given."""
    return Category(**({"slug": slug, "title": slug, "created_at": SEEN_AT} | overrides))


def site(**overrides: Any) -> Site:
    """A site in Chinese, in Shanghai, as the seed's."""
    defaults: dict[str, Any] = {
        "title": "金融消息",
        "url": "https://finews.example",
        "language": "zh-CN",
        "timezone": "Asia/Shanghai",
    }
    return Site(**(defaults | overrides))


def catalogue(**overrides: Any) -> Catalogue:
    """An empty catalogue."""
    return Catalogue(**overrides)
