"""How much of a source's news one poll takes: all of it, but of sitemaps, which are whole sites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from feeds.model import Entry
from feeds.pipeline.roll import Candidate
from feeds.store.articles import Articles
from feeds.told import Kind, Source

SITEMAP_FIRST = 50
"""Addresses that the first poll of a sitemap takes: a feed is no archive of the site."""
SITEMAP_AT_ONCE = 200
"""New addresses that a later poll of a sitemap takes; the others come with the next."""
_SAMPLE = 20


class Share(NamedTuple):
    """What of the fresh ones a poll takes.

    ``taken`` now; ``passed_over`` are a site's past, ``noted`` no news at all: both are only known from
    now on; ``left`` are so many for later polls.
    """

    taken: list[Candidate]
    passed_over: Sequence[Candidate] = ()
    noted: Sequence[Candidate] = ()
    left: int = 0


def share_of(
    articles: Articles, fresh: list[Candidate], known: Mapping[str, str], source: Source, *, count: int
) -> Share:
    """How much of the ``fresh`` ones, of ``count`` in the document, a poll takes; of a sitemap the oldest.

    What is new comes before what was edited. A first poll takes only the newest.
    """
    if source.kind is not Kind.SITEMAP:
        return Share(fresh)
    if not articles.has_brought(source.known_as):
        past = max(0, len(fresh) - SITEMAP_FIRST)
        return Share(fresh[past:], passed_over=fresh[:past])
    new = [one for one in fresh if one.article_id not in known]
    edited = [one for one in fresh if one.article_id in known]
    if len(edited) > max(_SAMPLE, count / 2) and _is_only_dated(articles, edited[:_SAMPLE]):
        return Share(new[:SITEMAP_AT_ONCE], noted=edited, left=max(0, len(new) - SITEMAP_AT_ONCE))
    ordered = [*new, *edited]
    return Share(ordered[:SITEMAP_AT_ONCE], left=max(0, len(ordered) - SITEMAP_AT_ONCE))


def _is_only_dated(articles: Articles, sample: Sequence[Candidate]) -> bool:
    """Whether a sitemap says of all its addresses that they changed just now, as some do each time."""
    said = articles.entries([one.article_id for one in sample])
    pairs = [(one.entry, said[one.article_id]) for one in sample if one.article_id in said]
    return bool(pairs) and all(_undated(now) == _undated(then) and now != then for now, then in pairs)


def _undated(entry: Entry) -> Entry:
    return replace(entry, published=None, updated=None, base=None)
