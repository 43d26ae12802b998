"""Short selectors that find some elements of a page, and will tomorrow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from parsel import Selector

from feeds.parse.repetition_parts import DEEPEST, classes_of, first_in
from feeds.parse.selectors import select

_MOST_TRIED = 80
_GENERIC = re.compile(r"[.#](?:container|wrapper|wrap|inner|outer|content|box|clear|block|body|main|page)\b")
_TELLING = frozenset({"a", "time", "img", "h1", "h2", "h3", "h4", "h5", "h6"})
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{1,40}")
_MADE = re.compile(
    r"\d{2}|[A-Z]\w*\d|\d\w*[A-Z]|__[A-Za-z0-9-]{4,6}\Z|\A(?:css|sc|jsx|svelte|astro|ng|ember|react|is|has|js)-"
    r"|\A(?:odd|even|first|last|active|current|selected|open|undefined|clearfix|lazy|show|hide|hidden|row)\Z"
    r"|\A-?(?:[mp][trblxy]?|w|h|text|bg|flex|grid|col|gap|items|justify|font|border|rounded|mx|size|max|min)-"
    r"|[-_](?:first|last|odd|even|\d)\Z|\A(?:sticky|category|tag|format|status|type|author)-"
)


def selector_of(page: Selector, items: tuple[Any, ...]) -> str:
    """The shortest selector of those that find the items and little else."""
    wanted = set(items)
    best, best_fit = "", -1.0
    for expression in islice(sorted(dict.fromkeys(_expressions(items)), key=_cost), _MOST_TRIED):
        found = {part.root for part in select(page, expression)}
        fit = 2 * len(found & wanted) / (len(found) + len(wanted))
        if fit > best_fit + 0.002:
            best, best_fit = expression, fit
        if fit > 0.999:
            break
    return best


def _cost(expression: str) -> float:
    vague = 0 if re.search(r"[.#]", _GENERIC.sub("", expression)) else 40 if " " in expression else 100
    return len(expression.split()) * 12 + len(expression) + vague


def _expressions(items: tuple[Any, ...]) -> Iterator[str]:
    """Selectors of items: by themselves, and below what is around all of them, or around each."""
    above: list[list[Any]] = [list(items)]
    chain = ""
    while len(above) <= DEEPEST and all(element is not None for element in above[-1]):
        steps = _steps_to(above[-1])
        names = {element.get("id") for element in above[-1]}
        named = names.pop() if len(names) == 1 else None
        for start in (*([f"#{named}"] if named and is_steady(named) else []), *steps):
            yield from (
                f"{start} {step}" if chain else start for step in (_steps_to(list(items)) if chain else [""])
            )
            yield f"{start}{chain}"
        chain = f" > {steps[-1] if steps else '*'}{chain}"
        above.append([element.getparent() for element in above[-1]])


def name_of(items: tuple[Any, ...], wanted: list[Any]) -> str | None:
    """A selector that finds in nearly every item what is wanted there first, if most have it."""
    pairs = [
        (item, part)
        for item, part in zip(items, wanted, strict=True)
        if part is not None and part is not item
    ]
    if len(pairs) * 2 < len(items) or not pairs:
        return None
    parts = [part for _, part in pairs]
    parents = _steps_to([part.getparent() for part in parts])
    *classy, tag = _steps_to(parts) or [""]
    plain = [tag] if tag in _TELLING else []
    below = (f"{parent} {tag}" for parent in parents)
    for expression in filter(None, (*plain, *classy, tag, *below)):
        right = sum(1 for item, part in pairs if first_in(item, expression) is part)
        if right >= len(pairs) * 0.9:
            return expression
    return None


def _steps_to(elements: list[Any]) -> list[str]:
    """Short selectors that fit each of some elements by their tag and classes, the most telling first.

    Classes that a program made, that number the elements or only style them, are not among them.
    """
    tags = {element.tag for element in elements}
    tag = tags.pop() if len(tags) == 1 else ""
    shared = set.intersection(*(steady_classes(element) for element in elements))
    named = [name for name in classes_of(elements[0]) if name in shared]
    return [*(f"{tag}.{name}" for name in dict.fromkeys(named)), *([tag] if tag else [])]


def steady_classes(element: Any) -> set[str]:
    """The classes of an element that it will probably have tomorrow, and its neighbours too."""
    return {name for name in classes_of(element) if is_steady(name)}


def is_steady(name: str) -> bool:
    """Whether a class or id is a word somebody chose, and one that a selector can hold unescaped."""
    return bool(_NAME.fullmatch(name)) and not _MADE.search(name)
