"""The HTTP face: which room answers at which address."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from feeds.errors import StoreUnavailable
from feeds.render.addresses import prefix
from feeds.web.answering import Answers
from feeds.web.caching import NEVER
from feeds.web.documents import Documents
from feeds.web.fixed import Fixed, favicon, preflight, robots
from feeds.web.missing import Missing
from feeds.web.pages import Pages
from feeds.web.reader import Reader
from feeds.web.shelf import Shelf

_RETRY_AFTER: Final = "5"
_TAKEN_OFF: Final = "feedmill.taken_off"
"""Said of a request whose path has lost the site's prefix: that is done once."""


def create(reader: Reader, shelf: Shelf | None = None) -> Starlette:
    """The web application over ``reader``; it puts what it answers with on ``shelf``."""
    answers = Answers(reader, shelf or Shelf(time.monotonic))
    missing = Missing(reader, answers)
    app = Starlette(
        routes=[
            *_routes(
                Documents(reader, answers, missing), Pages(reader, answers, missing), Fixed(answers, missing)
            ),
            Route("/healthz", _health(reader)),
        ],
        exception_handlers={StoreUnavailable: _away},
    )
    app.router.redirect_slashes = False
    app.router.default = _elsewhere(reader, missing, app.router)
    return app


def _routes(documents: Documents, pages: Pages, fixed: Fixed) -> list[Route]:
    """The addresses of docs/documents.md; the first that fits is asked."""
    feeds = {
        "/feeds/index.json": documents.index,
        "/feeds/{name}.{extension}": documents.feed,
        "/feed.xml": documents.everything,
        "/opml.xml": documents.subscriptions,
    }
    return [
        Route("/", documents.home),
        Route("/category/{name}.html", documents.category),
        Route("/category/{name}/{cursor}.html", pages.older),
        Route("/search", pages.search),
        Route("/static/{name}", fixed.asset),
        *(Route(path, endpoint) for path, endpoint in feeds.items()),
        *(Route(path, preflight, methods=["OPTIONS"]) for path in feeds),
        Route("/robots.txt", robots),
        Route("/favicon.ico", favicon),
        Route("/{slug}/{year:int}/{month:int}/{day:int}/{name}", pages.article),
    ]


def _elsewhere(reader: Reader, missing: Missing, router: ASGIApp) -> ASGIApp:
    """What answers when no route does: the route without the site's prefix, else a helpful 404.

    A proxy may hand on the path of the site's address, or take it off: both work.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        site = await run_in_threadpool(reader.site)
        before = unquote(prefix(site))
        is_within = f"{scope['path']}/".startswith(f"{before}/") and _TAKEN_OFF not in scope
        if before and is_within:
            path = scope["path"].removeprefix(before) or "/"
            await router({**scope, "path": path, _TAKEN_OFF: True}, receive, send)
            return
        response = await run_in_threadpool(missing.answer, request)
        await response(scope, receive, send)

    return answer


def _health(reader: Reader) -> Callable[[Request], Response]:
    """How the store is; that this process serves is said by answering."""

    def health(_request: Request) -> Response:
        try:
            told = reader.health()
        except StoreUnavailable:
            told = {"store": "away"}
        return JSONResponse({"status": "ok", **told}, headers={"Cache-Control": NEVER})

    return health


def _away(_request: Request, _error: Exception) -> Response:
    return PlainTextResponse(
        "The store is away for the moment. Please try again in a few seconds.\n",
        status_code=503,
        headers={"Retry-After": _RETRY_AFTER, "Cache-Control": NEVER, "Access-Control-Allow-Origin": "*"},
    )
