"""Articles as stored: what is known of a source's entries, and reading them back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from feeds.model import Article, Entry, Stretch
from feeds.store.codec import expand
from feeds.store.connection import Connection, guarded


class Stored(NamedTuple):
    """An article with the version a later write must still find."""

    article: Article
    version: int


class Newest(NamedTuple):
    """The versions of the newest articles by id, newest first, and those articles that were asked for."""

    versions: dict[str, int]
    changed: dict[str, Stored]


class Articles:
    """Reading articles; writing them is finishing's."""

    def __init__(self, connection: Connection) -> None:
        self._client = connection.client
        self._keys = connection.keys

    def known(self, source_id: str, article_ids: Sequence[str]) -> dict[str, str]:
        """Entry digests last seen of a source, by article id; only those there are."""
        if not article_ids:
            return {}
        with guarded():
            digests = self._client.hmget(self._keys.entries(source_id), list(article_ids))
        pairs = zip(article_ids, digests, strict=True)
        return {article_id: digest.decode() for article_id, digest in pairs if digest}

    def has_brought(self, source_id: str) -> bool:
        """Whether anything is known of a source's entries."""
        with guarded():
            return bool(self._client.exists(self._keys.entries(source_id)))

    def removed(self, places: Sequence[str]) -> dict[str, str]:
        """Ids of articles that were taken down, by the address_key of where they were."""
        if not places:
            return {}
        with guarded():
            found = self._client.hmget(self._keys.removed, list(places))
        return {place: name.decode() for place, name in zip(places, found, strict=True) if name}

    def signed(self, source_id: str, signatures: Sequence[str]) -> dict[str, str]:
        """Article ids of a source by signature; only those there are."""
        if not signatures:
            return {}
        with guarded():
            found = self._client.hmget(self._keys.signatures(source_id), list(signatures))
        return {mark: name.decode() for mark, name in zip(signatures, found, strict=True) if name}

    def revisions(self, article_id: str) -> list[Article]:
        """Earlier wordings of an article, the newest first."""
        with guarded():
            blobs = self._client.lrange(self._keys.revisions(article_id), 0, -1)
        return [expand(blob, Article) for blob in blobs]

    def entries(self, article_ids: Sequence[str]) -> dict[str, Entry]:
        """What publishers said of articles, last; only of those there are."""
        if not article_ids:
            return {}
        with guarded():
            pipe = self._client.pipeline(transaction=False)
            for article_id in article_ids:
                pipe.hget(self._keys.article(article_id), "e")
            blobs = pipe.execute()
        found = zip(article_ids, blobs, strict=True)
        return {article_id: expand(blob, Entry) for article_id, blob in found if blob}

    def brought_by(self, source_id: str) -> frozenset[str]:
        """Ids of all articles that a source has brought and not taken back."""
        with guarded():
            return frozenset(name.decode() for name in self._client.hkeys(self._keys.entries(source_id)))

    def read(self, article_ids: Sequence[str]) -> dict[str, Stored]:
        """Articles by id; only those there are."""
        with guarded():
            pipe = self._client.pipeline(transaction=False)
            for article_id in article_ids:
                pipe.hmget(self._keys.article(article_id), ["b", "v"])
            rows = pipe.execute()
        return {
            article_id: Stored(expand(blob, Article), int(version))
            for article_id, (blob, version) in zip(article_ids, rows, strict=True)
            if blob
        }

    def owners(self, paths: Sequence[str]) -> dict[str, str]:
        """Article ids by path; only those that are taken."""
        if not paths:
            return {}
        with guarded():
            owners = self._client.hmget(self._keys.paths, list(paths))
        return {path: owner.decode() for path, owner in zip(paths, owners, strict=True) if owner}

    def at(self, path: str) -> Article | None:
        """The article whose page is, or was, at ``path``; None while it is in no category yet."""
        owner = self.owners([path]).get(path)
        stored = self.read([owner]).get(owner) if owner else None
        return stored.article if stored and (stored.article.listed or stored.article.is_gone) else None

    def newest(self, slug: str, limit: int) -> list[Article]:
        """Articles of a category in published order, newest first (ties by id, descending)."""
        with guarded():
            ids = self._client.zrevrange(self._keys.index(slug), 0, limit - 1)
        return self._in_order([article_id.decode() for article_id in ids])

    def newest_of(self, slugs: Sequence[str], limit: int) -> dict[str, list[Article]]:
        """The newest articles of several categories, read at once."""
        with guarded():
            pipe = self._client.pipeline(transaction=False)
            for slug in slugs:
                pipe.zrevrange(self._keys.index(slug), 0, limit - 1)
            found = [[article_id.decode() for article_id in ids] for ids in pipe.execute()]
        stored = self.read(list(dict.fromkeys(article_id for ids in found for article_id in ids)))
        return {
            slug: [stored[article_id].article for article_id in ids if article_id in stored]
            for slug, ids in zip(slugs, found, strict=True)
        }

    def stretch(self, slug: str, after: tuple[int, str], limit: int) -> Stretch:
        """The articles of a category that come after one, which need not be there any more."""
        index, (sort_key, article_id) = self._keys.index(slug), after
        with guarded():
            rank = self._client.zrevrank(index, article_id)
            start = self._client.zcount(index, f"({sort_key}", "+inf") if rank is None else rank + 1
            ids = self._client.zrevrange(index, start, start + limit)
            before = start - limit - 1
            newer = self._client.zrevrange(index, before, before) if before >= 0 else []
        return Stretch(
            after=after,
            articles=tuple(self._in_order([name.decode() for name in ids[:limit]])),
            has_older=len(ids) > limit,
            newer_after=next(iter(self._in_order([name.decode() for name in newer])), None),
        )

    def newest_known(self, slug: str, limit: int, known: Mapping[str, int]) -> Newest:
        """The newest articles' ids and versions, and those of which ``known`` has no such version."""
        with guarded():
            ids = [name.decode() for name in self._client.zrevrange(self._keys.index(slug), 0, limit - 1)]
            pipe = self._client.pipeline(transaction=False)
            for article_id in ids:
                pipe.hget(self._keys.article(article_id), "v")
            versions = {one: int(v) for one, v in zip(ids, pipe.execute(), strict=True) if v}
        changed = [one for one, version in versions.items() if known.get(one) != version]
        return Newest(versions, self.read(changed))

    def edited(self, after: int, limit: int) -> list[tuple[str, int]]:
        """Articles by their last write, that were written after write number ``after``, the first first.

        Numbers rise in the order in which writes were committed; only the newest 100,000 articles are known.
        """
        with guarded():
            found = self._client.zrangebyscore(
                self._keys.edited, f"({after}", "+inf", start=0, num=limit, withscores=True
            )
        return [(article_id.decode(), int(number)) for article_id, number in found]

    def last_edit(self) -> int:
        """The number of the last write of any article; 0 before the first."""
        with guarded():
            newest = self._client.zrevrange(self._keys.edited, 0, 0, withscores=True)
        return int(newest[0][1]) if newest else 0

    def every(self, slug: str, *, batch: int = 200) -> Iterator[Article]:
        """All articles of a category, newest first, read ``batch`` at a time."""
        return self._all_of(self._keys.index(slug), batch)

    def gone(self, *, batch: int = 200) -> Iterator[Article]:
        """All articles that were withdrawn or taken down, the last one first."""
        return self._all_of(self._keys.gone, batch)

    def _all_of(self, index: str, batch: int) -> Iterator[Article]:
        start = 0
        while True:
            with guarded():
                ids = self._client.zrevrange(index, start, start + batch - 1)
            if not ids:
                return
            yield from self._in_order([article_id.decode() for article_id in ids])
            start += batch

    def _in_order(self, article_ids: Sequence[str]) -> list[Article]:
        stored = self.read(article_ids)
        return [stored[article_id].article for article_id in article_ids if article_id in stored]
