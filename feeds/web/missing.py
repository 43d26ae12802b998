"""What is answered where nothing is, or no longer: where it is, if that is known, else what is near."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from feeds.errors import StoreUnavailable
from feeds.render.addresses import ALL
from feeds.render.document import FORMATS
from feeds.render.guessing import dead_end
from feeds.render.missing import PROBLEM_TYPE, TEXT_TYPE, DeadEnd, missing_problem, missing_text
from feeds.render.near import Names
from feeds.render.pages import not_found_page
from feeds.web.answering import Answers, interface, wants_json, wants_page
from feeds.web.caching import ASK_AGAIN
from feeds.web.habits import meant
from feeds.web.policy import PAGE, SHARED, VARY_FEED
from feeds.web.reader import Reader

_READING: Final = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Missing:
    """The end of every way that leads nowhere."""

    reader: Reader
    answers: Answers

    def answer(self, request: Request) -> Response:
        """The way on: another address for good, a page for browsers, a few lines for programs."""
        path = request.scope["path"]
        target = meant(path, self._slug) if request.method in _READING else None
        if target not in (None, path):
            return self.answers.moved(target)
        end = dead_end(path, self._names())
        if end.is_feed and not wants_page(request):
            return self._to_program(request, end)
        return self._page(request, end, 404)

    def gone(self, request: Request) -> Response:
        """A page that says of an article that it was here."""
        return self._page(request, dead_end(request.scope["path"], None), 410)

    def _page(self, request: Request, end: DeadEnd, status: int) -> Response:
        page = not_found_page(self.reader.site(), end, gone=status == 410, interface=interface(request))
        headers = PAGE | {"Cache-Control": ASK_AGAIN}
        if end.is_feed:
            headers["Vary"] = VARY_FEED
        return _sent(request, Response(page, status, headers, FORMATS["html"]))

    def _to_program(self, request: Request, end: DeadEnd) -> Response:
        site, language = self.reader.site(), interface(request)
        headers = SHARED | {
            "Cache-Control": ASK_AGAIN,
            "Vary": VARY_FEED,
            "X-Content-Type-Options": "nosniff",
        }
        if wants_json(request, end.form):
            content = missing_problem(site, end, interface=language)
            return _sent(request, Response(content, 404, headers, PROBLEM_TYPE))
        text = missing_text(site, end, interface=language)
        return _sent(request, Response(text, 404, headers, TEXT_TYPE))

    def _slug(self, name: str) -> str | None:
        return name if name == ALL else self.reader.slug(name)

    def _names(self) -> Names | None:
        """What there is, if that is known: a page that leads home helps without it."""
        with suppress(StoreUnavailable):
            return self.reader.names()
        return None


def _sent(request: Request, response: Response) -> Response:
    """As it is sent: to HEAD with the headers of GET alone (RFC 9110 §9.3.2)."""
    if request.method == "HEAD":
        response.body = b""
    return response
