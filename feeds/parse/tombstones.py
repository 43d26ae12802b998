"""What a feed says it took back: ``at:deleted-entry`` (RFC 6721 §3)."""

from __future__ import annotations

from contextlib import suppress
from xml.parsers import expat

_DELETED = "http://purl.org/atompub/tombstones/1.0 deleted-entry"
_MARK = b"deleted-entry"
_MOST = 1000


def deleted_in(document: bytes) -> tuple[str, ...]:
    """The ids of the entries that a document in UTF-8 calls deleted, at most a thousand.

    Of a document that is not well-formed those before its fault.
    """
    if _MARK not in document:
        return ()
    found: dict[str, None] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == _DELETED and attributes.get("ref", "").strip() and len(found) < _MOST:
            found[attributes["ref"].strip()] = None

    parser = expat.ParserCreate("utf-8", " ")
    parser.StartElementHandler = start
    with suppress(expat.ExpatError):
        parser.Parse(document, True)  # noqa: FBT003
    return tuple(found)
