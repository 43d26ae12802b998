"""An XML feed → its raw entries, each with a fingerprint: those known already need no reading.

Expat, feedparser's own parser, says that the document is well-formed and how many entries it has; if that
is as many as its bytes show, those show where they are. Hidden, nested or renamed ones stay unsplit, as
does what feedparser reads otherwise in pieces than whole.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from hashlib import sha1
from xml.parsers import expat

VERSION = b"2"
"""Of the fingerprints; a new one lets all entries be read again."""

_ENTRY = ("item", "entry")
_TAG = re.compile(rb"<(/?)(?:item|entry)(?=[\s>])")
_BETWEEN = re.compile(rb"(?:\s+|(?><!--.*?-->))*", re.DOTALL)
_INHERITED = re.compile(
    rb"<(?:[^\s<>/:]*:)?(?:author|creator|explicit|language|managingeditor)[\s>]", re.IGNORECASE
)
_RDF_FEEDS = frozenset({"http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/"})


@dataclass(frozen=True, slots=True)
class Split:
    """A document, and from where to where each of its entries goes.

    ``inherited`` is what entries take from the feed around them: namespaces, xml:base, xml:lang, authors,
    and what a podcast says of being explicit.
    """

    document: bytes
    spans: tuple[tuple[int, int], ...]
    inherited: bytes

    @property
    def head(self) -> bytes:
        """What comes before the first entry."""
        return self.document[: self.spans[0][0]]

    @property
    def tail(self) -> bytes:
        """What comes after the last entry."""
        return self.document[self.spans[-1][1] :]

    def entry(self, position: int) -> bytes:
        """One of the entries."""
        start, end = self.spans[position]
        return self.document[start:end]

    def size(self, position: int) -> int:
        """The bytes of one of them."""
        start, end = self.spans[position]
        return end - start


class _Unsafe(Exception):
    """A document that feedparser may read otherwise in pieces than whole."""


def split(document: bytes) -> Split | None:
    """The pieces of a UTF-8 ``document``; ``None`` where it has no entries or is safer read whole."""
    try:
        return _split(document)
    except (_Unsafe, expat.ExpatError):
        return None


def fingerprints(pieces: Split, url: str) -> tuple[str, ...]:
    """What each entry of a document from ``url`` is known by: its bytes, and all that it inherits."""
    around = b"\0".join((VERSION, url.encode("utf-8", "replace"), pieces.inherited))
    # Not for security: whoever makes two entries alike can only hide his own.
    context = sha1(around, usedforsecurity=False)
    found = []
    with memoryview(pieces.document) as view:
        for start, end in pieces.spans:
            both = context.copy()
            both.update(view[start:end])
            found.append(both.hexdigest()[:20])
    return tuple(found)


def _split(document: bytes) -> Split | None:
    spans = _spans(document)
    if not spans:
        return None
    found = Split(document, tuple(spans), b"")
    if b"<!DOCTYPE" in found.head:
        # feedparser takes the declaration away before it reads, with its entities or without.
        raise _Unsafe("a document type")
    around = _Around(found.head)
    if _INHERITED.search(found.tail):
        raise _Unsafe("what entries inherit comes after them")
    names, attributes = _names(document, spans[0][0])
    entries = [name for name in names if _local(name) in _ENTRY]
    if sum(names[name] for name in entries) != len(spans) or any(map(_is_odd, entries)):
        raise _Unsafe("an entry by another name, or none, in a comment or quoted")
    # Where the feed has no base, feedparser never gives up that of an entry.
    if "base" in attributes and not around.based:
        raise _Unsafe("an entry with a base of its own")
    # It forgets to leave a div in markup that is typed as text, with its base and language.
    if attributes & {"base", "lang"} and "div" in map(_local, names) and _has_bare_div(document):
        raise _Unsafe("a div where text was promised")
    return replace(found, inherited=around.inherited())


def _spans(document: bytes) -> list[tuple[int, int]]:
    """From where to where each entry goes, if what looks like their tags are theirs."""
    spans: list[tuple[int, int]] = []
    started = -1
    for tag in _TAG.finditer(document):
        closing = tag[1] == b"/"
        if closing != (started >= 0):
            raise _Unsafe("an entry in another")
        if closing:
            spans.append((started, document.index(b">", tag.end()) + 1))
            started = -1
            continue
        started = tag.start()
        if spans and not _BETWEEN.fullmatch(document, spans[-1][1], started):
            raise _Unsafe("something between two entries")
    if started >= 0:
        raise _Unsafe("an entry without end")
    return spans


def _names(document: bytes, first: int) -> tuple[Counter[str], set[str]]:
    """Of elements and attributes in a well-formed document whose entries begin at ``first``."""
    parser = expat.ParserCreate("utf-8", " ")
    parser.namespace_prefixes = parser.ordered_attributes = True
    names: list[str] = []
    attributes: set[str] = set()
    told: dict[tuple[str, str], str] = {}

    def start(name: str, pairs: list[str]) -> None:
        names.append(name)
        if pairs:
            attributes.update(pairs[::2])

    def declare(prefix: str | None, uri: str | None) -> None:
        # feedparser never forgets a namespace: in entries, which may be left out, none has two names.
        same = told.setdefault(("prefix", prefix or ""), uri or "") == uri
        same = told.setdefault(("uri", uri or ""), prefix or "") == prefix and same
        if prefix and not same and parser.CurrentByteIndex >= first:
            raise _Unsafe("a namespace with two names")

    parser.StartElementHandler = start
    parser.StartNamespaceDeclHandler = declare
    parser.Parse(document, True)  # noqa: FBT003
    return Counter(names), {_local(name) for name in attributes}


def _local(name: str) -> str:
    """The name without what expat joins to it: "name", "namespace name", or "namespace name prefix"."""
    return name.split(" ")[1 if " " in name else 0].lower()


def _is_odd(name: str) -> bool:
    """Whether the name is written otherwise than in small letters without a prefix."""
    return name.count(" ") > 1 or not name.endswith(_ENTRY)


def _has_bare_div(document: bytes) -> bool:
    parser = expat.ParserCreate("utf-8", " ")
    typed = [False]
    bare = []

    def start(name: str, attributes: dict[str, str]) -> None:
        typed.append(typed[-1] or attributes.get("type", "").lower().endswith(("xhtml", "xml")))
        if not typed[-1] and _local(name) == "div":
            bare.append(name)

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: typed.pop()
    parser.Parse(document, True)  # noqa: FBT003
    return bool(bare)


class _Around:
    """The elements around the entries, which are those that the head leaves open."""

    def __init__(self, head: bytes) -> None:
        self._head = head
        self._open: list[tuple[str, dict[str, str], int]] = []
        self._namespaces: list[tuple[str | None, str | None]] = []
        self._words: list[bytes] = []
        self._parser = expat.ParserCreate("utf-8", " ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartNamespaceDeclHandler = lambda *declared: self._namespaces.append(declared)
        self._parser.Parse(head, False)  # noqa: FBT003
        self._refuse_unusual()

    @property
    def based(self) -> bool:
        """Whether it says what relative addresses are relative to."""
        return any(
            _local(key) == "base" and value for _, told, _ in self._open for key, value in told.items()
        )

    def inherited(self) -> bytes:
        """All that entries take from it."""
        opened = [(name, told) for name, told, _ in self._open]
        return repr((opened, self._namespaces, self._words)).encode("utf-8", "replace")

    def _refuse_unusual(self) -> None:
        path = [_local(name) for name, *_ in self._open]
        if path[:1] not in (["rss"], ["feed"], ["rdf"]) or path[1:] not in ([], ["channel"]):
            raise _Unsafe("entries in an unusual place")
        if path[0] == "rdf" and not any((uri or "").lower() in _RDF_FEEDS for _, uri in self._namespaces):
            raise _Unsafe("an entry may be the first to tell what feed it is")

    def _start(self, name: str, told: dict[str, str]) -> None:
        self._open.append((name, told, self._parser.CurrentByteIndex))

    def _end(self, _: str) -> None:
        started = self._open.pop()[2]
        if _INHERITED.match(self._head, started):
            self._words.append(self._head[started : self._parser.CurrentByteIndex])
