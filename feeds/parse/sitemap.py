"""A sitemap → entries: its addresses, with what is said of them (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice, pairwise
from typing import Any

from lxml import etree
from msgspec.structs import replace

from feeds.errors import NotAFeed
from feeds.model import Entry, Feed, Payload
from feeds.parse.api import with_page
from feeds.parse.charset import read
from feeds.parse.decoding import scalars, whole
from feeds.parse.doctype import refuse_expanding
from feeds.parse.feed import parse_feed
from feeds.parse.instead import refusal
from feeds.parse.width import refuse_wide
from feeds.told import Source
from feeds.urls import is_http, resolve

MOST_ADDRESSES = 50_000
"""Addresses read from one document, as many as the protocol allows; no entry costs less to read."""

Unit = Mapping[str, str]  # of a url or sitemap: the path of an element within it → its text

_UNITS = {"urlset": "url", "sitemapindex": "sitemap"}
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?(urlset|sitemapindex|rss|feed|RDF)(?=[\s/>])")
_FRONT, _CHUNK = 20_000, 65_536
_LINE = re.compile(r"[^\r\n]+")
_UNDATED = float("-inf")
_COMMA = re.compile("[,，、;；]")
# "&" as publishers leave it in addresses: a parser that goes on after it drops the parameter behind it.
_BARE = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9A-Fa-f]+);)", re.DOTALL)
_NEWS = ("title", "publication_date", "keywords", "language", "publication/name", "publication/language")
_READ = frozenset({"loc", "lastmod", "image/loc", *(f"news/{name}" for name in _NEWS)})


def parse_sitemap(source: Source, payload: Payload) -> Feed:
    """The entries of a sitemap, oldest first; of an index ``more``, the sitemap changed last first.

    Reads XML and plain text with an address a line; a feed at the address is read as one. Raises
    :class:`NotAFeed` for anything else, and for a document made to exhaust its reader.
    """
    reading = read(payload.body, payload.charset)
    text = reading.text.lstrip("\ufeff\x00 \t\r\n")
    warnings = [*reading.warnings]
    if is_http(text[:_FRONT].partition("\n")[0].strip()):
        return _listed(source, payload.url, _lines(text), warnings)
    root = _ROOT.search(text, 0, _FRONT)
    if root is None:
        raise refusal(payload.body, "a sitemap")
    if root[1] not in _UNITS:
        feed = parse_feed(payload)
        return replace(feed, entries=tuple(with_page(source, entry, payload.url) for entry in feed.entries))
    units = _elements(text, root.start(), _UNITS[root[1]], warnings)
    read_as = _indexed if root[1] == "sitemapindex" else _listed
    return read_as(source, payload.url, units, warnings)


def _lines(text: str) -> Iterator[Unit]:
    """The addresses of a text sitemap, one a line."""
    lines = (whole(found[0]).strip() for found in _LINE.finditer(text))
    return ({"loc": line if len(line.split()) == 1 and is_http(line) else ""} for line in lines if line)


def _elements(text: str, start: int, name: str, warnings: list[str]) -> Iterator[Unit]:
    """The units of an XML sitemap whose root begins at ``start``, up to where it ceases to be XML."""
    # What stands before the root is left out: PHP's warnings, a wrong encoding, any declared entity.
    refuse_expanding(text.encode("utf-8", "replace"))
    document = _BARE.sub(_spelled_out, text[start:]).encode("utf-8", "replace")
    refuse_wide(document)
    units: Any = _Units(name)
    parser = etree.XMLParser(target=units, encoding="utf-8", recover=True, no_network=True)
    try:
        for position in range(0, len(document), _CHUNK):
            parser.feed(document[position : position + _CHUNK])
            yield from units.finished
            units.finished.clear()
        parser.close()
        broken = next((each.message for each in parser.feed_error_log.filter_from_fatals()), None)
    except etree.XMLSyntaxError as error:
        broken = error.msg
    if broken and not units.count:
        raise NotAFeed(f"broken XML: {broken}")
    if broken:
        warnings.append(f"not well-formed: {broken}")


def _spelled_out(found: re.Match[str]) -> str:
    return "&amp;" if found[0] == "&" else found[0]


class _Units:
    """Gathers what a document whose elements pass by has ``finished``, by their names in any namespace."""

    def __init__(self, name: str) -> None:
        self.finished: list[Unit] = []
        self.count = 0
        self._name = name
        self._unit: dict[str, str] = {}
        self._path: list[str] | None = None  # the open elements within the unit; None outside of one
        self._text: list[str] = []

    def start(self, tag: str, _: object) -> None:
        name = tag.rpartition("}")[2]
        if name == self._name and not self._path:
            self._finish()  # the one before, which its publisher forgot to close
            self._path = []
        elif self._path is not None:
            self._path.append(name)
        self._text = []

    def data(self, text: str) -> None:
        if self._path:
            self._text.append(text)

    def end(self, _: str) -> None:
        if self._path:
            path = "/".join(self._path[:4])
            if path in _READ and (text := "".join(self._text).strip()):
                self._unit.setdefault(path, text)
            self._path.pop()
        else:
            self._finish()
        self._text = []

    def close(self) -> None:
        """The parser asks for it."""

    def _finish(self) -> None:
        if self._path is not None:
            self.count += 1
            self.finished.append(self._unit)
        self._unit, self._path = {}, None


def _indexed(source: Source, base: str, units: Iterator[Unit], warnings: list[str]) -> Feed:
    """The sitemaps of an index, as many as a poll reads: the news are in those that changed last."""
    found: dict[str, float] = {}
    for unit in islice(units, MOST_ADDRESSES):
        url = resolve(base, unit.get("loc"))
        if url is not None and url not in (base, source.url):
            found.setdefault(url, _moment(unit.get("lastmod")))
    more = sorted(found, key=lambda url: -found[url])
    return Feed(more=tuple(more[: max(source.pages, 1)]), warnings=tuple(warnings))


def _listed(source: Source, base: str, units: Iterator[Unit], warnings: list[str]) -> Feed:
    entries: dict[str, Entry] = {}
    unread = 0
    for unit in islice(units, MOST_ADDRESSES):
        url = resolve(base, unit.get("loc"))
        if url is None:
            unread += 1
        elif url not in entries:
            entries[url] = with_page(source, _entry(unit, url, base), base)
    if next(units, None) is not None:
        warnings.append(f"only the first {MOST_ADDRESSES} addresses are read")
    if unread:
        warnings.append(f"{unread} skipped: without an address that can be read")
    return Feed(entries=_oldest_first(list(entries.values())), warnings=tuple(warnings))


def _entry(unit: Unit, url: str, base: str) -> Entry:
    return Entry(
        url=url,
        title=unit.get("news/title"),
        published=unit.get("news/publication_date"),
        updated=unit.get("lastmod"),
        tags=scalars(_COMMA.split(unit["news/keywords"])) if "news/keywords" in unit else (),
        language=unit.get("news/publication/language") or unit.get("news/language"),
        medium=unit.get("news/publication/name"),
        image=resolve(base, unit.get("image/loc")),
    )


def _oldest_first(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Entries by their dates, those without one first; of one date the last of the document first.

    Publishers put what is new in front, unless the document's dates rise on the whole.
    """
    moments = [_moment(entry.published or entry.updated) for entry in entries]
    known = (moment for moment in moments if moment != _UNDATED)
    is_rising = sum((after > before) - (after < before) for before, after in pairwise(known)) > 0
    places = range(len(entries)) if is_rising else range(len(entries) - 1, -1, -1)
    return tuple(entries[place] for place in sorted(places, key=moments.__getitem__))


def _moment(text: str | None) -> float:
    """Seconds since 1970 of a W3C date, to sort by; without an offset it is taken as UTC."""
    try:
        said = datetime.fromisoformat(f"{text}-01-01"[:10] if text and len(text) in (4, 7) else text or "")
    except ValueError:
        return _UNDATED
    return (said if said.tzinfo else said.replace(tzinfo=UTC)).timestamp()
