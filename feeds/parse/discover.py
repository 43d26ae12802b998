"""Where the feeds of an HTML page may be.

Its head names them (RSS Advisory Board, RSS Autodiscovery), its links lead to them, or they are where the
programs that make sites put theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml import etree

from feeds.model import Payload
from feeds.parse.charset import read
from feeds.parse.markup import bounded
from feeds.urls import domain_of, resolve

_LOOKED_AT = 500_000
_MOST = 10
_FEEDS = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
)
_OTHERS = frozenset({"application/json", "application/xml", "text/xml"})
"""Types of anything: a feed's, where the link says so in its words."""
_FEED_WORDS = ("feed", "rss", "atom", "订阅")
_COMMENTS = ("comment", "评论", "留言", "commentaire", "kommentar", "comentario")
_PATH = re.compile(
    r"(?:/|\A)(?:feeds?|rss|atom)/?\Z|\.(?:rss|atom|rdf)\Z|(?:feed|rss|atom|index)2?\.(?:xml|json)\Z", re.I
)
_QUERY = re.compile(r"(?:\A|&)(?:feed|format|type|output)=(?:rss2?|atom|feed|json_?feed)\b", re.IGNORECASE)
_SAID = re.compile(r"\b(?:rss|atom|(?:news|web|xml|json) ?feed)\b|订阅源|\A订阅\Z", re.IGNORECASE)
_PLACES = ("feed", "rss.xml", "feed.xml", "atom.xml", "index.xml", "rss", "feed.json", "feeds/posts/default")
"""Below a site's address, the likeliest first: of WordPress, Medium and Substack; of Astro and many more; of
Jekyll and Eleventy; of Hexo; of Hugo and Zola; of Ghost; of JSON Feed; of Blogger."""
_MADE_BY = {
    **dict.fromkeys(("wordpress", "medium", "substack"), "feed"),
    **dict.fromkeys(("hugo", "zola"), "index.xml"),
    "jekyll": "feed.xml",
    "eleventy": "feed.xml",
    "hexo": "atom.xml",
    "ghost": "rss",
    "blogger": "feeds/posts/default",
    "astro": "rss.xml",
    "gatsby": "rss.xml",
    "drupal": "rss.xml",
}
"""Where the program that a page names as its generator puts its feed."""
_OWN_PLACES = 3


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
            found.setdefault(url, is_of_comments(url, link.get("title") or ""))
    return tuple(sorted(found, key=found.__getitem__)[:_MOST])


def linked_feeds(payload: Payload) -> tuple[str, ...]:
    """Addresses that a page's links lead to which look like a feed's, its own site's first, at most ten."""
    root = _tree(payload)
    if root is None:
        return ()
    base = _base(root, payload.url)
    own, domain = urldefrag(payload.url).url, domain_of(payload.url)
    found: dict[str, tuple[bool, bool]] = {}
    for link in root.iter("a"):
        url = urldefrag(resolve(base, link.get("href")) or "").url
        if url and url != own and _leads_to_feed(link, url):
            words = (link.get("title") or "").lower()
            found.setdefault(url, (is_of_comments(url, words), domain_of(url) != domain))
    return tuple(sorted(found, key=found.__getitem__)[:_MOST])


def usual_places(payload: Payload) -> tuple[str, ...]:
    """Addresses at which a page's site may have a feed that it does not name, the likeliest of them, eight.

    Those below the page's own folder come first where it has one: a blog is often a part of a site.
    """
    root = _tree(payload)
    made_by = "" if root is None else " ".join(_generators(root)).lower()
    likely = [place for name, place in _MADE_BY.items() if name in made_by]
    places = tuple(dict.fromkeys((*likely, *_PLACES)))
    folder = urlsplit(payload.url).path.rpartition("/")[0].strip("/").partition("/")[0]
    is_part = bool(folder) and not folder.isdigit()  # /2026/ is a year of the whole site
    below = [f"/{folder}/{place}" for place in places[:_OWN_PLACES]] if is_part else []
    addresses = (urljoin(payload.url, path) for path in (*below, *(f"/{place}" for place in places)))
    return tuple(dict.fromkeys(addresses))[: len(_PLACES)]


def is_of_comments(url: str, title: str) -> bool:
    """Whether a feed's address or title says that it has comments, not articles."""
    path = urlsplit(url)._replace(scheme="", netloc="").geturl().lower()
    return any(word in text for text in (path, title.lower()) for word in _COMMENTS)


def _generators(root: etree._Element) -> Iterator[str]:
    named = (meta for meta in root.iter("meta") if (meta.get("name") or "").lower() == "generator")
    yield from (meta.get("content") or "" for meta in named)


def _leads_to_feed(link: etree._Element, url: str) -> bool:
    parts = urlsplit(url)
    if _PATH.search(parts.path) or _QUERY.search(parts.query):
        return True
    said = " ".join(str(link.xpath("string()")).split())
    return len(said) <= 40 and any(
        map(_SAID.search, (said, link.get("title") or "", link.get("aria-label") or ""))
    )


def _tree(payload: Payload) -> etree._Element | None:
    """The start of the page, however broken; ``None`` where nothing of it can be read."""
    text = read(payload.body[:_LOOKED_AT], payload.charset).text
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(bounded(text)[0].encode("utf-8", "replace"), parser)
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


def _words(link: etree._Element) -> Iterator[str]:
    yield from ((link.get(name) or "").lower() for name in ("href", "title"))
