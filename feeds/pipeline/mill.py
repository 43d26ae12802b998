"""What the steps work with: the adapters, passed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from feeds.errors import SourceError
from feeds.fetch.client import Client
from feeds.fetch.folder import read_folder
from feeds.model import Failure, Feed, Kind, NotModified, Payload, Source, Stage, Validators
from feeds.store.claims import Hint
from feeds.store.store import Store

Hints = dict[Stage, list[Hint]]
Parser = Callable[[Source, Payload], Feed]

LEASE = 35.0
"""Seconds that started work is leased: its own deadline of 30 s (fetch/client.py, worker/app.py), and 5."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What brings the outside in: an HTTP client, a parser, and the clock they go by."""

    client: Client
    parser: Parser
    now: Callable[[], datetime]

    def pull(self, source: Source, url: str, validators: Validators) -> Payload | NotModified | Failure:
        """What the publisher answers; its failure is data."""
        try:
            if source.kind is Kind.POSTS:
                return read_folder(url, validators, now=self.now())
            return self.client.get(url, validators, source=source, now=self.now())
        except SourceError as error:
            return failure_of(error)


@dataclass(frozen=True, slots=True)
class Mill:
    """The store, and what brings the outside in."""

    store: Store
    intake: Intake

    def start(self, stage: Stage, hint: Hint) -> Hint | None:
        """Begin claimed work; None if the claim is another's by now."""
        return self.store.claims.start(stage, hint, self.store.now(), lease=LEASE)


def failure_of(error: SourceError) -> Failure:
    """An error of the tree as the data that moves health and due time."""
    return Failure(
        error=type(error).__name__, message=str(error), status=error.status, retry_at=error.retry_at
    )
