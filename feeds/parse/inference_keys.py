"""What the items of a JSON list hold, by the paths at which a JMESPath expression finds it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MOST_DEPTH = 2
_INNER = frozenset(
    {
        *("rendered", "name", "login", "title", "url", "src", "text", "html", "label", "value", "#text"),
        *("display_name",),
    }
)
"""Keys of an object that stands where a text is meant: WordPress's title.rendered, GitHub's author.login."""
_NAMELESS = frozenset({"attributes", "properties"})


class Key(NamedTuple):
    """What the items of a list hold at one path; ``share`` is that of the items which have ``values``."""

    path: str
    name: str
    """Its key in lower case, letters only: ``publishedAt`` and ``published_at`` are one name."""
    values: tuple[Any, ...]
    share: float
    several: bool = False
    """Whether each value is a list of texts."""


def keys_of(items: Sequence[Mapping[str, Any]]) -> tuple[Key, ...]:
    """Every path of the items that holds texts, numbers or lists of texts."""
    found: dict[tuple[str, str, bool], list[Any]] = {}
    for item in items:
        for path, name, value, several in _leaves(item, "", "", 0):
            found.setdefault((path, name, several), []).append(value)
    return tuple(
        Key(path, name, tuple(values), len(values) / len(items), several)
        for (path, name, several), values in found.items()
    )


def spelled(key: str) -> str:
    """A key as JMESPath has it, quoted where it is no plain word."""
    return key if _PLAIN.fullmatch(key) else json.dumps(key, ensure_ascii=False)


def width_of(text: str) -> float:
    """Columns of a text; a Chinese character says what two and a half letters do."""
    return sum(1.0 if ord(char) < 0x2E80 else 2.5 for char in text)


def _leaves(
    item: Mapping[str, Any], above: str, name: str, depth: int
) -> Iterator[tuple[str, str, Any, bool]]:
    for key, value in item.items():
        path = f"{above}.{spelled(key)}" if above else spelled(key)
        plain = re.sub(r"[^a-z\u4e00-\u9fff]", "", key.lower())
        # title.rendered is a title; source.name is what source is, of no other kind of name.
        called = name if name and key in _INNER else plain
        if isinstance(value, Mapping):
            if depth < _MOST_DEPTH:
                yield from _leaves(value, path, called if key not in _NAMELESS else "", depth + 1)
        elif isinstance(value, list):
            yield from _lists(value, path, called)
        elif isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
            yield path, called, value, False


def _lists(value: list[Any], path: str, name: str) -> Iterator[tuple[str, str, Any, bool]]:
    if value and all(isinstance(one, str) for one in value):
        yield path, name, value, True
    elif value and all(isinstance(one, Mapping) for one in value):
        for key in ("name", "login", "title", "term", "label"):
            if all(isinstance(one.get(key), str) for one in value):
                yield f"{path}[*].{key}", name, [one[key] for one in value], True
                return
