"""Stdout: tables where there is room, lines that are never cut where there is not, and what goes wrong."""

from __future__ import annotations

import errno
import io
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderableType
from rich.table import Table
from rich.text import Text

from feeds.errors import ConfigError

ROOMY = 120
"""Columns from which on a table of many columns is one."""
_UNBOUNDED = 100_000
"""Columns of a pipe: what is in them is for other programs, each row on one line."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Listing:
    """Rows of texts under headings, each with the lines that say the same on a narrow terminal."""

    def __init__(self, headings: Sequence[str], rows: Iterable[tuple[Sequence[str], Sequence[str]]]) -> None:
        self._headings = headings
        self._rows = list(rows)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        if options.max_width >= ROOMY:
            yield grid(self._headings, (cells for cells, _ in self._rows))
        else:
            yield from (line(text) for _, lines in self._rows for text in lines)


def grid(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A table whose cells go on below where they are too long: nothing is left out."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for cells in rows:
        table.add_row(*map(line, cells))
    return table


def facts(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Names with what they are, a line each, one below the other."""
    known = list(pairs)
    width = max((len(name) for name, _ in known), default=0)
    return [f"{name:<{width}}  {value}" for name, value in known]


def line(text: str) -> Text:
    """A publisher's text as it is to be read: no markup, and no sequence that a terminal obeys."""
    return Text(_CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text))


@contextmanager
def writing_out() -> Iterator[None]:
    """What is answered meanwhile goes out whole, whatever its letters; raises ConfigError if it cannot.

    A reader who went away wants no more of it.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        _drop_the_rest()
        raise SystemExit(1) from None
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO):
            raise
        _drop_the_rest()
        raise ConfigError(f"the answer is cut off: {error.strerror}: see that there is room") from error


def _drop_the_rest() -> None:
    """What is still held would fail again when Python ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def console() -> Console:
    """The console on stdout; a pipe is as wide as what goes into it."""
    width = None if sys.stdout.isatty() else _UNBOUNDED
    return Console(markup=False, highlight=False, emoji=False, soft_wrap=True, width=width)
