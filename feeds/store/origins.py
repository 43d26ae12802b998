"""Where a request goes, as politeness counts it: the domain and its limits, in the form claim.lua reads."""

from __future__ import annotations

from feeds.model import Source
from feeds.urls import domain_of, is_http


def origin_of(source: Source, url: str | None = None) -> str | None:
    """The domain of an address and the limits it is under, as the store keeps them; None if local."""
    address = url or source.url
    if not is_http(address):
        return None
    return f"{domain_of(address)} {source.per_domain} {round(source.spacing * 1000)}"
