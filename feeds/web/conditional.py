"""HTTP's own rules for answering with a document: validators, content coding, caching.

Rules: RFC 9110 §13.1 (preconditions), §12.5.3 (Accept-Encoding), §15.4.5 (what a 304 must repeat).
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from feeds.model import Document

_CACHING = "max-age=60"
_ETAG = re.compile(r'(?:W/)?("[^"]*")')
_REFUSED = re.compile(r";\s*q=0(\.0{0,3})?\s*(;|$)")


def respond(request: Request, document: Document, now: datetime, extra: Mapping[str, str]) -> Response:
    """``document`` as a response, or 304 when the client has it; ``extra`` are further headers."""
    headers = {
        "ETag": document.etag,
        "Cache-Control": _CACHING,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        **extra,
    }
    # A publisher's date in the future must not become ours (RFC 9110 §8.8.2.1): a client would
    # hold its copy for the newest until then.
    if document.last_modified <= now:
        headers["Last-Modified"] = http_date(document.last_modified)
    if is_current(request.headers, document, now):
        return Response(status_code=304, headers=headers)
    return _full(request, document, headers)


def is_current(headers: Headers, document: Document, now: datetime) -> bool:
    """Whether the client has ``document`` already; If-None-Match outweighs If-Modified-Since."""
    tags = headers.get("if-none-match")
    if tags is not None:
        return tags.strip() == "*" or document.etag in _ETAG.findall(tags)
    since = _date(headers.get("if-modified-since"))
    modified = document.last_modified.replace(microsecond=0)
    return since is not None and document.last_modified <= now and modified <= since


def accepts_gzip(header: str) -> bool:
    """Whether an Accept-Encoding header allows gzip."""
    codings = {}
    for part in header.lower().split(","):
        coding, _, parameters = part.strip().partition(";")
        codings[coding.strip()] = not _REFUSED.search(f";{parameters}")
    return codings.get("gzip", codings.get("x-gzip", codings.get("*", False)))


def http_date(moment: datetime) -> str:
    """``moment`` as HTTP writes dates (RFC 9110 §5.6.7)."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _full(request: Request, document: Document, headers: dict[str, str]) -> Response:
    body = document.body
    if accepts_gzip(request.headers.get("accept-encoding", "")):
        headers["Content-Encoding"] = "gzip"
    else:
        body = gzip.decompress(body)
    headers["Content-Length"] = str(len(body))
    # HEAD has the same headers as GET and no body (RFC 9110 §9.3.2), whatever server is in front.
    body = b"" if request.method == "HEAD" else body
    return Response(body, headers=headers, media_type=document.media_type)


def _date(header: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(header) if header else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
