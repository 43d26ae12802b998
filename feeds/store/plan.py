"""One finish as a value: what finish.lua is told to write, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from feeds.crawl import Health, Outcome
from feeds.model import Article, Entry, Stage
from feeds.store.claims import QUEUE_LEASE, Hint
from feeds.store.keys import ALL

PUBLISH_EVERY = 1.0
PUBLISH_ALL_EVERY = 5.0
"""Least seconds between two renders of a category, and of everything."""
OUTCOMES = 20
"""Kept of a source, the newest."""
REVISIONS = 5
"""Earlier wordings kept of an article."""
_PAGE = "page:"
_MORE = "more:"

Fields = dict[str, dict[str, msgspec.Raw]]


class Finish(StrEnum):
    """How finishing went; see finish.lua."""

    DONE = "done"
    LOST = "lost"
    OUTRUN = "outrun"


class Finished(NamedTuple):
    """How finishing went, and the claims it made for the next stages."""

    status: Finish
    hints: dict[Stage, list[Hint]]


class Plan(msgspec.Struct, kw_only=True):
    """Everything one finish writes; times in ms, bytes as codec.blob.

    ``expected`` holds article key → version read. ``scheduled`` holds (stage, member, at, soonest): a
    source that was refreshed meanwhile is due at ``soonest`` instead. ``offered`` holds (stage, member),
    claimed for the hint that follows; ``touched`` slug → ms between its renders. ``rendered`` and
    ``every`` belong to publish: the counter that was read, ms between renders. ``history`` holds a line for
    a list, and how many it keeps; ``holds`` "host:…" or "domain:…" → until when it is left alone; ``charged``
    domain → ms that its next request is pushed back; ``expiring`` key → (value, ms to live). With
    ``wanted_still`` a source that is waited for goes on to be. ``edited`` are articles whose pages may have
    changed; with ``announced`` those who serve documents are told that there are new ones.
    """

    stage: str
    member: str
    token: str
    now: int
    lease: int = round(QUEUE_LEASE * 1000)
    expected: dict[str, str] = {}
    paths: dict[str, str] = {}
    values: dict[str, msgspec.Raw] = {}
    fields: Fields = {}
    first_fields: Fields = {}
    dropped_fields: dict[str, list[str]] = {}
    dropped: list[str] = []
    indexed: dict[str, dict[str, int]] = {}
    unindexed: dict[str, list[str]] = {}
    scheduled: list[tuple[str, str, int, int]] = []
    offered: list[tuple[str, str]] = []
    touched: dict[str, int] = {}
    rendered: int | None = None
    every: int = 0
    history: dict[str, tuple[msgspec.Raw, int]] = {}
    holds: dict[str, int] = {}
    charged: dict[str, int] = {}
    wanted_still: int = 0
    expiring: dict[str, tuple[msgspec.Raw, int]] = {}
    edited: list[str] = []
    announced: int = 0


NOTHING: Mapping[str, Any] = MappingProxyType({})


class SourceEnd(NamedTuple):
    """How a fetch or parse leaves its source: its health, and when it is due (None: never again).

    ``outcome`` is a line of its history; ``origin`` where its next polls go, if that has changed;
    ``holds`` "host:…" or "domain:…" → until when these are left alone; ``charged`` domain → ms that
    its next request is pushed back.
    """

    health: Health
    due_at: datetime | None
    outcome: Outcome | None = None
    origin: str | None = None
    holds: Mapping[str, datetime] = NOTHING
    charged: Mapping[str, int] = NOTHING


class PageEnd(NamedTuple):
    """How a try for an article's page failed; it is tried again at ``retry_at``, if that is not None.

    ``error`` is (source, what went wrong), kept until a page of that source can be had; ``holds`` and
    ``charged`` are as in SourceEnd.
    """

    article_id: str
    failures: int
    retry_at: datetime | None
    error: tuple[str, str] | None
    holds: Mapping[str, datetime] = NOTHING
    charged: Mapping[str, int] = NOTHING


class ArticleWrite(NamedTuple):
    """An article to store: its entry if that is new, the version it replaces, the slugs it leaves.

    ``replaced`` is what it was before its words changed, to be kept as a revision; ``awaited`` says that its
    own page is to be asked for.
    """

    article: Article
    entry: Entry | None
    version: int
    left: tuple[str, ...] = ()
    replaced: Article | None = None
    awaited: bool = False


def publish_every(slug: str) -> float:
    """Least seconds between two renders of a category's documents."""
    return PUBLISH_ALL_EVERY if slug == ALL else PUBLISH_EVERY


def more_member(source_id: str, number: int) -> str:
    """How the page stage calls a further document of a source's list."""
    return f"{_MORE}{source_id}:{number}"


def is_more(member: str) -> bool:
    """Whether a member of the page stage is such a document, and no article's page."""
    return member.startswith(_MORE)


def page_member(article_id: str) -> str:
    """How the parse stage calls an article's own page (source ids hold no colon)."""
    return f"{_PAGE}{article_id}"


def page_of(member: str) -> str | None:
    """The article id of such a member; None for a source's."""
    return member.removeprefix(_PAGE) if member.startswith(_PAGE) else None
