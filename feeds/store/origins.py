"""Where a request goes, as politeness counts it: the domain and its limits, in the form the scripts read."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from feeds.model import Exchange
from feeds.told import Kind, Scope, Source
from feeds.urls import domain_of, host_of, is_http

_TOO_MANY = 429


def origin_of(source: Source, url: str, *, robots: bool) -> str | None:
    """The domain and host of an address and the limits they are under; None if it is local.

    ``robots`` says whether a Crawl-delay of the host counts.
    """
    if not is_http(url):
        return None
    limits = f"{source.per_domain} {round(source.spacing * 1000)}"
    return f"{domain_of(url)} {limits} {host_of(url)} {int(robots)}"


def source_origin(source: Source, url: str | None = None) -> str | None:
    """The origin of a source's polls, at its own address or at another one it was told of."""
    heeds = source.robots and source.kind is Kind.PAGE
    return origin_of(source, url or source.url, robots=heeds)


def page_origin(source: Source, url: str | None) -> str | None:
    """The origin of an article's own page; None if there is none."""
    return origin_of(source, url, robots=source.robots) if url else None


def holds_of(source: Source, exchange: Exchange, until: datetime | None) -> dict[str, datetime]:
    """Whom else a publisher's Retry-After holds back besides the address that said it.

    Too many requests (429) are counted a host, as a rule; what is unavailable (503) may be one route.
    """
    if until is None or not exchange.hops:
        return {}
    url = exchange.hops[-1].url
    scope = source.retry_after or (Scope.HOST if exchange.status == _TOO_MANY else Scope.URL)
    match scope:
        case Scope.URL:
            return {}
        case Scope.HOST:
            return {f"host:{host_of(url)}": until}
        case Scope.DOMAIN:
            return {f"domain:{domain_of(url)}": until}


def charges_of(source: Source, exchange: Exchange) -> dict[str, int]:
    """Domain → ms that its next request is pushed back: a redirect's further requests count, too."""
    further = Counter(domain_of(hop.url) for hop in exchange.hops[1:])
    spacing = round(source.spacing * 1000)
    return {domain: count * spacing for domain, count in further.items()} if spacing else {}
