"""What can be seen of an HTML page without reading it properly: its title, heading and words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from feeds.parse.charset import read

_LOOKED_AT = 60_000
_DECLARATION = re.compile(rb"\A\s*<\?xml[^>]*\?>")
_HTML = re.compile(
    rb"<!doctype\s+html|<(?:html|head|body)[\s>]|\A\s*<(?:script|noscript|meta|iframe|center|h1)\b",
    re.IGNORECASE,
)
_TITLE = re.compile(r"<title[^<>]*>([^<]{0,200})", re.IGNORECASE)
_HEADING = re.compile(r"<h1[^<>]*>([^<]{1,200})", re.IGNORECASE)
_LANGUAGE = re.compile(
    r"""<html(?=\s)[^<>]*?\s(?:xml:)?lang\s*=\s*["']?([A-Za-z0-9_-]{2,40})""", re.IGNORECASE
)
_HIDDEN = re.compile(r"<(script|style|noscript|head)\b", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Page:
    """The front of an HTML page; ``source`` is its markup, ``words`` what a reader would see.

    ``language`` is a language tag as the page says it, empty where it says none.
    """

    title: str
    heading: str
    source: str
    words: str
    language: str = ""


def page_of(body: bytes) -> Page | None:
    """The page a body is; ``None`` for a body that is no HTML."""
    if not is_html(body):
        return None
    source = read(body[:_LOOKED_AT], None).text
    return Page(
        title=_text(_TITLE, source),
        heading=_text(_HEADING, source),
        source=source,
        words=_words(source),
        language=_text(_LANGUAGE, source),
    )


def is_html(body: bytes) -> bool:
    """Whether a body says that it is HTML, or looks like it, near its start."""
    return bool(_HTML.search(_DECLARATION.sub(b"", body[:20_000], count=1)))


def _text(pattern: re.Pattern[str], source: str) -> str:
    found = pattern.search(source)
    return _BLANKS.sub(" ", unescape(found[1])).strip() if found else ""


def _words(source: str) -> str:
    return _BLANKS.sub(" ", unescape(_TAG.sub(" ", _without_hidden(source)))).strip()


def _without_hidden(source: str) -> str:
    """The markup without the elements whose text nobody sees, also where they never end."""
    lowered = source.lower()
    kept: list[str] = []
    position = 0
    while hidden := _HIDDEN.search(source, position):
        kept.append(source[position : hidden.start()])
        end = lowered.find(f"</{hidden[1].lower()}", hidden.end())
        position = end if end >= 0 else len(source)
    return " ".join((*kept, source[position:]))
