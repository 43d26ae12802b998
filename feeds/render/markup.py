"""What XML feeds may hold of markup: readers and validators of feeds allow less than browsers."""

from __future__ import annotations

import re
from typing import Final

_FRAME: Final = re.compile(r"<iframe\b([^<>]*)></iframe>")
_SOURCE: Final = re.compile(r'\bsrc="([^"]*)"')
_TITLE: Final = re.compile(r'\btitle="([^"]+)"')
_OVERRIDE: Final = re.compile(r"(</?)bdo\b")
_TAG: Final = re.compile(r'<\w+((?: [\w-]+="[^"]*")+)>')
_RELATIVE: Final = re.compile(r' (href|src)="(?![A-Za-z][\w+.-]*:)(//)?([^"]*)"')
_END_TAG: Final = re.compile(r"</(\w+)>")
_PLAIN: Final = "title|name|category|subtitle|rights|source|dc:rights|itunes:author|itunes:name"
_SPELLED: Final = re.compile(rf"(<(?:{_PLAIN})(?: [^<>]*)?>)([^<>]*&[^<>]*)(?=</)".encode())
_DESCRIPTION: Final = re.compile(rb"(<description>)([^<>]*)(?=</)")


def for_readers(content: str) -> str:
    """Safe HTML as readers show it.

    A player's frame is a link to it, since they take frames for a risk; an address that is relative to
    nobody knows what is none.
    """
    if "<iframe" in content:
        content = _FRAME.sub(_linked, content)
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

    To XML it is the same; readers that unescape once too often still show it.
    """
    described = _DESCRIPTION.sub(_by_number, document, count=1)  # those of items are HTML
    return _SPELLED.sub(_by_number, described)


def _linked(frame: re.Match[str]) -> str:
    source, title = _SOURCE.search(frame[1]), _TITLE.search(frame[1])
    if source is None:
        return ""
    return f'<a href="{source[1]}">{title[1] if title else source[1]}</a>'


def _addresses(content: str, begin: str) -> int:
    """How many addresses begin like that; counted, since every text is asked, and mostly for nothing."""
    return content.count(f' href="{begin}') + content.count(f' src="{begin}')


def _absolute(tag: re.Match[str]) -> str:
    return _RELATIVE.sub(lambda found: f' {found[1]}="https://{found[3]}"' if found[2] else "", tag[0])


def _by_number(found: re.Match[bytes]) -> bytes:
    return found[1] + found[2].replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")
