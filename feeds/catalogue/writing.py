"""New tables at the end of a catalogue file; what stands there stays as it is, to the byte."""

from __future__ import annotations

import fcntl
import os
import tempfile
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import tomlkit

from feeds.catalogue.load import catalogue_of
from feeds.errors import ConfigError
from feeds.told import Catalogue, Source

Table = Mapping[str, Any]
"""A table of the catalogue as its keys and values stand in TOML: text, numbers, lists, tables."""

_LONGEST_ID = 60
_SHARED = ("vars", "site", "fetch", "domain")
"""Tables of a catalogue that hold for all of its sources."""


def add_tables(
    path: Path, sources: Sequence[Table], environ: Mapping[str, str], *, categories: Mapping[str, Table]
) -> Catalogue:
    """Write ``[[source]]`` and ``[category.<slug>]`` tables to the end of ``path``, which need not be there.

    The file is replaced in one step, once all of it is found right. Raises ConfigError, and leaves the file
    as it was, if it is wrong already, would be with them, or cannot be written.
    """
    with _alone(path):
        return _added(path, sources, environ, categories)


def _added(
    path: Path, sources: Sequence[Table], environ: Mapping[str, str], categories: Mapping[str, Table]
) -> Catalogue:
    before = _bytes_of(path)
    blocks = [*(category_text(slug, table) for slug, table in categories.items()), *map(source_text, sources)]
    ending = "\r\n" if b"\r\n" in before else "\n"
    added = "\n".join(blocks).replace("\n", ending).encode()
    gap = b"" if not before else ending.encode() * (1 if before.endswith(b"\n") else 2)
    text = _decoded(path, before + gap + added)
    catalogue = catalogue_of(text, path, environ)
    _replace(path.resolve(), before + gap + added)
    return catalogue


def refuse_unwritable(path: Path) -> None:
    """Raise ConfigError where add_tables could not write, before anything else is done for nothing."""
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise _unwritable(path, error) from error


def source_text(table: Table) -> str:
    """A ``[[source]]`` table as it stands in a catalogue, tables within it on one line each."""
    array = tomlkit.aot()
    array.append(_rendered(table))
    return tomlkit.dumps({"source": array})


def source_maker(path: Path, environ: Mapping[str, str]) -> Callable[[Table], Source]:
    """Makes the source that a table would be in the file ``path``, by its ``[vars]``, ``[fetch]`` and such.

    Raises ConfigError if the file cannot be read; the function does for a table that is wrong.
    """
    try:
        written = tomllib.loads(_decoded(path, _bytes_of(path)))
    except ValueError as error:
        raise ConfigError(f"{path}: not TOML: {error}; correct this line") from error
    shared = tomlkit.dumps({name: written[name] for name in _SHARED if name in written})
    return lambda table: catalogue_of(f"{shared}\n{source_text(table)}", path, environ).sources[0]


def category_text(slug: str, table: Table) -> str:
    """A ``[category.<slug>]`` table as it stands in a catalogue."""
    outer = tomlkit.table(is_super_table=True)
    outer.append(slug, _rendered(table))
    return tomlkit.dumps({"category": outer})


def free_id(wanted: str, taken: Collection[str], *, first: int = 1) -> str:
    """``wanted`` as an id that no other source has: shortened, with a number behind it where it is taken.

    ``first`` is the number to begin with, where those below it are known to be taken.
    """
    stem = wanted[:_LONGEST_ID].strip("-._") or "source"
    numbered = (stem if number == 1 else f"{stem}-{number}" for number in count(first))
    return next(name for name in numbered if name not in taken)


def _rendered(table: Table) -> tomlkit.items.Table:
    rendered = tomlkit.table()
    for key, value in table.items():
        rendered.append(key, _inline(value) if isinstance(value, Mapping) else value)
    return rendered


def _inline(table: Table) -> tomlkit.items.InlineTable:
    rendered = tomlkit.inline_table()
    for key, value in table.items():
        rendered.append(key, _inline(value) if isinstance(value, Mapping) else value)
    return rendered


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Nobody else adds to the catalogue meanwhile: else the later one would lose what the other added."""
    try:
        folder = os.open(path.resolve().parent, os.O_RDONLY)
    except OSError:  # writing says so
        yield
        return
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}; name a readable file") from error


def _decoded(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8; save the file as UTF-8") from error


def _replace(path: Path, content: bytes) -> None:
    """Put ``content`` in the file's place in one step; its permissions stay."""
    try:
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            try:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
                os.fchmod(file.fileno(), mode)
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink()
                raise
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> ConfigError:
    return ConfigError(f"{path}: {error.strerror}: name a catalogue you may write")
