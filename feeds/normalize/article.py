"""Entry → article: what the publisher said becomes what we believe and publish."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from hashlib import blake2b
from html import escape
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import msgspec

from feeds.model import Article, Detail, Enclosure, Entry, Placement
from feeds.normalize.dates import parse_date
from feeds.normalize.html import clean, text_of
from feeds.normalize.languages import detect_language
from feeds.normalize.links import canonical, cleaned
from feeds.normalize.text import flatten, one_line, summarize
from feeds.told import Kind, Site, Source
from feeds.urls import is_http, resolve

NAMESPACE = UUID("6e6b3f0c-3d0e-5b59-9c64-0f5f1c7f6a51")
"""Of all article ids; another value would make every article a new one."""

RULES_VERSION = 2
"""Raised when this package comes to believe something else of the same entry."""

_FUTURE = timedelta(days=1)
_FILE_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
_LONGEST_SUMMARY = 1000
_MEDIUM = re.compile(r"[（(]\s*文章来源：([^（）()<>]{1,100}(?:\([^（）()<>]{1,50}\))?)\s*[）)]")
_LAST_IN_SECOND = 999


def identify(entry: Entry, source: Source) -> str:
    """32 hex digits that name the article for ever: of its guid, else its address, else its words.

    A guid that is an address is the same in every spelling of it, as an address is; other guids are what
    they are, byte for byte. Sources that share an id space share articles.
    """
    if entry.guid:
        key = f"guid\n{canonical(entry.guid) if is_http(entry.guid) else entry.guid}"
    elif url := _address(entry, source):
        key = f"url\n{canonical(url)}"
    else:
        key = f"text\n{flatten(entry.title)}\n{text_of(entry.content or entry.summary or '')}"
    return uuid5(NAMESPACE, f"{source.ids}\n{key}").hex


def identify_apart(entry: Entry, source: Source) -> str:
    """The name of an article whose guid is another's too: of that and its address (see address_key)."""
    return uuid5(NAMESPACE, f"{source.ids}\nguid\n{entry.guid}\nat\n{address_key(entry, source)}").hex


def address_key(entry: Entry, source: Source) -> str:
    """16 hex digits of where an article is, or else its first file; empty where nothing says."""
    url = _address(entry, source)
    if url is None:
        url = next((resolve(entry.base or source.url, file.url) for file in entry.enclosures), None)
    return key_of(url) if url else ""


def key_of(url: str) -> str:
    """16 hex digits that are the same for all spellings of an address."""
    return _hash(canonical(url), size=8)


def signature(entry: Entry, source: Source) -> str | None:
    """16 hex digits of an article's address and title; None without one of them."""
    key, title = address_key(entry, source), flatten(entry.title)
    return _hash((key, title), size=8) if key and title else None


def entry_id(article_id: str) -> str:
    """The id that an article has in every format (RFC 4287 §4.2.6, RFC 9562)."""
    return UUID(article_id).urn


def entry_digest(entry: Entry, source: Source) -> str:
    """16 hex digits that change with the entry or its source's rules, and not with a release of ours."""
    # Where the entry came from is none of its words: a feed may be served from another address each time.
    said = msgspec.structs.replace(entry, base=None)
    if source.kind is Kind.PAGE and parse_date(entry.published or "", timezone="UTC") is None:
        said = msgspec.structs.replace(said, published=None)  # "3 hours ago" is other words each hour
    return _hash((said, _rules(source)), size=8)


def rules_digest(source: Source) -> str:
    """16 hex digits that change with whatever in a source decides what its entries become."""
    return _hash((source.ids, source.url, _rules(source)), size=8)


def _rules(source: Source) -> tuple[object, ...]:
    told = (source.category, source.article, source.timezone, source.language, source.kind)
    return told if source.rules is None else (*told, source.rules)


def fingerprint(article: Article) -> str:
    """A stable hash of what a reader would call the article: its words, links and people."""
    words = (article.title, article.content, article.summary, article.url, article.authors)
    rest = (article.tags, article.enclosures, article.medium, article.language)
    return _hash((RULES_VERSION, *words, *rest), size=16)


def normalize(
    entry: Entry,
    source: Source,
    site: Site,
    *,
    slug: str,
    seen_at: datetime,
    position: int,
    article_id: str | None = None,
) -> Article:
    """The article of an entry that was first seen at ``seen_at`` as number ``position`` of its list.

    ``article_id`` is what identify says of the publisher's own words, unless something else is known of it.

    An entry without a date of its own, or with one more than a day ahead, is dated when it was seen,
    a second earlier for each place in the list, so that the publisher's order stays.
    """
    timezone = source.timezone or site.timezone
    article_id = article_id or identify(entry, source)
    said = _said(entry, timezone, seen_at)
    dated = said is not None and said - seen_at <= _FUTURE
    seen = (seen_at - timedelta(seconds=position)).astimezone(ZoneInfo(timezone))
    published = _fixed_offset(said if said is not None and dated else seen)
    content = _content(entry, source)
    text = text_of(content)
    return Article(
        id=article_id,
        source_id=source.known_as,
        guid=entry.guid,
        url=cleaned(url) if (url := _address(entry, source)) else None,
        title=flatten(entry.title),
        content=content,
        summary=_summary(entry.summary, text),
        authors=_lines(entry.authors),
        tags=_lines(entry.tags),
        medium=one_line(entry.medium or "") or _medium(text),
        language=entry.language or source.language or _detected(entry, text),
        enclosures=_enclosures(entry, source),
        image=resolve(entry.base or source.url, entry.image),
        episode=entry.episode,
        published=published,
        updated=_updated(entry, published, seen_at=seen_at, timezone=timezone),
        dated=dated,
        first_seen_at=seen_at,
        placements=(Placement(source_id=source.known_as, slug=slug),),
        path=_path(entry, slug, published, article_id),
        sort_key=_sort_key(published, position),
        page=entry.page,
        complete=entry.page is None,
    )


def fill(article: Article, detail: Detail, site: Site, *, base: str | None) -> Article:
    """The article with the body of its own page, and with what that page says where the list said nothing.

    A further page of the article goes behind what came before, and a body that was whole already is
    replaced; a stub before a paywall is no body.
    """
    if article.complete and not detail.whole:
        return article
    content = clean(detail.content, base=base or article.page or site.url)
    goes_on = article.parts > 0 and not article.complete
    if goes_on:
        content = f"{article.content}\n{content}"
    text = text_of(content)
    filled = msgspec.structs.replace(
        article,
        content=content,
        parts=article.parts + 1 if goes_on else 1,
        title=article.title or flatten(detail.title),
        authors=article.authors or _lines(detail.authors),
        language=article.language or detail.language or detect_language(f"{article.title} {text}"),
        image=article.image or resolve(base, detail.image),
        summary=article.summary or _summary(detail.summary, text),
        medium=article.medium or _medium(text),
        page=detail.more or article.page,
        complete=detail.whole and detail.more is None,
    )
    return filled if article.dated or article.listed else _dated(filled, detail, site)


def _dated(article: Article, detail: Detail, site: Site) -> Article:
    """The article under its own page's date; its path was given away already and stays."""
    seen_at = article.first_seen_at
    said = parse_date(detail.published or "", timezone=site.timezone, now=seen_at)
    if said is None or said - seen_at > _FUTURE:
        return article
    published = _fixed_offset(said)
    return msgspec.structs.replace(
        article,
        published=published,
        updated=published,
        dated=True,
        sort_key=int(published.timestamp() * 1000),
    )


def _sort_key(published: datetime, position: int) -> int:
    """UTC milliseconds; those of one day without a time of day keep the order of their list."""
    moment = int(published.timestamp() * 1000)
    return moment if published.time() != time() else moment - min(position, _LAST_IN_SECOND)


def _detected(entry: Entry, text: str) -> str | None:
    """The language of an entry's words, unless its own page is yet to say it."""
    return detect_language(f"{flatten(entry.title)} {text}") if entry.page is None else None


def _hash(values: object, *, size: int) -> str:
    # Sorted keys and omitted defaults: a field that model.py gains changes no hash while it is unset.
    encoded = msgspec.json.encode(values, order="sorted")
    return blake2b(encoded, digest_size=size).hexdigest()


def _address(entry: Entry, source: Source) -> str | None:
    return resolve(entry.base or source.url, entry.url)


def _content(entry: Entry, source: Source) -> str:
    """Safe HTML of the entry; its summary stands in where nothing else is to come."""
    if entry.content:
        content = clean(entry.content, base=entry.base or resolve(source.url, entry.url) or source.url)
        # Without a tag, readers would take it for plain text.
        return f"<p>{content}</p>" if content.strip() and "<" not in content else content
    summary = escape(text_of(entry.summary or ""), quote=False)
    return f"<p>{summary}</p>" if summary and entry.page is None else ""


def _summary(summary: str | None, text: str) -> str:
    said = text_of(summary or "")
    return said if 0 < len(said) <= _LONGEST_SUMMARY else summarize(said or text)


def _medium(text: str) -> str | None:
    """The medium that an article's text names as its source, as the seed's articles do."""
    named = _MEDIUM.search(text)
    return named[1].strip() or None if named else None


def _lines(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for text in texts if (line := flatten(text))))


def _enclosures(entry: Entry, source: Source) -> tuple[Enclosure, ...]:
    found = []
    for enclosure in entry.enclosures:
        url = resolve(entry.base or source.url, enclosure.url)
        if url is not None:
            found.append(msgspec.structs.replace(enclosure, url=url))
    return tuple(found)


def _said(entry: Entry, timezone: str, now: datetime) -> datetime | None:
    """The date that an entry says it is of."""
    read = (parse_date(text or "", timezone=timezone, now=now) for text in (entry.published, entry.updated))
    return next((moment for moment in read if moment is not None), None)


def _fixed_offset(moment: datetime) -> datetime:
    """``moment`` with its offset only: a zone's name does not survive the store."""
    return datetime.fromisoformat(moment.isoformat())


def _updated(entry: Entry, published: datetime, *, seen_at: datetime, timezone: str) -> datetime:
    said = parse_date(entry.updated or "", timezone=timezone)
    return said if said is not None and published < said <= seen_at + _FUTURE else published


def _path(entry: Entry, slug: str, published: datetime, article_id: str) -> str:
    """The seed's own URL; the day is the publisher's, whatever day it was in UTC."""
    chosen = entry.name or entry.guid or ""
    name = chosen if _FILE_NAME.fullmatch(chosen) else article_id
    return f"/{slug}/{published:%Y/%m/%d}/{name}.html"
