"""The index of all categories, for programs: what there is, where, how much, how new."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from feeds.render.addresses import OPML, absolute
from feeds.render.channel import CategoryCard, channel_of, channel_of_all
from feeds.render.document import Draft, draft
from feeds.told import Site

INDEX: Final = "index"
"""Its name among the documents of everything."""
MEDIA_TYPE: Final = "application/json; charset=utf-8"

Json = dict[str, object]


def render_index(site: Site, cards: Sequence[CategoryCard]) -> Draft:
    """The index as JSON; ``cards`` as for the home page, their newest article first."""
    newest = [card.articles[0] for card in cards if card.articles]
    channel = channel_of_all(site, cards, newest)
    told: Json = {
        "version": 1,
        "title": channel.title,
        "home_page_url": channel.page,
        "opml_url": absolute(site, OPML),
        "categories": [_category(site, card) for card in cards],
    }
    content = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    return draft(content, media_type=MEDIA_TYPE, last_modified=channel.updated)


def _category(site: Site, card: CategoryCard) -> Json:
    channel = channel_of(site, card.category, card.articles[:1])
    told: Json = {
        "slug": card.category.slug,
        "title": channel.title,
        "description": channel.description,
        "language": channel.language,
        "home_page_url": channel.page,
        "feeds": {"rss": channel.rss, "atom": channel.atom, "json": channel.json},
        "count": card.count,
        "updated": channel.updated.isoformat(),
    }
    return told | ({"newest": card.articles[0].published.isoformat()} if card.articles else {})
