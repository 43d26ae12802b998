"""The values that flow through feedmill, one type per stage, all of them frozen.

    Source ──fetch──▶ Payload ──parse──▶ Feed(Entry …) ──normalize──▶ Article ──render──▶ Document

They are msgspec structs because they cross processes through the store; datetimes are aware. What we are told
(Source, Category, Site) is in told.py, what is remembered from one fetch to the next (Health) in crawl.py.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from itertools import takewhile

import msgspec


class Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A frozen record, encodable by msgspec."""


class Stage(StrEnum):
    """The rooms that work passes through; each has a due set, claims and a queue."""

    FETCH = "fetch"
    PAGE = "page"
    PARSE = "parse"
    PUBLISH = "publish"
    DELIVER = "deliver"


POSTS_MEDIA_TYPE = "application/vnd.feedmill.posts+msgpack"
"""Of a payload that is a folder of posts: a msgpack list of [file name, bytes]."""


# ── fetch ───────────────────────────────────────────────────────────────────────────────────────


class Validators(Value, frozen=True, kw_only=True):
    """ETag and Last-Modified, opaque, for the next conditional GET; digest is of the decoded bytes."""

    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None


class Hop(Value, frozen=True, kw_only=True):
    """One request of a fetch and the status it got; None when there was no answer."""

    url: str
    status: int | None = None


class Exchange(Value, frozen=True, kw_only=True):
    """What one fetch was on the wire: its requests, redirects first, and what the last answer said.

    ``wire`` and ``decoded`` are bytes of the body, ``fresh_until`` is by Cache-Control or Expires;
    ``conditional`` says whether validators were sent.
    """

    hops: tuple[Hop, ...] = ()
    conditional: bool = False
    fresh_until: datetime | None = None
    wire: int = 0
    decoded: int = 0
    seconds: float = 0.0

    @property
    def status(self) -> int | None:
        """The status of the last answer."""
        return self.hops[-1].status if self.hops else None

    @property
    def moved_to(self) -> str | None:
        """Where the permanent redirects (301, 308) at the start of the chain lead, if there are any."""
        permanent = sum(1 for _ in takewhile(lambda hop: hop.status in PERMANENT_REDIRECTS, self.hops))
        return self.hops[permanent].url if 0 < permanent < len(self.hops) else None


PERMANENT_REDIRECTS = frozenset({301, 308})


class Payload(Value, frozen=True, kw_only=True):
    """Bytes as received, with what HTTP said of them; open to be parsed."""

    body: bytes
    media_type: str = ""
    charset: str | None = None
    url: str
    validators: Validators = Validators()
    fetched_at: datetime
    exchange: Exchange = Exchange()


class Received(Value, frozen=True, kw_only=True):
    """A payload as it travels: its body compressed while it came in (feeds/packing.py)."""

    packed: bytes
    media_type: str = ""
    charset: str | None = None
    url: str
    validators: Validators = Validators()
    fetched_at: datetime
    exchange: Exchange = Exchange()


class NotModified(Value, frozen=True, kw_only=True):
    """The publisher has nothing new: a 304, or the same digest as before."""

    validators: Validators = Validators()
    exchange: Exchange = Exchange()


class Failure(Value, frozen=True, kw_only=True):
    """The publisher's fault, as data: ``error`` is the class in errors.py."""

    error: str
    message: str
    status: int | None = None
    retry_at: datetime | None = None
    exchange: Exchange = Exchange()


# ── parse ───────────────────────────────────────────────────────────────────────────────────────


class Enclosure(Value, frozen=True, kw_only=True):
    """A media file that belongs to an entry; ``length`` is bytes."""

    url: str
    media_type: str = ""
    length: int | None = None
    duration: float | None = None
    """Seconds."""


EPISODE_KINDS = ("full", "trailer", "bonus")


class Companion(Value, frozen=True, kw_only=True):
    """A file that goes with an episode: its words, or its chapters."""

    url: str
    media_type: str = msgspec.field(default="", name="mime_type")
    """Called as in JSON Feed, whose documents have it as it is."""
    language: str | None = None


class Episode(Value, frozen=True, kw_only=True):
    """What a publisher says of an entry as an episode of a podcast; the recording itself is an enclosure.

    ``kind`` is one of EPISODE_KINDS; an episode is ``explicit`` also where its whole podcast is.
    """

    season: int | None = None
    number: int | None = None
    kind: str | None = None
    explicit: bool | None = None
    transcripts: tuple[Companion, ...] = ()
    chapters: Companion | None = None


class Entry(Value, frozen=True, kw_only=True):
    """A raw unit of a feed or list, in the publisher's own words; dates are still text.

    ``name`` is a file name the source rule chose instead of the guid; ``category`` is the text the
    category rule reads, ``category_title`` what the publisher calls that category; ``page`` is the
    address of the article's own page, if its body is there.
    """

    guid: str | None = None
    url: str | None = None
    title: str | None = None
    published: str | None = None
    updated: str | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    summary: str | None = None
    content: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    language: str | None = None
    medium: str | None = None
    category: str | None = None
    category_title: str | None = None
    name: str | None = None
    image: str | None = None
    page: str | None = None
    rights: str | None = None
    episode: Episode | None = None
    base: str | None = None
    """The address relative links in this entry resolve against."""


class Pace(Value, frozen=True, kw_only=True):
    """How often a feed says that it is worth asking for.

    ``ttl`` is seconds (RSS ``ttl``, ``sy:updatePeriod``), the longest it names; hours are UTC, 0 to 23,
    days 0 (Monday) to 6, both to be left out (RSS ``skipHours``, ``skipDays``).
    """

    ttl: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


class Feed(Value, frozen=True, kw_only=True):
    """The parsed document of a source at one moment; ``entries`` in the publisher's order."""

    title: str | None = None
    url: str | None = None
    language: str | None = None
    pace: Pace = Pace()
    icon: str | None = None
    hubs: tuple[str, ...] = ()
    """WebSub hubs it names."""
    entries: tuple[Entry, ...] = ()
    fingerprints: tuple[str, ...] = ()
    """Of the raw entries in the document's order; none where it was read whole."""
    skipped: int = 0
    """How many entries were known by their fingerprint and not read again."""
    positions: tuple[int, ...] = ()
    """Where in the document each of ``entries`` is; none where they are all of them."""
    rights: str | None = None
    """Of all entries that do not say their own."""
    deleted: tuple[str, ...] = ()
    """Guids of entries that the publisher took back (RFC 6721)."""
    unread: tuple[str, ...] = ()
    """Guids of entries that are there and could not be read."""
    more: tuple[str, ...] = ()
    """Addresses of further documents that belong to this list, in the order in which to read them."""
    more_body: str | None = None
    """What to send there, where it is not what the source sends itself."""
    warnings: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many entries the document has, those included that were not read again."""
        return len(self.entries) + self.skipped


class Detail(Value, frozen=True, kw_only=True):
    """What an article's own page says of it; ``content`` is HTML as published, dates are still text.

    ``more`` is the address of its next page; ``whole`` is False for a stub before a paywall.
    """

    content: str
    title: str | None = None
    published: str | None = None
    updated: str | None = None
    authors: tuple[str, ...] = ()
    image: str | None = None
    summary: str | None = None
    language: str | None = None
    more: str | None = None
    whole: bool = True


# ── normalize ───────────────────────────────────────────────────────────────────────────────────


class Placement(Value, frozen=True, kw_only=True):
    """That a source put an article into a category (by slug)."""

    source_id: str
    slug: str


class Article(Value, frozen=True, kw_only=True):
    """Our normalized, stored, publishable record: what we believe.

    ``id`` is 32 hex digits, ``path`` starts with a slash; both, like ``sort_key`` (UTC milliseconds),
    are frozen at first publication; it is that of ``published``, or up to a second before a day without a
    time of day. ``content`` and ``summary`` are safe HTML and plain text.
    """

    id: str
    source_id: str
    guid: str | None = None
    url: str | None = None
    title: str = ""
    content: str = ""
    summary: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    medium: str | None = None
    language: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    published: datetime
    """The publisher's date with the publisher's offset; first seen when it said none."""
    updated: datetime
    dated: bool = True
    """Whether ``published`` is the publisher's word."""
    first_seen_at: datetime
    placements: tuple[Placement, ...] = ()
    path: str = ""
    sort_key: int = 0
    image: str | None = None
    """Address of the picture that stands for it."""
    page: str | None = None
    """Address of the article's own page, when its body is (or was) to be fetched from there."""
    parts: int = 0
    """How many pages of its body have come."""
    complete: bool = True
    """False while, or for good when, the body could not be had from ``page``."""
    listed: bool = True
    """Whether it is in its categories; False while its body is awaited, and once it is withdrawn."""
    withdrawn: bool = False
    """Whether all its sources took it back; it comes again when one of them brings it again."""
    removed: bool = False
    """Whether somebody here took it down; it never comes again, and nothing of its words is kept."""
    rights: str | None = None
    """Who may do what with it, in the publisher's words."""
    episode: Episode | None = None
    fetched_at: datetime | None = None
    """When the words were fetched that it has."""
    rules: str = ""
    """The digest of its source's rules by which it was made."""

    @property
    def is_gone(self) -> bool:
        """Whether it was withdrawn or taken down."""
        return self.withdrawn or self.removed

    @property
    def slugs(self) -> tuple[str, ...]:
        """The categories the article is in, the first one first."""
        return tuple(dict.fromkeys(placement.slug for placement in self.placements))


# ── render ──────────────────────────────────────────────────────────────────────────────────────


class Stretch(Value, frozen=True, kw_only=True):
    """Some of a category's older articles, newest first, and what lies beside them.

    ``after`` is the sort key and id of the article that they come after, which need not be there any more;
    ``newer_after`` the article that the stretch before comes after, None where that one begins with the
    newest.
    """

    after: tuple[int, str]
    articles: tuple[Article, ...]
    has_older: bool = False
    newer_after: Article | None = None


class Document(Value, frozen=True, kw_only=True):
    """A rendered output: gzip'd bytes, with what HTTP shall say of them; ``brotli`` are the same, in br."""

    body: bytes
    brotli: bytes | None = None
    media_type: str
    etag: str
    last_modified: datetime
