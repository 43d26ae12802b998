"""What is said of sources: how each is, what became of it, and what one round of all of them did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.table import Table

from feeds.crawl import Outcome
from feeds.store.sources import SourceRow
from worker.answers import Json, moment_json, moment_long, moment_short
from worker.running import Summary
from worker.screen import Listing, facts, grid


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


def sources_table(rows: Iterable[SourceRow]) -> Listing:
    """Sources with their health, one a row."""
    headings = ("source", "kind", "category", "outcome", "entries", "failures", "due", "says")
    return Listing(headings, ((_cells(row), _lines(row)) for row in rows))


def _cells(row: SourceRow) -> list[str]:
    source, health = row.source, row.health
    counts = (str(health.entries), str(health.failures))
    place = (source.id, source.kind.value, str(source_row(row)["category"]))
    return [*place, health.outcome, *counts, moment_short(row.due_at), _says(row)]


def _lines(row: SourceRow) -> list[str]:
    """The same where there is no room for columns."""
    name, kind, category, outcome, entries, failures, due, says = _cells(row)
    often = f" ({failures} in a row)" if row.health.failures else ""
    more = [f"  {says}"] if says else []
    return [name, f"  {outcome}{often}, {entries} entries, due {due}; {kind}, category {category}", *more]


def _says(row: SourceRow) -> str:
    """What is wrong with a source, if anything."""
    health = row.health
    says = f"{health.error}: {health.message}" if health.error else "; ".join(health.warnings[:1])
    return says or (f"article page: {row.page_error}" if row.page_error else "")


def source_details(row: SourceRow, outcomes: Sequence[Outcome]) -> list[Table | str]:
    """All there is to know of one source, and what its last fetches came to."""
    headings = ("last fetches", "outcome", "status", "seconds", "bytes", "new or changed")
    history = grid(headings, map(_fetch_cells, outcomes))
    return [*facts(_facts(row)), "", history if outcomes else "not fetched yet"]


def _fetch_cells(one: Outcome) -> list[str]:
    outcome = f"{one.outcome}: {one.error}" if one.error else one.outcome
    return [
        moment_short(one.at),
        outcome,
        str(one.status or "–"),
        f"{one.seconds:.2f}",
        str(one.wire),
        str(one.fresh),
    ]


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
            f"{health.address.url} ({health.address.reason.value}, {moment_long(health.address.since)})",
        )
    yield "category", str(source_row(row)["category"])
    yield "outcome", health.outcome + (f", {health.failures} failures in a row" if health.failures else "")
    if health.error:
        yield "error", f"{health.error}: {health.message}"
    yield "due", moment_long(row.due_at)
    yield "why then", health.why or "it is new"
    yield "last fetch", moment_long(health.last_fetch)
    yield "last success", moment_long(health.last_success)
    yield "last news", moment_long(health.last_change)
    yield "entries", f"{health.entries}, {health.usual:.0f} as a rule"
    validators = (health.validators.etag, health.validators.last_modified)
    yield "validators", ", ".join(filter(None, validators)) or "none"
    for warning in health.warnings:
        yield "warning", warning
    if row.page_error:
        yield "article page", row.page_error


def summary_table(summary: Summary) -> list[Listing | str]:
    """What ``once`` did."""
    if not summary.rows:
        return ["no sources: name a catalogue with --config, or apply one with `feedmill sources apply`"]
    lines: list[Listing | str] = [sources_table(summary.rows)]
    lines.append(f"{len(summary.answered)} of {len(summary.rows)} sources answered")
    lines.append(f"{summary.articles} articles in all")
    if summary.left:
        left = ", ".join(f"{count} in {stage.value}" for stage, count in summary.left.items())
        lines.append(f"cut short: left to do are {left}; the next run goes on with them")
    return lines
