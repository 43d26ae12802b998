"""How long others may keep what we serve: documents by the rhythm of what is in them.

Rules: RFC 9111 §5.2 (Cache-Control), RFC 5861 (old copies).
"""

from __future__ import annotations

from typing import Final

SHORTEST: Final = 60
LONGEST: Final = 15 * 60
_IF_ERROR = 7 * 86400
"""Seconds for which a kept copy is better than an error of ours."""

DAY: Final = "public, max-age=86400"
FOR_EVER: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "no-cache"
NEVER: Final = "no-store"


def caching(gap: float | None) -> str:
    """The Cache-Control of a document whose articles come every ``gap`` seconds; of others, the shortest."""
    seconds = SHORTEST if gap is None else round(min(max(gap, SHORTEST), LONGEST))
    return f"public, max-age={seconds}, stale-while-revalidate={seconds}, stale-if-error={_IF_ERROR}"
