"""HTTP's own rules for answering with a document: validators, content codings, what a 304 repeats.

Rules: RFC 9110 §8.8.3 (a tag for each coding), §13.1 (preconditions), §15.4.5 (what a 304 must repeat).
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from types import MappingProxyType
from typing import Final, NamedTuple

from feeds.model import Document
from feeds.web.negotiation import BR, GZIP, IDENTITY, coding_for

_TAG: Final = re.compile(r'(?:W/)?("[^"]*")')
_SUFFIXES: Final = MappingProxyType({IDENTITY: "", GZIP: "-gz", BR: "-br"})
"""What the tag of a coded form has besides: other bytes must have another strong tag."""


class Asked(NamedTuple):
    """What of a request decides how a document is answered with."""

    accept_encoding: str = ""
    if_none_match: str | None = None
    if_modified_since: str | None = None


class Answer(NamedTuple):
    """A whole answer; ``head`` is its status line and headers as they go over the wire, but for their end."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    head: bytes
    body: bytes


class Ready:
    """A document ready to be answered with; each answer is made once, when it is first asked for."""

    def __init__(self, document: Document, extra: Mapping[str, str], now: datetime) -> None:
        self.document = document
        self._now = now
        self._answers: dict[tuple[int, str], Answer] = {}
        self._headers = {**extra, "Accept-Ranges": "none", "X-Content-Type-Options": "nosniff"}
        # A publisher's date in the future must not become ours (RFC 9110 §8.8.2.1): a client would
        # hold its copy for the newest until then.
        if document.last_modified <= now:
            self._headers["Last-Modified"] = http_date(document.last_modified)
        self._tags = {coding: _tag(document.etag, suffix) for coding, suffix in _SUFFIXES.items()}

    def answer(self, asked: Asked) -> Answer:
        """The document in the coding that is asked for, or 304 when the client has it."""
        coding = coding_for(asked.accept_encoding, brotli=self.document.brotli is not None)
        known = self._known(asked, coding)
        status = HTTPStatus.OK if known is None else HTTPStatus.NOT_MODIFIED
        key = (status, known or coding)
        return self._answers.get(key) or self._answers.setdefault(key, self._made(*key))

    def _known(self, asked: Asked, coding: str) -> str | None:
        """The coding of the copy that the client has; If-None-Match outweighs If-Modified-Since."""
        named = asked.if_none_match
        if named is None:
            return coding if self._is_unmodified_since(asked.if_modified_since) else None
        if named in (self._tags[coding], "*"):
            return coding
        tags = _TAG.findall(named)
        return next((each for each in (coding, *_SUFFIXES) if self._tags[each] in tags), None)

    def _is_unmodified_since(self, header: str | None) -> bool:
        since, modified = _date(header), self.document.last_modified
        return since is not None and modified <= self._now and modified.replace(microsecond=0) <= since

    def _made(self, status: int, coding: str) -> Answer:
        headers = {"ETag": self._tags[coding], **self._headers}
        body = b""
        if status == HTTPStatus.OK:
            body = self._body(coding)
            headers["Content-Type"] = self.document.media_type
            headers["Content-Length"] = str(len(body))
            if coding != IDENTITY:
                headers["Content-Encoding"] = coding
        raw = tuple((name.lower().encode(), value.encode("latin-1")) for name, value in headers.items())
        line = b"HTTP/1.1 %d %s\r\n" % (status, HTTPStatus(status).phrase.encode())
        return Answer(status, raw, line + b"".join(b"%s: %s\r\n" % pair for pair in raw), body)

    def _body(self, coding: str) -> bytes:
        if coding == BR and self.document.brotli is not None:
            return self.document.brotli
        return self.document.body if coding == GZIP else gzip.decompress(self.document.body)


def http_date(moment: datetime) -> str:
    """``moment`` as HTTP writes dates (RFC 9110 §5.6.7)."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _tag(etag: str, suffix: str) -> str:
    return f'{etag[:-1]}{suffix}"'


def _date(header: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(header) if header else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
