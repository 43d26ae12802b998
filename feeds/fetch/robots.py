"""robots.txt (RFC 9309): asked for once a day a site, and what it says of an address."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from msgspec.structs import replace
from protego import Protego

from feeds.crawl import Robots
from feeds.errors import BadStatus, BotWall, OwnNetwork, SecretMissing, SourceError, Throttled, UnsafeURL
from feeds.fetch.asking import user_agent
from feeds.fetch.client import Client
from feeds.model import NotModified, Validators
from feeds.packing import opened
from feeds.told import Source
from feeds.urls import domain_of, is_http

KEPT = timedelta(hours=24)
"""How long a robots.txt is believed (RFC 9309 §2.4)."""
RETRY = timedelta(minutes=10)
"""When one that could not be had is asked for again; until then nothing else of its site is."""
LONGEST = timedelta(days=7)
"""How long one is left alone whose server asks for that by Retry-After."""
MOST_DELAY = 300.0
_LONGEST = 500 * 1024


def site_of(url: str) -> str:
    """The site whose robots.txt holds for an address: scheme, host and port."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def fetch_robots(client: Client, url: str, source: Source, *, now: datetime) -> Robots:
    """What the robots.txt of an address' site says to ``source``, by its policy but without its credentials.

    No robots.txt (4xx) allows everything; one that cannot be had (5xx, no answer) nothing, for a while.
    Raises OwnNetwork and SecretMissing (of the proxy), which say nothing of the site.
    """
    address = f"{site_of(url)}/robots.txt"
    plain = replace(source, url=address, method="GET", body=None, headers={}, cookies={}, auth=None)
    try:
        found = client.get(address, Validators(), source=plain, now=now)
    except (OwnNetwork, SecretMissing):
        raise
    except SourceError as error:
        if _means_none(error):
            return Robots(until=now + KEPT)
        return Robots(text=None, until=max(now + RETRY, min(error.retry_at or now, now + LONGEST)))
    if isinstance(found, NotModified):
        return Robots(until=now + KEPT)
    text = _whole_lines(opened(found).body).decode("utf-8", "replace").removeprefix("\ufeff")
    delay = float(_rules(text).crawl_delay(_token(source)) or 0.0)
    return Robots(text=text, delay=min(max(delay, 0.0), MOST_DELAY), until=now + KEPT)


def is_allowed(robots: Robots, url: str, source: Source) -> bool:
    """Whether an address may be asked for; never while its robots.txt cannot be had."""
    if robots.text is None:
        return False
    return bool(_rules(robots.text).can_fetch(url, _token(source)))


def sitemaps_in(robots: Robots, url: str) -> tuple[str, ...]:
    """The sitemaps that a robots.txt names, of the domain of ``url`` alone."""
    named = _rules(robots.text).sitemaps if robots.text else ()
    return tuple(each for each in named if is_http(each) and domain_of(each) == domain_of(url))


def _means_none(error: SourceError) -> bool:
    """Whether there is no robots.txt (4xx, or nothing at the end of redirects), so that all is allowed.

    Whatever else went wrong may pass.
    """
    if isinstance(error, UnsafeURL):
        return True
    refused = isinstance(error, BadStatus | BotWall) and not isinstance(error, Throttled)
    return refused and (error.status is None or 400 <= error.status < 500)


def _whole_lines(body: bytes) -> bytes:
    """As much as is read (RFC 9309 §2.5); half a rule would be another one: ``Disallow: /`` for all."""
    if len(body) <= _LONGEST:
        return body
    return body[: max(body.rfind(b"\n", 0, _LONGEST), body.rfind(b"\r", 0, _LONGEST)) + 1]


@lru_cache(maxsize=16)
def _rules(text: str) -> Protego:
    return Protego.parse(text)


def _token(source: Source) -> str:
    """Our name as robots.txt calls it: what stands before the version."""
    return user_agent(source).partition("/")[0].split(" ")[0].strip()
