"""What the command answers on stdout: tables for people, JSON for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from feeds.model import Article, Entry, Stage
from feeds.pipeline.check import Checked
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
        "due_at": _time(row.due_at),
        "interval": health.interval or source.every,
        "health": {
            "outcome": health.outcome,
            "error": health.error,
            "message": health.message,
            "failures": health.failures,
            "last_success": _time(health.last_success),
            "last_change": _time(health.last_change),
            "status": health.status,
            "entries": health.entries,
            "undated": health.undated,
            "untitled": health.untitled,
            "unidentified": health.unidentified,
            "warnings": list(health.warnings),
            "page_error": row.page_error,
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
            _short(row.due_at),
            Text(says),
        )
    return table


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


# ── check ───────────────────────────────────────────────────────────────────────────────────────


def checked_json(checked: Checked) -> Json:
    """One input of ``check`` as scripts see it."""
    failure = checked.failure
    return {
        "input": checked.input,
        "kind": checked.kind.value,
        "title": checked.title,
        "entries": [_entry(entry, article) for entry, article in checked.articles],
        "warnings": list(checked.warnings),
        "error": {"error": failure.error, "message": failure.message} if failure else None,
    }


def checked_table(checked: Checked) -> list[Table | str]:
    """One input of ``check`` as people see it."""
    timing = (
        f"fetched in {checked.fetch_seconds * 1000:.0f} ms, parsed in {checked.parse_seconds * 1000:.0f} ms"
    )
    lines: list[Table | str] = [f"{checked.input}: {checked.kind.value}, {timing}"]
    if checked.failure is not None:
        return [*lines, f"{checked.failure.error}: {checked.failure.message}"]
    table = Table("published", "title", "text", "url", title=checked.title or "(no title)")
    for _, article in checked.articles:
        published = article.published.isoformat(sep=" ", timespec="minutes") if article.dated else "–"
        table.add_row(published, Text(article.title), str(len(article.content)), Text(article.url or "–"))
    return [*lines, table, *(f"warning: {warning}" for warning in checked.warnings)]


def _entry(entry: Entry, article: Article) -> Json:
    return {
        "guid": entry.guid,
        "url": article.url,
        "title": article.title,
        "published": _time(article.published) if article.dated else None,
        "updated": _time(article.updated) if entry.updated else None,
        "authors": list(article.authors),
        "tags": list(article.tags),
        "summary": article.summary,
        "content": article.content,
        "enclosures": [
            {"url": one.url, "media_type": one.media_type, "length": one.length} for one in article.enclosures
        ],
        "language": article.language,
    }


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


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _short(moment: datetime | None) -> str:
    return moment.astimezone().strftime("%m-%d %H:%M:%S") if moment else "–"
