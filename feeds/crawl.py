"""What is remembered of sources and of the sites they are on, from one fetch to the next."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from feeds.model import Pace, Validators, Value


class Reason(StrEnum):
    """Why a source is asked for at an address that is not the catalogue's."""

    MOVED = "moved"
    DISCOVERED = "discovered"


class Address(Value, frozen=True, kw_only=True):
    """An address a source was told of: by permanent redirects, or by the page at its own address.

    ``since`` is when it was first named; it is ``adopted`` once it is asked for instead of the source's,
    which was asked last at ``checked_at``.
    """

    url: str
    reason: Reason
    since: datetime
    adopted: bool = False
    checked_at: datetime


class Health(Value, frozen=True, kw_only=True):
    """A source's crawl state. ``failures`` are in a row; ``interval`` is seconds.

    ``why`` says in words what the next due time follows from. ``rhythm`` is the mean gap between its
    entries (seconds), ``newest`` the date of the newest one; ``usual`` how many entries it has as a rule.
    ``full_at`` is when its whole body was last asked for without conditions.
    """

    outcome: str = "new"
    error: str | None = None
    message: str | None = None
    status: int | None = None
    failures: int = 0
    interval: float = 0.0
    why: str = ""
    last_fetch: datetime | None = None
    last_success: datetime | None = None
    last_change: datetime | None = None
    retry_at: datetime | None = None
    fresh_until: datetime | None = None
    pace: Pace = Pace()
    rhythm: float | None = None
    newest: datetime | None = None
    full_at: datetime | None = None
    address: Address | None = None
    refused: tuple[str, ...] = ()
    """Feeds that the page at its address names and that were none."""
    gone: bool = False
    entries: int = 0
    usual: float = 0.0
    undated: int = 0
    untitled: int = 0
    unidentified: int = 0
    warnings: tuple[str, ...] = ()
    title: str | None = None
    icon: str | None = None
    """The picture that stands for the whole feed."""
    validators: Validators = Validators()


class Outcome(Value, frozen=True, kw_only=True):
    """One line of a source's history: what a fetch of it came to. ``wire`` is bytes, ``fresh`` articles."""

    at: datetime
    outcome: str
    status: int | None = None
    error: str | None = None
    seconds: float = 0.0
    wire: int = 0
    fresh: int = 0


class Robots(Value, frozen=True, kw_only=True):
    """What a host's robots.txt says to us, until it is to be asked for again.

    Without ``text`` the host may not be asked for anything meanwhile: its robots.txt could not be had.
    ``delay`` is its Crawl-delay for us, seconds.
    """

    text: str | None = ""
    delay: float = 0.0
    until: datetime


class Glimpse(Value, frozen=True, kw_only=True):
    """What is remembered of an entry that need not be read again while it stays as it is.

    ``article_id`` is that of its guid alone, ``place`` its address_key; ``date`` is the publisher's, where
    that was read; the others say what the entry has: a date of its publication, a title, a guid.
    """

    article_id: str
    place: str = ""
    date: datetime | None = None
    dated: bool = True
    titled: bool = True
    identified: bool = True


class Remembered(Value, frozen=True, kw_only=True):
    """The entries of a source's last document by fingerprint, as read under the rules with that digest."""

    rules: str
    known: dict[str, Glimpse]


class Continuation(Value, frozen=True, kw_only=True):
    """A further document of a source's list that one poll is to read: the ``number``-th, from 2 on.

    ``body`` is what is sent for it, where that is not what the source sends itself.
    """

    source_id: str
    url: str
    number: int
    body: str | None = None
