"""What is sent for a source, byte for byte, and to whom; what is said of it holds no secret."""

from __future__ import annotations

import threading
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from typing import Any, NamedTuple, Self

import pytest

from feeds.errors import BadStatus, SecretMissing, SourceError, TooLarge, Unreachable, UnsafeURL
from feeds.fetch.asking import ACCEPT, Ask, ask, is_home, user_agent
from feeds.fetch.client import Client, Limits
from feeds.fetch.journal import Journal
from feeds.fetch.secrets import Secrets
from feeds.model import NotModified, Received, Validators
from feeds.told import Source
from tests import make

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LOOPBACK = ("127.0.0.0/8",)
US = f"feedmill/{version('feedmill')}"
SECRET = "hunter22"
ENVIRON = {"FEEDMILL_SECRET_KEY": SECRET, "FEEDMILL_SECRET_OTHER": "tr0ub4dor"}
KEY, OTHER = "${secret.KEY}", "${secret.OTHER}"
ALWAYS = ["host", "user-agent", "accept", "accept-encoding"]
"""The headers of every request, in this order."""


class Heard(NamedTuple):
    """One request as it came in, its headers as they were written."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes

    def named(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name]

    @property
    def names(self) -> list[str]:
        return [key.lower() for key, _ in self.headers]


Said = tuple[int, dict[str, str], bytes]


class Listener:
    """A publisher that hears every method and answers each path as it was told."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.heard: list[Heard] = []
        self.answers: dict[str, Said] = {}
        listener = self

        class Connection(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                listener.answer(self)

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer((host, 0), Connection)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self.url = f"http://{host}:{self._server.server_address[1]}"

    def answer(self, connection: BaseHTTPRequestHandler) -> None:
        body = connection.rfile.read(int(connection.headers.get("content-length", 0)))
        headers = [(name, str(value)) for name, value in connection.headers.items()]
        self.heard.append(Heard(connection.command, connection.path, headers, body))
        status, said, content = self.answers.get(connection.path, (200, {}, b"<rss/>"))
        connection.send_response(status)
        for name, value in said.items():
            connection.send_header(name, value)
        connection.send_header("Content-Length", str(len(content)))
        connection.end_headers()
        connection.wfile.write(content)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as serving:
        yield serving


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(monotonic=time.monotonic, environ=ENVIRON)
    yield made
    made.close()


def get(
    client: Client,
    url: str,
    validators: Validators | None = None,
    *,
    page: str | None = None,
    journal: Journal | None = None,
    **policy: Any,
) -> Received | NotModified:
    """A fetch of ``url``, or of ``page`` for the source at ``url``."""
    source: Source = make.source(url=url, **({"allow": LOOPBACK} | policy))
    return client.get(page or url, validators or Validators(), source=source, now=NOW, journal=journal)


def first(url: str = "https://a.example/feed", validators: Validators | None = None, **policy: Any) -> Ask:
    """The first request of a source, unsent."""
    source = make.source(**({"url": url} | policy))
    return ask(url, validators or Validators(), source, Secrets(ENVIRON))


# ── who asks, and for what ──────────────────────────────────────────────────────────────────────


def test_these_headers_and_no_others_are_sent(client: Client, listener: Listener) -> None:
    get(client, f"{listener.url}/feed?a=1&b")
    [heard] = listener.heard
    assert (heard.method, heard.path, heard.body) == ("GET", "/feed?a=1&b", b"")
    assert heard.headers == [
        ("Host", listener.url.removeprefix("http://")),
        ("user-agent", US),
        ("accept", ACCEPT),
        ("accept-encoding", "gzip, deflate, br, zstd"),
    ]


def test_the_same_is_asked_every_time(client: Client, listener: Listener) -> None:
    """No parameter, no Cache-Control, no Referer, no cookie that would get past a cache, or tell."""
    for _ in range(3):
        get(client, f"{listener.url}/feed")
    assert len({(heard.path, tuple(heard.headers)) for heard in listener.heard}) == 1


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ({}, US),
        ({"contact": "mailto:desk@city.example"}, f"{US} (+mailto:desk@city.example)"),
        ({"user_agent": "Mozilla/5.0 (us)"}, "Mozilla/5.0 (us)"),
        ({"user_agent": "Mozilla/5.0 (us)", "contact": "https://a.example/"}, "Mozilla/5.0 (us)"),
    ],
    ids=["default", "contact", "user_agent", "both"],
)
def test_who_we_are_is_said_once(
    client: Client, listener: Listener, policy: dict[str, Any], expected: str
) -> None:
    get(client, listener.url, **policy)
    assert listener.heard[0].named("user-agent") == [expected]
    assert user_agent(make.source(**policy)) == expected


def test_a_contact_that_no_header_could_hold_is_said_as_far_as_it_can() -> None:
    assert (b"user-agent", f"{US} (+mailto:??@b.example)".encode()) in first(
        contact="mailto:报社@b.example"
    ).public


def test_custom_headers_are_sent_and_stand_for_accept(client: Client, listener: Listener) -> None:
    get(client, listener.url, headers={"Accept": "text/html", "X-Desk": "city"})
    [heard] = listener.heard
    assert heard.named("accept") == ["text/html"]
    assert heard.named("x-desk") == ["city"]
    assert sorted(heard.names) == sorted([*ALWAYS, "x-desk"])


# ── conditions (RFC 9110 §13.1) ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "etag", ['W/"1"', '"1"', "no-quotes", '"\xe9"', '"报"'.encode().decode("latin-1"), '"a", "b"', "''"]
)
def test_a_validator_goes_back_byte_for_byte(client: Client, listener: Listener, etag: str) -> None:
    listener.answers["/"] = (200, {"ETag": etag}, b"<rss/>")
    received = get(client, f"{listener.url}/")
    assert received.validators.etag == etag
    get(client, f"{listener.url}/", received.validators)
    assert listener.heard[1].named("if-none-match") == [etag]


@pytest.mark.parametrize("date", ["Fri, 02 Jan 2026 03:04:05 GMT", "2026-01-02", "yesterday", "0"])
def test_a_date_goes_back_as_it_came_even_if_it_is_none(
    client: Client, listener: Listener, date: str
) -> None:
    listener.answers["/"] = (200, {"Last-Modified": date}, b"<rss/>")
    received = get(client, f"{listener.url}/")
    get(client, f"{listener.url}/", received.validators)
    assert listener.heard[1].named("if-modified-since") == [date]


@pytest.mark.parametrize(
    ("validators", "names"),
    [
        (Validators(etag='"1"', last_modified="then"), ["if-none-match", "if-modified-since"]),
        (Validators(etag='"1"'), ["if-none-match"]),
        (Validators(last_modified="then"), ["if-modified-since"]),
        (Validators(etag="", last_modified=""), []),
        (Validators(digest="0123"), []),
    ],
    ids=["both", "etag", "date", "empty ones", "a digest, which is ours"],
)
def test_both_validators_are_sent_where_there_are_two(
    client: Client, listener: Listener, validators: Validators, names: list[str]
) -> None:
    received = get(client, listener.url, validators)
    assert listener.heard[0].names == ALWAYS + names
    assert received.exchange.conditional == bool(names)


# ── methods and bodies ──────────────────────────────────────────────────────────────────────────

POST: dict[str, Any] = {
    "method": "POST",
    "body": '{"q": "报"}',
    "headers": {"Content-Type": "application/json", "Content-Language": "zh", "X-Desk": "city"},
}
VALIDATORS = Validators(etag='"1"', last_modified="then")


def test_a_post_sends_its_body_and_is_never_conditional(client: Client, listener: Listener) -> None:
    received = get(client, f"{listener.url}/api", VALIDATORS, **POST)
    [heard] = listener.heard
    assert (heard.method, heard.body) == ("POST", '{"q": "报"}'.encode())
    assert heard.named("content-type") == ["application/json"]
    assert heard.named("content-length") == [str(len(heard.body))]
    assert sorted(heard.names) == sorted(
        [*ALWAYS, "content-type", "content-language", "x-desk", "content-length"]
    )
    assert not received.exchange.conditional


def test_a_post_without_a_body_has_an_empty_one(client: Client, listener: Listener) -> None:
    get(client, listener.url, method="POST")
    [heard] = listener.heard
    assert (heard.method, heard.body, heard.named("content-length")) == ("POST", b"", ["0"])


def test_the_same_answer_to_a_post_is_nothing_new(client: Client, listener: Listener) -> None:
    received = get(client, listener.url, **POST)
    assert isinstance(get(client, listener.url, received.validators, **POST), NotModified)


def test_304_to_a_post_is_a_bad_status(client: Client, listener: Listener) -> None:
    listener.answers["/"] = (304, {}, b"")
    with pytest.raises(BadStatus, match="304 to a request without conditions"):
        get(client, f"{listener.url}/", VALIDATORS, **POST)


def test_a_page_of_a_source_that_posts_is_got_without_its_body(client: Client, listener: Listener) -> None:
    get(client, f"{listener.url}/api", page=f"{listener.url}/news/1", **POST)
    [heard] = listener.heard
    assert (heard.method, heard.path, heard.body) == ("GET", "/news/1", b"")
    assert sorted(heard.names) == sorted([*ALWAYS, "x-desk"])


@pytest.mark.parametrize(
    ("status", "method"), [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")]
)
def test_a_redirect_of_a_post_keeps_it_or_drops_all_of_its_body(
    client: Client, listener: Listener, status: int, method: str
) -> None:
    """RFC 9110 §15.4: with the method go the headers that speak of a body."""
    listener.answers["/api"] = (status, {"Location": "/new"}, b"")
    get(client, f"{listener.url}/api", **POST)
    heard = listener.heard[1]
    about_body = ["content-type", "content-language", "content-length"] if method == "POST" else []
    assert (heard.method, heard.path) == (method, "/new")
    assert heard.body == (POST["body"].encode() if method == "POST" else b"")
    assert sorted(heard.names) == sorted([*ALWAYS, "x-desk", *about_body])


@pytest.mark.parametrize("status", [307, 308])
def test_a_post_is_not_taken_to_another_host(client: Client, listener: Listener, status: int) -> None:
    with Listener("127.0.0.2") as other:
        listener.answers["/api"] = (status, {"Location": f"{other.url}/"}, b"")
        with pytest.raises(UnsafeURL, match="redirects a POST to another host"):
            get(client, f"{listener.url}/api", **POST)
        assert other.heard == []


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_post_becomes_a_plain_get_at_another_host(client: Client, listener: Listener, status: int) -> None:
    with Listener("127.0.0.2") as other:
        listener.answers["/api"] = (status, {"Location": f"{other.url}/"}, b"")
        get(client, f"{listener.url}/api", **POST)
        [heard] = other.heard
    assert (heard.method, heard.body, heard.names) == ("GET", b"", ALWAYS)


# ── credentials ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("auth", "sent"),
    [
        ("me:pass", b"me:pass"),
        ("me:", b"me:"),
        ("me:a:b", b"me:a:b"),
        ("ich:grün", "ich:grün".encode()),
        (f"me:{KEY}", b"me:hunter22"),
        (f"{OTHER}:{KEY}", b"tr0ub4dor:hunter22"),
    ],
)
def test_basic_authentication_is_of_utf_8(client: Client, listener: Listener, auth: str, sent: bytes) -> None:
    """RFC 7617 §2.1 leaves the encoding to the server: UTF-8 is what those that name one name."""
    get(client, listener.url, auth=auth)
    assert listener.heard[0].named("authorization") == [f"Basic {b64encode(sent).decode()}"]


def test_cookies_are_one_header(client: Client, listener: Listener) -> None:
    """RFC 6265 §5.4."""
    get(client, listener.url, cookies={"session": KEY, "lang": "zh"})
    assert listener.heard[0].named("cookie") == ["session=hunter22; lang=zh"]


def test_user_and_password_in_an_address_are_not_sent(client: Client, listener: Listener) -> None:
    get(client, listener.url.replace("//", "//me:pass@"))
    assert listener.heard[0].names == ALWAYS


def test_what_an_answer_sets_is_never_sent_back(client: Client, listener: Listener) -> None:
    setting = {"Set-Cookie": "id=1; Path=/; Max-Age=999999"}
    listener.answers["/a"] = (200, setting, b"<rss/>")
    listener.answers["/b"] = (302, setting | {"Location": "/a"}, b"")
    for identifier in ("one", "two"):
        get(client, f"{listener.url}/b", id=identifier)
        get(client, f"{listener.url}/a", id=identifier)
    assert len(listener.heard) == 6
    assert not any(heard.named("cookie") for heard in listener.heard)


@pytest.mark.parametrize(
    ("home", "url", "expected"),
    [
        ("http://a.example/", "http://a.example/b?c", True),
        ("http://a.example/", "http://A.EXAMPLE:80/", True),
        ("http://a.example/", "https://a.example/", True),
        ("http://a.example/", "https://a.example:8443/", False),
        ("http://a.example:8080/", "https://a.example/", False),
        ("https://a.example/", "http://a.example/", False),
        ("https://a.example/", "http://a.example:443/", False),
        ("https://a.example/", "https://a.example:443/", True),
        ("https://a.example/", "https://www.a.example/", False),
        ("https://a.example/", "https://a.example.evil.example/", False),
        ("https://a.example/", "https://a.example:444/", False),
        ("https://a.example/", "https://a.example@evil.example/", False),
        ("https://a.example/", "https://evil.example\\@a.example.evil/", False),
        ("https://a.example/", "https://evil.example/#@a.example/", False),
        ("https://a.example/", "https://evil.example/?@a.example/", False),
        ("https://a.example/", "https://[a.example/", False),
        ("https://a.example/", "https://a.example:x/", False),
        ("https://[::1]/", "https://[::1]:443/", True),
    ],
)
def test_private_headers_are_for_the_host_they_were_meant_for(home: str, url: str, expected: bool) -> None:
    asked = first(home, cookies={"a": "b"})
    assert is_home(url, asked.home) == expected
    moved = asked._replace(url=url)
    assert moved.fields == (asked.public + asked.private if expected else asked.public)


# ── secrets ─────────────────────────────────────────────────────────────────────────────────────

HIDDEN: dict[str, Any] = {
    "headers": {"X-Api-Key": KEY, "Authorization": f"Bearer {OTHER}"},
    "cookies": {"session": KEY},
}


def shown(journal: Journal) -> str:
    return repr((journal.visits, journal.exchange()))


def assert_concealed(*told: object) -> None:
    for text in (repr(told), *map(str, told)):
        for value in (*ENVIRON.values(), b64encode(f"me:{SECRET}".encode()).decode()):
            assert value not in text


def test_secrets_are_revealed_on_the_wire_and_concealed_in_what_comes_back(
    client: Client, listener: Listener
) -> None:
    journal = client.journal(detailed=True)
    received = get(client, f"{listener.url}/feed?key={KEY}", journal=journal, **HIDDEN)
    [heard] = listener.heard
    assert heard.path == "/feed?key=hunter22"
    assert heard.named("x-api-key") == ["hunter22"]
    assert heard.named("authorization") == ["Bearer tr0ub4dor"]
    assert heard.named("cookie") == ["session=hunter22"]
    assert isinstance(received, Received)
    assert received.url == f"{listener.url}/feed?key={KEY}"
    assert received.exchange.hops[0].url == received.url
    assert ("x-api-key", KEY) in journal.visits[0].sent
    assert_concealed(received, shown(journal))


def test_a_body_has_its_secrets_revealed(client: Client, listener: Listener) -> None:
    get(client, f"{listener.url}/api?k={KEY}", method="POST", body=f'{{"key": "{OTHER}"}}')
    [heard] = listener.heard
    assert (heard.method, heard.body) == ("POST", b'{"key": "tr0ub4dor"}')


def test_what_a_publisher_says_back_is_concealed(client: Client, listener: Listener) -> None:
    listener.answers["/feed?key=hunter22"] = (302, {"Location": "/new?key=hunter22", "X-Echo": SECRET}, b"")
    journal = client.journal(detailed=True)
    received = get(client, f"{listener.url}/feed?key={KEY}", journal=journal, auth=f"me:{KEY}")
    assert listener.heard[1].path == "/new?key=hunter22"
    assert [hop.url for hop in received.exchange.hops] == [
        f"{listener.url}/feed?key={KEY}",
        f"{listener.url}/new?key={KEY}",
    ]
    assert ("X-Echo", KEY) in journal.visits[0].got
    assert_concealed(received, shown(journal))


FAILURES: dict[str, tuple[Said, type[SourceError]]] = {
    "a status": ((403, {}, b""), BadStatus),
    "too large": ((200, {}, bytes(2000)), TooLarge),
    "a loop": ((302, {"Location": "?key=hunter22"}, b""), BadStatus),
    "a redirect to no address": ((302, {"Location": "http://[hunter22"}, b""), UnsafeURL),
    "a redirect to a file": ((302, {"Location": "file:///hunter22"}, b""), UnsafeURL),
    "a redirect inside": ((302, {"Location": "http://10.0.0.1/hunter%32%32"}, b""), UnsafeURL),
    "a redirect to no port": ((302, {"Location": "http://a.example:hunter22/"}, b""), UnsafeURL),
}


@pytest.mark.parametrize(("answer", "kind"), FAILURES.values(), ids=FAILURES)
def test_no_error_tells_a_secret(listener: Listener, answer: Said, kind: type[SourceError]) -> None:
    client = Client(monotonic=time.monotonic, environ=ENVIRON, limits=Limits(wire=1000))
    listener.answers["/feed?key=hunter22"] = answer
    journal = client.journal(detailed=True)
    with pytest.raises(kind) as raised:
        get(client, f"{listener.url}/feed?key={KEY}", journal=journal, **HIDDEN)
    client.close()
    assert KEY in str(raised.value)
    assert_concealed(raised.value, raised.value.__cause__, shown(journal))


def test_nobody_there_tells_no_secret(client: Client) -> None:
    with Listener() as gone:
        url = gone.url
    journal = client.journal(detailed=True)
    with pytest.raises(Unreachable) as raised:
        get(client, f"{url}/feed?key={KEY}", journal=journal, **HIDDEN)
    assert_concealed(raised.value, raised.value.__cause__, shown(journal))


def test_a_header_that_cannot_be_sent_tells_no_secret(listener: Listener) -> None:
    client = Client(monotonic=time.monotonic, environ={"FEEDMILL_SECRET_KEY": "hunter22 \xa0"})
    with pytest.raises(SourceError) as raised:
        get(client, listener.url, headers={"X Key": KEY})
    client.close()
    assert_concealed(raised.value, raised.value.__cause__)
    assert listener.heard == []


PLACES: Mapping[str, dict[str, Any]] = {
    "url": {},
    "body": {"method": "POST", "body": "${secret.GONE}"},
    "headers": {"headers": {"X-Key": "${secret.GONE}"}},
    "cookies": {"cookies": {"a": "${secret.GONE}"}},
    "auth": {"auth": "me:${secret.GONE}"},
    "proxy": {"proxy": "http://me:${secret.GONE}@127.0.0.1:3128"},
}


@pytest.mark.parametrize(("place", "policy"), PLACES.items(), ids=PLACES)
def test_a_missing_secret_names_its_variable_before_anything_is_sent(
    client: Client, listener: Listener, place: str, policy: dict[str, Any]
) -> None:
    url = f"{listener.url}/?k=${{secret.GONE}}" if place == "url" else f"{listener.url}/"
    with pytest.raises(SecretMissing, match="FEEDMILL_SECRET_GONE is not set"):
        get(client, url, **policy)
    assert listener.heard == []


@pytest.mark.parametrize(
    ("page", "sent"),
    [
        ("/news?k=${secret.KEY}", "/news?k=hunter22"),
        ("/news?k=${secret.OTHER}", "/news?k=${secret.OTHER}"),
        ("/news?k=${secret.GONE}", "/news?k=${secret.GONE}"),
    ],
    ids=["named by its source", "of another", "of nobody"],
)
def test_an_address_that_a_publisher_gave_reveals_no_more_than_its_own_source(
    client: Client, listener: Listener, page: str, sent: str
) -> None:
    get(client, f"{listener.url}/feed?k={KEY}", page=f"{listener.url}{page}")
    assert listener.heard[0].path == sent


def test_an_address_at_another_host_reveals_nothing(client: Client, listener: Listener) -> None:
    """A link to ``https://evil.example/?k=${secret.KEY}`` in a feed would bring the key there."""
    with Listener("127.0.0.2") as other:
        journal = client.journal(detailed=True)
        get(client, f"{listener.url}/?k={KEY}", page=f"{other.url}/?k={KEY}", journal=journal, **HIDDEN)
        [heard] = other.heard
    assert_concealed(heard)
    assert heard.names == ALWAYS


def test_a_redirect_that_names_a_secret_reveals_nothing(client: Client, listener: Listener) -> None:
    listener.answers["/"] = (301, {"Location": f"/new?k={KEY}"}, b"")
    received = get(client, f"{listener.url}/", headers={"X-Key": KEY})
    assert listener.heard[1].path == "/new?k=${secret.KEY}"
    moved_to = received.exchange.moved_to
    assert moved_to == f"{listener.url}/new?k={KEY}"
    get(client, f"{listener.url}/", page=moved_to, headers={"X-Key": KEY})
    assert listener.heard[2].path == "/new?k=${secret.KEY}"
