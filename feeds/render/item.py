"""An article as every format shows it: cleaned, with a title, a link and its lasting identifier."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final, NamedTuple
from uuid import UUID

from lxml import etree, html

from feeds.model import EPISODE_KINDS, Article, Companion, Enclosure, Episode
from feeds.render.addresses import absolute, web_address
from feeds.render.languages import language_tag
from feeds.render.words import words_for
from feeds.told import Site
from feeds.urls import is_http

_TITLE_LENGTH = 40
_EXCERPT_LENGTH = 300
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PLANES = "".join(f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 17))
_UNFIT = re.compile(f"[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffc{_PLANES}]")
_RUN = re.compile(r"""[^&<>"'\n\r]+""")
_MISREAD = re.compile("\xc2[\xa0-\xbf]|\xc3[\xa1-\xaa\xac-\xba\xbc-\xbf]")
"""UTF-8 that was taken for Latin-1; not what may be the end of a word, as of IRMÃ in Portuguese."""
_ANY_TYPE = "application/octet-stream"
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+")
_PLAYED = re.compile(r"(?:x-)?(?:audio|video)/")
_PLAYED_PATH = re.compile(r"\.(?:aac|flac|m4[abv]|mov|mp[34]|og[agv]|opus|wav|webm)(?:[?#]|$)", re.IGNORECASE)
_MOST_COUNTED = 10**9


class Origin(NamedTuple):
    """A source as its articles name it to everybody: the title, address and picture of their feed."""

    title: str
    url: str
    image: str | None = None


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
    episode: Episode | None = None
    """What is said of it as an episode; nothing unless it has a recording."""

    @property
    def recording(self) -> Enclosure | None:
        """The first of its files that is sound or film."""
        return next(filter(_is_played, self.enclosures), None)

    @property
    def main_file(self) -> Enclosure | None:
        """Its recording, else the first of its files."""
        return self.recording or next(iter(self.enclosures), None)


def printable(text: str) -> str:
    """``text`` without the characters that XML cannot hold (XML 1.0 §2.2), escaped or not."""
    return _ILLEGAL.sub("", text)


def legible(text: str) -> str:
    """``text`` without controls and noncharacters either, and with its letters as they were meant.

    What was lost in an encoding is a question mark. What is UTF-8 that was taken for Latin-1 is read again,
    by pieces between tags, entities, quotes and lines, which are those that validators look at.
    """
    fit = _UNFIT.sub(_instead, text)
    if "\xc2" in fit or "\xc3" in fit:
        fit = _UNFIT.sub(_instead, _RUN.sub(_reread, fit))
    return fit


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
    files = _enclosures(article)
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
        enclosures=files,
        image=web_address(printable(article.image or "")),
        rights=legible(article.rights or "").strip(),
        published=whole_minutes(article.published),
        updated=whole_minutes(article.updated),
        sort_key=article.sort_key,
        source_id=legible(article.source_id),
        origin=origins.get(article.source_id),
        complete=article.complete,
        episode=_episode(article.episode) if any(map(_is_played, files)) else None,
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


def _reread(run: re.Match[str]) -> str:
    if _MISREAD.search(run[0]) is None:
        return run[0]
    try:
        return run[0].encode("iso-8859-1").decode()
    except UnicodeError:
        return run[0]


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
        length, duration = enclosure.length, enclosure.duration
        files.setdefault(
            address,
            Enclosure(
                url=address,
                media_type=_media_type(enclosure.media_type) or _ANY_TYPE,
                length=length if length is not None and length >= 0 else None,
                duration=duration if duration and math.isfinite(duration) and duration > 0 else None,
            ),
        )
    return tuple(files.values())


def _is_played(file: Enclosure) -> bool:
    if file.media_type == _ANY_TYPE:
        return bool(_PLAYED_PATH.search(file.url))
    return bool(_PLAYED.match(file.media_type))


def _episode(said: Episode | None) -> Episode | None:
    """What can be written of an episode: all of it, unless somebody stored what is none."""
    if said is None:
        return None
    episode = Episode(
        season=_ordinal(said.season),
        number=_ordinal(said.number),
        kind=said.kind if said.kind in EPISODE_KINDS else None,
        explicit=said.explicit,
        transcripts=tuple(_companions(said.transcripts)),
        chapters=next(_companions(filter(None, [said.chapters])), None),
    )
    return None if episode == Episode() else episode


def _ordinal(said: int | None) -> int | None:
    return said if said is not None and 0 < said < _MOST_COUNTED else None


def _companions(files: Iterable[Companion]) -> Iterator[Companion]:
    for file in files:
        url = web_address(printable(file.url))
        if url is not None:
            language = language_tag(file.language)
            yield Companion(url=url, media_type=_media_type(file.media_type), language=language)


def _media_type(said: str) -> str:
    """A media type without its parameters; empty for what is none."""
    told = said.partition(";")[0].strip().lower()
    return told if _MEDIA_TYPE.fullmatch(told) else ""
