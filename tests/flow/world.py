"""What the flow tests share: catalogues of loopback sources, small feeds, a look into a store."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from feeds.model import Article, Document
from feeds.settings import Settings
from feeds.store.keys import Keys
from feeds.store.store import Store
from worker.session import open_session

KEYS = Keys("feedmill:")
"""The keys of a store under the prefix that it has when nobody says another."""

ALLOW = 'allow = ["127.0.0.0/8"]'

FETCH = f"""
[fetch]
{ALLOW}
spacing = "0s"
per_domain = 40
"""
"""Loopback may be fetched, at once: every source of a test is on one domain."""


def source(source_id: str, url: str, **rules: object) -> str:
    """A ``[[source]]`` table; a feed in the category of its own id unless ``rules`` say otherwise."""
    table = {"id": source_id, "kind": "feed", "url": url, "category": source_id, "every": "1h"} | rules
    lines = (f"{name} = {_toml(value)}" for name, value in table.items())
    return "\n".join(["[[source]]", *lines, ""])


def rss(*names: str) -> str:
    """An RSS feed with an item for each name, the first one the newest."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{name}</guid><title>Story {name}</title>"
        f"<link>http://publisher.example/{name}</link><description>Text of {name}.</description>"
        f"<pubDate>Thu, 17 Mar 2022 {12 - place // 60:02}:{59 - place % 60:02}:00 +0800</pubDate></item>"
        for place, name in enumerate(names)
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>T</title>{items}</channel></rss>"


@contextmanager
def opened(data: Path) -> Iterator[Store]:
    """The store of a folder, of the system that runs there or started for the moment."""
    with open_session(data, Settings()) as store:
        yield store


def articles_of(store: Store) -> dict[str, Article]:
    """Every listed article, by guid."""
    return {str(article.guid): article for article in store.articles.every("all")}


def documents_of(data: Path) -> dict[tuple[str, str], Document]:
    """Every published document of a folder, by slug and format."""
    with opened(data) as store:
        return {
            (slug, name): document
            for slug in store.categories.slugs()
            for name, document in store.documents.all(slug).items()
        }


def titles_in(body: bytes) -> list[str]:
    """The titles in a JSON Feed, in its order."""
    return [item["title"] for item in json.loads(body)["items"]]


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        pairs: Mapping[str, Any] = value
        return "{ " + ", ".join(f"{name} = {_toml(one)}" for name, one in pairs.items()) + " }"
    return json.dumps(value, ensure_ascii=False)
