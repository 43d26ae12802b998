"""publish: a category's documents are rendered from its articles; those whose bytes changed are saved.

A feed that does not read back as what it was made of (feeds/render/gate.py) is not saved: its last good one
stays, the others go on, and the category remembers what was wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from feeds.model import Article, Document, Stage
from feeds.pipeline.mill import Hints, Mill
from feeds.pipeline.naming import origins_of
from feeds.pipeline.public import keep_up
from feeds.render.category import Rendering, rendering_of_all, rendering_of_category
from feeds.render.channel import CARD_ARTICLES, CARDS, CategoryCard
from feeds.render.document import RENDER_VERSION, Draft, packed
from feeds.render.index import INDEX, render_index
from feeds.store.claims import Hint
from feeds.store.keys import ALL
from feeds.store.store import Store
from feeds.told import Site

ALL_LIMIT = 100


def publish(mill: Mill, hint: Hint) -> Hints:
    """Render the category a hint names.

    Its counter is read before its articles: what changes in between leaves it due.
    """
    started = mill.start(Stage.PUBLISH, hint)
    if started is None:
        return {}
    slug, store = hint.member, mill.store
    rendered = store.documents.dirt(slug).changed
    rendering = rendered_now(store, slug)
    before = store.documents.all(slug)
    changed = {
        name: packed(_later(one, before.get(name)))
        for name, one in rendering.drafts.items()
        if _etag(before.get(name)) != one.etag
    }
    plan = store.plans.published(
        started,
        changed,
        rendered=rendered,
        render=RENDER_VERSION,
        now=store.now(),
        warnings=rendering.warnings,
    )
    finished = store.finish(plan)
    if mill.public is not None:
        keep_up(store, mill.public, slug)
    return finished.hints


def render(store: Store, slug: str) -> dict[str, Document]:
    """The documents of a category, or of everything, as of now; none if there is no such category."""
    return rendered_now(store, slug).documents


def rendered_now(store: Store, slug: str) -> Rendering:
    """The same, and what of it may not be published."""
    site, silent_since = store.categories.site() or Site(), store.documents.silent_since(slug)
    if slug == ALL:
        cards, articles = _cards(store), store.articles.newest(ALL, ALL_LIMIT)
        origins = origins_of(store, articles)
        everything = rendering_of_all(site, cards, articles, origins, silent_since=silent_since)
        return everything._replace(drafts=everything.drafts | {INDEX: render_index(site, cards)})
    category = store.categories.read(slug)
    if category is None:
        return Rendering({})
    found = store.articles.newest(slug, category.limit + 1)
    articles, has_older = found[: category.limit], len(found) > category.limit
    origins = origins_of(store, articles)
    return rendering_of_category(
        site, category, articles, origins, has_older=has_older, silent_since=silent_since
    )


def mark_stale(mill: Mill) -> None:
    """Make due what has no documents, or documents of another version of the renderer."""
    stale = mill.store.documents.stale(RENDER_VERSION)
    if stale:
        mill.store.documents.touch(stale, mill.store.now())


def _cards(store: Store) -> list[CategoryCard]:
    """Every category, the one with the newest article first; the first ones with more than that article."""
    categories = store.categories.all()
    slugs = [category.slug for category in categories]
    sizes, newest = store.categories.sizes(slugs), store.articles.newest_of(slugs, 1)
    slugs.sort(key=lambda slug: _activity(slug, newest[slug]))
    newest |= store.articles.newest_of(slugs[:CARDS], CARD_ARTICLES)
    by_slug = {category.slug: category for category in categories}
    return [
        CategoryCard(category=by_slug[slug], count=sizes[slug], articles=tuple(newest[slug]))
        for slug in slugs
    ]


def _activity(slug: str, newest: Sequence[Article]) -> tuple[int, str]:
    return (-newest[0].sort_key if newest else 0, slug)


def _later(one: Draft, before: Document | None) -> Draft:
    """A document that changed is newer than it was, also when what came was dated before that."""
    if before is None or one.last_modified > before.last_modified:
        return one
    return one._replace(last_modified=before.last_modified + timedelta(seconds=1))


def _etag(document: Document | None) -> str | None:
    return document.etag if document else None
