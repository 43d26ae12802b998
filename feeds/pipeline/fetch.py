"""fetch: one conditional GET of a source; a payload goes to parse, anything else to its health."""

from __future__ import annotations

from feeds import schedule
from feeds.model import Failure, NotModified, Source, Stage
from feeds.pipeline.mill import Hints, Mill
from feeds.store.claims import Hint
from feeds.store.plan import Finished


def fetch(mill: Mill, hint: Hint) -> Hints:
    """Fetch the source of a hint."""
    started = mill.start(Stage.FETCH, hint)
    if started is None:
        return {}
    source = mill.store.sources.read(hint.member)
    if source is None:
        return mill.store.finishing.dropped(Stage.FETCH, started, mill.store.now()).hints
    health = mill.store.sources.health(source.id)
    outcome = mill.intake.pull(source, source.url, health.validators)
    if isinstance(outcome, Failure):
        return fail_source(mill, Stage.FETCH, started, source, failure=outcome).hints
    now = mill.store.now()
    if isinstance(outcome, NotModified):
        after, due_at = schedule.after_unchanged(source, health, outcome, now=now)
        return mill.store.finishing.polled(Stage.FETCH, started, after, due_at=due_at, now=now).hints
    finishing = mill.store.finishing
    return finishing.received(Stage.FETCH, started, source.id, payload=outcome, now=now).hints


def fail_source(mill: Mill, stage: Stage, hint: Hint, source: Source, *, failure: Failure) -> Finished:
    """End a source's fetch or parse with what went wrong: its health and next due time move."""
    now = mill.store.now()
    health = mill.store.sources.health(source.id)
    after, due_at = schedule.after_failure(source, health, failure, now=now)
    return mill.store.finishing.polled(stage, hint, after, due_at=due_at, now=now)
