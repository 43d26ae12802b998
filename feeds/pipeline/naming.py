"""naming: what feeds say of the sources that their articles are from, and of which they say nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from feeds.crawl import Health
from feeds.model import Article
from feeds.render.addresses import web_address
from feeds.render.item import Origin, legible, printable
from feeds.store.store import Store
from feeds.told import Kind, Source

_PRIVATE_NAMES: Final = re.compile(r"auth|key|pass|pwd|secret|sig|token|user", re.IGNORECASE)
"""Names in a query whose values are nobody's but the reader's."""
_KEY: Final = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9_-]{20,}")
"""A step of a path, or a value, that could be somebody's key: long, of letters and digits."""
_INNER: Final = ("localhost", "local", "internal", "lan", "home", "intranet")
"""Last parts of names that only a network of one's own knows."""


def origins_of(store: Store, articles: Iterable[Article]) -> dict[str, Origin]:
    """The origins of articles, by the name they know their source by."""
    owners = store.sources.owners({article.source_id for article in articles})
    told = store.sources.with_health([source.id for source in owners.values()])
    origins = {source.known_as: origin_of(source, health) for source, health in told.values()}
    return {known_as: origin for known_as, origin in origins.items() if origin}


def origin_of(source: Source, health: Health) -> Origin | None:
    """What everybody may know of a source: nothing if it is no feed, or its address is not for everybody."""
    address = web_address(source.url)
    if source.kind is not Kind.FEED or address is None or _asks_as_somebody(source) or _is_private(address):
        return None
    image = web_address(printable(health.icon or ""))
    return Origin(legible(health.title or "").strip() or source.id, address, image)


def _asks_as_somebody(source: Source) -> bool:
    """Whether more is sent for a source than its address, or its address holds a secret."""
    sent = (source.auth, source.cookies, source.headers, source.body)
    return any(sent) or source.method != "GET" or "${" in source.url


def _is_private(address: str) -> bool:
    """Whether an address lets somebody read what only its owner may, or is of a network of one's own."""
    parts = urlsplit(address)
    query = parse_qsl(parts.query, keep_blank_values=True)
    words = [*parts.path.split("/"), *(value for _, value in query)]
    return (
        "@" in parts.netloc
        or _is_inner(parts.hostname or "")
        or any(_PRIVATE_NAMES.search(name) for name, _ in query)
        or any(_KEY.match(word) for word in words)
    )


def _is_inner(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return "." not in host or host.rpartition(".")[2] in _INNER
    return True
