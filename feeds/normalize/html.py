"""HTML → safe HTML that stays the same when cleaned again, and HTML → plain text."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape

import nh3

from feeds.normalize import allowlist, embeds, hidden, lazy
from feeds.normalize.depth import is_too_deep, without_comments, without_tags
from feeds.normalize.embeds import place_embeds
from feeds.normalize.finishing import finish_media, without_empty
from feeds.normalize.hidden import drop_hidden
from feeds.normalize.lazy import load_lazy
from feeds.normalize.links import cleaned
from feeds.normalize.players import player_of, without_frames
from feeds.normalize.text import composed, legal, one_line
from feeds.normalize.tree import markup_of, tree_of
from feeds.normalize.vetting import address_of, picture_address, srcset_of

_SIGNS = [(word, re.compile(sign)) for word, sign in (*hidden.SIGNS, *lazy.SIGNS, *embeds.SIGNS)]
_SPELLED = re.compile("&(?!amp;|lt;|gt;|quot;|nbsp;)")
_LINE_BREAK = re.compile(r"\r\n?")
_NEWLINE_OF_PRE = re.compile(r"(<pre(?: [^>]*)?>)\n+")
_IDEOGRAPHIC_SPACE = "\u3000"
_INLINE = r"(?:(?:[^\S\u3000]|&nbsp;)*<(?:a|b|em|i|span|strong|u)(?: [^>]*)?>)*"
_INDENT = re.compile(
    rf"((?:<p(?: [^>]*)?>|<br>|<div(?: [^>]*)?>|\A){_INLINE})(?:[^\S\u3000]|&nbsp;)*\u3000(?:\s|&nbsp;)*"
)
_BLOCK = re.compile(
    r"<(?:/?(?:p|div|li|ul|ol|h[1-6]|table|tr|td|th|blockquote|pre|section|article|dd|dt)\b|br\b|hr\b)",
    re.IGNORECASE,
)
_MOST_PASSES = 8

_TAGS = {*allowlist.TAGS, allowlist.PLAYER}
_ATTRIBUTES = {**allowlist.ATTRIBUTES, allowlist.PLAYER: set(allowlist.PLAYER_ATTRIBUTES)}
_SCHEMES = {*allowlist.SCHEMES, "data"}  # of pictures alone, which the filter sees to


def clean(html: str, *, base: str | None) -> str:
    """Safe HTML of ``html``: the allow-list alone, links absolute, nothing hidden, bytes stable.

    Cleaning the result again, with the same ``base``, gives it back unchanged.
    """
    before, base = composed(html), legal(base) if base else None
    if is_too_deep(before):
        before = without_comments(before)
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
    safe = nh3.clean(
        _reshaped(without_frames(html, allowlist.PLAYER), base),
        tags=_TAGS,
        clean_content_tags=set(allowlist.DROPPED_WITH_CONTENT),
        attributes=_ATTRIBUTES,
        attribute_filter=_keeping(base),
        url_schemes=_SCHEMES,
        link_rel=None,
    )
    if _SPELLED.search(html):  # only so can come what clean() took out at once
        safe = composed(safe)
    safe = without_empty(finish_media(_LINE_BREAK.sub("\n", safe)))
    if "<pre" in safe:
        safe = _NEWLINE_OF_PRE.sub(r"\1", safe)
    return (_INDENT.sub(r"\1", safe) if _IDEOGRAPHIC_SPACE in safe else safe).strip("\n")


def _reshaped(html: str, base: str | None) -> str:
    """``html`` without what is hidden, and with what a script would load or a frame would show in its place.

    Only markup that has such things is parsed here at all: the other bytes shall not change.
    """
    lowered = html.lower()
    if not any(word in lowered and sign.search(lowered) for word, sign in _SIGNS):
        return html
    root = tree_of(html)
    if root is None:
        return html
    load_lazy(root)
    drop_hidden(root)
    place_embeds(root, base)
    return markup_of(root)


def _keeping(base: str | None) -> Callable[[str, str, str], str | None]:
    """What decides about the attributes of the allow-list: their value, or ``None`` to drop them."""

    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute in allowlist.ADDRESSES:
            return _vetted(tag, attribute, value, base)
        if attribute in allowlist.FORCED:
            return allowlist.FORCED[attribute]
        if attribute == "class":
            known = (name for name in value.split() if allowlist.is_known_class(tag, name))
            return " ".join(known) or None
        if attribute in allowlist.SIZES:
            return value.strip() if allowlist.is_size(value.strip()) else None
        if attribute in allowlist.CONDITIONS:
            return value if allowlist.is_condition(value) else None
        return srcset_of(value, base) if attribute == "srcset" else _LINE_BREAK.sub("\n", legal(value))

    return keep


def _vetted(tag: str, attribute: str, value: str, base: str | None) -> str | None:
    if tag == allowlist.PLAYER:
        played = player_of(value)
        return played[1] if played else None
    if tag == "img":
        return picture_address(value, base)
    address = address_of(value, base)
    # What readers follow; what browsers load may be signed, tracking and all.
    return cleaned(address) if address and attribute in allowlist.LINKS else address


def text_of(html: str) -> str:
    """Plain text of ``html`` on one line, blocks apart by a space."""
    readable = without_tags(without_comments(html)) if is_too_deep(html) else html
    spaced = _BLOCK.sub(lambda match: f" {match[0]}", legal(readable))
    bare = nh3.clean(spaced, tags=set(), clean_content_tags=set(allowlist.DROPPED_WITH_CONTENT))
    return one_line(unescape(bare))
