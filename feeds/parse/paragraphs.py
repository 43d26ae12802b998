"""Plain text → HTML that reads the same."""

from __future__ import annotations

import re
from html import escape

_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


def paragraphs(text: str) -> str:
    """Escaped HTML of plain text: a paragraph for each block between blank lines, lines kept."""
    blocks = (block.strip() for block in _BLANK_LINES.split(text.replace("\r\n", "\n")))
    return "".join(f"<p>{_with_breaks(block)}</p>" for block in blocks if block)


def _with_breaks(block: str) -> str:
    return escape(block, quote=False).replace("\n", "<br>")
