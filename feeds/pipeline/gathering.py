"""What of a feed is news, against what the store has at this moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from feeds.crawl import Continuation, Remembered
from feeds.pipeline import news
from feeds.pipeline.identity import identified, signatures_of
from feeds.pipeline.mill import Mill
from feeds.pipeline.roll import Roll
from feeds.pipeline.shares import share_of
from feeds.pipeline.sifting import placed_by, sift
from feeds.store.claims import Hint
from feeds.store.plan import NOTHING, ArticleWrite, Plan, SourceEnd
from feeds.told import Category, Site, Source


class News(NamedTuple):
    """What a feed brings: articles to write, digests to remember, categories that may be new.

    ``signatures`` are by what its articles are found again, ``gone`` articles to forget the digests of;
    ``left`` is how many of its entries are new and wait for the next poll, ``dropped`` how many the source's
    rules drop.
    """

    writes: list[ArticleWrite]
    digests: dict[str, str]
    categories: list[Category]
    signatures: dict[str, str]
    gone: frozenset[str] = frozenset()
    left: int = 0
    dropped: int = 0


def gather(
    mill: Mill,
    roll: Roll,
    source: Source,
    site: Site,
    *,
    gone: frozenset[str] = frozenset(),
    now: datetime,
) -> News:
    """What of a document is new or changed, and ``gone``, against what the store has at this moment."""
    articles, categories = mill.store.articles, mill.store.categories
    found = identified(articles, roll, source, site)
    # An article is taken back under its old guid in the document that has it under its new one.
    gone = gone.difference(one.article_id for one in found.candidates)
    sifted = sift(mill.store, news.fresh(found.candidates, found.known), source, site, now=now)
    share = share_of(articles, sifted.kept, found.known, source, count=len(roll.glimpses))
    fresh = share.taken
    named = news.categories_of(fresh, source)
    spelled = categories.spell(slug for slug, _ in named)
    placed = [
        news.Placed(candidate, spelled[slug]) for candidate, (slug, _) in zip(fresh, named, strict=True)
    ]
    unwanted = [*gone, *(candidate.article_id for candidate in sifted.dropped)]
    stored = articles.read([*(candidate.article_id for candidate in fresh), *unwanted])
    said = articles.entries([one.article_id for one in fresh if one.article_id in stored])
    making = news.Making(source, site, roll.rights, roll.read_at, now, said)
    writes = news.writes(placed, stored, making)
    taken_back = placed_by(source, stored, unwanted)
    owners = articles.owners([write.article.path for write in writes])
    return News(
        writes=[*news.settle_paths(writes, owners), *news.withdrawals(taken_back, source.known_as)],
        digests=found.notes
        | {one.article_id: one.digest for one in (*fresh, *share.noted, *sifted.dropped)}
        | {one.article_id: news.past_digest(one) for one in share.passed_over},
        signatures=signatures_of(fresh, source),
        categories=news.new_categories(named, spelled, now),
        gone=gone | found.forgotten,
        left=share.left,
        dropped=len(sifted.dropped),
    )


def plan_of(
    mill: Mill,
    hint: Hint,
    source: Source,
    brought: News,
    *,
    end: SourceEnd | None = None,
    more: Mapping[str, tuple[Continuation, str]] = NOTHING,
    remembered: Remembered | None = None,
    now: datetime,
) -> Plan:
    """The end of a parse that brought this; ``end`` is the source's, ``more`` what its list goes on with.

    ``remembered`` are the entries of its own document, for the next time.
    """
    return mill.store.plans.parsed(
        hint,
        end,
        now=now,
        owner=source.known_as,
        digests=brought.digests,
        gone=brought.gone,
        signatures=brought.signatures,
        writes=brought.writes,
        categories=brought.categories,
        page_origins=news.pages_wanted(brought.writes, source),
        more=more,
        remembered=remembered,
    )
