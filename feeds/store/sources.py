"""Sources as stored: the catalogue in force, and each source's health."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from feeds.crawl import Continuation, Health, Outcome, Remembered
from feeds.model import Payload, Received, Stage
from feeds.packing import opened
from feeds.store.codec import expand, pack, unpack
from feeds.store.connection import Connection, guarded, milliseconds, moment
from feeds.told import Category, Site, Source

_ASIDE_SECONDS = 7 * 86400


class SourceRow(NamedTuple):
    """A source with its state; ``due_at`` None while it is under way in parse, or gone.

    ``page_error`` is what the last page of one of its articles said, if that could not be had.
    """

    source: Source
    health: Health
    due_at: datetime | None
    page_error: str | None = None


class ToParse(NamedTuple):
    """All that a parse of a source's payload begins with; ``source`` is None where it was removed."""

    source: Source | None
    payload: Payload | None
    health: Health
    remembered: Remembered | None
    site: Site


class CatalogueChange(NamedTuple):
    """What applying a catalogue writes, as feeds/pipeline/reconcile.py decided it.

    ``sources`` are the added and changed ones; ``reset`` those of them to be fetched afresh, ``rescheduled``
    those whose interval changed; ``renamed`` is new id → old id; ``owners`` is name → id of all that articles
    know by another name than their id; ``healths``, ``due`` by id; ``dirty`` slugs to render again.
    """

    sources: Mapping[str, Source]
    healths: Mapping[str, Health]
    due: Mapping[str, datetime]
    origins: Mapping[str, str]
    removed: Sequence[str]
    reset: Sequence[str]
    rescheduled: Sequence[str]
    renamed: Mapping[str, str]
    owners: Mapping[str, str]
    site: Site | None
    categories: Sequence[Category]
    dirty: Sequence[str]


class Sources:
    """Reading sources, and the one write that makes a catalogue the one in force."""

    def __init__(self, connection: Connection) -> None:
        self._client = connection.client
        self._keys = connection.keys

    def read(self, source_id: str) -> Source | None:
        """A source by id."""
        with guarded():
            blob = self._client.hget(self._keys.sources, source_id)
        return unpack(blob, Source) if blob else None

    def owning(self, known_as: str) -> Source | None:
        """The source that articles call ``known_as``, whatever its id is now."""
        return self.owners([known_as]).get(known_as)

    def owners(self, names: Collection[str]) -> dict[str, Source]:
        """The sources that articles call by one of ``names``, by that name; without those that are gone."""
        found = self._called(names, names)
        missing = [name for name in names if name not in found]
        if missing:
            with guarded():
                ids = self._client.hmget(self._keys.renamed, missing)
            found |= self._called(missing, [source_id for source_id in ids if source_id])
        return found

    def _called(self, names: Collection[str], ids: Collection[str | bytes]) -> dict[str, Source]:
        if not ids:
            return {}
        with guarded():
            blobs = self._client.hmget(self._keys.sources, list(ids))
        sources = [unpack(blob, Source) for blob in blobs if blob]
        return {source.known_as: source for source in sources if source.known_as in names}

    def all(self) -> dict[str, Source]:
        """Every source by id."""
        with guarded():
            blobs = self._client.hgetall(self._keys.sources)
        return {source_id.decode(): unpack(blob, Source) for source_id, blob in blobs.items()}

    def with_health(self, source_ids: Sequence[str]) -> dict[str, tuple[Source, Health]]:
        """Sources with their crawl state, read at once; only those there are."""
        if not source_ids:
            return {}
        with guarded():
            pipe = self._client.pipeline(transaction=False)
            pipe.hmget(self._keys.sources, list(source_ids))
            pipe.hmget(self._keys.health, list(source_ids))
            specs, healths = pipe.execute()
        return {
            source_id: (unpack(spec, Source), unpack(health, Health) if health else Health())
            for source_id, spec, health in zip(source_ids, specs, healths, strict=True)
            if spec
        }

    def last_success(self, source_ids: Collection[str]) -> datetime | None:
        """When any of these sources answered last."""
        found = self.with_health(sorted(source_ids)).values()
        return max((health.last_success for _, health in found if health.last_success), default=None)

    def outcomes(self, source_id: str) -> list[Outcome]:
        """What the last fetches of a source came to, newest first."""
        with guarded():
            lines = self._client.lrange(self._keys.outcomes(source_id), 0, -1)
        return [unpack(line, Outcome) for line in lines]

    def health(self, source_id: str) -> Health:
        """A source's crawl state; a new one before its first fetch."""
        with guarded():
            blob = self._client.hget(self._keys.health, source_id)
        return unpack(blob, Health) if blob else Health()

    def rows(self) -> list[SourceRow]:
        """Every source with its state, by id."""
        with guarded():
            pipe = self._client.pipeline(transaction=False)
            pipe.hgetall(self._keys.sources)
            pipe.hgetall(self._keys.health)
            pipe.zrange(self._keys.due(Stage.FETCH), 0, -1, withscores=True)
            pipe.hgetall(self._keys.page_errors)
            specs, healths, due, errors = pipe.execute()
        scores = dict(due)
        return [
            _row(
                unpack(specs[source_id], Source),
                healths.get(source_id),
                score=scores.get(source_id),
                errors=errors,
            )
            for source_id in sorted(specs)
        ]

    def to_parse(self, source_id: str) -> ToParse:
        """What fetch left for parse of a source, and what is known of it, read at once."""
        keys = self._keys
        with guarded():
            pipe = self._client.pipeline(transaction=False)
            pipe.hget(keys.sources, source_id)
            pipe.get(keys.payload(source_id))
            pipe.hget(keys.health, source_id)
            pipe.get(keys.glimpses(source_id))
            pipe.get(keys.site)
            source, payload, health, remembered, site = pipe.execute()
        return ToParse(
            unpack(source, Source) if source else None,
            opened(msgspec.msgpack.decode(payload, type=Received)) if payload else None,
            unpack(health, Health) if health else Health(),
            expand(remembered, Remembered) if remembered else None,
            unpack(site, Site) if site else Site(),
        )

    def payload(self, member: str) -> Payload | None:
        """What fetch left for parse."""
        with guarded():
            blob = self._client.get(self._keys.payload(member))
        return opened(msgspec.msgpack.decode(blob, type=Received)) if blob else None

    def set_aside(self, member: str) -> None:
        """Keep a payload that ended its parser for seven days, out of the way."""
        with guarded():
            if self._client.exists(self._keys.payload(member)):
                pipe = self._client.pipeline(transaction=True)
                pipe.rename(self._keys.payload(member), self._keys.aside(member))
                pipe.expire(self._keys.aside(member), _ASIDE_SECONDS)
                pipe.execute()

    def continuation(self, member: str) -> Continuation | None:
        """The further document of a list that is to be read under this name."""
        with guarded():
            blob = self._client.hget(self._keys.more, member)
        return unpack(blob, Continuation) if blob else None

    def page_failures(self, article_id: str) -> int:
        """How often the page of an article could not be had."""
        with guarded():
            return int(self._client.hget(self._keys.page_failures, article_id) or 0)

    def pages_awaited(self) -> int:
        """How many articles wait for their own page."""
        with guarded():
            return int(self._client.zcard(self._keys.due(Stage.PAGE)))

    def pages_failing(self) -> int:
        """How many of them could not be had so far."""
        with guarded():
            return int(self._client.hlen(self._keys.page_failures))

    def apply(self, change: CatalogueChange, now: datetime) -> None:
        """Make the catalogue of ``change`` the one in force, in one transaction.

        Work under way for removed, renamed and reset sources loses its claim.
        """
        keys = self._keys
        with guarded():
            pipe = self._client.pipeline(transaction=True)
            for source_id in (*change.removed, *change.renamed.values()):
                self._withdraw(pipe, source_id)
                pipe.hdel(keys.sources, source_id)
                pipe.hdel(keys.health, source_id)
                pipe.hdel(keys.origins(Stage.FETCH), source_id)
                pipe.delete(keys.outcomes(source_id))
            for source_id in (*change.reset, *change.renamed):
                self._withdraw(pipe, source_id)
            for source_id, source in change.sources.items():
                pipe.hset(keys.sources, source_id, pack(source))
            for source_id, health in change.healths.items():
                pipe.hset(keys.health, source_id, pack(health))
            for source_id, origin in change.origins.items():
                pipe.hset(keys.origins(Stage.FETCH), source_id, origin)
            for source_id, at in change.due.items():
                pipe.zadd(keys.due(Stage.FETCH), {source_id: milliseconds(at)})
            pipe.delete(keys.renamed)
            if change.owners:
                pipe.hset(keys.renamed, mapping=dict(change.owners))
            self._apply_outputs(pipe, change, now)
            pipe.execute()

    def _withdraw(self, pipe: Any, source_id: str) -> None:
        for stage in (Stage.FETCH, Stage.PARSE):
            pipe.zrem(self._keys.due(stage), source_id)
            pipe.hdel(self._keys.claims(stage), source_id)
            pipe.hdel(self._keys.attempts(stage), source_id)
        pipe.hdel(self._keys.reserved(Stage.FETCH), source_id)
        pipe.srem(self._keys.again, source_id)
        pipe.srem(self._keys.asked, source_id)
        pipe.delete(self._keys.payload(source_id), self._keys.glimpses(source_id))

    def _apply_outputs(self, pipe: Any, change: CatalogueChange, now: datetime) -> None:
        keys = self._keys
        if change.site is not None:
            pipe.set(keys.site, pack(change.site))
        for category in change.categories:
            pipe.hset(keys.category(category.slug), "spec", pack(category))
            for name in (category.slug, *category.aliases):
                pipe.hset(keys.slugs, name.casefold(), category.slug)
        for slug in change.dirty:
            pipe.hincrby(keys.category(slug), "changed", 1)
            pipe.zadd(keys.due(Stage.PUBLISH), {slug: milliseconds(now)}, nx=True)


def _row(
    source: Source, health: bytes | None, *, score: float | None, errors: Mapping[bytes, bytes]
) -> SourceRow:
    error = errors.get(source.known_as.encode())
    return SourceRow(
        source,
        unpack(health, Health) if health else Health(),
        moment(score) if score is not None else None,
        error.decode() if error else None,
    )
