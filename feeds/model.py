"""The values that flow through feedmill, one type per stage, all of them frozen.

    Source ──fetch──▶ Payload ──parse──▶ Feed(Entry …) ──normalize──▶ Article ──render──▶ Document

They are msgspec structs because they cross processes through the store; datetimes are aware.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

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


class Kind(StrEnum):
    """What a source page is."""

    FEED = "feed"
    API = "api"
    POSTS = "posts"


# ── what we are told (the catalogue) ────────────────────────────────────────────────────────────


class FieldRule(Value, frozen=True, kw_only=True):
    """How one field of an entry is read from a list item: an expression, or a template of fields.

    ``path`` is JMESPath for an api; ``template`` has ``{name}`` holes for fields and the item's own
    keys; ``strip`` is an RE2 pattern removed from the front of the text.
    """

    path: str | None = None
    template: str | None = None
    strip: str | None = None


class ArticleRule(Value, frozen=True, kw_only=True):
    """Where an article's body is when the list does not have it: ``url`` is a template of fields,
    ``content`` a JMESPath into the JSON answer."""

    url: str
    content: str


class CategoryRule(Value, frozen=True, kw_only=True):
    """Which category an entry goes to.

    Either a constant ``slug``, or the text of the field ``field``, spelled as a slug by ``spelling``.
    ``title`` may hold ``{}`` for that text.
    """

    slug: str | None = None
    field: str | None = None
    spelling: str = "pinyin-characters"
    title: str | None = None


class Source(Value, frozen=True, kw_only=True):
    """A configured URL we poll, with its category rule and policy. Durations are seconds."""

    id: str
    kind: Kind
    url: str
    category: CategoryRule
    ids: str
    """The id space: entries of sources that share it are the same article when their guids are."""
    owner: str = ""
    """The name its articles know it by: the id it had first, whatever it is called now."""
    items: str | None = None
    fields: dict[str, FieldRule] = {}
    article: ArticleRule | None = None
    every: float | None = None
    min_interval: float = 60.0
    max_interval: float = 86400.0
    per_domain: int = 2
    spacing: float = 1.0
    allow: tuple[str, ...] = ()
    contact: str = ""
    timezone: str | None = None
    language: str | None = None

    @property
    def known_as(self) -> str:
        """What articles and placements call this source."""
        return self.owner or self.id


class Category(Value, frozen=True, kw_only=True):
    """One of our outputs: what its documents say of themselves and how much they hold."""

    slug: str
    title: str
    description: str = ""
    language: str | None = None
    limit: int = 50
    aliases: tuple[str, ...] = ()
    created_at: datetime


class Site(Value, frozen=True, kw_only=True):
    """What the published feeds say of the whole."""

    title: str = "feedmill"
    url: str = "http://127.0.0.1:8000"
    language: str = "en"
    timezone: str = "UTC"


class Catalogue(Value, frozen=True, kw_only=True):
    """All of feedmill.toml, validated."""

    site: Site | None = None
    sources: tuple[Source, ...] = ()
    categories: tuple[CategorySpec, ...] = ()
    warnings: tuple[str, ...] = ()


class CategorySpec(Value, frozen=True, kw_only=True):
    """A ``[category.<slug>]`` table; ``None`` means the catalogue does not say."""

    slug: str
    title: str | None = None
    description: str | None = None
    language: str | None = None
    limit: int | None = None
    aliases: tuple[str, ...] = ()


POSTS_MEDIA_TYPE = "application/vnd.feedmill.posts+msgpack"
"""Of a payload that is a folder of posts: a msgpack list of [file name, bytes]."""


# ── fetch ───────────────────────────────────────────────────────────────────────────────────────


class Validators(Value, frozen=True, kw_only=True):
    """ETag and Last-Modified, opaque, for the next conditional GET; digest is of the decoded bytes."""

    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None


class Payload(Value, frozen=True, kw_only=True):
    """Bytes as received, with what HTTP said of them."""

    body: bytes
    media_type: str = ""
    charset: str | None = None
    url: str
    validators: Validators = Validators()
    fetched_at: datetime


class NotModified(Value, frozen=True, kw_only=True):
    """The publisher has nothing new: a 304, or the same digest as before."""

    validators: Validators = Validators()


class Failure(Value, frozen=True, kw_only=True):
    """The publisher's fault, as data: ``error`` is the class in errors.py."""

    error: str
    message: str
    status: int | None = None
    retry_at: datetime | None = None


# ── parse ───────────────────────────────────────────────────────────────────────────────────────


class Enclosure(Value, frozen=True, kw_only=True):
    """A media file that belongs to an entry; ``length`` is bytes."""

    url: str
    media_type: str = ""
    length: int | None = None


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
    page: str | None = None
    base: str | None = None
    """The address relative links in this entry resolve against."""


class Feed(Value, frozen=True, kw_only=True):
    """The parsed document of a source at one moment; ``entries`` in the publisher's order."""

    title: str | None = None
    url: str | None = None
    language: str | None = None
    entries: tuple[Entry, ...] = ()
    warnings: tuple[str, ...] = ()


# ── normalize ───────────────────────────────────────────────────────────────────────────────────


class Placement(Value, frozen=True, kw_only=True):
    """That a source put an article into a category (by slug)."""

    source_id: str
    slug: str


class Article(Value, frozen=True, kw_only=True):
    """Our normalized, stored, publishable record: what we believe.

    ``id`` is 32 hex digits, ``path`` starts with a slash; both, like ``sort_key`` (UTC milliseconds),
    are frozen at first publication. ``content`` and ``summary`` are safe HTML and plain text.
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
    page: str | None = None
    """Address of the article's own page, when its body is (or was) to be fetched from there."""
    complete: bool = True
    """False while, or for good when, the body could not be had from ``page``."""
    listed: bool = True
    """Whether it is in its categories; False while its body is awaited."""

    @property
    def slugs(self) -> tuple[str, ...]:
        """The categories the article is in, the first one first."""
        return tuple(dict.fromkeys(placement.slug for placement in self.placements))


# ── health and schedule ─────────────────────────────────────────────────────────────────────────


class Health(Value, frozen=True, kw_only=True):
    """A source's crawl state. ``failures`` are in a row; ``interval`` is seconds."""

    outcome: str = "new"
    error: str | None = None
    message: str | None = None
    status: int | None = None
    failures: int = 0
    interval: float = 0.0
    last_fetch: datetime | None = None
    last_success: datetime | None = None
    last_change: datetime | None = None
    retry_at: datetime | None = None
    gone: bool = False
    entries: int = 0
    undated: int = 0
    untitled: int = 0
    unidentified: int = 0
    warnings: tuple[str, ...] = ()
    title: str | None = None
    validators: Validators = Validators()


# ── render ──────────────────────────────────────────────────────────────────────────────────────


class Document(Value, frozen=True, kw_only=True):
    """A rendered output: gzip'd bytes, with what HTTP shall say of them."""

    body: bytes
    media_type: str
    etag: str
    last_modified: datetime
