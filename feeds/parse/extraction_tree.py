"""A page as a tree that is safe to walk, with absolute addresses."""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from feeds.parse.markup import bounded, writable
from feeds.urls import resolve

ADDRESSES = ("href", "src", "data-src", "data-original", "data-lazy-src", "data-actualsrc")
LAZY = ("data-src", "data-original", "data-lazy-src", "data-actualsrc", "data-srcset", "srcset")
"""Where images that are loaded by script have their address."""
_INLINE_IMAGE = re.compile(r"data:image/[^\"'()\s<>]{1000,}")
_LONGEST_PAGE = 2_000_000


def page_tree(html: str) -> HtmlElement:
    """``html`` as a tree, whatever it is; libxml2 flattens what is nested deeper than 256.

    What is beyond two million characters, or the bounds of all pages (markup.py), is not read, nor are images
    that are written out in the page.
    """
    markup, _ = bounded(writable(_INLINE_IMAGE.sub("", html)[:_LONGEST_PAGE]))
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        tree = document_fromstring(b"<html><body></body></html>", parser=parser)
    return tree


def resolve_addresses(tree: HtmlElement, url: str) -> None:
    """Make addresses absolute against the page's base, which only the page tells."""
    base = next((found for element in tree.iter("base") if (found := resolve(url, element.get("href")))), url)
    for element in tree.iter("a", "img", "source"):
        for name in ADDRESSES:
            if value := element.get(name):
                element.set(name, resolve(base, value) or value)


def use_noscript_images(tree: HtmlElement) -> None:
    """Where an image is loaded by script, the address is often in the noscript element after it only."""
    for noscript in list(tree.iter("noscript")):
        image = next(noscript.iter("img"), None)
        before = noscript.getprevious()
        lazy = next(before.iter("img"), None) if before is not None and isinstance(before.tag, str) else None
        if image is None or not image.get("src"):
            continue
        if lazy is None:
            noscript.drop_tag()
        elif not any(lazy.get(name) for name in LAZY):
            lazy.set("data-src", image.get("src") or "")


def unwrap(element: HtmlElement) -> None:
    """Put what an element holds in its place; lxml's drop_tag takes time in the number of its neighbours."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    children = list(element)
    if children:
        children[-1].tail = (children[-1].tail or "") + (element.tail or "")
    text = (element.text or "") + ("" if children else element.tail or "")
    if before is None:
        parent.text = (parent.text or "") + text
    else:
        before.tail = (before.tail or "") + text
    element.tail = None
    for child in reversed(children):
        element.addnext(child)
    parent.remove(element)


def drop(element: HtmlElement) -> None:
    """Take an element out of its tree, but not the text that follows it."""
    if element.getparent() is not None:
        element.drop_tree()
