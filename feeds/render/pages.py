"""The pages people read, from the templates beside this module. All they load is in assets.py.

A page speaks the language of what it shows, or the ``interface`` that is asked for; what it shows
keeps its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from feeds.model import Article
from feeds.render.addresses import (
    ALL,
    HOME,
    OPML,
    SEARCH,
    absolute,
    category_path,
    feed_path,
    local,
)
from feeds.render.assets import ASSETS, Asset
from feeds.render.channel import CARDS, CategoryCard, title_of_category, title_of_site
from feeds.render.dates import by_day, iso, listed, stamp
from feeds.render.item import Item, item, items, printable, source_link
from feeds.render.missing import DeadEnd
from feeds.render.podcast import clock
from feeds.render.search import SEARCHED, SHOWN, Found
from feeds.render.words import spoken_for, words_for
from feeds.told import Category, Site
from feeds.urls import is_http

_SUMMARY_LENGTH = 140
_LOCALES: Final = {"en": "en_US", "zh": "zh_CN"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """Where a page of a category's list is, and the ones beside it, if any; paths, not yet encoded.

    ``silent_since`` is when a source of the category answered last, where that is too long ago.
    """

    path: str
    newer: str | None = None
    older: str | None = None
    silent_since: datetime | None = None


def home_page(
    site: Site,
    cards: Sequence[CategoryCard],
    *,
    silent_since: datetime | None = None,
    interface: str | None = None,
) -> bytes:
    """The home page: the first categories with their newest articles and their feeds, the others by name."""
    shown = [(card, items(site, card.articles)) for card in cards[:CARDS]]
    return _page(
        site, "home.html", interface, cards=shown, others=cards[CARDS:], silent_since=silent_since, path=HOME
    )


def category_page(
    site: Site,
    category: Category,
    shown: Sequence[Item],
    leaf: Leaf | None = None,
    *,
    interface: str | None = None,
) -> bytes:
    """A category's page: its articles day by day, newest first as they come."""
    leaf = leaf or Leaf(path=category_path(category.slug))
    return _page(
        site,
        "category.html",
        interface,
        category=category,
        days=tuple(by_day(ZoneInfo(site.timezone), shown)),
        updated=max((one.updated for one in shown), default=None),
        leaf=leaf,
        path=leaf.path,
        feeds_of=category.slug,
        feeds_title=title_of_category(category),
        language=category.language or site.language,
    )


def article_page(
    site: Site, category_titles: Mapping[str, str], article: Article, *, interface: str | None = None
) -> bytes:
    """An article whole, with the way back; ``category_titles`` are by slug, of its categories."""
    categories = [(slug, category_titles.get(slug) or slug) for slug in article.slugs]
    slug, title = categories[0] if categories else (ALL, title_of_site(site))
    return _page(
        site,
        "article.html",
        interface,
        item=item(site, article),
        article=article,
        # normalize has left only safe HTML in it.
        body=Markup(printable(article.content)),
        source=source_link(article),
        image=article.image if is_http(article.image or "") else None,
        categories=categories,
        path=article.path,
        feeds_of=slug,
        feeds_title=title,
    )


def search_page(site: Site, found: Found, *, interface: str | None = None) -> bytes:
    """What a search of titles found; the newest first."""
    return _page(site, "search.html", interface, found=found, asked=found.asked, path=SEARCH)


def not_found_page(site: Site, end: DeadEnd, *, gone: bool = False, interface: str | None = None) -> bytes:
    """What is shown where nothing is, or no longer: what may be meant, and the ways on."""
    return _page(site, "not_found.html", interface, end=end, gone=gone, path=None)


def _page(site: Site, template: str, interface: str | None, /, **values: object) -> bytes:
    content = str(values.pop("language", site.language))
    spoken = spoken_for(interface or content)
    language = content if _primary(content) == spoken else spoken
    text = _templates.get_template(template).render(
        {"feeds_of": ALL, "feeds_title": title_of_site(site), "asked": ""}
        | {
            "site": site,
            "site_title": title_of_site(site),
            "content_language": content,
            "language": language,
            "locale": _LOCALES[spoken],
            "words": words_for(spoken),
            "address": partial(local, site),
            "whole_address": partial(absolute, site),
            "asset": partial(_asset_address, site),
            "lang": partial(_lang, language),
            "listed": partial(listed, ZoneInfo(site.timezone)),
        }
        | values,
    )
    return printable(text).encode()


def _primary(language: str) -> str:
    return language.lower().partition("-")[0]


def _lang(around: str, language: str | None) -> Markup:
    """The attribute of text in ``language``, where that is not the language ``around`` it (WCAG 3.1.2)."""
    if not language or language == around:
        return Markup("")
    return Markup(f' lang="{escape(language)}"')  # escaped


def _asset_address(site: Site, name: str) -> str:
    asset: Asset = ASSETS[name]
    return f"{local(site, asset.path)}?v={asset.mark}"


def _shortened(text: str) -> str:
    """The beginning of a summary: a list shows two lines of it, no need to send more."""
    return text if len(text) <= _SUMMARY_LENGTH else f"{text[:_SUMMARY_LENGTH].rstrip()}…"


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("feeds.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"clock": clock, "iso": iso, "shortened": _shortened, "stamp": stamp}
    environment.globals |= {
        "category_path": category_path,
        "feed_path": feed_path,
        "title_of_category": title_of_category,
        "FEEDS": (("rss", "RSS"), ("atom", "Atom"), ("json", "JSON")),
        "ALL": ALL,
        "HOME": HOME,
        "OPML": OPML,
        "SEARCH": SEARCH,
        "SEARCHED": SEARCHED,
        "SHOWN": SHOWN,
    }
    return environment


_templates = _environment()
