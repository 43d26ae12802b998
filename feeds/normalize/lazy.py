"""Pictures and frames that a page's script would load later: the true address put where it belongs."""

from __future__ import annotations

import re

from feeds.normalize.tree import Element, children_before, drop, elements, text_in, unwrap

_SOURCES = (
    *("data-src", "data-original", "data-lazy-src", "data-original-src", "data-actualsrc", "data-lazy"),
    *("data-lazyload", "data-echo", "data-ks-lazyload", "real_src", "lazysrc", "zoomfile"),
)
"""Attributes with the true address, the usual ones first; Sina has real_src, Discuz zoomfile."""

_SETS = ("data-srcset", "data-lazy-srcset", "data-original-set")

WAITING = (*_SOURCES, *_SETS)
"""Attributes that wait for a script."""

_WAITS = rf"<(?:audio|iframe|img|source|video)\s[^<>]*(?:{'|'.join(WAITING)})\s*="
SIGNS = (
    *((word, _WAITS) for word in ("data-", "real_src", "lazysrc", "zoomfile")),
    ("<noscript", "<noscript"),
)
"""Markup in lower case that waits for a script has one of these words, and then its pattern matches."""

_MEDIA = ("audio", "iframe", "img", "source", "video")
_SHOWN = ("audio", "embed", "iframe", "img", "picture", "video")
_PLACEHOLDER = re.compile(r"\s*(?:data:|about:|\Z)", re.IGNORECASE)
_ADDRESS = re.compile(r"(?!data:|javascript:)[^\s{\[#][^\s]*[./][^\s]*", re.IGNORECASE)


def is_lazy(element: Element) -> bool:
    """Whether ``element`` names an address for a script to load."""
    return any(_named(element, name) for name in _SOURCES) or any(element.get(name) for name in _SETS)


def load_lazy(root: Element) -> None:
    """Give what waits for a script its true address, and show a picture of ``noscript`` in its stead."""
    for noscript in elements(root, "noscript"):
        _show(noscript)
    for element in elements(root, *_MEDIA):
        _load(element)


def _load(element: Element) -> None:
    source = next((said for name in _SOURCES if (said := _named(element, name))), None)
    if source:
        element.set("src", source)
    candidates = next((said for name in _SETS if (said := element.get(name))), None)
    if candidates:
        element.set("srcset", candidates)


def _named(element: Element, attribute: str) -> str | None:
    """The address in ``attribute``; some sites write true or JSON where others have one."""
    said = (element.get(attribute) or "").strip()
    return said if _ADDRESS.fullmatch(said) else None


def _show(noscript: Element) -> None:
    """Put the picture of ``noscript`` in its place; the one beside it that stood for it goes."""
    shown = elements(noscript, *_SHOWN)
    if not shown:
        return
    beside = _waiting_beside(noscript)
    if beside is not None:
        alt = beside.get("alt")
        if alt and shown[0].tag == "img" and not shown[0].get("alt"):
            shown[0].set("alt", alt)
        drop(beside)
    unwrap(noscript)


def _waiting_beside(noscript: Element) -> Element | None:
    before = next(children_before(noscript), None)
    after = noscript.getnext() if not (noscript.tail or "").strip() else None
    for sibling in (before, after):
        if sibling is not None and (found := _waiting(sibling)) is not None:
            return found
    return None


def _waiting(sibling: Element) -> Element | None:
    """The picture that ``sibling`` is, or holds and nothing else, if it waits for a script."""
    pictures = elements(sibling, "img", "iframe")
    if len(pictures) != 1 or text_in(sibling).strip():
        return None
    one = pictures[0]
    return one if is_lazy(one) or _PLACEHOLDER.match(one.get("src") or "") else None
