"""dispatch: claims what is due in any stage; what ended its workers too often is set aside."""

from __future__ import annotations

from datetime import datetime, timedelta

from feeds.errors import ParserDied, WorkerDied
from feeds.model import Failure, Stage
from feeds.pipeline.ends import failed_source
from feeds.pipeline.mill import Mill
from feeds.pipeline.page import fail_document
from feeds.store.claims import Claim
from feeds.store.plan import page_of

MAX_ATTEMPTS = 3
"""Starts without a finish after which work is set aside."""
UNPUBLISHABLE_WAIT = timedelta(minutes=5)


def claim(mill: Mill, stage: Stage, limit: int) -> list[Claim]:
    """Claim up to ``limit`` members of a stage that are due."""
    now = mill.store.now()
    claims = mill.store.claims.claim(stage, limit, now)
    for one in claims:
        if one.attempts >= MAX_ATTEMPTS:
            _set_aside(mill, stage, one, now)
    return [one for one in claims if one.attempts < MAX_ATTEMPTS]


def _set_aside(mill: Mill, stage: Stage, one: Claim, now: datetime) -> None:
    """End the work as failed: its payload is kept apart, its health says so, it comes back later."""
    if stage is Stage.PUBLISH:
        mill.store.finish(mill.store.plans.unpublishable(one.hint, now + UNPUBLISHABLE_WAIT, now))
        return
    if stage is Stage.PARSE:
        mill.store.sources.set_aside(one.member)
    document = one.member if stage is Stage.PAGE else page_of(one.member)
    if document is not None:
        fail_document(mill, stage, one.hint, document, failure=_death(stage, one.attempts))
        return
    source = mill.store.sources.read(one.member)
    if source is None:
        mill.store.finish(mill.store.plans.dropped(stage, one.hint, now))
        return
    health = mill.store.sources.health(source.id)
    death = _death(stage, one.attempts)
    mill.store.finish(failed_source(mill, stage, one.hint, source, before=health, failure=death))


def _death(stage: Stage, attempts: int) -> Failure:
    error = ParserDied if stage is Stage.PARSE else WorkerDied
    return Failure(error=error.__name__, message=f"{stage} was started {attempts} times and never finished")
