"""The foot of a post of the seed's site: its source link, and the ways back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from feeds.urls import is_http

_LINK = re.compile(r"\[返回((?:\\.|[^\]\\\n])*)\]\(([^)\n]*)\)")
_LINKS_LINE = re.compile(rf"{_LINK.pattern}(?:[ \t]*｜?[ \t]*{_LINK.pattern})*[ \t]*")
_AUTOLINK_LINE = re.compile(r"<((?:https?:)?[^<>\s]*)>[ \t]*")
_ESCAPE = re.compile(r"\\(.)")
_HOME = "首页"


@dataclass(frozen=True, slots=True)
class Footer:
    """The article's address, the site's, and the category's title; ``None`` where the footer does not say."""

    url: str | None = None
    home: str | None = None
    category: str | None = None


def split_footer(text: str) -> tuple[str, Footer]:
    """The body without the newlines around it, and what its footer says.

    Four generations are stored: the address alone, relative ways back on two lines, absolute ones on
    two lines, and absolute ones on one line with a bar.
    """
    lines = text.strip("\n").split("\n")
    links: list[str] = []
    while lines and (not lines[-1].strip() or _LINKS_LINE.fullmatch(lines[-1])):
        links.append(lines.pop())
    autolink = _AUTOLINK_LINE.fullmatch(lines[-1]) if lines else None
    if autolink and _is_address(autolink[1]):
        lines.pop()
        url = autolink[1] if is_http(autolink[1]) else None
    else:
        url = None
    return "\n".join(lines).strip("\n"), Footer(
        url=url, home=_home("\n".join(links)), category=_category("\n".join(links))
    )


def _is_address(text: str) -> bool:
    """Whether an autolink line is the footer's, whose address may be empty, and not a tag."""
    return text == "" or ":" in text


def _home(links: str) -> str | None:
    """The site's address in the way back to its home page; ``None`` if that is relative."""
    addresses = (address for name, address in _LINK.findall(links) if name == _HOME)
    address = next(addresses, "").rstrip("/")
    absolute = f"https:{address}" if address.startswith("//") else address
    return absolute if is_http(absolute) else None


def _category(links: str) -> str | None:
    """What the way back to the category calls it."""
    names = (name for name, _ in _LINK.findall(links) if name != _HOME)
    return next((unescape(_ESCAPE.sub(r"\1", name)).strip() for name in names if name.strip()), None)
