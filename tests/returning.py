"""Our own feeds, taken in again: the articles that come of them are those that went in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Final

from msgspec.structs import replace

from feeds.model import Article, Enclosure
from feeds.normalize.article import normalize
from feeds.normalize.html import text_of
from feeds.normalize.text import summarize
from feeds.parse.source import parse
from feeds.render.category import told_apart
from feeds.render.channel import Channel
from feeds.render.document import FORMATS
from feeds.render.item import Item
from feeds.render.languages import listed
from feeds.render.markup import for_readers
from feeds.render.syndication import half_hours
from tests import make


def taken_in_again(name: str, document: bytes, channel: Channel) -> list[Article]:
    """The articles of one of our feeds, as another feedmill has them that polls it."""
    media_type = FORMATS[name].partition(";")[0]
    feed = parse(make.source(), make.payload(document, media_type=media_type, url=getattr(channel, name)))
    assert feed.warnings == ()
    return [
        normalize(entry, make.source(), make.site(), slug="news", seen_at=make.SEEN_AT, position=position)
        for position, entry in enumerate(feed.entries)
    ]


def unlike(name: str, channel: Channel, items: Sequence[Item], again: Sequence[Article]) -> Iterator[str]:
    """Where articles that came of the feed ``name`` are otherwise than ``items``, of which it was made."""
    if len(again) != len(items):
        yield f"{name}: {len(again)} articles of {len(items)} items"
    for item, article in zip(told_apart(items) if name == "atom" else items, again, strict=False):
        for field, meant in EXPECTED.items():
            wanted, found = meant(name, channel, item), getattr(article, field)
            if wanted != found:
                yield f"{name} {item.id}: {field} {wanted!r} comes back as {found!r}"


# ── what comes back ─────────────────────────────────────────────────────────────────────────────


def _link(name: str, channel: Channel, item: Item) -> str:
    """An empty query gets lost where an address is resolved (urllib)."""
    return item.link.removesuffix("?")


def _content(name: str, channel: Channel, item: Item) -> str:
    """Byte for byte, but for space around it. Where there is none, the summary, in Atom the title."""
    if item.content:
        return item.content if name == "json" else for_readers(item.content).strip()
    words = item.summary or (item.title if name == "atom" else "")
    return f"<p>{escape(words, quote=False)}</p>" if words else ""


def _summary(name: str, channel: Channel, item: Item) -> str:
    """Where there is none, one is made."""
    return item.summary or summarize(text_of(_content(name, channel, item)))


def _rights(name: str, channel: Channel, item: Item) -> str | None:
    """JSON Feed has no place for them but ``_feedmill``, which only we know."""
    return None if name == "json" else item.rights or None


def _authors(name: str, channel: Channel, item: Item) -> tuple[str, ...]:
    """An entry of Atom without an author has that of its feed (RFC 4287 §4.2.1)."""
    return item.authors or ((channel.publisher,) if name == "atom" else ())


def _language(name: str, channel: Channel, item: Item) -> str | None:
    """What says no language is in that of its feed."""
    return (item.language if name == "json" else listed(item.language)) or channel.language


def _enclosures(name: str, channel: Channel, item: Item) -> tuple[Enclosure, ...]:
    """Media RSS has whole seconds."""
    return item.enclosures if name == "json" else tuple(map(_in_seconds, item.enclosures))


def _in_seconds(file: Enclosure) -> Enclosure:
    return replace(file, duration=float(max(1, round(file.duration)))) if file.duration else file


def _published(name: str, channel: Channel, item: Item) -> object:
    """RSS has whole seconds."""
    return half_hours(item.published).replace(microsecond=0) if name == "rss" else item.published


def _updated(name: str, channel: Channel, item: Item) -> object:
    """RSS has no date of the last change."""
    return _published(name, channel, item) if name == "rss" else item.updated


EXPECTED: Final[Mapping[str, Callable[[str, Channel, Item], object]]] = {
    "guid": lambda name, channel, item: item.id,
    "url": _link,
    "title": lambda name, channel, item: item.title,
    "content": _content,
    "summary": _summary,
    "authors": _authors,
    "tags": lambda name, channel, item: item.tags,
    "language": _language,
    "enclosures": _enclosures,
    "image": lambda name, channel, item: item.image,
    "rights": _rights,
    "published": _published,
    "updated": _updated,
}
"""What each field is of an article that came of a feed. Its medium is what its text names, as in any feed."""
