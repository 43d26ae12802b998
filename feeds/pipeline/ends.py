"""How a fetch or parse leaves its source: the schedule's decision, with all that is to be written with it."""

from __future__ import annotations

from datetime import datetime

from feeds.crawl import Health
from feeds.model import Exchange, Failure, Stage
from feeds.pipeline.mill import Mill
from feeds.schedule.address import address_of
from feeds.schedule.outcomes import after_failure, held_until, outcome_of
from feeds.store.claims import Hint
from feeds.store.origins import charges_of, holds_of, source_origin
from feeds.store.plan import NOTHING, Plan, SourceEnd
from feeds.told import Source


def end_of(
    source: Source,
    before: Health,
    after: Health,
    due_at: datetime | None,
    *,
    exchange: Exchange,
    fresh: int = 0,
    now: datetime,
) -> SourceEnd:
    """The end of a poll that brought ``exchange``, ``fresh`` articles and the health ``after``."""
    return SourceEnd(
        health=after,
        due_at=due_at,
        outcome=outcome_of(after, exchange, fresh=fresh, now=now),
        origin=_moved_origin(source, before, after, due_at or now),
    )


def failed_source(
    mill: Mill, stage: Stage, hint: Hint, source: Source, *, before: Health, failure: Failure
) -> Plan:
    """A source's fetch or parse ended with what went wrong: its health and next due time move."""
    now = mill.store.now()
    after, due_at = after_failure(source, before, failure, now=now)
    end = end_of(source, before, after, due_at, exchange=failure.exchange, now=now)
    at_fetch = stage is Stage.FETCH
    end = end._replace(
        holds=holds_of(source, failure.exchange, held_until(failure, now)),
        charged=charges_of(source, failure.exchange) if at_fetch else NOTHING,
    )
    return mill.store.plans.polled(stage, hint, end, now)


def _moved_origin(source: Source, before: Health, after: Health, due_at: datetime) -> str | None:
    """Where the next poll goes as politeness counts it, for a source that was told of another address."""
    if before.address is None and after.address is None:
        return None
    return source_origin(source, address_of(source, after, due_at))
