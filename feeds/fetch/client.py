"""One polite, safe, conditional request: a URL in, a payload or nothing new out, a SourceError otherwise."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any

import httpx

from feeds.errors import BadStatus, SourceError, TooLarge, UnsafeURL
from feeds.fetch.answer import REDIRECTS, content_type, fresh_until, location, refuse, verbatim
from feeds.fetch.asking import Ask, ask
from feeds.fetch.deadline import Deadline
from feeds.fetch.decoding import decode
from feeds.fetch.journal import Headers, Journal
from feeds.fetch.kept import Tape, Transport
from feeds.fetch.names import readings
from feeds.fetch.network import VettedBackend, networks, vet_literal
from feeds.fetch.ports import vet_port
from feeds.fetch.reach import Reach
from feeds.fetch.secrets import Secrets
from feeds.fetch.transport import VettedTransport
from feeds.model import NotModified, Received, Validators
from feeds.packing import Packer
from feeds.told import Source
from feeds.urls import is_http

_NO_SECRETS: Mapping[str, str] = MappingProxyType({})
_ANYWHERE = ("0.0.0.0/0", "::/0")
_LARGE = 2**20
_LARGE_WAIT = 2.0
"""Seconds that a body of over 1 MiB waits for another such to be complete."""
_MOST_GROWTH = 100
"""How many times its size a body of over 1 MiB may have after decoding of br or zstd: feeds have ten, bombs
ten thousand, and a window of many MiB with it, which gzip has not."""
_ALL_PORTS = frozenset(range(1, 65536))


@dataclass(frozen=True, slots=True)
class Limits:
    """What one fetch may cost: seconds, of our own CPU too, bytes on the wire and decoded, redirects."""

    connect: float = 5.0
    read: float = 10.0
    total: float = 30.0
    busy: float = 3.0
    wire: int = 5 * 2**20
    decoded: int = 15 * 2**20
    redirects: int = 5


class Client:
    """The HTTP client of a process, for all its threads; make it after forking.

    A ``tape`` records what it asks for, or answers in the network's place.
    """

    def __init__(
        self,
        *,
        monotonic: Callable[[], float],
        limits: Limits | None = None,
        environ: Mapping[str, str] = _NO_SECRETS,
        tape: Tape | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self._monotonic = monotonic
        self._secrets = Secrets(environ)
        self._tape = tape
        self._deadline = Deadline(monotonic)
        self._reach = Reach(monotonic)
        self._ssl = httpx.create_ssl_context(trust_env=False)
        self._lock = threading.Lock()
        self._large = threading.Semaphore()
        self._transports: dict[tuple[object, ...], Transport] = {}

    def journal(self, *, detailed: bool = False) -> Journal:
        """An empty record, by this client's clock."""
        return Journal(self._monotonic, detailed=detailed)

    def get(
        self,
        url: str,
        validators: Validators,
        *,
        source: Source,
        now: datetime,
        journal: Journal | None = None,
    ) -> Received | NotModified:
        """Ask for ``url`` by the policy of ``source``; NotModified on 304 or on the digest of last time.

        Raises SourceError: Unreachable, OwnNetwork, BadStatus, Throttled, Gone, BotWall, TooLarge,
        UnsafeURL, BadEncoding, SecretMissing. No message holds a secret.
        """
        journal = journal or self.journal()
        journal.conditional = source.method == "GET" and bool(validators.etag or validators.last_modified)
        try:
            first = ask(url, validators, source, self._secrets)
            with self._deadline.within(self.limits.total, busy=self.limits.busy):
                outcome = self._follow(first, source, journal, now)
        except SourceError as error:
            message = self._secrets.conceal(str(error))
            if message == str(error):
                raise
            # Without its cause, whose own words would tell the secret.
            raise type(error)(message, status=error.status, retry_at=error.retry_at) from None
        if isinstance(outcome, NotModified):
            return NotModified(validators=validators, exchange=journal.exchange())
        if outcome.validators.digest == validators.digest:
            return NotModified(validators=outcome.validators, exchange=journal.exchange())
        return outcome

    def close(self) -> None:
        """Give the sockets back."""
        for transport in self._transports.values():
            transport.close()

    def _follow(self, first: Ask, source: Source, journal: Journal, now: datetime) -> Received | NotModified:
        """The answer at the end of the redirects, each of them vetted like the first address."""
        transport = self._transport(source)
        asked, before = first, set[tuple[str, str]]()
        for _ in range(self.limits.redirects + 1):
            before.add((asked.method, asked.url))
            answer = self._send(transport, asked, source, journal)
            try:
                status, target = answer.status_code, location(answer)
                if status not in REDIRECTS or target is None:
                    return self._outcome(asked.url, answer, journal, now)
                asked = asked.redirected(target, status)
                if (asked.method, asked.url) in before:
                    raise BadStatus(f"{first.url}: it redirects in a circle, again to {asked.url}")
            finally:
                answer.close()
        raise BadStatus(f"more than {self.limits.redirects} redirects, the last to {asked.url}")

    def _send(self, transport: Transport, asked: Ask, source: Source, journal: Journal) -> httpx.Response:
        """The head of the answer to one request."""
        if not is_http(asked.url):
            raise UnsafeURL(f"{asked.url}: only http and https addresses are fetched")
        try:
            request = httpx.Request(
                asked.method,
                asked.url,
                headers=asked.fields,
                content=asked.body,
                extensions=self._extensions(journal),
            )
        except (httpx.InvalidURL, UnicodeError) as error:
            raise UnsafeURL(f"{asked.url}: {error}") from error
        if source.proxy is not None:
            _vet_for_proxy(request.url, source)
        conceal = self._secrets.conceal
        journal.sending(asked.method, conceal(asked.url), self._shown(request.headers, journal))
        try:
            answer = transport.handle_request(request)
        except SourceError as error:
            raise type(error)(f"{asked.url}: {error}") from error
        shown = self._shown(answer.headers, journal)
        journal.answered(answer.status_code, shown, names_took=self._deadline.names_took())
        return answer

    def _outcome(
        self, url: str, answer: httpx.Response, journal: Journal, now: datetime
    ) -> Received | NotModified:
        journal.fresh_until = fresh_until(answer.headers, now)
        if answer.status_code == 304:
            if not journal.conditional:
                raise BadStatus(f"{url}: HTTP 304 to a request without conditions", status=304)
            return NotModified()
        refuse(url, answer, now)
        try:
            return self._received(url, answer, journal, now)
        except SourceError as error:
            raise type(error)(f"{url}: {error}") from error

    def _received(self, url: str, answer: httpx.Response, journal: Journal, now: datetime) -> Received:
        packer = Packer()
        wire = self._bounded(answer, journal)
        encoding = answer.headers.get("content-encoding", "")
        with ExitStack() as room:
            is_large = False
            for piece in decode(wire, encoding, limit=self.limits.decoded):
                packer.add(piece)
                _refuse_bomb(encoding, packer.size, journal.wire)
                if packer.size > _LARGE and not is_large:
                    is_large = True
                    room.enter_context(self._room_for_large())
        packed, digest = packer.finish()
        journal.decoded = packer.size
        media_type, charset = content_type(answer.headers.get("content-type", ""))
        return Received(
            packed=packed,
            media_type=media_type,
            charset=charset,
            url=self._secrets.conceal(url),
            validators=Validators(
                etag=verbatim(answer, b"etag"),
                last_modified=verbatim(answer, b"last-modified"),
                digest=digest,
            ),
            fetched_at=now,
            exchange=journal.exchange(),
        )

    @contextmanager
    def _room_for_large(self) -> Iterator[None]:
        """One large body at a time, if that is soon: a window of br or zstd takes up to 16 MiB."""
        alone = self._large.acquire(timeout=_LARGE_WAIT)
        try:
            yield
        finally:
            if alone:
                self._large.release()

    def _bounded(self, answer: httpx.Response, journal: Journal) -> Iterator[bytes]:
        """The body as it comes, as long as all of it is small enough."""
        for chunk in answer.stream:  # type: ignore[union-attr]  # ours is a sync one
            journal.wire += len(chunk)
            if journal.wire > self.limits.wire:
                raise TooLarge(f"more than {self.limits.wire} bytes on the wire")
            yield chunk

    def _transport(self, source: Source) -> Transport:
        """The transport for one policy; a process has very few of them."""
        key = (source.allow, source.ports, source.proxy)
        with self._lock:
            if key not in self._transports:
                make = partial(self._vetted, source)
                self._transports[key] = self._tape.around(make, self._secrets) if self._tape else make()
            return self._transports[key]

    def _vetted(self, source: Source) -> Transport:
        proxy = self._secrets.reveal(source.proxy) if source.proxy is not None else None
        allow = source.allow if proxy is None else _ANYWHERE
        ports = source.ports if proxy is None else _ALL_PORTS
        backend = VettedBackend(networks(allow), ports, self._deadline, self._reach)
        return VettedTransport(self._ssl, backend, proxy=proxy)

    def _extensions(self, journal: Journal) -> dict[str, Any]:
        limits = self.limits
        timeout = {
            "connect": limits.connect,
            "read": limits.read,
            "write": limits.read,
            "pool": limits.connect,
        }
        return {"timeout": timeout, "trace": journal.trace} if journal.detailed else {"timeout": timeout}

    def _shown(self, headers: httpx.Headers, journal: Journal) -> Headers:
        """Headers for people who look, without secrets; nothing for those who do not."""
        if not journal.detailed:
            return ()
        raw = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.raw)
        return tuple((name, self._secrets.conceal(value)) for name, value in raw)


def _vet_for_proxy(url: httpx.URL, source: Source) -> None:
    """Refuse what a proxy shall not be asked for; names are its own to resolve, if they are names."""
    try:
        url.raw_host.decode("ascii").encode("idna")  # as ssl will, once there is a tunnel
    except UnicodeError as error:
        raise UnsafeURL(f"{url.host!r} is no name: {error}") from error
    port = url.port or (443 if url.scheme == "https" else 80)
    vet_literal(url.host, networks(source.allow), source.ports, port)
    if not readings(url.host):
        vet_port(url.host, port, source.ports)


def _refuse_bomb(encoding: str, decoded: int, wire: int) -> None:
    """Raise TooLarge for what grows as no feed does and takes memory for that."""
    has_window = "br" in encoding.lower() or "zstd" in encoding.lower()
    if has_window and decoded > _LARGE and decoded > wire * _MOST_GROWTH:
        raise TooLarge(f"more than {_MOST_GROWTH} times the {wire} bytes on the wire after decoding")
