"""``auto``: the body of an article in its page, found without a rule.

    page ─ tidy ─▶ blocks ─ vote ─▶ kept or not ─ correct ─▶ kept or not ─ prune ─▶ HTML, text

The vote is by a text that must be the article's (extraction_evidence.py): what trafilatura found, JSON-LD's
articleBody, or a well-known element of article pages. A block is kept where its words are in that text, so
that lists, tables, images and code are the page's own. What articles have in common (extraction_gaps.py,
extraction_edges.py) corrects the vote.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml.html import HtmlElement

from feeds.parse.extraction_blocks import blocks_of, squeeze, tidied
from feeds.parse.extraction_edges import correct
from feeds.parse.extraction_evidence import evidence, outdoes, vote
from feeds.parse.extraction_html import html_of, text_of_blocks
from feeds.parse.extraction_tree import page_tree, resolve_addresses, use_noscript_images
from feeds.parse.metadata import Metadata, metadata_of
from feeds.parse.paragraphs import paragraphs


@dataclass(frozen=True, slots=True)
class Extracted:
    """An article's body: ``html`` as published, ``text`` with a line for each block, captions left out."""

    html: str
    text: str


def extract(html: str, url: str) -> Extracted:
    """The article in a page, empty when there is none; addresses are made absolute against ``url``."""
    tree = page_tree(html)
    return extract_from(tree, url, metadata_of(tree))


def extract_from(tree: HtmlElement, url: str, told: Metadata) -> Extracted:
    """The article in a parsed page, which is taken to pieces, with the help of its metadata."""
    resolve_addresses(tree, url)
    use_noscript_images(tree)
    body = tidied(tree)
    blocks = blocks_of(body)
    vote(blocks, evidence(body, blocks, told))
    correct(blocks, told.title)
    text = text_of_blocks(blocks)
    if told.body is not None and outdoes(told.body, text):
        # The page is filled in by script, or shows the first lines only of what it has for search engines.
        return Extracted(paragraphs(told.body), told.body.strip())
    return Extracted(html_of(body, blocks), text) if squeeze(text) else Extracted("", "")
