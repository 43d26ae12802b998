"""page: one GET of an article's own page, whose payload goes to parse and becomes the article's body."""

from __future__ import annotations

from msgspec.structs import replace

from feeds import schedule
from feeds.errors import SourceError
from feeds.model import Article, ArticleRule, Failure, Payload, Site, Source, Stage, Validators
from feeds.normalize.article import fill
from feeds.parse.api import parse_detail
from feeds.pipeline.mill import Hints, Mill, failure_of
from feeds.store.articles import Stored
from feeds.store.claims import Hint
from feeds.store.plan import ArticleWrite, Finish, Finished, page_member


def page(mill: Mill, hint: Hint) -> Hints:
    """Fetch the page of the article a hint names."""
    started = mill.start(Stage.PAGE, hint)
    if started is None:
        return {}
    article_id = hint.member
    found = _with_source(mill, article_id)
    if found is None or found[0].article.page is None:
        return fail_page(mill, Stage.PAGE, started, article_id, failure=None).hints
    stored, source, _ = found
    outcome = mill.intake.pull(source, str(stored.article.page), Validators())
    if not isinstance(outcome, Payload):
        failure = outcome if isinstance(outcome, Failure) else None
        return fail_page(mill, Stage.PAGE, started, article_id, failure=failure).hints
    finishing, member = mill.store.finishing, page_member(article_id)
    return finishing.received(Stage.PAGE, started, member, payload=outcome, now=mill.store.now()).hints


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
        finished = mill.store.finishing.filled(started, write, now=mill.store.now())
        if finished.status is not Finish.OUTRUN:
            return finished.hints


def fail_page(mill: Mill, stage: Stage, hint: Hint, article_id: str, *, failure: Failure | None) -> Finished:
    """Try the page later; after some tries, or when it is gone, the article is published without it."""
    while True:
        now = mill.store.now()
        found = _with_source(mill, article_id)
        failures = mill.store.sources.page_failures(article_id) + 1
        retry_at = schedule.page_retry(failures, failure, now) if found else None
        given_up = retry_at is None or failures >= schedule.PAGE_TRIES_BEFORE_PUBLISHING
        stored = mill.store.articles.read([article_id]).get(article_id)
        write = None
        if stored is not None and given_up and not stored.article.listed:
            write = ArticleWrite(replace(stored.article, listed=True), None, stored.version)
        finished = mill.store.finishing.page_failed(
            stage,
            hint,
            write,
            article_id=article_id,
            failures=failures,
            retry_at=retry_at,
            error=_error(stored, failure),
            now=now,
        )
        if finished.status is not Finish.OUTRUN:
            return finished


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
