"""up and once: a whole system, for long or until nothing is left to do."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from feeds.catalogue.load import load_catalogue
from feeds.errors import ConfigError, StoreUnavailable
from feeds.model import Stage
from feeds.pipeline.apply import apply, ask_for_all
from feeds.settings import Settings
from feeds.store.sources import SourceRow
from feeds.store.store import Store
from feeds.told import Catalogue, Site
from worker.system import demo_program, open_system, web_program, worker_programs

DEMO_PORT = 8090
_LOOK_EVERY = 0.1

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Summary:
    """What one run did: sources by outcome, and what was left when it was cut short."""

    rows: list[SourceRow]
    answered: set[str]
    articles: int
    left: dict[Stage, int]


def up(data: Path, settings: Settings, *, config: Path | None, address: tuple[str, int], demo: bool) -> None:
    """Everything on one machine, until SIGTERM or SIGINT."""
    demo_port = _free_port(DEMO_PORT)
    catalogue = _demo_catalogue(address, demo_port) if demo and config is None else _catalogue(config)
    with open_system(data, settings) as (supervisor, store):
        _refuse_taken(*address)
        if catalogue is not None:
            announce(catalogue, store)
        if demo:
            supervisor.start(demo_program(demo_port))
            _log.info("demo", next="edit feedmill.toml, then start: feedmill up --config feedmill.toml")
        for program in (*worker_programs(settings), web_program(*address)):
            supervisor.start(program)
        _warn_of_other_address(store, address[1])
        _log.info("serving", url=f"http://{address[0]}:{address[1]}/", data=str(data), stop="Ctrl-C")
        supervisor.run(until=lambda: False)
        _log.info("stopping")


def once(data: Path, settings: Settings, *, config: Path | None, timeout: float) -> Summary:
    """Fetch every source once, work off all that follows, and stop."""
    catalogue = _catalogue(config)
    with open_system(data, settings) as (supervisor, store):
        if catalogue is not None:
            announce(catalogue, store)
        began = store.now()
        fresh = ask_for_all(store)
        for program in worker_programs(settings):
            supervisor.start(program)
        supervisor.run(until=_done(store, timeout))
        rows = store.sources.rows()
        answered = fresh | {
            row.source.id for row in rows if row.health.last_success and row.health.last_success >= began
        }
        left = {stage: count for stage, count in store.claims.unfinished(store.now()).items() if count}
        return Summary(rows, answered, store.categories.sizes(["all"])["all"], left)


def announce(catalogue: Catalogue, store: Store) -> None:
    """Apply a catalogue and log what that did."""
    for warning in catalogue.warnings:
        _log.warning("catalogue", warning=warning)
    applied = apply(store, catalogue)
    _log.info(
        "catalogue applied",
        added=len(applied.added),
        changed=len(applied.changed),
        removed=len(applied.removed),
        renamed=len(applied.renamed),
        unchanged=applied.unchanged,
    )


def _catalogue(config: Path | None) -> Catalogue | None:
    return load_catalogue(config, os.environ) if config is not None else None


def _demo_catalogue(address: tuple[str, int], demo_port: int) -> Catalogue:
    """The demo's catalogue, with the addresses of this run."""
    addresses = {
        "FEEDMILL_VAR_SITE": f"http://{address[0]}:{address[1]}",
        "FEEDMILL_VAR_PUBLISHER": f"http://127.0.0.1:{demo_port}",
    }
    with resources.as_file(resources.files("worker") / "demo_data" / "feedmill.toml") as path:
        return load_catalogue(path, addresses | os.environ)


def _refuse_taken(host: str, port: int) -> None:
    """Raise ConfigError if the web could not listen there."""
    try:
        family, kind, *_, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        message = f"cannot listen at {host}:{port}: {error.strerror}: choose another --port or --host"
        raise ConfigError(message) from error


def _warn_of_other_address(store: Store, port: int) -> None:
    """Feeds that lead to another port of this machine lead nowhere."""
    url = (store.categories.site() or Site()).url
    place = urlsplit(url)
    if place.hostname in ("127.0.0.1", "localhost", "::1") and place.port != port:
        _log.warning(
            "feeds link elsewhere", site_url=url, port=port, fix="set url in [site] of the catalogue"
        )


def _free_port(wanted: int) -> int:
    """The wanted port of loopback, or another if somebody has it."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    return wanted


def _nothing_left(store: Store) -> bool:
    """Whether all is worked off; once only publishing is left, it need not wait for its turn."""
    left = {stage for stage, count in store.claims.unfinished(store.now()).items() if count}
    if left == {Stage.PUBLISH}:
        store.documents.hasten(store.now())
    return not left


def _done(store: Store, timeout: float) -> Callable[[], bool]:
    """Whether nothing is left to do, or time is up; looked at a few times a second."""
    state = {"look": 0.0}
    deadline = time.monotonic() + timeout

    def done() -> bool:
        now = time.monotonic()
        if now >= deadline:
            return True
        if now < state["look"]:
            return False
        state["look"] = now + _LOOK_EVERY
        try:
            return _nothing_left(store)
        except StoreUnavailable:
            return False

    return done
