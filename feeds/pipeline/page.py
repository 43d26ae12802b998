"""page: one request for an article's own page, whose payload goes to parse and becomes the article's body.

The first page of a site costs two turns: in one its robots.txt is asked for, in the next the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from feeds.crawl import Robots
from feeds.errors import SourceError, Throttled
from feeds.fetch.robots import site_of
from feeds.model import Article, Exchange, Failure, Payload, Received, Stage, Validators
from feeds.normalize.article import fill
from feeds.normalize.changes import refill, retract
from feeds.normalize.rewriting import rewritten_detail
from feeds.parse.article import parse_article
from feeds.pipeline.gate import UNDER_WAY, Gate, ask_robots, gate_of, refusal
from feeds.pipeline.mill import Hints, Mill, Pulled, Step, failure_of, merged
from feeds.pipeline.more import asking_for, fail_more
from feeds.pipeline.news import retraction
from feeds.pipeline.sifting import verdict_on_body
from feeds.schedule.outcomes import held_until
from feeds.schedule.pages import counts, is_published_without, is_retracted, page_retry
from feeds.store.articles import Stored
from feeds.store.claims import Hint
from feeds.store.origins import charges_of, holds_of, page_origin
from feeds.store.plan import ArticleWrite, Finish, Finished, PageEnd, is_more, page_member
from feeds.told import ArticleRule, Kind, Site, Source

_MOST_PARTS = 10
"""Pages of one article that are read."""


class Visit(NamedTuple):
    """A page that is to be asked for, from ``at`` on, under a claim that was started.

    ``gate`` is None where robots.txt is of no account.
    """

    hint: Hint
    at: datetime
    url: str
    source: Source
    gate: Gate | None


def _begin(mill: Mill, hints: Sequence[Hint]) -> list[Visit]:
    visits = (_visit(mill, hint, at) for hint, at in mill.start_all(Stage.PAGE, hints))
    return [visit for visit in visits if visit is not None]


def _visit(mill: Mill, hint: Hint, at: datetime) -> Visit | None:
    """What to ask for; None when the article waits for nothing any more, its host is to be left alone, or
    another asks for robots.txt."""
    wanted = _wanted(mill, hint.member)
    if wanted is None:
        fail_document(mill, Stage.PAGE, hint, hint.member, failure=None)
        return None
    source, url = wanted
    held = mill.store.claims.held_until(url)
    if held is not None and held > at:
        fail_document(mill, Stage.PAGE, hint, hint.member, failure=_left_alone(url, held))
        return None
    for_programs = is_more(hint.member) and source.kind is not Kind.PAGE
    if for_programs or not source.robots:
        return Visit(hint, at, url, source, None)
    gate = gate_of(mill, url)
    if gate is None:
        now = mill.store.now()
        plans = mill.store.plans
        mill.store.finish(plans.postponed(Stage.PAGE, hint, due_at=now + UNDER_WAY, robots=None, now=now))
        return None
    return Visit(hint, at, url, source, gate)


def _wanted(mill: Mill, member: str) -> tuple[Source, str] | None:
    """The address that a member of the stage stands for, and whose it is; None if it is wanted no more."""
    if is_more(member):
        continuation = mill.store.sources.continuation(member)
        source = mill.store.sources.read(continuation.source_id) if continuation else None
        return (asking_for(continuation, source), continuation.url) if continuation and source else None
    found = _with_source(mill, member)
    return (found[1], found[0].article.page) if found and found[0].article.page else None


def _ask(mill: Mill, visit: Visit) -> Pulled | Robots:
    _, _, url, source, gate = visit
    if gate is not None and gate.robots is None:
        return ask_robots(mill, gate, source)
    refused = refusal(gate, source) if gate is not None else None
    return refused or mill.intake.pull(source, url, Validators())


def _left_alone(url: str, until: datetime) -> Failure:
    message = f"{url} is not asked for: its host asked to be left alone until {until:%Y-%m-%d %H:%M:%S} UTC"
    return failure_of(Throttled(message, retry_at=until))


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
            postponed = mill.store.plans.postponed(Stage.PAGE, visit.hint, due_at=now, robots=known, now=now)
            plans.append(postponed)
        else:
            failure = answer if isinstance(answer, Failure) else None
            member = visit.hint.member
            hints.append(fail_document(mill, Stage.PAGE, visit.hint, member, failure=failure).hints)
    return merged([*hints, *(finished.hints for finished in mill.store.finish_all(plans))])


PAGE = Step(_begin, _ask, _conclude)


def fill_article(mill: Mill, started: Hint, article_id: str, payload: Payload | None) -> Hints:
    """Finish a page's parse: the article gets its body and enters its categories."""
    while True:
        found = _with_source(mill, article_id)
        if found is None or payload is None:
            return fail_page(mill, Stage.PARSE, started, article_id, failure=None).hints
        stored, source, rule = found
        try:
            site = mill.store.categories.site() or Site()
            article, goes_on = _filled(stored.article, source, rule, payload, site)
        except SourceError as error:
            return fail_page(mill, Stage.PARSE, started, article_id, failure=failure_of(error)).hints
        article = refill(stored.article, article, seen_at=payload.fetched_at)
        edited = stored.article.listed and article.updated != stored.article.updated
        write = ArticleWrite(article, None, stored.version)
        if not goes_on:
            write = verdict_on_body(mill.store, stored, article)
        write = write._replace(replaced=stored.article if edited else None)
        again = page_origin(source, article.page) if goes_on else None
        plan = mill.store.plans.filled(started, write, again=again, now=mill.store.now())
        finished = mill.store.finish(plan)
        if finished.status is not Finish.OUTRUN:
            return finished.hints


def fail_document(mill: Mill, stage: Stage, hint: Hint, member: str, *, failure: Failure | None) -> Finished:
    """An article's page, or a further document of a list, could not be had."""
    return (fail_more if is_more(member) else fail_page)(mill, stage, hint, member, failure=failure)


def fail_page(mill: Mill, stage: Stage, hint: Hint, article_id: str, *, failure: Failure | None) -> Finished:
    """Try the page later; after some tries the article is published without it.

    One whose page was there before and is gone now is withdrawn.
    """
    while True:
        now = mill.store.now()
        found = _with_source(mill, article_id)
        failures = mill.store.sources.page_failures(article_id) + counts(failure)
        retry_at = page_retry(failures, failure, now) if found else None
        given_up = is_published_without(failures, retry_at, now)
        stored = mill.store.articles.read([article_id]).get(article_id)
        write = None
        if stored is not None and given_up and not stored.article.is_gone:
            write = _without_page(stored, failure, retry_at)
        end = PageEnd(article_id, failures, retry_at, _error(stored, failure))
        if found is not None and failure is not None:
            end = _with_manners(end, found[1], failure, now)
        finished = mill.store.finish(mill.store.plans.page_failed(stage, hint, write, end, now))
        if finished.status is not Finish.OUTRUN:
            return finished


def _without_page(stored: Stored, failure: Failure | None, retry_at: datetime | None) -> ArticleWrite | None:
    """What becomes of an article whose page cannot be had."""
    article = stored.article
    if is_retracted(failure, retry_at, was_there=article.complete):
        return retraction(stored, retract(article))
    return None if article.listed else ArticleWrite(replace(article, listed=True), None, stored.version)


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
    """The article, the source that owns it and its rule; None if any of them is no more, or it is gone."""
    stored = mill.store.articles.read([article_id]).get(article_id)
    source = mill.store.sources.owning(stored.article.source_id) if stored else None
    if stored is None or stored.article.is_gone or source is None or source.article is None:
        return None
    return stored, source, source.article


def _filled(
    article: Article, source: Source, rule: ArticleRule, payload: Payload, site: Site
) -> tuple[Article, bool]:
    """The article with what its page says, and whether it goes on: only then it is not published yet."""
    detail = rewritten_detail(parse_article(rule, payload), source, payload.url)
    filled = fill(article, detail, site, base=payload.url)
    goes_on = detail.more is not None and filled.parts < _MOST_PARTS
    return replace(filled, listed=article.listed or not goes_on), goes_on
