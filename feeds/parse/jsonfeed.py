"""JSON Feed 1.0 and 1.1 → entries (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from feeds.errors import NotAFeed
from feeds.model import Enclosure, Entry, Feed, Payload
from feeds.parse.decoding import first_items, json_of, scalar, scalars, whole
from feeds.parse.instead import keys_of
from feeds.parse.media import duration_of, language_tag, length_of, media_type_of, picture_of
from feeds.parse.paragraphs import paragraphs
from feeds.urls import resolve

_MEDIA_TYPES = frozenset({"application/feed+json", "application/json", "text/json"})
_PEOPLE = ("authors", "author")
_WEBSUB = frozenset({"websub", "pubsubhubbub"})
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
        language=language_tag(scalar(document.get("language"))),
        icon=_icon(document, payload.url),
        hubs=_hubs(document.get("hubs"), payload.url),
        entries=tuple(entries),
        warnings=(*dropped, *skipped),
    )


def _icon(document: Mapping[str, Any], base: str) -> str | None:
    return resolve(base, scalar(document.get("icon"))) or resolve(base, scalar(document.get("favicon")))


def _hubs(hubs: object, base: str) -> tuple[str, ...]:
    """The addresses of those hubs that speak WebSub."""
    listed = [hub for hub in hubs if isinstance(hub, dict)] if isinstance(hubs, list) else []
    spoken = (hub.get("url") for hub in listed if str(hub.get("type") or "").lower() in _WEBSUB)
    return tuple(dict.fromkeys(url for said in spoken if (url := resolve(base, scalar(said)))))


def _entry(item: Mapping[str, Any], document: Mapping[str, Any], base: str) -> Entry:
    enclosures = _enclosures(item.get("attachments"), base)
    pictured = (resolve(base, scalar(item.get(key))) for key in ("image", "banner_image"))
    return Entry(
        guid=scalar(item.get("id")),
        url=resolve(base, scalar(item.get("url")) or scalar(item.get("external_url"))),
        title=scalar(item.get("title")),
        published=scalar(item.get("date_published")),
        updated=scalar(item.get("date_modified")),
        authors=_authors(item) or _authors(document),
        tags=scalars(item.get("tags")),
        summary=escape(scalar(item.get("summary")) or "", quote=False) or None,
        content=_content(item),
        enclosures=enclosures,
        language=language_tag(scalar(item.get("language"))) or language_tag(scalar(document.get("language"))),
        image=next(filter(None, pictured), None) or picture_of(enclosures),
        base=base,
    )


def _content(item: Mapping[str, Any]) -> str | None:
    html, text = item.get("content_html"), item.get("content_text")
    if isinstance(html, str) and html.strip():
        return whole(html)
    return paragraphs(whole(text)) or None if isinstance(text, str) else None


def _authors(owner: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of ``authors`` (1.1) or of ``author`` (1.0)."""
    listed = (people if isinstance(people, list) else [people] for people in map(owner.get, _PEOPLE))
    named = ([person.get("name") for person in people if isinstance(person, dict)] for people in listed)
    return next(filter(None, map(scalars, named)), ())


def _enclosures(attachments: object, base: str) -> tuple[Enclosure, ...]:
    listed = attachments if isinstance(attachments, list) else []
    found = (_enclosure(item, base) for item in listed if isinstance(item, dict))
    return tuple(enclosure for enclosure in found if enclosure is not None)


def _enclosure(attachment: Mapping[str, Any], base: str) -> Enclosure | None:
    url = resolve(base, scalar(attachment.get("url")))
    if url is None:
        return None
    return Enclosure(
        url=url,
        media_type=media_type_of(attachment.get("mime_type")),
        length=length_of(attachment.get("size_in_bytes")),
        duration=duration_of(attachment.get("duration_in_seconds")),
    )
