"""The HTTP face: documents and pages at their addresses (see the table of DESIGN's part 5)."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Mapping
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
from feeds.render.addresses import ALL, HOME, category_path, feed_path, local, older_path, prefix
from feeds.render.assets import ASSETS
from feeds.render.category import older_page, render_all
from feeds.render.channel import newest
from feeds.render.document import FORMATS, seal
from feeds.render.fixed import FAVICON, FAVICON_TYPE, ROBOTS
from feeds.render.index import INDEX, render_index
from feeds.render.pages import article_page, not_found_page, search_page
from feeds.render.search import find
from feeds.web.caching import caching
from feeds.web.conditional import Asked, Ready, http_date
from feeds.web.languages import preferred
from feeds.web.negotiation import prefers_page
from feeds.web.reader import Pulse, Reader
from feeds.web.shelf import Address, Shelf

_FEEDS: Final = ("rss", "atom", "json")
_NEGOTIATED: Final = ("rss", "atom")
"""What a browser is shown the page for; who opens JSON in a browser wants to see JSON."""
_RETRY_AFTER: Final = "5"
_DAY: Final = "public, max-age=86400"
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
_VARY_FEED: Final = "Accept, Accept-Encoding, Accept-Language"
"""Of a feed in whose place a browser is shown the page."""
_SHARED: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Last-Modified, X-Feedmill-Age, X-Feedmill-Last-Success",
}
_PREFLIGHT: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since, Cache-Control",
    "Access-Control-Max-Age": "86400",
}
_OLD: Final = 5.0
"""Seconds after which a document that the store did not confirm says how old it is."""


def create(reader: Reader, shelf: Shelf | None = None) -> Starlette:
    """The web application over ``reader``; it puts what it answers with on ``shelf``."""
    face = _Face(reader, shelf or Shelf(time.monotonic))
    feeds = {
        "/feeds/index.json": face.index,
        "/feeds/{name}.{extension}": face.feed,
        "/feed.xml": face.everything,
        "/opml.xml": face.subscriptions,
    }
    app = Starlette(
        routes=[
            Route("/", face.home),
            Route("/category/{name}.html", face.category),
            Route("/category/{name}/{cursor}.html", face.older),
            Route("/search", face.search),
            Route("/static/{name}", face.asset),
            *(Route(path, endpoint) for path, endpoint in feeds.items()),
            *(Route(path, _preflight, methods=["OPTIONS"]) for path in feeds),
            Route("/healthz", face.health),
            Route("/robots.txt", _robots),
            Route("/favicon.ico", _favicon),
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
    shelf: Shelf

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
        return self._page(request, page, last_modified, (category.slug,))

    def search(self, request: Request) -> Response:
        found = find(self.reader.headlines(), request.query_params.get("q", ""))
        page = search_page(self.reader.site(), found, interface=_interface(request))
        return self._page(request, page, _NO_DATE, ())

    def asset(self, request: Request) -> Response:
        asset = ASSETS.get(request.path_params["name"])
        if asset is None:
            return self.missing(request)
        document = seal(asset.content, media_type=asset.media_type, last_modified=_NO_DATE)
        is_marked = request.query_params.get("v") == asset.mark
        headers = {"Cache-Control": _FOR_EVER if is_marked else caching(None), "Vary": "Accept-Encoding"}
        return self._respond(request, document, headers, ())

    def feed(self, request: Request) -> Response:
        extension = request.path_params["extension"]
        if extension not in _FEEDS:
            return self.missing(request)
        return self._named(request, extension, lambda slug: feed_path(slug, extension))

    def everything(self, request: Request) -> Response:
        return self._document(request, ALL, "atom")

    def subscriptions(self, request: Request) -> Response:
        return self._document(request, ALL, "opml")

    def index(self, request: Request) -> Response:
        return self._document(request, ALL, INDEX)

    def article(self, request: Request) -> Response:
        path = request.scope["path"]
        article = self.reader.article(path)
        if article is None or article.is_gone:
            return self.missing(request, gone=article is not None)
        if article.path != path:
            return self._moved(article.path)
        titles = self.reader.titles(article.slugs)
        page = article_page(self.reader.site(), titles, article, interface=_interface(request))
        return self._page(request, page, article.updated, article.slugs)

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
        headers = dict(_PAGE_HEADERS) if form == "html" else {**_SHARED, "Vary": "Accept-Encoding"}
        if form in _NEGOTIATED:
            headers["Vary"] = _VARY_FEED
        if form in _NEGOTIATED and _wants_page(request):
            headers = {**_PAGE_HEADERS, **headers}
            form = "html"
            page = HOME if slug == ALL else category_path(slug)
            headers["Content-Location"] = local(self.reader.site(), page)
        document = self._in_language(request, slug, form) or self._not_yet(slug, form)
        if document is None:
            return self.missing(request)
        headers |= self._freshness(slug, form)
        return self._respond(request, document, headers, (slug,))

    def _freshness(self, slug: str, form: str) -> dict[str, str]:
        """How long a document may be kept, and how old it is where something is away."""
        try:
            pulse = self.reader.pulse(slug)
        except StoreUnavailable:
            pulse = Pulse()
        headers = {"Cache-Control": caching(pulse.gap)}
        if pulse.last_success is not None:
            headers["X-Feedmill-Last-Success"] = http_date(pulse.last_success)
        age = self.reader.age(slug, form)
        if age >= _OLD:
            headers["X-Feedmill-Age"] = str(int(age))
        return headers

    def _respond(
        self, request: Request, document: Document, headers: Mapping[str, str], slugs: Collection[str]
    ) -> Response:
        ready = Ready(document, headers, datetime.now(UTC))
        if not request.scope.get("query_string"):
            address = Address(request.scope.get("raw_path", b""), _wants_page(request), _interface(request))
            self.shelf.put(address, ready, slugs)
        answer = ready.answer(_asked(request))
        # HEAD has the same headers as GET and no body (RFC 9110 §9.3.2), whatever server is in front.
        response = Response(b"" if request.method == "HEAD" else answer.body, status_code=answer.status)
        response.raw_headers = list(answer.headers)
        return response

    def _in_language(self, request: Request, slug: str, form: str) -> Document | None:
        """A document; of a page, the one in the reader's language, if it is kept beside the first."""
        interface = _interface(request) if form == "html" else None
        other = None
        with suppress(StoreUnavailable):  # the first one may be in memory all the same
            other = self.reader.document(slug, f"{form}.{interface}") if interface else None
        return other or self.reader.document(slug, form)

    def _page(
        self, request: Request, page: bytes, last_modified: datetime, slugs: Collection[str]
    ) -> Response:
        document = seal(page, media_type=FORMATS["html"], last_modified=last_modified)
        return self._respond(request, document, _PAGE_HEADERS | {"Cache-Control": caching(None)}, slugs)

    def _not_yet(self, slug: str, form: str) -> Document | None:
        """What is served of everything before anything is published: valid, and empty."""
        if slug != ALL:
            return None
        site = self.reader.site()
        return (render_all(site, (), ()) | {INDEX: render_index(site, ())}).get(form)

    def _moved(self, path: str) -> Response:
        return RedirectResponse(local(self.reader.site(), path), status_code=301)


def _asked(request: Request) -> Asked:
    """What matters of a request; several headers of one name are one list (RFC 9110 §5.3)."""
    headers = request.headers
    tags = headers.getlist("if-none-match")
    return Asked(
        accept_encoding=", ".join(headers.getlist("accept-encoding")),
        if_none_match=", ".join(tags) if tags else None,
        if_modified_since=headers.get("if-modified-since"),
    )


def _wants_page(request: Request) -> bool:
    return prefers_page(", ".join(request.headers.getlist("accept")))


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
    return PlainTextResponse(ROBOTS, headers={"Cache-Control": _DAY})


def _favicon(_request: Request) -> Response:
    return Response(FAVICON, headers={"Cache-Control": _DAY}, media_type=FAVICON_TYPE)


def _preflight(_request: Request) -> Response:
    """Scripts of other sites may ask with validators (Fetch, "CORS-preflight fetch")."""
    return Response(status_code=204, headers=_PREFLIGHT)


def _away(_request: Request, _error: Exception) -> Response:
    return PlainTextResponse(
        "The store is away for the moment. Please try again in a few seconds.\n",
        status_code=503,
        headers={"Retry-After": _RETRY_AFTER, "Cache-Control": "no-store"},
    )
