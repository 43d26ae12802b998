"""Weeks of polling in seconds: publishers with a script, a clock that jumps, and who was asked when."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime, formatdate
from itertools import pairwise

from feeds.pipeline.mill import Mill
from feeds.schedule.when import JITTER, spread
from feeds.store.store import Store
from feeds.told import Scope, Source
from tests.mills import NOW, STEPS, Clock, milling, polled, work
from tests.origin import Origin, Response
from tests.raw_server import HEAD, raw_server

HOME, BUSY, STRICT = "127.0.0.1", "127.0.0.2", "127.0.0.3"
"""Addresses of loopback: to politeness, hosts and domains of their own."""
HOUR, DAY = 3600.0, 86400.0

TEN_HOURS = 10 * HOUR
A_DATE = "Thu, 01 Jan 2026 00:00:00 GMT"
VALIDATORS: Mapping[str, tuple[str | None, str | None]] = {
    "weak": ('W/"5f-3a"', A_DATE),
    "bare": ("5f3a-gzip", A_DATE),
    "latin": ('"caf\xe9 \xff"', A_DATE),
    "two-in-one": ('W/"a", "b"', "Yesterday, 08:00"),
    "wrong-date": (None, "2026-01-01 12:00:00"),
    "no-date": ('"only"', None),
}
"""Odd ETags and dates, which are nobody's business but their publisher's."""

Answer = Callable[[datetime, Mapping[str, str]], Response]
"""What a publisher says at a moment to a request with these headers."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as its publisher logged it, with the simulated time it came at."""

    at: datetime
    host: str
    path: str
    status: int
    headers: Mapping[str, str]

    @property
    def day(self) -> float:
        """Days since the simulation began."""
        return (self.at - NOW).total_seconds() / DAY

    @property
    def is_conditional(self) -> bool:
        return "if-none-match" in self.headers or "if-modified-since" in self.headers


class World:
    """A mill, its clock, and publishers on several hosts, whose logs become one."""

    def __init__(self, mill: Mill, clock: Clock, origins: Mapping[str, Origin]) -> None:
        self.mill = mill
        self.clock = clock
        self.log: list[Asked] = []
        self._origins = origins
        self._noted = dict.fromkeys(origins, 0)

    def url(self, path: str, host: str = HOME) -> str:
        """The address of ``path`` on a host."""
        return self._origins[host].url + path

    def serve(self, path: str, answer: Answer, host: str = HOME) -> str:
        """Answer requests for ``path`` by the simulated time; its address."""
        self._origins[host].handler(path, lambda _, headers: answer(self.clock(), headers))
        return self.url(path, host)

    def carry_on(self, mill: Mill, clock: Clock) -> None:
        """From now on it is this mill that asks, by its own clock."""
        self.mill, self.clock = mill, clock

    def live(self, seconds: float) -> None:
        """Do whatever is due, when it is, for so long."""
        end = self.clock() + timedelta(seconds=seconds)
        while True:
            work(self.mill)
            self._note()
            due = self.mill.store.claims.next_due(STEPS, self.clock())
            if due is None or due > end:
                break
            self.clock.at = due
        self.clock.at = end

    def to(self, path: str) -> list[Asked]:
        """The requests for exactly ``path``, in order."""
        return [asked for asked in self.log if asked.path == path]

    def _note(self) -> None:
        """What publishers logged anew came at the clock's time, which stood still meanwhile."""
        for host, origin in self._origins.items():
            fresh = origin.requests[self._noted[host] :]
            self._noted[host] += len(fresh)
            self.log += [Asked(self.clock(), host, one.path, one.status, one.headers) for one in fresh]


@contextmanager
def world_over(store: Store) -> Iterator[World]:
    """A world whose store this is, at the moment ``NOW``."""
    with ExitStack() as stack:
        origins = {host: stack.enter_context(Origin(host=host)) for host in (HOME, BUSY, STRICT)}
        mill, clock = stack.enter_context(milling(store))
        yield World(mill, clock, origins)


# ── what publishers say ─────────────────────────────────────────────────────────────────────────


def feed(*posted: datetime, channel: str = "") -> bytes:
    """A feed of the newest twenty of these posts."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{at:%Y%m%d%H%M}</guid><title>Post of {at:%d %H:%M}</title>"
        f"<description>Text.</description><pubDate>{format_datetime(at)}</pubDate></item>"
        for at in sorted(posted, reverse=True)[:20]
    )
    return f"<rss version='2.0'><channel><title>T</title>{channel}{items}</channel></rss>".encode()


STORY = feed(NOW)


def plain(body: bytes = STORY, status: int = 200, **headers: str) -> Answer:
    """Always the same answer; ``Cache_Control`` is Cache-Control."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _, __: Response(body, status, headers=named, etag=False)


def keeping(answer: Answer, etag: str | None = None, last_modified: str | None = None) -> Answer:
    """The same with validators: a 304 for whoever gives both back, to the byte."""
    given = {"ETag": etag, "Last-Modified": last_modified}
    validators = {name: value for name, value in given.items() if value is not None}

    def conditional(at: datetime, headers: Mapping[str, str]) -> Response:
        response = answer(at, headers)
        returned = (headers.get("if-none-match"), headers.get("if-modified-since"))
        known = returned == (etag, last_modified)
        all_headers = {**response.headers, **validators}
        return Response(response.body, 304 if known else 200, headers=all_headers, etag=False)

    return conditional


def until(day: float, first: Answer, then: Answer) -> Answer:
    """One answer before a day of the simulation, another from then on."""
    change = NOW + timedelta(days=day)
    return lambda at, headers: (first if at < change else then)(at, headers)


def once_from(day: float, special: Answer, usual: Answer) -> Answer:
    """The usual answer, but for the first request from a day of the simulation on."""
    change = NOW + timedelta(days=day)
    said: list[datetime] = []

    def answer(at: datetime, headers: Mapping[str, str]) -> Response:
        if at < change or said:
            return usual(at, headers)
        said.append(at)
        return special(at, headers)

    return answer


def come_back_at(seconds: float) -> Answer:
    """503 with the date that is so many seconds away."""

    def answer(at: datetime, _: Mapping[str, str]) -> Response:
        date = format_datetime(at + timedelta(seconds=seconds), usegmt=True)
        return Response(b"", 503, headers={"Retry-After": date}, etag=False)

    return answer


def redirect(url: str, status: int) -> Answer:
    """A redirect."""
    return plain(b"", status, Location=url)


def posting(every: float, *, until_day: float = 1000.0) -> Answer:
    """A feed with a post every so many seconds, from ten days before the simulation to a day of it."""
    first = NOW - timedelta(days=10) + timedelta(minutes=17)
    last = NOW + timedelta(days=until_day)

    def answer(at: datetime, headers: Mapping[str, str]) -> Response:
        count = int((min(at, last) - first).total_seconds() // every) + 1
        posts = [first + timedelta(seconds=every * place) for place in range(max(0, count - 20), count)]
        return keeping(plain(feed(*posts)), etag=f'"{count}"')(at, headers)

    return answer


@contextmanager
def hanging_up(clock: Clock, during: tuple[float, float]) -> Iterator[tuple[str, list[datetime]]]:
    """Its address, and when it was asked: a server that says nothing and closes on these days."""
    asked: list[datetime] = []
    begin, end = (NOW + timedelta(days=day) for day in during)

    def script(_: int) -> Iterator[tuple[float, bytes]]:
        asked.append(clock())
        if not begin <= clock() < end:
            yield 0.0, HEAD + b"Connection: close\r\n\r\n" + STORY

    with raw_server(script) as url:
        yield f"{url}/closing", asked


# ── the publishers ──────────────────────────────────────────────────────────────────────────────


def followed(name: str, url: str, every: float | None = 6 * HOUR, **policy: object) -> Source:
    return polled(url, id=name, every=every, **policy)


def steady(world: World) -> Iterator[Source]:
    """Nothing ever changes, or so they say."""
    for name, (etag, last_modified) in VALIDATORS.items():
        yield followed(name, world.serve(f"/{name}", keeping(plain(), etag, last_modified)))
    late = plain(feed(NOW - timedelta(days=30)))
    yield followed("stuck", world.serve("/stuck", keeping(until(2, plain(), late), '"for ever"')))


def fresh(world: World) -> Iterator[Source]:
    """They say for how long their answer is good, by HTTP or in the feed."""

    def expiring(_: datetime, __: Mapping[str, str]) -> Response:
        # By the publisher's own clock, which is not ours here: its Date is the real one.
        expires = formatdate(time.time() + 6 * HOUR, usegmt=True)
        return Response(STORY, headers={"Expires": expires}, etag=False)

    answers = {
        "max-age": plain(Cache_Control="public, max-age=21600"),
        "aged": plain(Cache_Control="max-age=21600", Age="3600"),
        "expires": expiring,
        "ttl": plain(feed(NOW, channel="<ttl>720</ttl>")),
    }
    for name, answer in answers.items():
        yield followed(name, world.serve(f"/{name}", keeping(answer, '"a"')), every=HOUR)
    distrustful = keeping(plain(Cache_Control="no-cache, max-age=86400"), '"a"')
    yield followed("no-cache", world.serve("/no-cache", distrustful))
    yield followed("year", world.serve("/year", keeping(plain(Cache_Control="max-age=31536000"), '"a"')))
    hours = "".join(f"<hour>{hour}</hour>" for hour in range(6))
    night = plain(feed(NOW, channel=f"<skipHours>{hours}</skipHours><skipDays><day>Sunday</day></skipDays>"))
    yield followed("nightly", world.serve("/nightly", keeping(night, '"a"')), every=3 * HOUR)


def throttling(world: World) -> Iterator[Source]:
    """On two days they ask for ten hours, or for a month; on one host by the rules, on one for themselves."""
    usual = keeping(plain(), '"a"')
    wait = plain(b"", 429, Retry_After="36000")
    late = come_back_at(TEN_HOURS)
    busy = once_from(10, late, once_from(2, wait, usual))
    yield followed("busy", world.serve("/busy", busy, BUSY), every=3 * HOUR)
    yield followed("beside-busy", world.serve("/beside-busy", usual, BUSY), every=2 * HOUR)
    strict = once_from(10, wait, once_from(2, late, usual))
    yield followed("strict", world.serve("/strict", strict, STRICT), every=3 * HOUR, retry_after=Scope.URL)
    yield followed(
        "beside-strict", world.serve("/beside-strict", usual, STRICT), every=2 * HOUR, retry_after=Scope.URL
    )
    month = once_from(2, plain(b"", 503, Retry_After="2592000"), usual)
    yield followed("month", world.serve("/month", month, STRICT), retry_after=Scope.URL)


def failing(world: World) -> Iterator[Source]:
    """They fail for six days, or for ever."""
    usual = keeping(plain(), '"a"')
    broken = until(2, usual, until(8, plain(b"", 500), usual))
    yield followed("broken", world.serve("/broken", broken), every=2 * HOUR)
    yield followed("missing", world.serve("/missing", plain(b"", 404)), every=2 * HOUR)
    yield followed("over", world.serve("/over", until(5, usual, plain(b"", 410))))
    yield followed("never-was", world.serve("/never-was", plain(b"", 410)))


def moving(world: World) -> Iterator[Source]:
    """They are somewhere else, for good or for now."""
    usual = keeping(plain(), '"a"')
    new, left = world.serve("/new", usual), world.serve("/left-to", usual)
    yield followed("moved", world.serve("/moved", redirect(new, 301)))
    yield followed("left", world.serve("/left", until(6, redirect(left, 301), plain(b"", 410))))
    elsewhere = world.serve("/elsewhere", usual)
    yield followed("for-now", world.serve("/for-now", redirect(elsewhere, 302)))
    back = until(6, redirect(world.serve("/tried-out", usual), 308), usual)
    yield followed("back", world.serve("/back", back))
    page = f"<html><head><link rel=alternate type=application/rss+xml href='{new}'></head></html>".encode()
    yield followed("page", world.serve("/page", plain(page)))
    dead = world.serve("/dead", redirect(world.url("/its-home"), 302))
    world.serve("/its-home", plain(page.replace(new.encode(), dead.encode())))
    yield followed("dead", dead)


def posted(world: World) -> Iterator[Source]:
    """They have a post every six hours; one falls asleep on the fifth day, one does not say when."""
    yield followed("regular", world.serve("/regular", posting(6 * HOUR)), every=None)
    yield followed("sleeper", world.serve("/sleeper", posting(6 * HOUR, until_day=5)), every=None)
    undated = plain(STORY.replace(b"pubDate", b"when"))
    yield followed("undated", world.serve("/undated", keeping(undated, '"a"')), every=None)


SCENES: tuple[Callable[[World], Iterator[Source]], ...] = (
    steady,
    fresh,
    throttling,
    failing,
    moving,
    posted,
)


# ── what is measured ────────────────────────────────────────────────────────────────────────────


def own_pace(source_id: str) -> float:
    """What the hash of a source's id makes of its waits."""
    return 1 + JITTER * spread(source_id)


def gaps(moments: Sequence[datetime]) -> list[float]:
    """Seconds between each two moments."""
    return [(later - sooner).total_seconds() for sooner, later in pairwise(moments)]


def times(asked: Sequence[Asked]) -> list[datetime]:
    """When they were."""
    return [one.at for one in asked]
