"""What XML feeds may hold of markup: readers and validators of feeds allow less than browsers."""

from __future__ import annotations

import re
from typing import Final

_FRAME_OR_LINK: Final = re.compile(r"<(?P<link>/?a)\b[^<>]*>|<iframe\b(?P<frame>[^<>]*)></iframe>")
_SOURCE: Final = re.compile(r'\bsrc="([^"]*)"')
_TITLE: Final = re.compile(r'\btitle="([^"]+)"')
_OVERRIDE: Final = re.compile(r"(</?)bdo\b")
_TAG: Final = re.compile(r'<\w+((?: [\w-]+="[^"]*")+)>')
_RELATIVE: Final = re.compile(r' (href|src)="(?![A-Za-z][\w+.-]*:)(//)?([^"]*)"')
_END_TAG: Final = re.compile(r"</(\w+)>")
_PLAIN: Final = "title|name|category|subtitle|rights|source|dc:rights|itunes:author|itunes:name"
_SPELLED: Final = re.compile(rf"(<(?:{_PLAIN})(?: [^<>]*)?>)([^<>]*&[^<>]*)(?=</)".encode())
_LIKE_LATIN: Final = re.compile(rb"(\xc3[\x82\x83])\xc2([\xa0-\xbf])")
"""Ã or Â and a sign, in UTF-8: validators take them for UTF-8 that was read as Latin-1."""
_DESCRIPTION: Final = re.compile(rb"(<description>)([^<>]*)(?=</)")


def for_readers(content: str) -> str:
    """Safe HTML as readers show it.

    A player's frame is a link to it, since they take frames for a risk, or its title within a link, which can
    hold no other; an address that is relative to nobody knows what is none.
    """
    if "<iframe" in content:
        content = _without_frames(content)
    if _addresses(content, "") != _addresses(content, "http"):
        content = _TAG.sub(_absolute, content)
    return _OVERRIDE.sub(r"\1span", content) if "bdo" in content else content


def as_text(text: str) -> str:
    """Plain ``text`` in which nothing is spelled as markup mostly is: ``</b>`` becomes ``</b >``.

    Readers take the titles of RSS for HTML or for text as they like; so nobody takes them for wrong.
    """
    return _END_TAG.sub(r"</\1 >", text) if "</" in text else text


def spelled_out(document: bytes) -> bytes:
    """``document`` with ``&`` and ``<`` of plain texts as numbers (RSS Advisory Board's profile, "title").

    To XML it is the same; readers that unescape once too often still show it. Such a text is one line, since
    validators look for numbers where it begins.
    """
    if b"\xc3\x83\xc2" in document or b"\xc3\x82\xc2" in document:
        document = _LIKE_LATIN.sub(lambda found: found[1] + b"&#x%X;" % found[2][0], document)
    described = _DESCRIPTION.sub(_by_number, document, count=1)  # those of items are HTML
    return _SPELLED.sub(_by_number, described)


def _without_frames(content: str) -> str:
    within = False

    def instead(found: re.Match[str]) -> str:
        nonlocal within
        if found["link"]:
            within = found["link"] == "a"
            return found[0]
        return _linked(found["frame"], within=within)

    return _FRAME_OR_LINK.sub(instead, content)


def _linked(frame: str, *, within: bool) -> str:
    """A link to what is in a frame with these attributes; only its title ``within`` a link."""
    source, title = _SOURCE.search(frame), _TITLE.search(frame)
    if source is None:
        return ""
    words = title[1] if title else source[1]
    return words if within else f'<a href="{source[1]}">{words}</a>'


def _addresses(content: str, begin: str) -> int:
    """How many addresses begin like that; counted, since every text is asked, and mostly for nothing."""
    return content.count(f' href="{begin}') + content.count(f' src="{begin}')


def _absolute(tag: re.Match[str]) -> str:
    return _RELATIVE.sub(lambda found: f' {found[1]}="https://{found[3]}"' if found[2] else "", tag[0])


def _by_number(found: re.Match[bytes]) -> bytes:
    spelled = found[2].replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")
    return found[1] + spelled.replace(b"\n", b"&#xA;")
