"""subscriptions: the sources in force as a list for other readers, and what such a list cannot hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from feeds.normalize.slugs import safe_slug
from feeds.render.opml import Folder, Subscription, subscription_list
from feeds.store.store import Store
from feeds.told import Catalogue, Kind, Site, Source


class Subscribed(NamedTuple):
    """The list as OPML, how much is in it, and a line for each thing that is not."""

    document: bytes
    feeds: int
    folders: int
    notes: tuple[str, ...]


class Told(NamedTuple):
    """A source, and the title that its feed has, once that is known."""

    source: Source
    title: str | None


def subscriptions_in_force(store: Store) -> Subscribed:
    """The sources of a store, under the titles that their feeds have."""
    told = [Told(row.source, row.health.title) for row in store.sources.rows()]
    titles = {category.slug: category.title for category in store.categories.all()}
    return subscriptions(told, titles, store.categories.site() or Site(), store.now())


def subscriptions_of(catalogue: Catalogue, now: datetime) -> Subscribed:
    """The sources of a catalogue, under their ids."""
    told = [Told(source, None) for source in catalogue.sources]
    titles = {safe_slug(spec.slug): spec.title for spec in catalogue.categories if spec.title}
    return subscriptions(told, titles, catalogue.site or Site(), now)


def subscriptions(told: Iterable[Told], titles: Mapping[str, str], site: Site, now: datetime) -> Subscribed:
    """Sources as a subscription list; ``titles`` are those of categories, by slug."""
    by_fold = {slug.casefold(): (slug, title) for slug, title in titles.items()}
    folders: dict[str, Folder] = {}
    feeds: dict[str, list[Subscription]] = {}
    loose: list[Subscription] = []
    notes: list[str] = []
    for source, title in told:
        if reason := _not_listed(source):
            notes.append(f"{source.id} is left out: {reason}")
            continue
        if reason := _not_told(source):
            notes.append(f"{source.id}: {reason}")
        feed = Subscription(title or source.id, source.url)
        if source.category.slug is None:
            loose.append(feed)
            continue
        slug = safe_slug(source.category.slug)
        fold = slug.casefold()
        spelled, name = by_fold.get(fold, (slug, source.category.title or source.category.slug))
        feeds.setdefault(fold, []).append(feed)
        folders.setdefault(fold, Folder(spelled, name, feeds[fold]))
    count = len(loose) + sum(map(len, feeds.values()))
    document = subscription_list(site.title, now, list(folders.values()), loose)
    return Subscribed(document, count, len(folders), tuple(notes))


def _not_listed(source: Source) -> str | None:
    """Why no reader could subscribe to a source."""
    if source.kind is not Kind.FEED:
        return (
            f"it is of kind {source.kind.value}, which no reader subscribes to; /opml.xml lists our own feeds"
        )
    if "${secret." in source.url:
        return "its address holds a secret"
    if source.method != "GET":
        return f"it is asked for by {source.method}"
    return None


def _not_told(source: Source) -> str | None:
    """What a reader would need that the list does not say."""
    needed = [key for key in ("auth", "headers", "cookies") if getattr(source, key)]
    if needed:
        return f"not in the list: its {', '.join(needed)}"
    if source.category.slug is None:
        return "is in no folder, since its entries say their categories themselves"
    return None
