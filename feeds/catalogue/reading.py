"""The tables of a catalogue's document, each validated by itself, so that all problems are found."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import PurePosixPath
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import msgspec
from pydantic import ValidationError

from feeds.catalogue.lines import Path
from feeds.catalogue.problems import Problem, problems_of, shown, suggestion, where_of
from feeds.catalogue.requests import check_address
from feeds.catalogue.secrets import SECRET, may_show
from feeds.catalogue.table import Table
from feeds.catalogue.tables import (
    CategorySpecTable,
    FetchTable,
    SiteTable,
    SourceTable,
)

_TABLES = ("vars", "site", "fetch", "domain", "source", "category")

AnyTable = TypeVar("AnyTable", bound=Table)


class ReadSource(msgspec.Struct, frozen=True):
    """A source's table, where it is written, and its address made absolute."""

    path: Path
    where: str
    table: SourceTable
    url: str


class Tables(msgspec.Struct, frozen=True):
    """What a catalogue's document says, table by table; those with problems are left out."""

    site: SiteTable | None
    fetch: FetchTable
    domains: dict[str, FetchTable]
    sources: tuple[ReadSource, ...]
    categories: dict[str, CategorySpecTable]


def read_tables(document: Mapping[str, Any], folder: str, problems: list[Problem]) -> Tables:
    """The tables of ``document``, its ``[vars]`` expanded; what is wrong is added to ``problems``."""
    sound = {key: value for key, value in document.items() if key in _TABLES}
    for key in document.keys() - sound.keys():
        what = f"'{key}' is not a table here{suggestion(key, _TABLES)}"
        problems.append(Problem((key,), "catalogue", what))
    reader = _Reader(sound, problems)
    site = reader.table(("site",), SiteTable) if "site" in sound else None
    return Tables(
        site=site,
        fetch=reader.table(("fetch",), FetchTable) or FetchTable(),
        domains=reader.named("domain", FetchTable),
        sources=tuple(reader.sources(folder)),
        categories=reader.named("category", CategorySpecTable),
    )


class _Reader:
    """Reads tables of one document and collects what is wrong with them."""

    def __init__(self, document: Mapping[str, Any], problems: list[Problem]) -> None:
        self._document = document
        self._problems = problems

    def table(self, path: Path, model: type[AnyTable]) -> AnyTable | None:
        """The table at ``path``; ``None`` when it is not there or not sound."""
        value: Any = self._document
        for part in path:
            value = value[part] if isinstance(part, int) else value.get(part, {})
        where = where_of(self._document, path)
        if not isinstance(value, dict):
            self._problems.append(Problem(path, where, f"must be a table, like {_header(path)}"))
            return None
        try:
            return model.model_validate(value)
        except ValidationError as error:
            found = problems_of(error, path, where, model)
            self._problems.extend(list(self._news_in(found)))
            return _without_unknown(value, error, model)

    def _news_in(self, found: Iterator[Problem]) -> Iterator[Problem]:
        """What is found in values that nothing was found in before: each mistake is said once."""
        told = {each.path for each in self._problems}
        for each in found:
            if not any(each.path[:length] in told for length in range(1, len(each.path) + 1)):
                yield each

    def named(self, kind: str, model: type[AnyTable]) -> dict[str, AnyTable]:
        """The tables ``[kind.<name>]`` by their names."""
        tables = self._document.get(kind, {})
        if not isinstance(tables, dict):
            what = f'must be tables, like [{kind}."…"]'
            self._problems.append(Problem((kind,), kind, what))
            return {}
        read = {name: self.table((kind, name), model) for name in tables}
        return {name: table for name, table in read.items() if table is not None}

    def sources(self, folder: str) -> Iterator[ReadSource]:
        """The ``[[source]]`` tables in their order."""
        tables = self._document.get("source", [])
        if not isinstance(tables, list):
            what = "must be written [[source]], with two brackets, one for each source"
            self._problems.append(Problem(("source",), "source", what))
            return
        for number in range(len(tables)):
            path: Path = ("source", number)
            table = self.table(path, SourceTable)
            if table is not None:
                where = where_of(self._document, path)
                yield ReadSource(path, where, table, self._address(table, folder, path))

    def _address(self, table: SourceTable, folder: str, path: Path) -> str:
        try:
            if table.kind == "posts":
                return folder_url(table.url, folder)
            return check_address(table.url)
        except ValueError as error:
            named = f"url = {shown(table.url)}" if may_show(table.url) else "url"
            found = Problem((*path, "url"), where_of(self._document, path), f"{named} {error}")
            self._problems.extend(self._news_in(iter([found])))
            return table.url


def _without_unknown(value: Any, error: ValidationError, model: type[AnyTable]) -> AnyTable | None:
    """The table without the keys that nobody knows, so that what else is wrong in it is told, too."""
    if any(detail["type"] != "extra_forbidden" for detail in error.errors()):
        return None
    known = deepcopy(value)
    try:
        for detail in error.errors():
            *around, key = detail["loc"]
            holder = known
            for part in around:
                holder = holder[part]
            del holder[key]
        return model.model_validate(known)
    except (ValidationError, LookupError, TypeError):
        return None


def folder_url(written: str, folder: str) -> str:
    """The file:// URL of a folder of posts; a path is relative to ``folder``, which is absolute.

    Raises ValueError, as the end of a sentence, when it names no folder of this machine.
    """
    if SECRET.search(written):
        raise ValueError("is a folder, which has no secrets; write its path out")
    parts = urlsplit(written)
    if not written.isprintable() or (parts.scheme and parts.scheme != "file" and "://" in written):
        raise ValueError("is not a folder; write a path, or file:///path")
    if "%00" in written and parts.scheme == "file":
        raise ValueError("is not a folder; no name holds %00")
    if parts.netloc not in ("", "localhost"):
        raise ValueError("names another machine; write file:///path, with three slashes")
    path = unquote(parts.path) if parts.scheme == "file" else written
    if parts.scheme == "file" and not path.startswith("/"):
        raise ValueError("is not absolute; write file:///path, or a plain path")
    absolute = posixpath.normpath(posixpath.join(folder, path))
    return PurePosixPath(absolute).as_uri()


def _header(path: Path) -> str:
    if path[0] == "source":
        return "[[source]]"
    return "[" + ".".join(str(part) for part in path) + "]"
