"""Which of our languages a reader would rather have (RFC 9110 §12.5.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from feeds.render.words import SPOKEN

_LONGEST = 1000
_RANGE = re.compile(r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]*)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?")


def preferred(header: str) -> str | None:
    """The language of ours that an Accept-Language header ranks first; None where it names none.

    A page is then in the language of what it shows.
    """
    ranked = sorted(_ranges(header[:_LONGEST]), key=lambda pair: -pair[1])
    for language, quality in ranked:
        if quality > 0 and (language in SPOKEN or language == "*"):
            return language if language in SPOKEN else None
    return None


def _ranges(header: str) -> Iterator[tuple[str, float]]:
    for part in header.split(","):
        if match := _RANGE.fullmatch(part):
            yield match[1].lower(), float(match[2] or 1)
