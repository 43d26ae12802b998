"""From a request to its answer: what its headers ask for, and how a document is sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from feeds.model import Document
from feeds.render.addresses import local
from feeds.render.document import FORMATS, seal
from feeds.web.caching import caching
from feeds.web.conditional import Asked, Ready
from feeds.web.languages import preferred
from feeds.web.negotiation import prefers_json, prefers_page
from feeds.web.policy import PAGE
from feeds.web.reader import Reader
from feeds.web.shelf import Address, Shelf

NO_DATE: Final = datetime.max.replace(tzinfo=UTC)
"""Of what has an ETag only: a date that lies ahead is not sent."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What all rooms answer with; a document is put on ``shelf`` for those who ask for it next."""

    reader: Reader
    shelf: Shelf

    def document(
        self, request: Request, document: Document, headers: Mapping[str, str], slugs: Collection[str]
    ) -> Response:
        """A document, or that the client has it; it holds something of the categories ``slugs``."""
        ready = Ready(document, headers, datetime.now(UTC))
        if not request.scope.get("query_string"):
            address = Address(request.scope.get("raw_path", b""), wants_page(request), interface(request))
            self.shelf.put(address, ready, slugs)
        answer = ready.answer(_asked(request))
        # HEAD has the same headers as GET and no body (RFC 9110 §9.3.2), whatever server is in front.
        response = Response(b"" if request.method == "HEAD" else answer.body, status_code=answer.status)
        response.raw_headers = list(answer.headers)
        return response

    def page(
        self, request: Request, page: bytes, last_modified: datetime, slugs: Collection[str]
    ) -> Response:
        """A page that was rendered for this request."""
        document = seal(page, media_type=FORMATS["html"], last_modified=last_modified)
        return self.document(request, document, PAGE | {"Cache-Control": caching(None)}, slugs)

    def moved(self, path: str) -> Response:
        """That it is at ``path``, for good."""
        headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": caching(None)}
        return RedirectResponse(local(self.reader.site(), path), status_code=301, headers=headers)


def interface(request: Request) -> str | None:
    """The language of ours that the reader asks for."""
    return preferred(request.headers.get("accept-language", ""))


def wants_page(request: Request) -> bool:
    """Whether it is a browser that asks."""
    return prefers_page(_accept(request))


def wants_json(request: Request, form: str) -> bool:
    """Whether a program that asked for a feed in ``form`` reads JSON."""
    return prefers_json(_accept(request), otherwise=form == "json")


def _accept(request: Request) -> str:
    return ", ".join(request.headers.getlist("accept"))


def _asked(request: Request) -> Asked:
    """What matters of a request; several headers of one name are one list (RFC 9110 §5.3)."""
    headers = request.headers
    tags = headers.getlist("if-none-match")
    return Asked(
        accept_encoding=", ".join(headers.getlist("accept-encoding")),
        if_none_match=", ".join(tags) if tags else None,
        if_modified_since=headers.get("if-modified-since"),
    )
