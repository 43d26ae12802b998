"""Keeps a publisher's sources growing, and notes when a story that matters is first seen in its feed."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tests.faults.documents import has
from tests.faults.publisher import Publisher
from tests.faults.stories import Story
from tests.system import System

BURST = 6
_NEWS_EVERY = 0.6
_LOOK_EVERY = 0.2


@dataclass(slots=True)
class Probe:
    """A story that somebody waits for: when it was added, when it was first seen in its feed."""

    story: Story
    added_at: float
    seen_at: float | None = None


class Newsroom:
    """From enter to exit, a story in a source chosen by ``chance`` every 0.6 s."""

    def __init__(self, system: System, publisher: Publisher, chance: random.Random) -> None:
        self._system = system
        self._publisher = publisher
        self._chance = chance
        self._names = sorted(publisher.shelves)
        self._pending: list[Probe] = []
        self._frozen = threading.Event()
        self._closed = threading.Event()
        self._threads = [threading.Thread(target=self._write), threading.Thread(target=self._look)]

    def probe(self) -> Probe:
        """Add a story somewhere, now, and watch for it."""
        return self._add(self._chance.choice(self._free() or self._names))

    def burst(self) -> list[Probe]:
        """Add stories to several sources, now, and watch for them."""
        free = self._free()
        return [self._add(name) for name in self._chance.sample(free, min(BURST, len(free)))]

    def freeze(self) -> None:
        """No more news from now on."""
        self._frozen.set()

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._frozen.set()
        self._closed.set()
        for thread in self._threads:
            thread.join()

    def _free(self) -> list[str]:
        """Sources whose last watched story is out: more news before would hide a second download of it."""
        busy = {probe.story.source for probe in list(self._pending) if probe.seen_at is None}
        return [name for name in self._names if name not in busy]

    def _add(self, name: str) -> Probe:
        probe = Probe(self._publisher.add(name), time.monotonic())
        self._pending.append(probe)
        return probe

    def _write(self) -> None:
        names = random.Random(self._chance.random())
        while not self._frozen.wait(_NEWS_EVERY):
            if free := self._free():
                self._publisher.add(names.choice(free))

    def _look(self) -> None:
        while not self._closed.wait(_LOOK_EVERY):
            for probe in [probe for probe in self._pending if probe.seen_at is None]:
                slug = self._publisher.shelves[probe.story.source].category
                if has(self._system, slug, probe.story.title):
                    probe.seen_at = time.monotonic()
