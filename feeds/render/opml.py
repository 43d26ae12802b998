"""OPML 2.0: every category's feed in one list, and the list of sources, to be imported by a reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import NamedTuple

from lxml import etree

from feeds.render.channel import CategoryCard, Channel, channel_of
from feeds.render.item import printable
from feeds.told import Site

_OURS = "urn:feedmill"
_SLUG = f"{{{_OURS}}}slug"
"""What OPML has no attribute for (OPML 2.0, "Extending OPML"); read by feeds/catalogue/subscriptions.py."""


class Subscription(NamedTuple):
    """A feed of somebody else's, as a reader subscribes to it."""

    title: str
    url: str


class Folder(NamedTuple):
    """Subscriptions under one heading; ``slug`` is kept for an import by feedmill."""

    slug: str
    title: str
    feeds: Sequence[Subscription]


def opml(site: Site, channel: Channel, cards: Sequence[CategoryCard]) -> bytes:
    """The subscription list of all categories, in the order of ``cards``.

    ``channel`` is the head of everything: it gives the list its title and date.
    """
    root, body = _list(channel.title, channel.updated)
    for card in cards:
        etree.SubElement(body, "outline", _outline(channel_of(site, card.category, card.articles)))
    return _written(root)


def subscription_list(
    title: str, updated: datetime, folders: Sequence[Folder], loose: Sequence[Subscription]
) -> bytes:
    """The sources as a list for other readers: a folder for each category, then those that are in none."""
    root, body = _list(title, updated, {"feedmill": _OURS})
    for folder in folders:
        name = printable(folder.title)
        heading = {"text": name, "title": name, _SLUG: printable(folder.slug)}
        outline = etree.SubElement(body, "outline", heading)
        for feed in folder.feeds:
            etree.SubElement(outline, "outline", _subscribed(feed))
    for feed in loose:
        etree.SubElement(body, "outline", _subscribed(feed))
    return _written(root, pretty=True)


def _list(
    title: str, updated: datetime, namespaces: Mapping[str, str] | None = None
) -> tuple[etree._Element, etree._Element]:
    """The root with its head, and the body that outlines go to."""
    root = etree.Element("opml", version="2.0", nsmap=dict(namespaces or {}))
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = printable(title)
    etree.SubElement(head, "dateModified").text = format_datetime(updated)
    etree.SubElement(head, "docs").text = "http://opml.org/spec2.opml"
    return root, etree.SubElement(root, "body")


def _written(root: etree._Element, *, pretty: bool = False) -> bytes:
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=pretty)


def _subscribed(feed: Subscription) -> dict[str, str]:
    title = printable(feed.title)
    return {"type": "rss", "text": title, "title": title, "xmlUrl": printable(feed.url)}


def _outline(channel: Channel) -> dict[str, str]:
    return {
        "type": "rss",
        "text": channel.title,
        "title": channel.title,
        "description": channel.description,
        "language": channel.language,
        "version": "RSS2",
        "xmlUrl": channel.rss,
        "htmlUrl": channel.page,
    }
