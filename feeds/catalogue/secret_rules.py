"""Where secrets may stand, which of them the environment lacks, and passwords that should be secrets."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from feeds.catalogue.lines import Path
from feeds.catalogue.problems import Problem, where_of
from feeds.catalogue.secrets import SECRET, SECRET_KEYS, VARIABLE, key_of

_PASSWORD_HEADERS = ("authorization", "x-api-key")


def misplaced_secrets(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Secrets in keys that are no part of a request, of a document whose variables are expanded."""
    for path, text in _texts(document, ()):
        if SECRET.search(text) and _is_read(path) and key_of(path) not in SECRET_KEYS:
            what = (
                f"{_named(path)} names a secret; secrets may stand only in url, body, auth, proxy, "
                "and in the values of headers and cookies"
            )
            yield Problem(path, where_of(document, path), what)


def missing_secrets(document: Mapping[str, Any], known: Collection[str]) -> Iterator[Problem]:
    """The warning that a secret is not among ``known``, those that the environment has; once a place."""
    told: set[tuple[str, str]] = set()
    for path, text in _texts(document, ()):
        for name in SECRET.findall(text):
            where = where_of(document, path)
            if name not in known and (where, name) not in told:
                told.add((where, name))
                what = f"{_named(path)} needs {VARIABLE}{name}, which is not set here"
                yield Problem(path, where, f"{what}; set it where the fetch worker runs")


def written_passwords(document: Mapping[str, Any]) -> Iterator[Problem]:
    """The warning that a password stands in the file itself."""
    for path, text in _texts(document, ()):
        if not SECRET.search(text) and _is_password(path, text):
            what = f"{_named(path)} has its password written out; better name it as ${{secret.NAME}}"
            yield Problem(path, where_of(document, path), what)


def _is_read(path: Path) -> bool:
    """Whether it is in a table there is: of others it is enough to say that they are none."""
    if path[0] == "source":
        return len(path) > 1 and isinstance(path[1], int)
    return path[0] in ("site", "fetch", "domain", "category")


def _is_password(path: Path, text: str) -> bool:
    match key_of(path):
        case "auth":
            return True
        case "headers":
            return str(path[-1]).lower() in _PASSWORD_HEADERS
        case "proxy":
            return urlsplit(text).password is not None
    return False


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every text of a document with its place."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, (*path, number))


def _named(path: Path) -> str:
    """The keys that lead to a text within its table."""
    start = 2 if path[0] in ("source", "domain", "category") else 1
    return ".".join(str(part) for part in path[start:] if isinstance(part, str)) or str(path[0])
