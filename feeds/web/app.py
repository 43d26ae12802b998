"""The HTTP face: documents and pages at their addresses (see the table of DESIGN's part 5)."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from feeds.errors import StoreUnavailable
from feeds.model import Document
from feeds.normalize.players import HOSTS as PLAYERS
from feeds.render.addresses import ALL, category_path, feed_path, local, older_path, prefix
from feeds.render.assets import ASSETS
from feeds.render.category import older_page, render_all
from feeds.render.channel import newest
from feeds.render.document import FORMATS, seal
from feeds.render.pages import article_page, not_found_page, search_page
from feeds.render.search import find
from feeds.web.conditional import respond
from feeds.web.languages import preferred
from feeds.web.reader import Reader

_FEEDS: Final = ("rss", "atom", "json")
_RETRY_AFTER: Final = "5"
_CURSOR: Final = re.compile(r"before-(-?\d{1,15})-([0-9a-f]{32})")
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_NO_DATE: Final = datetime.max.replace(tzinfo=UTC)
"""Of what has an ETag only: a date that lies ahead is not sent."""

_PAGE_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; img-src * data:; media-src *; script-src 'self'; style-src 'self'; "
        f"frame-src {' '.join(f'https://{host}' for host in PLAYERS)}; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding, Accept-Language",
}
_FEED_HEADERS: Final = {"Access-Control-Allow-Origin": "*"}


def create(reader: Reader) -> Starlette:
    """The web application over ``reader``."""
    face = _Face(reader)
    app = Starlette(
        routes=[
            Route("/", face.home),
            Route("/category/{name}.html", face.category),
            Route("/category/{name}/{cursor}.html", face.older),
            Route("/search", face.search),
            Route("/static/{name}", face.asset),
            Route("/feeds/{name}.{extension}", face.feed),
            Route("/feed.xml", face.everything),
            Route("/opml.xml", face.subscriptions),
            Route("/healthz", face.health),
            Route("/robots.txt", _robots),
            Route("/{slug}/{year:int}/{month:int}/{day:int}/{name}", face.article),
        ],
        exception_handlers={StoreUnavailable: _away},
    )
    app.router.redirect_slashes = False
    app.router.default = _elsewhere(face, app.router)
    return app


@dataclass(frozen=True, slots=True)
class _Face:
    """The endpoints. They are plain functions, so Starlette runs them in its threads."""

    reader: Reader

    def home(self, request: Request) -> Response:
        return self._document(request, ALL, "html")

    def category(self, request: Request) -> Response:
        return self._named(request, "html", category_path)

    def older(self, request: Request) -> Response:
        """Older articles of a category, from the place on that the address names."""
        name, cursor = request.path_params["name"], _CURSOR.fullmatch(request.path_params["cursor"])
        slug = self.reader.slug(name) if cursor else None
        category = self.reader.category(slug) if slug else None
        if category is None or cursor is None:
            return self.missing(request)
        after = (int(cursor[1]), cursor[2])
        if category.slug != name:
            return self._moved(older_path(category.slug, *after))
        stretch = self.reader.stretch(category.slug, after, category.limit)
        page = older_page(self.reader.site(), category, stretch, interface=_interface(request))
        last_modified = newest(stretch.articles, category.created_at)
        return self._page(request, page, last_modified)

    def search(self, request: Request) -> Response:
        found = find(self.reader.headlines(), request.query_params.get("q", ""))
        page = search_page(self.reader.site(), found, interface=_interface(request))
        return self._page(request, page, _NO_DATE)

    def asset(self, request: Request) -> Response:
        asset = ASSETS.get(request.path_params["name"])
        if asset is None:
            return self.missing(request)
        document = seal(asset.content, media_type=asset.media_type, last_modified=_NO_DATE)
        is_marked = request.query_params.get("v") == asset.mark
        return respond(
            request, document, datetime.now(UTC), {"Cache-Control": _FOR_EVER} if is_marked else {}
        )

    def feed(self, request: Request) -> Response:
        extension = request.path_params["extension"]
        if extension not in _FEEDS:
            return self.missing(request)
        return self._named(request, extension, lambda slug: feed_path(slug, extension))

    def everything(self, request: Request) -> Response:
        return self._document(request, ALL, "atom")

    def subscriptions(self, request: Request) -> Response:
        return self._document(request, ALL, "opml")

    def article(self, request: Request) -> Response:
        path = request.scope["path"]
        article = self.reader.article(path)
        if article is None or article.is_gone:
            return self.missing(request, gone=article is not None)
        if article.path != path:
            return self._moved(article.path)
        titles = self.reader.titles(article.slugs)
        page = article_page(self.reader.site(), titles, article, interface=_interface(request))
        return self._page(request, page, article.updated)

    def health(self, _request: Request) -> Response:
        try:
            told = self.reader.health()
        except StoreUnavailable:
            told = {"store": "away"}
        return JSONResponse({"status": "ok", **told}, headers={"Cache-Control": "no-store"})

    def missing(self, request: Request, *, gone: bool = False) -> Response:
        path, interface = request.scope["path"], _interface(request)
        page = not_found_page(self.reader.site(), path, gone=gone, interface=interface)
        headers = {**_PAGE_HEADERS, "Cache-Control": "no-cache"}
        return Response(page, status_code=410 if gone else 404, headers=headers, media_type=FORMATS["html"])

    def _named(self, request: Request, form: str, path_of: Callable[[str], str]) -> Response:
        """A category's document, by whatever spelling or alias; other than its own redirect."""
        name = request.path_params["name"]
        slug = name if name == ALL else self.reader.slug(name)
        if slug is None or (slug == ALL and form == "html"):
            return self.missing(request)
        return self._document(request, slug, form) if slug == name else self._moved(path_of(slug))

    def _document(self, request: Request, slug: str, form: str) -> Response:
        document = self._in_language(request, slug, form) or self._not_yet(slug, form)
        if document is None:
            return self.missing(request)
        headers = _PAGE_HEADERS if form == "html" else _FEED_HEADERS
        return respond(request, document, datetime.now(UTC), headers)

    def _in_language(self, request: Request, slug: str, form: str) -> Document | None:
        """A document; of a page, the one in the reader's language, if it is kept beside the first."""
        interface = _interface(request) if form == "html" else None
        other = None
        with suppress(StoreUnavailable):  # the first one may be in memory all the same
            other = self.reader.document(slug, f"{form}.{interface}") if interface else None
        return other or self.reader.document(slug, form)

    def _page(self, request: Request, page: bytes, last_modified: datetime) -> Response:
        document = seal(page, media_type=FORMATS["html"], last_modified=last_modified)
        return respond(request, document, datetime.now(UTC), _PAGE_HEADERS)

    def _not_yet(self, slug: str, form: str) -> Document | None:
        """What is served of everything before anything is published: valid, and empty."""
        return render_all(self.reader.site(), (), ())[form] if slug == ALL else None

    def _moved(self, path: str) -> Response:
        return RedirectResponse(local(self.reader.site(), path), status_code=301)


def _elsewhere(face: _Face, router: ASGIApp) -> ASGIApp:
    """What answers when no route does: the route without the site's prefix, else a helpful 404.

    A proxy may hand on the path of the site's address, or take it off: both work.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        site = await run_in_threadpool(face.reader.site)
        before = unquote(prefix(site))
        if before and f"{scope['path']}/".startswith(f"{before}/"):
            path = scope["path"].removeprefix(before) or "/"
            await router({**scope, "path": path}, receive, send)
            return
        response = await run_in_threadpool(face.missing, request)
        await response(scope, receive, send)

    return answer


def _interface(request: Request) -> str | None:
    """The language of ours that the reader asks for."""
    return preferred(request.headers.get("accept-language", ""))


def _robots(_request: Request) -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /healthz\nDisallow: /search\n")


def _away(_request: Request, _error: Exception) -> Response:
    return PlainTextResponse(
        "The store is away for the moment. Please try again in a few seconds.\n",
        status_code=503,
        headers={"Retry-After": _RETRY_AFTER, "Cache-Control": "no-store"},
    )
