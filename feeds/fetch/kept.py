"""How one HTTP exchange is kept in files: what was asked, what came, and nothing secret.

    recording.json                 the form, and the moment it was recorded
    a.example-feed-0f3c…-1.json    the first answer to one request, -2 to the same request made again
    a.example-feed-0f3c…-1.body    its body, as it came on the wire

The name of a file follows from its request alone: recorded anew, an unchanged page keeps its files.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b
from typing import Annotated, NamedTuple, Protocol

import httpx
import msgspec

from feeds.fetch.secrets import Secrets
from feeds.model import Value

INDEX = "recording.json"
FORM = 1
"""The number of this form; a recording in another is refused."""

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Transport = httpx.BaseTransport
_NAME = re.compile(r"[a-z0-9.-]*-[0-9a-f]{12}-\d+\.(?:json|body)")
_LONGEST_PLACE = 60


class Tape(Protocol):
    """What stands between a client and the network: a recorder, or a recording that is replayed."""

    def around(self, make: Callable[[], Transport], secrets: Secrets) -> Transport:
        """A transport that uses the one that ``make`` makes, or does without."""
        ...


class Index(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What a whole recording says of itself."""

    form: int
    recorded_at: Moment


class Broken(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an exchange failed: a SourceError's class and words."""

    error: str
    message: str


class Kept(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One exchange. ``sent`` and ``body`` are digests of the request's body and of the file beside.

    ``headers`` are the answer's, a line each. What is ``redacted`` had a secret in its body, which is
    therefore kept decoded.
    """

    method: str
    url: str
    at: Moment
    sent: str | None = None
    status: int | None = None
    headers: tuple[str, ...] = ()
    body: str | None = None
    redacted: bool = False
    broken: Broken | None = None


class Asked(NamedTuple):
    """What tells one request from another, without its secrets; ``sent`` is the digest of its body."""

    method: str
    url: str
    sent: str | None

    @property
    def name(self) -> str:
        """What the files of its answers begin with: readable, and another for every other request."""
        place = self.url.partition("://")[2].partition("?")[0].lower()
        readable = re.sub(r"[^a-z0-9.]+", "-", place).strip("-.")[:_LONGEST_PLACE]
        whole = "\n".join((self.method, self.url, self.sent or ""))
        return f"{readable}-{digest(whole.encode())[:12]}"

    def __str__(self) -> str:
        return f"{self.method} {self.url}"


class Turns:
    """Counts how often each request was made, for all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: Counter[Asked] = Counter()

    def next(self, asked: Asked) -> int:
        """Which time this is, from 1."""
        with self._lock:
            self._made[asked] += 1
            return self._made[asked]

    @property
    def total(self) -> int:
        """How many requests there were."""
        with self._lock:
            return self._made.total()


def asked_by(request: httpx.Request, secrets: Secrets) -> Asked:
    """What a request asks for, in a form that is the same whatever its secrets are."""
    url = secrets.conceal(str(request.url.copy_with(userinfo=b"")))
    content = secrets.conceal(request.read().decode("latin-1")).encode("latin-1")
    return Asked(request.method, url, digest(content) if content else None)


def digest(content: bytes) -> str:
    """The digest of a body."""
    return blake2b(content, digest_size=16).hexdigest()


def is_ours(name: str) -> bool:
    """Whether a file of this name is one of an exchange."""
    return _NAME.fullmatch(name) is not None
