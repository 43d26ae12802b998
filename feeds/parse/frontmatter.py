"""The head of a post: YAML between two lines of dashes (Jekyll), or TOML between plus signs (Hugo)."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from typing import Any, TypeAlias

import yaml

FrontMatter: TypeAlias = dict[str, str | list[str]]
"""Keys and texts; nothing is a number, a date or a boolean."""

_FENCED = re.compile(r"\s*---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_PLUS_FENCED = re.compile(r"\s*\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_BEGUN = re.compile(
    r"\ufeff?\s*(?:---[ \t]*\r?\n[A-Za-z_][\w-]*[ \t]*:|\+\+\+[ \t]*\r?\n[A-Za-z_\"][\w.\"-]*[ \t]*=)"
)
_LIST = re.compile(r"\[(.*)\]", re.DOTALL)
_LINE = re.compile(r"([A-Za-z_][\w-]*)[ \t]*:(?:[ \t]+(.*)|)$")


def split_front_matter(text: str) -> tuple[FrontMatter, str]:
    """The front matter, empty if there is none, and the rest of the post.

    Blank lines and a byte order mark may come before it: the first posts of the seed's site have them.
    """
    text = text.removeprefix("\ufeff")
    if fenced := _FENCED.match(text):
        return read_front_matter(fenced[1]), text[fenced.end() :]
    if fenced := _PLUS_FENCED.match(text):
        return _read_toml(fenced[1]), text[fenced.end() :]
    return {}, text


def refuse_unended(text: str) -> None:
    """Raise ValueError for a post whose front matter begins and does not end: its keys would be its text."""
    if _BEGUN.match(text) and not (_FENCED.match(text) or _PLUS_FENCED.match(text)):
        raise ValueError("its front matter has no end; write the line that it begins with once more after it")


def read_front_matter(block: str) -> FrontMatter:
    """Keys and texts of a YAML block, read line by line where it is not YAML.

    Titles with unescaped quotes are not, and neither is anything a stranger made to exhaust us.
    """
    try:
        # BaseLoader, for `no` is a medium's name and 2021 is one too.
        loaded = yaml.load(block, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return _line_by_line(block)
    if not isinstance(loaded, dict):
        return _line_by_line(block)
    return {str(key): value for key, value in loaded.items() if _is_plain(value)}


def _read_toml(block: str) -> FrontMatter:
    """Keys and texts of a TOML block; none of what is not TOML."""
    try:
        loaded = tomllib.loads(block)
    except (ValueError, RecursionError):
        return {}
    spelled = {key: _spelled(value) for key, value in loaded.items()}
    return {key: value for key, value in spelled.items() if _is_plain(value)}


def _spelled(value: object) -> Any:
    """Dates and booleans as YAML's are read here: as text."""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else value


def _is_plain(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return isinstance(value, str)


def _line_by_line(block: str) -> FrontMatter:
    lines = (_LINE.match(line.rstrip()) for line in block.splitlines())
    return {line[1]: _value((line[2] or "").strip()) for line in lines if line}


def _value(text: str) -> str | list[str]:
    listed = _LIST.fullmatch(text)
    if listed is None:
        return _unquoted(text)
    return [_unquoted(part.strip()) for part in listed[1].split(",") if part.strip()]


def _unquoted(text: str) -> str:
    """``text`` without the one pair of quotes around it; those inside are the publisher's."""
    quoted = len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted else text


def texts(value: str | list[str] | None) -> tuple[str, ...]:
    """The texts of a value: a list's members, or the one text whole, which may hold spaces."""
    listed = value if isinstance(value, list) else [value or ""]
    return tuple(dict.fromkeys(text.strip() for text in listed if text.strip()))
