"""uvicorn's HTTP protocol with a short way: what is ready is sent from where its request was read.

Nothing is decided here: the shelf holds what the application answered with a moment ago, and `Ready` says
what a request gets of it, as it does for the application. The rest takes uvicorn's own way there.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from feeds.web.conditional import Answer, Asked
from feeds.web.languages import preferred
from feeds.web.negotiation import prefers_page
from feeds.web.shelf import Address, Shelf

_ANSWERED: Any = SimpleNamespace(response_complete=True)
"""In the place of a request that was answered: what uvicorn looks at when more of it comes, or the next."""
_LOOKED_AT = frozenset(
    {b"accept", b"accept-encoding", b"accept-language", b"if-none-match", b"if-modified-since"}
)
_METHODS = (b"GET", b"HEAD")


def protocol_over(shelf: Shelf) -> type[HttpToolsProtocol]:
    """The protocol for a server whose application fills ``shelf``."""

    class ShelfProtocol(HttpToolsProtocol):
        """One connection."""

        def on_headers_complete(self) -> None:
            answer = self._held()
            if answer is None:
                super().on_headers_complete()
                return
            self.cycle = _ANSWERED
            body = b"" if self.parser.get_method() == b"HEAD" else answer.body
            usual = b"".join([b"%s: %s\r\n" % pair for pair in self.server_state.default_headers])
            self.transport.write(b"".join((answer.head, usual, b"\r\n", body)))
            self.on_response_complete()

        def _held(self) -> Answer | None:
            """What the shelf has for a plain request on a connection with nothing else under way."""
            parser = self.parser
            if self.cycle is not None and not self.cycle.response_complete:
                return None
            # Who does not read gets no more into memory: the application waits for the connection to drain.
            if self.pipeline or self.transport.get_write_buffer_size():
                return None
            if parser.get_method() not in _METHODS or not parser.should_keep_alive():
                return None
            if parser.should_upgrade() or parser.get_http_version() != "1.1":
                return None
            told = _told(self.headers)
            page, interface = (
                prefers_page(told.get(b"accept", "")),
                preferred(told.get(b"accept-language", "")),
            )
            ready = shelf.find(Address(self.url, page, interface))
            return ready.answer(_asked(told)) if ready else None

        def connection_lost(self, exc: Exception | None) -> None:
            if self.cycle is _ANSWERED:
                self.cycle = None  # type: ignore[assignment]  # as before the first request
            super().connection_lost(exc)

    return ShelfProtocol


def _told(headers: list[tuple[bytes, bytes]]) -> dict[bytes, str]:
    """The headers that matter; several of one name are one list (RFC 9110 §5.3)."""
    told: dict[bytes, str] = {}
    for name, value in headers:
        if name in _LOOKED_AT:
            text = value.decode("latin-1")
            told[name] = f"{told[name]}, {text}" if name in told else text
    return told


def _asked(told: dict[bytes, str]) -> Asked:
    return Asked(told.get(b"accept-encoding", ""), told.get(b"if-none-match"), told.get(b"if-modified-since"))
