"""What is said of an address where nothing is: to programs here, to people by a page of pages.py."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from feeds.render.addresses import INDEX, absolute, category_path, feed_path
from feeds.render.channel import title_of_category
from feeds.render.words import words_for
from feeds.told import Category, Site

PROBLEM_TYPE: Final = "application/problem+json"
TEXT_TYPE: Final = "text/plain; charset=utf-8"

_LONGEST: Final = 120
"""Characters of an address or a title that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadEnd:
    """An address where nothing is, and where to go from there.

    ``form`` is what was wanted there: rss, atom, json, or html. ``category`` is the slug and the title of the
    one whose article it seems to be, ``near`` are those that may be meant.
    """

    path: str = ""
    form: str = "html"
    category: tuple[str, str] | None = None
    near: tuple[Category, ...] = ()

    @property
    def is_feed(self) -> bool:
        """Whether a feed was wanted."""
        return self.form != "html"

    @property
    def shown(self) -> str:
        """The path as far as it may be shown: anybody can write anything there."""
        return _line(self.path)


def missing_text(site: Site, end: DeadEnd, *, interface: str | None = None) -> str:
    """What a program is told, and whoever reads its log: a few lines with the addresses of near feeds."""
    words = words_for(interface or site.language)
    near = [f"{_line(title_of_category(each))}: {_feed(site, end, each)}" for each in end.near]
    lines = [words.missing_feed.format(end.shown), ""]
    lines += [words.near, *near, ""] if near else []
    return "\n".join([*lines, f"{words.all_feeds} {absolute(site, INDEX)}", ""])


def missing_problem(site: Site, end: DeadEnd, *, interface: str | None = None) -> bytes:
    """The same as JSON (RFC 9457), with the names of ``/feeds/index.json`` and JSON Feed."""
    told = {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": words_for(interface or site.language).missing_feed.format(end.shown),
        "near": [
            {
                "slug": each.slug,
                "title": title_of_category(each),
                "home_page_url": absolute(site, category_path(each.slug)),
                "feed_url": _feed(site, end, each),
            }
            for each in end.near
        ],
        "index_url": absolute(site, INDEX),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _feed(site: Site, end: DeadEnd, category: Category) -> str:
    return absolute(site, feed_path(category.slug, end.form))


def _line(text: str) -> str:
    """The beginning of ``text`` on one line, without what is not seen or turns other letters about."""
    shown = "".join(each for each in text[:_LONGEST] if each.isprintable())
    return shown if len(text) <= _LONGEST else f"{shown}…"
