"""Blocks kept by evidence, corrected at the edges: captions, the title, notices, what follows the end."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.html import HtmlElement

from feeds.parse.extraction_blocks import Block, kept_size, squeeze
from feeds.parse.extraction_gaps import fill_gaps, fill_lists, keep_known, keep_once
from feeds.parse.extraction_words import CAPTION, CREDITED, DATED, EMBEDDED, END, FOREIGN, NOTICE

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ROWS = frozenset({"li", "td", "th", "dt", "dd"})
_PARAGRAPH = 60
_FRONT = 0.25
_FRONT_AT_MOST = 800
_LINE = 40
_LINKED = 0.5
_SENTENCE_ENDS = (".", "。", "!", "！", "?", "？", "…", "”", "”")
_MOSTLY_LINKED = 0.8
_WHOLLY = 0.95
_LONGEST_NOTICE = 500
_LONGEST_END = 80
_LONGEST_DATE = 100
_TAIL = 0.3
_FOREIGN_SHARE = 0.3


def correct(blocks: list[Block], title: str | None) -> None:
    """Change which blocks are kept by what is known of articles in general."""
    keep_once(blocks)
    keep_known(blocks)
    top = _common(blocks)
    if top is None:
        return
    foreign = {id(block) for block in blocks if is_foreign(block.element, top)}
    fill_gaps(blocks, top, foreign)
    fill_lists(blocks, foreign)
    _mark_captions(blocks, top)
    _cut_title(blocks, title)
    _cut_front(blocks)
    for block in blocks:
        if block.kept and _is_notice(block):
            block.kept = False
    _cut_foreign(blocks, foreign)
    _cut_tail(blocks)


def is_foreign(element: HtmlElement, top: HtmlElement) -> bool:
    """Whether something between an element and ``top`` says by its class that it is no article's."""
    for outer in _upto(element, top):
        names = f"{outer.get('class') or ''} {outer.get('id') or ''}"
        if not EMBEDDED.isdisjoint(names.split()):
            return False
        if FOREIGN.search(names):
            return True
    return False


def _upto(element: HtmlElement | None, top: HtmlElement) -> Iterator[HtmlElement]:
    while element is not None and element is not top and element.tag != "body":
        yield element
        element = element.getparent()


def _common(blocks: list[Block]) -> HtmlElement | None:
    """The innermost element that holds nine tenths of the text that is kept."""
    held: dict[HtmlElement, int] = {}
    for block in blocks:
        if block.kept:
            for element in (block.element, *block.element.iterancestors()):
                held[element] = held.get(element, 0) + len(block.squeezed)
    enough = 0.9 * kept_size(blocks)
    large = [element for element, size in held.items() if size >= enough]
    return max(large, key=lambda element: sum(1 for _ in element.iterancestors()), default=None)


def _mark_captions(blocks: list[Block], top: HtmlElement) -> None:
    for block in blocks:
        outer = list(_upto(block.element, top))
        classed = any(CAPTION.search(element.get("class") or "") for element in outer[:3])
        figured = any(element.tag in ("figure", "figcaption") for element in outer[:4])
        quoted = any(element.tag in ("blockquote", "table", "pre") for element in outer)
        block.caption = not quoted and (classed or figured or bool(CREDITED.fullmatch(block.text)))


def _cut_title(blocks: list[Block], title: str | None) -> None:
    """Drop the title, and what is before it, from the front of the text: it is a field of its own."""
    wanted, whole, size, cut = squeeze(title or ""), kept_size(blocks), 0, -1
    for index, block in enumerate(blocks):
        if size > min(_FRONT * whole, _FRONT_AT_MOST):
            break
        if block.element.tag == "h1" or (wanted and _is_title(block.squeezed, wanted)):
            cut = index
        size += len(block.squeezed) if block.kept else 0
    for block in blocks[: cut + 1]:
        block.kept = False


def _is_title(squeezed: str, wanted: str) -> bool:
    if squeezed == wanted:
        return True
    if len(squeezed) < 15 or len(squeezed) > 1.3 * len(wanted):
        return False
    return wanted.startswith(squeezed) or squeezed.startswith(wanted)


def _cut_front(blocks: list[Block]) -> None:
    """Drop subtitles, datelines and links that stand before the first paragraph."""
    kept = [block for block in blocks if block.kept and not block.caption]
    first = next((block for block in kept if _is_paragraph(block)), None)
    if first is None:
        return
    for block in kept[: kept.index(first)]:
        subtitle = (
            block.element.tag in _HEADINGS and block.element.getparent() is not first.element.getparent()
        )
        if subtitle or _is_dateline(block) or block.linked > _WHOLLY:
            block.kept = False


def _is_paragraph(block: Block) -> bool:
    long = block.element.tag not in _HEADINGS and len(block.text) > _LINE
    return long and block.linked < _LINKED and not _is_dateline(block)


def _is_dateline(block: Block) -> bool:
    """Whether a date is most of a line that is no sentence."""
    if len(block.text) > _LONGEST_DATE or block.text.endswith(_SENTENCE_ENDS):
        return False
    return DATED.fullmatch(block.text) is not None


def _is_notice(block: Block) -> bool:
    """Whether a block asks or points elsewhere instead of telling; rows of lists may begin like that."""
    if len(block.text) > _LONGEST_NOTICE or block.element.tag in ("td", "th", "pre"):
        return False
    if block.element.tag not in _ROWS and _is_list_of_links(block):
        return True
    return bool(NOTICE.fullmatch(block.text)) and (block.element.tag not in _ROWS or block.linked > _LINKED)


def _is_list_of_links(block: Block) -> bool:
    """Whether a paragraph is but links to other articles: several of them, or one that shouts."""
    several = sum(1 for _ in block.element.iter("a")) > 1 and len(block.squeezed) > _PARAGRAPH
    return (block.linked > _WHOLLY and block.text.isupper()) or (block.linked > _MOSTLY_LINKED and several)


def _cut_foreign(blocks: list[Block], foreign: set[int]) -> None:
    kept = [block for block in blocks if block.kept and id(block) in foreign]
    if kept_size(kept) < _FOREIGN_SHARE * kept_size(blocks):
        for block in kept:
            block.kept = False


def _cut_tail(blocks: list[Block]) -> None:
    """Drop what follows a heading of comments or of other articles, where it is the lesser part."""
    whole, size = kept_size(blocks), 0
    for index, block in enumerate(blocks):
        if size >= (1 - _TAIL) * whole and len(block.text) <= _LONGEST_END and END.fullmatch(block.text):
            for after in blocks[index:]:
                after.kept = False
            return
        size += len(block.squeezed) if block.kept else 0
