"""The language of a text whose publisher does not say it."""

from __future__ import annotations

import re
import unicodedata

try:
    import pycld2  # type: ignore[import-untyped]
except ImportError:  # no wheel for this machine (see pyproject.toml): languages that nobody says stay unsaid
    pycld2 = None

_SAMPLE = 1500
"""Characters that are looked at: more of them change nothing but the time it takes."""
_ENOUGH = 50
"""Bytes of letters: some 16 Chinese characters, or eight English words."""
_MOST_OF_IT = 75
"""Percent of the text that the language must be."""
_SPELLED = {"iw": "he", "jw": "jv", "zh-Hant": "zh"}
"""The detector's old codes and narrow ones; which script Chinese is in, readers see."""
_KANA = re.compile(r"[\u3040-\u30ff]")
_UNWANTED = frozenset({"Cc", "Cn", "Co", "Cs"})


def detect_language(text: str) -> str | None:
    """The language of plain ``text`` (BCP 47) if it is plain to see; ``None`` where it is short or mixed."""
    if pycld2 is None:
        return None
    sample = text[:_SAMPLE]
    try:
        reliable, _, found = pycld2.detect(sample)
    except (pycld2.error, UnicodeEncodeError):  # it refuses controls and characters that are none
        sample = "".join(each for each in sample if unicodedata.category(each) not in _UNWANTED)
        reliable, _, found = pycld2.detect(sample)
    _, code, percent, _ = found[0]
    letters = sum(map(len, sample.encode().split()))
    if not reliable or percent < _MOST_OF_IT or letters < _ENOUGH:
        return None
    code = _SPELLED.get(code, code)
    if code == "ja" and not _KANA.search(sample):
        return "zh"  # rare characters alone look Japanese to it, which is not written with them alone
    return code if code.isalpha() and len(code) in (2, 3) and code != "un" else None
