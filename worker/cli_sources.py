"""``feedmill sources``: the catalogue in force, and what became of each source."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from feeds.catalogue.load import load_catalogue
from feeds.pipeline.apply import apply as apply_catalogue
from feeds.pipeline.apply import preview, preview_anew, refresh
from feeds.pipeline.publish import mark_stale
from feeds.settings import load_settings
from worker import answers, cli_add, cli_opml, source_answers
from worker.deps import build_mill
from worker.options import AsJson, Data
from worker.session import has_system, open_existing, open_session

app = typer.Typer(no_args_is_help=True, help="Say which sources there are, and how they are.")
app.command("add")(cli_add.add)
app.command("import")(cli_opml.import_list)
app.command("export")(cli_opml.export_list)

_SAYS = {
    "due": "due now",
    "again": "under way; it is fetched again after that",
    "later": "due when the publisher's Retry-After has passed",
    "gone": "gone for good (410): change its url and apply",
    "unknown": "no such source: see `feedmill sources list`",
}


@app.command()
def apply(
    file: Annotated[Path, typer.Argument(help="The catalogue.")],
    data: Data = Path("var"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
) -> None:
    """Make the running system match a catalogue; a wrong one changes nothing.

    Example: [bold]feedmill sources apply feedmill.toml --dry-run[/bold]
    """
    catalogue = load_catalogue(file, os.environ)
    for warning in catalogue.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    settings = load_settings()
    if dry_run and not has_system(data, settings):
        applied = preview_anew(catalogue, datetime.now(UTC))
    else:
        with open_session(data, settings) as store:
            applied = preview(store, catalogue) if dry_run else apply_catalogue(store, catalogue)
            if not dry_run:
                mark_stale(build_mill(store, settings))
    answers.show(*answers.applied_lines(applied, dry_run=dry_run))


@app.command("list")
def list_sources(data: Data = Path("var"), as_json: AsJson = False) -> None:
    """List every source with its health and next due time.

    Example: [bold]feedmill sources list --json[/bold]
    """
    with open_existing(data, load_settings()) as store:
        rows = store.sources.rows()
    if as_json:
        answers.show_json([source_answers.source_row(row) for row in rows])
    elif rows:
        answers.show(source_answers.sources_table(rows))
    else:
        answers.show("no sources yet: find one with `feedmill sources add URL`, or apply a catalogue")


@app.command("show")
def show_source(
    source_id: Annotated[str, typer.Argument(metavar="ID", help="Id of a source.")],
    data: Data = Path("var"),
    as_json: AsJson = False,
) -> None:
    """Show the health of a source, when it is due and why, and what its last 20 fetches came to.

    Exit 1 if it is unknown. Example: [bold]feedmill sources show python[/bold]
    """
    with open_existing(data, load_settings()) as store:
        row = next((row for row in store.sources.rows() if row.source.id == source_id), None)
        outcomes = store.sources.outcomes(source_id)
    if row is None:
        answers.show(f"{source_id}: {_SAYS['unknown']}")
        raise typer.Exit(1)
    if as_json:
        answers.show_json(source_answers.source_json(row, outcomes))
    else:
        answers.show(*source_answers.source_details(row, outcomes))


@app.command("refresh")
def refresh_sources(
    ids: Annotated[list[str], typer.Argument(metavar="ID…", help="Ids of sources.")], data: Data = Path("var")
) -> None:
    """Make sources due now, whatever their interval and backoff.

    Exit 1 if one of them is unknown. Example: [bold]feedmill sources refresh python[/bold]
    """
    with open_existing(data, load_settings()) as store:
        states = refresh(store, ids, asked=False)
    answers.show(*(f"{source_id}: {_SAYS[state]}" for source_id, state in states.items()))
    if "unknown" in states.values():
        raise typer.Exit(1)
