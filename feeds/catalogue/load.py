"""feedmill.toml: read once, validated whole, handed on as frozen values.

text ─tomllib─▶ document ─variables─▶ expanded ─reading─▶ tables ─building─▶ Catalogue
                   └── lines: where each thing stands, for the problems found on the way
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from feeds.catalogue import rules
from feeds.catalogue.building import build_category, build_site, build_source
from feeds.catalogue.expressions import expression_problems
from feeds.catalogue.lines import Path as Place
from feeds.catalogue.lines import locate
from feeds.catalogue.problems import Problem, report
from feeds.catalogue.reading import Tables, read_tables
from feeds.catalogue.rules import Placed
from feeds.catalogue.secret_rules import misplaced_secrets, missing_secrets, written_passwords
from feeds.catalogue.secrets import VARIABLE
from feeds.catalogue.variables import expand, variables_of
from feeds.errors import ConfigError
from feeds.told import Catalogue

OVERRIDE = "FEEDMILL_VAR_"
_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")


def load_catalogue(path: Path, environ: Mapping[str, str]) -> Catalogue:
    """The catalogue in the file ``path``; ``FEEDMILL_VAR_*`` of ``environ`` override its ``[vars]``.

    Of ``FEEDMILL_SECRET_*`` only the names are used, to warn of those that are not there. Raises
    ConfigError with a line for every problem there is.
    """
    return catalogue_of(_text_of(path), path, environ)


def catalogue_of(text: str, path: Path, environ: Mapping[str, str]) -> Catalogue:
    """The catalogue that the file ``path`` would be with ``text`` in it; see load_catalogue."""
    variables = {
        name.removeprefix(OVERRIDE).lower(): value
        for name, value in environ.items()
        if name.startswith(OVERRIDE)
    }
    secrets = {
        name.removeprefix(VARIABLE)
        for name, value in environ.items()
        if name.startswith(VARIABLE) and value.strip()
    }
    folder = str(path.resolve().parent)
    return parse_catalogue(text, name=str(path), folder=folder, variables=variables, secrets=secrets)


def parse_catalogue(
    text: str,
    *,
    name: str,
    folder: str,
    variables: Mapping[str, str],
    secrets: Collection[str] = (),
) -> Catalogue:
    """The catalogue in ``text``; folders of posts are relative to ``folder``, which is absolute.

    ``variables`` override ``[vars]``, ``secrets`` are the names of those that are there. Raises
    ConfigError with a line ``name:line: where: what`` for every problem there is.
    """
    document, lines = _document(text, name), locate(text)
    problems: list[Problem] = []
    expanded = expand(document, variables_of(document, variables, problems), problems)
    problems.extend(misplaced_secrets(expanded))
    tables = read_tables(expanded, folder, problems)
    placed = [
        Placed(each.path, each.where, each.table, build_source(each, tables)) for each in tables.sources
    ]
    problems.extend(_broken_rules(placed, tables, lines))
    if problems:
        raise ConfigError("\n".join(report(problems, name, lines)))
    return _catalogue(placed, tables, report(_warnings(placed, expanded, secrets), name, lines))


def _catalogue(placed: list[Placed], tables: Tables, warnings: tuple[str, ...]) -> Catalogue:
    return Catalogue(
        site=build_site(tables.site) if tables.site else None,
        sources=tuple(each.source for each in placed),
        categories=tuple(build_category(slug, each) for slug, each in tables.categories.items()),
        warnings=warnings,
    )


def _warnings(
    placed: list[Placed], expanded: Mapping[str, Any], secrets: Collection[str]
) -> Iterator[Problem]:
    for each in placed:
        yield from rules.raised_intervals(each)
        yield from rules.closed_addresses(each)
    yield from missing_secrets(expanded, secrets)
    yield from written_passwords(expanded)


def _broken_rules(placed: list[Placed], tables: Tables, lines: Mapping[Place, int]) -> Iterator[Problem]:
    for each in placed:
        yield from rules.kind_problems(each)
        yield from expression_problems(each)
        yield from rules.request_problems(each)
        yield from rules.interval_problems(each)
    yield from rules.twin_problems(placed, lines)
    yield from rules.slug_problems(tables.categories, placed)
    yield from rules.domain_problems(tables.domains)


def _text_of(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError(f"{path}: cannot be read: {reason}; name a readable file") from error
    except UnicodeDecodeError as error:
        line = bytes(error.object[: error.start]).count(b"\n") + 1
        raise ConfigError(f"{path}:{line}: not UTF-8; save the file as UTF-8") from error


def _document(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ConfigError(f"{name}:1: nested too deeply; write fewer brackets") from error
    except ValueError as error:  # TOMLDecodeError, or a number with too many digits
        message = str(error)
        place = _PLACE.search(message)
        last = text.count("\n") + 1
        line = int(place.group(1)) if place and place.group(1) else last if place else 1
        reason = _PLACE.sub("", message)
        raise ConfigError(f"{name}:{line}: not TOML: {reason}; correct this line") from error
