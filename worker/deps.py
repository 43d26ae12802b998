"""What a process needs, made once in it, after any fork: the settings, the store, the mill."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from importlib import import_module

from feeds.errors import FeedmillError
from feeds.fetch.client import Client
from feeds.parse.source import parse
from feeds.pipeline.mill import Intake, Mill, Parser
from feeds.settings import Settings, load_settings
from feeds.store.store import Store, open_store

_making = threading.Lock()


def mill() -> Mill:
    """This process' mill; a forked child makes its own."""
    with _making:  # lru_cache alone would let every thread that comes first make one
        return _mill(os.getpid())


def build_mill(store: Store, settings: Settings) -> Mill:
    """A mill over ``store`` with the parser of ``settings``."""
    return Mill(store, build_intake(settings, store.now), settings.public_folder)


def build_intake(settings: Settings, now: Callable[[], datetime]) -> Intake:
    """What fetches and parses, by the clock ``now``."""
    return Intake(Client(monotonic=time.monotonic, environ=os.environ), parser_of(settings), now)


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
    store = open_store(settings.store_url, prefix=settings.prefix)
    try:
        store.check()
    except FeedmillError:
        store.close()
        raise
    return build_mill(store, settings)
