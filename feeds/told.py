"""What we are told: the values of the catalogue, validated and frozen."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from feeds.model import Value


class Kind(StrEnum):
    """What a source page is."""

    FEED = "feed"
    PAGE = "page"
    API = "api"
    SITEMAP = "sitemap"
    POSTS = "posts"


class FieldRule(Value, frozen=True, kw_only=True):
    """How one field of an entry is read from a list item: an expression, or a template of fields.

    ``path`` is JMESPath for an api; ``template`` has ``{name}`` holes for fields and the item's own
    keys; ``strip`` is an RE2 pattern removed from the front of the text.
    """

    path: str | None = None
    template: str | None = None
    strip: str | None = None


class ArticleRule(Value, frozen=True, kw_only=True):
    """Where an article's body is when the list does not have it, and how it is read there.

    ``url`` is a template of fields; without one the entry's own address is meant. ``content`` is ``auto``,
    or an expression: JMESPath where the answer is JSON, else CSS or XPath. ``title``, ``authors``,
    ``published``, ``image`` are expressions where ``auto`` is not to find them; ``next`` leads to the
    article's further pages; what ``remove`` selects is no part of the body.
    """

    url: str | None = None
    content: str = "auto"
    title: str | None = None
    authors: str | None = None
    published: str | None = None
    image: str | None = None
    next: str | None = None
    remove: tuple[str, ...] = ()


class Paging(Value, frozen=True, kw_only=True):
    """How the further pages of an api's list are asked for: ``parameter`` of the address counts on.

    It begins at ``start`` and grows by ``step``; or it takes what the JMESPath ``cursor`` finds in the
    answer before.
    """

    parameter: str
    start: int = 1
    step: int = 1
    cursor: str | None = None


class CategoryRule(Value, frozen=True, kw_only=True):
    """Which category an entry goes to.

    Either a constant ``slug``, or the text of the field ``field``, spelled as a slug by ``spelling``.
    ``title`` may hold ``{}`` for that text. ``mapped`` has slugs for texts; the first text of the field that
    it names decides. What has no text, or none that ``mapped`` names, goes to ``otherwise``, if that is said.
    """

    slug: str | None = None
    field: str | None = None
    spelling: str = "pinyin-characters"
    title: str | None = None
    mapped: dict[str, str] = {}
    otherwise: str | None = None

    @property
    def constants(self) -> dict[str, str]:
        """The slugs that it names outright, with the titles they get."""
        if self.slug is not None:
            return {self.slug: self.title or self.slug}
        slugs = (*self.mapped.values(), *filter(None, [self.otherwise]))
        return {slug: (self.title or "{}").replace("{}", slug) for slug in slugs}


class Condition(Value, frozen=True, kw_only=True):
    """What holds for an entry or not: the JMESPath ``where``, or the RE2 ``pattern`` found in ``field``."""

    where: str | None = None
    field: str | None = None
    pattern: str | None = None


class Choice(Value, frozen=True, kw_only=True):
    """Which entries are taken: where one of ``keep_if`` holds, if there are any, and none of ``drop_if``."""

    keep_if: tuple[Condition, ...] = ()
    drop_if: tuple[Condition, ...] = ()


class Replacement(Value, frozen=True, kw_only=True):
    """What the RE2 ``pattern`` finds in a field gives way to ``by``, in which ``\\1`` is its first group."""

    field: str
    pattern: str
    by: str = ""


class Rules(Value, frozen=True, kw_only=True):
    """What is done to a source's entries, in this order.

    ``remove`` are CSS or XPath of elements that are no part of the text; ``tags`` new names by old ones, an
    empty one for a tag that goes; ``categories`` what the categories that its entries may go to take, by slug
    or alias.
    """

    remove: tuple[str, ...] = ()
    replace: tuple[Replacement, ...] = ()
    tags: dict[str, str] = {}
    keep_if: tuple[Condition, ...] = ()
    drop_if: tuple[Condition, ...] = ()
    categories: dict[str, Choice] = {}


class Scope(StrEnum):
    """How much of a publisher's site a Retry-After holds for."""

    URL = "url"
    HOST = "host"
    DOMAIN = "domain"


class Source(Value, frozen=True, kw_only=True):
    """A configured URL we poll, with its category rule and policy. Durations are seconds.

    ``url``, ``body``, ``headers``, ``cookies``, ``auth`` and ``proxy`` may hold ``${secret.NAME}``, which
    only the process that sends the request replaces.
    """

    id: str
    kind: Kind
    url: str
    category: CategoryRule
    ids: str
    """The id space: entries of sources that share it are the same article when their guids are."""
    owner: str = ""
    """The name its articles know it by: the id it had first, whatever it is called now."""
    items: str | None = None
    """Where the list is: JMESPath (api), CSS or XPath, or ``auto`` (page)."""
    within: str | None = None
    """Where the JSON of an api's answer is: ``jsonp``, or a CSS selector of the script tag that holds it."""
    next: str | None = None
    """What leads to the list's next page: an expression for a link (page) or an address (api)."""
    paging: Paging | None = None
    pages: int = 1
    """Documents of a list, or of a sitemap's index, that one poll reads at most."""
    fields: dict[str, FieldRule] = {}
    article: ArticleRule | None = None
    rules: Rules | None = None
    every: float | None = None
    min_interval: float = 60.0
    max_interval: float = 86400.0
    per_domain: int = 2
    spacing: float = 1.0
    max_hold: float = 604800.0
    """How far ahead a publisher's caching words (Cache-Control, Expires, ttl) may put off the next poll."""
    retry_after: Scope | None = None
    """What a Retry-After holds for; unless set the host after a 429, the address alone after a 503."""
    allow: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    """Ports that may be connected to besides those that are open to everybody."""
    robots: bool = True
    contact: str = ""
    user_agent: str | None = None
    proxy: str | None = None
    method: str = "GET"
    body: str | None = None
    headers: dict[str, str] = {}
    cookies: dict[str, str] = {}
    auth: str | None = None
    """``user:password`` of HTTP basic authentication."""
    timezone: str | None = None
    language: str | None = None

    @property
    def known_as(self) -> str:
        """What articles and placements call this source."""
        return self.owner or self.id


FULL = "full"
SUMMARY = "summary"


class Podcast(Value, frozen=True, kw_only=True):
    """What only a feed's own owner can say of it, and Apple's words for podcasts ask for.

    ``category`` is one of Apple's, ``explicit`` what it is unless an episode is; ``image`` is its cover.
    """

    email: str
    category: str
    explicit: bool
    image: str | None = None


class Category(Value, frozen=True, kw_only=True):
    """One of our outputs: what its documents say of themselves and how much they hold."""

    slug: str
    title: str
    description: str = ""
    language: str | None = None
    limit: int = 50
    content: str = FULL
    """What its feeds hold of an article: ``full`` or ``summary``."""
    aliases: tuple[str, ...] = ()
    podcast: Podcast | None = None
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
    content: str | None = None
    aliases: tuple[str, ...] = ()
    podcast: Podcast | None = None
