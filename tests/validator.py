"""What the W3C feed validator says of documents like ours, said again: by the names of its classes.

Its own tests (``feedvalidator-testcases``) name each class that it logs; ``HELD`` and ``ELSEWHERE`` together
name all of them. A rule here is of what the class means for a feed that is written by us.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser

from lxml import etree

from feeds.render.languages import language_tag
from tests.validator_podcast import (
    APPLE,
    OF_CHANNEL,
    OF_ITEM,
    RATING,
    namespace_findings,
    podcast_findings,
    rating_findings,
)

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"

URI = re.compile(r"[a-zA-Z][0-9a-zA-Z+.-]*:(?://)?(?:[0-9a-zA-Z;/?:@&=+$.\-_!~*'(),#]|%[0-9A-Fa-f]{2})+")
HTTP = re.compile(
    r"https?://(?:(?:[0-9]{1,3}\.){3}|(?:[A-Za-z0-9-]+\.)+)[A-Za-z0-9][-A-Za-z0-9]*(?::\d+)?(?:/|$)"
)
UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MIME = re.compile(r"""[^\s()<>,;:\\"/\[\]?=]+/[^\s()<>,;:\\"/\[\]?=]+""")
RFC2822 = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
    r"\d\d:\d\d:\d\d [+-]\d\d[03]0"
)
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SHUNNED = re.compile("[\x80-\x9f\ufffd]")
END_TAG = re.compile(r"</(\w+)>")
ENTITY = re.compile(r"&#?\w+")
DIGITS = re.compile(r"\d+")

RSS_CHANNEL = {
    *("title", "link", "description", "docs", "generator", "language", "lastBuildDate", "item"),
    f"{ATOM}link",
    *OF_CHANNEL,
}
RSS_ITEM = {
    *("title", "link", "description", "guid", "category", "enclosure", "pubDate", "source"),
    *(CONTENT, f"{DC}creator", f"{DC}contributor", f"{DC}rights", f"{DC}language"),
    *(f"{MEDIA}content", f"{MEDIA}thumbnail", RATING),
    *OF_ITEM,
}
MANY = {"item", "category", f"{DC}creator", f"{DC}contributor", f"{MEDIA}content"}
_FEED = "id title updated author link generator subtitle entry"
_ENTRY = "id title updated author content link summary category contributor published rights source"
ATOM_FEED = {f"{ATOM}{name}" for name in _FEED.split()}
ATOM_ENTRY = {f"{ATOM}{name}" for name in _ENTRY.split()} | {
    *(f"{DC}language", f"{MEDIA}content", f"{MEDIA}thumbnail", RATING),
}
ATOM_MANY = {f"{ATOM}{name}" for name in ("author", "contributor", "category", "link", "entry")} | MANY

_TAGS = (
    "a abbr address article aside audio b bdi blockquote br caption cite code col colgroup dd del "
    "details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li "
    "mark ol p picture pre q rp rt ruby s samp section small source span strong sub summary sup table "
    "tbody td tfoot th thead time tr track u ul var video wbr"
)
TAGS = frozenset(_TAGS.split())
"""Of those that the validator takes for safe, those that articles may hold."""
_ATTRIBUTES = (
    "alt cite class colspan controls datetime dir headers height href hreflang kind label lang loading "
    "media open poster preload reversed rowspan scope sizes span src srclang srcset start title type "
    "value width"
)
ATTRIBUTES = frozenset(_ATTRIBUTES.split())
"""As above, and ``controls``, which it forgot: without them sound and film are not to be seen."""

Finding = tuple[str, str]


def findings(document: bytes) -> list[str]:
    """What the validator would say of an RSS or Atom document: its classes, each with what it is about."""
    if b"<!DOCTYPE" in document or not document.startswith(b"<?xml version='1.0' encoding='UTF-8'?>"):
        return ["MissingEncoding: the declaration"]
    try:
        document.decode("utf-8")
        root = etree.fromstring(document, etree.XMLParser(resolve_entities=False, huge_tree=True))
    except (UnicodeDecodeError, etree.XMLSyntaxError) as error:
        return [f"SAXError: {error}"]
    spelled = document.count(b"&#x") > 0
    found = [
        *namespace_findings(root),
        *_everywhere(root),
        *(_rss(root, spelled) if root.tag == "rss" else _atom(root, spelled)),
    ]
    return [f"{name}: {about}" for name, about in found]


# ── rules of both ───────────────────────────────────────────────────────────────────────────────


def _everywhere(root: etree._Element) -> Iterator[Finding]:
    for element in root.iter():
        if not isinstance(element.tag, str):
            yield "UndefinedElement", "a comment or instruction"
            continue
        for text in (element.text or "", *map(str, element.attrib.values())):
            if SHUNNED.search(text):
                yield "BadCharacters", text
        if (element.tail or "").strip():
            yield "UnexpectedText", str(element.tail)
        if len(element) and (element.text or "").strip():
            yield "UnexpectedText", str(element.text)


def _children(
    parent: etree._Element, allowed: set[str], many: set[str], needed: tuple[str, ...]
) -> Iterator[Finding]:
    counts = Counter(str(child.tag) for child in parent)
    yield from (("UndefinedElement", tag) for tag in counts if tag not in allowed)
    yield from (("DuplicateElement", tag) for tag, n in counts.items() if n > 1 and tag not in many)
    yield from (("MissingElement", tag) for tag in needed if tag not in counts)


def _attributes(
    element: etree._Element, allowed: tuple[str, ...], needed: tuple[str, ...]
) -> Iterator[Finding]:
    yield from (("UnexpectedAttribute", str(name)) for name in element.attrib if name not in allowed)
    yield from (("MissingAttribute", name) for name in needed if not element.get(name))


def _plain(text: str | None, name: str, *, spelled: bool) -> Iterator[Finding]:
    if not (text or "").strip():
        yield "NotBlank", name
    elif text != (text or "").strip():
        yield "UnexpectedWhitespace", name
    if END_TAG.search(text or ""):
        yield "ContainsHTML", str(text)
    elif (ENTITY.search(text or "") or re.search("<[/a-zA-Z]", text or "")) and not spelled:
        yield "CharacterData", str(text)


def _uri(value: str | None, name: str) -> Iterator[Finding]:
    if not URI.fullmatch(value or ""):
        yield name, str(value)


def _id(value: str | None) -> Iterator[Finding]:
    if not UUID.fullmatch(value or ""):
        yield "NonCanonicalURI", str(value)


def _length(value: str | None, name: str) -> Iterator[Finding]:
    if value is not None and not DIGITS.fullmatch(value):
        yield name, value


def _mime(value: str | None, name: str) -> Iterator[Finding]:
    if not MIME.fullmatch(value or ""):
        yield name, str(value)


def _language(value: str | None) -> Iterator[Finding]:
    if language_tag(value) is None:
        yield "InvalidLanguage", str(value)


def _media(item: etree._Element) -> Iterator[Finding]:
    for content in item.iterchildren(f"{MEDIA}content"):
        yield from _attributes(content, ("url", "fileSize", "type", "medium", "duration"), ("url",))
        yield from _uri(content.get("url"), "InvalidFullLink")
        yield from _mime(content.get("type"), "InvalidMIMEAttribute")
        yield from _length(content.get("duration"), "InvalidFloat")
        if content.get("fileSize") is not None and not re.fullmatch(
            "[1-9][0-9]*", content.get("fileSize", "")
        ):
            yield "InvalidPositiveInteger", content.get("fileSize", "")
        if content.get("medium") not in (None, "image", "audio", "video"):
            yield "InvalidValue", content.get("medium", "")
    for thumbnail in item.iterchildren(f"{MEDIA}thumbnail"):
        yield from _attributes(thumbnail, ("url",), ("url",))
        yield from _uri(thumbnail.get("url"), "InvalidFullLink")
    yield from rating_findings(item)


def _html(content: str) -> Iterator[Finding]:
    tags = _Tags()
    tags.feed(content)
    tags.close()
    for tag, attributes in tags.found:
        if tag not in TAGS:
            yield "NotHtml" if "-" in tag else "SecurityRisk", tag
        for name, value in attributes:
            if name == "style":
                yield "DangerousStyleAttr", str(value)
            elif name not in ATTRIBUTES:
                yield "SecurityRiskAttr", name
            if (tag, name) in (("a", "href"), ("img", "src")) and not re.match(r"\s*\w+:", value or ""):
                yield "ContainsRelRef", str(value)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))

    def handle_comment(self, data: str) -> None:
        self.found.append(("a-comment", []))

    handle_decl = handle_pi = unknown_decl = handle_comment


# ── RSS ─────────────────────────────────────────────────────────────────────────────────────────


def _rss(root: etree._Element, spelled: bool) -> Iterator[Finding]:
    yield from _attributes(root, ("version",), ("version",))
    if [child.tag for child in root] != ["channel"]:
        yield "MisplacedItem", "not in the channel"
        return
    channel = root[0]
    yield from _children(channel, RSS_CHANNEL, MANY, ("title", "link", "description", "language"))
    for name in ("title", "description"):
        yield from _plain(channel.findtext(name), name, spelled=spelled)
    yield from _uri(channel.findtext("link"), "InvalidFullLink")
    yield from _uri(channel.findtext("docs"), "InvalidFullLink")
    yield from _language(channel.findtext("language"))
    yield from _rfc2822(channel.findtext("lastBuildDate"))
    yield from _self(channel, "application/rss+xml")
    yield from podcast_findings(channel)
    for name in ("author", "owner/itunes:name"):
        for element in channel.iterfind(f"itunes:{name}", {"itunes": APPLE[1:-1]}):
            yield from _plain(element.text, name, spelled=spelled)
    items = channel.findall("item")
    guids = Counter(item.findtext("guid") for item in items)
    yield from (("DuplicateValue", str(guid)) for guid, n in guids.items() if n > 1)
    for item in items:
        yield from _item(item, spelled)


def _item(item: etree._Element, spelled: bool) -> Iterator[Finding]:
    yield from _children(item, RSS_ITEM, MANY, ("title", "link", "guid", "pubDate"))
    yield from _plain(item.findtext("title"), "title", spelled=spelled)
    yield from _uri(item.findtext("link"), "InvalidFullLink")
    yield from _id(item.findtext("guid"))
    if item.find("guid").attrib != {"isPermaLink": "false"}:  # type: ignore[union-attr]
        yield "InvalidBooleanAttribute", "isPermaLink"
    yield from _rfc2822(item.findtext("pubDate"))
    for name in ("category", "source", f"{DC}rights", f"{APPLE}author"):
        for child in item.iterchildren(name):
            yield from _plain(child.text, name, spelled=spelled)
    for source in item.iterchildren("source"):
        yield from _attributes(source, ("url",), ("url",))
        yield from _uri(source.get("url"), "InvalidFullLink")
    for enclosure in item.iterchildren("enclosure"):
        yield from _attributes(enclosure, ("url", "length", "type"), ("url", "length", "type"))
        yield from _length(enclosure.get("length"), "InvalidIntegerAttribute")
        yield from _mime(enclosure.get("type"), "InvalidMIMEAttribute")
        if not HTTP.match(enclosure.get("url", "")) or not URI.fullmatch(enclosure.get("url", "")):
            yield "InvalidURLAttribute", enclosure.get("url", "")
    tags = [child.tag for child in item]
    if CONTENT in tags and ("description" not in tags or tags.index(CONTENT) < tags.index("description")):
        yield "NeedDescriptionBeforeContent", ""
    for name in ("description", CONTENT):
        yield from _html(item.findtext(name) or "")
    for language in item.iterchildren(f"{DC}language"):
        yield from _language(language.text)
    yield from _media(item)


def _rfc2822(value: str | None) -> Iterator[Finding]:
    if value is None or not RFC2822.fullmatch(value):
        yield "ProblematicalRFC822Date", str(value)
        return
    day = datetime.strptime(value[5:], "%d %b %Y %H:%M:%S %z")
    if WEEKDAYS[day.weekday()] != value[:3]:
        yield "InvalidRFC2822Date", value


def _self(parent: etree._Element, media_type: str) -> Iterator[Finding]:
    links = [link for link in parent.iterchildren(f"{ATOM}link") if link.get("rel") == "self"]
    if len(links) != 1:
        yield "MissingSelf", str(len(links))
    for link in links:
        yield from _uri(link.get("href"), "RelativeSelf")
        if link.get("type") != media_type:
            yield "InvalidMIMEType", str(link.get("type"))


# ── Atom ────────────────────────────────────────────────────────────────────────────────────────


def _atom(root: etree._Element, spelled: bool) -> Iterator[Finding]:
    if root.tag != f"{ATOM}feed":
        yield "UndefinedElement", str(root.tag)
        return
    if root.prefix is not None:
        yield "AvoidNamespacePrefix", str(root.prefix)
    yield from _attributes(root, (LANG,), ())
    if language_tag(root.get(LANG)) is None:
        yield "MissingDCLanguage", str(root.get(LANG))
    needed = (f"{ATOM}id", f"{ATOM}title", f"{ATOM}updated", f"{ATOM}author")
    yield from _children(root, ATOM_FEED, ATOM_MANY, needed)
    yield from _construct(root, spelled)
    yield from _self(root, "application/atom+xml")
    entries = root.findall(f"{ATOM}entry")
    if entries and any(child.tag != f"{ATOM}entry" for child in list(root)[list(root).index(entries[0]) :]):
        yield "MisplacedMetadata", ""
    for name, said in (("id", "DuplicateEntries"), ("updated", "DuplicateUpdated")):
        counts = Counter(entry.findtext(f"{ATOM}{name}") for entry in entries)
        yield from ((said, str(value)) for value, n in counts.items() if n > 1)
    for entry in entries:
        yield from _entry(entry, spelled)


def _construct(parent: etree._Element, spelled: bool) -> Iterator[Finding]:
    """What feeds, entries and sources have in common."""
    yield from _id(parent.findtext(f"{ATOM}id"))
    for name in ("title", "subtitle", "rights"):
        for child in parent.iterchildren(f"{ATOM}{name}"):
            yield from _attributes(child, (), ())
            yield from _plain(child.text, name, spelled=spelled)
    for name in ("updated", "published"):
        for child in parent.iterchildren(f"{ATOM}{name}"):
            if not RFC3339.fullmatch(child.text or ""):
                yield "InvalidRFC3339Date", str(child.text)
    for name in ("author", "contributor"):
        for person in parent.iterchildren(f"{ATOM}{name}"):
            yield from _children(person, {f"{ATOM}name"}, set(), (f"{ATOM}name",))
            yield from _plain(person.findtext(f"{ATOM}name"), "name", spelled=spelled)


def _entry(entry: etree._Element, spelled: bool) -> Iterator[Finding]:
    needed = (f"{ATOM}id", f"{ATOM}title", f"{ATOM}updated")
    yield from _children(entry, ATOM_ENTRY, ATOM_MANY, needed)
    yield from _construct(entry, spelled)
    words = [*entry.iterchildren(f"{ATOM}content"), *entry.iterchildren(f"{ATOM}summary")]
    if not words:
        yield "MissingTextualContent", ""
    for word in words:
        if dict(word.attrib) != {"type": "html"}:
            yield "InvalidTextType", str(word.get("type"))
        if not word.text:
            yield "NotBlank", str(word.tag)
        yield from _html(word.text or "")
    alternates = 0
    for link in entry.iterchildren(f"{ATOM}link"):
        alternates += link.get("rel", "alternate") == "alternate"
        yield from _link(link)
    if alternates != 1:
        yield "DuplicateAtomLink", str(alternates)
    for category in entry.iterchildren(f"{ATOM}category"):
        yield from _attributes(category, ("term",), ("term",))
    for source in entry.iterchildren(f"{ATOM}source"):
        allowed = {f"{ATOM}{name}" for name in ("id", "title", "updated", "link")}
        missing = _children(source, allowed, set(), tuple(sorted(allowed)))
        yield from (("MissingSourceElement", about) for _, about in missing)
        yield from _construct(source, spelled)
    for language in entry.iterchildren(f"{DC}language"):
        yield from _language(language.text)
    yield from _media(entry)


def _link(link: etree._Element) -> Iterator[Finding]:
    if link.get("rel", "alternate") not in ("alternate", "enclosure"):
        yield "UnregisteredAtomLinkRel", str(link.get("rel"))
    yield from _attributes(link, ("href", "rel", "type", "length"), ())
    if not link.get("href"):
        yield "MissingHref", ""
    yield from _uri(link.get("href"), "InvalidLink")
    yield from _length(link.get("length"), "InvalidNonNegativeInteger")
    if link.get("type") is not None:
        yield from _mime(link.get("type"), "InvalidMIMEType")
