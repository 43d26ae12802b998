"""Through a proxy of ours: it looks names up, so that what is spelled as an address is vetted before."""

from __future__ import annotations

import http.client
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

import pytest

from feeds.errors import BadStatus, Unreachable, UnsafeURL
from feeds.fetch.client import Client
from feeds.model import NotModified, Received, Validators
from feeds.packing import opened
from tests import make
from tests.origin import Origin

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ENVIRON = {"FEEDMILL_SECRET_PROXY": "hunter22"}


class Proxy:
    """A forward proxy for plain HTTP to one publisher, whatever its name; its tunnels lead nowhere."""

    def __init__(self, port: int) -> None:
        self.lines: list[str] = []
        self.authorizations: list[str | None] = []
        self.locks_out = False
        self.tunnels = False
        proxy = self

        class Connection(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                proxy.note(self)
                proxy.forward(self, port)

            do_POST = do_GET  # noqa: N815

            def do_CONNECT(self) -> None:
                proxy.note(self)
                if proxy.tunnels:
                    self.send_response(200)
                    self.end_headers()
                    self.close_connection = True  # a tunnel to nobody
                else:
                    self.send_error(407 if proxy.locks_out else 403)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Connection)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self.place = f"127.0.0.1:{self._server.server_address[1]}"

    def note(self, connection: BaseHTTPRequestHandler) -> None:
        self.lines.append(connection.requestline)
        self.authorizations.append(connection.headers.get("proxy-authorization"))

    def forward(self, connection: BaseHTTPRequestHandler, port: int) -> None:
        if self.locks_out:
            connection.send_error(407)
            return
        parts = urlsplit(connection.path)
        headers = {name.lower(): str(value) for name, value in connection.headers.items()}
        headers.pop("proxy-authorization", None)
        content = connection.rfile.read(int(headers.get("content-length", 0)))
        onward = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        onward.request(
            connection.command, parts._replace(scheme="", netloc="").geturl(), content or None, headers
        )
        answer = onward.getresponse()
        body = answer.read()
        connection.send_response(answer.status)
        for name in ("Location", "Content-Type"):
            if value := answer.getheader(name):
                connection.send_header(name, value)
        connection.send_header("Content-Length", str(len(body)))
        connection.end_headers()
        connection.wfile.write(body)
        onward.close()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(monotonic=time.monotonic, environ=ENVIRON)
    yield made
    made.close()


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as serving:
        serving.set("/feed", "<rss/>")
        yield serving


@pytest.fixture
def proxy(origin: Origin) -> Iterator[Proxy]:
    with Proxy(origin.port) as serving:
        yield serving


def get(
    client: Client, proxy: Proxy, url: str, credentials: str = "", **policy: Any
) -> Received | NotModified:
    source = make.source(url=url, proxy=f"http://{credentials}{proxy.place}", **policy)
    return client.get(url, Validators(), source=source, now=NOW)


def test_a_request_goes_through_the_proxy_which_looks_the_name_up(
    client: Client, proxy: Proxy, origin: Origin
) -> None:
    origin.set("/feed?q=1", "<rss/>")
    received = get(client, proxy, "http://publisher.invalid/feed?q=1#part")
    assert proxy.lines == ["GET http://publisher.invalid/feed?q=1 HTTP/1.1"]
    assert proxy.authorizations == [None]
    assert origin.requests[0].headers["host"] == "publisher.invalid"
    assert isinstance(received, Received)


def test_the_answer_is_as_if_it_came_directly(client: Client, proxy: Proxy) -> None:
    received = get(client, proxy, "http://publisher.invalid/feed")
    assert isinstance(received, Received)
    assert (opened(received).body, received.url) == (b"<rss/>", "http://publisher.invalid/feed")


@pytest.mark.parametrize(
    ("credentials", "sent"),
    [
        ("me:pass@", b"me:pass"),
        ("me:${secret.PROXY}@", b"me:hunter22"),
        ("me:p%40ss%2Fw@", b"me:p@ss/w"),
        ("me:p@ss@", b"me:p@ss"),
        ("me:p/ss@", b"me:p/ss"),
        ("me:p?s#s@", b"me:p?s#s"),
        ("me:p:ss@", b"me:p:ss"),
        ("me:grün@", "me:grün".encode()),
        ("me@", b"me:"),
    ],
)
def test_the_proxy_gets_its_own_credentials_and_the_publisher_does_not(
    client: Client, proxy: Proxy, origin: Origin, credentials: str, sent: bytes
) -> None:
    get(client, proxy, "http://publisher.invalid/feed", credentials)
    assert proxy.authorizations == [f"Basic {b64encode(sent).decode()}"]
    assert "proxy-authorization" not in origin.requests[0].headers
    assert "authorization" not in origin.requests[0].headers


def test_the_publisher_gets_its_own_credentials(client: Client, proxy: Proxy, origin: Origin) -> None:
    get(client, proxy, "http://publisher.invalid/feed", "me:pass@", auth="you:word", cookies={"a": "b"})
    [request] = origin.requests
    assert request.headers["authorization"] == f"Basic {b64encode(b'you:word').decode()}"
    assert request.headers["cookie"] == "a=b"


def test_what_is_noted_of_it_holds_no_credentials(client: Client, proxy: Proxy) -> None:
    proxy.locks_out = True
    journal = client.journal(detailed=True)
    source = make.source(url="http://publisher.invalid/", proxy=f"http://me:${{secret.PROXY}}@{proxy.place}")
    with pytest.raises(BadStatus) as raised:
        client.get(source.url, Validators(), source=source, now=NOW, journal=journal)
    told = f"{raised.value!r} {raised.value.__cause__!r} {journal.visits} {journal.exchange()}"
    assert "hunter22" not in told
    assert b64encode(b"me:hunter22").decode() not in told


def test_https_is_asked_for_by_a_tunnel(client: Client, proxy: Proxy) -> None:
    with pytest.raises(Unreachable, match="ProxyError: 403"):
        get(client, proxy, "https://publisher.invalid/feed", "me:${secret.PROXY}@")
    assert proxy.lines == ["CONNECT publisher.invalid:443 HTTP/1.1"]
    assert proxy.authorizations == [f"Basic {b64encode(b'me:hunter22').decode()}"]


def test_a_proxy_that_wants_other_credentials_is_unreachable_for_a_tunnel(
    client: Client, proxy: Proxy
) -> None:
    proxy.locks_out = True
    with pytest.raises(Unreachable, match="ProxyError: 407") as raised:
        get(client, proxy, "https://publisher.invalid/feed", "me:${secret.PROXY}@")
    assert "hunter22" not in f"{raised.value!r} {raised.value.__cause__!r}"


@pytest.mark.parametrize("host", [".x", "a..b", "a" * 64])
def test_what_is_no_name_is_refused_before_the_proxy_is_asked(
    client: Client, proxy: Proxy, host: str
) -> None:
    """TLS through a tunnel would break on it with an error that is no source's."""
    with pytest.raises(UnsafeURL, match="is no name"):
        get(client, proxy, f"https://{host}/feed")
    assert proxy.lines == []


@pytest.mark.parametrize(
    "host", ["publisher.invalid", "a_b", "*", "xn--fiq228c.invalid", "publisher.invalid."]
)
def test_a_tunnel_to_nobody_is_unreachable(client: Client, proxy: Proxy, host: str) -> None:
    proxy.tunnels = True
    with pytest.raises(Unreachable):
        get(client, proxy, f"https://{host}/feed")
    assert proxy.lines == [f"CONNECT {host}:443 HTTP/1.1"]


def test_no_proxy_there_is_unreachable(client: Client, proxy: Proxy, origin: Origin) -> None:
    with Proxy(origin.port) as gone:
        pass
    with pytest.raises(Unreachable, match="ConnectError"):
        get(client, gone, "http://publisher.invalid/feed")


INSIDE = [
    *("http://127.0.0.1:{port}/feed", "http://127.1:{port}/feed", "http://2130706433:{port}/feed"),
    *("http://0x7f.1:{port}/feed", "http://[::1]:{port}/feed", "http://[::ffff:127.0.0.1]:{port}/feed"),
    *("http://127.0.0.1.:{port}/feed", "http://１２７.0.0.1:{port}/feed", "http://127。0。0。1:{port}/feed"),
    *("http://%31%32%37.0.0.1:{port}/feed", "http://a@127.0.0.1:{port}/feed", "http://0177.1:{port}/feed"),
    *("http://10.0.0.1/", "http://169.254.169.254/latest/meta-data", "https://192.168.1.1/"),
    *("http://[fd00:ec2::254]/", "http://[64:ff9b::7f00:1]/", "https://[::1]/", "http://0/"),
    *("http://93.184.216.34:25/", "http://93.184.216.34:6379/", "https://publisher.invalid:22/"),
]


@pytest.mark.parametrize("url", INSIDE, ids=ascii)
def test_an_address_inside_is_refused_before_the_proxy_is_asked(
    client: Client, proxy: Proxy, origin: Origin, url: str
) -> None:
    with pytest.raises(UnsafeURL):
        get(client, proxy, url.format(port=origin.port))
    assert (proxy.lines, origin.requests) == ([], [])


@pytest.mark.parametrize("url", INSIDE, ids=ascii)
def test_a_redirect_inside_is_refused_before_the_proxy_is_asked(
    client: Client, proxy: Proxy, origin: Origin, url: str
) -> None:
    location = url.format(port=origin.port).encode().decode("latin-1")
    origin.set("/old", "", status=302, headers={"Location": location})
    with pytest.raises(UnsafeURL):
        get(client, proxy, "http://publisher.invalid/old")
    assert proxy.lines == ["GET http://publisher.invalid/old HTTP/1.1"]


def test_an_address_inside_that_is_allowed_is_asked_for(client: Client, proxy: Proxy, origin: Origin) -> None:
    url = f"http://127.0.0.1:{origin.port}/feed"
    get(client, proxy, url, allow=("127.0.0.1/32",))
    assert proxy.lines == [f"GET {url} HTTP/1.1"]
    with pytest.raises(UnsafeURL):
        get(client, proxy, f"http://127.0.0.2:{origin.port}/feed", allow=("127.0.0.1/32",))


def test_a_source_without_the_proxy_does_not_share_its_way(
    client: Client, proxy: Proxy, origin: Origin
) -> None:
    """The proxy itself may be inside; that opens nothing to a source that goes directly."""
    get(client, proxy, "http://publisher.invalid/feed")
    direct = make.source(url=f"{origin.url}/feed")
    with pytest.raises(UnsafeURL):
        client.get(direct.url, Validators(), source=direct, now=NOW)
    assert len(origin.requests) == 1
