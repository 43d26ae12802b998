"""Subscription lists: OPML, and what else listparser reads, from bytes to feeds with their folders (pure).

A list comes from anywhere, so its size, depth and number are bounded before listparser's own bookkeeping,
part of which grows with their square.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from io import BytesIO
from typing import Any

import msgspec
from listparser import Handler
from lxml import etree

from feeds.catalogue.problems import shown
from feeds.errors import ConfigError

MOST_BYTES = 16 * 1024 * 1024
MOST_OUTLINES = 50_000
DEEPEST = 100
SLUG = "feedmill:slug"
"""The attribute by which our own lists keep the slug of a folder; see feeds/render/opml.py."""

_LONGEST = 200
_LONGEST_URL = 2000
_MOST_FOLDERS = 100
_INSTEAD = {
    "opml": "a list without a single feed; name another",
    "rss": "a feed itself, no list of feeds; give its address to `feedmill check`",
    "feed": "a feed itself, no list of feeds; give its address to `feedmill check`",
    "html": "a web page, no list of feeds; name the OPML file that it leads to",
}
_FIRST_ELEMENT = re.compile(r"<(?:!doctype\s+)?(opml|rss|feed|html)\b", re.IGNORECASE)
_STRAY = re.compile(r"\bxmlurl\s*=\s*[\"']([^\"']+)[\"']", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_DECLARED = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_STRANGE = re.compile(r"idna|punycode|undefined|.*escape.*|utf[_-]?7|mbcs|oem")
"""Python's encodings that no list has, some of them slow."""

Folder = tuple[str, ...]
"""The names of a folder and of those around it, the outermost first; empty for none."""


class Subscription(msgspec.Struct, frozen=True):
    """A feed of the list: its address as it is written, and the folders it stands in, the first one first."""

    title: str
    url: str
    folders: tuple[Folder, ...]
    times: int = 1


class SubscriptionList(msgspec.Struct, frozen=True):
    """What a list holds; ``slugs`` of folders that say theirs; ``unread`` are outlines that are no feeds."""

    feeds: tuple[Subscription, ...]
    slugs: dict[Folder, str]
    unread: tuple[str, ...]


def read_subscriptions(content: bytes, name: str) -> SubscriptionList:
    """The feeds of a list called ``name``, each address once, in the list's order.

    Raises ConfigError, in one line, for what is no list, or is beyond the bounds of this module.
    """
    if len(content) > MOST_BYTES:
        raise ConfigError(f"{name}: over {MOST_BYTES >> 20} MiB; split the list")
    text = _text_of(content, name)
    reader = _Reader(name)
    if text.strip():
        parser = etree.HTMLParser(target=reader, recover=True, encoding="utf-8")
        try:
            etree.parse(BytesIO(text.encode()), parser)
        except (etree.LxmlError, IndexError) as error:  # IndexError: an end too many for listparser
            raise ConfigError(f"{name}: {_what(text)}; export the list again") from error
    found = SubscriptionList(tuple(reader.subscriptions()), reader.slugs, tuple(reader.unread))
    if not found.feeds and not found.unread:
        raise ConfigError(f"{name}: {_what(text)}")
    return found


class _Reader(Handler):  # type: ignore[misc]  # listparser makes this class by calling type()
    """listparser's own reader, which also counts, and says which outlines it takes nothing from."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.harvest: dict[str, Any] = {
            "feeds": [],
            "lists": [],
            "opportunities": [],
            "meta": {},
            "version": "",
        }
        self.slugs: dict[Folder, str] = {}
        self.unread: list[str] = []
        self._name = name
        self._pieces: list[str] = []
        self._elements = 0
        self._outlines = 0
        self._times: Counter[str] = Counter()

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        """Bound whatever the list is made of; listparser keeps all of a FOAF file's feeds in group_objs."""
        self._piece_together()
        self._elements += 1
        if max(self._elements, len(self.group_objs)) > 2 * MOST_OUTLINES:
            raise ConfigError(f"{self._name}: over {MOST_OUTLINES} outlines; split the list")
        if len(self.node_stack) > DEEPEST:
            raise ConfigError(f"{self._name}: folders nested deeper than {DEEPEST}; flatten the list")
        super().start(tag, attrs)

    def start_opml_outline(self, attrs: dict[str, str]) -> None:
        """One outline: a feed, a folder, or what is to be told of as neither."""
        self._outlines += 1
        if self._outlines > MOST_OUTLINES:
            raise ConfigError(f"{self._name}: over {MOST_OUTLINES} outlines; split the list")
        attrs = {key: value if key.endswith("url") else _tidy(value) for key, value in attrs.items()}
        address = attrs.get("xmlurl", "").strip()
        if any(self.hierarchy):
            attrs.pop("category", None)  # where it stands outweighs what it is tagged with
        if reason := _no_feed(attrs, address):
            self.unread.append(f"outline {self._outlines} {_named(attrs)}: {reason}")
            self.hierarchy.append("")
            return
        self._times[address] += bool(address)
        if address and len(self.found_urls.get(address, ((), {}))[1].get("categories", ())) > _MOST_FOLDERS:
            self.hierarchy.append("")
            return
        super().start_opml_outline(attrs)
        if SLUG in attrs and not address:
            self.slugs[_folder(self.hierarchy)] = attrs[SLUG]

    def end_opml_outline(self) -> None:
        """The end of an outline, also of one that was ended before."""
        if self.hierarchy:
            super().end_opml_outline()

    def end(self, tag: str) -> None:
        """The end of an element."""
        self._piece_together()
        super().end(tag)

    def data(self, data: str) -> None:
        """Text, which outlines have none of unless they broke off."""
        super().data(data)
        self._pieces.append(data)

    def _piece_together(self) -> None:
        """End an outline whose attributes broke off at a quote: the rest of them then came as text."""
        pieces, self._pieces = self._pieces, []
        stray = _STRAY.search("".join(pieces))
        if stray and self.node_stack and self.node_stack[-1].name == "outline":
            tag, title = self.node_stack[-1].tag, self.hierarchy[-1]
            super().end(tag)
            self.start(tag, {"text": title, "xmlurl": stray.group(1)})
            super().end(tag)

    def subscriptions(self) -> list[Subscription]:
        """The feeds that were read, cleaned of what no title or folder needs."""
        return [
            Subscription(
                title=_tidy(feed["title"]),
                url=feed["url"],
                folders=tuple(filter(None, map(_folder, feed.get("categories", [])))),
                times=self._times[feed["url"]] or 1,
            )
            for feed in self.harvest["feeds"]
        ]


def _no_feed(attrs: dict[str, str], address: str) -> str | None:
    """Why an outline that means to be one is no feed to us; None for feeds and folders."""
    kind = attrs.get("type", "").lower()
    if kind == "source" or (kind in ("link", "include") and "xmlurl" not in attrs):
        return "links to another list or page; if it is a list, import it by itself"
    if len(address) > _LONGEST_URL:
        return f"its xmlUrl is longer than {_LONGEST_URL} characters"
    if not address and {"xmlurl", "htmlurl"} & attrs.keys():
        return "has no xmlUrl; give its page to `feedmill check`, which finds feeds"
    if not address and kind in ("rss", "atom"):
        return "has no xmlUrl"
    return None


def _named(attrs: dict[str, str]) -> str:
    return shown(attrs.get("text") or attrs.get("title") or attrs.get("htmlurl") or "")


def _tidy(text: str) -> str:
    visible = "".join(character if character.isprintable() else " " for character in text[: 2 * _LONGEST])
    return " ".join(visible.split())[:_LONGEST].strip()


def _folder(names: list[str]) -> Folder:
    return tuple(tidied for name in names if (tidied := _tidy(name)))


def _text_of(content: bytes, name: str) -> str:
    encoding = _encoding_of(content)
    try:
        return content.decode(encoding)
    except LookupError as error:
        raise ConfigError(f"{name}: its encoding {encoding!r} is unknown; save the list as UTF-8") from error
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = content.count(b"\n", 0, start) + 1
        raise ConfigError(f"{name}:{line}: not {encoding}, as it says; save the list as UTF-8") from error


def _encoding_of(content: bytes) -> str:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return encoding
    declared = _DECLARED.match(content)
    label = declared.group(1).decode("ascii").lower() if declared else "utf-8"
    if label.startswith(("utf-16", "utf16", "utf-32", "ucs")):
        return "utf-8"  # a label that can be read as ASCII is not itself in UTF-16
    return f"{label} (not used here)" if _STRANGE.fullmatch(label) else label


def _what(text: str) -> str:
    """What a text is that no feed is found in, from its first element, and what to do."""
    first = _FIRST_ELEMENT.search(_COMMENT.sub("", text[:10_000]))
    word = first.group(1).lower() if first else ""
    return _INSTEAD.get(word, "no subscription list; name an OPML file, as readers export them")
