"""An article page as a row of blocks: the smallest elements that hold a paragraph's worth of text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree
from lxml.html import HtmlElement

from feeds.parse.extraction_tree import drop

_INLINE = frozenset(
    {
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "del", "dfn"),
        *("em", "font", "i", "img", "ins", "kbd", "label", "mark", "nobr", "picture", "q", "rp", "rt"),
        *("ruby", "s", "samp", "small", "source", "span", "strike", "strong", "sub", "sup", "time"),
        *("tt", "u", "var", "wbr"),
    }
)
_UNREAD = (
    *("script", "style", "noscript", "template", "svg", "math", "object", "embed", "iframe", "form"),
    *("button", "select", "textarea", "input", "nav", "dialog", "canvas", "link", "meta", "head"),
)
"""Elements whose text is no article's; what a form wraps of an ASP.NET page stays."""
_SOME_TEXT = 150
_WRAPPERS = frozenset({"form", "noscript"})
_NO_PARAGRAPHS = frozenset({"table", "thead", "tbody", "tfoot", "tr", "ul", "ol", "dl", "pre", "select"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_OVERLAY = re.compile(
    r"(?:^|\s)(?:[\w-]*(?:rollover|tooltip|hovercard|popover)-?(?:block|text|content|card)?|sr-only|visually-hidden"
    r"|visuallyhidden|screen-reader-text|print-only)(?:$|\s)"
)
_WORDS = re.compile(r"\w+")
_BLANKS = re.compile(r"\s+")


@dataclass(slots=True, eq=False)
class Block:
    """An element with text of its own and no block inside.

    ``linked`` is how much of it is in links, from 0 to 1; a ``caption`` is shown, but no text of the article.
    """

    element: HtmlElement
    text: str
    squeezed: str
    linked: float
    kept: bool = False
    caption: bool = False


def tidied(tree: HtmlElement) -> HtmlElement:
    """The body of ``tree`` without what no reader sees; what stood loose between blocks is in paragraphs."""
    body: HtmlElement | None = tree.find("body")
    body = tree if body is None else body
    for element in list(body.iter(*_UNREAD)):
        if element.tag in _WRAPPERS and _wraps_page(element):
            element.tag = "div"
        else:
            drop(element)
    for element in [element for element in body.iterdescendants() if _is_hidden(element)]:
        drop(element)
    for element in list(_containers(body)):
        _wrap_loose(element)
    return body


def blocks_of(body: HtmlElement) -> list[Block]:
    """Its blocks that have text, in order."""
    blocky = _blocky(body)
    outer = {element.getparent() for element in blocky}
    blocks = []
    for element in body.iter():
        if element in blocky and element not in outer:
            text = text_of(element)
            if squeezed := squeeze(text):
                links = sum(len(squeeze(text_of(link))) for link in element.iter("a"))
                blocks.append(Block(element, text, squeezed, min(1.0, links / len(squeezed))))
    return blocks


def squeeze(text: str) -> str:
    """The letters and digits of ``text`` alone: what two views of one text have in common."""
    return "".join(_WORDS.findall(text)).lower()


def kept_size(blocks: Iterable[Block]) -> int:
    """How many letters are kept."""
    return sum(len(block.squeezed) for block in blocks if block.kept)


def text_of(element: HtmlElement) -> str:
    """The text of an element, its lines only where it breaks them."""
    if element.tag == "pre":
        return str(element.text_content()).strip("\n")
    parts = [_BLANKS.sub(" ", element.text or "")]
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if node is element:
            continue
        if event == "start":
            parts.append("\n" if node.tag == "br" else _BLANKS.sub(" ", node.text or ""))
        else:
            parts.append(_BLANKS.sub(" ", node.tail or ""))
    return "".join(parts).strip()


def _wraps_page(element: HtmlElement) -> bool:
    """Whether a form holds what a page has to say, as all of ASP.NET do."""
    return sum(1 for _ in element.iter("p", "br")) > 1 and len(element.text_content()) > _SOME_TEXT


def _is_hidden(element: HtmlElement) -> bool:
    if _OVERLAY.search(element.get("class") or "") and element.tag not in ("body", "article", "main"):
        return True
    if element.get("hidden") is not None and element.get("hidden") != "until-found":
        return True
    return bool(_HIDDEN.search(element.get("style") or "")) and element.tag != "body"


def _blocky(body: HtmlElement) -> set[HtmlElement]:
    """The elements that are blocks, or hold one though they are called inline."""
    found: set[HtmlElement] = {body}
    for element in body.iterdescendants():
        outer: HtmlElement | None = None if element.tag in _INLINE else element
        while outer is not None and outer not in found:
            found.add(outer)
            outer = outer.getparent()
    return found


def _containers(body: HtmlElement) -> Iterator[HtmlElement]:
    blocky = _blocky(body)
    outer = {element.getparent() for element in blocky if element is not body}
    for element in blocky:
        is_outer = element in outer or element is body or _has_double_break(element)
        if element.tag not in _NO_PARAGRAPHS and is_outer:
            yield element


def _has_double_break(element: HtmlElement) -> bool:
    return any(_is_break(child) and _is_break(child.getnext()) for child in element)


def _is_break(element: HtmlElement | None) -> bool:
    """Whether it is a br after which nothing stands before the next element."""
    return element is not None and element.tag == "br"


def _wrap_loose(parent: HtmlElement) -> None:
    """Put the runs of text and inline elements between the blocks of ``parent`` into paragraphs.

    Two line breaks in a row end a paragraph too.
    """
    blocks = {child for child in parent if child.tag not in _INLINE or _holds_block(child)}
    children = list(parent)
    run = _new_run(parent, parent.text)
    parent.insert(0, run)
    parent.text = None
    for child in children:
        tail, child.tail = child.tail, None
        broken = _is_break(child) and not (tail or "").strip() and _is_break(child.getnext())
        if child in blocks or broken:
            _close(run)
            run = _new_run(parent, tail)
            child.addnext(run)
            if broken:
                parent.remove(child)
        else:
            run.append(child)
            child.tail = tail
    _close(run)
    if parent.tag == "p":
        parent.tag = "div"


def _holds_block(element: HtmlElement) -> bool:
    return any(inner.tag not in _INLINE for inner in element.iterdescendants())


def _new_run(parent: HtmlElement, text: str | None) -> HtmlElement:
    run: HtmlElement = parent.makeelement("p")
    run.text = text
    return run


def _close(run: HtmlElement) -> None:
    """Drop a run that has nothing in it."""
    while len(run) and _is_break(run[0]) and not (run.text or "").strip():
        run.text = run[0].tail
        run.remove(run[0])
    if not len(run) and not (run.text or "").strip():
        parent = run.getparent()
        if parent is not None:
            parent.remove(run)
