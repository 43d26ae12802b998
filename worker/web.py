"""The web process: the HTTP face over the store of the environment."""

from __future__ import annotations

import time
from contextlib import suppress

from starlette.applications import Starlette

from feeds.errors import StoreUnavailable
from feeds.settings import load_settings
from feeds.store.store import open_store
from feeds.web.app import create as create_app
from feeds.web.hot import HotReader
from feeds.web.stored import StoredReader
from worker.logs import configure_logs


def create() -> Starlette:
    """The ASGI application; answers from memory while the store is away."""
    settings = load_settings()
    configure_logs(settings)
    store = open_store(settings.store_url, prefix=settings.prefix)
    with suppress(StoreUnavailable):
        store.check()
    return create_app(HotReader(StoredReader(store), time.monotonic))
