"""Which line of a TOML text a table or key is on, since tomllib does not say."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping

Path = tuple[str | int, ...]
"""Where a value is in the parsed document: table names, keys, and positions in arrays of tables."""

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|\n"
    r"|[\[\]{}]"
    r"|[^\"'\#\n\[\]{}]+",
    re.DOTALL,
)
_PART = r"""(?:"(?:\\.|[^"\\\n])*"|'[^'\n]*'|[A-Za-z0-9_-]+)"""
_KEY = re.compile(rf"\s*({_PART}(?:[ \t]*\.[ \t]*{_PART})*)")


def locate(text: str) -> dict[Path, int]:
    """Line (from 1) of every table header and every key of a valid TOML text.

    Inline tables are one place: what is in them is on the line of their key.
    """
    lines: dict[Path, int] = {}
    last: dict[Path, int] = {}
    table: Path = ()
    for number, statement in _statements(text):
        key = _key(statement.lstrip("[ \t"))
        if statement.startswith("[["):
            array = _within_arrays(key[:-1], last) + key[-1:]
            last[array] = last.get(array, -1) + 1
            table = (*array, last[array])
            lines.setdefault(array, number)
        elif statement.startswith("["):
            table = _within_arrays(key, last)
            for depth in range(1, len(table)):
                lines.setdefault(table[:depth], number)
        else:
            for depth in range(1, len(key)):
                lines.setdefault(table + key[:depth], number)
            lines.setdefault(table + key, number)
            continue
        lines.setdefault(table, number)
    return lines


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """Line of ``path``, or of the nearest thing around it; 1 when nothing is."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Headers and assignments with the line they begin on, comments left out."""
    number, start, depth, parts = 1, 1, 0, list[str]()
    for match in _TOKEN.finditer(text + "\n"):
        token = match.group()
        if token == "\n" and depth == 0:
            if statement := "".join(parts).strip():
                yield start, statement
            parts = []
        elif token[0] != "#" and (parts or token.strip()):
            start = start if parts else number
            parts.append(token)
            depth += (token in ("[", "{")) - (token in ("]", "}"))
        number += token.count("\n")


def _key(text: str) -> tuple[str, ...]:
    """The parts of a dotted key at the start of ``text``; TOML itself unquotes them."""
    match = _KEY.match(text)
    if match is None:
        return ()
    names: list[str] = []
    value = tomllib.loads(f"{match.group(1)} = 0")
    while isinstance(value, dict):
        ((name, value),) = value.items()
        names.append(name)
    return tuple(names)


def _within_arrays(names: tuple[str, ...], last: dict[Path, int]) -> Path:
    """``names`` as a path, each array of tables on the way at its latest position."""
    path: Path = ()
    for name in names:
        path = (*path, name)
        if path in last:
            path = (*path, last[path])
    return path
