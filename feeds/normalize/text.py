"""Plain text: clean characters, flat titles, summaries that end where a sentence does."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import unescape
from html.entities import html5

_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_ZERO_WIDTH = re.compile(r"[\u034f\u180e\u200b\u2060-\u2064\ufeff\ufff9-\ufffb]")
# Joiners stay where Persian, the Indic scripts and emoji are spelled with them: after one of their letters.
_STRAY_JOINER = re.compile(
    "[\u200c\u200d](?<![\u0600-\u109f\u1780-\u18af\u2190-\u2bff\ua840-\ua8ff\ufb50-\ufdff\ufe0f\ufe70-\ufefe"
    "\U00010a00-\U00011fff\U0001f000-\U0001faff][\u200c\u200d])"
)
_UNSEEN_IN_LINES = re.compile(r"[\u00ad\u061c\u200e\u200f\u202a-\u202e\u2065-\u206f\u3164\uffa0]")
"""Soft hyphens, fillers and marks of direction: of use in a paragraph, not in a title."""
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_OVERLAY = re.compile("(?<=[<>])\u0338+")
"""A stroke that NFC would melt a tag's bracket with."""
_SPACE = re.compile(r"\s+")
_SENTENCE_END = re.compile(
    r"[。！？…｡।॥؟۔።]+[”’」』）)》]*|[!?]+[\"'”’)]*(?=\s|\Z|[\u3400-\u9fff])|\.+[\"'”’)]*(?=\s|\Z)"
)
_CLAUSE_END = re.compile(r"[，；：、](?!\Z)|[,;:](?=\s)")
_LAST_WORD = re.compile(r"([^\W\d_]+(?:\.[^\W\d_]+)*)\.\Z")
_ABBREVIATIONS = frozenset(
    {"dr", "gen", "gov", "jr", "mr", "mrs", "ms", "mt", "prof", "rep", "rev", "sen", "sr", "st", "vs", "vol"}
    | {"approx", "dept", "eg", "ie", "etc", "fig", "inc", "ltd", "no", "nr", "p", "pp", "bzw", "ca"}
    | {"jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"}
)
_QUOTES = (("“", "”"), ("‘", "’"), ("「", "」"), ("『", "』"), ("（", "）"), ("《", "》"), ("(", ")"))

_TITLE_TAGS = (
    "a|abbr|acronym|b|big|blink|br|center|cite|code|del|dfn|div|em|font|h[1-6]|i|img|ins|kbd|mark|nobr"
    "|p|q|s|samp|script|small|span|strike|strong|style|sub|sup|tt|u|var|wbr"
)
_TITLE_TAG = re.compile(
    rf"</?(?:{_TITLE_TAGS})(?:\s[^<>]*)?/?>|<!--[^>]{{0,200}}-->", re.IGNORECASE | re.DOTALL
)

SUMMARY_LENGTH = 200
"""Characters a summary cut from content takes, about."""

LONGEST_TITLE = 1000
"""Characters of a title: longer ones are text in the wrong place."""


_MARKUP_PER_CHARACTER = 20


def legal(text: str) -> str:
    """``text`` without the characters XML 1.0 §2.2 forbids or discourages."""
    return _ILLEGAL.sub("", text)


def composed(text: str) -> str:
    """``text`` as it is to be read, be it HTML: legal, nothing without width in it, in NFC (UAX 15)."""
    seen = legal(text)
    if seen.isascii():
        return seen
    seen = _STRAY_JOINER.sub("", _ZERO_WIDTH.sub("", seen))
    if unicodedata.is_normalized("NFC", seen):
        return seen
    return unicodedata.normalize("NFC", _OVERLAY.sub("", seen))


def one_line(text: str) -> str:
    """``text`` composed, with white space collapsed, without characters that cannot be seen."""
    return " ".join(composed(_UNSEEN_IN_LINES.sub("", text)).split())


def flatten(title: str | None) -> str:
    """A title as plain text: markup and entities resolved once, ``Vec<T>`` left as it is."""
    if not title:
        return ""
    bare = _TITLE_TAG.sub("", title[: _MARKUP_PER_CHARACTER * LONGEST_TITLE])
    return shorten(one_line(decode_entities(bare)), LONGEST_TITLE)


def decode_entities(text: str) -> str:
    """``text`` with complete entities decoded once; ``AT&T`` and ``?a=1&copy=2`` stay."""
    return _ENTITY.sub(_decoded, text)


def _decoded(entity: re.Match[str]) -> str:
    name = entity[0][1:]
    return unescape(entity[0]) if name[0] == "#" else html5.get(name, entity[0])


def shorten(text: str, length: int) -> str:
    """``text`` if it is at most ``length`` characters, else its start and an ellipsis."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def summarize(text: str) -> str:
    """The start of a one-line ``text``, about :data:`SUMMARY_LENGTH` characters, cut after a sentence.

    Where no sentence ends thereabouts, it is cut at a comma, else after a word, and an ellipsis says so.
    """
    if len(text) <= SUMMARY_LENGTH:
        return text
    longest = text[: SUMMARY_LENGTH + SUMMARY_LENGTH // 4]
    ends = list(_sentence_ends(longest, text))
    if ends:
        # An end within a quotation is second choice.
        closed = [end for end in ends if _is_closed(longest[:end])]
        return longest[: min(closed or ends, key=lambda end: abs(end - SUMMARY_LENGTH))].rstrip()
    start = text[: SUMMARY_LENGTH - 1]
    clause_end = max((found.start() for found in _CLAUSE_END.finditer(start)), default=0)
    cut = max(clause_end, start.rfind(" "))
    return (start[:cut] if cut > SUMMARY_LENGTH // 2 else start).rstrip() + "…"


def _sentence_ends(start: str, text: str) -> Iterator[int]:
    """Where sentences end in the ``start`` of ``text``, but for its first quarter."""
    for found in _SENTENCE_END.finditer(start):
        end = found.end()
        if end >= SUMMARY_LENGTH // 4 and not (found[0][0] == "." and _goes_on(start[:end], text[end:])):
            yield end


def _goes_on(before: str, after: str) -> bool:
    """Whether the full stop at the end of ``before`` is one of an abbreviation or an initial."""
    word = _LAST_WORD.search(before[-20:])
    if word and (len(word[1]) == 1 or "." in word[1] or word[1].lower() in _ABBREVIATIONS):
        return True
    return after.lstrip()[:1].islower()


def _is_closed(text: str) -> bool:
    """Whether every bracket and quotation that is opened is closed; what is no pair has no say."""
    return all(text.count(opening) <= text.count(closing) for opening, closing in _QUOTES)
