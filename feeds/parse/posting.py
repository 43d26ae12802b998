"""A parameter of what a POST sends: of a JSON object, or of a form."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, unquote_plus


def value_of(body: str, parameter: str) -> str | None:
    """The value that ``body`` gives a parameter; in JSON ``query.page`` is ``page`` in ``query``.

    Raises ValueError for what begins as JSON and is none.
    """
    if not _is_json(body):
        pairs = (part.partition("=") for part in body.split("&"))
        return next(
            (unquote_plus(value) for name, _, value in pairs if unquote_plus(name) == parameter), None
        )
    holder, key = _place(_object(body), parameter)
    value = holder.get(key)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None


def with_value(body: str, parameter: str, value: str) -> str:
    """``body`` with a parameter set: in JSON as a number, where it is or was one; the rest stays as it is."""
    if not _is_json(body):
        parts = (part for part in body.split("&") if part)
        kept = [part for part in parts if unquote_plus(part.partition("=")[0]) != parameter]
        return "&".join((*kept, f"{quote(parameter, safe='')}={quote(value, safe='')}"))
    document = _object(body)
    holder, key = _place(document, parameter)
    as_text = isinstance(holder.get(key), str) or not value.lstrip("-").isdecimal()
    holder[key] = value if as_text else int(value)
    return json.dumps(document, ensure_ascii=False)


def _is_json(body: str) -> bool:
    return body.lstrip().startswith("{")


def _object(body: str) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"its body is no JSON that could count on: {error}") from error
    return document if isinstance(document, dict) else {}


def _place(document: dict[str, Any], parameter: str) -> tuple[dict[str, Any], str]:
    """The object that holds the parameter, and its key there."""
    if parameter in document:
        return document, parameter
    holder, (*names, key) = document, parameter.split(".")
    for name in names:
        inner = holder.get(name)
        if not isinstance(inner, dict):
            return document, parameter
        holder = inner
    return holder, key
