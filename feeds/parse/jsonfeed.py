"""JSON Feed 1.0 and 1.1 → entries (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from feeds.errors import NotAFeed
from feeds.model import Enclosure, Entry, Feed, Payload
from feeds.parse.decoding import first_items, json_of, scalar, scalars, whole
from feeds.parse.instead import keys_of
from feeds.parse.paragraphs import paragraphs
from feeds.urls import resolve

_MEDIA_TYPES = frozenset({"application/feed+json", "application/json", "text/json"})
_LEADING = b"\xef\xbb\xbf \t\r\n"


def is_json(payload: Payload) -> bool:
    """Whether the payload is to be read as JSON: no XML begins with a brace, whatever HTTP says."""
    start = payload.body[:1000].lstrip(_LEADING)
    return start.startswith(b"{") or (payload.media_type in _MEDIA_TYPES and not start.startswith(b"<"))


def parse_json_feed(payload: Payload) -> Feed:
    """The feed of a JSON Feed document; raises :class:`NotAFeed` if it has no list of items."""
    document = json_of(payload)
    if not isinstance(document, dict):
        raise NotAFeed("JSON that is no object")
    items = document.get("items")
    if not isinstance(items, list):
        said = keys_of(document)
        raise NotAFeed(
            f"JSON without 'items', {said}: no JSON Feed; a JSON list needs a source of kind \"api\""
        )
    items, dropped = first_items(items)
    entries = [_entry(item, document, payload.url) for item in items if isinstance(item, dict)]
    skipped = (
        f"item {index} skipped: no object" for index, item in enumerate(items) if not isinstance(item, dict)
    )
    return Feed(
        title=scalar(document.get("title")),
        url=resolve(payload.url, scalar(document.get("home_page_url"))),
        language=scalar(document.get("language")),
        entries=tuple(entries),
        warnings=(*dropped, *skipped),
    )


def _entry(item: Mapping[str, Any], document: Mapping[str, Any], base: str) -> Entry:
    return Entry(
        guid=scalar(item.get("id")),
        url=resolve(base, scalar(item.get("url")) or scalar(item.get("external_url"))),
        title=scalar(item.get("title")),
        published=scalar(item.get("date_published")),
        updated=scalar(item.get("date_modified")),
        authors=_authors(item) or _authors(document),
        tags=scalars(item.get("tags")),
        summary=scalar(item.get("summary")),
        content=_content(item),
        enclosures=_enclosures(item.get("attachments"), base),
        language=scalar(item.get("language")) or scalar(document.get("language")),
        base=base,
    )


def _content(item: Mapping[str, Any]) -> str | None:
    html, text = item.get("content_html"), item.get("content_text")
    if isinstance(html, str) and html.strip():
        return whole(html)
    return paragraphs(whole(text)) or None if isinstance(text, str) else None


def _authors(owner: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of ``authors`` (1.1) or of ``author`` (1.0)."""
    people = owner.get("authors") or owner.get("author") or []
    listed = people if isinstance(people, list) else [people]
    named = (person.get("name") for person in listed if isinstance(person, dict))
    return scalars(list(named))


def _enclosures(attachments: object, base: str) -> tuple[Enclosure, ...]:
    listed = attachments if isinstance(attachments, list) else []
    found = (_enclosure(item, base) for item in listed if isinstance(item, dict))
    return tuple(enclosure for enclosure in found if enclosure is not None)


def _enclosure(attachment: Mapping[str, Any], base: str) -> Enclosure | None:
    url = resolve(base, scalar(attachment.get("url")))
    if url is None:
        return None
    size = attachment.get("size_in_bytes")
    return Enclosure(
        url=url,
        media_type=scalar(attachment.get("mime_type")) or "",
        length=size if isinstance(size, int) and 0 <= size < 2**63 else None,
    )
