"""What an address where nothing is may have meant."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from feeds.render.addresses import category_path, feed_path
from feeds.render.channel import title_of_category
from feeds.render.missing import DeadEnd
from feeds.render.near import Names
from feeds.told import Category

_LONGEST_SLUG: Final = 100
_ARTICLE: Final = re.compile(r"/([^/]+)/\d{4}/\d{2}/\d{2}/[^/]+")
_FEED: Final = re.compile(r"/feeds/([^/]+)\.(rss|atom|json)")
_PLACES: Final = (
    (re.compile(r"/feeds/([^/]+?)(?:\.\w{1,5})?(?:/.*)?"), "rss"),
    (re.compile(r"/([^/]+)/feed/?"), "rss"),
    (re.compile(r"/category/([^/]+?)(?:\.html)?(?:/.*)?"), "html"),
    (re.compile(r"/([^/]+)(?:/.*)?"), "html"),
)
"""Where an address has the name of a category, and which form it asks for; the first that fits."""


class Wanted(NamedTuple):
    """A category by the name that an address has for it, empty if it has none, and the form."""

    name: str
    form: str


def dead_end(path: str, names: Names | None) -> DeadEnd:
    """Where to go from ``path``; without ``names`` it is not known which categories there are."""
    wanted, is_article = _wanted(path), _ARTICLE.fullmatch(path) is not None
    if names is None:
        is_slug = is_article and len(wanted.name) <= _LONGEST_SLUG
        return DeadEnd(path=path, form=wanted.form, category=(wanted.name, wanted.name) if is_slug else None)
    known = names.find(wanted.name) if is_article else None
    if known is not None:
        return DeadEnd(path=path, category=(known.slug, title_of_category(known)))
    # What was configured a moment ago is not published yet: that it may be meant leads nowhere.
    near = [each for each in names.near(wanted.name) if path != _address(each, wanted.form)]
    return DeadEnd(path=path, form=wanted.form, near=tuple(near))


def _address(category: Category, form: str) -> str:
    return category_path(category.slug) if form == "html" else feed_path(category.slug, form)


def _wanted(path: str) -> Wanted:
    if feed := _FEED.fullmatch(path):
        return Wanted(feed[1], feed[2])
    for place, form in _PLACES:
        if match := place.fullmatch(path):
            return Wanted(match[1], form)
    return Wanted("", "html")
