"""Elements that a source's rules take out of its texts."""

from __future__ import annotations

from functools import lru_cache

from lxml import etree
from lxml import html as lxml_html
from parsel.csstranslator import HTMLTranslator

from feeds.normalize.depth import is_too_deep
from feeds.normalize.text import legal
from feeds.normalize.tree import drop, markup_from

_XPATH = ("/", "./", "(", "xpath:")
"""How XPath begins; all else is CSS, as in the catalogue."""


def without(html: str, expressions: tuple[str, ...]) -> str:
    """``html`` without the elements that ``expressions``, CSS or XPath, find in it: it is their whole page.

    Where they find none the bytes stay as they are.
    """
    if not expressions or "<" not in html or is_too_deep(html):
        return html
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        page = lxml_html.document_fromstring(
            f"<html><body>{legal(html)}</body></html>".encode(), parser=parser
        )
    except (etree.ParserError, etree.XMLSyntaxError):
        return html
    body = page.find("body")
    if body is None:
        return html
    found = [element for expression in expressions for element in _found(page, expression)]
    inside = [element for element in found if element not in (page, body)]
    for element in inside:
        drop(element)
    return markup_from(body) if inside else html


def _found(page: etree._Element, expression: str) -> list[etree._Element]:
    try:
        selected = _compiled(expression)(page)
    except etree.XPathError:
        return []
    several = selected if isinstance(selected, list) else []
    return [one for one in several if isinstance(one, etree._Element)]


@lru_cache(maxsize=256)
def _compiled(expression: str) -> etree.XPath:
    is_xpath = expression.startswith(_XPATH)
    path = expression.removeprefix("xpath:") if is_xpath else HTMLTranslator().css_to_xpath(expression)
    return etree.XPath(path)
