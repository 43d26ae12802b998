"""``[vars]`` and their ``${name}`` in every string of a catalogue; secrets pass as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from feeds.catalogue.lines import Path
from feeds.catalogue.problems import Problem, suggestion, where_of
from feeds.catalogue.secrets import FORM, PRIVATE, has_malformed, is_attempt, key_of

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_USE = re.compile(r"\$\{([^}]*)\}")


def variables_of(
    document: Mapping[str, Any], overrides: Mapping[str, str], problems: list[Problem]
) -> dict[str, str]:
    """The variables of ``document`` under ``overrides``; each may use those above it.

    What is wrong is added to ``problems``.
    """
    table = document.get("vars", {})
    variables = dict(overrides)
    wrong = [name for name, value in overrides.items() if has_malformed(value)]
    problems.extend(Problem(("vars", name), "vars", f"{name} from the environment: {FORM}") for name in wrong)
    if not isinstance(table, dict):
        problems.append(Problem(("vars",), "vars", "must be a table, like [vars]"))
        return variables
    for name, value in table.items():
        path: Path = ("vars", name)
        if not _NAME.fullmatch(name):
            what = f"'{name}' cannot be a variable's name; use a-z, 0-9 and _, a letter first"
            problems.append(Problem(path, "vars", what))
        if not isinstance(value, str):
            what = f"'{name}' must be text in quotes, like \"…\""
            problems.append(Problem(path, "vars", what))
        elif name not in overrides:
            variables[name] = _expand_text(value, variables, (path, "vars"), problems)
    return variables


def expand(
    document: Mapping[str, Any], variables: Mapping[str, str], problems: list[Problem]
) -> dict[str, Any]:
    """``document`` without its ``[vars]``, every ``${name}`` in its strings replaced."""

    def expanded(value: Any, path: Path) -> Any:
        if isinstance(value, str):
            return _expand_text(value, variables, (path, where_of(document, path)), problems)
        if isinstance(value, dict):
            return {key: expanded(inner, (*path, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [expanded(inner, (*path, number)) for number, inner in enumerate(value)]
        return value

    return {key: expanded(value, (key,)) for key, value in document.items() if key != "vars"}


def _expand_text(
    text: str, variables: Mapping[str, str], place: tuple[Path, str], problems: list[Problem]
) -> str:
    path, where = place
    if has_malformed(text):
        problems.append(Problem(path, where, FORM))

    def value_of(match: re.Match[str]) -> str:
        name = match.group(1)
        if name in variables or is_attempt(name):
            return variables.get(name, match.group())
        known = suggestion(name, variables) if variables else f"; add {_shown(name, path)} = … to [vars]"
        problems.append(Problem(path, where, f"${{{_shown(name, path)}}} is not in [vars]{known}"))
        return match.group()

    return _USE.sub(value_of, text)


def _shown(name: str, path: Path) -> str:
    """A variable's name; where a password may stand, what cannot be a name may be a part of it."""
    may_be_password = path[0] == "vars" or key_of(path) in PRIVATE
    return "…" if may_be_password and not _NAME.fullmatch(name) else name
