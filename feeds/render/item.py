"""An article as every format shows it: cleaned, with a title, a link and its lasting identifier."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from lxml import etree, html

from feeds.model import Article, Enclosure
from feeds.render.addresses import absolute
from feeds.render.words import words_for
from feeds.told import Site
from feeds.urls import is_http

_TITLE_LENGTH = 40
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What RSS, JSON Feed and our lists call an item; ``link`` leads to the article's source.

    ``content`` is safe HTML, ``summary`` plain text; every text can be written as XML.
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
    published: datetime
    updated: datetime


def printable(text: str) -> str:
    """``text`` without the characters that XML cannot hold (XML 1.0 §2.2), escaped or not."""
    return _ILLEGAL.sub("", text)


def whole_minutes(moment: datetime) -> datetime:
    """``moment`` with an offset that RFC 3339 and RFC 5322 can write: UTC if it has seconds."""
    offset = moment.utcoffset()
    if offset is None or offset.total_seconds() % 60:
        return moment.astimezone(UTC)
    return moment


def items(site: Site, articles: Sequence[Article]) -> tuple[Item, ...]:
    """The items of ``articles``, in their order."""
    return tuple(item(site, article) for article in articles)


def item(site: Site, article: Article) -> Item:
    """The item of one article."""
    return Item(
        id=UUID(article.id).urn,
        link=source_link(article) or absolute(site, article.path),
        path=article.path,
        title=title_of(article, article.language or site.language),
        content=printable(article.content),
        summary=printable(article.summary),
        authors=_names(article.authors),
        tags=_names(article.tags),
        medium=printable(article.medium or ""),
        language=article.language,
        enclosures=_enclosures(article),
        published=whole_minutes(article.published),
        updated=whole_minutes(article.updated),
    )


def source_link(article: Article) -> str | None:
    """The article's address at its source, if it is one that a browser may follow."""
    address = printable(article.url or "")
    return address if is_http(address) else None


def title_of(article: Article, language: str) -> str:
    """The article's title, else the beginning of its text, else the word for having none."""
    title = printable(article.title).strip()
    if title:
        return title
    text = " ".join((printable(article.summary) or _text(printable(article.content))).split())
    if not text:
        return words_for(language).untitled
    return text if len(text) <= _TITLE_LENGTH else f"{text[:_TITLE_LENGTH].rstrip()}…"


def _text(content: str) -> str:
    if not content.strip():
        return ""
    try:
        return str(html.fragment_fromstring(content, create_parent="div").text_content())
    except etree.ParserError:
        return ""


def _names(texts: Sequence[str]) -> tuple[str, ...]:
    cleaned = (printable(text).strip() for text in texts)
    return tuple(dict.fromkeys(text for text in cleaned if text))


def _enclosures(article: Article) -> tuple[Enclosure, ...]:
    """The media files that may be linked, each with the media type that RSS demands."""
    return tuple(
        Enclosure(
            url=printable(enclosure.url),
            media_type=printable(enclosure.media_type) or "application/octet-stream",
            length=enclosure.length,
        )
        for enclosure in article.enclosures
        if is_http(printable(enclosure.url))
    )
