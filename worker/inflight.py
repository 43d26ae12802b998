"""Requests in flight: the threads of a process that wait for publishers, and the one that commits outcomes.

    task ─ take ─▶ begin (when there is room) ─▶ ask (at its moment, in a thread) ─▶ conclude (20, or 50 ms)

A task ends when the last of its hints is begun, so that a slow publisher holds up nobody. What a process
that ends has begun is not lost: its claims lapse.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from itertools import count
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

import structlog

from feeds.errors import StoreUnavailable
from feeds.fetch.crew import Crew
from feeds.model import Stage
from feeds.pipeline.mill import Hints, Mill, Step, merged
from feeds.store.claims import Hint
from worker.waiting import waiting

COMMIT_AT = 20
COMMIT_AFTER = 0.05
"""Outcomes are committed together: so many, or after so many seconds."""
LOOK_AFTER = 0.1
"""Seconds from one look for what waits for the slots that were freed to the next."""
_log = structlog.get_logger()


class _Trip(NamedTuple):
    """An errand on its way; errands and answers are what the step makes of them."""

    stage: Stage
    step: Step[Any, Any]
    errand: Any


class InFlight:
    """At most ``most`` requests at once.

    ``after`` is told of each commit: its hints, and the stages whose slots it freed; of these no more often
    than is worth a look, but always when nothing else is in flight that would tell of them later.
    """

    def __init__(
        self, mill: Callable[[], Mill], most: int, after: Callable[[Hints, set[Stage]], None]
    ) -> None:
        self._mill = mill
        self._after = after
        self._most = most
        self._free = most
        self._changed = threading.Condition()
        self._crew = Crew("in-flight")
        self._order = count()
        self._waiting: list[tuple[float, int, _Trip]] = []
        self._done: SimpleQueue[tuple[_Trip, Any]] = SimpleQueue()
        self._concluding = 0
        self._freed: set[Stage] = set()
        self._looked_at = 0.0
        for task in (self._depart, self._commit):
            name = task.__name__.strip("_")
            threading.Thread(target=_for_ever, args=(task,), name=name, daemon=True).start()

    def take(self, stage: Stage, step: Step[Any, Any], hints: Sequence[Hint]) -> None:
        """Begin the work of these hints, as soon as there is room for it; returns when all of it is begun."""
        rest = list(hints)
        while rest:
            room = self._room(len(rest))
            trips: list[tuple[_Trip, float]] = []
            try:
                with waiting(stage.value):
                    begun = step.begin(self._mill(), rest[:room])
                    now = self._mill().store.now()
                    trips = [
                        (_Trip(stage, step, errand), (errand.at - now).total_seconds()) for errand in begun
                    ]
            finally:
                self._give_back(room - len(trips))
            rest = rest[room:]
            for trip, ahead in trips:
                self._schedule(trip, ahead)

    def drain(self, seconds: float) -> None:
        """Wait until nothing is in flight, at most so long."""
        until = time.monotonic() + seconds
        with self._changed:
            while self._free < self._most or self._concluding:
                left = until - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    return

    # ── room ────────────────────────────────────────────────────────────────────────────────────

    def _room(self, wanted: int) -> int:
        """Take as much room as there is, at least for one and at most as wanted."""
        with self._changed:
            while not self._free:
                self._changed.wait()
            room = min(wanted, self._free)
            self._free -= room
            return room

    def _give_back(self, room: int) -> None:
        if room:
            with self._changed:
                self._free += room
                self._changed.notify_all()

    # ── departures: each errand at its moment ───────────────────────────────────────────────────

    def _schedule(self, trip: _Trip, ahead: float) -> None:
        if ahead <= 0:
            self._send_off(trip)
            return
        with self._changed:
            heapq.heappush(self._waiting, (time.monotonic() + ahead, next(self._order), trip))
            self._changed.notify_all()

    def _depart(self) -> None:
        with self._changed:
            while not self._waiting or self._waiting[0][0] > time.monotonic():
                ahead = self._waiting[0][0] - time.monotonic() if self._waiting else None
                self._changed.wait(ahead)
            trip = heapq.heappop(self._waiting)[2]
        self._send_off(trip)

    def _send_off(self, trip: _Trip) -> None:
        try:
            self._crew.send(partial(self._travel, trip))
        except RuntimeError:  # no further thread: the claim lapses
            self._give_back(1)
            _log.exception("bug", stage=trip.stage.value, member=trip.errand.hint.member)

    def _travel(self, trip: _Trip) -> None:
        with self._changed:
            self._concluding += 1
        try:
            answer = trip.step.ask(self._mill(), trip.errand)
        except Exception as error:
            self._concluded(1)
            self._give_back(1)
            if not isinstance(error, StoreUnavailable):
                _log.exception("bug", stage=trip.stage.value, member=trip.errand.hint.member)
        else:
            self._done.put((trip, answer))
            self._give_back(1)

    # ── conclusions: many in one commit ─────────────────────────────────────────────────────────

    def _commit(self) -> None:
        batch = self._gathered()
        try:
            self._conclude(batch)
        finally:
            self._concluded(len(batch))

    def _gathered(self) -> list[tuple[_Trip, Any]]:
        batch = [self._done.get()]
        until = time.monotonic() + COMMIT_AFTER
        while len(batch) < COMMIT_AT:
            try:
                batch.append(self._done.get(timeout=max(0.0, until - time.monotonic())))
            except Empty:
                break
        return batch

    def _conclude(self, batch: Sequence[tuple[_Trip, Any]]) -> None:
        stages = {trip.stage: trip.step for trip, _ in batch}
        hints: list[Hints] = []
        for stage, step in stages.items():
            answers = [(trip.errand, answer) for trip, answer in batch if trip.stage is stage]
            with waiting(stage.value):
                hints.append(self._conclude_stage(stage, step, answers))
        self._freed |= set(stages)
        self._after(merged(hints), self._worth_a_look(len(batch)))

    def _worth_a_look(self, ending: int) -> set[Stage]:
        now = time.monotonic()
        with self._changed:
            last = self._free == self._most and self._concluding == ending
        if not last and now - self._looked_at < LOOK_AFTER:
            return set()
        freed, self._freed, self._looked_at = self._freed, set(), now
        return freed

    def _conclude_stage(
        self, stage: Stage, step: Step[Any, Any], answers: Sequence[tuple[Any, Any]]
    ) -> Hints:
        """Commit all at once; if that is a bug's end, each alone, so that it takes nobody with it."""
        try:
            return step.conclude(self._mill(), answers)
        except StoreUnavailable:
            raise
        except Exception:
            if len(answers) == 1:
                _log.exception("bug", stage=stage.value, member=answers[0][0].hint.member)
                return {}
            return merged([self._conclude_stage(stage, step, [answer]) for answer in answers])

    def _concluded(self, number: int) -> None:
        with self._changed:
            self._concluding -= number
            self._changed.notify_all()


def _for_ever(task: Callable[[], None]) -> None:
    """Whatever happens to one turn of a loop that the whole process depends on, the next one comes."""
    while True:
        try:
            task()
        except Exception:
            with suppress(Exception):
                _log.exception("bug", stage=task.__name__.strip("_"))
