"""What a source's rules leave of what it brings: at its list, and again when an article's body came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from feeds.model import Article, Entry
from feeds.normalize.article import normalize
from feeds.normalize.changes import revise, withdraw
from feeds.normalize.choosing import judge
from feeds.normalize.rewriting import rewritten
from feeds.normalize.slugs import category_of
from feeds.pipeline.roll import Candidate
from feeds.store.articles import Stored
from feeds.store.keys import ALL
from feeds.store.plan import ArticleWrite
from feeds.store.store import Store
from feeds.told import Site, Source


class Sifted(NamedTuple):
    """Candidates in the words of their source's rules, apart by what these make of them."""

    kept: list[Candidate]
    dropped: list[Candidate]


def sift(store: Store, found: Sequence[Candidate], source: Source, site: Site, *, now: datetime) -> Sifted:
    """``found`` as the source's rules make them; what they drop is known from now on, and costs no more."""
    candidates = [one._replace(rewritten=rewritten(one.entry, source)) for one in found]
    if not _chooses(source):
        return Sifted(candidates, [])
    stored = store.articles.read([one.article_id for one in candidates])
    sifted = Sifted([], [])
    for one in candidates:
        article = _article(one, stored.get(one.article_id), source, site, now=now)
        (sifted.kept if judge(article, source).dropped_by is None else sifted.dropped).append(one)
    return sifted


def _chooses(source: Source) -> bool:
    rules = source.rules
    return rules is not None and bool(rules.keep_if or rules.drop_if or rules.categories)


def _article(one: Candidate, before: Stored | None, source: Source, site: Site, *, now: datetime) -> Article:
    """What would be published of a candidate; its body, if it had to be fetched, is there already."""
    article = article_of(one.words, one.article_id, source, site, now=now, position=one.position)
    if before is None:
        return article
    return revise(before.article, article, source_id=source.known_as, seen_at=now)


def article_of(
    words: Entry, article_id: str, source: Source, site: Site, *, now: datetime, position: int
) -> Article:
    """The article of an entry in the words of the rules, in the category that it would go to."""
    slug, _ = category_of(words, source)
    return normalize(words, source, site, slug=slug, seen_at=now, position=position, article_id=article_id)


def verdict_on_body(store: Store, before: Stored, article: Article) -> ArticleWrite:
    """What to write for an article whose body came: what waited for that is decided now.

    Each of its sources has rules of its own; the article is withdrawn where none takes it.
    """
    after = article
    for name in _sources_of(article):
        source = store.sources.owning(name)
        if source is not None and judge(article, source).dropped_by is not None:
            after = withdraw(after, name)
    was = (*before.article.slugs, ALL) if before.article.listed else ()
    left = tuple(slug for slug in was if slug not in (*after.slugs, *([ALL] if after.listed else ())))
    return ArticleWrite(after, None, before.version, left)


def placed_by(source: Source, stored: Mapping[str, Stored], article_ids: Iterable[str]) -> list[Stored]:
    """Those of the stored articles that the source has put into a category."""
    found = [stored[article_id] for article_id in article_ids if article_id in stored]
    return [one for one in found if source.known_as in _sources_of(one.article)]


def _sources_of(article: Article) -> list[str]:
    return list(dict.fromkeys(placement.source_id for placement in article.placements))
