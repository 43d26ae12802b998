"""``feedmill sources add URL``: from an address to a source in the catalogue, and a published feed."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from feeds.catalogue.load import load_catalogue
from feeds.catalogue.writing import add_tables, refuse_unwritable, source_maker, source_text
from feeds.errors import ConfigError
from feeds.pipeline.apply import apply, preview
from feeds.pipeline.discover import Discovery, Look, addresses_typed
from feeds.pipeline.publish import mark_stale
from feeds.pipeline.trying import Builder
from feeds.pipeline.visiting import Visit
from feeds.settings import load_settings
from feeds.told import Catalogue, Site, Source
from worker import additions, answers
from worker.deps import build_intake, build_mill
from worker.options import AsJson, Data
from worker.session import has_system, is_running, open_session

Table = dict[str, Any]


class Wish(NamedTuple):
    """What somebody wants done: ``choice`` is a candidate's number, None to be asked."""

    config: Path
    data: Path
    choice: int | None
    as_json: bool
    dry_run: bool


def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="A page, feed, JSON list or sitemap.")],
    config: Annotated[Path, typer.Option(help="The catalogue; made if it is not there.")] = Path(
        "feedmill.toml"
    ),
    data: Data = Path("var"),
    category: Annotated[
        str | None, typer.Option(metavar="SLUG", help="Where its articles go; its id.")
    ] = None,
    source_id: Annotated[str | None, typer.Option("--id", help="Its id; made of its title or host.")] = None,
    choose: Annotated[int | None, typer.Option(min=1, metavar="N", help="Take candidate N unasked.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Take the first candidate unasked.")] = False,
    as_json: AsJson = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")
    ] = False,
) -> None:
    """Look at a page, show what could be polled there, and write the one you choose into the catalogue.

    Exit 1 if there is nothing, or nobody chose. Example: [bold]feedmill sources add example.org[/bold]
    """
    additions.refuse_no_address(url, source_id, config)
    wish = Wish(config, data, choose if choose is not None else 1 if yes else None, as_json, dry_run)
    catalogue = load_catalogue(config, os.environ) if config.exists() else Catalogue()
    taken = {source.id for source in catalogue.sources}
    slugs = {source.category.slug for source in catalogue.sources} | {
        each.slug for each in catalogue.categories
    }
    if source_id in taken:
        raise ConfigError(f'{config} has a source "{source_id}" already: name another with --id')
    known = next((source for source in catalogue.sources if source.url in addresses_typed(url)), None)
    if known is not None:
        _say_known(known, wish)
        return
    if not dry_run and (wish.choice is not None or sys.stdin.isatty()):
        refuse_unwritable(config)
    found = _look(url, wish, catalogue)
    names = {name.casefold() for name in (*taken, *slugs) if name}
    tables = [additions.named(each, names, chosen=source_id, category=category) for each in found.candidates]
    _show(found, tables, taken, wish)
    number = _chosen(found, wish)
    candidate, table = found.candidates[number - 1], tables[number - 1]
    if candidate.source.id in taken:
        _say_known(candidate.source, wish)
        return
    _say(wish, *additions.chosen_lines(candidate, table))
    if dry_run:
        _say(wish, "this would be written:", "", source_text(table).rstrip())
    else:
        _write(table, wish)


def _look(url: str, wish: Wish, catalogue: Catalogue) -> Discovery:
    settings = load_settings()
    intake = build_intake(settings, lambda: datetime.now(UTC))
    try:
        visit = Visit(intake, clock=time.monotonic, pause=time.sleep, tell=_tell)
        return Look(visit, _builder(wish.config, catalogue), catalogue.site or Site()).at(url)
    finally:
        intake.client.close()


def _tell(url: str) -> None:
    """What is asked for, to somebody who waits."""
    if sys.stderr.isatty():
        print(f"looking at {url}", file=sys.stderr)


def _builder(config: Path, catalogue: Catalogue) -> Builder:
    """Makes a table's source as the catalogue would; one that is there already is itself."""
    there = {(source.kind.value, source.url): source for source in catalogue.sources}
    make = source_maker(config, os.environ)
    return lambda table: there.get((table["kind"], table["url"])) or make(table)


def _show(found: Discovery, tables: Sequence[Table], taken: set[str], wish: Wish) -> None:
    if not found.candidates:
        message = additions.nothing_found(found)
        if wish.as_json:
            answers.show_json({"url": found.url, "error": message, "looked_at": list(found.looked)})
        else:
            answers.show(message)
        raise typer.Exit(1)
    if wish.as_json:
        for number, (each, table) in enumerate(zip(found.candidates, tables, strict=True), 1):
            answers.show_json(additions.candidate_json(each, number, table, taken))
    else:
        answers.show(*additions.candidates_lines(found, taken))


def _chosen(found: Discovery, wish: Wish) -> int:
    """The number of the candidate that is taken: as wished, else as answered on a terminal."""
    count = len(found.candidates)
    if wish.choice is not None:
        if wish.choice > count:
            raise ConfigError(f"--choose {wish.choice}: there are {count} candidates; choose 1 to {count}")
        return wish.choice
    if wish.as_json:
        raise typer.Exit
    if not sys.stdin.isatty() and wish.dry_run:
        return 1
    if not sys.stdin.isatty():
        answers.show("nothing is written: choose one with --choose N, or take the first with --yes")
        raise typer.Exit(1)
    number = _asked(count)
    if number == 0:
        raise typer.Exit(1)
    return number


def _asked(count: int) -> int:
    """The number somebody types, 0 for none, asked for until it is one of those shown."""
    while True:
        number = int(typer.prompt("Which one? (0 for none)", default=1, type=int))
        if 0 <= number <= count:
            return number
        print(f"{number} is none of 0 to {count}", file=sys.stderr)


def _say_known(source: Source, wish: Wish) -> None:
    message = f"{source.url} is in {wish.config} already, as {source.id}: nothing is changed"
    if wish.as_json:
        answers.show_json({"in_catalogue": source.id, "url": source.url, "message": message})
    else:
        answers.show(message)


def _write(table: Table, wish: Wish) -> None:
    catalogue = add_tables(wish.config, [table], os.environ, categories={})
    said, site = _applied(catalogue, wish)
    feed = additions.published_at(table, catalogue.site or site)
    if wish.as_json:
        told = {"id": table["id"], "table": table, "config": str(wish.config), "feed": feed, "applied": said}
        answers.show_json({"written": told})
        return
    answers.show(f"written to {wish.config}:", "", source_text(table).rstrip(), "")
    answers.show(*said, f"its feed will be {feed} (and .atom, .json)", *_next_step(wish))


def _applied(catalogue: Catalogue, wish: Wish) -> tuple[list[str], Site]:
    """Put the catalogue in force in the system of the folder, if there is one; what that did, and its site.

    Sources that only the system knows are of another file: it is not for this command to remove them.
    """
    settings = load_settings()
    if not has_system(wish.data, settings):
        return [], Site()
    with open_session(wish.data, settings) as store:
        site = store.categories.site() or Site()
        removed = preview(store, catalogue).removed
        if removed:
            names = ", ".join(removed)
            return [f"not applied: {wish.config} lacks {names}; see `feedmill sources apply --dry-run`"], site
        applied = apply(store, catalogue)
        mark_stale(build_mill(store, settings))
    return answers.applied_lines(applied, dry_run=False), site


def _next_step(wish: Wish) -> list[str]:
    settings = load_settings()
    if settings.redis_url or (has_system(wish.data, settings) and is_running(wish.data)):
        return []
    data = "" if wish.data == Path("var") else f" --data {wish.data}"
    return [f"nothing runs yet: start `feedmill up --config {wish.config}{data}`"]


def _say(wish: Wish, *lines: str) -> None:
    """Words for people; in JSON the candidates say it all."""
    if not wish.as_json:
        answers.show(*lines)
