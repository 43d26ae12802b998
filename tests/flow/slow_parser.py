"""Our parser, but that a payload which says so keeps it busy for longer than any test lasts."""

from __future__ import annotations

import time
from collections.abc import Collection

from feeds.model import Feed, Payload
from feeds.parse.source import parse as parse_source
from feeds.told import Source

MARK = "keeps its parser busy"
ENVIRONMENT = {"FEEDMILL_TEST_PARSER": f"{__name__}:parse"}
_SECONDS = 300.0


def parse(source: Source, payload: Payload, known: Collection[str] = frozenset()) -> Feed:
    """As the real one, after a while if the payload has the mark."""
    if MARK.encode() in payload.body:
        time.sleep(_SECONDS)
    return parse_source(source, payload, known)
