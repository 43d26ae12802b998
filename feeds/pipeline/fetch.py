"""fetch: one conditional request for a source; a payload goes to parse, anything else to its health."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from feeds.crawl import Health
from feeds.model import Failure, NotModified, Stage
from feeds.pipeline.ends import end_of, failed_source
from feeds.pipeline.mill import Hints, Mill, Pulled, Step, merged
from feeds.schedule.address import address_of, conditions_of
from feeds.schedule.outcomes import after_unchanged
from feeds.store.claims import Hint
from feeds.store.origins import charges_of
from feeds.store.plan import Plan
from feeds.told import Source


class Poll(NamedTuple):
    """A source that is to be asked, from ``at`` on, under a claim that was started."""

    hint: Hint
    at: datetime
    source: Source
    health: Health


def _begin(mill: Mill, hints: Sequence[Hint]) -> list[Poll]:
    started = mill.start_all(Stage.FETCH, hints)
    known = mill.store.sources.with_health([hint.member for hint, _ in started])
    unknown = [hint for hint, _ in started if hint.member not in known]
    mill.store.finish_all([mill.store.plans.dropped(Stage.FETCH, hint, mill.store.now()) for hint in unknown])
    return [Poll(hint, at, *known[hint.member]) for hint, at in started if hint.member in known]


def _ask(mill: Mill, poll: Poll) -> Pulled:
    now = mill.store.now()
    url, conditions = address_of(poll.source, poll.health, now), conditions_of(poll.health, now)
    return mill.intake.pull(poll.source, url, conditions)


def _conclude(mill: Mill, asked: Sequence[tuple[Poll, Pulled]]) -> Hints:
    plans = [_plan(mill, poll, pulled) for poll, pulled in asked]
    return merged([finished.hints for finished in mill.store.finish_all(plans)])


def _plan(mill: Mill, poll: Poll, pulled: Pulled) -> Plan:
    hint, _, source, health = poll
    if isinstance(pulled, Failure):
        return failed_source(mill, Stage.FETCH, hint, source, before=health, failure=pulled)
    now, charged = mill.store.now(), charges_of(source, pulled.exchange)
    if isinstance(pulled, NotModified):
        after, due_at = after_unchanged(source, health, pulled, now=now)
        end = end_of(source, health, after, due_at, exchange=pulled.exchange, now=now)
        return mill.store.plans.polled(Stage.FETCH, hint, end._replace(charged=charged), now)
    plans = mill.store.plans
    return plans.received(Stage.FETCH, hint, source.id, received=pulled, charged=charged, now=now)


FETCH = Step(_begin, _ask, _conclude)
