"""more: the further documents of a list, fetched like articles' own pages and parsed like the list itself."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from feeds.crawl import Continuation
from feeds.errors import SourceError
from feeds.model import Failure, Feed, Payload, Stage
from feeds.pipeline.gathering import News, gather, plan_of
from feeds.pipeline.mill import Hints, Mill, failure_of
from feeds.pipeline.roll import roll_of
from feeds.schedule.pages import page_retry
from feeds.store.claims import Hint
from feeds.store.origins import page_origin
from feeds.store.plan import Finish, Finished, PageEnd, more_member
from feeds.told import Kind, Site, Source


def more_of(source: Source, feed: Feed, brought: News, number: int) -> Mapping[str, tuple[Continuation, str]]:
    """What to read next of a list, after its ``number``-th document: member → document, with its origin.

    A list's next page is read only where this one had news; the documents that an index names all are.
    """
    if source.kind is not Kind.SITEMAP and not brought.writes and not brought.dropped:
        return {}
    found: dict[str, tuple[Continuation, str]] = {}
    for place, url in enumerate(feed.more[: max(0, _most(source) - number)], number + 1):
        origin = page_origin(source, url)
        if origin is not None:
            continuation = Continuation(source_id=source.id, url=url, number=place, body=feed.more_body)
            found[more_member(source.id, place)] = (continuation, origin)
    return found


def parse_more(mill: Mill, started: Hint, member: str, payload: Payload | None) -> Hints:
    """Finish the parse of a list's further document: its articles are stored as the list's own."""
    continuation = mill.store.sources.continuation(member)
    source = mill.store.sources.read(continuation.source_id) if continuation else None
    if continuation is None or source is None or payload is None:
        return fail_more(mill, Stage.PARSE, started, member, failure=None).hints
    try:
        feed = mill.intake.parser(asking_for(continuation, source), payload)
    except SourceError as error:
        return fail_more(mill, Stage.PARSE, started, member, failure=failure_of(error)).hints
    site = mill.store.categories.site() or Site()
    roll = roll_of(feed, source, site, now=payload.fetched_at)
    while True:
        now = mill.store.now()
        brought = gather(mill, roll, source, site, now=now)
        more = more_of(source, feed, brought, continuation.number)
        plan = plan_of(mill, started, source, brought, more=more, now=now)
        finished = mill.store.finish(plan)
        if finished.status is not Finish.OUTRUN:
            return finished.hints


def asking_for(continuation: Continuation, source: Source) -> Source:
    """The source as it asks for a further document of its list."""
    return source if continuation.body is None else replace(source, body=continuation.body)


def fail_more(mill: Mill, stage: Stage, hint: Hint, member: str, *, failure: Failure | None) -> Finished:
    """Try a further document later, as long as a page would be; what it had comes with the next poll."""
    now = mill.store.now()
    continuation = mill.store.sources.continuation(member)
    failures = mill.store.sources.page_failures(member) + 1
    retry_at = page_retry(failures, failure, now) if continuation and failure else None
    error = None
    if continuation is not None and failure is not None:
        error = (continuation.source_id, f"{failure.error}: {failure.message}")
    end = PageEnd(member, failures, retry_at, error)
    return mill.store.finish(mill.store.plans.page_failed(stage, hint, None, end, now))


def _most(source: Source) -> int:
    """How many documents one poll reads; an index is none of them."""
    return source.pages + (source.kind is Kind.SITEMAP)
