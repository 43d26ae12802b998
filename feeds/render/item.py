"""An article as every format shows it: cleaned, with a title, a link and its lasting identifier."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final, NamedTuple
from uuid import UUID

from lxml import etree, html

from feeds.model import Article, Enclosure
from feeds.render.addresses import absolute, web_address
from feeds.render.languages import language_tag
from feeds.render.words import words_for
from feeds.told import Site
from feeds.urls import is_http

_TITLE_LENGTH = 40
_EXCERPT_LENGTH = 300
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNFIT = re.compile("[^\t\n\r\x20-\x7f\xa0-\ud7ff\ue000-\ufffc\U00010000-\U0010ffff]")
_ANY_TYPE = "application/octet-stream"
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+")


class Origin(NamedTuple):
    """A source as its articles name it to everybody: the title and address of the feed they are from."""

    title: str
    url: str


Origins = Mapping[str, Origin]
"""Origins by the name that articles know their source by; one that nobody shall know is missing."""

NOWHERE: Final[Origins] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What RSS, JSON Feed and our lists call an item; ``link`` leads to the article's source.

    ``content`` is safe HTML, ``summary`` plain text; every text can be written as XML, and every address
    is a URI.
    """

    id: str
    link: str
    path: str
    title: str
    content: str
    summary: str
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    medium: str
    language: str | None
    enclosures: tuple[Enclosure, ...]
    image: str | None
    rights: str
    published: datetime
    updated: datetime
    sort_key: int
    source_id: str
    origin: Origin | None
    complete: bool


def printable(text: str) -> str:
    """``text`` without the characters that XML cannot hold (XML 1.0 §2.2), escaped or not."""
    return _ILLEGAL.sub("", text)


def legible(text: str) -> str:
    """``text`` without controls either, and with a question mark for what was lost in an encoding."""
    return _UNFIT.sub(_instead, text)


def whole_minutes(moment: datetime) -> datetime:
    """``moment`` with an offset that RFC 3339 and RFC 5322 can write: UTC if it has seconds."""
    offset = moment.utcoffset()
    if offset is None or offset.total_seconds() % 60:
        return moment.astimezone(UTC)
    return moment


def items(site: Site, articles: Sequence[Article], origins: Origins = NOWHERE) -> tuple[Item, ...]:
    """The items of ``articles``, in their order."""
    return tuple(item(site, article, origins) for article in articles)


def item(site: Site, article: Article, origins: Origins = NOWHERE) -> Item:
    """The item of one article."""
    return Item(
        id=UUID(article.id).urn,
        link=web_address(printable(article.url or "")) or absolute(site, article.path),
        path=article.path,
        title=title_of(article, article.language or site.language),
        content=legible(article.content),
        summary=legible(article.summary),
        authors=_names(article.authors),
        tags=_names(article.tags),
        medium=legible(article.medium or "").strip(),
        language=language_tag(article.language),
        enclosures=_enclosures(article),
        image=web_address(printable(article.image or "")),
        rights=legible(article.rights or "").strip(),
        published=whole_minutes(article.published),
        updated=whole_minutes(article.updated),
        sort_key=article.sort_key,
        source_id=legible(article.source_id),
        origin=origins.get(article.source_id),
        complete=article.complete,
    )


def source_link(article: Article) -> str | None:
    """The article's address at its source, if it is one that a browser may follow."""
    address = printable(article.url or "")
    return address if is_http(address) else None


def title_of(article: Article, language: str) -> str:
    """The article's title, else the beginning of its text, else the word for having none."""
    title = legible(article.title).strip()
    if title:
        return title
    text = " ".join((legible(article.summary) or plain_text(legible(article.content))).split())
    if not text:
        return words_for(language).untitled
    return text if len(text) <= _TITLE_LENGTH else f"{text[:_TITLE_LENGTH].rstrip()}…"


def excerpt(item: Item) -> str:
    """The summary of an item, else the beginning of its text."""
    if item.summary or not item.content:
        return item.summary
    text = " ".join(plain_text(item.content).split())
    return text if len(text) <= _EXCERPT_LENGTH else f"{text[:_EXCERPT_LENGTH].rstrip()}…"


def plain_text(content: str) -> str:
    """The words of safe HTML."""
    if not content.strip():
        return ""
    try:
        return str(html.fragment_fromstring(content, create_parent="div").text_content())
    except etree.ParserError:
        return ""


def _instead(found: re.Match[str]) -> str:
    return {"\ufffd": "?", "\x85": "\n"}.get(found[0], "")


def _names(texts: Sequence[str]) -> tuple[str, ...]:
    cleaned = (legible(text).strip() for text in texts)
    return tuple(dict.fromkeys(text for text in cleaned if text))


def _enclosures(article: Article) -> tuple[Enclosure, ...]:
    """The media files that may be linked, each once, with the media type that RSS demands."""
    files: dict[str, Enclosure] = {}
    for enclosure in article.enclosures:
        address = web_address(printable(enclosure.url))
        if address is None:
            continue
        media_type = enclosure.media_type.partition(";")[0].strip().lower()
        length, duration = enclosure.length, enclosure.duration
        files.setdefault(
            address,
            Enclosure(
                url=address,
                media_type=media_type if _MEDIA_TYPE.fullmatch(media_type) else _ANY_TYPE,
                length=length if length is not None and length >= 0 else None,
                duration=duration if duration and math.isfinite(duration) and duration > 0 else None,
            ),
        )
    return tuple(files.values())
