"""The one mechanism of all work: due sets, claims, leases, tokens.

A claim is good while its token is current. Whoever starts gets a new token, so that a hint
delivered twice, late or by another worker starts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from feeds.model import Stage
from feeds.store.connection import Connection, guarded, milliseconds, moment
from feeds.urls import domain_of, host_of

QUEUE_LEASE = 20.0
"""Seconds a claim holds while its hint is on the way."""
PAGE_HORIZON = 10.0
"""Seconds ahead that pages may reserve of a domain; list polls wait no longer behind them."""
PATIENCE = 2.0
"""Seconds ahead that started work may be told to begin, so that its domain's spacing is kept exactly."""
_SCAN = 2000


class Hint(NamedTuple):
    """That ``member`` is claimed under ``token``: all that a message says."""

    member: str
    token: str


class Claim(NamedTuple):
    """A claimed member, with the number of its starts that were never finished."""

    member: str
    token: str
    attempts: int

    @property
    def hint(self) -> Hint:
        return Hint(self.member, self.token)


class Claims:
    """Claiming, starting and refreshing work of every stage."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._keys = connection.keys

    def claim(self, stage: Stage, limit: int, now: datetime) -> list[Claim]:
        """Claim up to ``limit`` members that are due, oldest first, within their domains' limits."""
        claimed = self._connection.run(
            "claim",
            stage=stage.value,
            now=milliseconds(now),
            lease=round(QUEUE_LEASE * 1000),
            limit=limit,
            scan=max(_SCAN, limit),
            horizon=round(PAGE_HORIZON * 1000),
        )
        return [Claim(member.decode(), token.decode(), attempts) for member, token, attempts in claimed]

    def grant(self, stage: Stage, member: str, now: datetime) -> Hint:
        """Put ``member`` into a stage's due set and claim it there, for one who works it off at once."""
        keys = self._keys
        with guarded():
            token = str(self._connection.client.incr(keys.tokens))
            pipe = self._connection.client.pipeline(transaction=True)
            pipe.hset(keys.claims(stage), member, token)
            pipe.zadd(keys.due(stage), {member: milliseconds(now) + round(QUEUE_LEASE * 1000)})
            pipe.execute()
        return Hint(member, token)

    def start(self, stage: Stage, hint: Hint, now: datetime, *, lease: float) -> Hint | None:
        """Begin a claimed piece of work; None if the claim is no longer this one's."""
        started = self.start_all(stage, [hint], now, lease=lease)
        return started[0][0] if started else None

    def start_all(
        self, stage: Stage, hints: Sequence[Hint], now: datetime, *, lease: float
    ) -> list[tuple[Hint, datetime]]:
        """Begin claimed pieces of work, each at the moment its domain is free: those whose claim is current.

        A moment is at most PATIENCE seconds away; what would have to wait longer is due again then.
        """
        if not hints:
            return []
        started = self._connection.run(
            "start",
            stage=stage.value,
            hints=hints,
            now=milliseconds(now),
            lease=round(lease * 1000),
            patience=round(PATIENCE * 1000),
        )
        return [
            (Hint(hint.member, token.decode()), moment(at))
            for hint, (token, at) in zip(hints, started, strict=True)
            if token
        ]

    def refresh(self, source_id: str, at: datetime, *, asked: bool = False) -> bool:
        """Make a source due at ``at``; False if it is under way and will come again after that.

        ``asked`` marks it as waited for until its next fetch has finished.
        """
        state = self._connection.run("refresh", member=source_id, at=milliseconds(at), asked=int(asked))
        return bool(state == b"due")

    def held_until(self, url: str) -> datetime | None:
        """Until when the host of an address, or its domain, asked to be left alone."""
        with guarded():
            times = self._connection.client.mget(self._keys.holds(host_of(url), domain_of(url)))
        latest = max((float(at) for at in times if at), default=None)
        return moment(latest) if latest is not None else None

    def release_all(self, now: datetime) -> None:
        """End every claim at once: for an owner who knows that no worker is alive."""
        client = self._connection.client
        with guarded():
            for stage in Stage:
                members = client.hkeys(self._keys.claims(stage))
                if members:
                    scores = {member: milliseconds(now) for member in members}
                    client.zadd(self._keys.due(stage), scores, xx=True)
                client.delete(self._keys.claims(stage))
            slots = list(client.scan_iter(self._keys.slots_pattern()))
            if slots:
                client.delete(*slots)

    def next_due(self, stages: Iterable[Stage], now: datetime) -> datetime | None:
        """When, after ``now``, the next member of these stages is due."""
        after = f"({milliseconds(now)}"
        with guarded():
            pipe = self._connection.client.pipeline(transaction=False)
            for stage in stages:
                pipe.zrangebyscore(self._keys.due(stage), after, "+inf", 0, 1, withscores=True)
            scores = [found[0][1] for found in pipe.execute() if found]
        return moment(min(scores)) if scores else None

    def due_counts(self, now: datetime) -> dict[Stage, int]:
        """How many members of each stage are due now, or claimed with a lapsed lease."""
        with guarded():
            pipe = self._connection.client.pipeline(transaction=False)
            for stage in Stage:
                pipe.zcount(self._keys.due(stage), "-inf", milliseconds(now))
            return dict(zip(Stage, pipe.execute(), strict=True))

    def unfinished(self, now: datetime) -> dict[Stage, int]:
        """What is left to do at once: sources asked for, payloads, pages and categories.

        Pages that are to be tried later, or whose host asked to be left alone, are not counted.
        """
        client, keys = self._connection.client, self._keys
        with guarded():
            pipe = client.pipeline(transaction=True)
            pipe.scard(keys.asked)
            pipe.zrange(keys.due(Stage.PAGE), 0, -1, withscores=True)
            pipe.hkeys(keys.claims(Stage.PAGE))
            pipe.hkeys(keys.page_failures)
            for stage in (Stage.PARSE, Stage.PUBLISH, Stage.DELIVER):
                pipe.zcard(keys.due(stage))
            asked, pages, claimed, failed, *cards = pipe.execute()
        waiting = _pages_to_do(pages, set(claimed), set(failed), milliseconds(now))
        counts = (asked, waiting, *cards)
        return dict(zip(Stage, counts, strict=True))


def _pages_to_do(
    pages: Iterable[tuple[bytes, float]], claimed: set[bytes], failed: set[bytes], now: int
) -> int:
    """Pages under way, and those whose turn comes by itself soon: none reserves further ahead."""
    soon = now + round(PAGE_HORIZON * 1000)
    return sum(1 for member, at in pages if member in claimed or at <= (now if member in failed else soon))
