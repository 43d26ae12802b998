"""The pages people read, from the templates beside this module. No JavaScript, nothing to load."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from feeds.model import Article
from feeds.render.addresses import ALL, category_path, feed_path, local
from feeds.render.channel import CategoryCard, title_of_category, title_of_site
from feeds.render.item import Item, item, items, printable, source_link, whole_minutes
from feeds.render.words import words_for
from feeds.told import Category, Site

_SUMMARY_LENGTH = 140
_ARTICLE_PATH = re.compile(r"/([^/]+)/\d{4}/\d{2}/\d{2}/[^/]+")


def home_page(site: Site, cards: Sequence[CategoryCard]) -> bytes:
    """The home page: each category with its newest articles and its feeds."""
    shown = [(card, items(site, card.articles)) for card in cards]
    return _page(site, "home.html", cards=shown, feeds_of=ALL)


def category_page(site: Site, category: Category, shown: Sequence[Item]) -> bytes:
    """A category's page: its articles day by day, newest first as they come."""
    days = [(day, list(group)) for day, group in groupby(shown, key=lambda one: _day(one.published))]
    return _page(
        site,
        "category.html",
        category=category,
        days=days,
        feeds_of=category.slug,
        language=category.language or site.language,
    )


def article_page(site: Site, category_titles: Mapping[str, str], article: Article) -> bytes:
    """An article whole, with the way back; ``category_titles`` are by slug, of its categories."""
    categories = [(slug, category_titles.get(slug) or slug) for slug in article.slugs]
    return _page(
        site,
        "article.html",
        item=item(site, article),
        article=article,
        # normalize has left only safe HTML in it.
        body=Markup(printable(article.content)),
        source=source_link(article),
        categories=categories,
        feeds_of=article.slugs[0] if article.slugs else ALL,
    )


def not_found_page(site: Site, path: str, *, gone: bool = False) -> bytes:
    """What is shown where nothing is, or no longer; an article's path still leads to its category."""
    match = _ARTICLE_PATH.fullmatch(path)
    slug = match[1] if match else None
    return _page(site, "not_found.html", path=path, slug=slug, gone=gone, feeds_of=ALL)


def _page(site: Site, template: str, /, **values: object) -> bytes:
    language = str(values.pop("language", site.language))
    text = _templates.get_template(template).render(
        site=site,
        site_title=title_of_site(site),
        language=language,
        words=words_for(language),
        address=partial(local, site),
        **values,
    )
    return printable(text).encode()


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _stamp(moment: datetime) -> str:
    """``2022-03-17 00:48:28 +08:00``."""
    text = whole_minutes(moment).isoformat(sep=" ", timespec="seconds")
    return f"{text[:19]} {text[19:]}"


def _iso(moment: datetime) -> str:
    return whole_minutes(moment).isoformat(timespec="seconds")


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
    environment.filters |= {"stamp": _stamp, "iso": _iso, "shortened": _shortened}
    environment.globals |= {
        "category_path": category_path,
        "feed_path": feed_path,
        "title_of_category": title_of_category,
        "FEEDS": (("rss", "RSS"), ("atom", "Atom"), ("json", "JSON")),
    }
    return environment


_templates = _environment()
