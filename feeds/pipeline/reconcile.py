"""What makes the running system match a catalogue: a pure comparison of what is with what is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from feeds.crawl import Health
from feeds.model import Validators
from feeds.normalize.slugs import safe_slug
from feeds.schedule.address import address_of
from feeds.schedule.outcomes import when_refreshed
from feeds.store.keys import ALL
from feeds.store.origins import source_origin
from feeds.store.sources import CatalogueChange, SourceRow
from feeds.told import Catalogue, Category, CategorySpec, Kind, Site, Source

_RULES = (
    *("kind", "url", "items", "within", "next", "paging", "pages", "fields", "article", "category", "rules"),
    *("timezone", "ids"),
    *("method", "body", "headers", "cookies", "auth"),
)
"""A change of these drops the validators, so that the next fetch applies it to all that is there."""
_INTERVAL = ("every", "min_interval", "max_interval", "max_hold")
"""A change of these makes a source due, to be looked at by its new interval."""

Page = tuple[Kind, str, str | None]


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
    given_away = set(renamed.values()) - set(renamed)
    before = {name: None if name in given_away else rows.get(renamed.get(name, name)) for name in wanted}
    after = {name: _inherit(wanted[name], before[name], rows) for name in wanted}
    touched = [name for name in wanted if before[name] is None or after[name] != before[name].source]  # type: ignore[union-attr]
    reset = [name for name in touched if _rules_differ(before[name], after[name])]
    removed = [name for name in rows if name not in wanted and name not in renamed.values()]
    # The others' health is left alone: work of theirs that is under way may just be writing it.
    anew = dict.fromkeys((*reset, *renamed))
    healths = {name: _health(before[name], after[name], fresh=name in reset) for name in anew}
    again = {name: when_refreshed(healths[name], now) for name in anew}
    categories = _categories(catalogue, current.categories, now)
    change = CatalogueChange(
        sources={name: after[name] for name in touched},
        healths=healths,
        due={name: at for name, at in again.items() if at is not None},
        origins={name: origin for name in touched if (origin := _origin(name, after, before, healths, now))},
        removed=removed,
        reset=reset,
        rescheduled=[
            name for name in touched if name not in again and _interval_differs(before[name], after[name])
        ],
        renamed=renamed,
        owners={source.known_as: name for name, source in after.items() if source.known_as != name},
        site=catalogue.site,
        categories=categories,
        dirty=_dirty(catalogue, current, categories),
    )
    added = tuple(name for name in wanted if before[name] is None)
    changed = tuple(name for name in touched if name not in added and name not in renamed)
    renames = tuple((old, new) for new, old in renamed.items())
    kept = len(wanted) - len(added) - len(changed) - len(renames)
    return change, Applied(added, changed, tuple(removed), renames, kept)


# ── sources ─────────────────────────────────────────────────────────────────────────────────────


def _renames(rows: Mapping[str, SourceRow], wanted: Mapping[str, Source]) -> dict[str, str]:
    """New id → old id where the same kind and url come under another name."""
    settled = {name for name in wanted if name in rows and _page(rows[name].source) == _page(wanted[name])}
    leaving: dict[Page, list[str]] = {}
    for name, row in rows.items():
        if name not in settled:
            leaving.setdefault(_page(row.source), []).append(name)
    arriving = [source for name, source in wanted.items() if name not in settled]
    return {source.id: leaving[_page(source)].pop(0) for source in arriving if leaving.get(_page(source))}


def _page(source: Source) -> Page:
    """What makes a source the same one whatever it is called; an address may answer several questions."""
    return source.kind, source.url, source.body


def _inherit(source: Source, before: SourceRow | None, rows: Mapping[str, SourceRow]) -> Source:
    """The source under the name its articles know it by; a rename keeps its id space too."""
    if before is None:
        name = _free_name(source.id, {row.source.known_as for row in rows.values()})
        return replace(source, owner=name, ids=name if source.ids == source.id else source.ids)
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


def _interval_differs(before: SourceRow | None, after: Source) -> bool:
    return before is not None and any(getattr(before.source, key) != getattr(after, key) for key in _INTERVAL)


def _health(before: SourceRow | None, after: Source, *, fresh: bool) -> Health:
    """What is known of the source; a change of its rules is applied to all of what it says now."""
    if before is None:
        return Health()
    if not fresh:
        return before.health
    if before.source.url == after.url:
        return replace(before.health, validators=Validators())
    return Health(outcome=before.health.outcome, last_success=before.health.last_success)


def _origin(
    name: str,
    after: Mapping[str, Source],
    before: Mapping[str, SourceRow | None],
    healths: Mapping[str, Health],
    now: datetime,
) -> str | None:
    """Where a source's next poll goes as politeness counts it, also if it was told of another address."""
    row = before[name]
    health = healths.get(name) or (row.health if row else Health())
    return source_origin(after[name], address_of(after[name], health, now))


# ── categories ──────────────────────────────────────────────────────────────────────────────────


def _categories(catalogue: Catalogue, existing: Mapping[str, Category], now: datetime) -> list[Category]:
    """Configured categories, and those that sources name outright, where they are new or changed."""
    by_fold = {slug.casefold(): category for slug, category in existing.items()}
    safe = [replace(spec, slug=safe_slug(spec.slug)) for spec in catalogue.categories]
    specs = {spec.slug.casefold(): spec for spec in safe}
    for source in catalogue.sources:
        for named, title in source.category.constants.items():
            slug = safe_slug(named)
            spec = specs.setdefault(slug.casefold(), CategorySpec(slug=slug, title=title))
            if spec.title is None:
                specs[slug.casefold()] = replace(spec, title=title)
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
        "content": spec.content,
        "aliases": spec.aliases or None,
    }
    # What makes somebody an owner holds only as long as it is written there.
    base = replace(base, podcast=spec.podcast)
    return replace(base, **{name: value for name, value in told.items() if value is not None})


def _dirty(catalogue: Catalogue, current: Current, categories: Sequence[Category]) -> list[str]:
    """Slugs to render again: all when the site says something new of itself."""
    slugs = [category.slug for category in categories]
    if catalogue.site is not None and catalogue.site != current.site:
        slugs += [slug for slug in current.categories if slug not in slugs]
    return [*slugs, ALL] if slugs else []
