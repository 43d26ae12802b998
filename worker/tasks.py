"""The Celery tasks: thin. A message is a hint; what it means is decided by the claim it names."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any

import structlog
from celery import signals

from feeds.errors import ConfigError, StoreUnavailable
from feeds.model import Stage
from feeds.pipeline import dispatch as dispatching
from feeds.pipeline import silence
from feeds.pipeline.fetch import FETCH
from feeds.pipeline.mill import Hints, Mill
from feeds.pipeline.page import PAGE
from feeds.pipeline.parse import parse as parse_one
from feeds.pipeline.publish import mark_stale
from feeds.pipeline.publish import publish as publish_one
from feeds.settings import load_settings
from feeds.store.claims import Hint
from feeds.store.store import Store
from worker.app import DISPATCH_EVERY, app
from worker.deps import mill
from worker.hints import BATCH, received, room, send, send_claims
from worker.inflight import InFlight
from worker.memory import return_large_buffers
from worker.waiting import waiting

Message = list[list[str]]
Step = Callable[[Mill, Hint], Hints]

_DRAIN_SECONDS = 3.0
"""How long a worker that is asked to end waits for its requests in flight."""
_HORIZON = timedelta(seconds=0.9 * DISPATCH_EVERY)
_LEAST_PAUSE = 0.1
_making = threading.Lock()
_log = structlog.get_logger()


@app.task(name="dispatch")
def dispatch() -> None:
    """Claim what is due in every stage and send hints for it, until just before the next dispatch."""
    with waiting("dispatch"):
        _dispatch(mill().store)


@app.task(name="fetch")
def fetch(message: Message) -> None:
    """Fetch sources, many at once."""
    _in_flight().take(Stage.FETCH, FETCH, received(message))


@app.task(name="page")
def page(message: Message) -> None:
    """Fetch articles' own pages, many at once."""
    _in_flight().take(Stage.PAGE, PAGE, received(message))


@app.task(name="parse")
def parse(message: Message) -> None:
    """Parse payloads, one after the other."""
    _one_by_one(Stage.PARSE, parse_one, received(message))


@app.task(name="publish")
def publish(message: Message) -> None:
    """Publish categories, one after the other."""
    _one_by_one(Stage.PUBLISH, publish_one, received(message))


@app.task(name="notice_silence")
def notice_silence() -> None:
    """Look which categories have no source that answers, and which have one again."""
    with waiting("notice_silence"):
        silence.notice(mill().store)


def _dispatch(store: Store) -> None:
    """A domain's reserved times may lie closer together than two dispatches do: look ahead."""
    _render_anew(os.getpid())
    until = store.now() + _HORIZON
    while True:
        for stage in BATCH:
            _hint_due_alone(stage)
        now = store.now()
        due_at = store.claims.next_due(BATCH, now)
        if due_at is None or due_at >= until:
            return
        time.sleep(max((due_at - now).total_seconds(), _LEAST_PAUSE))


def _hint_due_alone(stage: Stage) -> None:
    """A stage that cannot be dispatched for whatever reason keeps no other from being."""
    try:
        _hint_due(stage, room(app, stage))
    except StoreUnavailable:
        raise
    except Exception:
        _log.exception("bug", stage=f"dispatch {stage}")


@lru_cache(maxsize=1)
def _render_anew(_pid: int) -> None:
    """Once in a process: what an older renderer made is due, whoever runs this system and however."""
    mark_stale(mill())


def _hint_due(stage: Stage, limit: int) -> None:
    if limit:
        send_claims(app, stage, dispatching.claim(mill(), stage, limit))


def _one_by_one(stage: Stage, step: Step, hints: Sequence[Hint]) -> None:
    """What became due meanwhile is hinted at once: dispatch alone would bring one queue's length a second."""
    for hint in hints:
        with waiting(step.__name__):
            send(app, _carry_out(step, hint))
    with waiting(step.__name__):
        _hint_due(stage, min(2 * BATCH[stage], room(app, stage)))


def _carry_out(step: Step, hint: Hint) -> Hints:
    """A step that ends in an error leaves its claim to lapse: the work comes back by itself."""
    try:
        with waiting(step.__name__, member=hint.member):
            return step(mill(), hint)
    except ConfigError as error:
        _log.error("misconfigured", error=str(error))
    except Exception:
        _log.exception("bug", stage=step.__name__, member=hint.member)
    return {}


def _go_on(hints: Hints, freed: Iterable[Stage]) -> None:
    """Send what follows from outcomes; the slots of their domains are free, and claimed at once again."""
    with waiting("fetch"):
        send(app, hints)
        for stage in freed:
            _hint_due(stage, min(2 * BATCH[stage], room(app, stage)))


def _in_flight() -> InFlight:
    """The process' one: lru_cache alone would let each thread that comes first make its own."""
    with _making:
        return _make_in_flight(os.getpid())


@lru_cache(maxsize=1)
def _make_in_flight(_pid: int) -> InFlight:
    return_large_buffers()
    return InFlight(mill, load_settings().fetch_threads, _go_on)


@signals.worker_shutdown.connect
def _drain(**_: Any) -> None:
    """Let what is in flight come in before the worker ends, if it does so soon."""
    if _make_in_flight.cache_info().currsize:
        _in_flight().drain(_DRAIN_SECONDS)
