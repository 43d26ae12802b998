"""takedown: finds an article by whatever names it, and takes it out of every document and page for good."""

from __future__ import annotations

import re
from itertools import chain
from urllib.parse import unquote, urldefrag, urlsplit

from feeds.model import Article, Stage
from feeds.normalize.article import key_of
from feeds.normalize.changes import remove
from feeds.normalize.links import canonical
from feeds.pipeline.mill import Mill
from feeds.pipeline.news import retraction
from feeds.pipeline.publish import publish
from feeds.store.keys import ALL
from feeds.store.plan import Finish
from feeds.store.store import Store
from feeds.told import Site

_ID = re.compile(r"(?:urn:uuid:)?([0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)


def find(store: Store, what: str) -> list[Article]:
    """The articles that an id, an entry id, a page's path or address, or a publisher's address names."""
    what = what.encode("utf-8", "replace").decode()
    name = _ID.fullmatch(what.strip())
    if name:
        article_id = name[1].replace("-", "").lower()
        return [stored.article for stored in store.articles.read([article_id]).values()]
    path = _path_of(store.categories.site() or Site(), what)
    at_path = store.articles.at(path) if path else None
    if at_path is not None:
        return [at_path]
    wanted = canonical(urldefrag(what).url)
    known = chain(store.articles.every(ALL), store.articles.gone())
    return [one for one in known if one.url and canonical(urldefrag(one.url).url) == wanted]


def take_down(mill: Mill, article_id: str) -> bool:
    """Take an article out of all documents and pages, and see to it that it never comes again.

    Its words and earlier wordings are deleted; its page answers 410. False if it was taken down already, or
    there is none.
    """
    while True:
        now = mill.store.now()
        stored = mill.store.articles.read([article_id]).get(article_id)
        if stored is None or stored.article.removed:
            return False
        hint = mill.store.claims.grant(Stage.PARSE, f"takedown:{article_id}", now)
        write = retraction(stored, remove(stored.article))
        finished = mill.store.finish(mill.store.plans.removed(hint, write, _place(stored.article), now))
        if finished.status is Finish.DONE:
            for claimed in finished.hints.get(Stage.PUBLISH, []):
                publish(mill, claimed)
            return True


def _place(article: Article) -> str | None:
    """Where its publisher has it; None for a site's front page, which many articles may name."""
    url = article.url
    return key_of(url) if url and urlsplit(url).path.strip("/") else None


def _path_of(site: Site, what: str) -> str | None:
    """The path of one of our own pages, if that is what is named."""
    if what.startswith("/"):
        return unquote(what)
    try:
        asked, own = urlsplit(what), urlsplit(site.url)
    except ValueError:
        return None
    if asked.netloc.lower() != own.netloc.lower() or not asked.path.startswith(own.path):
        return None
    return unquote(asked.path[len(own.path) :])
