"""page: one request for an article's own page, whose payload goes to parse and becomes the article's body.

The first page of a site costs two turns: in one its robots.txt is asked for, in the next the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from feeds.crawl import Robots
from feeds.errors import Disallowed, SourceError, Throttled, Unreachable
from feeds.fetch.robots import fetch_robots, is_allowed, site_of
from feeds.model import Article, Exchange, Failure, Payload, Received, Stage, Validators
from feeds.normalize.article import fill
from feeds.parse.api import parse_detail
from feeds.pipeline.mill import Hints, Mill, Pulled, Step, failure_of, merged
from feeds.schedule.outcomes import held_until
from feeds.schedule.pages import counts, is_published_without, page_retry
from feeds.store.articles import Stored
from feeds.store.claims import Hint
from feeds.store.origins import charges_of, holds_of
from feeds.store.plan import ArticleWrite, Finish, Finished, PageEnd, page_member
from feeds.told import ArticleRule, Site, Source

_ROBOTS_UNDER_WAY = timedelta(seconds=2)


class Visit(NamedTuple):
    """An article's page that is to be asked for, from ``at`` on, under a claim that was started.

    ``robots`` is what its site says; None where that does not matter, or is what has to be asked for
    first (``asks_robots``).
    """

    hint: Hint
    at: datetime
    url: str
    source: Source
    robots: Robots | None
    asks_robots: bool


def _begin(mill: Mill, hints: Sequence[Hint]) -> list[Visit]:
    visits = (_visit(mill, hint, at) for hint, at in mill.start_all(Stage.PAGE, hints))
    return [visit for visit in visits if visit is not None]


def _visit(mill: Mill, hint: Hint, at: datetime) -> Visit | None:
    """What to ask for; None when the article waits for nothing any more, its host is to be left alone, or
    another asks for robots.txt."""
    found = _with_source(mill, hint.member)
    if found is None or found[0].article.page is None:
        fail_page(mill, Stage.PAGE, hint, hint.member, failure=None)
        return None
    source, url = found[1], found[0].article.page
    held = mill.store.claims.held_until(url)
    if held is not None and held > at:
        fail_page(mill, Stage.PAGE, hint, hint.member, failure=_left_alone(url, held))
        return None
    if not source.robots:
        return Visit(hint, at, url, source, None, asks_robots=False)
    site = site_of(url)
    robots = mill.store.robots.read(site)
    if robots is None and not mill.store.robots.reserve(site):
        now = mill.store.now()
        later = now + _ROBOTS_UNDER_WAY
        mill.store.finish(mill.store.plans.postponed(hint, due_at=later, robots=None, now=now))
        return None
    return Visit(hint, at, url, source, robots, asks_robots=robots is None)


def _ask(mill: Mill, visit: Visit) -> Pulled | Robots:
    _, _, url, source, robots, asks_robots = visit
    if asks_robots:
        try:
            return fetch_robots(mill.intake.client, url, source, now=mill.store.now())
        except SourceError as error:
            return failure_of(error)
    if robots is not None and not is_allowed(robots, url, source):
        return failure_of(_refusal(robots, url))
    return mill.intake.pull(source, url, Validators())


def _left_alone(url: str, until: datetime) -> Failure:
    message = f"{url} is not asked for: its host asked to be left alone until {until:%Y-%m-%d %H:%M:%S} UTC"
    return failure_of(Throttled(message, retry_at=until))


def _refusal(robots: Robots, url: str) -> SourceError:
    where = f"{site_of(url)}/robots.txt"
    if robots.text is None:
        return Unreachable(f"{url} is not asked for: {where} cannot be had", retry_at=robots.until)
    return Disallowed(f"{url} is not asked for: {where} asks us not to")


def _conclude(mill: Mill, asked: Sequence[tuple[Visit, Pulled | Robots]]) -> Hints:
    plans, hints = [], []
    for visit, answer in asked:
        now = mill.store.now()
        if isinstance(answer, Received):
            charged = charges_of(visit.source, answer.exchange)
            member = page_member(visit.hint.member)
            plan = mill.store.plans.received(
                Stage.PAGE, visit.hint, member, received=answer, charged=charged, now=now
            )
            plans.append(plan)
        elif isinstance(answer, Robots):
            known = (site_of(visit.url), answer)
            plans.append(mill.store.plans.postponed(visit.hint, due_at=now, robots=known, now=now))
        else:
            failure = answer if isinstance(answer, Failure) else None
            hints.append(fail_page(mill, Stage.PAGE, visit.hint, visit.hint.member, failure=failure).hints)
    return merged([*hints, *(finished.hints for finished in mill.store.finish_all(plans))])


PAGE = Step(_begin, _ask, _conclude)


def fill_article(mill: Mill, started: Hint, article_id: str, payload: Payload | None) -> Hints:
    """Finish a page's parse: the article gets its body and enters its categories."""
    while True:
        found = _with_source(mill, article_id)
        if found is None or payload is None:
            return fail_page(mill, Stage.PARSE, started, article_id, failure=None).hints
        stored, _, rule = found
        try:
            article = _filled(stored.article, rule, payload, mill.store.categories.site() or Site())
        except SourceError as error:
            return fail_page(mill, Stage.PARSE, started, article_id, failure=failure_of(error)).hints
        write = ArticleWrite(article, None, stored.version)
        finished = mill.store.finish(mill.store.plans.filled(started, write, now=mill.store.now()))
        if finished.status is not Finish.OUTRUN:
            return finished.hints


def fail_page(mill: Mill, stage: Stage, hint: Hint, article_id: str, *, failure: Failure | None) -> Finished:
    """Try the page later; after some tries, or when it is gone, the article is published without it."""
    while True:
        now = mill.store.now()
        found = _with_source(mill, article_id)
        failures = mill.store.sources.page_failures(article_id) + counts(failure)
        retry_at = page_retry(failures, failure, now) if found else None
        given_up = is_published_without(failures, retry_at, now)
        stored = mill.store.articles.read([article_id]).get(article_id)
        write = None
        if stored is not None and given_up and not stored.article.listed:
            write = ArticleWrite(replace(stored.article, listed=True), None, stored.version)
        end = PageEnd(article_id, failures, retry_at, _error(stored, failure))
        if found is not None and failure is not None:
            end = _with_manners(end, found[1], failure, now)
        finished = mill.store.finish(mill.store.plans.page_failed(stage, hint, write, end, now))
        if finished.status is not Finish.OUTRUN:
            return finished


def _with_manners(end: PageEnd, source: Source, failure: Failure, now: datetime) -> PageEnd:
    """What the publisher asked for holds for the other pages of its host, too."""
    exchange: Exchange = failure.exchange
    return end._replace(
        holds=holds_of(source, exchange, held_until(failure, now)),
        charged=charges_of(source, exchange),
    )


def _error(stored: Stored | None, failure: Failure | None) -> tuple[str, str] | None:
    """Whose page failed, and how, for those who run this."""
    if stored is None or failure is None:
        return None
    return stored.article.source_id, f"{failure.error}: {failure.message}"


def _with_source(mill: Mill, article_id: str) -> tuple[Stored, Source, ArticleRule] | None:
    """The article, the source that owns it and its rule; None if any of them is no more."""
    stored = mill.store.articles.read([article_id]).get(article_id)
    source = mill.store.sources.owning(stored.article.source_id) if stored else None
    if stored is None or source is None or source.article is None:
        return None
    return stored, source, source.article


def _filled(article: Article, rule: ArticleRule, payload: Payload, site: Site) -> Article:
    html = parse_detail(rule, payload)
    return replace(fill(article, html, site, base=payload.url), listed=True)
