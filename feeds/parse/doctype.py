"""The guard against document type declarations that expand: refused before any XML parser sees them."""

from __future__ import annotations

import re

from feeds.errors import NotAFeed

_PROLOG = re.compile(rb"[^<]+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_TOKEN = re.compile(rb"""<!--.*?-->|<\?.*?\?>|"[^"]*"|'[^']*'|[\[\]<>]""", re.DOTALL)
_ENTITY = re.compile(rb"""<!ENTITY\s+(%?)\s*([^\s"'>]+)\s+("[^"]*"|'[^']*')""", re.IGNORECASE)
_PARAMETER = re.compile(rb"<!ENTITY\s+%", re.IGNORECASE)
_REFERENCE = re.compile(rb"&(?!#|(?:amp|lt|gt|quot|apos);)")

LARGEST_SUBSET = 65_536
"""Bytes an internal subset may take: the entity tables of RSS 0.91 and XHTML take 12 thousand."""

LARGEST_EXPANSION = 1_000_000
"""Bytes that all references to declared entities together may add to a document."""


def refuse_expanding(document: bytes) -> None:
    """Raise :class:`NotAFeed` if a UTF-8 ``document`` declares entities that refer to entities, or
    whose references would blow it up; declarations of single characters and names pass."""
    subset = _internal_subset(document)
    if len(subset) > LARGEST_SUBSET:
        raise NotAFeed(f"DTD of {len(subset)} bytes inside the document")
    if _PARAMETER.search(subset):
        raise NotAFeed("DTD inside the document with parameter entities")
    added = 0
    for _, name, quoted in _ENTITY.findall(subset):
        value = quoted[1:-1]
        if _REFERENCE.search(value) or b"%" in value:
            raise NotAFeed(f"DTD entity {name.decode('utf-8', 'replace')!r} refers to others")
        added += len(value) * document.count(b"&" + name + b";")
    if added > LARGEST_EXPANSION:
        raise NotAFeed(f"DTD entities that expand to {added} bytes")


def _internal_subset(document: bytes) -> bytes:
    """All of the document type declaration, from its name to its closing bracket; empty if none."""
    position = 0
    while match := _PROLOG.match(document, position):
        position = match.end()
    if not _DOCTYPE.match(document, position):
        return b""
    depth = 0
    for token in _TOKEN.finditer(document, position, position + LARGEST_SUBSET + 1):
        depth += {b"[": 1, b"<": 1, b"]": -1, b">": -1}.get(token[0], 0)
        if depth == 0:
            return document[position : token.end()]
        if token.end() - position > LARGEST_SUBSET:
            break
    return document[position:]
