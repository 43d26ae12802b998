"""Where the next page of an API's list is: at an address in the answer, or at its own, counted on."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_plus, urlsplit, urlunsplit

import jmespath  # type: ignore[import-untyped]

from feeds.model import Payload
from feeds.parse.decoding import scalar
from feeds.told import Paging, Source
from feeds.urls import resolve

_NUMBER = re.compile(r"-?\d{1,18}", re.ASCII)


def more_of(source: Source, payload: Payload, document: object, count: int) -> tuple[str, ...]:
    """The address of the page after ``payload``, whose ``document`` lists ``count`` items; none at the end.

    A list ends with an empty page, and where the next address is one that was asked for already. Raises
    ValueError for an expression that fails, and for a list whose pages cannot be had by their address.
    """
    if source.pages <= 1 or (source.next is None and source.paging is None):
        return ()
    if source.method != "GET":
        raise ValueError(f"paging of {source.method} lists is not followed")
    if count == 0:
        return ()
    if source.next is not None:
        found = jmespath.search(source.next, document)
        url = resolve(payload.url, found) if isinstance(found, str) else None
    else:
        url = _counted_on(source.paging, payload, document) if source.paging else None
    return () if url is None or url in _asked(source, payload) else (url,)


def _asked(source: Source, payload: Payload) -> frozenset[str]:
    return frozenset({source.url, payload.url, *(hop.url for hop in payload.exchange.hops)})


def _counted_on(paging: Paging, payload: Payload, document: object) -> str | None:
    """The payload's address with the parameter's next value; None when there is none."""
    if paging.cursor is not None:
        value = scalar(jmespath.search(paging.cursor, document))
    else:
        value = _next_number(paging, payload)
    if value is None or value == _value_in(payload, paging.parameter):
        return None
    return resolve(None, _with_parameter(payload.url, paging.parameter, value))


def _next_number(paging: Paging, payload: Payload) -> str | None:
    """The number after the one that was asked for; None for a parameter that holds no number."""
    now = _value_in(payload, paging.parameter)
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
