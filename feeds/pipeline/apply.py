"""apply: makes the running system match a catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from feeds.pipeline.reconcile import Applied, Current, reconcile
from feeds.schedule.outcomes import is_fresh, when_refreshed
from feeds.store.store import Store
from feeds.told import Catalogue


def apply(store: Store, catalogue: Catalogue) -> Applied:
    """Put ``catalogue`` in force; see reconcile.py for what that changes."""
    change, applied = reconcile(catalogue, _current(store), store.now())
    store.sources.apply(change, store.now())
    # The others keep what is under way; those whose interval is another now are looked at by it after that.
    refresh(store, change.rescheduled, asked=False)
    return applied


def preview(store: Store, catalogue: Catalogue) -> Applied:
    """What applying ``catalogue`` would do, writing nothing."""
    return reconcile(catalogue, _current(store), store.now())[1]


def preview_anew(catalogue: Catalogue, now: datetime) -> Applied:
    """What applying ``catalogue`` would do where no system is yet."""
    return reconcile(catalogue, Current([], {}, None), now)[1]


def refresh(store: Store, source_ids: Iterable[str], *, asked: bool) -> dict[str, str]:
    """Make sources due now; what became of each: due, again, later, gone or unknown.

    Interval and backoff are overridden, a Retry-After and a 410 are not.
    ``asked`` marks them as waited for.
    """
    return {source_id: _refresh(store, source_id, asked=asked) for source_id in source_ids}


def ask_for_all(store: Store) -> set[str]:
    """Make every source due now and wait for it, but for those that are fresh; which those are."""
    now = store.now()
    fresh = {row.source.id for row in store.sources.rows() if is_fresh(row.source, row.health, now)}
    refresh(store, store.sources.all().keys() - fresh, asked=True)
    return fresh


def _refresh(store: Store, source_id: str, *, asked: bool) -> str:
    if store.sources.read(source_id) is None:
        return "unknown"
    now = store.now()
    at = when_refreshed(store.sources.health(source_id), now)
    if at is None:
        return "gone"
    if not store.claims.refresh(source_id, at, asked=asked and at <= now):
        return "again"
    return "due" if at <= now else "later"


def _current(store: Store) -> Current:
    categories = {category.slug: category for category in store.categories.all()}
    return Current(store.sources.rows(), categories, store.categories.site())
