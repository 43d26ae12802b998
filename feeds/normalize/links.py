"""Addresses: what a reader shall follow, and what tells one article from another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, unquote, urlsplit

from feeds.normalize.tracking import ANY_PATH, AT_SITES, EVERYWHERE, REDIRECTORS, SAYS_WHENCE, STARTS
from feeds.urls import host_of, is_http

_DEEPEST = 3
"""Redirectors within each other that are unwrapped; an address with more of them stays as it is."""
_LONGEST_ENDING = 3
"""Letters of ``com``, ``co``, ``uk``: what may follow the name of a site that is at home everywhere."""
_NOTHING: frozenset[str] = frozenset()
_WEB = re.compile(r"https?://(?:[^/?#@]*@)?([^/?#:@\[\]]+)(?::\d*)?([^?#]*)", re.IGNORECASE)
_NAMES_ANOTHER = re.compile(r"https?(?::|%3a)(?:/|%2f){2}", re.IGNORECASE)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_TO_ESCAPE = re.compile(r"[^!-~]")
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_USUAL_PORTS = (None, 80, 443)


def cleaned(url: str) -> str:
    """``url`` as a reader should follow it: past redirectors that hold its target, without tracking.

    What is odd stays as it is, byte for byte; a second time changes nothing.
    """
    if "?" not in url and "#" not in url:
        return url
    address = url
    for _ in range(_DEEPEST):
        target = _target(address)
        if target is None:
            return _without_tracking(address)
        address = target
    return url if _target(address) else _without_tracking(address)


def canonical(url: str) -> str:
    """What is the same for all spellings of an article's address.

    Without scheme, ``www.``, usual port, slash at the end and tracking, percent-encoded in one way. The
    order of its parameters counts, and so does its anchor: comments and notes on one page have nothing else.
    """
    address = cleaned(url)
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return address
    host = host_of(address).removeprefix("www.")
    place = host if port in _USUAL_PORTS else f"{host}:{port}"
    query = f"?{_spelled(parts.query)}" if parts.query else ""
    anchor = f"#{_spelled(parts.fragment)}" if parts.fragment else ""
    return f"//{place}{_spelled(parts.path).rstrip('/')}{query}{anchor}"


def _target(url: str) -> str | None:
    """Where a redirector leads to, if its address says so."""
    place, mark, rest = url.partition("?")
    if not mark or not _NAMES_ANOTHER.search(rest):
        return None
    web = _WEB.fullmatch(place)
    if web is None:
        return None
    path = web[2].rstrip("/").lower()
    for site in _sites(web[1]):
        for at, names in REDIRECTORS.get(site, ()):
            if at in (path, ANY_PATH) and (target := _named(rest, names)):
                return target
    return None


def _sites(host: str) -> Iterator[str]:
    """The domain and those above it; ``google.*`` for any that is google's but for its ending."""
    labels = host.lower().rstrip(".").split(".")
    for start, label in enumerate(labels):
        above = labels[start + 1 :]
        yield ".".join(labels[start:])
        if 0 < len(above) <= 2 and all(len(each) <= _LONGEST_ENDING for each in above):
            yield f"{label}.*"


def _named(rest: str, names: tuple[str, ...]) -> str | None:
    """The address in the first of the parameters ``names`` that has one; in all of the query, if none is."""
    if not names:
        return _address(rest if rest[:4].lower() == "http" and "://" in rest[:8] else unquote(rest))
    said: dict[str, str] = {}
    for pair in rest.partition("#")[0].split("&"):
        name, _, value = pair.partition("=")
        said.setdefault(name.removeprefix("amp;").lower(), value)
    return next((found for name in names if (found := _address(unquote(said.get(name, ""))))), None)


def _address(text: str) -> str | None:
    """``text`` spelled as an address of the web; ``None`` if it is none."""
    web = _WEB.match(text)
    if web is None or not is_http(text):
        return None
    return text[: web.end(1)] + _escaped(text[web.end(1) :])


def _without_tracking(url: str) -> str:
    address, hash_mark, anchor = url.partition("#")
    place, mark, query = address.partition("?")
    web = _WEB.fullmatch(place)
    if web is None:
        return url
    if mark:
        here = _NOTHING.union(*(AT_SITES.get(site, _NOTHING) for site in _sites(web[1])))
        pairs = query.split("&")
        kept = [pair for pair in pairs if not _is_tracking(pair, here)]
        if len(kept) < len(pairs):
            address = "?".join((place, "&".join(kept))) if kept else place
    if anchor and all(_is_tracking(pair, _NOTHING) for pair in anchor.split("&")):
        return address
    return f"{address}{hash_mark}{anchor}"


def _is_tracking(pair: str, here: frozenset[str]) -> bool:
    name, _, value = pair.partition("=")
    name = name.removeprefix("amp;").lower()
    if name in EVERYWHERE or name in here or name.startswith(STARTS):
        return True
    return name in SAYS_WHENCE and value[:3].lower() == "rss"


def _spelled(part: str) -> str:
    """A part of an address percent-encoded where it must be, and nowhere else (RFC 3986 §6.2.2)."""
    return _escaped(_ESCAPE.sub(_respelled, part) if "%" in part else part)


def _respelled(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if character in _UNRESERVED else escape[0].upper()


def _escaped(text: str) -> str:
    return quote(text, safe=_PRINTABLE, errors="replace") if _TO_ESCAPE.search(text) else text
