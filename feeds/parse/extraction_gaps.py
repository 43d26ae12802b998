"""Blocks kept by evidence, corrected between the edges: what is there twice, beside it, or was skipped."""

from __future__ import annotations

from lxml.html import HtmlElement

from feeds.parse.extraction_blocks import Block, kept_size
from feeds.parse.extraction_evidence import known_blocks, prose

_FIGURES = frozenset({"figure", "aside", "figcaption"})
_ROWS = frozenset({"li", "td", "th", "dt", "dd"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_WHATEVER_SIZE = frozenset({"blockquote", "pre"})
_PARAGRAPH = 60
_LINE = 40
_REPEATED = 100
_LISTS = frozenset({"ul", "ol", "table", "dl"})
_LINKED = 0.5


def keep_once(blocks: list[Block]) -> None:
    """Of paragraphs that are on the page twice, keep the one nearer to the middle of what is kept."""
    half, size, middle = kept_size(blocks) / 2, 0, 0
    for index, block in enumerate(blocks):
        size += len(block.squeezed) if block.kept else 0
        if size >= half:
            middle = index
            break
    seen: dict[str, int] = {}
    for index, block in enumerate(blocks):
        if not block.kept or len(block.squeezed) < _REPEATED:
            continue
        before = seen.get(block.squeezed)
        if before is None or blocks[before].element.getparent() is block.element.getparent():
            seen[block.squeezed] = index
            continue
        nearer, farther = sorted((before, index), key=lambda place: abs(place - middle))
        blocks[farther].kept = False
        seen[block.squeezed] = nearer


def keep_known(blocks: list[Block]) -> None:
    """Nothing but the known element of the article, where it holds most of what is kept."""
    known = [block for block in known_blocks(blocks) if block.kept]
    kept = [block for block in blocks if block.kept]
    if prose(known) < 0.5 * prose(kept) or not known:
        return
    inside = {id(block) for block in known}
    first = blocks.index(known[0])
    for block in blocks[first:]:
        block.kept = block.kept and id(block) in inside


def fill_gaps(blocks: list[Block], top: HtmlElement, foreign: set[int]) -> None:
    """Keep what stands between kept paragraphs, beside them, and looks like one."""
    long = [i for i, block in enumerate(blocks) if block.kept and len(block.squeezed) > _PARAGRAPH]
    inside = set(top.iter())
    beside = {block.element.getparent() for block in blocks if block.kept}
    for block in blocks[long[0] : long[-1]] if long else ():
        if not block.kept and block.element in inside and id(block) not in foreign:
            block.kept = _fills(block, beside)


def _fills(block: Block, beside: set[HtmlElement | None]) -> bool:
    outer = {element.tag for element in block.element.iterancestors()}
    if block.element.tag in _ROWS or block.element.tag in _FIGURES or outer & _FIGURES:
        return False
    if "blockquote" in outer or block.element.tag in _WHATEVER_SIZE:
        return True
    if block.element.getparent() not in beside:
        return False
    return block.element.tag in _HEADINGS or (block.linked < _LINKED and len(block.squeezed) > _LINE)


def fill_lists(blocks: list[Block], foreign: set[int]) -> None:
    """Keep lists and tables whole of which more than half is kept."""
    rows: dict[HtmlElement, list[Block]] = {}
    for block in blocks:
        inner = next((outer for outer in block.element.iterancestors() if outer.tag in _LISTS), None)
        if inner is not None and id(block) not in foreign:
            rows.setdefault(inner, []).append(block)
    for listed in rows.values():
        if 2 * kept_size(listed) > sum(len(block.squeezed) for block in listed):
            for block in listed:
                block.kept = True
