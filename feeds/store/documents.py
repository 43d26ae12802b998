"""What is published of each category: its documents, what is dirty, and what its documents say of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
from redis.client import Pipeline

from feeds.model import Document, Stage
from feeds.store.categories import Categories
from feeds.store.connection import Connection, guarded, milliseconds, moment

_SILENT = "silent_since"


class Dirt(NamedTuple):
    """A category's counters: it is dirty while changed > published."""

    changed: int
    published: int

    @property
    def is_dirty(self) -> bool:
        return self.changed > self.published


class Documents:
    """Reading documents and what is dirty; documents are written by finishing."""

    def __init__(self, connection: Connection, categories: Categories) -> None:
        self._client = connection.client
        self._keys = connection.keys
        self._categories = categories

    # ── what is dirty, what is published ────────────────────────────────────────────────────────

    def dirt(self, slug: str) -> Dirt:
        """A category's counters."""
        with guarded():
            return _dirt(self._client.hmget(self._keys.category(slug), ["changed", "published"]))

    def published(self, slugs: Sequence[str]) -> dict[str, int]:
        """Which of its changes each category was last rendered with."""
        with guarded():
            pipe = self._client.pipeline(transaction=False)
            for slug in slugs:
                pipe.hget(self._keys.category(slug), "published")
            return {slug: int(found or 0) for slug, found in zip(slugs, pipe.execute(), strict=True)}

    def dirty(self) -> list[str]:
        """Slugs whose articles changed since their documents were rendered."""
        slugs = self._categories.slugs()
        with guarded():
            pipe = self._client.pipeline(transaction=False)
            for slug in slugs:
                pipe.hmget(self._keys.category(slug), ["changed", "published"])
            counters = pipe.execute()
        return [slug for slug, found in zip(slugs, counters, strict=True) if _dirt(found).is_dirty]

    def stale(self, render: str) -> list[str]:
        """Slugs whose documents are missing, or were made by another version of the renderer."""
        slugs = self._categories.slugs()
        with guarded():
            pipe = self._client.pipeline(transaction=False)
            for slug in slugs:
                pipe.hget(self._keys.category(slug), "render")
                pipe.exists(self._keys.documents(slug))
            answers = iter(pipe.execute())
        return [
            slug
            for slug, version, there in zip(slugs, answers, answers, strict=True)
            if version != render.encode() or not there
        ]

    def touch(self, slugs: Iterable[str], now: datetime) -> None:
        """Mark categories as changed and make them due."""
        with guarded():
            pipe = self._client.pipeline(transaction=True)
            for slug in slugs:
                self._touch(pipe, slug, now)
            pipe.execute()

    def _touch(self, pipe: Pipeline, slug: str, now: datetime) -> None:
        pipe.hincrby(self._keys.category(slug), "changed", 1)
        pipe.zadd(self._keys.due(Stage.PUBLISH), {slug: milliseconds(now)}, nx=True)

    def hasten(self, now: datetime, slugs: Iterable[str] | None = None) -> None:
        """Make due at once what waits only for the pause between two renders; all, or only ``slugs``."""
        due = self._keys.due(Stage.PUBLISH)
        with guarded():
            claimed = set(self._client.hkeys(self._keys.claims(Stage.PUBLISH)))
            waiting = set(self._client.zrange(due, 0, -1)) - claimed
            if slugs is not None:
                waiting &= {slug.encode() for slug in slugs}
            if waiting:
                self._client.zadd(due, dict.fromkeys(waiting, milliseconds(now)), xx=True, lt=True)

    def published_at(self, slug: str) -> datetime | None:
        """When a category was last rendered."""
        with guarded():
            at = self._client.hget(self._keys.category(slug), "published_at")
        return moment(float(at)) if at else None

    def warnings(self) -> dict[str, list[str]]:
        """What could not be published when a category was last rendered, by slug."""
        slugs = self._categories.slugs()
        with guarded():
            pipe = self._client.pipeline(transaction=False)
            for slug in slugs:
                pipe.hget(self._keys.category(slug), "warnings")
            found = pipe.execute()
        said = {slug: msgspec.json.decode(blob or b"[]") for slug, blob in zip(slugs, found, strict=True)}
        return {slug: lines for slug, lines in said.items() if lines}

    # ── what is known of its sources ────────────────────────────────────────────────────────────

    def silent_since(self, slug: str) -> datetime | None:
        """Since when no source of a category answers, if that was noticed."""
        with guarded():
            return _date(self._client.hget(self._keys.category(slug), _SILENT))

    def silences(self) -> dict[str, datetime]:
        """The same of all categories of which it was noticed."""
        slugs = self._categories.slugs()
        with guarded():
            pipe = self._client.pipeline(transaction=False)
            for slug in slugs:
                pipe.hget(self._keys.category(slug), _SILENT)
            found = zip(slugs, map(_date, pipe.execute()), strict=True)
        return {slug: since for slug, since in found if since}

    def keep_silences(self, changed: Mapping[str, datetime | None], now: datetime) -> None:
        """Write down since when categories are silent, or that they are not any more, and make them due."""
        with guarded():
            pipe = self._client.pipeline(transaction=True)
            for slug, since in changed.items():
                pipe.hset(self._keys.category(slug), _SILENT, since.isoformat() if since else "")
                self._touch(pipe, slug, now)
            pipe.execute()

    # ── documents ───────────────────────────────────────────────────────────────────────────────

    def read(self, slug: str, name: str) -> Document | None:
        """A published document of a category: name is rss, atom, json, html or opml."""
        with guarded():
            blob = self._client.hget(self._keys.documents(slug), name)
        return msgspec.msgpack.decode(blob, type=Document) if blob else None

    def all(self, slug: str) -> dict[str, Document]:
        """All published documents of a category, by name."""
        with guarded():
            blobs = self._client.hgetall(self._keys.documents(slug))
        return {name.decode(): msgspec.msgpack.decode(blob, type=Document) for name, blob in blobs.items()}


def _date(said: bytes | None) -> datetime | None:
    return datetime.fromisoformat(said.decode()) if said else None


def _dirt(counters: Sequence[bytes | None]) -> Dirt:
    changed, published = counters
    return Dirt(int(changed or 0), int(published or 0))
