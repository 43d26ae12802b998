"""``feedmill sources import`` and ``feedmill sources export``: subscription lists in and out."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from feeds.catalogue.importing import KNOWN, Import, LeftOut, Naming, plan_import
from feeds.catalogue.load import load_catalogue
from feeds.catalogue.secrets import SECRET, VARIABLE
from feeds.catalogue.subscriptions import MOST_BYTES, read_subscriptions
from feeds.catalogue.writing import add_tables
from feeds.errors import ConfigError
from feeds.normalize.slugs import UNCATEGORIZED, hyphenated, safe_slug
from feeds.pipeline.apply import apply as apply_catalogue
from feeds.pipeline.apply import preview
from feeds.pipeline.publish import mark_stale
from feeds.pipeline.subscriptions import Subscribed, subscriptions_in_force, subscriptions_of
from feeds.settings import Settings, load_settings
from feeds.told import Catalogue
from worker import answers
from worker.answers import counted, some
from worker.deps import build_mill
from worker.options import Data
from worker.session import has_system, open_existing, open_session

_NAMING = Naming(spelled=hyphenated, safe=safe_slug, none=UNCATEGORIZED)


def import_list(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="An OPML file; - is standard input.")],
    config: Annotated[Path, typer.Option(help="The catalogue that the sources go to.")] = Path(
        "feedmill.toml"
    ),
    data: Data = Path("var"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be added.")] = False,
) -> None:
    """Add the feeds of a subscription list to a catalogue, and apply it where a system is.

    Example: [bold]feedmill sources import subscriptions.opml --dry-run[/bold]
    """
    settings = load_settings()
    listed = read_subscriptions(_content(file), _name(file))
    before = load_catalogue(config, os.environ) if config.exists() else Catalogue()
    plan = plan_import(listed, before, _NAMING, secrets=_secrets(config, os.environ))
    _warn(f"{_name(file)}: {each}; left out" for each in listed.unread)
    _warn(f"{each.what}: {each.why}; left out" for each in plan.left_out if each.why != KNOWN)
    _warn(plan.remarks)
    if dry_run:
        answers.show(
            *(f"would be added     {one['id']} in {one['category']}: {one['url']}" for one in plan.sources)
        )
    elif plan.sources:
        after = add_tables(config, plan.sources, os.environ, categories=plan.categories)
    answers.show(_summary(plan, len(listed.unread), config, dry_run=dry_run))
    if plan.sources and not dry_run:
        answers.show(*_applied(after, config, data, settings))


def export_list(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Where the list goes; without it, to stdout.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="A catalogue to list instead of the sources in force.")
    ] = None,
    data: Data = Path("var"),
) -> None:
    """Write the sources as an OPML subscription list, with a folder for each category.

    Example: [bold]feedmill sources export subscriptions.opml[/bold]
    """
    subscribed = _subscribed(config, data)
    _warn(subscribed.notes)
    if file is None:
        sys.stdout.buffer.write(subscribed.document)
        sys.stdout.flush()
        return
    try:
        file.write_bytes(subscribed.document)
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}: name a file you may write") from error
    answers.show(f"{counted(subscribed.feeds, 'feed')} in {counted(subscribed.folders, 'folder')} in {file}")


def _subscribed(config: Path | None, data: Path) -> Subscribed:
    if config is not None:
        return subscriptions_of(load_catalogue(config, os.environ), datetime.now(UTC))
    with open_existing(data, load_settings()) as store:
        return subscriptions_in_force(store)


def _content(file: str) -> bytes:
    """The list's bytes; of more than may be read, one too many."""
    if file == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    try:
        with Path(file).open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}; name an OPML file, or -") from error


def _name(file: str) -> str:
    return "stdin" if file == "-" else file


def _secrets(config: Path, environ: Mapping[str, str]) -> set[str]:
    """Names of secrets that are set here, or that the catalogue uses."""
    used = SECRET.findall(config.read_text("utf-8-sig")) if config.exists() else []
    return {*used, *(name.removeprefix(VARIABLE) for name in environ if name.startswith(VARIABLE))}


def _applied(catalogue: Catalogue, config: Path, data: Path, settings: Settings) -> Iterator[str]:
    """Apply the catalogue to the system there is, unless that would end sources that are not in it."""
    _warn(catalogue.warnings)
    if not has_system(data, settings):
        yield f"no system is at {data}: start one with `feedmill up --config {config}`"
        return
    with open_session(data, settings) as store:
        if removed := preview(store, catalogue).removed:
            yield (
                f"not applied: the system has {counted(len(removed), 'source')} that {config} has not "
                f"({some(removed)}); if they shall go, use `feedmill sources apply {config}`"
            )
            return
        applied = apply_catalogue(store, catalogue)
        mark_stale(build_mill(store, settings))
    added, changed = len(applied.added), len(applied.changed)
    yield f"applied: {added} added, {changed} changed, {applied.unchanged} unchanged"


def _summary(plan: Import, unread: int, config: Path, *, dry_run: bool) -> str:
    added = "would be added" if dry_run else "added"
    where = counted(len(plan.slugs), "category", "categories")
    summary = f"{counted(len(plan.sources), 'source')} {added} to {config}"
    summary += f" in {where}" if plan.sources else ""
    reasons = [*_counts(plan.left_out), *([f"{unread} no feed"] if unread else [])]
    return f"{summary}; {len(plan.left_out) + unread} left out: {', '.join(reasons)}" if reasons else summary


def _counts(left_out: Iterable[LeftOut]) -> Iterator[str]:
    """How many were left out why; those that are there already by name, since no line says so."""
    whys = Counter(each.why for each in left_out)
    for why, count in whys.items():
        known = [each.what for each in left_out if each.why == KNOWN == why]
        yield f"{count} {why}" + (f" ({some(known)})" if known else "")


def _warn(lines: Iterable[str]) -> None:
    for line in lines:
        print(f"warning: {line}", file=sys.stderr)
