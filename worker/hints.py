"""Hints as messages: how many go into one, and how long a queue may grow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

from celery import Celery
from kombu.exceptions import ChannelError, OperationalError

from feeds.errors import StoreUnavailable
from feeds.model import Stage
from feeds.store.claims import Claim, Hint

T = TypeVar("T")

BATCH = {Stage.FETCH: 20, Stage.PAGE: 20, Stage.PARSE: 5, Stage.PUBLISH: 5}
"""Members a message: with 20 sources a fetch costs a third of what it costs one by one."""
LONGEST = {Stage.FETCH: 16, Stage.PAGE: 16, Stage.PARSE: 16, Stage.PUBLISH: 32}
"""Messages a stage's queue may hold, about 2 s of work, before dispatch stops claiming for it."""
QUEUE = {Stage.FETCH: "fetch", Stage.PAGE: "fetch", Stage.PARSE: "parse", Stage.PUBLISH: "publish"}


def send(app: Celery, hints: Mapping[Stage, Sequence[Hint]]) -> None:
    """Send hints as messages of a stage's batch size."""
    with _guarded(app):
        for stage, members in hints.items():
            for batch in _batches(members, BATCH[stage]):
                app.send_task(stage.value, args=[[list(hint) for hint in batch]])


def send_claims(app: Celery, stage: Stage, claims: Sequence[Claim]) -> None:
    """Send claims; what was started before and never finished goes alone."""
    fresh = [claim.hint for claim in claims if claim.attempts == 0]
    send(app, {stage: fresh})
    for claim in claims:
        if claim.attempts > 0:
            send(app, {stage: [claim.hint]})


def room(app: Celery, stage: Stage) -> int:
    """How many members of a stage may be claimed before its queue is full."""
    return max(0, LONGEST[stage] - _length(app, QUEUE[stage])) * BATCH[stage]


def received(message: Iterable[Sequence[str]]) -> list[Hint]:
    """The hints of a message."""
    return [Hint(member, token) for member, token in message]


def _length(app: Celery, queue: str) -> int:
    connections: Any = app.pool
    with _guarded(app), connections.acquire(block=True) as connection:
        channel = connection.default_channel
        try:
            return int(channel.queue_declare(queue=queue, passive=True).message_count)
        except ChannelError:  # Redis has no empty lists: a queue without messages is not there
            return 0


@contextmanager
def _guarded(app: Celery) -> Iterator[None]:
    """A broker that is away is like a store that is away: the work stays due."""
    try:
        yield
    except _connection_errors(app) as error:
        raise StoreUnavailable(f"the broker does not answer: {error}") from error


@cache
def _connection_errors(app: Celery) -> tuple[type[BaseException], ...]:
    """What the broker's own client raises when the broker is away."""
    return (OperationalError, *app.connection_for_write().connection_errors)


def _batches(members: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(members), size):
        yield members[start : start + size]
