"""The ``feedmill`` command: answers on stdout, log on stderr, exit 2 with one line for wrong input."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Annotated

import typer

from feeds.model import Failure
from feeds.pipeline.export import publish_changed
from feeds.pipeline.extract import extract as extract_page
from feeds.pipeline.public import export as export_files
from feeds.settings import load_settings
from feeds.store.keys import ALL
from feeds.store.store import Store
from worker import (
    answers,
    cli_articles,
    cli_check,
    cli_posts,
    cli_sources,
    extract_answers,
    running,
    source_answers,
)
from worker.deps import build_intake, build_mill
from worker.exits import telling_errors
from worker.logs import configure_logs
from worker.options import AsJson, Data, catalogue_beside, writing
from worker.screen import writing_out
from worker.session import open_existing

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Turns source pages (feeds, HTML and JSON lists, sitemaps, posts) into clean feeds per category.",
)
app.add_typer(cli_sources.app, name="sources")
app.add_typer(cli_articles.app, name="articles")
app.add_typer(cli_posts.app, name="posts")


@app.command()
def up(
    config: Annotated[
        Path | None, typer.Option(help="The catalogue; feedmill.toml if that is there.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="The folder of all state; var, or var/demo with --demo.")
    ] = None,
    host: Annotated[str, typer.Option(help="Address the web listens on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port the web listens on.")] = 8000,
    demo: Annotated[bool, typer.Option("--demo", help="Poll a built-in news publisher on loopback.")] = False,
) -> None:
    """Run everything on this machine: store, schedule, workers and web, until Ctrl-C.

    Example: [bold]feedmill up --config feedmill.toml --port 8080[/bold]
    """
    settings = load_settings()
    folder = data or Path("var/demo" if demo else "var")
    chosen = config if config or demo else catalogue_beside()
    running.up(folder, settings, config=chosen, address=(host, port), demo=demo)


@app.command()
def once(
    config: Annotated[Path | None, typer.Option(help="A catalogue to apply first.")] = None,
    data: Data = Path("var"),
    timeout: Annotated[
        float, typer.Option(min=0.1, help="Seconds after which it ends all the same.")
    ] = 600.0,
) -> None:
    """Fetch every source once, publish what that changes, and stop: for cron.

    Exit 1 if not one source answered. Example: [bold]feedmill once --config feedmill.toml[/bold]
    """
    summary = running.once(data, load_settings(), config=config, timeout=timeout)
    answers.show(*source_answers.summary_table(summary))
    if summary.rows and not summary.answered and not summary.left:
        raise typer.Exit(1)


app.command()(cli_check.check)


@app.command()
def extract(
    inputs: Annotated[list[str], typer.Argument(metavar="FILE|URL…", help="Article pages.")],
    as_json: AsJson = False,
) -> None:
    """Show what feedmill takes for the article of a page: title, date, authors, text.

    Exit 1 if not one page could be read. Example: [bold]feedmill extract page.html --json[/bold]
    """
    intake = build_intake(load_settings(), lambda: datetime.now(UTC))
    failed = 0
    for one in inputs:
        found = extract_page(intake, one)
        failed += isinstance(found, Failure)
        extract_answers.show_extracted(one, found, as_json=as_json)
    intake.client.close()
    if failed == len(inputs):
        raise typer.Exit(1)


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the files go.")],
    data: Data = Path("var"),
) -> None:
    """Publish what has changed, then write every document and page as static files.

    Example: [bold]feedmill export public[/bold]
    """
    settings = load_settings()
    with open_existing(data, settings) as store, writing(folder):
        publish_changed(build_mill(store, settings), time.sleep)
        answers.show(f"{export_files(store, folder)} files in {folder}")


@app.command()
def status(data: Data = Path("var"), as_json: AsJson = False) -> None:
    """Say what the system holds and what it has to do.

    Example: [bold]feedmill status --json[/bold]
    """
    with open_existing(data, load_settings()) as store:
        state = _status(store)
    if as_json:
        answers.show_json(state)
    else:
        answers.show(*answers.status_lines(state))


@app.command()
def version() -> None:
    """Print the version of feedmill. Example: [bold]feedmill version[/bold]"""
    answers.show(f"feedmill {installed_version('feedmill')}")


def main() -> None:
    """Entry point: errors we know are one line each on stderr, and exit 2."""
    with telling_errors():
        configure_logs(load_settings())
        with writing_out():
            app(prog_name="feedmill")


def _status(store: Store) -> dict[str, object]:
    now = store.now()
    rows = store.sources.rows()
    slugs = store.categories.slugs()
    return {
        "sources": len(rows),
        "outcomes": dict(Counter(row.health.outcome for row in rows)),
        "errors": dict(Counter(row.health.error for row in rows if row.health.error)),
        "categories": len(slugs) - 1,
        "articles": store.categories.sizes([ALL])[ALL],
        "unpublished_categories": len(store.documents.dirty()),
        "warnings": {slug: "; ".join(lines) for slug, lines in store.documents.warnings().items()},
        "pages": {"awaited": store.sources.pages_awaited(), "failed before": store.sources.pages_failing()},
        "due": answers.by_stage(store.claims.due_counts(now)),
        "unfinished": answers.by_stage(store.claims.unfinished(now)),
    }
