"""public: every document and page as a file at the path it is served under, as it changes or all of them.

The store is the truth. Whoever has the folder's lock writes what the store has by then, never what was
rendered before: so a file is never replaced by an older one, and what was missed is written the next time.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from feeds.model import Article, Document
from feeds.pipeline.files import OwnFolder, open_folder
from feeds.render.addresses import older_path
from feeds.render.assets import ASSETS
from feeds.render.category import older_page
from feeds.render.channel import newest
from feeds.render.document import FORMATS, gzipped, seal
from feeds.render.fixed import FAVICON, ROBOTS
from feeds.render.index import INDEX
from feeds.render.missing import DeadEnd
from feeds.render.pages import article_page, not_found_page
from feeds.store.keys import ALL
from feeds.store.store import Store
from feeds.told import Category, Site

_FEEDS = ("rss", "atom", "json")
_OF_ALL = {"html": "index.html", "opml": "opml.xml", INDEX: "feeds/index.json"}
_PAGES = "pages"
"""The mark that says which write of an article was the last to be written here."""
_BATCH = 100
_PATIENCE = 2.0
_AT_ONCE = timedelta(seconds=3)
"""For how long pages are written after one publish; the next one goes on."""


def keep_up(store: Store, folder: Path, slug: str) -> None:
    """Write the documents of a category that was just published, and all pages of articles that changed.

    After everything was published, also what was missed of other categories.
    """
    with open_folder(folder, patience=_PATIENCE) as public:
        done = public is not None and _catch_up(
            store, public, store.categories.slugs() if slug == ALL else [slug]
        )
    if not done:
        store.documents.touch([ALL], store.now())


def export(store: Store, folder: Path) -> int:
    """Make the folder whole: write all that is served, remove what is no more; how many files there are."""
    with open_folder(folder) as public:
        assert public is not None, "who has no end of patience gets it"
        slugs = store.categories.slugs()
        edit, published = store.articles.last_edit(), store.documents.published(slugs)
        written = _write_fixed(store, public)
        for path, document in _all(store, slugs):
            _write(public, path, document)
            written.add(path)
        public.remove_others(written)
        public.set_mark(_PAGES, edit)
        for slug, counter in published.items():
            public.set_mark(_mark(slug), counter)
        while not _catch_up(store, public, store.categories.slugs()):
            pass
    return len(written)


def paths_of(slug: str, name: str) -> list[str]:
    """Where a document of a category is served, without the leading slash; nowhere if it is unknown."""
    if name in _FEEDS:
        feed = f"feeds/{slug}.{name}"
        return [feed, "feed.xml"] if (slug, name) == (ALL, "atom") else [feed]
    if slug == ALL:
        return [_OF_ALL[name]] if name in _OF_ALL else []
    return [f"category/{slug}.html"] if name == "html" else []


def _catch_up(store: Store, public: OwnFolder, slugs: list[str]) -> bool:
    """Write the pages and documents that changed since the last time; whether these were all.

    Pages come first, so that no document leads to one that is not there yet.
    """
    if not _catch_up_pages(store, public):
        return False
    for slug, counter in store.documents.published(slugs).items():
        if public.mark(_mark(slug)) != counter:
            for path, document in _documents(store, slug):
                _write(public, path, document)
            public.set_mark(_mark(slug), counter)
    if ALL in slugs:
        _write_fixed(store, public)
    return True


def _catch_up_pages(store: Store, public: OwnFolder) -> bool:
    site = store.categories.site() or Site()
    until = store.now() + _AT_ONCE
    if (public.mark(_PAGES) or 0) > store.articles.last_edit():
        public.set_mark(_PAGES, 0)  # of another store, or of one that lost its last second
    while edits := store.articles.edited(public.mark(_PAGES) or 0, _BATCH):
        articles = [one.article for one in store.articles.read([name for name, _ in edits]).values()]
        titles = store.categories.titles(sorted({slug for one in articles for slug in one.slugs}))
        for article in articles:
            if article.is_gone:
                public.remove(_page_path(article))
            elif article.listed:
                _write(public, _page_path(article), _page(site, titles, article))
        public.set_mark(_PAGES, edits[-1][1])
        if store.now() >= until:
            return False
    return True


def _all(store: Store, slugs: list[str]) -> Iterator[tuple[str, Document]]:
    for slug in slugs:
        yield from _documents(store, slug)
    site = store.categories.site() or Site()
    titles = {category.slug: category.title for category in store.categories.all()}
    for category in store.categories.all():
        yield from _older(store, site, category)
    for article in store.articles.every(ALL):
        yield _page_path(article), _page(site, titles, article)


def _older(store: Store, site: Site, category: Category) -> Iterator[tuple[str, Document]]:
    """The pages of a category's older articles, one after the other."""
    first = store.articles.newest(category.slug, category.limit)
    last = first[-1] if first else None
    while last is not None:
        after = (last.sort_key, last.id)
        stretch = store.articles.stretch(category.slug, after, category.limit)
        if stretch.articles:
            page = older_page(site, category, stretch)
            last_modified = newest(stretch.articles, category.created_at)
            path = older_path(category.slug, *after).lstrip("/")
            yield path, seal(page, media_type=FORMATS["html"], last_modified=last_modified)
        last = stretch.articles[-1] if stretch.has_older and stretch.articles else None


def _documents(store: Store, slug: str) -> Iterator[tuple[str, Document]]:
    for name, document in store.documents.all(slug).items():
        for path in paths_of(slug, name):
            yield path, document


def _write_fixed(store: Store, public: OwnFolder) -> set[str]:
    """Write what no article changes; its paths."""
    missing = not_found_page(store.categories.site() or Site(), DeadEnd())
    packed = {"404.html": missing} | {asset.path.lstrip("/"): asset.content for asset in ASSETS.values()}
    for path, content in packed.items():
        public.write(path, content, gzipped(content))
    plain = {"robots.txt": ROBOTS.encode(), "favicon.ico": FAVICON}  # as the web process sends them
    for path, content in plain.items():
        public.write(path, content, None)
    return {*packed, *plain}


def _write(public: OwnFolder, path: str, document: Document) -> None:
    public.write(path, gzip.decompress(document.body), document.body, document.last_modified)


def _page(site: Site, titles: dict[str, str], article: Article) -> Document:
    page = article_page(site, {slug: titles.get(slug, slug) for slug in article.slugs}, article)
    return seal(page, media_type=FORMATS["html"], last_modified=article.updated)


def _page_path(article: Article) -> str:
    return article.path.lstrip("/")


def _mark(slug: str) -> str:
    return f"documents of {slug}"
