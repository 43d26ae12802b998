"""What the command answers on stdout: tables for people, JSON for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rich.table import Table

from feeds.model import Stage
from feeds.pipeline.reconcile import Applied
from worker.screen import Listing, console, facts, line

Json = dict[str, Any]
_SHOWN = 5


def show(*parts: Table | Listing | str) -> None:
    """Print tables and lines on stdout; what publishers wrote is never read as markup."""
    screen = console()
    for part in parts:
        screen.print(line(part) if isinstance(part, str) else part)


def show_json(value: Any) -> None:
    """Print a value as one line of JSON on stdout."""
    takes_all = (sys.stdout.encoding or "").lower().startswith("utf")
    print(json.dumps(value, ensure_ascii=not takes_all))


def applied_lines(applied: Applied, *, dry_run: bool) -> list[str]:
    """What applying a catalogue did, a line for each source that moved."""
    would = "would be " if dry_run else ""
    lines = [f"{would}added     {name}" for name in applied.added]
    lines += [f"{would}changed   {name}" for name in applied.changed]
    lines += [f"{would}renamed   {old} → {new}" for old, new in applied.renamed]
    lines += [f"{would}removed   {name}" for name in applied.removed]
    return [*lines, f"{applied.unchanged} unchanged"]


def status_lines(status: Json) -> list[str]:
    """The state of a system, a line for each thing counted."""
    return facts((name.replace("_", " "), _count(value)) for name, value in status.items())


def _count(value: object) -> str:
    if isinstance(value, dict):
        value = ", ".join(f"{key} {count}" for key, count in value.items())
    return str(value or "none")


def by_stage(counts: dict[Stage, int]) -> dict[str, int]:
    """Counts under the names of their stages."""
    return {stage.value: count for stage, count in counts.items()}


def counted(count: int, one: str, several: str | None = None) -> str:
    """A number of things, with their name."""
    return f"{count} {one if count == 1 else several or one + 's'}"


def some(names: Iterable[str]) -> str:
    """The first five of them, and how many more there are."""
    listed = list(names)
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    return ", ".join(listed[:_SHOWN]) + more


def moment_json(moment: datetime | None) -> str | None:
    """A moment as scripts read it."""
    return moment.isoformat() if moment else None


def moment_short(moment: datetime | None) -> str:
    """A moment as people read it, in their own zone; – for never."""
    return moment.astimezone().strftime("%m-%d %H:%M:%S") if moment else "–"


def moment_long(moment: datetime | None) -> str:
    """The same with its year and zone: what may be long ago."""
    return moment.astimezone().isoformat(sep=" ", timespec="seconds") if moment else "–"
