"""What makes the running system match a catalogue: a pure comparison of what is with what is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from feeds.model import Catalogue, Category, CategorySpec, Health, Site, Source, Validators
from feeds.normalize.slugs import safe_slug
from feeds.store.keys import ALL
from feeds.store.sources import CatalogueChange, SourceRow
from feeds.urls import domain_of, is_http

_RULES = ("kind", "url", "items", "fields", "article", "category", "timezone", "ids")
"""A change of these drops the validators, so that the next fetch applies it to all that is there."""


class Current(NamedTuple):
    """What is in force: sources with their state, categories by slug, the site."""

    rows: Sequence[SourceRow]
    categories: Mapping[str, Category]
    site: Site | None


class Applied(NamedTuple):
    """What applying a catalogue did, by source id; ``renamed`` are (old id, new id)."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    unchanged: int


def reconcile(catalogue: Catalogue, current: Current, now: datetime) -> tuple[CatalogueChange, Applied]:
    """The writes that make ``current`` match ``catalogue``, and what to say of them."""
    rows = {row.source.id: row for row in current.rows}
    wanted = {source.id: source for source in catalogue.sources}
    renamed = _renames(rows, wanted)
    before = {name: rows.get(renamed.get(name, name)) for name in wanted}
    after = {name: _inherit(wanted[name], before[name], rows) for name in wanted}
    touched = [name for name in wanted if before[name] is None or after[name] != before[name].source]  # type: ignore[union-attr]
    reset = [name for name in touched if _rules_differ(before[name], after[name])]
    removed = [name for name in rows if name not in wanted and name not in renamed.values()]
    categories = _categories(catalogue, current.categories, now)
    change = CatalogueChange(
        sources={name: after[name] for name in touched},
        healths={name: _health(before[name], fresh=name in reset) for name in touched},
        due={name: now for name in touched if _may_be_due(before[name], fresh=name in reset)},
        origins={name: origin for name in touched if (origin := origin_of(after[name]))},
        removed=removed,
        reset=reset,
        renamed=renamed,
        site=catalogue.site,
        categories=categories,
        dirty=_dirty(catalogue, current, categories),
    )
    added = tuple(name for name in wanted if before[name] is None)
    changed = tuple(name for name in touched if name not in added and name not in renamed)
    renames = tuple((old, new) for new, old in renamed.items())
    kept = len(wanted) - len(added) - len(changed) - len(renames)
    return change, Applied(added, changed, tuple(removed), renames, kept)


def origin_of(source: Source, url: str | None = None) -> str | None:
    """The domain of an address and the limits it is under, as the store keeps them; None if local."""
    address = url or source.url
    if not is_http(address):
        return None
    return f"{domain_of(address)} {source.per_domain} {round(source.spacing * 1000)}"


# ── sources ─────────────────────────────────────────────────────────────────────────────────────


def _renames(rows: Mapping[str, SourceRow], wanted: Mapping[str, Source]) -> dict[str, str]:
    """New id → old id where the same kind and url come under another name."""
    leaving = {
        (row.source.kind, row.source.url): source_id
        for source_id, row in rows.items()
        if source_id not in wanted
    }
    arriving = [source for source in wanted.values() if source.id not in rows]
    return {
        source.id: leaving[(source.kind, source.url)]
        for source in arriving
        if (source.kind, source.url) in leaving
    }


def _inherit(source: Source, before: SourceRow | None, rows: Mapping[str, SourceRow]) -> Source:
    """The source under the name its articles know it by; a rename keeps its id space too."""
    if before is None:
        return replace(source, owner=_free_name(source.id, {row.source.known_as for row in rows.values()}))
    ids = before.source.ids if source.ids == source.id else source.ids
    return replace(source, owner=before.source.known_as, ids=ids)


def _free_name(source_id: str, taken: set[str]) -> str:
    name, number = source_id, 1
    while name in taken:
        number += 1
        name = f"{source_id}~{number}"
    return name


def _rules_differ(before: SourceRow | None, after: Source) -> bool:
    if before is None:
        return True
    return any(getattr(before.source, rule) != getattr(after, rule) for rule in _RULES)


def _health(before: SourceRow | None, *, fresh: bool) -> Health:
    if before is None:
        return Health()
    if fresh:
        return replace(before.health, validators=Validators(), gone=False, retry_at=None)
    return before.health


def _may_be_due(before: SourceRow | None, *, fresh: bool) -> bool:
    """A source under way in parse has no due time; it must not get a second one."""
    return fresh or (before is not None and before.due_at is not None)


# ── categories ──────────────────────────────────────────────────────────────────────────────────


def _categories(catalogue: Catalogue, existing: Mapping[str, Category], now: datetime) -> list[Category]:
    """Configured categories, and those that sources name outright, where they are new or changed."""
    by_fold = {slug.casefold(): category for slug, category in existing.items()}
    safe = [replace(spec, slug=safe_slug(spec.slug)) for spec in catalogue.categories]
    specs = {spec.slug.casefold(): spec for spec in safe}
    for source in catalogue.sources:
        if source.category.slug is not None:
            slug, title = safe_slug(source.category.slug), source.category.title or source.category.slug
            specs.setdefault(slug.casefold(), CategorySpec(slug=slug, title=title))
    configured = [_configured(spec, by_fold.get(fold), now) for fold, spec in specs.items()]
    return [category for category in configured if by_fold.get(category.slug.casefold()) != category]


def _configured(spec: CategorySpec, before: Category | None, now: datetime) -> Category:
    """What the table says over what was there; a slug keeps its first spelling."""
    base = before or Category(slug=spec.slug, title=spec.title or spec.slug, created_at=now)
    told = {
        "title": spec.title,
        "description": spec.description,
        "language": spec.language,
        "limit": spec.limit,
        "aliases": spec.aliases or None,
    }
    return replace(base, **{name: value for name, value in told.items() if value is not None})


def _dirty(catalogue: Catalogue, current: Current, categories: Sequence[Category]) -> list[str]:
    """Slugs to render again: all when the site says something new of itself."""
    slugs = [category.slug for category in categories]
    if catalogue.site is not None and catalogue.site != current.site:
        slugs += [slug for slug in current.categories if slug not in slugs]
    return [*slugs, ALL] if slugs else []
