"""Which of a feed's entries are news, and what to write for them: pure decisions of the parse step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from feeds.model import Article, Entry
from feeds.normalize.article import entry_digest, normalize, rules_digest
from feeds.normalize.changes import revise, withdraw
from feeds.normalize.choosing import is_awaited
from feeds.normalize.rewriting import rewritten
from feeds.normalize.slugs import category_of
from feeds.normalize.text import flatten
from feeds.pipeline.roll import Candidate
from feeds.store.articles import Stored
from feeds.store.keys import ALL
from feeds.store.origins import page_origin
from feeds.store.plan import NOTHING, ArticleWrite
from feeds.told import Category, CategoryRule, Kind, Site, Source

_REREAD_AFTER = timedelta(minutes=10)
_PAST = "past "
_NO_RULES = Source(id="", kind=Kind.SITEMAP, url="", category=CategoryRule(), ids="")


def fresh(found: Iterable[Candidate], known: Mapping[str, str]) -> list[Candidate]:
    """Those whose digest is not the one last seen."""
    return [candidate for candidate in found if not _is_seen(candidate, known.get(candidate.article_id, ""))]


def _is_seen(candidate: Candidate, digest: str) -> bool:
    return digest == (past_digest(candidate) if digest.startswith(_PAST) else candidate.digest)


def past_digest(candidate: Candidate) -> str:
    """What is remembered of one that was passed over: neither rules nor dates make news of a site's past."""
    return _PAST + entry_digest(replace(candidate.entry, published=None, updated=None), _NO_RULES)


class Placed(NamedTuple):
    """A candidate with its category's slug as spelled here."""

    candidate: Candidate
    slug: str


def categories_of(found: Sequence[Candidate], source: Source) -> list[tuple[str, str]]:
    """The (slug, title) that the source's rule gives each candidate."""
    return [category_of(candidate.words, source) for candidate in found]


def new_categories(
    named: Iterable[tuple[str, str]], spelled: Mapping[str, str], now: datetime
) -> list[Category]:
    """Categories as they are if these articles are their first."""
    titles = {spelled[slug]: title for slug, title in reversed(list(named))}
    return [Category(slug=slug, title=title, created_at=now) for slug, title in titles.items()]


class Making(NamedTuple):
    """What entries are made into articles with; ``rights`` are the feed's, ``said`` entries stored last."""

    source: Source
    site: Site
    rights: str | None
    fetched_at: datetime
    now: datetime
    said: Mapping[str, Entry] = NOTHING

    def article(self, placed: Placed, entry: Entry) -> Article:
        """The article of an entry in the candidate's place."""
        made = normalize(
            entry,
            self.source,
            self.site,
            slug=placed.slug,
            seen_at=self.now,
            position=placed.candidate.position,
            article_id=placed.candidate.article_id,
        )
        rights = flatten(entry.rights or self.rights) or None
        return replace(made, rights=rights, fetched_at=self.fetched_at, rules=rules_digest(self.source))


def writes(placed: Sequence[Placed], stored: Mapping[str, Stored], making: Making) -> list[ArticleWrite]:
    """The articles that are new or differ from what is stored."""
    found = (_write(one, stored.get(one.candidate.article_id), making) for one in placed)
    return [write for write in found if write is not None]


def _write(placed: Placed, before: Stored | None, making: Making) -> ArticleWrite | None:
    candidate, source = placed.candidate, making.source
    article = making.article(placed, candidate.words)
    if before is None:
        awaited = not article.complete and page_origin(source, article.page) is not None
        return ArticleWrite(replace(article, listed=not awaited), candidate.entry, 0, awaited=awaited)
    said = making.said.get(candidate.article_id)
    revised = revise(
        before.article,
        article,
        before=making.article(placed, rewritten(said, source) or said) if said is not None else None,
        source_id=source.known_as,
        seen_at=making.now,
    )
    owned = revised.source_id == source.known_as
    redated = owned and said is not None and _dates(said) != _dates(candidate.entry)
    reread = redated and _is_rereadable(before.article, making.now)
    reread = reread and page_origin(source, revised.page) is not None
    if reread:
        revised = replace(revised, fetched_at=making.fetched_at)
    if revised is before.article:
        return None
    # It was withdrawn before its body came, which it waits for again.
    awaited = (
        before.article.withdrawn and is_awaited(revised) and page_origin(source, revised.page) is not None
    )
    revised = replace(revised, listed=revised.listed and not awaited)
    left = tuple(slug for slug in before.article.slugs if slug not in revised.slugs)
    replaced = before.article if revised.updated != before.article.updated else None
    entry = candidate.entry if owned else None
    return ArticleWrite(revised, entry, before.version, left, replaced, awaited or reread)


def _is_rereadable(article: Article, now: datetime) -> bool:
    """Whether its own page is all of its body, so that it can be replaced at once, and was not read lately.

    Some lists date all they have anew at each poll: the older the article, the rarer its page is read again.
    """
    if not article.complete or article.parts != 1:
        return False
    read_at = article.fetched_at or article.first_seen_at
    return now - read_at >= max(_REREAD_AFTER, (read_at - article.first_seen_at) / 2)


def _dates(entry: Entry) -> tuple[str | None, str | None]:
    return entry.published, entry.updated


def withdrawals(stored: Iterable[Stored], source_id: str) -> list[ArticleWrite]:
    """What to write for articles that a source has no longer."""
    return [retraction(one, withdraw(one.article, source_id)) for one in stored if not one.article.is_gone]


def retraction(before: Stored, after: Article) -> ArticleWrite:
    """What to write for an article that leaves some of its categories, or all."""
    left = tuple(slug for slug in before.article.slugs if slug not in after.slugs)
    return ArticleWrite(after, None, before.version, left if after.listed else (*left, ALL))


def settle_paths(found: Sequence[ArticleWrite], owners: Mapping[str, str]) -> list[ArticleWrite]:
    """New articles whose path is another's get a dot and their own id behind it: no chosen name has a dot."""
    taken = dict(owners)
    settled = []
    for write in found:
        article = write.article
        if taken.setdefault(article.path, article.id) != article.id:
            path = f"{article.path.removesuffix('.html')}.{article.id}.html"
            article = replace(article, path=path)
        settled.append(write._replace(article=article))
    return settled


def pages_wanted(found: Iterable[ArticleWrite], source: Source) -> dict[str, str]:
    """Article id → origin of the page to fetch: of articles that come without their body, or newly dated.

    Those of several pages are not read again.
    """
    return {
        write.article.id: origin
        for write in found
        if write.awaited
        if (origin := page_origin(source, write.article.page))
    }
