"""What an article's HTML may be made of; everything else goes. docs/articles.md says it to users."""

from __future__ import annotations

import re

_WORDS = {"a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "del", "dfn", "em", "i", "ins"}
_MORE_WORDS = {"kbd", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strong"}
_STILL_MORE_WORDS = {"sub", "sup", "time", "u", "var", "wbr"}
_BLOCKS = {"address", "blockquote", "dd", "details", "div", "dl", "dt", "figcaption", "figure"}
_MORE_BLOCKS = {"h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "summary", "ul"}
_SECTIONS = {"article", "aside", "footer", "header", "section"}
_TABLES = {"caption", "col", "colgroup", "table", "tbody", "td", "tfoot", "th", "thead", "tr"}
_MEDIA = {"audio", "img", "picture", "source", "track", "video"}

PLAYER = "embed"
"""Stands for a listed player while HTML is sanitized: unlike ``iframe``, nothing can be inside of it."""

TAGS = frozenset(
    _WORDS | _MORE_WORDS | _STILL_MORE_WORDS | _BLOCKS | _MORE_BLOCKS | _SECTIONS | _TABLES | _MEDIA
)
"""Text, its structure, tables, pictures, sound and film; no forms, scripts or drawings, and frames
only of listed players, which are written behind the sanitizer (see ``players.py``)."""

DROPPED_WITH_CONTENT = frozenset(
    {"iframe", "math", "noembed", "noframes", "noscript", "object", "plaintext", "script"}
    | {"select", "style", "svg", "template", "textarea", "title", "xmp"}
)
"""Elements whose content is no text for readers; other tags leave what they hold."""

ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href", "hreflang"},
    "audio": {"controls", "preload", "src"},
    "blockquote": {"cite"},
    "code": {"class"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "img": {"alt", "height", "loading", "sizes", "src", "srcset", "width"},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "p": {"class"},
    "pre": {"class"},
    "q": {"cite"},
    "source": {"media", "sizes", "src", "srcset", "type"},
    "td": {"colspan", "headers", "rowspan"},
    "th": {"colspan", "headers", "rowspan", "scope"},
    "time": {"datetime"},
    "track": {"kind", "label", "src", "srclang"},
    "video": {"controls", "height", "poster", "preload", "src", "width"},
}
"""By tag; no identifiers, styles or handlers, and ``class`` only as far as :func:`is_known_class` goes."""

PLAYER_ATTRIBUTES = frozenset({"height", "src", "width"})

FORCED = {"controls": "", "loading": "lazy", "preload": "none"}
"""Attributes that have one value here, whatever the publisher said."""

CLASSES = frozenset({"em_media"})
"""Classes of paragraphs that mean something: the line that names the medium of the seed's articles."""

LINKS = frozenset({"cite", "href"})
"""Attributes that hold the address of what a reader may follow."""

ADDRESSES = frozenset({"cite", "href", "poster", "src"})
"""Attributes that hold an address."""

SCHEMES = frozenset({"http", "https", "mailto", "tel"})
"""Schemes an address may have: none that runs, none that carries a document of its own."""

SIZES = frozenset({"height", "width"})
"""Attributes that hold pixels."""

CONDITIONS = frozenset({"media", "sizes"})
"""Attributes that say when a picture is meant."""

_LANGUAGE = re.compile(r"language-[A-Za-z0-9+#._-]{1,30}")
_SIZE = re.compile(r"\d{1,5}(?:\.\d{1,3})?(?:px|%)?")
_CONDITION = re.compile(r"[\w\s().,:%+*/<>=-]{1,400}", re.ASCII)


def is_known_class(tag: str, name: str) -> bool:
    """Whether a class says something to us: the language of code, else one of :data:`CLASSES`."""
    return name in CLASSES if tag == "p" else bool(_LANGUAGE.fullmatch(name))


def is_size(value: str) -> bool:
    """Whether ``value`` is a width or height in pixels or percent."""
    return bool(_SIZE.fullmatch(value))


def is_condition(value: str) -> bool:
    """Whether ``value`` can be a ``media`` or ``sizes`` attribute: words, numbers and their signs."""
    return bool(_CONDITION.fullmatch(value))
