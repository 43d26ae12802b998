"""From a catalogue's tables to the values of the model; what a source does not say is found here."""

from __future__ import annotations

from typing import Any

import msgspec

from feeds.catalogue.reading import ReadSource, Tables
from feeds.catalogue.tables import CategorySpecTable, FetchTable, FieldTable, SiteTable, SourceTable
from feeds.told import ArticleRule, CategoryRule, CategorySpec, FieldRule, Kind, Paging, Site, Source
from feeds.urls import domain_of, is_http

_POSTS_CATEGORY = CategoryRule(field="category", spelling="as-is")
"""A post says its category itself, spelled as it shall be."""


def build_source(read: ReadSource, tables: Tables) -> Source:
    """The source of a ``[[source]]`` table, under ``[domain."…"]`` and ``[fetch]``."""
    table = read.table
    source = Source(
        id=table.id,
        kind=Kind(table.kind),
        url=read.url,
        category=_category_rule(table),
        ids=table.ids or table.id,
        items=table.items,
        within=table.within,
        next=table.next,
        paging=_paging(table),
        pages=table.pages or 1,
        fields={name: _field_rule(field) for name, field in table.fields.items()},
        article=_article_rule(table),
        method=table.method or "GET",
        body=table.body,
        headers=table.headers,
        cookies=table.cookies,
        auth=table.auth,
        timezone=table.timezone,
        language=table.language,
        **_policy(read, tables),
    )
    if table.every is None:
        return source
    return msgspec.structs.replace(source, every=max(table.every, source.min_interval))


def build_category(slug: str, table: CategorySpecTable) -> CategorySpec:
    """The category of a ``[category.<slug>]`` table."""
    return CategorySpec(
        slug=slug,
        title=table.title,
        description=table.description,
        language=table.language,
        limit=table.limit,
        aliases=tuple(table.aliases),
    )


def build_site(table: SiteTable) -> Site:
    """The site of a ``[site]`` table."""
    return Site(title=table.title, url=table.url, language=table.language, timezone=table.timezone)


def _policy(read: ReadSource, tables: Tables) -> dict[str, Any]:
    """The keys of ``[fetch]`` that hold for a source: its own word, its domain's, then everyone's."""
    domain = domain_of(read.url) if is_http(read.url) else ""
    levels = (read.table, tables.domains.get(domain), tables.fetch)
    policy: dict[str, Any] = {}
    for key in FetchTable.model_fields:
        for level in levels:
            value = getattr(level, key, None)
            if value is not None:
                policy[key] = tuple(value) if isinstance(value, list) else value
                break
    return policy


def _category_rule(table: SourceTable) -> CategoryRule:
    category = table.category
    if category is None:
        return _POSTS_CATEGORY if table.kind == "posts" else CategoryRule(slug=table.id)
    if category.from_ is None:
        return CategoryRule(slug=category.slug, title=category.title)
    rule = CategoryRule(field=category.from_, title=category.title)
    return msgspec.structs.replace(rule, spelling=category.slug) if category.slug else rule


def _field_rule(table: FieldTable) -> FieldRule:
    return FieldRule(path=table.path, template=table.template, strip=table.strip)


def _article_rule(table: SourceTable) -> ArticleRule | None:
    if table.article is None:
        return None
    article = table.article
    return ArticleRule(
        url=article.url,
        content=article.content,
        title=article.title,
        authors=article.authors,
        published=article.published,
        image=article.image,
        next=article.next,
        remove=tuple(article.remove),
    )


def _paging(table: SourceTable) -> Paging | None:
    if table.paging is None:
        return None
    told = {name: value for name, value in table.paging if value is not None}
    return Paging(**told)
