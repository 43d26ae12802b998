"""One polite, safe, conditional GET: a URL in, a payload or nothing new out, a SourceError otherwise."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from importlib.metadata import version
from ssl import SSLContext
from typing import NamedTuple
from urllib.parse import urljoin

import httpcore
import httpx

from feeds.errors import BadStatus, Gone, SourceError, Throttled, TooLarge, Unreachable, UnsafeURL
from feeds.fetch.deadline import Deadline
from feeds.fetch.decoding import ACCEPT_ENCODING, decode
from feeds.fetch.network import Network, VettedBackend, networks
from feeds.model import NotModified, Payload, Source, Validators
from feeds.urls import is_http

HOME = "https://feedmill.example/about"
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/json;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.5"
)
Headers = dict[bytes, bytes]
_REDIRECTS = {301, 302, 303, 307, 308}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one fetch may cost: seconds, bytes on the wire, bytes after decoding, redirects."""

    connect: float = 5.0
    read: float = 10.0
    total: float = 30.0
    wire: int = 5 * 2**20
    decoded: int = 15 * 2**20
    redirects: int = 5


class _Redirect(NamedTuple):
    url: str


class Client:
    """The HTTP client of a process, for all its threads; make it after forking."""

    def __init__(self, *, monotonic: Callable[[], float], limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._deadline = Deadline(monotonic)
        self._ssl = httpx.create_ssl_context(trust_env=False)
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, ...], httpx.Client] = {}

    def get(
        self, url: str, validators: Validators, *, source: Source, now: datetime
    ) -> Payload | NotModified:
        """Fetch ``url`` by the policy of ``source``; NotModified on 304 or on the digest of last time.

        Raises SourceError: Unreachable, BadStatus, Throttled, Gone, TooLarge, UnsafeURL, BadEncoding.
        """
        headers = {b"user-agent": user_agent(source.contact).encode(), **_conditions(validators)}
        http = self._http(source.allow)
        with self._deadline.within(self.limits.total):
            outcome = self._follow(http, url, headers, now)
        if isinstance(outcome, NotModified):
            return NotModified(validators=validators)
        if outcome.validators.digest == validators.digest:
            return NotModified(validators=outcome.validators)
        return outcome

    def close(self) -> None:
        """Give the sockets back."""
        for http in self._clients.values():
            http.close()

    def _http(self, allow: tuple[str, ...]) -> httpx.Client:
        """The httpx client for one set of allowed networks; a process has very few of them."""
        with self._lock:
            if allow not in self._clients:
                self._clients[allow] = httpx.Client(
                    transport=_transport(networks(allow), self._ssl, self._deadline),
                    timeout=httpx.Timeout(self.limits.read, connect=self.limits.connect),
                    trust_env=False,
                    headers={"accept": ACCEPT, "accept-encoding": ACCEPT_ENCODING},
                )
            return self._clients[allow]

    def _follow(self, http: httpx.Client, url: str, headers: Headers, now: datetime) -> Payload | NotModified:
        """The answer at the end of the redirects, each of them vetted like the first address."""
        for _ in range(self.limits.redirects + 1):
            outcome = self._request(http, url, headers, now)
            if not isinstance(outcome, _Redirect):
                return outcome
            url = outcome.url
        raise BadStatus(f"more than {self.limits.redirects} redirects, the last to {url}")

    def _request(
        self, http: httpx.Client, url: str, headers: Headers, now: datetime
    ) -> Payload | NotModified | _Redirect:
        if not is_http(url):
            raise UnsafeURL(f"{url}: only http and https addresses are fetched")
        try:
            with http.stream("GET", url, headers=headers) as response:
                if response.status_code in _REDIRECTS and "location" in response.headers:
                    return _Redirect(_joined(url, response.headers["location"]))
                if response.status_code == 304:
                    return NotModified()
                _refuse(url, response, now)
                return self._payload(url, response, now)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
            raise UnsafeURL(f"{url}: {error}") from error
        except httpx.TransportError as error:
            raise Unreachable(f"{url}: {type(error).__name__}: {error}") from error

    def _payload(self, url: str, response: httpx.Response, now: datetime) -> Payload:
        wire = self._bounded(response.iter_raw(65536), url)
        body = bytearray()
        for piece in decode(wire, response.headers.get("content-encoding", "")):
            body += piece
            if len(body) > self.limits.decoded:
                raise TooLarge(f"{url}: more than {self.limits.decoded} bytes after decoding")
        media_type, charset = _content_type(response.headers.get("content-type", ""))
        return Payload(
            body=bytes(body),
            media_type=media_type,
            charset=charset,
            url=url,
            validators=Validators(
                etag=_verbatim(response, b"etag"),
                last_modified=_verbatim(response, b"last-modified"),
                digest=blake2b(body, digest_size=16).hexdigest(),
            ),
            fetched_at=now,
        )

    def _bounded(self, chunks: Iterator[bytes], url: str) -> Iterator[bytes]:
        """The chunks, as long as all of them are small enough."""
        received = 0
        for chunk in chunks:
            received += len(chunk)
            if received > self.limits.wire:
                raise TooLarge(f"{url}: more than {self.limits.wire} bytes on the wire")
            yield chunk


def user_agent(contact: str) -> str:
    """Who we are, with an address to complain to."""
    return f"feedmill/{version('feedmill')} (+{contact or HOME})"


def _transport(allowed: tuple[Network, ...], ssl: SSLContext, deadline: Deadline) -> httpx.HTTPTransport:
    """httpx' own transport, its pool replaced by one that connects to vetted addresses only.

    Few idle connections are kept: the pool looks at each of them on every request.
    """
    transport = httpx.HTTPTransport(verify=ssl, trust_env=False)
    transport._pool = httpcore.ConnectionPool(
        ssl_context=ssl,
        max_connections=None,
        max_keepalive_connections=10,
        keepalive_expiry=5.0,
        network_backend=VettedBackend(allowed, deadline),
    )
    return transport


def _conditions(validators: Validators) -> Headers:
    """The validators as they came, byte for byte: latin-1 has a character for each byte."""
    headers = {b"if-none-match": validators.etag, b"if-modified-since": validators.last_modified}
    return {name: value.encode("latin-1") for name, value in headers.items() if value}


def _verbatim(response: httpx.Response, name: bytes) -> str | None:
    """A header's bytes, not what httpx takes them for."""
    return next((value.decode("latin-1") for key, value in response.headers.raw if key.lower() == name), None)


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise UnsafeURL(f"{url}: it redirects to {location!r}: {error}") from error


def _refuse(url: str, response: httpx.Response, now: datetime) -> None:
    status = response.status_code
    if 200 <= status < 300:
        return
    message = f"{url}: HTTP {status} {response.reason_phrase}".rstrip()
    if status in (429, 503):
        retry_at = _retry_at(response.headers.get("retry-after", "").strip(), now)
        raise Throttled(message, status=status, retry_at=retry_at)
    kind: type[SourceError] = Gone if status == 410 else BadStatus
    raise kind(message, status=status)


def _retry_at(text: str, now: datetime) -> datetime | None:
    """Retry-After (RFC 9110 §10.2.3) in seconds or as a date, at most a day ahead."""
    try:
        at = now + timedelta(seconds=int(text)) if text.isdecimal() else parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(at, now + timedelta(days=1))


def _content_type(text: str) -> tuple[str, str | None]:
    """Media type in lower case, and the charset if one is named (RFC 9110 §8.3)."""
    header = Message()
    header["content-type"] = text
    return text.partition(";")[0].strip().lower(), header.get_content_charset()
