"""Which of a feed's entries are news, and what to write for them: pure decisions of the parse step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from feeds.normalize.article import normalize
from feeds.normalize.changes import revise, withdraw
from feeds.normalize.slugs import category_of
from feeds.pipeline.roll import Candidate
from feeds.store.articles import Stored
from feeds.store.keys import ALL
from feeds.store.origins import page_origin
from feeds.store.plan import ArticleWrite
from feeds.told import Category, Kind, Site, Source

SITEMAP_FIRST = 50
"""Addresses that the first poll of a sitemap takes: a feed is no archive of the site."""
SITEMAP_AT_ONCE = 200
"""New addresses that a later poll of a sitemap takes; the others come with the next."""


def fresh(found: Iterable[Candidate], known: Mapping[str, str]) -> list[Candidate]:
    """Those whose digest is not the one last seen."""
    return [candidate for candidate in found if known.get(candidate.article_id) != candidate.digest]


class Share(NamedTuple):
    """What of the fresh ones a poll takes: these now, those only to be known from now on, so many later."""

    taken: list[Candidate]
    passed_over: list[Candidate]
    left: int


def share_of(fresh: list[Candidate], source: Source, *, first: bool) -> Share:
    """How much of a sitemap's news one poll takes: the oldest; of its past, at first, only the newest."""
    if source.kind is not Kind.SITEMAP:
        return Share(fresh, [], 0)
    if first:
        past = max(0, len(fresh) - SITEMAP_FIRST)
        return Share(fresh[past:], fresh[:past], 0)
    return Share(fresh[:SITEMAP_AT_ONCE], [], max(0, len(fresh) - SITEMAP_AT_ONCE))


class Placed(NamedTuple):
    """A candidate with its category's slug as spelled here."""

    candidate: Candidate
    slug: str


def categories_of(found: Sequence[Candidate], source: Source) -> list[tuple[str, str]]:
    """The (slug, title) that the source's rule gives each candidate."""
    return [category_of(candidate.entry, source) for candidate in found]


def new_categories(
    named: Iterable[tuple[str, str]], spelled: Mapping[str, str], now: datetime
) -> list[Category]:
    """Categories as they are if these articles are their first."""
    titles = {spelled[slug]: title for slug, title in reversed(list(named))}
    return [Category(slug=slug, title=title, created_at=now) for slug, title in titles.items()]


def writes(
    placed: Sequence[Placed], stored: Mapping[str, Stored], *, source: Source, site: Site, now: datetime
) -> list[ArticleWrite]:
    """The articles that are new or differ from what is stored."""
    found = (_write(one, stored.get(one.candidate.article_id), source, site, now=now) for one in placed)
    return [write for write in found if write is not None]


def _write(
    placed: Placed, before: Stored | None, source: Source, site: Site, *, now: datetime
) -> ArticleWrite | None:
    candidate = placed.candidate
    article = normalize(
        candidate.entry,
        source,
        site,
        slug=placed.slug,
        seen_at=now,
        position=candidate.position,
        article_id=candidate.article_id,
    )
    if before is None:
        listed = article.complete or page_origin(source, article.page) is None
        return ArticleWrite(replace(article, listed=listed), candidate.entry, version=0)
    revised = revise(before.article, article, source_id=source.known_as, seen_at=now)
    if revised is before.article:
        return None
    left = tuple(slug for slug in before.article.slugs if slug not in revised.slugs)
    owned = before.article.source_id == source.known_as
    return ArticleWrite(revised, candidate.entry if owned else None, before.version, left)


def withdrawals(stored: Iterable[Stored], source: Source) -> list[ArticleWrite]:
    """What to write for articles that a source has no longer."""
    found = []
    for article, version in stored:
        after = withdraw(article, source.known_as)
        left = tuple(slug for slug in article.slugs if slug not in after.slugs)
        everywhere = () if after.listed else (ALL,)
        found.append(ArticleWrite(after, None, version, (*left, *everywhere)))
    return found


def settle_paths(found: Sequence[ArticleWrite], owners: Mapping[str, str]) -> list[ArticleWrite]:
    """New articles whose path is another's get 8 characters of their own id behind it."""
    taken = dict(owners)
    settled = []
    for write in found:
        article = write.article
        if taken.setdefault(article.path, article.id) != article.id:
            path = f"{article.path.removesuffix('.html')}-{article.id[:8]}.html"
            article = replace(article, path=path)
        settled.append(write._replace(article=article))
    return settled


def pages_wanted(found: Iterable[ArticleWrite], source: Source) -> dict[str, str]:
    """Article id → origin of the page to fetch, for articles that come without their body."""
    return {
        write.article.id: origin
        for write in found
        if write.version == 0 and not write.article.listed
        if (origin := page_origin(source, write.article.page))
    }
