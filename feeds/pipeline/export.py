"""export: publishes what has changed, then writes every document and page as a static file."""

from __future__ import annotations

import gzip
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from feeds.model import Article, Document, Stage
from feeds.pipeline.dispatch import claim
from feeds.pipeline.mill import Mill
from feeds.pipeline.publish import mark_stale, publish
from feeds.render.addresses import older_path
from feeds.render.assets import ASSETS
from feeds.render.category import older_page
from feeds.render.pages import article_page, not_found_page, without_search
from feeds.store.keys import ALL
from feeds.store.store import Store
from feeds.told import Category, Site

_FEEDS = ("rss", "atom", "json")
_OF_ALL = {"html": "index.html", "opml": "opml.xml"}
_PAUSE = 0.05


def publish_changed(mill: Mill, pause: Callable[[float], None]) -> int:
    """Publish every category that changed, without waiting for their turns; how many there were.

    What another worker has claimed is waited for; what changes while this runs is not.
    """
    mark_stale(mill)
    categories = mill.store.categories
    wanted = {slug: categories.dirt(slug).changed for slug in categories.dirty()}
    published = 0
    while wanted := {slug: c for slug, c in wanted.items() if categories.dirt(slug).published < c}:
        categories.hasten(mill.store.now(), wanted)
        claims = claim(mill, Stage.PUBLISH, 100)
        for one in claims:
            publish(mill, one.hint)
        published += len(claims)
        if not claims:
            pause(_PAUSE)
    return published


def export(store: Store, folder: Path) -> int:
    """Write all that is served as files below ``folder``, each at its own path; how many."""
    written = 0
    for path, content in _files(store):
        _replace(folder, path, content)
        written += 1
    return written


def _files(store: Store) -> Iterator[tuple[str, bytes]]:
    for slug in store.categories.slugs():
        for name, document in store.categories.documents(slug).items():
            for path in paths_of(slug, name):
                yield path, _content(name, document)
    site = store.categories.site() or Site()
    categories = store.categories.all()
    titles = {category.slug: category.title for category in categories}
    for category in categories:
        yield from _older(store, site, category)
    for article in store.articles.every(ALL):
        yield article.path.lstrip("/"), without_search(_page(site, titles, article))
    yield "404.html", without_search(not_found_page(site, ""))
    for asset in ASSETS.values():
        yield asset.path.lstrip("/"), asset.content


def _content(name: str, document: Document) -> bytes:
    content = gzip.decompress(document.body)
    return without_search(content) if name == "html" else content


def _older(store: Store, site: Site, category: Category) -> Iterator[tuple[str, bytes]]:
    """The pages of a category's older articles, one after the other."""
    newest = store.articles.newest(category.slug, category.limit)
    last = newest[-1] if newest else None
    while last is not None:
        after = (last.sort_key, last.id)
        stretch = store.articles.stretch(category.slug, after, category.limit)
        if stretch.articles:
            path = older_path(category.slug, *after).lstrip("/")
            yield path, without_search(older_page(site, category, stretch))
        last = stretch.articles[-1] if stretch.has_older and stretch.articles else None


def paths_of(slug: str, name: str) -> list[str]:
    """Where a document of a category is served, without the leading slash; nowhere in its other language."""
    if name in _FEEDS:
        feed = f"feeds/{slug}.{name}"
        return [feed, "feed.xml"] if (slug, name) == (ALL, "atom") else [feed]
    if name.startswith("html."):
        return []
    if slug == ALL:
        return [_OF_ALL[name]]
    return [f"category/{slug}.html"]


def _page(site: Site, titles: dict[str, str], article: Article) -> bytes:
    return article_page(site, {slug: titles.get(slug, slug) for slug in article.slugs}, article)


def _replace(folder: Path, path: str, content: bytes) -> None:
    """Write beside the place, then move there: nobody reads half a file."""
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(name).chmod(0o644)
    Path(name).replace(target)
