"""Articles in, documents out: all that is published of one category, and of everything."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from feeds.model import Article, Document, Stretch
from feeds.render.addresses import category_path, older_path
from feeds.render.channel import CategoryCard, Channel, channel_of, channel_of_all
from feeds.render.document import FORMATS, seal
from feeds.render.item import Item, items
from feeds.render.jsonfeed import json_feed
from feeds.render.opml import opml
from feeds.render.pages import Leaf, category_page, home_page
from feeds.render.syndication import atom, rss
from feeds.render.words import SPOKEN, spoken_for
from feeds.told import Category, Site


def render_category(
    site: Site, category: Category, articles: Sequence[Article], *, has_older: bool = False
) -> dict[str, Document]:
    """Every document of a category by format: rss, atom, json, html, and html in the other language.

    ``articles`` come newest first. The same arguments give the same bytes.
    """
    channel = channel_of(site, category, articles)
    shown = items(site, articles)
    leaf = _front_leaf(category, articles, has_older=has_older)
    page = partial(category_page, site, category, shown, leaf)
    return _sealed(channel, _feeds(channel, shown) | _spoken(page, channel.language))


def render_all(
    site: Site, categories: Sequence[CategoryCard], articles: Sequence[Article]
) -> dict[str, Document]:
    """The documents of everything by format: rss, atom, json, html (home page, in both languages), opml.

    ``categories`` are shown in the order given, ``articles`` come newest first.
    """
    channel = channel_of_all(site, categories, articles)
    pages = _spoken(partial(home_page, site, categories), channel.language)
    pages["opml"] = opml(site, channel, categories)
    return _sealed(channel, _feeds(channel, items(site, articles)) | pages)


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


def _front_leaf(category: Category, articles: Sequence[Article], *, has_older: bool) -> Leaf:
    """Where the newest articles of a category are, and where its older ones go on."""
    older = _path_after(category, articles[-1]) if articles and has_older else None
    return Leaf(path=category_path(category.slug), older=older)


def _path_after(category: Category, article: Article) -> str:
    return older_path(category.slug, article.sort_key, article.id)


def _spoken(page: Callable[..., bytes], language: str) -> dict[str, bytes]:
    """A page by format: ``html`` in the language of what it shows, ``html.<other>`` in each other one."""
    own = spoken_for(language)
    others = {f"html.{other}": page(interface=other) for other in SPOKEN if other != own}
    return {"html": page(interface=own), **others}


def _feeds(channel: Channel, shown: Sequence[Item]) -> dict[str, bytes]:
    return {
        "rss": rss(channel, shown),
        "atom": atom(channel, shown),
        "json": json_feed(channel, shown),
    }


def _sealed(channel: Channel, contents: Mapping[str, bytes]) -> dict[str, Document]:
    return {
        name: seal(content, media_type=FORMATS[name.partition(".")[0]], last_modified=channel.updated)
        for name, content in contents.items()
    }
