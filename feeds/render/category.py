"""Articles in, documents out: all that is published of one category, and of everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from feeds.model import Article, Document
from feeds.render.channel import CategoryCard, Channel, channel_of, channel_of_all
from feeds.render.document import FORMATS, seal
from feeds.render.item import Item, items
from feeds.render.jsonfeed import json_feed
from feeds.render.opml import opml
from feeds.render.pages import category_page, home_page
from feeds.render.syndication import atom, rss
from feeds.told import Category, Site


def render_category(site: Site, category: Category, articles: Sequence[Article]) -> dict[str, Document]:
    """Every document of a category by format: rss, atom, json, html.

    ``articles`` come newest first. The same arguments give the same bytes.
    """
    channel = channel_of(site, category, articles)
    shown = items(site, articles)
    page = category_page(site, category, shown)
    return _sealed(channel, _feeds(channel, shown) | {"html": page})


def render_all(
    site: Site, categories: Sequence[CategoryCard], articles: Sequence[Article]
) -> dict[str, Document]:
    """The documents of everything by format: rss, atom, json, html (home page) and opml.

    ``categories`` are shown in the order given, ``articles`` come newest first.
    """
    channel = channel_of_all(site, categories, articles)
    pages = {"html": home_page(site, categories), "opml": opml(site, channel, categories)}
    return _sealed(channel, _feeds(channel, items(site, articles)) | pages)


def _feeds(channel: Channel, shown: Sequence[Item]) -> dict[str, bytes]:
    return {
        "rss": rss(channel, shown),
        "atom": atom(channel, shown),
        "json": json_feed(channel, shown),
    }


def _sealed(channel: Channel, contents: Mapping[str, bytes]) -> dict[str, Document]:
    return {
        name: seal(content, media_type=FORMATS[name], last_modified=channel.updated)
        for name, content in contents.items()
    }
