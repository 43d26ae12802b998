"""check: fetches and parses without storing anything, and says what would be published."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from feeds.errors import ConfigError, SourceError
from feeds.fetch.folder import posts_in, read_posts
from feeds.model import (
    Article,
    CategoryRule,
    Entry,
    Failure,
    Feed,
    Kind,
    NotModified,
    Payload,
    Site,
    Source,
    Validators,
)
from feeds.normalize.article import normalize
from feeds.normalize.slugs import category_of
from feeds.pipeline.mill import Intake, failure_of

_MEDIA_TYPES = {".json": "application/json", ".html": "text/html", ".htm": "text/html"}


class Checked(NamedTuple):
    """What one input would give: articles with their entries, or a failure; seconds of each part."""

    input: str
    kind: Kind
    title: str | None
    articles: tuple[tuple[Entry, Article], ...]
    warnings: tuple[str, ...]
    failure: Failure | None
    fetch_seconds: float
    parse_seconds: float


def check(intake: Intake, what: str, source: Source, *, site: Site, clock: Callable[[], float]) -> Checked:
    """Fetch ``source``, or read the file or folder its url names, and parse what comes."""
    now = intake.now()
    started = clock()
    outcome = _read(intake, source, now)
    fetched = clock()
    feed, failure = _parse(intake, source, outcome)
    articles = tuple(
        (entry, _article(entry, source, site, now=now, position=position))
        for position, entry in enumerate(feed.entries)
    )
    parsed = clock()
    warnings = feed.warnings
    if source.article is not None:
        warnings += (
            f"the bodies of {len(articles)} articles are on their own pages, which check does not fetch",
        )
    return Checked(
        what, source.kind, feed.title, articles, warnings, failure, fetched - started, parsed - fetched
    )


def ad_hoc(what: str) -> Source:
    """A source for an address, file or folder that somebody named by hand."""
    path = Path(what)
    kind = Kind.POSTS if path.is_dir() or path.suffix in (".md", ".markdown") else Kind.FEED
    return Source(
        id="check",
        kind=kind,
        url=what,
        category=CategoryRule(slug="check"),
        ids="check",
        allow=_named_by_hand(urlsplit(what).hostname or ""),
    )


def unknown(what: str) -> Checked:
    """The answer to what is neither an address, a file nor a source."""
    message = f"{what!r} is no address, no file and no id of a source: see `feedmill sources list`"
    failure = Failure(error=ConfigError.__name__, message=message)
    return Checked(what, Kind.FEED, None, (), (), failure, 0.0, 0.0)


def _named_by_hand(host: str) -> tuple[str, ...]:
    """This machine may be looked at when somebody names it; redirects elsewhere inside stay refused."""
    if host == "localhost":
        return ("127.0.0.1", "::1")
    try:
        return (host,) if ip_address(host).is_loopback else ()
    except ValueError:
        return ()


def _read(intake: Intake, source: Source, now: datetime) -> Payload | NotModified | Failure:
    path = Path(source.url)
    try:
        if source.kind is Kind.POSTS and not source.url.startswith("file:"):
            files = posts_in(path) if path.is_dir() else [path]
            return read_posts(files, source.url, Validators(), now=now)
        if path.is_file():
            media_type = _MEDIA_TYPES.get(path.suffix, "application/xml")
            return Payload(body=path.read_bytes(), media_type=media_type, url="", fetched_at=now)
    except SourceError as error:
        return failure_of(error)
    except OSError as error:
        return Failure(error="Unreachable", message=f"{source.url}: {error}")
    return intake.pull(source, source.url, Validators())


def _parse(
    intake: Intake, source: Source, outcome: Payload | NotModified | Failure
) -> tuple[Feed, Failure | None]:
    if isinstance(outcome, Failure):
        return Feed(), outcome
    if isinstance(outcome, NotModified):
        return Feed(), None
    try:
        return intake.parser(source, outcome), None
    except SourceError as error:
        return Feed(), failure_of(error)


def _article(entry: Entry, source: Source, site: Site, *, now: datetime, position: int) -> Article:
    slug, _ = category_of(entry, source)
    return normalize(entry, source, site, slug=slug, seen_at=now, position=position)
