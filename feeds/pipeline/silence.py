"""silence: since when no source of a category answers, where that is for long.

It is in the category's documents, which others may serve without us: a date that stays the same as long as
the silence does. So they change when silence is noticed and when it is over, and not in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from feeds.crawl import Health
from feeds.store.keys import ALL
from feeds.store.store import Store
from feeds.told import Source

LOOKED_AT: Final = 10
"""Newest articles of a category by which its sources are known, besides those that name it outright."""
PATIENCE: Final = timedelta(days=2)
"""Silence that is not worth a word: a healthy source is asked every day at least, unless told otherwise."""

Told = Mapping[str, tuple[Source, Health]]
"""Sources with their health, by the name that articles know them by."""


def notice(store: Store) -> None:
    """Write down which categories are silent by now and which no longer, and make those due."""
    now, said = store.now(), store.documents.silences()
    sources = store.sources.with_health(list(store.sources.all())).values()
    told = {source.known_as: (source, health) for source, health in sources}
    if not said and not any(_is_silent(*each, now) for each in sources):
        return  # as on most days
    named: dict[str, set[str]] = {ALL: set(told)}
    for name, (source, _) in told.items():
        for slug in source.category.constants:
            named.setdefault(slug, set()).add(name)
    true = {slug: _silence(told, _sources_of(store, named, slug), now) for slug in store.categories.slugs()}
    changed = {slug: since for slug, since in true.items() if since != said.get(slug)}
    store.documents.keep_silences(changed, now)


def _sources_of(store: Store, named: Mapping[str, set[str]], slug: str) -> set[str]:
    """The sources that name a category, and those that its newest articles are from."""
    newest = store.articles.newest(slug, LOOKED_AT) if slug != ALL else []
    return named.get(slug, set()) | {one.source_id for article in newest for one in article.placements}


def _silence(told: Told, names: set[str], now: datetime) -> datetime | None:
    """The last answer of any of these; None while one is not silent, or where none ever answered."""
    found = [told[name] for name in names if name in told and told[name][1].last_success]
    if not all(_is_silent(*each, now) for each in found):
        return None
    return max((health.last_success for _, health in found if health.last_success), default=None)


def _is_silent(source: Source, health: Health, now: datetime) -> bool:
    gap = timedelta(seconds=max(source.every or 0.0, health.interval))
    return health.last_success is not None and now - health.last_success > max(PATIENCE, 2 * gap)
