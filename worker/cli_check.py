"""``feedmill check``: what would be published, of the network or of a recording; nothing is stored."""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from feeds.catalogue.load import load_catalogue
from feeds.crawl import Health
from feeds.fetch.client import Client
from feeds.fetch.recording import Recorder
from feeds.fetch.replaying import Replay
from feeds.fetch.secrets import STAND_INS
from feeds.pipeline.check import Known, a_catalogue, ad_hoc, unknown
from feeds.pipeline.check import check as check_source
from feeds.pipeline.mill import Intake
from feeds.settings import Settings, load_settings
from feeds.told import Site, Source
from worker import answers, checks
from worker.deps import build_intake, parser_of
from worker.options import AsJson, Data
from worker.session import open_session


def check(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="URL|FILE|SOURCE-ID…",
            help="Addresses, files, folders of posts, ids of sources; all sources of --config if none.",
        ),
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="The catalogue that ids are of, instead of a running system.")
    ] = None,
    record: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep every HTTP exchange in this folder.")
    ] = None,
    replay: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Answer from this folder, without the network.")
    ] = None,
    data: Data = Path("var"),
    as_json: AsJson = False,
) -> None:
    """Fetch and parse without storing anything, and show what would be published.

    Exit 1 if not one input could be read; with --replay, if any could not.
    Example: [bold]feedmill check https://example.org/feed.xml[/bold]
    """
    settings = load_settings()
    if record and replay:
        raise typer.BadParameter("--record and --replay exclude each other: give one of them")
    told = _sources_of(config, warn=not replay) if config else _running_sources(inputs or [], data, settings)
    if record or replay:
        told = told.as_if_new()
    names = inputs or (list(told.rows) if config else [])
    if not names:
        raise typer.BadParameter(
            "nothing to check: name an address, a file or a source, or a catalogue with --config"
        )
    with _bench(settings, record, replay) as bench:
        failed = sum(_checked(bench, told, one, as_json=as_json, whole=len(names) == 1) for one in names)
    if bench.recorder is not None:
        again = [str(bench.recorder.folder), *(("--config", str(config)) if config else ()), *(inputs or ())]
        # Answers in JSON are for scripts, whose lines are all alike.
        print(_recorded(bench.recorder, again), file=sys.stderr if as_json else sys.stdout)
    if failed == len(names) or (replay and failed):
        raise typer.Exit(1)


class _Told(NamedTuple):
    """The sources that ids are of, the site they are for, and where they stand."""

    rows: Mapping[str, tuple[Source, Health]] = {}
    site: Site = Site()
    place: str = "`feedmill sources list`"

    def named(self, what: str) -> tuple[Source, Health] | None:
        """The source with that id, or at that address."""
        at = (row for row in self.rows.values() if row[0].url == what)
        return self.rows.get(what) or next(at, None)

    def as_if_new(self) -> _Told:
        """Without what a running system knows of them, which another run would not."""
        return self._replace(rows={name: (source, Health()) for name, (source, _) in self.rows.items()})


class _Bench(NamedTuple):
    """What an input is checked with, and what records that."""

    intake: Intake
    clock: Callable[[], float]
    recorder: Recorder | None = None


def _checked(bench: _Bench, told: _Told, one: str, *, as_json: bool, whole: bool) -> bool:
    """Show what one input comes to, and where it is the only one what HTTP said of it; whether it failed."""
    known = told.named(one)
    source, health = known or (ad_hoc(one) if _is_place(one) else None, Health())
    checked = a_catalogue(one) if one.endswith(".toml") and Path(one).is_file() else unknown(one, told.place)
    if source is not None:
        checked = check_source(bench.intake, one, source, Known(told.site, health), clock=bench.clock)
    needed = source.allow if source is not None and known is None else ()
    if as_json:
        answers.show_json(checks.checked_json(checked, needed))
    else:
        answers.show(*checks.checked_lines(checked, needed), *(checks.wire_lines(checked) if whole else [""]))
    return checked.failure is not None


@contextmanager
def _bench(settings: Settings, record: Path | None, replay: Path | None) -> Iterator[_Bench]:
    """What asks the network, and records that, or does without it."""
    with ExitStack() as stack:
        if replay:
            recorded = Replay(replay)
            # A clock that stands still: the answer is then the same each time, byte for byte.
            client = Client(monotonic=_standing, environ=STAND_INS, tape=recorded)
            bench = _Bench(Intake(client, parser_of(settings), lambda: recorded.moment), _standing)
        elif record:
            recorder = stack.enter_context(Recorder(record, now=_now))
            client = Client(monotonic=time.monotonic, environ=os.environ, tape=recorder)
            intake = Intake(client, parser_of(settings), lambda: recorder.moment)
            bench = _Bench(intake, time.monotonic, recorder)
        else:
            bench = _Bench(build_intake(settings, _now), time.monotonic)
        stack.callback(bench.intake.client.close)
        yield bench


def _now() -> datetime:
    return datetime.now(UTC)


def _standing() -> float:
    return 0.0


def _sources_of(config: Path, *, warn: bool) -> _Told:
    """What a catalogue says, without any store."""
    catalogue = load_catalogue(config, os.environ)
    for warning in catalogue.warnings if warn else ():
        print(f"warning: {warning}", file=sys.stderr)
    rows = {source.id: (source, Health()) for source in catalogue.sources}
    return _Told(rows, catalogue.site or Site(), str(config))


def _running_sources(inputs: list[str], data: Path, settings: Settings) -> _Told:
    """The running system's sources and site, if an input may name one and there is a system."""
    if all("/" in one for one in inputs) or not (settings.redis_url or data.exists()):
        return _Told()
    with open_session(data, settings) as store:
        rows = {row.source.id: (row.source, row.health) for row in store.sources.rows()}
        return _Told(rows, store.categories.site() or Site())


def _is_place(what: str) -> bool:
    return "://" in what or (Path(what).exists() and not what.endswith(".toml"))


def _recorded(recorder: Recorder, again: list[str]) -> str:
    """What came of recording, and how it is replayed."""
    if not recorder.exchanges:
        return f"nothing is recorded in {recorder.folder}: files and folders are read as ever"
    count = answers.counted(recorder.exchanges, "exchange")
    replay = shlex.join(["feedmill", "check", "--replay", *again])
    return f"{count} recorded in {recorder.folder}; to check the same without the network: `{replay}`"
