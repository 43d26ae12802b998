"""The real web application over a test's store, on a real port, and a log of what it answered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

import httpx
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feeds.store.store import Store
from feeds.web.app import create
from feeds.web.hot import HotReader
from feeds.web.stored import StoredReader
from tests.system import wait_until


class Answered(NamedTuple):
    """A request, and the status it got."""

    path: str
    agent: str
    status: int


class Web:
    """Where the application answers, and what it answered, in order."""

    def __init__(self, app: ASGIApp) -> None:
        self.url = ""
        self.client = httpx.Client(trust_env=False)
        self.log: list[Answered] = []
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does."""

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                agent = dict(scope["headers"]).get(b"user-agent", b"").decode("latin-1")
                self.log.append(Answered(scope["path"], agent, message["status"]))
            await send(message)

        await self._app(scope, receive, noting)


@contextmanager
def web_over(store: Store, now: Callable[[], datetime]) -> Iterator[Web]:
    """The web over ``store``, as a worker serves it; what it keeps in memory ages by ``now``."""
    web = Web(create(HotReader(StoredReader(store), lambda: now().timestamp())))
    config = uvicorn.Config(web, port=0, ws="none", lifespan="off", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="web", daemon=True)
    thread.start()
    try:
        wait_until(lambda: server.started, 20, "the web", every=0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        web.url = f"http://127.0.0.1:{port}"
        yield web
    finally:
        web.client.close()
        server.should_exit = True
        thread.join(20)
