"""One polite, conditional GET against a real publisher."""

from __future__ import annotations

import gzip
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest

from feeds.errors import BadStatus, BotWall, Gone, SourceError, Throttled, Unreachable, UnsafeURL
from feeds.fetch.client import Client
from feeds.fetch.deadline import Deadline
from feeds.fetch.network import VettedBackend, networks
from feeds.fetch.reach import Reach
from feeds.fetch.transport import VettedTransport
from feeds.model import Hop, NotModified, Payload, Received, Validators
from feeds.packing import opened
from feeds.told import Source
from tests import make
from tests.origin import Origin, Response

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ONLY_ONE = "127.0.0.1/32"
THREADS = 100


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(monotonic=time.monotonic)
    yield made
    made.close()


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as serving:
        yield serving


def get(
    client: Client, url: str, validators: Validators | None = None, **policy: Any
) -> Received | NotModified:
    source: Source = make.source(url=url, **({"allow": (ONLY_ONE,)} | policy))
    return client.get(url, validators or Validators(), source=source, now=NOW)


def payload(client: Client, url: str, **policy: Any) -> Payload:
    outcome = get(client, url, **policy)
    assert isinstance(outcome, Received)
    return opened(outcome)


def test_a_payload_is_what_came_and_what_http_said_of_it(client: Client, origin: Origin) -> None:
    origin.set("/feed", "<rss/>", media_type='Text/XML; Charset="GB18030"', headers={"ETag": 'W/"1"'})
    got = payload(client, f"{origin.url}/feed")
    assert (got.body, got.media_type, got.charset) == (b"<rss/>", "text/xml", "gb18030")
    assert (got.url, got.fetched_at) == (f"{origin.url}/feed", NOW)
    assert got.validators.etag == 'W/"1"'
    assert got.validators.last_modified is not None
    assert got.validators.digest == blake2b(b"<rss/>", digest_size=16).hexdigest()


def test_what_a_fetch_was_on_the_wire_comes_with_it(client: Client, origin: Origin) -> None:
    packed = gzip.compress(bytes(5000))
    origin.set("/feed", packed, headers={"Content-Encoding": "gzip", "Cache-Control": "max-age=60"})
    exchange = payload(client, f"{origin.url}/feed").exchange
    assert exchange.hops == (Hop(url=f"{origin.url}/feed", status=200),)
    assert (exchange.status, exchange.conditional, exchange.moved_to) == (200, False, None)
    assert (exchange.wire, exchange.decoded) == (len(packed), 5000)
    assert exchange.fresh_until == NOW + timedelta(seconds=60)
    assert exchange.seconds > 0


def test_the_next_request_is_conditional_and_304_is_nothing_new(client: Client, origin: Origin) -> None:
    origin.set("/feed", "<rss/>")
    first = payload(client, f"{origin.url}/feed")
    again = get(client, f"{origin.url}/feed", first.validators)
    assert again == NotModified(validators=first.validators, exchange=again.exchange)
    assert (again.exchange.status, again.exchange.conditional) == (304, True)
    assert origin.requests[-1].status == 304
    assert origin.requests[-1].headers["if-none-match"] == first.validators.etag
    assert origin.requests[-1].headers["if-modified-since"] == first.validators.last_modified


def test_the_same_bytes_without_validators_are_nothing_new(client: Client, origin: Origin) -> None:
    origin.set("/feed", "<rss/>", etag=False)
    first = payload(client, f"{origin.url}/feed")
    assert first.validators == Validators(digest=first.validators.digest)
    again = get(client, f"{origin.url}/feed", first.validators)
    assert again == NotModified(validators=first.validators, exchange=again.exchange)
    assert (again.exchange.status, again.exchange.conditional, again.exchange.decoded) == (200, False, 6)


def test_the_same_bytes_under_new_validators_keep_the_new_ones(client: Client, origin: Origin) -> None:
    origin.set("/feed", "<rss/>", headers={"ETag": '"one"'})
    first = payload(client, f"{origin.url}/feed")
    origin.set("/feed", "<rss/>", headers={"ETag": '"two"'})
    again = get(client, f"{origin.url}/feed", first.validators)
    assert isinstance(again, NotModified)
    assert again.validators.etag == '"two"'


def test_a_compressed_body_is_decoded(client: Client, origin: Origin) -> None:
    origin.set("/feed", gzip.compress(b"<rss/>"), headers={"Content-Encoding": "gzip"})
    assert payload(client, f"{origin.url}/feed").body == b"<rss/>"


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/", "http://localhost:{port}/"])
def test_private_addresses_are_refused_unless_allowed(client: Client, origin: Origin, url: str) -> None:
    with pytest.raises(UnsafeURL, match="not a public address"):
        get(client, url.format(port=origin.port), allow=())
    assert origin.requests == []


def test_what_one_source_is_allowed_opens_nothing_to_another(client: Client, origin: Origin) -> None:
    origin.set("/", "<rss/>")
    payload(client, f"{origin.url}/", allow=(ONLY_ONE,))
    with pytest.raises(UnsafeURL):
        get(client, f"{origin.url}/", allow=("10.0.0.0/8",))


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (300, BadStatus),
        (400, BadStatus),
        (401, BadStatus),
        (404, BadStatus),
        (410, Gone),
        (429, Throttled),
        (500, BadStatus),
        (503, Throttled),
    ],
)
def test_a_status_that_is_no_success_says_itself(
    client: Client, origin: Origin, status: int, error: type[SourceError]
) -> None:
    origin.set("/feed", "no", status=status)
    with pytest.raises(SourceError, match=f"HTTP {status}") as raised:
        get(client, f"{origin.url}/feed")
    assert (type(raised.value), raised.value.status) == (error, status)


@pytest.mark.parametrize("status", [429, 503])
def test_throttled_says_when_to_come_back(client: Client, origin: Origin, status: int) -> None:
    origin.set("/feed", "", status=status, headers={"Retry-After": "120"})
    with pytest.raises(Throttled) as raised:
        get(client, f"{origin.url}/feed")
    assert raised.value.retry_at == NOW + timedelta(seconds=120)


def test_a_challenge_for_humans_is_a_bot_wall(client: Client, origin: Origin) -> None:
    origin.set("/feed", "<html>", status=403, headers={"CF-Mitigated": "challenge"})
    with pytest.raises(BotWall) as raised:
        get(client, f"{origin.url}/feed")
    assert raised.value.status == 403


def test_nobody_there_is_unreachable_with_its_cause(client: Client) -> None:
    with Origin() as gone:
        url = gone.url
    with pytest.raises(Unreachable, match="ConnectError") as raised:
        get(client, url)
    assert raised.value.__cause__ is not None
    assert isinstance(raised.value.__cause__.__cause__, httpcore.NetworkError)


def test_what_failed_is_noted_in_the_journal(client: Client, origin: Origin) -> None:
    origin.set("/feed", "no", status=500)
    journal = client.journal()
    source = make.source(url=f"{origin.url}/feed", allow=(ONLY_ONE,))
    with pytest.raises(BadStatus):
        client.get(source.url, Validators(etag='"1"'), source=source, now=NOW, journal=journal)
    assert journal.exchange().hops == (Hop(url=source.url, status=500),)
    assert journal.exchange().conditional


# ── one client for all threads ──────────────────────────────────────────────────────────────────


def numbered(path: str, _: Mapping[str, str]) -> Response:
    return Response(f"<rss>{path}</rss>".encode() * 500, headers={"ETag": f'"{path}"'}, delay=0.01)


def test_each_of_many_threads_gets_its_own_answer(client: Client, origin: Origin) -> None:
    origin.handler("/feed/", numbered)
    barrier = threading.Barrier(THREADS)

    def own(number: int) -> None:
        url = f"{origin.url}/feed/{number}"
        barrier.wait()
        for _ in range(3):
            got = payload(client, url)
            assert (got.body, got.url) == (f"<rss>/feed/{number}</rss>".encode() * 500, url)
            assert got.exchange.hops == (Hop(url=url, status=200),)
            again = get(client, url, got.validators)
            assert isinstance(again, NotModified)
            assert again.validators.etag == f'"/feed/{number}"'

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(own, range(THREADS)))
    assert len(origin.requests) == THREADS * 6


# ── TLS ─────────────────────────────────────────────────────────────────────────────────────────

SELF_SIGNED = (
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
    "-subj /CN=host.example -addext subjectAltName=DNS:host.example,IP:127.0.0.1 "
    "-keyout key.pem -out certificate.pem"
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a key and a certificate that nobody signed, of host.example and 127.0.0.1."""
    if shutil.which("openssl") is None:
        pytest.skip("needs the openssl command to make a certificate")
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(SELF_SIGNED.split(), cwd=folder, check=True, capture_output=True)
    return folder


class Encrypted:
    """What a TLS server on loopback heard: names asked for, and requests."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.names: list[str | None] = []
        self.requests: list[bytes] = []


@contextmanager
def encrypted(certificate: Path) -> Iterator[Encrypted]:
    """A TLS server that answers every request with ``ok``."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "certificate.pem", certificate / "key.pem")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        heard = Encrypted(listener.getsockname()[1])
        context.sni_callback = lambda _socket, name, _context: heard.names.append(name)
        thread = threading.Thread(target=_answer_encrypted, args=(listener, context, heard), daemon=True)
        thread.start()
        yield heard
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def _answer_encrypted(listener: socket.socket, context: ssl.SSLContext, heard: Encrypted) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        try:
            with connection, context.wrap_socket(connection, server_side=True) as stream:
                heard.requests.append(stream.recv(65536))
                stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        except OSError:
            continue  # the client does not trust us


def at_loopback(*_: object, **__: object) -> list[Any]:
    """A resolver to which every name is this machine's."""
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]


def ask_encrypted(url: str, context: ssl.SSLContext) -> bytes:
    """The answer to a request whose certificates are verified against ``context``."""
    deadline, reach = Deadline(time.monotonic), Reach(time.monotonic)
    backend = VettedBackend(networks([ONLY_ONE]), (), deadline, reach, resolver=at_loopback)
    transport = VettedTransport(context, backend)
    try:
        return transport.handle_request(httpx.Request("GET", url)).read()
    finally:
        transport.close()


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate / "certificate.pem"))


def test_a_certificate_that_nobody_signed_is_refused(client: Client, certificate: Path) -> None:
    with encrypted(certificate) as server:
        with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
            get(client, f"https://127.0.0.1:{server.port}/")
        assert server.requests == []


def test_a_name_is_asked_for_and_verified_though_its_address_is_connected_to(certificate: Path) -> None:
    with encrypted(certificate) as server:
        url = f"https://host.example:{server.port}/feed"
        assert ask_encrypted(url, trusting(certificate)) == b"ok"
        assert server.names == ["host.example"]
        [request] = server.requests
    assert request.startswith(b"GET /feed HTTP/1.1\r\nHost: host.example:%d\r\n" % server.port)


def test_the_certificate_of_another_name_is_refused(certificate: Path) -> None:
    with encrypted(certificate) as server:
        with pytest.raises(Unreachable, match="Hostname mismatch"):
            ask_encrypted(f"https://other.example:{server.port}/", trusting(certificate))
        assert (server.names, server.requests) == (["other.example"], [])
