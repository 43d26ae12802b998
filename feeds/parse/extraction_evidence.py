"""The text that must be an article's, as its page's blocks are compared with."""

from __future__ import annotations

from copy import deepcopy

from lxml.html import HtmlElement

from feeds.parse.extraction_blocks import Block, squeeze
from feeds.parse.extraction_words import KNOWN
from feeds.parse.metadata import Metadata

_GRAM = 12
_LONGEST = 400_000
_MOSTLY = 0.6
_ENOUGH = 200
_LONG_BODY = 300
_SHOWN = 0.8
_PROSE = 0.4
_MUCH = 1.5


def vote(blocks: list[Block], text: str) -> None:
    """Keep the blocks whose words are in ``text``, the short ones where they are a line of it."""
    lines = {squeeze(part) for line in text.splitlines() for part in (line, *line.split("|"))}
    grams = _grams(squeeze(text[:_LONGEST]))
    for block in blocks:
        block.kept = _is_covered(block.squeezed, grams) if _is_long(block) else block.squeezed in lines


def evidence(body: HtmlElement, blocks: list[Block], told: Metadata) -> str:
    """JSON-LD's body if the page shows it, trafilatura's finding, or what beats that where it is poor."""
    found = _by_trafilatura(body, thorough=False)
    if told.body and is_shown(told.body, blocks) and not _is_beginning(told.body, found):
        return told.body
    known = "\n".join(block.text for block in known_blocks(blocks) if block.linked < _PROSE)
    if len(squeeze(found)) * 2 < len(squeeze(known)):
        return known
    if len(squeeze(found)) >= _ENOUGH:
        return found
    return max(found, known, _by_trafilatura(body, thorough=True), key=lambda text: len(squeeze(text)))


def is_shown(text: str, blocks: list[Block]) -> bool:
    """Whether a longer ``text`` is on the page, nearly all of it."""
    squeezed = squeeze(text[:_LONGEST])
    if len(squeezed) < _LONG_BODY:
        return False
    grams = set().union(*(_grams(block.squeezed) for block in blocks))
    return _share(squeezed, grams) >= _SHOWN


def outdoes(told: str, text: str) -> bool:
    """Whether JSON-LD's body is much longer than ``text``, of which it is the continuation."""
    squeezed, short = squeeze(told[:_LONGEST]), squeeze(text[:_LONGEST])
    if len(squeezed) < _LONG_BODY or len(squeezed) < _MUCH * len(short):
        return False
    return len(short) < _ENOUGH or _share(short, _grams(squeezed)) >= _SHOWN


def _is_beginning(told: str, found: str) -> bool:
    """Whether JSON-LD's body is cut off, as some are after a thousand characters."""
    return len(squeeze(told)) * _MUCH < len(squeeze(found))


def known_blocks(blocks: list[Block]) -> list[Block]:
    """The blocks inside the best known element of article pages: that with most prose."""
    held: dict[HtmlElement, list[Block]] = {}
    for block in blocks:
        for element in block.element.iterancestors():
            if is_known(element):
                held.setdefault(element, []).append(block)
    return max(held.values(), key=prose, default=[])


def prose(blocks: list[Block]) -> float:
    """How much text is in blocks, links left out."""
    return sum(len(block.squeezed) * (1 - block.linked) for block in blocks)


def is_known(element: HtmlElement) -> bool:
    """Whether an element says by its name that it holds an article's body."""
    if (element.get("itemprop") or "").lower() == "articlebody":
        return True
    names = f"{element.get('class') or ''} {element.get('id') or ''}".lower().split()
    return not KNOWN.isdisjoint(names)


def _by_trafilatura(body: HtmlElement, *, thorough: bool) -> str:
    # Its import takes 40 ms and 4 MB, 250 ms and 26 MB where lxml and others come with it: not for
    # processes that never extract.
    import trafilatura

    page = body.makeelement("html")
    page.append(deepcopy(body))
    try:
        found = trafilatura.extract(page, include_comments=False, fast=not thorough, favor_recall=thorough)
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError):
        return ""  # its bugs are not the publisher's; there is other evidence
    return found or ""


def _grams(squeezed: str) -> set[str]:
    return {squeezed[start : start + _GRAM] for start in range(len(squeezed) - _GRAM + 1)}


def _is_long(block: Block) -> bool:
    return len(block.squeezed) >= 2 * _GRAM


def _is_covered(squeezed: str, grams: set[str]) -> bool:
    return _share(squeezed, grams) >= _MOSTLY


def _share(squeezed: str, grams: set[str]) -> float:
    starts = range(0, len(squeezed) - _GRAM + 1, _GRAM // 3)
    return sum(squeezed[start : start + _GRAM] in grams for start in starts) / max(1, len(starts))
