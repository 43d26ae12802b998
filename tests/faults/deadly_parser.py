"""The parser, but for payloads that say so: they end the process that reads them."""

from __future__ import annotations

import os
import signal
from collections.abc import Collection
from pathlib import Path

from feeds.model import Feed, Payload
from feeds.parse.source import parse as parse_source
from feeds.told import Source

MARK = b"DEADLY"
NOTES = "FEEDMILL_TEST_NOTES"
"""Environment variable: the file that gets a line, the source's id, for each payload read."""


def parse(source: Source, payload: Payload, known: Collection[str] = frozenset()) -> Feed:
    """The entries of a payload that has no mark; with one, this process dies as by a bug in C."""
    with Path(os.environ[NOTES]).open("a", encoding="utf-8") as notes:
        notes.write(f"{source.id}\n")
    if MARK in payload.body:
        os.kill(os.getpid(), signal.SIGKILL)
    return parse_source(source, payload, known)
