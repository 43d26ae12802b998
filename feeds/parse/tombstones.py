"""What a feed says it took back: ``at:deleted-entry`` (RFC 6721 §3)."""

from __future__ import annotations

from contextlib import suppress
from xml.parsers import expat

_DELETED = "http://purl.org/atompub/tombstones/1.0 deleted-entry"
_MARK = b"deleted-entry"
_MOST = 1000


def deleted_in(document: bytes) -> tuple[str, ...]:
    """The ids of the entries that a document in UTF-8 calls deleted, at most a thousand.

    Only the feed itself may say so: what stands within an entry may be anybody's. Of a document that is not
    well-formed those before its fault.
    """
    if _MARK not in document:
        return ()
    found: dict[str, None] = {}
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        ref = attributes.get("ref", "").strip()
        if depth == 1 and name == _DELETED and ref and len(found) < _MOST:
            found[ref] = None
        depth += 1

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate("utf-8", " ")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    with suppress(expat.ExpatError):
        parser.Parse(document, True)  # noqa: FBT003
    return tuple(found)
