"""What publishing has made: feeds, front pages and lists, each at its address, with how fresh it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from feeds.errors import StoreUnavailable
from feeds.model import Document
from feeds.render.addresses import ALL, HOME, category_path, feed_path, local
from feeds.render.category import render_all
from feeds.render.document import zipped
from feeds.render.index import INDEX, render_index
from feeds.web.answering import Answers, interface, wants_page
from feeds.web.caching import caching
from feeds.web.conditional import http_date
from feeds.web.missing import Missing
from feeds.web.policy import PAGE, SHARED, VARY_FEED, VARY_PLAIN
from feeds.web.reader import Pulse, Reader

_FEEDS: Final = ("rss", "atom", "json")
_NEGOTIATED: Final = ("rss", "atom")
"""What a browser is shown the page for; who opens JSON in a browser wants to see JSON."""
_OLD: Final = 5.0
"""Seconds after which a document that the store did not confirm says how old it is."""


@dataclass(frozen=True, slots=True)
class Documents:
    """The endpoints of such documents. All endpoints are plain functions: Starlette runs them in threads."""

    reader: Reader
    answers: Answers
    missing: Missing

    def home(self, request: Request) -> Response:
        """The front page of everything."""
        return self._document(request, ALL, "html")

    def category(self, request: Request) -> Response:
        """The front page of a category."""
        return self._named(request, "html", category_path)

    def feed(self, request: Request) -> Response:
        """A category's feed in one of the formats."""
        extension = request.path_params["extension"]
        if extension not in _FEEDS:
            return self.missing.answer(request)
        return self._named(request, extension, lambda slug: feed_path(slug, extension))

    def everything(self, request: Request) -> Response:
        """The feed of everything, at its short address."""
        return self._document(request, ALL, "atom")

    def subscriptions(self, request: Request) -> Response:
        """The list of all feeds for feed readers."""
        return self._document(request, ALL, "opml")

    def index(self, request: Request) -> Response:
        """The list of all categories for programs."""
        return self._document(request, ALL, INDEX)

    def _named(self, request: Request, form: str, path_of: Callable[[str], str]) -> Response:
        """A category's document, by whatever spelling or alias; other than its own redirect."""
        name = request.path_params["name"]
        slug = name if name == ALL else self.reader.slug(name)
        if slug is None or (slug == ALL and form == "html"):
            return self.missing.answer(request)
        return self._document(request, slug, form) if slug == name else self.answers.moved(path_of(slug))

    def _document(self, request: Request, slug: str, form: str) -> Response:
        headers = dict(PAGE) if form == "html" else SHARED | {"Vary": VARY_PLAIN}
        if form in _NEGOTIATED:
            headers["Vary"] = VARY_FEED
        if form in _NEGOTIATED and wants_page(request):
            headers = PAGE | headers
            form = "html"
            page = HOME if slug == ALL else category_path(slug)
            headers["Content-Location"] = local(self.reader.site(), page)
        form, document = self._in_language(request, slug, form)
        document = document or self._not_yet(slug, form)
        if document is None:
            return self.missing.answer(request)
        headers |= self._freshness(slug, form)
        return self.answers.document(request, document, headers, (slug,))

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

    def _in_language(self, request: Request, slug: str, form: str) -> tuple[str, Document | None]:
        """A document with its name; of a page, that in the reader's language, if it is kept too."""
        language = interface(request) if form == "html" else None
        name, other = f"{form}.{language}", None
        with suppress(StoreUnavailable):  # the first one may be in memory all the same
            other = self.reader.document(slug, name) if language else None
        return (name, other) if other else (form, self.reader.document(slug, form))

    def _not_yet(self, slug: str, form: str) -> Document | None:
        """What is served of everything before anything is published: valid, and empty."""
        if slug != ALL:
            return None
        site = self.reader.site()
        return (render_all(site, (), ()) | {INDEX: zipped(render_index(site, ()))}).get(form)
