"""Markup as a tree and back, and what is done to its elements."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TypeAlias

from lxml import etree
from lxml import html as lxml_html

from feeds.normalize.text import legal

Element: TypeAlias = etree._Element


def tree_of(html: str) -> Element | None:
    """The tree of ``html``, everything below one ``div`` of its body; ``None`` for what is no markup."""
    # Bytes, since lxml refuses text with an encoding declaration in it.
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        root = lxml_html.document_fromstring(f"<div>{html}</div>".encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    return root if root.find("body/div") is not None else None


def markup_of(root: Element) -> str:
    """Markup inside the ``div`` of :func:`tree_of` and after it, where a stray end tag closed it early."""
    wrapper = root.find("body/div")
    return "" if wrapper is None else markup_from(wrapper)


def markup_from(wrapper: Element) -> str:
    """Markup inside an element and after it."""
    parts = [escape(wrapper.text or ""), *(_serialized(child) for child in wrapper)]
    after = [escape(wrapper.tail or ""), *(_serialized(other) for other in wrapper.itersiblings())]
    return "".join(parts + after)


def elements(root: Element, *tags: str) -> list[Element]:
    """The elements of these tags (all, where none is named), safe to move while they are walked."""
    return [found for found in root.iter(*tags) if isinstance(found.tag, str)]


def children_before(element: Element) -> Iterator[Element]:
    """The siblings before ``element``, nearest first, as far as no text is between."""
    before = element.getprevious()
    while before is not None and not (before.tail or "").strip():
        yield before
        before = before.getprevious()


def text_in(element: Element) -> str:
    """The text of ``element`` and all in it."""
    return "".join(str(text) for text in element.itertext())


def drop(element: Element) -> None:
    """Take ``element`` out of its tree; the text after it is not its own and stays."""
    parent = element.getparent()
    if parent is not None:
        _append_before(element, element.tail or "")
        parent.remove(element)


def unwrap(element: Element) -> None:
    """Put what ``element`` holds in its place."""
    parent = element.getparent()
    if parent is None:
        return
    _append_before(element, element.text or "")
    for child in list(element):
        element.addprevious(child)
    drop(element)


def replace(element: Element, tag: str, **attributes: str) -> Element:
    """Put an empty ``tag`` in the place of ``element``."""
    new = etree.Element(tag, attributes)
    new.tail = legal(element.tail or "")
    parent = element.getparent()
    if parent is not None:
        parent.replace(element, new)
    return new


def _append_before(element: Element, text: str) -> None:
    """Append to the text before ``element``; lxml reads ``&#1;`` but refuses to write it: it goes here."""
    parent, before = element.getparent(), element.getprevious()
    if before is not None:
        before.tail = legal((before.tail or "") + text)
    elif parent is not None:
        parent.text = legal((parent.text or "") + text)


def _serialized(element: Element) -> str:
    return str(lxml_html.tostring(element, encoding="unicode"))
