"""The Celery tasks: thin. A message is a hint; what it means is decided by the claim it names."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache

import structlog

from feeds.errors import StoreUnavailable
from feeds.model import Stage
from feeds.pipeline import dispatch as dispatching
from feeds.pipeline.fetch import fetch as fetch_one
from feeds.pipeline.mill import Hints, Mill
from feeds.pipeline.page import page as page_one
from feeds.pipeline.parse import parse as parse_one
from feeds.pipeline.publish import mark_stale
from feeds.pipeline.publish import publish as publish_one
from feeds.store.claims import Hint
from feeds.store.store import Store
from worker.app import DISPATCH_EVERY, app
from worker.deps import mill
from worker.hints import BATCH, received, room, send, send_claims

Message = list[list[str]]
Step = Callable[[Mill, Hint], Hints]

_IN_FLIGHT = 100
_GATHER = 0.05
"""Seconds in which outcomes are gathered before the hints that follow from them are sent."""
_HORIZON = timedelta(seconds=0.9 * DISPATCH_EVERY)
_LEAST_PAUSE = 0.1
_making = threading.Lock()
_log = structlog.get_logger()


@app.task(name="dispatch")
def dispatch() -> None:
    """Claim what is due in every stage and send hints for it, until just before the next dispatch."""
    with _waiting("dispatch"):
        _dispatch(mill().store)


@app.task(name="fetch")
def fetch(message: Message) -> None:
    """Fetch sources, all at once."""
    _all_at_once(Stage.FETCH, fetch_one, received(message))


@app.task(name="page")
def page(message: Message) -> None:
    """Fetch articles' own pages, all at once."""
    _all_at_once(Stage.PAGE, page_one, received(message))


@app.task(name="parse")
def parse(message: Message) -> None:
    """Parse payloads, one after the other."""
    _one_by_one(parse_one, received(message))


@app.task(name="publish")
def publish(message: Message) -> None:
    """Publish categories, one after the other."""
    _one_by_one(publish_one, received(message))


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


def _all_at_once(stage: Stage, step: Step, hints: Sequence[Hint]) -> None:
    """Run a step for each hint in threads; each commits by itself, a slow one holds nobody.

    Afterwards the slots of their domains are free: what waits for them is claimed at once.
    """
    pending = {_threads().submit(_carry_out, step, hint) for hint in hints}
    while pending:
        done, pending = wait(pending, timeout=_GATHER)
        with _waiting(stage.value):
            send(app, _merged(done))
    with _waiting(stage.value):
        _hint_due(stage, BATCH[stage])


def _one_by_one(step: Step, hints: Sequence[Hint]) -> None:
    for hint in hints:
        with _waiting(step.__name__):
            send(app, _carry_out(step, hint))


def _carry_out(step: Step, hint: Hint) -> Hints:
    """A step that ends in an error leaves its claim to lapse: the work comes back by itself."""
    try:
        with _waiting(step.__name__, member=hint.member):
            return step(mill(), hint)
    except Exception:
        _log.exception("bug", stage=step.__name__, member=hint.member)
    return {}


@contextmanager
def _waiting(stage: str, **fields: str) -> Iterator[None]:
    """While store or broker are away nothing is lost: claims lapse, and the next dispatch sees them."""
    try:
        yield
    except StoreUnavailable as error:
        _log.warning("waiting", stage=stage, error=str(error), **fields)


def _merged(done: set[Future[Hints]]) -> Hints:
    merged: Hints = {}
    for future in done:
        for stage, hints in future.result().items():
            merged.setdefault(stage, []).extend(hints)
    return merged


def _threads() -> ThreadPoolExecutor:
    """The process' one pool: lru_cache alone would let each thread that comes first make its own."""
    with _making:
        return _pool()


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=_IN_FLIGHT, thread_name_prefix="in-flight")
