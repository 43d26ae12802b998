"""Which form of a document a client would rather have.

Rules: RFC 9110 §12.4.2 (weights), §12.5.1 (Accept), §12.5.3 (Accept-Encoding).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

IDENTITY: Final = "identity"
GZIP: Final = "gzip"
BR: Final = "br"

_LONGEST = 1024
"""Characters of a header that are looked at: what we remember of it is bounded so."""
_PAGES = ("text/html", "application/xhtml+xml")
_JSON = ("application/json", "application/problem+json", "application/feed+json")
_FEEDS = (
    *("application/rss+xml", "application/atom+xml", "application/rdf+xml"),
    *("application/xml", "text/xml", *_JSON),
)
_TEXT = "text/plain"
_BROWSERS = "application/xhtml+xml"
"""Named by every browser, and not by Java, whose programs ask for HTML and pictures unless told otherwise."""


def coding_for(accept_encoding: str, *, brotli: bool) -> str:
    """The content coding to answer with: the one of most weight, br before gzip before none.

    ``brotli`` says whether there is such a form. What names no coding gets none.
    """
    return _coding(accept_encoding[:_LONGEST], brotli)


def prefers_page(accept: str) -> bool:
    """Whether an Accept header asks for HTML rather than for a feed, as browsers do.

    Who takes anything (``*/*``), or both alike, gets the feed.
    """
    return _page(accept[:_LONGEST])


def prefers_json(accept: str, *, otherwise: bool) -> bool:
    """Whether an Accept header asks for JSON rather than plain text; ``otherwise`` if it names neither."""
    weights = _weights(accept[:_LONGEST])
    named = [weights[name] for name in (*_JSON, _TEXT) if name in weights]
    json = max(weights.get(name, 0.0) for name in _JSON)
    return json > 0 and json >= weights.get(_TEXT, 0.0) if named else otherwise


@lru_cache(maxsize=1024)
def _coding(header: str, brotli: bool) -> str:  # noqa: FBT001
    weights = _weights(header)
    anything = weights.get("*", 0.0)
    offered = {
        BR: weights.get(BR, anything) if brotli else 0.0,
        GZIP: weights.get(GZIP, weights.get("x-gzip", anything)),
        IDENTITY: weights.get(IDENTITY, 0.0),
    }
    best = max(offered, key=lambda coding: offered[coding])
    return best if offered[best] > 0 else IDENTITY


@lru_cache(maxsize=1024)
def _page(header: str) -> bool:
    weights = _weights(header)
    if _BROWSERS not in weights and any(name.startswith("image/") for name in weights):
        return False
    page = max(weights.get(name, 0.0) for name in _PAGES)
    named = [weights[name] for name in _FEEDS if name in weights]
    feed = max(named) if named else weights.get("application/*", weights.get("*/*", 0.0))
    return page > feed


def _weights(header: str) -> dict[str, float]:
    """The weight of each name in a list like ``br;q=1, gzip;q=0.5``; parameters other than q are left out."""
    weights: dict[str, float] = {}
    for part in header.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if name:
            weights[name] = next((_weight(one[2:]) for one in parameters if one.startswith("q=")), 1.0)
    return weights


def _weight(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0
