"""OPML 2.0: every category's feed in one list, to be imported by a reader."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import format_datetime

from lxml import etree

from feeds.render.channel import CategoryCard, Channel, channel_of
from feeds.told import Site


def opml(site: Site, channel: Channel, cards: Sequence[CategoryCard]) -> bytes:
    """The subscription list of all categories, in the order of ``cards``.

    ``channel`` is the head of everything: it gives the list its title and date.
    """
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = channel.title
    etree.SubElement(head, "dateModified").text = format_datetime(channel.updated)
    etree.SubElement(head, "docs").text = "http://opml.org/spec2.opml"
    body = etree.SubElement(root, "body")
    for card in cards:
        etree.SubElement(body, "outline", _outline(channel_of(site, card.category, card.articles)))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


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
