"""What the steps work with: the adapters, passed in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic, NamedTuple, Protocol, TypeVar

from feeds.errors import SourceError
from feeds.fetch.client import Client
from feeds.fetch.folder import read_folder
from feeds.fetch.journal import Journal
from feeds.model import Exchange, Failure, Feed, NotModified, Payload, Received, Stage, Validators
from feeds.store.claims import Hint
from feeds.store.store import Store
from feeds.told import Kind, Source

Hints = dict[Stage, list[Hint]]
Pulled = Received | NotModified | Failure


class Parser(Protocol):
    """What reads a source's payload; entries ``known`` by their fingerprint may be left out."""

    def __call__(self, source: Source, payload: Payload, known: Collection[str] = ..., /) -> Feed: ...


_LONGEST_MESSAGE = 500
LEASE = 35.0
"""Seconds that started work is leased: its own deadline of 30 s (fetch/client.py, worker/app.py), and 5."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What brings the outside in: an HTTP client, a parser, and the clock they go by."""

    client: Client
    parser: Parser
    now: Callable[[], datetime]

    def pull(
        self, source: Source, url: str, validators: Validators, *, journal: Journal | None = None
    ) -> Pulled:
        """What the publisher answers; its failure is data."""
        journal = journal or self.client.journal()
        try:
            if source.kind is Kind.POSTS:
                return read_folder(url, validators, now=self.now())
            return self.client.get(url, validators, source=source, now=self.now(), journal=journal)
        except SourceError as error:
            return failure_of(error, journal.exchange())


@dataclass(frozen=True, slots=True)
class Mill:
    """The store, and what brings the outside in."""

    store: Store
    intake: Intake
    public: Path | None = None
    """The folder that has all that is served as files; see pipeline/public.py."""

    def start(self, stage: Stage, hint: Hint) -> Hint | None:
        """Begin claimed work; None if the claim is another's by now."""
        return self.store.claims.start(stage, hint, self.store.now(), lease=LEASE)

    def start_all(self, stage: Stage, hints: Sequence[Hint]) -> list[tuple[Hint, datetime]]:
        """Begin several, each at the moment its domain is free; those whose claims are current."""
        return self.store.claims.start_all(stage, hints, self.store.now(), lease=LEASE)


class Timed(Protocol):
    """A piece of work that goes out to a publisher, from ``at`` on."""

    @property
    def at(self) -> datetime: ...


Errand = TypeVar("Errand", bound=Timed)
Answer = TypeVar("Answer")


class Step(NamedTuple, Generic[Errand, Answer]):
    """A step that waits for publishers, in three parts, so that many may be under way at once.

    ``begin`` starts claims together, ``ask`` waits for one publisher and touches no store, ``conclude``
    commits what several came to in one go.
    """

    begin: Callable[[Mill, Sequence[Hint]], list[Errand]]
    ask: Callable[[Mill, Errand], Answer]
    conclude: Callable[[Mill, Sequence[tuple[Errand, Answer]]], Hints]


def failure_of(error: SourceError, exchange: Exchange | None = None) -> Failure:
    """An error of the tree as the data that moves health and due time."""
    return Failure(
        error=type(error).__name__,
        message=shorten(str(error)),
        status=error.status,
        retry_at=error.retry_at,
        exchange=exchange or Exchange(),
    )


def shorten(message: str) -> str:
    """A message of bounded length: publishers can make theirs as long as a header may be."""
    return message if len(message) <= _LONGEST_MESSAGE else message[: _LONGEST_MESSAGE - 1] + "…"


def merged(several: Sequence[Hints]) -> Hints:
    """The hints of several ends as one."""
    together: Hints = {}
    for hints in several:
        for stage, found in hints.items():
            together.setdefault(stage, []).extend(found)
    return together
