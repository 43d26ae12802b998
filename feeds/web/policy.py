"""What browsers and caches may do with what we serve: CSP of pages, CORS of feeds, Vary of both."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from feeds.normalize.players import HOSTS as PLAYERS

VARY_PLAIN: Final = "Accept-Encoding"
VARY_PAGE: Final = "Accept-Encoding, Accept-Language"
VARY_FEED: Final = "Accept, Accept-Encoding, Accept-Language"
"""Of a feed in whose place a browser is shown the page."""

PAGE: Final = MappingProxyType(
    {
        "Content-Security-Policy": (
            "default-src 'none'; img-src * data:; media-src *; script-src 'self'; style-src 'self'; "
            f"connect-src 'self'; frame-src {' '.join(f'https://{host}' for host in PLAYERS)}; "
            "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        ),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Vary": VARY_PAGE,
    }
)
"""The headers of every page."""
SHARED: Final = MappingProxyType(
    {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "ETag, Last-Modified, X-Feedmill-Age, X-Feedmill-Last-Success",
    }
)
"""The headers of what scripts of other sites may read."""
PREFLIGHT: Final = MappingProxyType(
    {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "GET, HEAD",
        "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since, Cache-Control",
        "Access-Control-Max-Age": "86400",
    }
)
"""The answer to such a script that asks first, since it sends validators (Fetch, "CORS-preflight fetch")."""
