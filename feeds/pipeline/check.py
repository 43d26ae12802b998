"""check: fetches and parses without storing anything, and says what would be published."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from feeds.crawl import Health, Robots
from feeds.errors import ConfigError, OwnNetwork, SourceError
from feeds.fetch.decoding import decode
from feeds.fetch.folder import posts_at, read_posts
from feeds.fetch.journal import Journal, Visit
from feeds.fetch.robots import fetch_robots, is_allowed
from feeds.model import Article, Entry, Exchange, Failure, Feed, NotModified, Payload, Received, Validators
from feeds.normalize.article import identify
from feeds.normalize.choosing import judge
from feeds.normalize.dates import lacks_offset
from feeds.normalize.rewriting import rewritten
from feeds.packing import opened
from feeds.parse.page import is_html
from feeds.parse.repetition import Found, propose
from feeds.pipeline.mill import Intake, Pulled, failure_of
from feeds.pipeline.parse import feeds_named
from feeds.pipeline.roll import dates_of, roll_of
from feeds.pipeline.sifting import article_of
from feeds.schedule.address import address_of
from feeds.schedule.outcomes import after_discovered, after_failure, after_parsed
from feeds.schedule.when import Due
from feeds.told import CategoryRule, Kind, Site, Source
from feeds.urls import is_http

_MEDIA_TYPES = {".json": "application/json", ".html": "text/html", ".htm": "text/html"}
_MOST_DATES = 50
"""Dates that are read once more; those of one list are written alike."""


class Wire(NamedTuple):
    """What was seen of HTTP: each request, the whole exchange, what robots.txt says, when it is due next."""

    visits: tuple[Visit, ...]
    exchange: Exchange
    robots: Robots | None
    allowed: bool
    next: Due | None


class Dropped(NamedTuple):
    """An entry that the source's rules drop, and the rule that does it."""

    title: str
    by: str


class Checked(NamedTuple):
    """What one input would give: articles with their entries, or a failure; seconds of each part.

    ``dropped`` are the entries that the source's rules keep out.

    ``found`` are the feeds that a page names which came instead of one, ``lists`` what it lists itself, for
    a source of kind page; ``wire`` is None for files. ``language`` is what the document says of itself,
    ``zone`` the time zone that dates without an offset were taken to be of, where the source names none.
    """

    input: str
    kind: Kind
    title: str | None = None
    language: str | None = None
    articles: tuple[tuple[Entry, Article], ...] = ()
    dropped: tuple[Dropped, ...] = ()
    warnings: tuple[str, ...] = ()
    failure: Failure | None = None
    found: tuple[str, ...] = ()
    lists: tuple[Found, ...] = ()
    zone: str | None = None
    fetch_seconds: float = 0.0
    parse_seconds: float = 0.0
    wire: Wire | None = None


class Known(NamedTuple):
    """What a running system says of a source: what it would do differs by that."""

    site: Site
    health: Health


def check(intake: Intake, what: str, source: Source, known: Known, *, clock: Callable[[], float]) -> Checked:
    """Fetch ``source``, or read the file or folder its url names, and parse what comes."""
    now = intake.now()
    journal = intake.client.journal(detailed=True)
    started = clock()
    outcome = _read(intake, source, known.health, journal, now=now)
    fetched = clock()
    feed, checked = read_as(intake, what, source, outcome, known.site)
    if checked.failure is not None and not checked.found:
        checked = checked._replace(lists=_lists(outcome))
    parsed = clock()
    wire = None
    if journal.visits or is_http(source.url):
        due = _next(source, known, outcome, feed, checked, now=now)
        wire = _wire(intake, source, journal, due, now=now)
    return checked._replace(fetch_seconds=fetched - started, parse_seconds=parsed - fetched, wire=wire)


def read_as(
    intake: Intake, what: str, source: Source, outcome: Payload | NotModified | Failure, site: Site
) -> tuple[Feed, Checked]:
    """What ``source`` reads in what came; of HTTP, and of the time it took, nothing is said."""
    feed, failure, found = _parse(intake, source, outcome)
    ruled = _ruled(feed, source, site, now=intake.now())
    is_assumed = source.timezone is None and _lack_offsets(ruled.articles, intake.now())
    checked = Checked(
        input=what,
        kind=source.kind,
        title=feed.title,
        language=feed.language,
        zone=site.timezone if is_assumed else None,
        articles=ruled.articles,
        dropped=ruled.dropped,
        warnings=(*feed.warnings, *ruled.broken, *_unseen(source, ruled)),
        failure=failure,
        found=found,
    )
    return feed, checked


def ad_hoc(what: str) -> Source:
    """A source for an address, file or folder that somebody named by hand."""
    path = Path(what)
    try:
        host = urlsplit(what).hostname or ""
    except ValueError:  # no address: fetching it says so
        host = ""
    kind = Kind.POSTS if path.is_dir() or path.suffix in (".md", ".markdown") else Kind.FEED
    return Source(
        id="check",
        kind=kind,
        url=what,
        category=CategoryRule(slug="check"),
        ids="check",
        allow=loopback_typed(host),
    )


def unknown(what: str, place: str = "`feedmill sources list`") -> Checked:
    """The answer to what is neither an address, a file nor a source; those are in ``place``."""
    return _mistaken(what, f"{what!r} is no address (https://…), no file and no id of a source: see {place}")


def a_catalogue(what: str) -> Checked:
    """The answer to a catalogue that is named where one of its sources should be."""
    return _mistaken(what, f"{what} is a catalogue: to check its sources, `feedmill check --config {what}`")


def _mistaken(what: str, message: str) -> Checked:
    return Checked(what, Kind.FEED, failure=Failure(error=ConfigError.__name__, message=message))


def loopback_typed(host: str) -> tuple[str, ...]:
    """This machine may be looked at when somebody names it; redirects elsewhere inside stay refused."""
    if host == "localhost":
        return ("127.0.0.1", "::1")
    try:
        return (host,) if ip_address(host).is_loopback else ()
    except ValueError:
        return ()


def _read(
    intake: Intake, source: Source, health: Health, journal: Journal, *, now: datetime
) -> Payload | NotModified | Failure:
    path = Path(source.url)
    try:
        if source.kind is Kind.POSTS and not source.url.startswith("file:"):
            return _opened(read_posts(posts_at(path), source.url, Validators(), now=now))
        if not is_http(source.url) and path.is_file():
            return _file(intake, path, now)
    except SourceError as error:
        return failure_of(error)
    except OSError as error:
        return Failure(error="Unreachable", message=f"{source.url}: {error.strerror or error}")
    url = address_of(source, health, now)
    return _opened(intake.pull(source, url, Validators(), journal=journal))


def _file(intake: Intake, path: Path, now: datetime) -> Payload:
    """A feed in a file, as it would come over HTTP: compressed ones are undone, within the same limit."""
    body = b"".join(decode([path.read_bytes()], "", limit=intake.client.limits.decoded))
    media_type = _MEDIA_TYPES.get(path.suffix, "application/xml")
    return Payload(body=body, media_type=media_type, url="", fetched_at=now)


def _opened(pulled: Pulled) -> Payload | NotModified | Failure:
    return opened(pulled) if isinstance(pulled, Received) else pulled


def _parse(
    intake: Intake, source: Source, outcome: Payload | NotModified | Failure
) -> tuple[Feed, Failure | None, tuple[str, ...]]:
    if isinstance(outcome, Failure):
        return Feed(), outcome, ()
    if isinstance(outcome, NotModified):
        return Feed(), None, ()
    try:
        return intake.parser(source, outcome), None, ()
    except SourceError as error:
        return Feed(), failure_of(error, outcome.exchange), feeds_named(source, outcome, error)


def _lists(outcome: Payload | NotModified | Failure) -> tuple[Found, ...]:
    """What a page lists that came where a feed was expected."""
    return propose(outcome) if isinstance(outcome, Payload) and is_html(outcome.body) else ()


class _Ruled(NamedTuple):
    """What the source's rules make of its entries; ``waiting`` is how many its articles' pages decide."""

    articles: tuple[tuple[Entry, Article], ...]
    dropped: tuple[Dropped, ...]
    broken: tuple[str, ...]
    waiting: int


def _ruled(feed: Feed, source: Source, site: Site, *, now: datetime) -> _Ruled:
    articles, dropped, broken, waiting = [], [], dict[str, None](), 0
    for position, entry in enumerate(feed.entries):
        words = rewritten(entry, source)
        article = article_of(words, identify(entry, source), source, site, now=now, position=position)
        verdict = judge(article, source)
        broken |= dict.fromkeys(verdict.broken)
        if verdict.dropped_by is not None:
            dropped.append(Dropped(article.title, verdict.dropped_by))
            continue
        articles.append((entry, article))
        waiting += verdict.waits
    return _Ruled(tuple(articles), tuple(dropped), tuple(broken), waiting)


def _lack_offsets(articles: Sequence[tuple[Entry, Article]], now: datetime) -> bool:
    """Whether a time zone decides when some of these were published, the first ones being asked."""
    dates = (entry.published or entry.updated for entry, _ in articles[:_MOST_DATES])
    return any(lacks_offset(date, now) for date in dates if date)


def _next(
    source: Source,
    known: Known,
    outcome: Payload | NotModified | Failure,
    feed: Feed,
    checked: Checked,
    *,
    now: datetime,
) -> Due | None:
    """When the source would be asked again after this answer, and why then; None if never."""
    if checked.found and isinstance(outcome, Payload):
        after, at = after_discovered(known.health, outcome, checked.found, now=now)
    elif checked.failure is not None:
        after, at = after_failure(source, known.health, checked.failure, now=now)
    elif isinstance(outcome, Payload):
        dates = dates_of(roll_of(feed, source, known.site, now=now).glimpses)
        fresh = 0 if known.health.last_change else len(feed.entries)
        after, at = after_parsed(source, known.health, outcome, feed, fresh=fresh, dates=dates, now=now)
    else:
        return None
    return Due(at, after.why) if at is not None else None


def _wire(intake: Intake, source: Source, journal: Journal, due: Due | None, *, now: datetime) -> Wire:
    """What HTTP said; robots.txt is asked for too, unless not even the address could be reached."""
    exchange = journal.exchange()
    robots, allowed = None, True
    if exchange.status is not None:
        url = exchange.hops[-1].url
        with suppress(OwnNetwork):
            robots = fetch_robots(intake.client, url, source, now=now)
            allowed = is_allowed(robots, url, source)
    return Wire(tuple(journal.visits), exchange, robots, allowed, due)


def _unseen(source: Source, ruled: _Ruled) -> Iterator[str]:
    """What check does not look at."""
    if source.article is not None:
        count = len(ruled.articles)
        yield f"the bodies of {count} articles are on their own pages, which check does not fetch"
    if ruled.waiting:
        yield f"the rules decide on {ruled.waiting} of the articles when their own pages are there"
