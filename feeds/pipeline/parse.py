"""parse: a payload becomes entries, those that are news become articles, stored with its validators."""

from __future__ import annotations

from typing import NamedTuple

from feeds.crawl import Health, Remembered
from feeds.errors import BotWall, NotAFeed, SourceError
from feeds.model import Feed, Payload, Stage
from feeds.normalize.article import rules_digest
from feeds.parse.discover import discovered
from feeds.pipeline.ends import end_of, failed_source
from feeds.pipeline.gathering import gather, plan_of
from feeds.pipeline.identity import articles_named
from feeds.pipeline.mill import Hints, Mill, failure_of
from feeds.pipeline.more import more_of, parse_more
from feeds.pipeline.page import fill_article
from feeds.pipeline.roll import Roll, count_gaps, dates_of, roll_of
from feeds.schedule.address import asked_own, may_move
from feeds.schedule.outcomes import after_discovered, after_parsed, after_part
from feeds.store.claims import Hint
from feeds.store.plan import Finish, SourceEnd, is_more, page_of
from feeds.told import Kind, Site, Source


class _Work(NamedTuple):
    """A parse under way: the started claim, and what the store had for it then."""

    started: Hint
    source: Source
    payload: Payload
    health: Health
    site: Site


def parse(mill: Mill, hint: Hint) -> Hints:
    """Parse the payload a hint names: a source's list, or one article's own page."""
    started = mill.start(Stage.PARSE, hint)
    if started is None:
        return {}
    document = page_of(hint.member)
    if document is not None:
        payload = mill.store.sources.payload(hint.member)
        return (parse_more if is_more(document) else fill_article)(mill, started, document, payload)
    source, payload, health, remembered, site = mill.store.sources.to_parse(hint.member)
    if source is None:
        return mill.store.finish(mill.store.plans.dropped(Stage.PARSE, started, mill.store.now())).hints
    if payload is None:
        return _fetch_again(mill, started, health)
    known = remembered.known if remembered and remembered.rules == rules_digest(source) else {}
    work = _Work(started, source, payload, health, site)
    try:
        feed = mill.intake.parser(source, payload, known)
    except SourceError as error:
        return _unreadable(mill, work, error)
    return _store(mill, work, feed, roll_of(feed, source, site, known, now=payload.fetched_at))


def _fetch_again(mill: Mill, started: Hint, health: Health) -> Hints:
    """The payload is gone (by hand, or expired): nothing is known of it, so the source is due."""
    now = mill.store.now()
    return mill.store.finish(mill.store.plans.polled(Stage.PARSE, started, SourceEnd(health, now), now)).hints


def _unreadable(mill: Mill, work: _Work, error: SourceError) -> Hints:
    """What came is no feed; where it is a page that names one, that is asked for instead."""
    started, source, payload, before, _ = work
    found = feeds_named(source, payload, error)
    if not found:
        failure = failure_of(error, payload.exchange)
        plan = failed_source(mill, Stage.PARSE, started, source, before=before, failure=failure)
        return mill.store.finish(plan).hints
    now = mill.store.now()
    after, due_at = after_discovered(before, payload, found, now=now)
    end = end_of(source, before, after, due_at, exchange=payload.exchange, now=now)
    return mill.store.finish(mill.store.plans.polled(Stage.PARSE, started, end, now)).hints


def feeds_named(source: Source, payload: Payload, error: SourceError) -> tuple[str, ...]:
    """The feeds that the page at a feed's own address names; a page found at another one leads nowhere."""
    hops = payload.exchange.hops
    own = not hops or asked_own(source, payload.exchange)
    is_page = isinstance(error, NotAFeed) and not isinstance(error, BotWall)
    if source.kind is not Kind.FEED or not own or not is_page or not may_move(source):
        return ()
    # A feed's address may lead to the home page, which names it still: asking it again would never end.
    asked = {source.url, *(hop.url for hop in hops)}
    return tuple(url for url in discovered(payload) if url not in asked)


def _gone(mill: Mill, source: Source, roll: Roll) -> frozenset[str]:
    """What the publisher took back: says so, or has no longer in its folder of posts.

    A folder without any post is not there rather than empty: a mount, say.
    """
    articles = mill.store.articles
    if source.kind is Kind.POSTS:
        return articles.brought_by(source.known_as) - roll.article_ids if roll.candidates else frozenset()
    if not roll.deleted:
        return frozenset()
    deleted = articles_named(articles, source, roll.deleted)
    return deleted - articles_named(articles, source, roll.article_ids)


def _store(mill: Mill, work: _Work, feed: Feed, roll: Roll) -> Hints:
    started, source, payload, before, site = work
    dates = dates_of(roll.glimpses)
    counted = count_gaps(before, roll, feed.warnings)
    # A document that was read whole makes it forget all of this.
    remembered = Remembered(rules=rules_digest(source), known=roll.known)
    while True:
        now = mill.store.now()
        brought = gather(mill, roll, source, site, gone=_gone(mill, source, roll), now=now)
        fresh = len(brought.writes)
        after, due_at = after_parsed(source, counted, payload, feed, fresh=fresh, dates=dates, now=now)
        if brought.left:
            after, due_at = after_part(source, after, brought.left, now=now)
        end = end_of(source, before, after, due_at, exchange=payload.exchange, fresh=fresh, now=now)
        more = more_of(source, feed, brought, 1)
        plan = plan_of(mill, started, source, brought, end=end, more=more, remembered=remembered, now=now)
        finished = mill.store.finish(plan)
        if finished.status is not Finish.OUTRUN:
            return finished.hints
