"""Articles in, documents out: all that is published of one category, and of everything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Final, NamedTuple

from msgspec import structs

from feeds.model import Article, Document, Stretch
from feeds.render.addresses import category_path, older_path
from feeds.render.channel import CategoryCard, Channel, channel_of, channel_of_all
from feeds.render.document import FORMATS, Draft, draft, zipped
from feeds.render.gate import flaw_of
from feeds.render.item import NOWHERE, Item, Origins, excerpt, items
from feeds.render.jsonfeed import json_feed
from feeds.render.languages import listed
from feeds.render.markup import for_readers
from feeds.render.opml import opml
from feeds.render.pages import Leaf, category_page, home_page
from feeds.render.syndication import atom, rss
from feeds.render.words import SPOKEN, spoken_for
from feeds.told import SUMMARY, Category, Site

WRITERS: Final[Mapping[str, Callable[[Channel, Sequence[Item]], bytes]]] = MappingProxyType(
    {"rss": rss, "atom": atom, "json": json_feed}
)
"""The feeds a category comes as, each with what writes it."""

_TICK: Final = timedelta(microseconds=1)


class Rendering(NamedTuple):
    """What may be published, by format, and a line for each thing that may not."""

    drafts: dict[str, Draft]
    warnings: tuple[str, ...] = ()

    @property
    def documents(self) -> dict[str, Document]:
        """The same, as served."""
        return {name: zipped(one) for name, one in self.drafts.items()}


def render_category(
    site: Site,
    category: Category,
    articles: Sequence[Article],
    origins: Origins = NOWHERE,
    *,
    has_older: bool = False,
) -> dict[str, Document]:
    """Every document of a category by format: rss, atom, json, html, and html in the other language.

    ``articles`` come newest first. The same arguments give the same bytes.
    """
    return rendering_of_category(site, category, articles, origins, has_older=has_older).documents


def render_all(
    site: Site,
    categories: Sequence[CategoryCard],
    articles: Sequence[Article],
    origins: Origins = NOWHERE,
) -> dict[str, Document]:
    """The documents of everything by format: rss, atom, json, html (home page, in both languages), opml.

    ``categories`` are shown in the order given, ``articles`` come newest first.
    """
    return rendering_of_all(site, categories, articles, origins).documents


def rendering_of_category(
    site: Site,
    category: Category,
    articles: Sequence[Article],
    origins: Origins = NOWHERE,
    *,
    has_older: bool = False,
    silent_since: datetime | None = None,
) -> Rendering:
    """The documents of a category that are sound (see :mod:`feeds.render.gate`), and what was not."""
    channel = replace(channel_of(site, category, articles), silent_since=silent_since)
    spoken = structs.replace(site, language=category.language or site.language)
    shown = items(spoken, articles, origins)
    told = map(_summarized, shown) if category.content == SUMMARY else shown
    feeds, warnings = sound_feeds(channel, _each_once(told))
    leaf = _front_leaf(category, articles, has_older=has_older, silent_since=silent_since)
    pages = _spoken(partial(category_page, site, category, shown, leaf), channel.language)
    return _drafted(channel, feeds | pages, warnings)


def rendering_of_all(
    site: Site,
    categories: Sequence[CategoryCard],
    articles: Sequence[Article],
    origins: Origins = NOWHERE,
    *,
    silent_since: datetime | None = None,
) -> Rendering:
    """The same for everything: an article whose categories all show summaries is summarized here too."""
    channel = replace(channel_of_all(site, categories, articles), silent_since=silent_since)
    short = {card.category.slug for card in categories if card.category.content == SUMMARY}
    shown = zip(articles, items(site, articles, origins), strict=True)
    told = [
        _summarized(one) if article.slugs and short.issuperset(article.slugs) else one
        for article, one in shown
    ]
    feeds, warnings = sound_feeds(channel, _each_once(told))
    pages = _spoken(partial(home_page, site, categories, silent_since=silent_since), channel.language)
    pages["opml"] = opml(site, channel, categories)
    return _drafted(channel, feeds | pages, warnings)


def older_page(site: Site, category: Category, stretch: Stretch, *, interface: str | None = None) -> bytes:
    """The page of some older articles of a category, with the ways to those before and after."""
    before, last = stretch.newer_after, stretch.articles[-1] if stretch.articles else None
    leaf = Leaf(
        path=older_path(category.slug, *stretch.after),
        newer=older_path(category.slug, before.sort_key, before.id)
        if before
        else category_path(category.slug),
        older=older_path(category.slug, last.sort_key, last.id) if last and stretch.has_older else None,
    )
    return category_page(site, category, items(site, stretch.articles), leaf, interface=interface)


def _front_leaf(
    category: Category, articles: Sequence[Article], *, has_older: bool, silent_since: datetime | None
) -> Leaf:
    """Where the newest articles of a category are, and where its older ones go on."""
    older = _path_after(category, articles[-1]) if articles and has_older else None
    return Leaf(path=category_path(category.slug), older=older, silent_since=silent_since)


def _path_after(category: Category, article: Article) -> str:
    return older_path(category.slug, article.sort_key, article.id)


def _spoken(page: Callable[..., bytes], language: str) -> dict[str, bytes]:
    """A page by format: ``html`` in the language of what it shows, ``html.<other>`` in each other one."""
    own = spoken_for(language)
    others = {f"html.{other}": page(interface=other) for other in SPOKEN if other != own}
    return {"html": page(interface=own), **others}


def sound_feeds(channel: Channel, shown: Sequence[Item]) -> tuple[dict[str, bytes], list[str]]:
    """The feeds that read back as what they were made of, and a line for each thing that did not.

    Items that no feed can hold are left out of all of them, unless that would be all there are.
    """
    feeds, flaws = _feeds(channel, shown)
    if not flaws:
        return feeds, []
    alone = {item.id: _feeds(channel, [item])[1] for item in shown}
    sound = [item for item in shown if not alone[item.id]]
    left_out: list[str] = []
    if 0 < len(sound) < len(shown):
        left_out = [f"left out {id_}: {next(iter(found.values()))}" for id_, found in alone.items() if found]
        feeds, flaws = _feeds(channel, sound)
    kept = [f"{name} stays as it was: {flaw}" for name, flaw in flaws.items()]
    return feeds, [*left_out, *kept]


def _feeds(channel: Channel, shown: Sequence[Item]) -> tuple[dict[str, bytes], dict[str, str]]:
    """The feeds that are sound, and the flaws of those that are not, by format."""
    feeds: dict[str, bytes] = {}
    flaws: dict[str, str] = {}
    narrowed = [_for_readers(item) for item in shown]
    forms = {"json": shown, "rss": narrowed, "atom": told_apart(narrowed)}
    for name, write in WRITERS.items():
        told = forms[name]
        try:
            document = write(channel, told)
        except (ValueError, OverflowError) as error:  # how feedgen and lxml refuse what they cannot write
            flaws[name] = f"cannot be written: {error}"
            continue
        flaw = flaw_of(name, document, channel, told)
        if flaw is None:
            feeds[name] = document
        else:
            flaws[name] = flaw
    return feeds, flaws


def _for_readers(item: Item) -> Item:
    content, language = for_readers(item.content), listed(item.language)
    if content == item.content and language == item.language:
        return item
    return replace(item, content=content, language=language)


def _summarized(item: Item) -> Item:
    return replace(item, content="", summary=excerpt(item))


def _each_once(shown: Iterable[Item]) -> list[Item]:
    return list({item.id: item for item in shown}.values())


def told_apart(shown: Sequence[Item]) -> list[Item]:
    """The items with each ``updated`` apart from others', which validators take for mistakes.

    A whole second gets a fraction that is of the id: the same one, whatever is beside it. Of two that are
    alike all the same the newer one moves on.
    """
    apart: dict[datetime, Item] = {}
    for item in reversed(shown):
        moment = item.updated
        if not moment.microsecond:
            moment = moment.replace(microsecond=1 + int(item.id[-12:], 16) % 999_999)
        while moment in apart:
            moment += _TICK
        apart[moment] = item if moment == item.updated else replace(item, updated=moment)
    return list(apart.values())[::-1]


def _drafted(channel: Channel, contents: Mapping[str, bytes], warnings: Sequence[str]) -> Rendering:
    drafts = {
        name: draft(content, media_type=FORMATS[name.partition(".")[0]], last_modified=channel.updated)
        for name, content in contents.items()
    }
    return Rendering(drafts, tuple(warnings))
