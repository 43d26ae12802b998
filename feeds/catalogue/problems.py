"""What is wrong with a catalogue, in sentences that name the line, the place and the fix."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from pydantic import BaseModel, ValidationError

from feeds.catalogue.lines import Path, line_of
from feeds.catalogue.requests import TOKEN
from feeds.catalogue.secrets import PRIVATE, may_show

_SHOWN = 60


class Problem(msgspec.Struct, frozen=True, order=True):
    """One thing to put right; ``path`` is where in the document, ``where`` says it in words."""

    path: Path
    where: str
    what: str


def report(problems: Iterable[Problem], name: str, lines: Mapping[Path, int]) -> tuple[str, ...]:
    """The problems as ``file:line: where: what``, in the order of the lines."""
    placed = [(line_of(lines, each.path), each) for each in problems]
    ordered = sorted(placed, key=lambda pair: pair[0])
    return tuple(f"{name}:{line}: {each.where}: {each.what}" for line, each in ordered)


def problems_of(error: ValidationError, path: Path, where: str, table: type[BaseModel]) -> Iterator[Problem]:
    """Every problem pydantic found in the ``table`` at ``path``."""
    for detail in error.errors(include_url=False):
        inner = detail["loc"]
        what = _sentence(dict(detail), table)
        yield Problem((*path, *inner), where, what)


def where_of(document: Mapping[str, Any], path: Path) -> str:
    """The place of ``path`` in words: ``source "python"``, ``category "city"``, ``fetch``."""
    match path:
        case ("source", int(number), *_):
            source = document["source"][number]
            named = source.get("id") if isinstance(source, dict) else None
            return f"source {shown(named) if isinstance(named, str) else number + 1}"
        case ("domain" | "category" as kind, str(name), *_):
            return f"{kind} {shown(name)}"
    return str(path[0]) if path else "catalogue"


def shown(value: object) -> str:
    """A value as a reader of the file would recognise it, cut where it is long."""
    text = f'"{value}"' if isinstance(value, str) else str(value).lower()
    text = "".join(character if character.isprintable() else "?" for character in text)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def suggestion(word: str, known: Iterable[str]) -> str:
    """``; did you mean 'url'?`` when a known word is near, else the words there are."""
    words = sorted(known)
    near = difflib.get_close_matches(word.lower(), words, n=1)
    return f"; did you mean '{near[0]}'?" if near else f"; there are {', '.join(words)}"


def _sentence(detail: Mapping[str, Any], table: type[BaseModel]) -> str:
    inner: tuple[str | int, ...] = detail["loc"]
    key = _key(inner)
    match detail["type"]:
        case "extra_forbidden":
            known = suggestion(str(inner[-1]), _keys_at(table, inner[:-1]))
            return f"'{key}' is not a key here{known}"
        case "missing":
            return f"'{key}' is missing; add {inner[-1]} = …"
        case "value_error":
            return _said_of(key, detail["input"], str(detail["ctx"]["error"]))
        case "greater_than_equal":
            return _said_of(key, detail["input"], f"is too small; the least is {_bound(detail)}")
        case "less_than_equal":
            return _said_of(key, detail["input"], f"is too big; the most is {_bound(detail)}")
    return _said_of(key, detail["input"], _WRONG_TYPES.get(detail["type"], str(detail["msg"])))


def _key(inner: tuple[str | int, ...]) -> str:
    """The dotted key; what stands for a header's or cookie's name may be its value by mistake."""
    names = [str(part) for part in inner if isinstance(part, str) and part != "[key]"]
    if names and names[0] in PRIVATE:
        names = [name for name in names if TOKEN.fullmatch(name)]
    return ".".join(names)


_WRONG_TYPES = {
    "string_type": 'must be text in quotes, like "…"',
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "list_type": 'must be a list, like ["…", "…"]',
    "dict_type": "must be a table, like { key = … }",
    "model_type": "must be a table, like { key = … }",
}


def _bound(detail: Mapping[str, Any]) -> object:
    context = detail["ctx"]
    return context.get("ge", context.get("le"))


def _said_of(key: str, value: object, message: str) -> str:
    if isinstance(value, dict | list | BaseModel) or key.split(".")[0] in PRIVATE or not may_show(value):
        return f"{key} {message}".strip()
    return f"{key} = {shown(value)} {message}"


def _keys_at(table: type[BaseModel], inner: tuple[str | int, ...]) -> list[str]:
    """The keys that the table at ``inner`` knows, found by walking down the models."""
    for part in inner:
        field = next((each for name, each in table.model_fields.items() if part in (name, each.alias)), None)
        if field is not None:
            table = next(_models_in(field.annotation), table)
    return [each.alias or name for name, each in table.model_fields.items()]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models an annotation such as ``dict[str, FieldTable] | None`` mentions."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in (
        *getattr(annotation, "__args__", ()),
        *filter(None, [getattr(annotation, "__origin__", None)]),
    ):
        if argument is not annotation:
            yield from _models_in(argument)
