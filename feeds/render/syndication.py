"""RSS 2.0 and Atom 1.0, written by feedgen.

What has to be known of feedgen: it dates feeds and entries *now* unless told otherwise, puts each
new entry first, takes the last link of a feed as RSS's, and writes the links of an Atom entry without
their rel, type and length: an enclosure among them would be an alternate. Its source of an Atom entry
has no id. Hence ``_Rest``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from feedgen.feed import FeedGenerator  # type: ignore[import-untyped]
from lxml import etree
from markupsafe import escape

from feeds.model import Enclosure
from feeds.render.channel import Channel
from feeds.render.item import Item, Origin
from feeds.render.languages import listed
from feeds.render.markup import as_text, spelled_out
from feeds.render.podcast import tell_podcast, tell_ratings

_ENCLOSED: Final = re.compile(r"https?://(?:[a-z0-9-]+\.)+[a-z0-9][a-z0-9-]*(?::\d+)?(?:/|$)")
"""Addresses that readers take as RSS's enclosure: of a host with a full name, and nobody's password."""
_MEDIUMS: Final = ("image", "audio", "video")


def rss(channel: Channel, items: Sequence[Item]) -> bytes:
    """The feed as RSS 2.0 with content:encoded, atom:link rel="self", Dublin Core and Media RSS."""
    feed = _feed(channel, channel.rss, "application/rss+xml")
    feed.lastBuildDate(half_hours(channel.updated))
    for item in items:
        entry = _entry(feed, item)
        entry.published(half_hours(item.published))
        entry.guid(item.id, permalink=False)
        if item.authors:
            entry.dc.dc_creator(list(item.authors))
        if contributors := contributors_of(item):
            entry.dc.dc_contributor(list(contributors))
        if item.rights:
            entry.dc.dc_rights(as_text(item.rights))
        if item.origin:
            entry.source(url=item.origin.url, title=as_text(item.origin.title))
        # RSS has one enclosure an item (RSS Advisory Board's profile).
        enclosure = item.main_file
        if enclosure and _ENCLOSED.match(enclosure.url):
            entry.enclosure(enclosure.url, _length(enclosure), enclosure.media_type)
    tell_podcast(feed, channel, items)
    return spelled_out(bytes(feed.rss_str()))


def atom(channel: Channel, items: Sequence[Item]) -> bytes:
    """The feed as Atom 1.0 (RFC 4287) with Media RSS."""
    feed = _feed(channel, channel.atom, "application/atom+xml")
    feed.updated(channel.updated)
    for item in items:
        entry = _entry(feed, item)
        entry.published(item.published)
        entry.id(item.id)
        entry.author([{"name": as_text(name)} for name in item.authors])
        if contributors := contributors_of(item):
            entry.contributor([{"name": as_text(name)} for name in contributors])
        if item.rights:
            entry.rights(as_text(item.rights))
        if not (item.summary or item.content):
            entry.summary(str(escape(item.title)), type="html")  # an entry shall have words of its own
        entry.register_extension("rest", _Rest, rss=False)
        entry.rest.item = item
    tell_ratings(feed, items)
    return spelled_out(bytes(feed.atom_str()))


def contributors_of(item: Item) -> tuple[str, ...]:
    """Who else is behind an article: the medium it was taken from."""
    return (item.medium,) if item.medium and item.medium not in item.authors else ()


def half_hours(moment: datetime) -> datetime:
    """``moment`` with an offset that all readers of RSS know: UTC unless it is of whole or half hours."""
    offset = moment.utcoffset()
    return moment if offset is not None and offset.total_seconds() % 1800 == 0 else moment.astimezone(UTC)


@lru_cache(maxsize=1024)
def source_id(origin: Origin) -> str:
    """The Atom id of a feed that an article is from: made of its address, since its own is not known."""
    return uuid5(NAMESPACE_URL, origin.url).urn


def _feed(channel: Channel, address: str, media_type: str) -> Any:
    feed = FeedGenerator()
    feed.load_extension("dc")
    feed.load_extension("media")
    feed.id(channel.id)
    feed.title(as_text(channel.title))
    feed.description(as_text(channel.description))
    feed.language(listed(channel.language) or "und")
    feed.generator("feedmill")
    # Entries without an author of their own inherit this one (RFC 4287 §4.1.1 demands one).
    feed.author({"name": as_text(channel.publisher)})
    feed.link(
        [
            {"href": address, "rel": "self", "type": media_type},
            {"href": channel.page, "rel": "alternate", "type": "text/html"},
        ]
    )
    return feed


def _entry(feed: Any, item: Item) -> Any:
    entry = feed.add_entry(order="append")
    entry.title(as_text(item.title))
    entry.link(href=item.link, rel="alternate")
    entry.updated(item.updated)
    if item.summary:
        # Escaped, since RSS readers take a description for HTML; Atom is told so.
        entry.summary(str(escape(item.summary)), type="html")
    if item.content:
        entry.content(item.content, type="html")
    entry.category([{"term": as_text(tag)} for tag in item.tags])
    if item.language:
        entry.dc.dc_language(item.language)
    if item.enclosures:
        entry.media.content([_media(enclosure) for enclosure in item.enclosures])
    if item.image:
        entry.media.thumbnail({"url": item.image, "group": None})
    return entry


def _media(enclosure: Enclosure) -> Mapping[str, str | None]:
    """A media file in the words of Media RSS; in no group, which would be of one film in several forms."""
    medium = enclosure.media_type.partition("/")[0]
    return {
        "url": enclosure.url,
        "fileSize": str(enclosure.length) if enclosure.length else None,
        "type": enclosure.media_type,
        "medium": medium if medium in _MEDIUMS else None,
        "duration": str(max(1, round(enclosure.duration))) if enclosure.duration else None,
        "group": None,
    }


def _length(enclosure: Enclosure) -> str:
    """Bytes as RSS writes them: zero when unknown, since the attribute is required."""
    return "0" if enclosure.length is None else str(enclosure.length)


class _Rest:
    """An extension of feedgen: the media files of an Atom entry as links, and its source (RFC 4287 §4.2)."""

    item: Item

    def extend_atom(self, entry: etree._Element) -> None:
        for file in self.item.enclosures:
            link = etree.SubElement(entry, "link", rel="enclosure", href=file.url, type=file.media_type)
            if file.length is not None:
                link.set("length", str(file.length))
        if self.item.origin is not None:
            self._add_source(entry, self.item.origin)

    def _add_source(self, entry: etree._Element, origin: Origin) -> None:
        source = etree.SubElement(entry, "source")
        etree.SubElement(source, "id").text = source_id(origin)
        etree.SubElement(source, "title").text = as_text(origin.title)
        etree.SubElement(source, "updated").text = self.item.updated.isoformat()
        etree.SubElement(source, "link", rel="self", href=origin.url)
