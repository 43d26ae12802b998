"""The fields of an item as a source's rules read them, from JSON or from a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import re2  # type: ignore[import-untyped]

from feeds.parse.decoding import scalar
from feeds.told import FieldRule

Fields = dict[str, str | tuple[str, ...] | None]

SEVERAL = frozenset({"authors", "tags"})
"""Fields that hold more than one text."""

_HOLE = re.compile(r"\{([^{}]*)\}")


def stripped(text: str | None, rule: FieldRule) -> str | None:
    """``text`` without what the rule's pattern matches at its very start, taken away once."""
    if text is None or rule.strip is None:
        return text
    match = re2.match(rule.strip, text)
    return text[match.end() :].strip() or None if match else text


def filled(template: str, fields: Fields, item: Mapping[str, Any], *, encoded: bool) -> str | None:
    """The template with its holes filled; ``None`` if one has nothing to be filled with.

    Values are percent-encoded where the template makes an address, but for a hole at its very
    start, which holds an address itself.
    """
    parts: list[str] = []
    position = 0
    for hole in _HOLE.finditer(template):
        value = single(fields.get(hole[1])) or scalar(item.get(hole[1]))
        if value is None:
            return None
        parts += (
            template[position : hole.start()],
            (quote(value, safe="") if encoded and hole.start() > 0 else value),
        )
        position = hole.end()
    return "".join(parts) + template[position:]


def single(value: str | tuple[str, ...] | None) -> str | None:
    """The text of a field, the first of several."""
    return next(iter(value), None) if isinstance(value, tuple) else value
