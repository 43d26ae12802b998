"""A document's entries in their order: those that were read, and what is remembered of the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from feeds.crawl import Glimpse, Health
from feeds.model import Entry, Feed
from feeds.normalize.article import address_key, entry_digest, identify
from feeds.normalize.dates import parse_date
from feeds.store.plan import NOTHING
from feeds.told import Kind, Site, Source

_DATES_READ = 30
T = TypeVar("T")


class Candidate(NamedTuple):
    """An entry with its position in the feed, its article's id, its digest, and where the article is.

    ``rewritten`` is the entry as the source's rules make it, where they change anything.
    """

    position: int
    entry: Entry
    article_id: str
    digest: str
    place: str = ""
    rewritten: Entry | None = None

    @property
    def words(self) -> Entry:
        """What is to be published of the entry."""
        return self.rewritten or self.entry


class Roll(NamedTuple):
    """All entries of a document, each article once: the first of several with one guid and place counts.

    ``candidates`` are those that were read, ``glimpses`` every entry there is, ``known`` by fingerprint
    those that need not be read again while neither they nor the source's rules change, ``unread`` the
    articles of entries that are there and could not be read, ``deleted`` those that the publisher says
    are no more.
    """

    candidates: list[Candidate]
    glimpses: list[Glimpse]
    known: dict[str, Glimpse]
    unread: frozenset[str]
    deleted: frozenset[str]
    rights: str | None
    read_at: datetime
    twins: dict[str, str]
    """Of guids that the document gives to several articles: the article's id → the first one's place."""

    @property
    def article_ids(self) -> frozenset[str]:
        """All articles that the document has."""
        return self.unread.union(glimpse.article_id for glimpse in self.glimpses)


def roll_of(
    feed: Feed, source: Source, site: Site, known: Mapping[str, Glimpse] = NOTHING, *, now: datetime
) -> Roll:
    """The roll of a feed whose entries that are ``known`` by their fingerprint were left out of it.

    A sitemap has the newest last, any other list first: that is position 0.
    """
    candidates, glimpses, remembered = [], [], {}
    taken: dict[str, list[str]] = {}
    dates = _dates(feed, source.timezone or site.timezone, now)
    for place, entry, fingerprint in _in_order(feed):
        glimpse = known.get(fingerprint) if entry is None else _glimpse(entry, source, dates.get(place))
        if glimpse is None:  # it could not be read
            continue
        glimpses.append(glimpse)
        others = taken.setdefault(glimpse.article_id, [])
        if glimpse.place in others or (others and "" in (glimpse.place, *others)):
            continue
        others.append(glimpse.place)
        if fingerprint:
            remembered[fingerprint] = glimpse
        if entry is not None:
            position = len(feed.entries) - 1 - place if source.kind is Kind.SITEMAP else place
            digest = entry_digest(entry, source)
            candidates.append(Candidate(position, entry, glimpse.article_id, digest, glimpse.place))
    unread, deleted = (
        frozenset(identify(Entry(guid=guid), source) for guid in guids)
        for guids in (feed.unread, feed.deleted)
    )
    twins = {article_id: places[0] for article_id, places in taken.items() if len(places) > 1}
    return Roll(candidates, glimpses, remembered, unread, deleted, feed.rights, now, twins)


def dates_of(glimpses: Sequence[Glimpse]) -> list[datetime]:
    """The dates of a feed's newest entries, as far as it says them: they tell how often it has news.

    The newest ones are the first, or the last.
    """
    return [glimpse.date for glimpse in _ends(glimpses) if glimpse.date]


def count_gaps(health: Health, roll: Roll, warnings: Sequence[str]) -> Health:
    """What entries lack, and what the parser complained of, kept for those who run this."""
    return replace(
        health,
        undated=sum(1 for glimpse in roll.glimpses if not glimpse.dated),
        untitled=sum(1 for glimpse in roll.glimpses if not glimpse.titled),
        unidentified=sum(1 for glimpse in roll.glimpses if not glimpse.identified),
        warnings=tuple(warnings[:5]),
    )


def _in_order(feed: Feed) -> Iterator[tuple[int, Entry | None, str]]:
    """Each place of the document, the entry that was read there, and the fingerprint, if there is one."""
    read = dict(zip(feed.positions or range(len(feed.entries)), feed.entries, strict=True))
    if not feed.fingerprints:
        yield from ((place, entry, "") for place, entry in read.items())
        return
    for place, fingerprint in enumerate(feed.fingerprints):
        yield place, read.get(place), fingerprint


def _dates(feed: Feed, timezone: str, now: datetime) -> dict[int, datetime | None]:
    """The dates by place, of those that may be wanted: reading one costs more than all else here."""
    placed = list(zip(feed.positions or range(len(feed.entries)), feed.entries, strict=True))
    wanted = placed if feed.fingerprints else _ends(placed)
    texts = ((place, entry.published or entry.updated) for place, entry in wanted)
    return {place: parse_date(text, timezone=timezone, now=now) for place, text in texts if text}


def _glimpse(entry: Entry, source: Source, date: datetime | None) -> Glimpse:
    return Glimpse(
        article_id=identify(entry, source),
        place=address_key(entry, source),
        date=date,
        dated=bool(entry.published),
        titled=bool(entry.title),
        identified=bool(entry.guid),
    )


def _ends(several: Sequence[T]) -> Sequence[T]:
    return [*several[:_DATES_READ], *several[_DATES_READ:][-_DATES_READ:]]
