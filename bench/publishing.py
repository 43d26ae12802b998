"""Two thousand categories that change at once: how long until all are published, and what memory it takes.

    python -m bench.publishing

A real system without its web polls ten lists, each of 200 media with a category of their own. First nothing
but fetch and parse runs, until every category has 50 articles of 3 kB; then publishing, for the first time
and after one more article in each.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import redis

from bench.lists import Lists
from bench.machine import cpu_by_process, memory_of
from feeds.catalogue.load import load_catalogue
from feeds.model import Stage
from feeds.pipeline.apply import apply, ask_for_all
from feeds.settings import load_settings
from feeds.store.store import Store
from tests.processes import descendants
from worker.folder import Folder
from worker.supervise import Program, Supervisor
from worker.system import open_system, worker_programs

LISTS = 10
MEDIA = 200
CATEGORIES = LISTS * MEDIA
STORIES = 10
ROUNDS = 5
"""Of as many stories each, so that a category is as full as its feeds are long."""
_PATIENCE = 600.0
_LOOK = 0.5

_SOURCE = """
[[source]]
id = "list-{number}"
kind = "api"
url = "{url}/{number}"
every = "24h"
items = "stories"
fields = {{ guid = "id", title = "title", published = "date", medium = "medium", content = "text" }}
category = {{ from = "medium", slug = "pinyin-characters" }}
allow = ["127.0.0.0/8"]
spacing = "0s"
per_domain = 100
"""


def main() -> None:
    """Fill, publish, change, publish again; a line for each."""
    lists = Lists(MEDIA)
    lists.turn(LISTS, STORIES)
    with _system(lists) as (supervisor, store, client):
        fill(supervisor, store, lists)
        print(f"{CATEGORIES} categories of {ROUNDS * STORIES} articles of 3 kB:")
        _publisher(supervisor)
        measured("first published", supervisor, store, client)
        lists.turn(LISTS, 1)
        ask_for_all(store)
        measured("one more article each, from poll to publication", supervisor, store, client)


def fill(supervisor: Supervisor, store: Store, lists: Lists) -> None:
    """Poll until every category is full; nothing is published meanwhile."""
    for number in range(ROUNDS):
        if number:
            lists.turn(LISTS, STORIES)
            ask_for_all(store)
        _run_until(supervisor, lambda: not _left(store, Stage.FETCH, Stage.PARSE))
    full = store.categories.sizes([f"m{number}" for number in range(CATEGORIES)])
    wrong = {slug: count for slug, count in full.items() if count != ROUNDS * STORIES}
    assert not wrong, wrong


def measured(name: str, supervisor: Supervisor, store: Store, client: redis.Redis) -> None:
    """Let it run until all is published: its seconds, CPU, and the memory before, at most and after."""
    before, used = _memory(), cpu_by_process(os.getpid())
    most = dict(before)

    def done() -> bool:
        for process, size in _memory().items():
            most[process] = max(most.get(process, 0), size)
        return not _left(store, Stage.FETCH, Stage.PARSE, Stage.PUBLISH)

    seconds = _run_until(supervisor, done)
    assert not store.documents.dirty()
    spent = cpu_by_process(os.getpid())
    spent.subtract(used)
    parts = ", ".join(f"{program} {cpu:.1f}" for program, cpu in spent.most_common() if cpu >= 0.1)
    print(f"{name}: {seconds:.1f} s; CPU seconds: {parts}")
    after = _memory()
    for process, peak in sorted(most.items()):
        print(
            f"  {process}: {_mb(before.get(process, 0))}, at most {_mb(peak)}, {_mb(after.get(process, 0))}"
        )
    print(f"  Redis holds {_mb(int(client.info('memory')['used_memory']))}")


@contextmanager
def _system(lists: Lists) -> Iterator[tuple[Supervisor, Store, redis.Redis]]:
    settings = load_settings()
    with tempfile.TemporaryDirectory() as place, open_system(Path(place), settings) as (supervisor, store):
        config = Path(place) / "feedmill.toml"
        config.write_text("".join(_SOURCE.format(number=number, url=lists.url) for number in range(LISTS)))
        apply(store, load_catalogue(config, os.environ))
        for program in worker_programs(settings):
            supervisor.start(_without_publishing(program))
        with redis.Redis(unix_socket_path=str(Folder(Path(place)).socket)) as client:
            yield supervisor, store, client


def _without_publishing(program: Program) -> Program:
    return replace(program, arguments=[word.replace("parse,publish", "parse") for word in program.arguments])


def _publisher(supervisor: Supervisor) -> None:
    """What `up` has for parse and publish, for publish alone, so that both may be told apart."""
    [parse] = [program for program in worker_programs(load_settings()) if program.name == "parse"]
    words = [word.replace("parse,", "").replace("parse@", "publish@") for word in parse.arguments]
    supervisor.start(replace(parse, name="publish", arguments=words))


def _left(store: Store, *stages: Stage) -> int:
    left = store.claims.unfinished(store.now())
    return sum(left[stage] for stage in stages)


def _run_until(supervisor: Supervisor, done: Callable[[], bool]) -> float:
    began = time.monotonic()
    look = [began]

    def over() -> bool:
        now = time.monotonic()
        if now < look[0]:
            return False
        look[0] = now + _LOOK
        return done() or now - began > _PATIENCE

    supervisor.run(until=over)
    return time.monotonic() - began


def _memory() -> dict[str, int]:
    return {f"{process.name} {process.pid}": memory_of(process.pid) for process in descendants(os.getpid())}


def _mb(size: int) -> str:
    return f"{size / 1e6:.0f} MB"


if __name__ == "__main__":
    main()
