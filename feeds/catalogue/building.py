"""From a catalogue's tables to the values of the model; what a source does not say is found here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from feeds.catalogue.reading import ReadSource, Tables
from feeds.catalogue.rule_tables import ConditionTable
from feeds.catalogue.tables import CategorySpecTable, FetchTable, FieldTable, SiteTable, SourceTable
from feeds.told import (
    ArticleRule,
    CategoryRule,
    CategorySpec,
    Choice,
    Condition,
    FieldRule,
    Kind,
    Paging,
    Podcast,
    Replacement,
    Rules,
    Site,
    Source,
)
from feeds.urls import domain_of, is_http

_POSTS_CATEGORY = CategoryRule(field="category", spelling="as-is")
"""A post says its category itself, spelled as it shall be."""


def build_source(read: ReadSource, tables: Tables) -> Source:
    """The source of a ``[[source]]`` table, under ``[domain."…"]`` and ``[fetch]``."""
    table = read.table
    category = _category_rule(table)
    source = Source(
        id=table.id,
        kind=Kind(table.kind),
        url=read.url,
        category=category,
        ids=table.ids or table.id,
        items=table.items,
        within=table.within,
        next=table.next,
        paging=_paging(table),
        pages=table.pages or 1,
        fields={name: _field_rule(field) for name, field in table.fields.items()},
        article=_article_rule(table),
        rules=_rules(table, _choices(category, tables.categories)),
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
        content=table.content,
        aliases=tuple(table.aliases),
        podcast=None if table.podcast is None else Podcast(**dict(table.podcast)),
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
    rule = CategoryRule(
        field=category.from_, title=category.title, mapped=category.map, otherwise=category.else_
    )
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


def _rules(table: SourceTable, choices: dict[str, Choice]) -> Rules | None:
    """The rules over a source's entries; None where there are none."""
    rules = Rules(
        remove=tuple(table.remove),
        replace=tuple(
            Replacement(field=one.field, pattern=one.pattern, by=one.with_) for one in table.replace
        ),
        tags=table.tags,
        keep_if=_conditions(table.keep_if),
        drop_if=_conditions(table.drop_if),
        categories=choices,
    )
    return None if rules == Rules() else rules


def _choices(rule: CategoryRule, categories: Mapping[str, CategorySpecTable]) -> dict[str, Choice]:
    """What the categories that a source's entries may go to take, by their slugs and aliases."""
    found: dict[str, Choice] = {}
    for slug, table in categories.items():
        names = {name.casefold(): name for name in (slug, *table.aliases)}
        may_go_there = rule.slug is None or rule.slug.casefold() in names
        if may_go_there and (table.keep_if or table.drop_if):
            choice = Choice(keep_if=_conditions(table.keep_if), drop_if=_conditions(table.drop_if))
            found |= dict.fromkeys(names.values(), choice)
    return found


def _conditions(tables: Sequence[ConditionTable]) -> tuple[Condition, ...]:
    return tuple(Condition(where=one.where, field=one.field, pattern=one.pattern) for one in tables)


def _paging(table: SourceTable) -> Paging | None:
    if table.paging is None:
        return None
    told = {name: value for name, value in table.paging if value is not None}
    return Paging(**told)
