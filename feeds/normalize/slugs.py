"""The category of an entry: the text that names it, spelled as a slug that is safe in a path."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache

from xpinyin import Pinyin  # type: ignore[import-untyped]

from feeds.model import Entry
from feeds.normalize.text import composed
from feeds.told import CategoryRule, Source

UNCATEGORIZED = ("uncategorized", "Uncategorized")
"""Slug and title for entries whose rule finds no text."""

RESERVED = frozenset(
    {"all", "api", "category", "events", "favicon", "feed", "feeds", "healthz", "hub", "index"}
    | {"metrics", "opml", "readyz", "robots", "static", "status", "websub"}
    | {"404.html", "favicon.ico", "feed.xml", "index.html", "opml.xml", "robots.txt", "sitemap.xml"}
)
"""Names of our own documents and rooms (docs: the HTTP face), which no category may take."""

_DEVICES = frozenset(
    {"aux", "con", "nul", "prn"} | {f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)}
)
"""Names that no file may have on Windows, whatever follows their first dot."""

_LONGEST = 100
_MOST_BYTES = 200
_LETTERS = dict(zip("øØłŁđĐðÐħĦı", "oOlLdDdDhHi", strict=True))
_LETTERS |= dict(zip("ßẞæÆœŒþÞŋŊ", ("ss", "SS", "ae", "AE", "oe", "OE", "th", "Th", "ng", "NG"), strict=True))
"""Latin letters that are no other letter with a mark."""
_UNSAFE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def category_of(entry: Entry, source: Source) -> tuple[str, str]:
    """Slug and title of the category that the source's rule chooses for ``entry``."""
    rule = source.category
    if rule.slug is not None:
        return safe_slug(rule.slug), _title(rule.slug, entry, source)
    texts = _texts(entry, rule)
    mapped = _mapped(texts, rule)
    if mapped is not None:
        return safe_slug(mapped), rule.constants[mapped]
    if not texts:
        return UNCATEGORIZED
    return safe_slug(spell(texts[0], rule.spelling)), _title(texts[0], entry, source)


def _mapped(texts: Sequence[str], rule: CategoryRule) -> str | None:
    """The slug that the rule names for the first of ``texts`` that it knows, in any case, or for others."""
    slugs = {text.casefold(): slug for text, slug in rule.mapped.items()}
    known = next((slugs[text.casefold()] for text in texts if text.casefold() in slugs), None)
    return known or (rule.otherwise if rule.mapped or not texts else None)


def _texts(entry: Entry, rule: CategoryRule) -> list[str]:
    """The texts that name the category of an entry, what the publisher itself says first."""
    told = (entry.category, *_field_texts(entry, rule.field))
    return list(dict.fromkeys(text for each in told if each and (text := composed(each).strip())))


def _title(text: str, entry: Entry, source: Source) -> str:
    if source.category.title is not None:
        return source.category.title.replace("{}", text)
    return entry.category_title or text


def _field_texts(entry: Entry, field: str | None) -> tuple[str, ...]:
    """The texts of an entry's own field; none for fields it has not."""
    value = getattr(entry, field, None) if field in Entry.__struct_fields__ else None
    if isinstance(value, tuple):
        return tuple(text for text in value if isinstance(text, str))
    return (value,) if isinstance(value, str) else ()


def spell(text: str, spelling: str) -> str:
    """``text`` spelled by ``pinyin-characters``, ``pinyin-phrases``, ``ascii``, else as it is.

    The first is the seed's spelling, character by character and without hyphens: its 银行 is yinxing.
    Latin letters, digits, spaces and brackets stay as they are; so does what has no ASCII letters to it.
    """
    match spelling:
        case "pinyin-characters":
            return str(_pinyin().get_pinyin(text, "-")).replace("-", "")
        case "pinyin-phrases":
            return _by_phrases(text)
        case "ascii":
            return "".join(_folded(each) for each in unicodedata.normalize("NFC", text))
        case _:
            return text


def _folded(character: str) -> str:
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return _LETTERS.get(character) or plain or character


@cache
def _pinyin() -> Pinyin:
    return Pinyin()


def _by_phrases(text: str) -> str:
    # Imported where it is used: its dictionaries take 55 MB in every process.
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(text))


def safe_slug(text: str) -> str:
    """``text`` as one name in a path: it never leaves its folder nor meets a name of our own.

    What cannot stay becomes a hyphen; at most 100 characters and 200 bytes; a safe slug is its own.
    """
    visible = "".join("-" if _is_unsafe(character) else character for character in text)
    name = unicodedata.normalize("NFC", visible).strip()
    dots = len(name) - len(name.lstrip("."))
    name = ("-" * dots + name[dots:])[:_LONGEST]
    name = name.encode()[:_MOST_BYTES].decode(errors="ignore").strip()
    if not name:
        return UNCATEGORIZED[0]
    stem, dot, rest = name.partition(".")
    if stem.strip().casefold() in _DEVICES:
        return f"{stem}-category{dot}{rest}"
    # What is served from files has a packed form beside it, with a name that is ours too.
    return f"{name}-category" if name.casefold().removesuffix(".gz") in RESERVED else name


def _is_unsafe(character: str) -> bool:
    return character in "/\\" or unicodedata.category(character) in _UNSAFE


def hyphenated(text: str) -> str:
    """The words of ``text`` in lower case, apart by hyphens: 重庆 News is zhongqing-news, Café cafe.

    Letters of other scripts stay, so that Новости is новости; empty if there are neither letters nor digits.
    """
    composed = unicodedata.normalize("NFKC", text).replace("'", "").replace("’", "")
    words = "".join(each if unicodedata.category(each)[0] in "LMN" else " " for each in composed).split()
    spelled = ("".join(spell(each, "ascii") for each in spell(word, "pinyin-characters")) for word in words)
    return "-".join(spelled).lower()
