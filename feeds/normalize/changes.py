"""A stored article and what its source says now → the article as it is to be stored."""

from __future__ import annotations

from datetime import datetime

import msgspec

from feeds.model import Article, Placement
from feeds.normalize.article import fingerprint


def revise(
    stored: Article, new: Article, *, before: Article | None = None, source_id: str, seen_at: datetime
) -> Article:
    """``stored`` with what ``new`` changes; ``stored`` itself when that is nothing.

    ``before`` is what the entry stored last would be today: where its words are those of ``new``, only our
    own reading has changed since, and ``updated`` stays. The source that owns the article owns its words; any
    source owns its placement. Id, path, order and dates of first publication never change. A withdrawn
    one is listed again, and the source's own; one that was taken down stays so.
    """
    if stored.removed:
        return stored
    if stored.withdrawn:
        stored = msgspec.structs.replace(stored, source_id=source_id, listed=True, withdrawn=False)
    placements = _placed(stored.placements, new.placements, source_id)
    if source_id != stored.source_id:
        revised = msgspec.structs.replace(stored, placements=placements)
        return stored if revised == stored else revised
    revised = msgspec.structs.replace(_reworded(stored, new), placements=placements)
    known = stored if before is None else _reworded(stored, before)
    if fingerprint(revised) != fingerprint(known):
        updated = new.updated if new.updated > stored.updated else max(seen_at, stored.updated)
        revised = msgspec.structs.replace(revised, updated=updated)
    made = {"fetched_at": stored.fetched_at, "rules": stored.rules}
    return stored if msgspec.structs.replace(revised, **made) == stored else revised


def refill(stored: Article, filled: Article, *, seen_at: datetime) -> Article:
    """``filled`` once more from the article's own page: it was updated if its words are others."""
    if not stored.listed or fingerprint(filled) == fingerprint(stored):
        return filled
    return msgspec.structs.replace(filled, updated=max(seen_at, stored.updated))


def remove(stored: Article) -> Article:
    """``stored`` taken down: what is left says that it was there, and that it shall not come again."""
    return Article(
        id=stored.id,
        source_id=stored.source_id,
        guid=stored.guid,
        url=stored.url,
        published=stored.published,
        updated=stored.updated,
        dated=stored.dated,
        first_seen_at=stored.first_seen_at,
        path=stored.path,
        sort_key=stored.sort_key,
        complete=stored.complete,
        listed=False,
        removed=True,
    )


def withdraw(stored: Article, source_id: str) -> Article:
    """``stored`` once a source took it back: it is another's that has it too, or no longer listed."""
    others = tuple(placement for placement in stored.placements if placement.source_id != source_id)
    if not others:
        return retract(stored)
    owned = stored.source_id == source_id
    owner = others[0].source_id if owned else stored.source_id
    return msgspec.structs.replace(stored, source_id=owner, placements=others)


def retract(stored: Article) -> Article:
    """``stored`` once its own page says that it is no more."""
    return msgspec.structs.replace(stored, placements=(), listed=False, withdrawn=True)


def _placed(
    stored: tuple[Placement, ...], new: tuple[Placement, ...], source_id: str
) -> tuple[Placement, ...]:
    """The placements with those of the one source replaced where they stood, or added at the end."""
    mine = tuple(placement for placement in new if placement.source_id == source_id)
    first = next(
        (index for index, placement in enumerate(stored) if placement.source_id == source_id),
        len(stored),
    )
    others = tuple(placement for placement in stored if placement.source_id != source_id)
    return (*others[:first], *mine, *others[first:])


def _reworded(stored: Article, new: Article) -> Article:
    """``stored`` in the words of ``new``, but for a body that came from the article's own page."""
    words = msgspec.structs.replace(
        stored,
        guid=new.guid,
        url=new.url,
        title=new.title,
        content=new.content,
        summary=new.summary,
        authors=new.authors,
        tags=new.tags,
        medium=new.medium,
        language=new.language,
        enclosures=new.enclosures,
        image=new.image or stored.image,
        rights=new.rights,
        episode=new.episode,
        fetched_at=new.fetched_at,
        rules=new.rules,
        page=new.page,
        complete=new.complete,
    )
    if new.page is None or not (stored.complete or stored.parts):
        return words
    return msgspec.structs.replace(
        words,
        title=new.title or stored.title,
        authors=new.authors or stored.authors,
        content=stored.content,
        summary=new.summary or stored.summary,
        medium=new.medium or stored.medium,
        language=new.language or stored.language,
        page=stored.page,
        complete=stored.complete,
    )
