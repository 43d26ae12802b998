"""The last touches to HTML as the sanitizer writes it.

There each ``<`` begins a tag and each tag is spelled one way, so that patterns read it as parsers do.
"""

from __future__ import annotations

import re
from html import unescape

from feeds.normalize.allowlist import FORCED, PLAYER
from feeds.normalize.beacons import is_beacon
from feeds.normalize.players import frame

_MEDIA = re.compile(rf"<(audio|{PLAYER}|img|source|track|video)((?: [^<>]*)?)>")
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
_DOT = re.compile(r"[01](?:\.0+)?(?:px)?")
_TAG = re.compile(r"<(/?)([a-z0-9]+)([^<>]*)>")
_BLANKS = r"[\s\u200b\u200c\u200d\u2060\ufeff]|&nbsp;"
_BLANK = re.compile(f"(?:{_BLANKS})*")

_INLINE = frozenset(
    {"a", "abbr", "b", "cite", "del", "em", "i", "ins", "mark", "picture", "s", "small", "span"}
    | {"strong", "sub", "sup", "u"}
)
_WRAPPERS = _INLINE | {
    *("address", "article", "aside", "audio", "blockquote", "div", "figcaption", "figure", "footer", "h1"),
    *("h2", "h3", "h4", "h5", "h6", "header", "li", "ol", "p", "section", "ul", "video"),
}
"""Elements that show nothing by themselves: empty, they go."""

_VOID = frozenset({"br", "col", "hr", "img", "source", "track", "wbr"})
_SHOWS_NOTHING = frozenset({"br", "wbr"})
_EMPTY = re.compile(rf"<({'|'.join(sorted(_WRAPPERS))})(?: [^<>]*)?>(?:{_BLANKS}|<br>|<wbr>)*</\1>")


def finish_media(html: str) -> str:
    """``html`` with its pictures lazy and described, without those that count readers; players in frames."""
    return _MEDIA.sub(_finished, html)


def _finished(tag: re.Match[str]) -> str:
    name, attributes = tag[1], dict(_ATTRIBUTE.findall(tag[2]))
    if name == PLAYER:
        return frame(attributes)
    if name == "img":
        return _picture(tag[2], attributes)
    if name in ("source", "track"):
        return tag[0] if "src" in attributes or "srcset" in attributes else ""
    return f"<{name}{tag[2]}{_forced(attributes, 'controls', 'preload')}>"


def _picture(said: str, attributes: dict[str, str]) -> str:
    source = attributes.get("src")
    if source is None:
        # Feed readers know src alone.
        source = attributes.get("srcset", "").split(" ")[0].rstrip(",")
        said = f' src="{source}"{said}'
    dots = (_DOT.fullmatch(attributes.get(size, "")) for size in ("width", "height"))
    if not source or any(dots) or is_beacon(unescape(source)):
        return ""
    alt = "" if "alt" in attributes else ' alt=""'
    return f"<img{said}{alt}{_forced(attributes, 'loading')}>"


def _forced(attributes: dict[str, str], *names: str) -> str:
    return "".join(f' {name}="{FORCED[name]}"' for name in names if name not in attributes)


def without_empty(html: str) -> str:
    """``html`` without the elements that show nothing, and those that hold only such; one walk, one stack."""
    if not _EMPTY.search(html):
        return html
    written: list[str] = []
    opened: list[int] = []
    last_shown, position = -1, 0
    for tag in _TAG.finditer(html):
        if text := html[position : tag.start()]:
            last_shown = last_shown if _BLANK.fullmatch(text) else len(written)
            written.append(text)
        position = tag.end()
        name = tag[2]
        if not tag[1]:
            if name not in _VOID:
                opened.append(len(written))
            if not (name in _SHOWS_NOTHING or (name in _WRAPPERS and " src=" not in tag[3])):
                last_shown = len(written)
        elif opened and (start := opened.pop()) > last_shown:
            # A space between two words, or a line's end, is no part of what was empty.
            written[start:] = written[start + 1 :] if name in _INLINE else []
            continue
        written.append(tag[0])
    return "".join(written) + html[position:]
