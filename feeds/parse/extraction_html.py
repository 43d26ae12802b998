"""What is kept of a page, as HTML: the page's own elements without their wrappers, and the images between."""

from __future__ import annotations

import re
from html import escape

from lxml import etree
from lxml.html import HtmlElement

from feeds.parse.extraction_blocks import Block
from feeds.parse.extraction_tree import ADDRESSES, LAZY, unwrap
from feeds.parse.extraction_words import FOREIGN

_TEXTS = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "li", "dt", "dd", "td", "th", "figcaption", "caption"}
)
_STRUCTURE = frozenset(
    {
        *(
            "ul",
            "ol",
            "li",
            "dl",
            "dt",
            "dd",
            "table",
            "caption",
            "thead",
            "tbody",
            "tfoot",
            "tr",
            "td",
            "th",
        ),
        *("blockquote", "figure", "figcaption", "picture", "source", "img", "pre"),
    }
)
_MEANINGLESS = frozenset({"span", "font", "nobr", "label", "center"})
_LAYOUT = frozenset({"table", "thead", "tbody", "tfoot", "tr", "td", "th"})
_ATTRIBUTES = frozenset(
    {
        *ADDRESSES,
        *LAZY,
        "alt",
        "title",
        "width",
        "height",
        "colspan",
        "rowspan",
        "start",
        "datetime",
        "lang",
        "dir",
        "cite",
    }
)
_CODE = re.compile(r"\b(?:lang(?:uage)?-|brush:|highlight-)[\w+#-]+")
_NUMBER = re.compile(r"\d+")
_SMALL = 60
_LONG_CELL = 200


def html_of(body: HtmlElement, blocks: list[Block]) -> str:
    """The HTML of the blocks that are kept, and of the images among them. Takes ``body`` to pieces."""
    shown = {block.element for block in blocks if block.kept}
    _unfold_layout(blocks)
    shown.update(_images(body, blocks))
    shown.update(_captions(blocks, shown))
    _prune(body, shown)
    for element in list(body.iterdescendants()):
        _strip(element)
    # Wrappers go from the inside out, so that each is unwrapped once.
    for element in reversed(list(body.iterdescendants())):
        wrapper = element.tag not in _STRUCTURE and element not in shown and _is_wrapper(element, shown)
        if wrapper or element.tag in _MEANINGLESS:
            unwrap(element)
    parts = (etree.tostring(child, encoding="unicode", method="html", with_tail=False) for child in body)
    return escape(body.text or "", quote=False).strip() + "\n".join(parts)


def inner_html(tree: HtmlElement) -> str:
    """The markup of what is in a page's body."""
    body = tree.find("body")
    body = tree if body is None else body
    parts = (etree.tostring(child, encoding="unicode", method="html") for child in body)
    return escape(body.text or "", quote=False) + "".join(parts)


def text_of_blocks(blocks: list[Block]) -> str:
    """The text of the blocks that are kept, a line or more for each; captions are not in it."""
    return "\n".join(block.text for block in blocks if block.kept and not block.caption)


def _images(body: HtmlElement, blocks: list[Block]) -> set[HtmlElement]:
    """The images that stand with kept text: in the smallest element around them that has any text."""
    kept: dict[HtmlElement, bool] = {}
    for block in blocks:
        for element in (block.element, *block.element.iterancestors()):
            if not block.caption:
                kept[element] = kept.get(element, False) or block.kept
    most = _holder(blocks)
    return {image for image in body.iter("img") if _is_shown(image, kept, most)}


def _holder(blocks: list[Block]) -> HtmlElement | None:
    """The innermost element around all that is kept."""
    chains = [[*block.element.iterancestors()][::-1] for block in blocks if block.kept]
    common = None
    for level in zip(*chains, strict=False):
        if any(element is not level[0] for element in level):
            break
        common = level[0]
    return common


def _is_shown(image: HtmlElement, kept: dict[HtmlElement, bool], most: HtmlElement | None) -> bool:
    if _is_small(image) or not (image.get("src") or any(image.get(name) for name in LAZY)):
        return False
    inside = False
    for element in image.iterancestors():
        if element is most or element.tag == "body":
            return inside or element is most
        if FOREIGN.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            return False
        if element in kept:
            if not kept[element]:
                return False
            inside = True
    return inside


def _is_small(image: HtmlElement) -> bool:
    sizes = (_NUMBER.match(image.get(name) or "") for name in ("width", "height"))
    return any(int(size[0][:6]) < _SMALL for size in sizes if size)


def _captions(blocks: list[Block], shown: set[HtmlElement]) -> set[HtmlElement]:
    """The captions of figures whose image is shown."""
    figures = {
        outer for element in shown if element.tag == "img" for outer in element.iterancestors("figure")
    }
    return {
        block.element for block in blocks if not figures.isdisjoint(block.element.iterancestors("figure"))
    }


def _unfold_layout(blocks: list[Block]) -> None:
    """Make tables that only arrange a page, as they did once, no tables."""
    for block in blocks:
        cell = next(block.element.iterancestors("td"), None)
        if (
            cell is not None
            and block.kept
            and len(block.squeezed) > _LONG_CELL
            and block.element.tag not in ("td", "li")
        ):
            for element in [cell, *cell.iterancestors()]:
                if element.tag in _LAYOUT:
                    element.tag = "div"


def _prune(body: HtmlElement, shown: set[HtmlElement]) -> None:
    """Leave what is shown and the way to it."""
    way = {outer for element in shown for outer in element.iterancestors()}
    waiting = [body]
    while waiting:
        parent = waiting.pop()
        parent.text = None
        for child in list(parent):
            child.tail = None
            if child in shown:
                child.tag = child.tag if child.tag in _TEXTS or child.tag == "img" else "p"
            elif child in way:
                waiting.append(child)
            elif child.tag not in ("source", "col", "colgroup"):
                parent.remove(child)


def _is_wrapper(element: HtmlElement, shown: set[HtmlElement]) -> bool:
    """Whether an element holds shown blocks, instead of being part of one."""
    outer = element.getparent()
    while outer is not None:
        if outer in shown:
            return False
        outer = outer.getparent()
    return not (
        element.tag == "a" and element.get("href") and all(inner.tag != "p" for inner in element.iter())
    )


def _strip(element: HtmlElement) -> None:
    """Leave the attributes that mean something anywhere, and the language of code."""
    code = _CODE.search(element.get("class") or "") if element.tag in ("pre", "code") else None
    for name in list(element.attrib):
        if name not in _ATTRIBUTES:
            del element.attrib[name]
    if code is not None:
        element.set("class", code[0])
