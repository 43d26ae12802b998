"""fetch: one conditional request for a source; a payload goes to parse, anything else to its health."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from feeds.crawl import Health, Robots
from feeds.model import Failure, NotModified, Stage
from feeds.pipeline.ends import end_of, failed_source
from feeds.pipeline.gate import UNDER_WAY, Gate, ask_robots, gate_of, refusal
from feeds.pipeline.mill import Hints, Mill, Pulled, Step, merged
from feeds.schedule.address import address_of, conditions_of
from feeds.schedule.outcomes import after_unchanged
from feeds.store.claims import Hint
from feeds.store.origins import charges_of
from feeds.store.plan import Plan
from feeds.told import Kind, Source


class Poll(NamedTuple):
    """A source that is to be asked, from ``at`` on, under a claim that was started."""

    hint: Hint
    at: datetime
    source: Source
    health: Health
    gate: Gate | None = None
    """What robots.txt says; None where that is of no account: feeds and lists of an api are for programs."""


def _begin(mill: Mill, hints: Sequence[Hint]) -> list[Poll]:
    started = mill.start_all(Stage.FETCH, hints)
    known = mill.store.sources.with_health([hint.member for hint, _ in started])
    unknown = [hint for hint, _ in started if hint.member not in known]
    mill.store.finish_all([mill.store.plans.dropped(Stage.FETCH, hint, mill.store.now()) for hint in unknown])
    polls = (_poll(mill, Poll(hint, at, *known[hint.member])) for hint, at in started if hint.member in known)
    return [poll for poll in polls if poll is not None]


def _poll(mill: Mill, poll: Poll) -> Poll | None:
    """The poll with its gate, where it has one; None while another asks for its robots.txt."""
    if poll.source.kind is not Kind.PAGE or not poll.source.robots:
        return poll
    now = mill.store.now()
    gate = gate_of(mill, address_of(poll.source, poll.health, now))
    if gate is not None:
        return poll._replace(gate=gate)
    plans = mill.store.plans
    mill.store.finish(plans.postponed(Stage.FETCH, poll.hint, due_at=now + UNDER_WAY, robots=None, now=now))
    return None


def _ask(mill: Mill, poll: Poll) -> Pulled | Robots:
    if poll.gate is not None and poll.gate.robots is None:
        return ask_robots(mill, poll.gate, poll.source)
    refused = refusal(poll.gate, poll.source) if poll.gate is not None else None
    if refused is not None:
        return refused
    now = mill.store.now()
    url, conditions = address_of(poll.source, poll.health, now), conditions_of(poll.health, now)
    return mill.intake.pull(poll.source, url, conditions)


def _conclude(mill: Mill, asked: Sequence[tuple[Poll, Pulled | Robots]]) -> Hints:
    plans = [_plan(mill, poll, pulled) for poll, pulled in asked]
    return merged([finished.hints for finished in mill.store.finish_all(plans)])


def _plan(mill: Mill, poll: Poll, pulled: Pulled | Robots) -> Plan:
    hint, _, source, health, gate = poll
    if isinstance(pulled, Robots):
        now, known = mill.store.now(), (gate.site, pulled) if gate else None
        return mill.store.plans.postponed(Stage.FETCH, hint, due_at=now, robots=known, now=now)
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
