"""posts: Jekyll posts in, through the same parse step as any source's payload; and out again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from feeds.fetch.folder import posts_at, read_posts
from feeds.model import Feed, Received, Stage, Validators
from feeds.packing import opened
from feeds.pipeline.gathering import gather, plan_of
from feeds.pipeline.mill import Mill
from feeds.pipeline.publish import publish
from feeds.pipeline.roll import roll_of
from feeds.render.posts import category_page, post
from feeds.store.keys import ALL
from feeds.store.plan import Finish
from feeds.store.store import Store
from feeds.told import CategoryRule, Kind, Site, Source

_BATCH = 200


class Imported(NamedTuple):
    """How many posts were read, and how many articles were new or changed."""

    read: int
    changed: int
    warnings: tuple[str, ...]


def import_posts(mill: Mill, paths: Sequence[Path], *, ids: str) -> Imported:
    """Store the posts of folders and files; their identities are shared with sources of ``ids``.

    Raises SourceError when a path is not there. The site's address is taken from the posts' own
    footers unless a catalogue has set one.
    """
    files = [file for path in paths for file in posts_at(path)]
    source = Source(
        id="posts-import",
        kind=Kind.POSTS,
        url="file:///posts-import",
        category=CategoryRule(field="category", spelling="as-is"),
        ids=ids,
    )
    read = changed = 0
    warnings: list[str] = []
    for start in range(0, len(files), _BATCH):
        part = files[start : start + _BATCH]
        received = read_posts(part, source.url, Validators(), now=mill.store.now())
        if isinstance(received, Received):
            feed = mill.intake.parser(source, opened(received))
            _name_site(mill.store, feed)
            changed += _store(mill, source, feed)
            read += len(feed.entries)
            warnings += feed.warnings
    return Imported(read, changed, tuple(warnings))


def _name_site(store: Store, feed: Feed) -> None:
    if feed.url:
        language = feed.language or "en"
        # The seed's site wrote its first posts without an offset, and meant its own time.
        timezone = "Asia/Shanghai" if language == "zh-CN" else "UTC"
        store.categories.name_site(Site(url=feed.url.rstrip("/"), language=language, timezone=timezone))


def _store(mill: Mill, source: Source, feed: Feed) -> int:
    """The parse step's own end, under a claim granted for it; what it claims is published at once."""
    site = mill.store.categories.site() or Site()
    roll = roll_of(feed, source, site, now=mill.store.now())
    while True:
        now = mill.store.now()
        hint = mill.store.claims.grant(Stage.PARSE, source.id, now)
        brought = gather(mill, roll, source, site, now=now)
        plan = plan_of(mill, hint, source, brought, now=now)
        finished = mill.store.finish(plan)
        if finished.status is Finish.DONE:
            for claimed in finished.hints.get(Stage.PUBLISH, []):
                publish(mill, claimed)
            return len(brought.writes)


def export_posts(store: Store, folder: Path) -> int:
    """Write every article as ``_posts/….md`` and every category as ``category/<slug>.html``."""
    site = store.categories.site() or Site()
    categories = {category.slug: category for category in store.categories.all()}
    names: set[str] = set()
    for article in store.articles.every(ALL):
        slug = article.slugs[0]
        # A slug that is another category's alias now still has its own category behind it.
        category = categories.get(slug) or store.categories.read(slug)
        if category is not None:
            name, content = post(site, article, category)
            if name in names:  # two categories may have pages of one name on one day
                name = f"{name.removesuffix('.md')}-{article.id[:8]}.md"
            names.add(name)
            _write(folder / "_posts" / name, content)
    for category in categories.values():
        name, content = category_page(category)
        _write(folder / name, content)
    return len(names)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
