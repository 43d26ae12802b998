"""Durations as the catalogue spells them: ``90s``, ``15m``, ``2h 30m``; text to seconds and back."""

from __future__ import annotations

import re

_UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
"""Milliseconds, the largest first."""
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)")
_WHOLE = re.compile(rf"{_PART.pattern}(?:\s*{_PART.pattern})*")


def seconds_in(text: str) -> float | None:
    """Seconds of a duration like ``90s`` or ``2h 30m``, each unit once, the larger one first; else None."""
    if not _WHOLE.fullmatch(text.strip()):
        return None
    parts = [(unit, float(number)) for number, unit in _PART.findall(text)]
    sizes = [_UNITS[unit] for unit, _ in parts]
    if sizes != sorted(set(sizes), reverse=True):
        return None
    return sum(number * _UNITS[unit] for unit, number in parts) / 1000


def spelled(seconds: float) -> str:
    """Seconds as they may stand in the catalogue, to the millisecond: ``1m``, ``90s``, ``2h 30m``.

    What is less than two of a unit, and not one of it, is told in smaller ones.
    """
    left = round(seconds * 1000)
    largest = (size for size in _UNITS.values() if left >= 2 * size or left == size)
    start = next(largest, 1)
    words = []
    for unit, size in _UNITS.items():
        if size <= start and left >= size:
            words.append(f"{left // size}{unit}")
            left %= size
    return " ".join(words) or "0s"


def about(seconds: float) -> str:
    """A duration that somebody goes by, to whole units of which there are ten at least: ``2h 34m``."""
    return _in_whole_units(seconds, 10)


def roughly(seconds: float) -> str:
    """A duration that only tells how long ago something was: ``3h``, and not ``3h 12m 5s``."""
    return _in_whole_units(seconds, 2)


def _in_whole_units(seconds: float, least: int) -> str:
    units = (size / 1000 for size in _UNITS.values() if size >= 1000)
    size = next((size for size in units if seconds >= least * size), 1.0)
    return spelled(round(seconds / size) * size)
