"""Where the next page of an API's list is: at an address in the answer, or at its own, counted on.

The parameter that counts on is one of the address, or of the body where the list is asked for by POST.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote, unquote_plus, urlsplit, urlunsplit

import jmespath  # type: ignore[import-untyped]

from feeds.model import Payload
from feeds.parse.decoding import scalar
from feeds.parse.posting import value_of, with_value
from feeds.told import Paging, Source
from feeds.urls import resolve

_NUMBER = re.compile(r"-?\d{1,18}", re.ASCII)


class Further(NamedTuple):
    """What to ask for next: an address, and the body to send there, where that is not the source's."""

    url: str
    body: str | None = None


def more_of(source: Source, payload: Payload, document: object, count: int) -> Further | None:
    """The page after ``payload``, whose ``document`` lists ``count`` items; None at the end.

    ``source.body`` is what was sent for it. A list ends with an empty page, and where the next one is one
    that was asked for already. Raises ValueError for an expression that fails, and a body that cannot count.
    """
    if source.pages <= 1 or count == 0:
        return None
    if source.next is not None:
        found = jmespath.search(source.next, document)
        further = Further(url) if isinstance(found, str) and (url := resolve(payload.url, found)) else None
    elif source.paging is None:
        return None
    elif source.method == "POST":
        further = _posted_on(source, source.paging, document)
    else:
        further = _counted_on(source.paging, payload, document)
    if further is None or (further.body is None and further.url in _asked(source, payload)):
        return None
    return further


def _asked(source: Source, payload: Payload) -> frozenset[str]:
    return frozenset({source.url, payload.url, *(hop.url for hop in payload.exchange.hops)})


def _counted_on(paging: Paging, payload: Payload, document: object) -> Further | None:
    """The payload's address with the parameter's next value; None when there is none."""
    value = _next_value(paging, document, _value_in(payload, paging.parameter))
    url = resolve(None, _with_parameter(payload.url, paging.parameter, value)) if value is not None else None
    return Further(url) if url is not None else None


def _posted_on(source: Source, paging: Paging, document: object) -> Further | None:
    """The source's own address, asked with the parameter's next value in the body."""
    body = source.body or ""
    value = _next_value(paging, document, value_of(body, paging.parameter))
    return Further(source.url, with_value(body, paging.parameter, value)) if value is not None else None


def _next_value(paging: Paging, document: object, now: str | None) -> str | None:
    """The parameter's value after ``now``; None where there is none, or no other."""
    if paging.cursor is not None:
        value = scalar(jmespath.search(paging.cursor, document))
    else:
        value = _next_number(paging, now)
    return None if value == now else value


def _next_number(paging: Paging, now: str | None) -> str | None:
    """The number after the one that was asked for; None for a parameter that holds no number."""
    if not now:
        return str(paging.start + paging.step)
    return str(int(now) + paging.step) if _NUMBER.fullmatch(now) else None


def _value_in(payload: Payload, parameter: str) -> str | None:
    """The parameter's value in the address of the payload, else in the one that redirected to it."""
    for url in (payload.url, *(hop.url for hop in payload.exchange.hops)):
        for part in urlsplit(url).query.split("&"):
            name, _, value = part.partition("=")
            if unquote_plus(name) == parameter:
                return unquote_plus(value)
    return None


def _with_parameter(url: str, parameter: str, value: str) -> str:
    """``url`` with its parameter set; the others stay as they are spelled, as signatures need it."""
    parts = urlsplit(url)
    kept = [
        part for part in parts.query.split("&") if part and unquote_plus(part.partition("=")[0]) != parameter
    ]
    query = "&".join((*kept, f"{quote(parameter, safe='')}={quote(value, safe='')}"))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
