"""Which article an entry is: a guid of several is told apart, a new guid of a known article recognized.

All of it needs memory, which stands among the digests of a source's entries (``entries:<source>``): ``~<id>``
is the place of the article that keeps an id whose guid was once given to several; ``=<id>`` in a digest's
place says that this guid's article is another by now, and ``@<id>`` is the last such guid of an article.
``signatures:<source>`` finds articles by their address and title, ``removed`` those that were taken down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from feeds.model import Entry
from feeds.normalize.article import address_key, identify_apart, signature
from feeds.normalize.dates import parse_date
from feeds.pipeline.roll import Candidate, Roll
from feeds.store.articles import Articles
from feeds.told import Kind, Site, Source

_KEEPER = "~"
_ALIAS = "="
_LAST = "@"
_MANY = 5
"""So many entries with new guids for known articles, half of a document's, all of one date: a renumbering."""


class Identified(NamedTuple):
    """Candidates under their articles' own ids, the digests ``known`` of these, ``notes`` to remember.

    ``forgotten`` are notes to forget: of an article only the last of its other guids is kept.
    """

    candidates: list[Candidate]
    known: dict[str, str]
    notes: dict[str, str]
    forgotten: frozenset[str]


def identified(articles: Articles, roll: Roll, source: Source, site: Site) -> Identified:
    """What a roll's candidates are, against what the store remembers of their source."""
    known, notes, apart = _told_apart(articles, roll, source)
    aliases = {} if source.kind is Kind.POSTS else _renumbered(articles, roll, apart, known, source, site)
    aliases = _taken_down(articles, apart, known) | aliases
    notes |= {guid_id: f"{_ALIAS}{article_id}" for guid_id, article_id in aliases.items()}
    notes |= {f"{_LAST}{article_id}": guid_id for guid_id, article_id in aliases.items()}
    last = articles.known(source.known_as, [f"{_LAST}{article_id}" for article_id in aliases.values()])
    forgotten = frozenset(last.values()).difference(aliases)
    aliases |= _aliases_in(known)
    known |= articles.known(source.known_as, [name for name in aliases.values() if name not in known])
    found: dict[str, Candidate] = {}
    for one in apart:
        article_id = aliases.get(one.article_id, one.article_id)
        found.setdefault(article_id, one._replace(article_id=article_id))
    return Identified(list(found.values()), known, notes, forgotten)


def articles_named(articles: Articles, source: Source, names: Iterable[str]) -> frozenset[str]:
    """The articles, of those that are known, that go by now by the guids which identify names so."""
    said = articles.known(source.known_as, list(names))
    aliases = _aliases_in(said)
    return frozenset(aliases.get(name, name) for name in said)


def _taken_down(articles: Articles, apart: Sequence[Candidate], known: Mapping[str, str]) -> dict[str, str]:
    """Of entries nobody knows: the article at the same address that somebody here took down."""
    places = {one.article_id: one.place for one in apart if one.place and one.article_id not in known}
    removed = articles.removed(list(places.values()))
    return {name: removed[place] for name, place in places.items() if removed.get(place, name) != name}


def signatures_of(candidates: Sequence[Candidate], source: Source) -> dict[str, str]:
    """By what articles are found again when their guids change: signature → article id."""
    if source.kind is Kind.POSTS:
        return {}
    signed = ((signature(one.entry, source), one.article_id) for one in candidates)
    return {mark: article_id for mark, article_id in signed if mark is not None}


def _told_apart(
    articles: Articles, roll: Roll, source: Source
) -> tuple[dict[str, str], dict[str, str], list[Candidate]]:
    """What is known of the candidates, what is new to know, and they under ids of their own."""
    names = dict.fromkeys([*(one.article_id for one in roll.candidates), *roll.twins])
    guided = dict.fromkeys([*(one.article_id for one in roll.candidates if one.entry.guid), *roll.twins])
    known = articles.known(source.known_as, [*names, *(f"{_KEEPER}{name}" for name in guided)])
    new = [name for name in roll.twins if f"{_KEEPER}{name}" not in known]
    before = articles.entries([name for name in new if name in known])
    keepers = {
        name: address_key(before[name], source) if name in before else roll.twins[name] for name in new
    }
    apart = []
    for one in roll.candidates:
        keeper = keepers.get(one.article_id, known.get(f"{_KEEPER}{one.article_id}"))
        alone = keeper is None or one.place in ("", keeper)
        apart.append(one if alone else one._replace(article_id=identify_apart(one.entry, source)))
    known |= articles.known(source.known_as, [one.article_id for one in apart if one.article_id not in names])
    return known, {f"{_KEEPER}{name}": place for name, place in keepers.items()}, apart


def _renumbered(
    articles: Articles,
    roll: Roll,
    apart: Sequence[Candidate],
    known: Mapping[str, str],
    source: Source,
    site: Site,
) -> dict[str, str]:
    """Of entries nobody knows: the article with the same address and title, if its own guid is gone.

    The date must be the same too, since some name every week's news alike; or one and the same for many, as
    where a publisher moved its whole site.
    """
    unknown = [one for one in apart if one.article_id not in known]
    marks = {one.article_id: mark for one in unknown if (mark := signature(one.entry, source))}
    found = articles.signed(source.known_as, list(marks.values()))
    if not found:
        return {}
    present = _present(articles, roll, apart, known, source)
    matches: dict[str, Candidate] = {}
    for one in unknown:
        article_id = found.get(marks.get(one.article_id, ""))
        if article_id is not None and article_id not in present:
            matches.setdefault(article_id, one)
    timezone = source.timezone or site.timezone
    stamps = {_date_of(one.entry, timezone) for one in matches.values()}
    if len(matches) >= max(_MANY, len(roll.glimpses) / 2) and len(stamps) == 1:
        return {one.article_id: article_id for article_id, one in matches.items()}
    dates = _dates_of(articles, list(matches), timezone)
    return {
        one.article_id: article_id
        for article_id, one in matches.items()
        if article_id in dates and _dated_alike(_date_of(one.entry, timezone), dates[article_id])
    }


def _present(
    articles: Articles, roll: Roll, apart: Sequence[Candidate], known: Mapping[str, str], source: Source
) -> frozenset[str]:
    """Every article that the document has under a guid it is known by."""
    names = roll.article_ids.union(one.article_id for one in apart if one.article_id in known)
    return articles_named(articles, source, names)


def _dates_of(articles: Articles, article_ids: Sequence[str], timezone: str) -> dict[str, datetime | None]:
    """What publishers said that articles are of; of those taken down, which say nothing, what we believed."""
    dates: dict[str, datetime | None] = {
        name: article.published if article.dated else None
        for name, (article, _) in articles.read(article_ids).items()
    }
    said = articles.entries(article_ids)
    return dates | {name: _date_of(entry, timezone) for name, entry in said.items()}


def _date_of(entry: Entry, timezone: str) -> datetime | None:
    text = entry.published or entry.updated
    return parse_date(text, timezone=timezone) if text else None


def _dated_alike(one: datetime | None, other: datetime | None) -> bool:
    return one is None or other is None or one == other


def _aliases_in(known: Mapping[str, str]) -> dict[str, str]:
    return {name: said[len(_ALIAS) :] for name, said in known.items() if said.startswith(_ALIAS)}
