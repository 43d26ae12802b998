"""Which parser reads which payload."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from feeds.model import Feed, Payload
from feeds.parse.api import parse_list, with_page
from feeds.parse.feed import parse_feed
from feeds.parse.jsonfeed import is_json, parse_json_feed
from feeds.parse.listing import parse_listing
from feeds.parse.posts import parse_posts
from feeds.parse.sitemap import parse_sitemap
from feeds.told import Kind, Source


def parse(source: Source, payload: Payload, known: Collection[str] = frozenset()) -> Feed:
    """The entries of a payload, read as the source's kind says.

    Those whose fingerprint is ``known`` may be left out; see parse_feed.
    Raises :class:`feeds.errors.NotAFeed` with words for what came instead.
    """
    match source.kind:
        case Kind.FEED:
            feed = parse_json_feed(payload) if is_json(payload) else parse_feed(payload, known)
            return _with_pages(source, feed)
        case Kind.PAGE:
            return parse_listing(source, payload)
        case Kind.API:
            return parse_list(source, payload)
        case Kind.SITEMAP:
            return parse_sitemap(source, payload)
        case Kind.POSTS:
            return parse_posts(payload)


def _with_pages(source: Source, feed: Feed) -> Feed:
    """The entries with the addresses of their own pages, where the source's rule wants them."""
    if source.article is None:
        return feed
    entries = tuple(with_page(source, entry, entry.base or source.url) for entry in feed.entries)
    return replace(feed, entries=entries)
