"""Addresses: the registrable domain that politeness counts by, and what a URL may look like."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import quote, urljoin, urlsplit

import tldextract

_BLANK = re.compile(r"[\x00-\x20\x7f]")
_extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def domain_of(url: str) -> str:
    """Registrable domain of ``url``; an IP address, or a name without suffix, is its own."""
    host = host_of(url)
    try:
        return str(ip_address(host))
    except ValueError:
        return _extract(host).top_domain_under_public_suffix or host


def host_of(url: str) -> str:
    """The host of ``url`` as it goes on the wire: in lower case, in ASCII; empty if it has none."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def is_http(url: str) -> bool:
    """Whether ``url`` is an absolute http(s) address with a host, and a port there can be."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    return parts.scheme in ("http", "https") and bool(host) and not _BLANK.search(host)


def resolve(base: str | None, url: str | None) -> str | None:
    """``url`` made absolute against ``base``; ``None`` unless it ends up http(s)."""
    if not url or not url.strip():
        return None
    try:
        absolute = urljoin(base or "", url.strip())
    except ValueError:
        return None
    return absolute if is_http(absolute) else None


def encode_path(path: str) -> str:
    """A path of ours as it appears in a URL: percent-encoded, slashes kept."""
    return quote(path, safe="/~-._()@!$&'*+,;=:")
