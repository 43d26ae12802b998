"""What can go wrong, and what it means for the schedule.

    FeedmillError
    ├── SourceError            the publisher's fault: moves health and due time, never a Celery retry
    │   ├── Unreachable        no connection, no answer, a broken one, or past the deadline
    │   ├── BadStatus          an HTTP status that is no success
    │   │   ├── Throttled      429, 503: come back when told
    │   │   └── Gone           410: polling ends
    │   ├── TooLarge           over the limits, on the wire or decoded
    │   ├── UnsafeURL          an address, scheme or port that must not be fetched
    │   ├── BadEncoding        a Content-Encoding that does not decode
    │   ├── OwnNetwork         no route, or no name resolves at all: our fault, counts against nobody
    │   ├── Disallowed         robots.txt asks us not to
    │   ├── SecretMissing      the environment does not have a secret that the source names
    │   ├── NotAFeed           what came back is not what the source's kind reads
    │   │   └── BotWall        a page that asks whether we are human, with status 200 or without
    │   ├── ParserDied         the payload ended its parser several times and was set aside
    │   └── WorkerDied         fetching it ended the worker several times
    ├── RecordingError         a folder of recorded HTTP exchanges that cannot be written or replayed
    ├── StoreUnavailable       Redis away or full: the work stays due and comes back
    └── ConfigError            at start-up only: names file, key, fix

Anything else is a bug and may crash loudly.
"""

from __future__ import annotations

from datetime import datetime


class FeedmillError(Exception):
    """The root of every error feedmill raises on purpose."""


class SourceError(FeedmillError):
    """The publisher's fault. ``status`` and ``retry_at`` are its evidence where it has any."""

    def __init__(self, message: str, *, status: int | None = None, retry_at: datetime | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_at = retry_at


class Unreachable(SourceError):
    """No connection, no answer, a broken one, or past the deadline."""


class BadStatus(SourceError):
    """An HTTP status that is no success."""


class Throttled(BadStatus):
    """429 or 503: the publisher asks us to come back later."""


class Gone(BadStatus):
    """410: the publisher says it is over."""


class TooLarge(SourceError):
    """Over the limits, on the wire or decoded."""


class UnsafeURL(SourceError):
    """An address, scheme or port that must not be fetched."""


class BadEncoding(SourceError):
    """A Content-Encoding that does not decode."""


class OwnNetwork(SourceError):
    """No route, or no name resolves at all: our own network is down, which counts against nobody."""


class Disallowed(SourceError):
    """robots.txt asks us not to fetch this address."""


class SecretMissing(SourceError):
    """The environment of the fetching process does not have a secret that the source names."""


class NotAFeed(SourceError):
    """What came back is not what the source's kind reads."""


class BotWall(NotAFeed):
    """A page that asks whether we are human, whatever its status."""


class ParserDied(SourceError):
    """The payload ended its parser several times and was set aside."""


class WorkerDied(SourceError):
    """Fetching it ended the worker several times."""


class RecordingError(FeedmillError):
    """A recording that cannot be written, is none, or lacks what is asked for: the message has the fix."""


class StoreUnavailable(FeedmillError):
    """Redis is away or refuses writes: the work stays due and comes back."""


class ConfigError(FeedmillError):
    """Wrong settings or catalogue: the message names file, line, key and fix."""
