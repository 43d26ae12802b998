"""RSS 2.0 and Atom 1.0, written by feedgen.

What has to be known of feedgen: it dates feeds and entries *now* unless told otherwise, puts each
new entry first, takes the last link of a feed as RSS's, and writes the links of an Atom entry without
their rel, type and length: an enclosure among them would be an alternate. Hence ``_Enclosures``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from feedgen.feed import FeedGenerator  # type: ignore[import-untyped]
from lxml import etree
from markupsafe import escape

from feeds.model import Enclosure
from feeds.render.channel import Channel
from feeds.render.item import Item


def rss(channel: Channel, items: Sequence[Item]) -> bytes:
    """The feed as RSS 2.0 with content:encoded, dc:creator and dc:language."""
    feed = _feed(channel, channel.rss, "application/rss+xml")
    feed.lastBuildDate(channel.updated)
    for item in items:
        entry = _entry(feed, item)
        entry.guid(item.id, permalink=False)
        if item.authors:
            entry.dc.dc_creator(list(item.authors))
        # RSS has one enclosure an item (RSS Advisory Board's profile): the first is the main one.
        for enclosure in item.enclosures[:1]:
            entry.enclosure(enclosure.url, _length(enclosure), enclosure.media_type)
    return bytes(feed.rss_str())


def atom(channel: Channel, items: Sequence[Item]) -> bytes:
    """The feed as Atom 1.0 (RFC 4287)."""
    feed = _feed(channel, channel.atom, "application/atom+xml")
    feed.updated(channel.updated)
    for item in items:
        entry = _entry(feed, item)
        entry.id(item.id)
        entry.author([{"name": name} for name in item.authors])
        entry.register_extension("enclosures", _Enclosures, rss=False)
        entry.enclosures.files = item.enclosures
    return bytes(feed.atom_str())


def _feed(channel: Channel, address: str, media_type: str) -> Any:
    feed = FeedGenerator()
    feed.load_extension("dc")
    feed.id(channel.id)
    feed.title(channel.title)
    feed.description(channel.description)
    feed.language(channel.language)
    feed.generator("feedmill")
    # Entries without an author of their own inherit this one (RFC 4287 §4.1.1 demands one).
    feed.author({"name": channel.publisher})
    feed.link(
        [
            {"href": address, "rel": "self", "type": media_type},
            {"href": channel.page, "rel": "alternate", "type": "text/html"},
        ]
    )
    return feed


def _entry(feed: Any, item: Item) -> Any:
    entry = feed.add_entry(order="append")
    entry.title(item.title)
    entry.link(href=item.link, rel="alternate")
    entry.published(item.published)
    entry.updated(item.updated)
    if item.summary:
        # Escaped, since RSS readers take a description for HTML; Atom is told so.
        entry.summary(str(escape(item.summary)), type="html")
    if item.content:
        entry.content(item.content, type="html")
    entry.category([{"term": tag} for tag in item.tags])
    if item.language:
        entry.dc.dc_language(item.language)
    return entry


def _length(enclosure: Enclosure) -> str:
    """Bytes as RSS writes them: zero when unknown, since the attribute is required."""
    return "0" if enclosure.length is None else str(enclosure.length)


class _Enclosures:
    """An extension of feedgen: the media files of an Atom entry as links (RFC 4287 §4.2.7)."""

    files: tuple[Enclosure, ...] = ()

    def extend_atom(self, entry: etree._Element) -> None:
        for file in self.files:
            link = etree.SubElement(entry, "link", rel="enclosure", href=file.url, type=file.media_type)
            if file.length is not None:
                link.set("length", str(file.length))
