"""Valid or not published: each feed is read back and compared with what it was made of.

It is read by other means than it was written by: lxml and the standard library's dates for XML, msgspec for
JSON. What differs is a flaw, and names the item and the field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from itertools import zip_longest
from types import MappingProxyType
from typing import Final, NamedTuple

import msgspec
from lxml import etree
from markupsafe import escape

from feeds.model import Episode
from feeds.render.channel import Channel
from feeds.render.item import Item
from feeds.render.markup import as_text
from feeds.render.podcast import ATTRIBUTES, NAMESPACE, Words, episode_words, is_podcast, show_words

_ATOM = "{http://www.w3.org/2005/Atom}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_APPLE = f"{{{NAMESPACE}}}"
_SHOWN = 60


class Read(NamedTuple):
    """An item as a reader sees it; what a format does not say is as it was given."""

    id: str
    title: str
    link: str
    published: datetime
    updated: datetime | None
    content: str
    episode: Words | Episode | None = None


class ReadHead(NamedTuple):
    """The head of a feed as a reader sees it."""

    title: str
    description: str
    page: str
    address: str
    podcast: Words | None = None


class _Feedmill(msgspec.Struct):
    episode: Episode | None = None


class _JsonItem(msgspec.Struct):
    id: str
    title: str
    url: str
    date_published: str
    date_modified: str
    feedmill: _Feedmill = msgspec.field(name="_feedmill")
    content_html: str | None = None
    content_text: str | None = None


class _JsonFeed(msgspec.Struct):
    version: str
    title: str
    description: str
    home_page_url: str
    feed_url: str
    items: list[_JsonItem]


_json = msgspec.json.Decoder(_JsonFeed)


def flaw_of(name: str, document: bytes, channel: Channel, items: Sequence[Item]) -> str | None:
    """What a reader of the feed ``document`` sees otherwise than it is; ``None`` where all is the same.

    ``name`` is its format: rss, atom or json.
    """
    reading = _FORMATS[name]
    try:
        head, entries = reading.read(document)
    except (etree.XMLSyntaxError, msgspec.MsgspecError, LookupError, TypeError, ValueError) as error:
        return f"cannot be read back: {error}"
    if head != reading.head(channel, items):
        return "its head reads back otherwise"
    if len(entries) != len(items):
        return f"{len(entries)} entries read back of {len(items)}"
    wanted = reading.items(channel, items)
    return next(filter(None, map(_difference, wanted, entries)), None)


def _difference(wanted: Read, found: Read) -> str | None:
    if wanted == found:
        return None
    pairs = zip_longest(Read._fields, wanted, found)
    field, said, read = next(each for each in pairs if each[1] != each[2])
    return f"{wanted.id}: its {field} {_short(said)} reads back as {_short(read)}"


def _short(value: object) -> str:
    text = str(value)
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


# ── what is expected ────────────────────────────────────────────────────────────────────────────


def _rss_items(channel: Channel, items: Sequence[Item]) -> Iterable[Read]:
    told = is_podcast(channel, items)
    return (_rss_item(item, episode_words(item) if told else {}) for item in items)


def _rss_item(item: Item, words: Words) -> Read:
    return Read(
        item.id,
        as_text(item.title),
        item.link,
        item.published.replace(microsecond=0),
        None,
        item.content or str(escape(item.summary)),
        words,
    )


def _atom_item(item: Item) -> Read:
    words = item.content or str(escape(item.summary or item.title))
    return Read(item.id, as_text(item.title), item.link, item.published, item.updated, words)


def _json_item(item: Item) -> Read:
    words = item.content or item.summary
    return Read(item.id, item.title, item.link, item.published, item.updated, words, item.episode)


def _rss_head(channel: Channel, items: Sequence[Item]) -> ReadHead:
    title, description = as_text(channel.title), as_text(channel.description)
    return ReadHead(title, description, channel.page, channel.rss, show_words(channel, items))


def _atom_head(channel: Channel, _: Sequence[Item]) -> ReadHead:
    return ReadHead(as_text(channel.title), as_text(channel.description), channel.page, channel.atom)


def _json_head(channel: Channel, _: Sequence[Item]) -> ReadHead:
    return ReadHead(channel.title, channel.description, channel.page, channel.json)


# ── what is found ───────────────────────────────────────────────────────────────────────────────


def _read_rss(document: bytes) -> tuple[ReadHead, list[Read]]:
    [channel] = _tree(document).iterchildren("channel")
    head = ReadHead(
        _text(channel, "title"),
        _text(channel, "description"),
        _text(channel, "link"),
        _links(channel)["self"],
        _podcast_words(channel),
    )
    return head, [_rss_entry(item) for item in channel.iterchildren("item")]


def _rss_entry(item: etree._Element) -> Read:
    content = item.findtext(_CONTENT)
    return Read(
        _text(item, "guid"),
        _text(item, "title"),
        _text(item, "link"),
        parsedate_to_datetime(_text(item, "pubDate")),
        None,
        item.findtext("description", "") if content is None else content,
        _podcast_words(item),
    )


def _podcast_words(parent: etree._Element) -> Words:
    """What Apple's elements within ``parent`` say by their names, its owner's too."""
    direct = list(parent.iterchildren(f"{_APPLE}*"))
    inner = (element for each in direct for element in each)
    spoken = ((etree.QName(element).localname, element) for element in (*direct, *inner) if not len(element))
    return {
        name: element.get(ATTRIBUTES[name], "") if name in ATTRIBUTES else element.text or ""
        for name, element in spoken
    }


def _read_atom(document: bytes) -> tuple[ReadHead, list[Read]]:
    feed = _tree(document)
    links = _links(feed)
    title, subtitle = _text(feed, f"{_ATOM}title"), _text(feed, f"{_ATOM}subtitle")
    head = ReadHead(title, subtitle, links["alternate"], links["self"])
    return head, [_atom_entry(entry) for entry in feed.iterchildren(f"{_ATOM}entry")]


def _atom_entry(entry: etree._Element) -> Read:
    content = entry.findtext(f"{_ATOM}content")
    return Read(
        _text(entry, f"{_ATOM}id"),
        _text(entry, f"{_ATOM}title"),
        _links(entry)["alternate"],
        datetime.fromisoformat(_text(entry, f"{_ATOM}published")),
        datetime.fromisoformat(_text(entry, f"{_ATOM}updated")),
        entry.findtext(f"{_ATOM}summary", "") if content is None else content,
    )


def _read_json(document: bytes) -> tuple[ReadHead, list[Read]]:
    feed = _json.decode(document)
    head = ReadHead(feed.title, feed.description, feed.home_page_url, feed.feed_url)
    return head, [_json_entry(item) for item in feed.items]


def _json_entry(item: _JsonItem) -> Read:
    return Read(
        item.id,
        item.title,
        item.url,
        datetime.fromisoformat(item.date_published),
        datetime.fromisoformat(item.date_modified),
        item.content_text or "" if item.content_html is None else item.content_html,
        item.feedmill.episode,
    )


def _tree(document: bytes) -> etree._Element:
    return etree.fromstring(document, etree.XMLParser(resolve_entities=False, huge_tree=True))


def _links(parent: etree._Element) -> dict[str, str]:
    """The addresses of Atom links by what they are to ``parent``: no rel means alternate."""
    links = parent.iterchildren(f"{_ATOM}link")
    return {link.get("rel", "alternate"): link.get("href", "") for link in links}


def _text(parent: etree._Element, name: str) -> str:
    """The text of the only child of that name."""
    [child] = parent.iterchildren(name)
    return child.text or ""


class _Format(NamedTuple):
    read: Callable[[bytes], tuple[ReadHead, list[Read]]]
    head: Callable[[Channel, Sequence[Item]], ReadHead]
    items: Callable[[Channel, Sequence[Item]], Iterable[Read]]


_FORMATS: Final[Mapping[str, _Format]] = MappingProxyType(
    {
        "rss": _Format(_read_rss, _rss_head, _rss_items),
        "atom": _Format(_read_atom, _atom_head, lambda _, items: map(_atom_item, items)),
        "json": _Format(_read_json, _json_head, lambda _, items: map(_json_item, items)),
    }
)
