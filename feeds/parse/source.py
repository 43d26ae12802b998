"""Which parser reads which payload."""

from __future__ import annotations

from feeds.model import Feed, Payload
from feeds.parse.api import parse_list
from feeds.parse.feed import parse_feed
from feeds.parse.jsonfeed import is_json, parse_json_feed
from feeds.parse.posts import parse_posts
from feeds.told import Kind, Source


def parse(source: Source, payload: Payload) -> Feed:
    """The entries of a payload, read as the source's kind says.

    Raises :class:`feeds.errors.NotAFeed` with words for what came instead.
    """
    match source.kind:
        case Kind.FEED:
            return parse_json_feed(payload) if is_json(payload) else parse_feed(payload)
        case Kind.API:
            return parse_list(source, payload)
        case Kind.POSTS:
            return parse_posts(payload)
