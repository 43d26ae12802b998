"""What an article's HTML may be made of; everything else is taken away."""

from __future__ import annotations

_WORDS = {"a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "del", "dfn", "em", "i", "ins"}
_MORE_WORDS = {"kbd", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strong"}
_STILL_MORE_WORDS = {"sub", "sup", "time", "u", "var", "wbr"}
_BLOCKS = {"address", "blockquote", "dd", "details", "div", "dl", "dt", "figcaption", "figure"}
_MORE_BLOCKS = {"h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "summary", "ul"}
_SECTIONS = {"article", "aside", "footer", "header", "section"}
_TABLES = {"caption", "col", "colgroup", "table", "tbody", "td", "tfoot", "th", "thead", "tr"}
_MEDIA = {"audio", "img", "picture", "source", "track", "video"}

TAGS = frozenset(
    _WORDS | _MORE_WORDS | _STILL_MORE_WORDS | _BLOCKS | _MORE_BLOCKS | _SECTIONS | _TABLES | _MEDIA
)
"""Text, its structure, tables, pictures, sound and film; no forms, frames, scripts or drawings."""

DROPPED_WITH_CONTENT = frozenset(
    {"iframe", "math", "noembed", "noframes", "noscript", "object", "plaintext", "script"}
    | {"select", "style", "svg", "template", "textarea", "title", "xmp"}
)
"""Elements whose content is no text for readers; other tags leave what they hold."""

ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href", "hreflang"},
    "audio": {"controls", "src"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "img": {"alt", "height", "src", "width"},
    "ins": {"cite", "datetime"},
    "ol": {"reversed", "start"},
    "p": {"class"},
    "q": {"cite"},
    "source": {"src", "type"},
    "td": {"colspan", "headers", "rowspan"},
    "th": {"colspan", "headers", "rowspan", "scope"},
    "time": {"datetime"},
    "track": {"kind", "label", "src", "srclang"},
    "video": {"controls", "height", "poster", "src", "width"},
}
"""By tag; no identifiers, styles or handlers, and ``class`` only as far as :data:`CLASSES` go."""

CLASSES = frozenset({"em_media"})
"""Classes that mean something to us: the line that names the medium of the seed's articles."""

ADDRESSES = frozenset({"cite", "href", "poster", "src"})
"""Attributes that hold an address."""

SCHEMES = frozenset({"http", "https", "mailto", "tel"})
"""Schemes an address may have: none that runs, none that carries a document of its own."""
