"""The feeds that an HTML page names in its links (RSS Advisory Board, RSS Autodiscovery)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urldefrag, urlsplit

from lxml import etree

from feeds.model import Payload
from feeds.parse.charset import read
from feeds.urls import resolve

_LOOKED_AT = 500_000
_MOST = 10
_FEEDS = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
)
_OTHERS = frozenset({"application/json", "application/xml", "text/xml"})
"""Types of anything: a feed's, where the link says so in its words."""
_FEED_WORDS = ("feed", "rss", "atom", "订阅")
_COMMENTS = ("comment", "评论", "留言", "commentaire", "kommentar", "comentario")


def discovered(payload: Payload) -> tuple[str, ...]:
    """Addresses of the feeds a page names, the likeliest first, at most ten and never its own."""
    root = _tree(payload)
    if root is None:
        return ()
    base = _base(root, payload.url)
    own = urldefrag(payload.url).url
    found: dict[str, bool] = {}
    for link in root.iter("link"):
        url = _address(link, base)
        if url is not None and url != own:
            found.setdefault(url, _is_of_comments(link, url))
    return tuple(sorted(found, key=found.__getitem__)[:_MOST])


def _tree(payload: Payload) -> etree._Element | None:
    """The start of the page, however broken; ``None`` where nothing of it can be read."""
    text = read(payload.body[:_LOOKED_AT], payload.charset).text
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        return None


def _base(root: etree._Element, url: str) -> str:
    named = (element.get("href") for element in root.iter("base"))
    return resolve(url, next((href for href in named if href), None)) or url


def _address(link: etree._Element, base: str) -> str | None:
    """Where a link leads, if it is to a feed."""
    if not {"alternate", "feed"} & set((link.get("rel") or "").lower().split()):
        return None
    media_type = (link.get("type") or "").partition(";")[0].strip().lower()
    if media_type not in _FEEDS and not (media_type in _OTHERS and _is_feed_like(link)):
        return None
    href = (link.get("href") or "").strip()
    # feed: comes before http: or instead of it, for readers that are programs of their own.
    if href.lower().startswith("feed:"):
        rest = href[5:]
        href = f"http:{rest}" if rest.startswith("//") else rest
    url = resolve(base, href)
    return url and urldefrag(url).url


def _is_feed_like(link: etree._Element) -> bool:
    return any(word in text for text in _words(link) for word in _FEED_WORDS)


def _is_of_comments(link: etree._Element, url: str) -> bool:
    path = urlsplit(url)._replace(scheme="", netloc="").geturl().lower()
    title = (link.get("title") or "").lower()
    return any(word in text for text in (path, title) for word in _COMMENTS)


def _words(link: etree._Element) -> Iterator[str]:
    yield from ((link.get(name) or "").lower() for name in ("href", "title"))
