"""What a publisher put into an article but shows to nobody."""

from __future__ import annotations

import re
from html import escape

from lxml import etree
from lxml import html as lxml_html

from feeds.normalize.text import legal

_SUSPECT = re.compile(r"<[^<>]*(?:display\s*:\s*none|visibility\s*:\s*hidden|\shidden[\s=/>])", re.IGNORECASE)
_HIDING = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
_SHOWN = "until-found"


def without_hidden(html: str) -> str:
    """``html`` without the elements its own markup hides, their text included.

    Only markup that mentions hiding is parsed here at all: the other bytes shall not change.
    """
    if not _SUSPECT.search(html):
        return html
    # Bytes, since lxml refuses text with an encoding declaration in it.
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        root = lxml_html.document_fromstring(f"<div>{html}</div>".encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return html
    for element in [found for found in root.iter() if _is_hidden(found)]:
        drop(element)
    wrapper = root.find("body/div")
    return html if wrapper is None else markup(wrapper)


def _is_hidden(element: etree._Element) -> bool:
    hidden = element.get("hidden")
    if hidden is not None and hidden.lower() != _SHOWN:
        return True
    return bool(_HIDING.search(element.get("style") or ""))


def drop(element: etree._Element) -> None:
    """Take ``element`` out of its tree; the text after it is not its own and stays.

    lxml reads ``&#1;`` as a character that it then refuses to write: it goes here.
    """
    parent, tail = element.getparent(), element.tail or ""
    if parent is None:
        return
    before = element.getprevious()
    if before is None:
        parent.text = legal((parent.text or "") + tail)
    else:
        before.tail = legal((before.tail or "") + tail)
    parent.remove(element)


def markup(wrapper: etree._Element) -> str:
    """Markup inside ``wrapper`` and after it, where a stray end tag closed it early."""
    parts = [escape(wrapper.text or ""), *(_serialized(child) for child in wrapper)]
    after = [escape(wrapper.tail or ""), *(_serialized(other) for other in wrapper.itersiblings())]
    return "".join(parts + after)


def _serialized(element: etree._Element) -> str:
    return str(lxml_html.tostring(element, encoding="unicode"))
