"""parse: a payload becomes entries, those that are news become articles, stored with its validators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from feeds import schedule
from feeds.errors import SourceError
from feeds.model import Category, Feed, Payload, Site, Source, Stage
from feeds.pipeline import news
from feeds.pipeline.fetch import fail_source
from feeds.pipeline.mill import Hints, Mill, failure_of
from feeds.pipeline.page import fill_article
from feeds.store.claims import Hint
from feeds.store.plan import ArticleWrite, Finish, page_of


class News(NamedTuple):
    """What a feed brings: articles to write, digests to remember, categories that may be new."""

    writes: list[ArticleWrite]
    digests: dict[str, str]
    categories: list[Category]


def parse(mill: Mill, hint: Hint) -> Hints:
    """Parse the payload a hint names: a source's list, or one article's own page."""
    started = mill.start(Stage.PARSE, hint)
    if started is None:
        return {}
    payload = mill.store.sources.payload(hint.member)
    article_id = page_of(hint.member)
    if article_id is not None:
        return fill_article(mill, started, article_id, payload)
    source = mill.store.sources.read(hint.member)
    if source is None:
        return mill.store.finishing.dropped(Stage.PARSE, started, mill.store.now()).hints
    if payload is None:
        return _fetch_again(mill, started, source)
    try:
        feed = mill.intake.parser(source, payload)
    except SourceError as error:
        return fail_source(mill, Stage.PARSE, started, source, failure=failure_of(error)).hints
    return _store(mill, started, source, payload, feed=feed)


def _fetch_again(mill: Mill, started: Hint, source: Source) -> Hints:
    """The payload is gone (by hand, or expired): nothing is known of it, so the source is due."""
    now = mill.store.now()
    health = mill.store.sources.health(source.id)
    return mill.store.finishing.polled(Stage.PARSE, started, health, due_at=now, now=now).hints


def _store(mill: Mill, started: Hint, source: Source, payload: Payload, *, feed: Feed) -> Hints:
    found = news.candidates(feed, source)
    while True:
        now = mill.store.now()
        brought = gather(mill, found, source, now)
        health, due_at = schedule.after_parsed(
            source,
            news.count_gaps(mill.store.sources.health(source.id), feed),
            payload,
            feed,
            fresh=len(brought.writes),
            now=now,
        )
        finished = mill.store.finishing.parsed(
            started,
            health,
            due_at=due_at,
            now=now,
            owner=source.known_as,
            digests=brought.digests,
            writes=brought.writes,
            categories=brought.categories,
            page_origins=news.pages_wanted(brought.writes, source),
        )
        if finished.status is not Finish.OUTRUN:
            return finished.hints


def gather(mill: Mill, found: Sequence[news.Candidate], source: Source, now: datetime) -> News:
    """What of a feed's entries is new or changed, against what the store has at this moment."""
    articles, categories = mill.store.articles, mill.store.categories
    known = articles.known(source.known_as, [candidate.article_id for candidate in found])
    fresh = news.fresh(found, known)
    named = news.categories_of(fresh, source)
    spelled = categories.spell(slug for slug, _ in named)
    placed = [
        news.Placed(candidate, spelled[slug]) for candidate, (slug, _) in zip(fresh, named, strict=True)
    ]
    stored = articles.read([candidate.article_id for candidate in fresh])
    site = categories.site() or Site()
    writes = news.writes(placed, stored, source=source, site=site, now=now)
    owners = articles.owners([write.article.path for write in writes])
    return News(
        writes=news.settle_paths(writes, owners),
        digests={candidate.article_id: candidate.digest for candidate in fresh},
        categories=news.new_categories(named, spelled, now),
    )
