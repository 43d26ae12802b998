"""Where our own pages and feeds are: paths, absolute addresses for feeds, local ones for pages.

The site's address may have a path, behind a proxy. Feeds are read far away, so they hold absolute
addresses; pages hold only its path, so that an export works under any host.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

from feeds.told import Site
from feeds.urls import encode_path, host_of, is_http

ALL = "all"
"""The reserved slug of everything: /feeds/all.rss and the home page."""

_AS_IT_IS: Final = re.compile(r"https?://[a-z0-9.-]+(?::\d+)?(?:[/?#][A-Za-z0-9;/?:@&=+$.\-_!~*'(),]*)?")
_HOST: Final = re.compile(r"[a-z0-9._-]+")
_LEFT: Final = "!$&'()*+,;=:@/-._~%"
_STRAY_PERCENT: Final = re.compile("%(?![0-9A-Fa-f]{2})")

HOME = "/"
INDEX = "/feeds/index.json"
OPML = "/opml.xml"
SEARCH = "/search"


def category_path(slug: str) -> str:
    """Path of a category's page, not yet percent-encoded."""
    return f"/category/{slug}.html"


def older_path(slug: str, sort_key: int, article_id: str) -> str:
    """Path of the articles of a category that come after one, which need not be there any more."""
    return f"/category/{slug}/before-{sort_key}-{article_id}.html"


def feed_path(slug: str, extension: str) -> str:
    """Path of a category's feed in the format ``extension``, not yet percent-encoded."""
    return f"/feeds/{slug}.{extension}"


def prefix(site: Site) -> str:
    """The path under which the site lives, without a slash at its end; mostly empty."""
    return urlsplit(site.url).path.rstrip("/")


def local(site: Site, path: str) -> str:
    """``path`` as a link within our pages."""
    return prefix(site) + encode_path(path)


def absolute(site: Site, path: str) -> str:
    """``path`` as an address that works anywhere."""
    return site.url.rstrip("/") + encode_path(path)


def without_scheme(site: Site, path: str) -> str:
    """``path`` as an address that takes the scheme of the page it is on (RFC 3986 §4.2)."""
    return f"//{urlsplit(site.url).netloc}{local(site, path)}"


def web_address(url: str) -> str | None:
    """``url`` as XML formats write it: an absolute http(s) URI of ASCII (RFC 3986); ``None`` if it is none.

    An address of an IPv6 host is none either: RSS has no letters for it.
    """
    if _AS_IT_IS.fullmatch(url) and is_http(url):
        return url
    if not is_http(url) or not _HOST.fullmatch(host := host_of(url)):
        return None
    parts = urlsplit(url)
    user, at, _ = parts.netloc.rpartition("@")
    port = "" if parts.port is None else f":{parts.port}"
    return urlunsplit(
        (
            parts.scheme,
            f"{_encoded(user, '')}{at}{host}{port}",
            _encoded(parts.path, ""),
            _encoded(parts.query, "?"),
            _encoded(parts.fragment, "?"),
        )
    )


def _encoded(part: str, besides: str) -> str:
    return _STRAY_PERCENT.sub("%25", quote(part, safe=_LEFT + besides))
