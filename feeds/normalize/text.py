"""Plain text: clean characters, flat titles, summaries that end where a sentence does."""

from __future__ import annotations

import re
from html import unescape

_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Joiners (U+200C, U+200D) stay: Persian, the Indic scripts and emoji are spelled with them.
_INVISIBLE = re.compile(r"[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_SPACE = re.compile(r"\s+")
_SENTENCE_END = re.compile(r"[。！？…]+[”’」』）)]*|[.!?]+[\"'”’)]*(?=\s|\Z)")

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


def one_line(text: str) -> str:
    """``text`` with white space collapsed, without illegal and invisible characters."""
    return _SPACE.sub(" ", _INVISIBLE.sub("", legal(text))).strip()


def flatten(title: str | None) -> str:
    """A title as plain text: markup and entities resolved once, ``Vec<T>`` left as it is."""
    if not title:
        return ""
    bare = _TITLE_TAG.sub("", title[: _MARKUP_PER_CHARACTER * LONGEST_TITLE])
    return shorten(one_line(decode_entities(bare)), LONGEST_TITLE)


def decode_entities(text: str) -> str:
    """``text`` with complete entities decoded once; ``AT&T`` and ``?a=1&copy=2`` stay."""
    return _ENTITY.sub(lambda match: unescape(match[0]), text)


def shorten(text: str, length: int) -> str:
    """``text`` if it is at most ``length`` characters, else its start and an ellipsis."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def summarize(text: str) -> str:
    """The start of a one-line ``text``, about :data:`SUMMARY_LENGTH` characters, cut after a sentence."""
    if len(text) <= SUMMARY_LENGTH:
        return text
    longest = text[: SUMMARY_LENGTH + SUMMARY_LENGTH // 4]
    ends = [match.end() for match in _SENTENCE_END.finditer(longest)]
    fitting = [end for end in ends if end >= SUMMARY_LENGTH // 4]
    if fitting:
        return longest[: min(fitting, key=lambda end: abs(end - SUMMARY_LENGTH))].rstrip()
    start = text[: SUMMARY_LENGTH - 1]
    word_end = start.rfind(" ", SUMMARY_LENGTH // 2)
    return (start[:word_end] if word_end > 0 else start).rstrip() + "…"
