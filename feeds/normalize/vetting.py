"""Addresses in an article's HTML: made absolute, and only those that can do no harm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urljoin

from feeds.normalize.allowlist import SCHEMES
from feeds.normalize.text import legal
from feeds.urls import is_http

LONGEST_DATA = 32_768
"""Characters of a picture inside its address: an icon or a formula; feeds carry it fifty times."""

MOST_CANDIDATES = 20
"""Addresses of one ``srcset``."""

_PLAIN = re.compile(
    r"https?://[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+(?:[/?#][A-Za-z0-9._~%!$&'()*+,;=:@/?#-]*)?", re.ASCII
)
_ROOTED = re.compile(r"(?=/)(?:/(?![/.])|[A-Za-z0-9_~%!$&'()*+,:@=-]|(?<!/)\.)+", re.ASCII)
"""Most absolute addresses, and most from a host's root: they need no closer look, as a test says."""

# Anything before a colon counts, for "javascript :" is no scheme to browsers today.
_SCHEME = re.compile(r"([^/?#:]*):")
_IGNORED_IN_URLS = re.compile(r"[\t\n\r]")
# No SVG: it is a document, which may hold scripts.
_DATA = re.compile(r"data:image/(?:avif|gif|jpe?g|png|webp);base64,[A-Za-z0-9+/]+={0,2}", re.IGNORECASE)
# GIF and PNG pictures of 1x1: they hold a place, or count readers.
_DOT = re.compile(r"data:[^,]*,(?:R0lGOD[dl]hAQABA|iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB)", re.IGNORECASE)
_CANDIDATE = re.compile(r"[\s,]*([^\s,]\S*)")
_DESCRIPTOR = re.compile(r"\s*((?:\([^()]*\)|[^(),])*)(?:,|\Z)")
_KNOWN_DESCRIPTOR = re.compile(r"\d{1,6}[wh](?: \d{1,6}[wh])?|\d{1,3}(?:\.\d{1,5})?x")


def address_of(value: str, base: str | None) -> str | None:
    """An address made absolute where ``base`` is known; ``None`` for what may not be linked to."""
    if _PLAIN.fullmatch(value):
        return value
    if _ROOTED.fullmatch(value) and base and (origin := _origin(base)):
        return origin + value
    return looked_at(value, base)


@lru_cache(maxsize=64)
def _origin(base: str) -> str | None:
    """Scheme and host of a plain ``base``."""
    return "/".join(base.split("/")[:3]).split("?")[0].split("#")[0] if _PLAIN.fullmatch(base) else None


def looked_at(value: str, base: str | None) -> str | None:
    """The same for every address there is; :func:`address_of` does without it for the usual ones."""
    address = _IGNORED_IN_URLS.sub("", legal(value)).strip()
    scheme = _SCHEME.match(address)
    if scheme:
        allowed = scheme[1].lower() in SCHEMES
        return address if allowed and (not _is_web(scheme[1]) or is_http(address)) else None
    try:
        absolute = urljoin(base, address) if base else address
    except ValueError:
        return None
    if absolute.startswith("//"):
        absolute = f"https:{absolute}"
    return absolute if is_http(absolute) or (not base and not _SCHEME.match(absolute)) else None


def picture_address(value: str, base: str | None) -> str | None:
    """The same for a picture, which may be inside its address; an empty one shows nothing."""
    data = "".join(value.split())
    if data[:5].lower() == "data:":
        shown = len(data) <= LONGEST_DATA and _DATA.fullmatch(data) and not _DOT.match(data)
        return data if shown else None
    address = address_of(value, base)
    return address if address and not address.startswith(("mailto:", "tel:", "#")) else None


def srcset_of(value: str, base: str | None) -> str | None:
    """A ``srcset`` of vetted addresses with their descriptors; what is malformed is left out.

    It is read as browsers read it (HTML §4.8.4.3.10): an address may hold commas, not end with one.
    """
    kept = (_vetted(address, descriptor, base) for address, descriptor in _candidates(legal(value)))
    found = list(dict.fromkeys(one for one in kept if one))[:MOST_CANDIDATES]
    return ", ".join(found) or None


def _candidates(value: str) -> Iterator[tuple[str, str]]:
    position = 0
    while match := _CANDIDATE.match(value, position):
        position, address = match.end(), match[1]
        if address.endswith(","):
            yield address.rstrip(","), ""
            continue
        described = _DESCRIPTOR.match(value, position)
        if described is None:
            return
        position = described.end()
        yield address, " ".join(described[1].split())


def _vetted(address: str, descriptor: str, base: str | None) -> str | None:
    if descriptor and not _KNOWN_DESCRIPTOR.fullmatch(descriptor):
        return None
    absolute = picture_address(address, base)
    # Its own commas are kept; at an end they would be read as the list's.
    if not absolute or absolute.startswith("data:") or absolute[0] == "," or absolute[-1] == ",":
        return None
    return f"{absolute} {descriptor}".strip() if not re.search(r"\s", absolute) else None


def _is_web(scheme: str) -> bool:
    return scheme.lower() in ("http", "https")
