"""The tables of feedmill.toml as they are written; `building.py` turns them into the model."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from feeds.catalogue.podcasts import PodcastTable
from feeds.catalogue.requests import (
    Auth,
    CookieName,
    CookieValue,
    Headers,
    Method,
    Port,
    Proxy,
    RetryAfter,
    UserAgent,
    check_template,
)
from feeds.catalogue.rule_tables import Conditions, Removals, Replacements
from feeds.catalogue.table import Table
from feeds.catalogue.values import (
    Contact,
    Count,
    Duration,
    Expression,
    Identifier,
    Interval,
    Language,
    Network,
    Pattern,
    Said,
    SiteUrl,
    Template,
    Timezone,
    UrlTemplate,
)
from feeds.told import FULL, SUMMARY

KINDS = ("feed", "page", "api", "sitemap", "posts")
SPELLINGS = ("pinyin-characters", "pinyin-phrases", "ascii", "as-is")
"""How the text of a field becomes a slug; normalize spells them."""


class FetchTable(Table):
    """``[fetch]``, ``[domain."…"]`` and the same keys in a source; ``None`` is not said."""

    contact: Contact | None = None
    allow: list[Network] | None = None
    per_domain: Count | None = None
    spacing: Duration | None = None
    min_interval: Interval | None = None
    max_interval: Interval | None = None
    max_hold: Duration | None = None
    retry_after: RetryAfter | None = None
    ports: list[Port] | None = None
    robots: bool | None = None
    user_agent: UserAgent | None = None
    proxy: Proxy | None = Field(default=None, repr=False)


class SiteTable(Table):
    """``[site]``."""

    title: Said = "feedmill"
    url: SiteUrl = "http://127.0.0.1:8000"
    language: Language = "en"
    timezone: Timezone = "UTC"


class FieldTable(Table):
    """A field's rule: an expression (a plain string is one), or a template; ``strip`` cleans it."""

    path: Said | None = None
    template: Template | None = None
    strip: Pattern | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.path is None) == (self.template is None):
            raise ValueError("needs exactly one of path and template")
        return self


class ArticleTable(Table):
    """``article``: where the body is when the list does not have it, and how it is read there."""

    url: Annotated[UrlTemplate, AfterValidator(check_template)] | None = None
    content: Said = "auto"
    title: Said | None = None
    authors: Said | None = None
    published: Said | None = None
    image: Said | None = None
    next: Said | None = None
    remove: list[Said] = []


class PagingTable(Table):
    """``paging``: how the further pages of an api's list are asked for."""

    parameter: Said
    start: int | None = None
    step: Annotated[int, Field(ge=1)] | None = None
    cursor: Expression | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.cursor is not None and (self.start is not None or self.step is not None):
            raise ValueError("counts by start and step, or follows a cursor; leave one of the two out")
        return self


class CategoryTable(Table):
    """``category`` of a source: a constant slug (a plain string is one), or read ``from`` a field."""

    from_: str | None = Field(default=None, alias="from")
    slug: Said | None = None
    title: Said | None = None
    map: dict[Said, Said] = {}
    else_: Said | None = Field(default=None, alias="else")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.from_ is None and (self.map or self.else_ is not None):
            raise ValueError("says map or else without from; add from = the field that they are about")
        if self.from_ is None and self.slug is None:
            raise ValueError("needs a slug, or from = the field that names the category")
        if self.from_ is not None and self.slug not in (None, *SPELLINGS):
            raise ValueError(
                f"says from, so its slug is a spelling: one of {', '.join(SPELLINGS)}; "
                "for a constant category leave from out"
            )
        return self


def _kind(value: str) -> str:
    if value not in KINDS:
        raise ValueError(f"is not a kind; the kinds are {', '.join(KINDS)}")
    return value


def _shown(value: str) -> str:
    if value not in (FULL, SUMMARY):
        raise ValueError(f"says neither {FULL} nor {SUMMARY}")
    return value


def _as_slug(value: object) -> object:
    return {"slug": value} if isinstance(value, str) else value


def _as_path(value: object) -> object:
    return {"path": value} if isinstance(value, str) else value


class SourceTable(FetchTable):
    """``[[source]]``."""

    id: Identifier
    kind: Annotated[str, AfterValidator(_kind)]
    url: Said
    category: Annotated[CategoryTable, BeforeValidator(_as_slug)] | None = None
    every: Interval | None = None
    method: Method | None = None
    body: str | None = Field(default=None, repr=False)
    headers: Headers = Field(default={}, repr=False)
    cookies: dict[CookieName, CookieValue] = Field(default={}, repr=False)
    auth: Auth | None = Field(default=None, repr=False)
    ids: Identifier | None = None
    items: Said | None = None
    within: Said | None = None
    next: Said | None = None
    paging: PagingTable | None = None
    pages: Count | None = None
    fields: dict[str, Annotated[FieldTable, BeforeValidator(_as_path)]] = {}
    article: ArticleTable | None = None
    remove: Removals = []
    replace: Replacements = []
    tags: dict[Said, str] = {}
    keep_if: Conditions = []
    drop_if: Conditions = []
    language: Language | None = None
    timezone: Timezone | None = None


class CategorySpecTable(Table):
    """``[category.<slug>]``."""

    title: Said | None = None
    description: str | None = None
    language: Language | None = None
    limit: Count | None = None
    content: Annotated[str, AfterValidator(_shown)] | None = None
    keep: Interval | None = None
    keep_if: Conditions = []
    drop_if: Conditions = []
    aliases: list[Said] = []
    podcast: PodcastTable | None = None
