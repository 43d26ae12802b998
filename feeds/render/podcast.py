"""Podcasts: what RSS says in Apple's words of a feed and its episodes, and Media RSS of being explicit.

One of Apple's elements, in whatever item, makes the validator want three more of the channel: a category, a
word on what is explicit (MissingItunesElement) and an owner's e-mail address (MissingItunesEmail). Only who
runs the feed can say those, so there is none of them before that (``Podcast``).

feedgen's own extension writes "yes" and "no", for which validators want "true" and "false" by now, and
refuses pictures whose address has a query. Hence the ones here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from lxml import etree

from feeds.render.channel import Channel
from feeds.render.item import Item
from feeds.render.markup import as_text

NAMESPACE: Final = "http://www.itunes.com/dtds/podcast-1.0.dtd"
ATTRIBUTES: Final[Mapping[str, str]] = MappingProxyType({"category": "text", "image": "href"})
"""Elements that say what they say in an attribute."""

_OF_OWNER: Final = ("name", "email")
_RATING: Final = "{http://search.yahoo.com/mrss/}rating"
_LONGEST: Final = 255
_COVER: Final = re.compile(
    r"https?://(?:[a-z0-9-]+\.)+[a-z0-9][a-z0-9-]*(?::\d+)?/[^?#]*\.(?:jpe?g|png)(?:\?[^#]*)?", re.IGNORECASE
)
"""Addresses of pictures that Apple takes, on a host with a full name."""

Words = dict[str, str]
"""What Apple's elements say, by their names."""


def is_podcast(channel: Channel, items: Sequence[Item]) -> bool:
    """Whether a feed speaks Apple's words: who runs it said what they demand, and something can be played."""
    return channel.podcast is not None and any(item.recording for item in items)


def show_words(channel: Channel, items: Sequence[Item]) -> Words:
    """What is said of a whole feed; nothing if it is no podcast."""
    podcast = channel.podcast
    if podcast is None or not is_podcast(channel, items):
        return {}
    publisher = _short(channel.publisher)
    explicit = podcast.explicit or any(item.episode and item.episode.explicit for item in items)
    words = {
        "author": publisher,
        "name": publisher,
        "email": podcast.email,
        "category": podcast.category,
        "explicit": _truth(explicit),
        "type": "episodic",
    }
    return words | ({"image": podcast.image} if podcast.image else {})


def episode_words(item: Item) -> Words:
    """What is said of an item of a podcast; nothing if there is nothing to play."""
    recording, episode = item.recording, item.episode
    if recording is None:
        return {}
    words: dict[str, str | None] = {
        # Its authors stand in dc:creator: said twice, they are shown twice.
        "duration": clock(recording.duration) if recording.duration else None,
        "image": _cover(item),
    }
    if episode is not None:
        words |= {
            "explicit": None if episode.explicit is None else _truth(episode.explicit),
            "season": str(episode.season or ""),
            "episode": str(episode.number or ""),
            "episodeType": episode.kind,
        }
    return {name: text for name, text in words.items() if text}


def clock(seconds: float) -> str:
    """Seconds as a player shows them: ``7:05`` or ``1:02:03``; a second at least."""
    minutes, rest = divmod(max(1, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _short(text: str) -> str:
    told = as_text(text)
    return told if len(told) <= _LONGEST else f"{told[: _LONGEST - 1].rstrip()}…"


def _truth(value: bool) -> str:  # noqa: FBT001 (a word for it)
    return "true" if value else "false"


def _cover(item: Item) -> str | None:
    """The picture of an item, else that of the podcast it is from."""
    pictures = (item.image, item.origin and item.origin.image)
    return next((url for url in pictures if url and _COVER.fullmatch(url)), None)


# ── written by feedgen ──────────────────────────────────────────────────────────────────────────


def tell_podcast(feed: Any, channel: Channel, items: Sequence[Item]) -> None:
    """Have feedgen's ``feed`` say in RSS what is said of it and its ``items``, whose entries it has."""
    tell_ratings(feed, items)
    if not is_podcast(channel, items):
        return
    for entry, item in zip(feed.entry(), items, strict=True):
        entry.register_extension("itunes", partial(_Spoken, episode_words(item)), atom=False)
    feed.register_extension("itunes", partial(_Show, show_words(channel, items)), atom=False)


def tell_ratings(feed: Any, items: Sequence[Item]) -> None:
    """The same of being explicit, in Media RSS, which both formats have."""
    for entry, item in zip(feed.entry(), items, strict=True):
        if item.episode is not None and item.episode.explicit is not None:
            entry.register_extension("rating", partial(_Rating, item.episode.explicit))


class _Spoken:
    """An extension of feedgen: Apple's elements in an item."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def extend_rss(self, item: etree._Element) -> None:
        _add(item, self._words)


class _Show(_Spoken):
    """And in the channel."""

    def extend_ns(self) -> Mapping[str, str]:
        return {"itunes": NAMESPACE}

    def extend_rss(self, rss: etree._Element) -> None:
        _add(rss[0], self._words)


class _Rating:
    """An extension of feedgen: whether an entry is for adults."""

    def __init__(self, explicit: bool) -> None:  # noqa: FBT001
        self._said = "adult" if explicit else "nonadult"

    def extend_rss(self, entry: etree._Element) -> None:
        etree.SubElement(entry, _RATING, scheme="urn:simple").text = self._said

    extend_atom = extend_rss


def _add(parent: etree._Element, words: Words) -> None:
    owner = etree.SubElement(parent, f"{{{NAMESPACE}}}owner") if words.keys() & _OF_OWNER else parent
    for name, text in words.items():
        element = etree.SubElement(owner if name in _OF_OWNER else parent, f"{{{NAMESPACE}}}{name}")
        if name in ATTRIBUTES:
            element.set(ATTRIBUTES[name], text)
        else:
            element.text = text
