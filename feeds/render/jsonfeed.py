"""JSON Feed 1.1, with what else we know of an article under ``_feedmill``."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from feeds.model import Enclosure
from feeds.render.channel import Channel
from feeds.render.item import Item

_VERSION = "https://jsonfeed.org/version/1.1"

Json = dict[str, object]


def json_feed(channel: Channel, items: Sequence[Item]) -> bytes:
    """The feed as JSON Feed 1.1, UTF-8, its keys always in the same order."""
    feed: Json = {
        "version": _VERSION,
        "title": channel.title,
        "home_page_url": channel.page,
        "feed_url": channel.json,
        "description": channel.description,
        "language": channel.language,
        "_feedmill": _age(channel),
        "items": [_item(item) for item in items],
    }
    return msgspec.json.encode(feed)


def _age(channel: Channel) -> Json:
    """How old the feed is, in dates, which stay the same while nothing happens."""
    age: Json = {"id": channel.id, "updated": channel.updated.isoformat()}
    if channel.silent_since:
        age["silent_since"] = channel.silent_since.isoformat(timespec="seconds")
    return age


def _item(item: Item) -> Json:
    fields: Json = {
        "id": item.id,
        "url": item.link,
        "title": item.title,
        **_body(item),
        "image": item.image,
        "date_published": item.published.isoformat(),
        "date_modified": item.updated.isoformat(),
        "authors": [{"name": name} for name in item.authors],
        "tags": list(item.tags),
        "language": item.language,
        "attachments": [_attachment(enclosure) for enclosure in item.enclosures],
        "_feedmill": _provenance(item),
    }
    return {key: value for key, value in fields.items() if value not in (None, [])}


def _body(item: Item) -> Json:
    """Content and summary; an item without content has its summary as text, since one must be."""
    body = {"content_html": item.content} if item.content else {"content_text": item.summary}
    return {**body, "summary": item.summary or None}


def _attachment(enclosure: Enclosure) -> Json:
    attachment: Json = {"url": enclosure.url, "mime_type": enclosure.media_type}
    if enclosure.length is not None:
        attachment["size_in_bytes"] = enclosure.length
    if enclosure.duration is not None:
        attachment["duration_in_seconds"] = enclosure.duration
    return attachment


def _provenance(item: Item) -> Json:
    """Where an item is from and how it came to be as it is; what is not known is left out."""
    known: Json = {
        "source": item.source_id,
        "source_title": item.origin.title if item.origin else None,
        "source_url": item.origin.url if item.origin else None,
        "medium": item.medium or None,
        "rights": item.rights or None,
        "episode": item.episode,
        "complete": item.complete,
    }
    return {key: value for key, value in known.items() if value is not None}
