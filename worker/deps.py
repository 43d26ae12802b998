"""What a process needs, made once in it, after any fork: the settings, the store, the mill."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from importlib import import_module

from feeds.fetch.client import Client
from feeds.parse.source import parse
from feeds.pipeline.mill import Intake, Mill, Parser
from feeds.settings import Settings, load_settings
from feeds.store.store import Store, open_store


def mill() -> Mill:
    """This process' mill; a forked child makes its own."""
    return _mill(os.getpid())


def build_mill(store: Store, settings: Settings) -> Mill:
    """A mill over ``store`` with the parser of ``settings``."""
    return Mill(store, build_intake(settings, store.now))


def build_intake(settings: Settings, now: Callable[[], datetime]) -> Intake:
    """What fetches and parses, by the clock ``now``."""
    return Intake(Client(monotonic=time.monotonic), parser_of(settings), now)


def parser_of(settings: Settings) -> Parser:
    """The parser, or the one a test put in its place as ``module:function``."""
    if settings.test_parser is None:
        return parse
    module, _, name = settings.test_parser.partition(":")
    replacement: Parser = getattr(import_module(module), name)
    return replacement


@lru_cache(maxsize=1)
def _mill(_pid: int) -> Mill:
    settings = load_settings()
    return build_mill(open_store(settings.store_url, prefix=settings.prefix), settings)
