"""A mill for tests: real store, real HTTP, real steps, and a clock that moves only when told."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any, NamedTuple

from feeds.crawl import Health
from feeds.fetch.client import Client
from feeds.model import Stage
from feeds.parse.source import parse as parse_payload
from feeds.pipeline.apply import apply
from feeds.pipeline.dispatch import claim
from feeds.pipeline.fetch import FETCH
from feeds.pipeline.mill import Hints, Intake, Mill, Parser, Step
from feeds.pipeline.page import PAGE
from feeds.pipeline.parse import parse
from feeds.pipeline.publish import publish
from feeds.pipeline.reconcile import Applied, Current, reconcile
from feeds.store.claims import Hint
from feeds.store.store import Store
from feeds.told import ArticleRule, CategorySpec, FieldRule, Kind, Site, Source
from tests import make
from tests.origin import Origin

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def fetch(mill: Mill, hint: Hint) -> Hints:
    """The fetch step of one hint, from begin to end."""
    return _carried_out(FETCH, mill, hint)


def page(mill: Mill, hint: Hint) -> Hints:
    """The page step of one hint, from begin to end."""
    return _carried_out(PAGE, mill, hint)


def _carried_out(step: Step[Any, Any], mill: Mill, hint: Hint) -> Hints:
    return step.conclude(mill, [(errand, step.ask(mill, errand)) for errand in step.begin(mill, [hint])])


STEPS: dict[Stage, Callable[[Mill, Hint], Hints]] = {
    Stage.FETCH: fetch,
    Stage.PAGE: page,
    Stage.PARSE: parse,
    Stage.PUBLISH: publish,
}
LOOPBACK = ("127.0.0.0/8",)
FIELDS = {name: FieldRule(path=name) for name in ("guid", "title", "published", "summary", "medium")}


class Clock:
    """The time of a test: a call says it, ``advance`` moves it."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at

    def advance(self, seconds: float) -> None:
        """Move on."""
        self.at += timedelta(seconds=seconds)


@contextmanager
def milling(store: Store, parser: Parser = parse_payload) -> Iterator[tuple[Mill, Clock]]:
    """A mill over ``store``, with its clock."""
    clock = Clock()
    store.now = clock
    client = Client(monotonic=time.monotonic)
    try:
        yield Mill(store, Intake(client, parser, clock)), clock
    finally:
        client.close()


class Desk(NamedTuple):
    """What most tests of steps need."""

    mill: Mill
    clock: Clock
    origin: Origin


@contextmanager
def desk_over(store: Store) -> Iterator[Desk]:
    """A mill with its clock and a publisher."""
    with Origin() as origin, milling(store) as (mill, clock):
        yield Desk(mill, clock, origin)


def put(mill: Mill, *sources: Source) -> Applied:
    """Put exactly these sources in force."""
    return apply(mill.store, make.catalogue(sources=sources))


def configure(store: Store, *specs: CategorySpec, site: Site | None = None) -> None:
    """Put these categories in force."""
    change, _ = reconcile(make.catalogue(categories=specs, site=site), Current([], {}, None), NOW)
    store.sources.apply(change, NOW)


def put_and_publish(desk: Desk, *sources: Source) -> None:
    """The same, and the empty feeds of their categories are out; the sources are due."""
    put(desk.mill, *sources)
    for one in claim(desk.mill, Stage.PUBLISH, 1000):
        publish(desk.mill, one.hint)
    desk.clock.advance(10)


def polled(url: str, **overrides: object) -> Source:
    """A source on loopback, polled every 15 minutes, its domain without limits."""
    policy: dict[str, object] = {"allow": LOOPBACK, "spacing": 0.0, "per_domain": 1000, "every": 900.0}
    return make.source(**(policy | {"url": url} | overrides))


def listed(origin: Origin, *guids: str, path: str = "/list", **more: str) -> None:
    """Serve a list of items with these guids."""
    items = [{"guid": guid, "title": f"Title {guid}", "summary": "In short.", **more} for guid in guids]
    origin.set(path, json.dumps({"records": items}), media_type="application/json")


def body(origin: Origin, guid: str, text: str) -> None:
    """Serve an item's own page."""
    origin.set(f"/detail?id={guid}", json.dumps({"text": text}), media_type="application/json")


def api(origin: Origin, path: str = "/list", **overrides: object) -> Source:
    """A source of such a list, whose articles have their bodies on pages of their own."""
    rule = ArticleRule(url=f"{origin.url}/detail?id={{guid}}", content="text")
    given = {"kind": Kind.API, "items": "records", "fields": FIELDS, "article": rule}
    return polled(f"{origin.url}{path}", **(given | overrides))


def one_step(mill: Mill, stage: Stage) -> Hints:
    """Claim the only work of a stage that is due and do it."""
    [one] = claim(mill, stage, 1000)
    return STEPS[stage](mill, one.hint)


def work(mill: Mill) -> list[tuple[str, str]]:
    """Do all that is due and all that follows from it; what was done, as (stage, member)."""
    done: list[tuple[str, str]] = []
    queue = _claimed(mill)
    while queue:
        stage, hint = queue.pop(0)
        done.append((stage.value, hint.member))
        queue += [(after, one) for after, hints in STEPS[stage](mill, hint).items() for one in hints]
        queue = queue or _claimed(mill)
    return done


def die(mill: Mill, clock: Clock, stage: Stage, times: int) -> None:
    """Start a stage's only work that often, as workers do that end before they finish it."""
    for _ in range(times):
        [one] = claim(mill, stage, 1000)
        assert mill.start(stage, one.hint) is not None
        clock.advance(36)


def health(mill: Mill, source_id: str = "news") -> Health:
    """A source's crawl state."""
    return mill.store.sources.health(source_id)


def due_in(mill: Mill, source_id: str = "news") -> float | None:
    """Seconds until a source is due; None when it is not in the due set."""
    [row] = [row for row in mill.store.sources.rows() if row.source.id == source_id]
    return None if row.due_at is None else (row.due_at - mill.store.now()).total_seconds()


def titles(mill: Mill, slug: str = "news") -> list[str]:
    """The titles of a category's articles, newest first."""
    return [article.title for article in mill.store.articles.newest(slug, 1000)]


def rss(*titled: str, **by_guid: str) -> str:
    """A feed of items whose guid and title are ``titled``, or ``guid="title"``; the first is the newest."""
    pairs = [(title, title) for title in titled] + list(by_guid.items())
    items = "".join(
        f"<item><guid isPermaLink='false'>{escape(guid)}</guid><title>{escape(title)}</title>"
        f"<description>About {escape(title)}.</description>"
        f"<pubDate>Thu, 01 Jan 2026 00:{59 - place % 60:02}:00 GMT</pubDate></item>"
        for place, (guid, title) in enumerate(pairs)
    )
    return f"<rss version='2.0'><channel><title>News</title>{items}</channel></rss>"


def _claimed(mill: Mill) -> list[tuple[Stage, Hint]]:
    return [(stage, one.hint) for stage in STEPS for one in claim(mill, stage, 1000)]
