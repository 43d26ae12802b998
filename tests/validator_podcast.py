"""What the validator says of podcasts: Apple's elements in RSS, the rating of Media RSS, namespaces.

Its own tests have a feed for most of this (``ext/itunes``). An element in an item is enough to have the
channel asked for others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

APPLE = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
RATING = "{http://search.yahoo.com/mrss/}rating"
KNOWN = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
}
"""Namespaces that it knows, of those that we have a use for; that of Podcasting 2.0 it does not support."""

OF_CHANNEL = {f"{APPLE}{name}" for name in ("author", "owner", "category", "explicit", "type", "image")}
OF_ITEM = {
    *(f"{APPLE}{name}" for name in ("author", "duration", "image", "explicit")),
    *(f"{APPLE}{name}" for name in ("season", "episode", "episodeType")),
}
_CATEGORIES = (
    "Arts, Business, Comedy, Education, Fiction, Government, Health & Fitness, History, Kids & Family, "
    "Leisure, Music, News, Religion & Spirituality, Science, Society & Culture, Sports, TV & Film, "
    "Technology, True Crime"
)
CATEGORIES = frozenset(_CATEGORIES.split(", "))
FORMATS = ("m4a", "mp3", "mov", "mp4", "m4v", "pdf", "epub")

_FORMS = {
    "duration": (re.compile(r"[0-9]+(?::[0-5][0-9](?::[0-5][0-9])?)?"), "InvalidDuration"),
    "explicit": (re.compile("true|false"), "InvalidTrueFalse"),
    "season": (re.compile("[1-9][0-9]*"), "InvalidPositiveInteger"),
    "episode": (re.compile("[1-9][0-9]*"), "InvalidPositiveInteger"),
    "episodeType": (re.compile("full|trailer|bonus"), "InvalidItunesEpisodeType"),
    "type": (re.compile("episodic|serial"), "InvalidItunesChannelType"),
    "author": (re.compile(r".{1,255}", re.DOTALL), "TooLong"),
    "name": (re.compile(r".{1,255}", re.DOTALL), "TooLong"),
    "email": (re.compile(r"[\w.+'-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+", re.ASCII), "InvalidContact"),
}
_PICTURE = re.compile(r"https?://(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+(?::\d+)?/[!-~]+")

Finding = tuple[str, str]


def namespace_findings(root: etree._Element) -> Iterator[Finding]:
    """Of all that is declared: what is unknown, or by another name than its own."""
    for prefix, uri in {pair for element in root.iter() for pair in element.nsmap.items()}:
        if prefix is not None and KNOWN.get(prefix) != uri:
            yield "UnsupportedNamespace", f"{prefix}={uri}"


def rating_findings(entry: etree._Element) -> Iterator[Finding]:
    for rating in entry.iterchildren(RATING):
        if dict(rating.attrib) != {"scheme": "urn:simple"} or rating.text not in ("adult", "nonadult"):
            yield "InvalidMediaRating", str(rating.text)


def podcast_findings(channel: etree._Element) -> Iterator[Finding]:
    """Of a channel of RSS with its items."""
    told = [element for element in channel.iter() if str(element.tag).startswith(APPLE)]
    if not told:
        return
    for element in told:
        yield from _element(element)
    if channel.find("language") is None:
        yield "MissingItunesElement", "language"
    for name in ("category", "explicit"):
        if channel.find(f"{APPLE}{name}") is None:
            yield "MissingItunesElement", name
    if channel.find(f"{APPLE}owner") is None:
        yield "MissingItunesEmail", "owner"
    if told[0].getparent() is not channel:  # it looks at files only where an item is the first to speak
        for enclosure in channel.iterfind("item/enclosure"):
            if enclosure.get("url", "").rpartition(".")[2] not in FORMATS:
                yield "UnsupportedItunesFormat", enclosure.get("url", "")


def _element(element: etree._Element) -> Iterator[Finding]:
    name = str(element.tag).removeprefix(APPLE)
    if name == "owner":
        if sorted(child.tag for child in element) != [f"{APPLE}email", f"{APPLE}name"]:
            yield "MissingElement", "itunes:email"
    elif name == "category":
        yield from _only(element, "text")
        if element.get("text") not in CATEGORIES:
            yield "ObsoleteItunesCategory", str(element.get("text"))
    elif name == "image":
        yield from _only(element, "href")
        if not _PICTURE.fullmatch(element.get("href", "")):
            yield "InvalidLink", str(element.get("href"))
    else:
        yield from _only(element)
        form, wrong = _FORMS.get(name, (re.compile("(?!)"), "UndefinedElement"))
        if not form.fullmatch(element.text or ""):
            yield wrong, f"{name}: {element.text}"


def _only(element: etree._Element, *names: str) -> Iterator[Finding]:
    yield from (("UnexpectedAttribute", str(name)) for name in element.attrib if name not in names)
    yield from (("MissingAttribute", name) for name in names if not element.get(name))
