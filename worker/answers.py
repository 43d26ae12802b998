"""What the command answers on stdout: tables for people, JSON for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from feeds.crawl import Outcome
from feeds.model import Stage
from feeds.pipeline.reconcile import Applied
from feeds.store.sources import SourceRow
from worker.running import Summary

Json = dict[str, Any]

_PIPED_WIDTH = 200


def show(*parts: Table | str) -> None:
    """Print tables and lines on stdout; what publishers wrote is never read as markup."""
    width = None if sys.stdout.isatty() else _PIPED_WIDTH
    console = Console(markup=False, highlight=False, soft_wrap=True, width=width)
    for part in parts:
        console.print(part)


def show_json(value: Any) -> None:
    """Print a value as one line of JSON on stdout."""
    print(json.dumps(value, ensure_ascii=False))


# ── sources ─────────────────────────────────────────────────────────────────────────────────────


def source_row(row: SourceRow) -> Json:
    """A source as scripts see it."""
    source, health = row.source, row.health
    return {
        "id": source.id,
        "kind": source.kind.value,
        "url": source.url,
        "category": source.category.slug or f"from {source.category.field}",
        "due_at": moment_json(row.due_at),
        "interval": health.interval or source.every,
        "health": {
            "outcome": health.outcome,
            "error": health.error,
            "message": health.message,
            "failures": health.failures,
            "last_success": moment_json(health.last_success),
            "last_change": moment_json(health.last_change),
            "status": health.status,
            "entries": health.entries,
            "undated": health.undated,
            "untitled": health.untitled,
            "unidentified": health.unidentified,
            "warnings": list(health.warnings),
            "page_error": row.page_error,
            "why": health.why,
            "address": health.address.url if health.address and health.address.adopted else None,
        },
    }


def sources_table(rows: Iterable[SourceRow]) -> Table:
    """Sources with their health, one a row."""
    table = Table("source", "kind", "category", "outcome", "entries", "failures", "due", "says")
    for row in rows:
        health = row.health
        says = f"{health.error}: {health.message}" if health.error else "; ".join(health.warnings[:1])
        says = says or (f"article page: {row.page_error}" if row.page_error else "")
        table.add_row(
            Text(row.source.id),
            row.source.kind.value,
            Text(source_row(row)["category"]),
            health.outcome,
            str(health.entries),
            str(health.failures),
            moment_short(row.due_at),
            Text(says),
        )
    return table


def source_details(row: SourceRow, outcomes: Sequence[Outcome]) -> list[Table | str]:
    """All there is to know of one source, and what its last fetches came to."""
    facts = Table("what", "is", show_header=False)
    for name, value in _facts(row):
        facts.add_row(name, Text(value))
    history = Table("at", "outcome", "status", "seconds", "bytes", "new or changed", title="last fetches")
    for one in outcomes:
        outcome = f"{one.outcome}: {one.error}" if one.error else one.outcome
        numbers = (str(one.status or "–"), f"{one.seconds:.2f}", str(one.wire), str(one.fresh))
        history.add_row(moment_short(one.at), outcome, *numbers)
    return [facts, history if outcomes else "not fetched yet"]


def source_json(row: SourceRow, outcomes: Sequence[Outcome]) -> Json:
    """The same as scripts see it."""
    return {**source_row(row), "outcomes": [_outcome_json(one) for one in outcomes]}


def _outcome_json(one: Outcome) -> Json:
    return {
        "at": moment_json(one.at),
        "outcome": one.outcome,
        "status": one.status,
        "error": one.error,
        "seconds": one.seconds,
        "wire_bytes": one.wire,
        "new_or_changed": one.fresh,
    }


def _facts(row: SourceRow) -> Iterator[tuple[str, str]]:
    """What a source is and how it does; what there is nothing to say of is left out."""
    source, health = row.source, row.health
    yield "source", f"{source.id} ({source.kind.value})"
    yield "url", source.url
    if health.address is not None:
        verb = "asked for at" if health.address.adopted else "perhaps moved to"
        yield (
            verb,
            f"{health.address.url} ({health.address.reason.value}, {moment_short(health.address.since)})",
        )
    yield "category", str(source_row(row)["category"])
    yield "outcome", health.outcome + (f", {health.failures} failures in a row" if health.failures else "")
    if health.error:
        yield "error", f"{health.error}: {health.message}"
    yield "due", moment_short(row.due_at)
    yield "why then", health.why or "it is new"
    yield "last fetch", moment_short(health.last_fetch)
    yield "last success", moment_short(health.last_success)
    yield "last news", moment_short(health.last_change)
    yield "entries", f"{health.entries}, {health.usual:.0f} as a rule"
    validators = (health.validators.etag, health.validators.last_modified)
    yield "validators", ", ".join(filter(None, validators)) or "none"
    for warning in health.warnings:
        yield "warning", warning
    if row.page_error:
        yield "article page", row.page_error


def applied_lines(applied: Applied, *, dry_run: bool) -> list[str]:
    """What applying a catalogue did, a line for each source that moved."""
    would = "would be " if dry_run else ""
    lines = [f"{would}added     {name}" for name in applied.added]
    lines += [f"{would}changed   {name}" for name in applied.changed]
    lines += [f"{would}renamed   {old} → {new}" for old, new in applied.renamed]
    lines += [f"{would}removed   {name}" for name in applied.removed]
    return [*lines, f"{applied.unchanged} unchanged"]


def summary_table(summary: Summary) -> list[Table | str]:
    """What ``once`` did."""
    if not summary.rows:
        return ["no sources: name a catalogue with --config, or apply one with `feedmill sources apply`"]
    lines: list[Table | str] = [sources_table(summary.rows)]
    lines.append(f"{len(summary.answered)} of {len(summary.rows)} sources answered")
    lines.append(f"{summary.articles} articles in all")
    if summary.left:
        left = ", ".join(f"{count} in {stage.value}" for stage, count in summary.left.items())
        lines.append(f"time was up: left to do are {left}; the next run goes on with them")
    return lines


# ── status ──────────────────────────────────────────────────────────────────────────────────────


def status_table(status: Json) -> Table:
    """The state of a system, a line for each thing counted."""
    table = Table("what", "count", show_header=False)
    for name, value in status.items():
        text = (
            ", ".join(f"{key} {count}" for key, count in value.items()) if isinstance(value, dict) else value
        )
        table.add_row(name.replace("_", " "), str(text or "none"))
    return table


def by_stage(counts: dict[Stage, int]) -> dict[str, int]:
    """Counts under the names of their stages."""
    return {stage.value: count for stage, count in counts.items()}


def moment_json(moment: datetime | None) -> str | None:
    """A moment as scripts read it."""
    return moment.isoformat() if moment else None


def moment_short(moment: datetime | None) -> str:
    """A moment as people read it, in their own zone; – for never."""
    return moment.astimezone().strftime("%m-%d %H:%M:%S") if moment else "–"
