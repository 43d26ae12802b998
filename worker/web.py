"""The web process: the HTTP face over the store of the environment, and its server."""

from __future__ import annotations

import argparse
import threading
import time
from contextlib import suppress
from typing import Any

import uvicorn
from starlette.applications import Starlette

from feeds.errors import StoreUnavailable
from feeds.settings import load_settings
from feeds.store.connection import IMPATIENT
from feeds.store.store import Store, open_store
from feeds.web.app import create as create_app
from feeds.web.hot import HotReader
from feeds.web.listening import listen
from feeds.web.shelf import Shelf
from feeds.web.stored import StoredReader
from worker.exits import telling_errors
from worker.logs import configure_logs


def create(shelf: Shelf | None = None) -> Starlette:
    """The ASGI application; answers from memory while the store is away.

    A server that can send what is on ``shelf`` by itself passes its own.
    """
    settings = load_settings()
    configure_logs(settings)
    store = open_store(settings.store_url, prefix=settings.prefix, patience=IMPATIENT)
    with suppress(StoreUnavailable):
        store.check()
    shelf = shelf or Shelf(time.monotonic)
    reader = HotReader(StoredReader(store), time.monotonic)
    _listen(store, reader, shelf)
    return create_app(reader, shelf)


def _listen(store: Store, reader: HotReader, shelf: Shelf) -> None:
    """Drop what is held of a category as soon as it has new documents, from a thread of its own."""

    def drop(slug: str) -> None:
        reader.drop(slug)
        shelf.drop(slug)

    def hear() -> None:
        for _ in listen(store.announcements, drop, time.sleep):
            pass

    threading.Thread(target=hear, name="listen", daemon=True).start()


def main() -> None:
    """``python -m worker.web``: serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="worker.web", description=main.__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    told = parser.parse_args()
    shelf = Shelf(time.monotonic)
    with telling_errors():
        application = create(shelf)
    uvicorn.run(
        application,
        host=told.host,
        port=told.port,
        http=_protocol(shelf),
        access_log=False,
        log_level="warning",
    )


def _protocol(shelf: Shelf) -> Any:
    """The quick protocol, or uvicorn's own where there is no httptools to be had."""
    try:
        from feeds.web.protocol import protocol_over
    except ImportError:
        return "auto"
    return protocol_over(shelf)


if __name__ == "__main__":
    main()
