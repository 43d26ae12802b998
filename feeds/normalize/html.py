"""HTML → safe HTML that stays the same when cleaned again, and HTML → plain text."""

from __future__ import annotations

import re
from html import escape, unescape
from urllib.parse import urljoin

import nh3

from feeds.normalize.allowlist import (
    ADDRESSES,
    ATTRIBUTES,
    CLASSES,
    DROPPED_WITH_CONTENT,
    SCHEMES,
    TAGS,
)
from feeds.normalize.depth import is_too_deep, without_tags
from feeds.normalize.hidden import without_hidden
from feeds.normalize.text import legal, one_line
from feeds.urls import is_http

# Anything before a colon counts, for "javascript :" is no scheme to browsers today.
_SCHEME = re.compile(r"([^/?#:]*):")
_IGNORED_IN_URLS = re.compile(r"[\t\n\r]")
_LINE_BREAK = re.compile(r"\r\n?")
_NEWLINE_OF_PRE = re.compile(r"(<pre(?: [^>]*)?>)\n+")
_INLINE = r"(?:(?:[^\S\u3000]|&nbsp;)*<(?:a|b|em|i|span|strong|u)(?: [^>]*)?>)*"
_INDENT = re.compile(
    rf"((?:<p(?: [^>]*)?>|<br>|<div(?: [^>]*)?>|\A){_INLINE})(?:[^\S\u3000]|&nbsp;)*\u3000(?:\s|&nbsp;)*"
)
_BLOCK = re.compile(
    r"<(?:/?(?:p|div|li|ul|ol|h[1-6]|table|tr|td|th|blockquote|pre|section|article|dd|dt)\b|br\b|hr\b)",
    re.IGNORECASE,
)
_MOST_PASSES = 8


def clean(html: str, *, base: str | None) -> str:
    """Safe HTML of ``html``: the allow-list alone, links absolute, nothing hidden, bytes stable.

    Cleaning the result again, with the same ``base``, gives it back unchanged.
    """
    before = legal(html)
    if is_too_deep(before):
        return _as_text(before)
    for _ in range(_MOST_PASSES):
        after = _cleaned_once(before, base)
        if after == before:
            return after
        before = after
    # Markup that parses differently each time is made for confusing sanitizers: keep its text.
    return _as_text(before)


def _as_text(html: str) -> str:
    text = text_of(html)
    return f"<p>{escape(text, quote=False)}</p>" if text else ""


def _cleaned_once(html: str, base: str | None) -> str:
    def keep(_tag: str, attribute: str, value: str) -> str | None:
        if attribute in ADDRESSES:
            return _address(value, base)
        if attribute == "class":
            return " ".join(name for name in value.split() if name in CLASSES) or None
        return _LINE_BREAK.sub("\n", legal(value))

    safe = nh3.clean(
        without_hidden(html),
        tags=set(TAGS),
        clean_content_tags=set(DROPPED_WITH_CONTENT),
        attributes=ATTRIBUTES,
        attribute_filter=keep,
        url_schemes=set(SCHEMES),
        link_rel=None,
    )
    safe = _LINE_BREAK.sub("\n", legal(safe))
    while "<span></span>" in safe:
        safe = safe.replace("<span></span>", "")
    return _INDENT.sub(r"\1", _NEWLINE_OF_PRE.sub(r"\1", safe)).strip("\n")


def _address(value: str, base: str | None) -> str | None:
    """An address made absolute where ``base`` is known; ``None`` drops the attribute."""
    address = _IGNORED_IN_URLS.sub("", legal(value)).strip()
    scheme = _SCHEME.match(address)
    if scheme:
        allowed = scheme[1].lower() in SCHEMES
        return address if allowed and (not _is_web(scheme[1]) or is_http(address)) else None
    try:
        absolute = urljoin(base, address) if base else address
    except ValueError:
        return None
    if absolute.startswith("//"):
        absolute = f"https:{absolute}"
    return absolute if is_http(absolute) or (not base and not _SCHEME.match(absolute)) else None


def _is_web(scheme: str) -> bool:
    return scheme.lower() in ("http", "https")


def text_of(html: str) -> str:
    """Plain text of ``html`` on one line, blocks apart by a space."""
    readable = without_tags(html) if is_too_deep(html) else html
    spaced = _BLOCK.sub(lambda match: f" {match[0]}", legal(readable))
    bare = nh3.clean(spaced, tags=set(), clean_content_tags=set(DROPPED_WITH_CONTENT))
    return one_line(unescape(bare))
