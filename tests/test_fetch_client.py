"""One polite, conditional GET against a real publisher."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import blake2b
from importlib.metadata import version

import httpx
import pytest

from feeds.errors import BadStatus, Gone, SourceError, Throttled, Unreachable, UnsafeURL
from feeds.fetch.client import Client, user_agent
from feeds.model import NotModified, Payload, Source, Validators
from tests import make
from tests.origin import Origin
from tests.raw_server import HEAD, always, raw_server

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ONLY_ONE = "127.0.0.1/32"


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
    client: Client, url: str, validators: Validators | None = None, **policy: object
) -> Payload | NotModified:
    source: Source = make.source(url=url, **({"allow": (ONLY_ONE,)} | policy))
    return client.get(url, validators or Validators(), source=source, now=NOW)


def payload(client: Client, url: str, **policy: object) -> Payload:
    outcome = get(client, url, **policy)
    assert isinstance(outcome, Payload)
    return outcome


def test_a_payload_is_what_came_and_what_http_said_of_it(client: Client, origin: Origin) -> None:
    origin.set("/feed", "<rss/>", media_type='Text/XML; Charset="GB18030"', headers={"ETag": 'W/"1"'})
    got = payload(client, f"{origin.url}/feed")
    assert (got.body, got.media_type, got.charset) == (b"<rss/>", "text/xml", "gb18030")
    assert (got.url, got.fetched_at) == (f"{origin.url}/feed", NOW)
    assert got.validators.etag == 'W/"1"'
    assert got.validators.last_modified is not None
    assert got.validators.digest == blake2b(b"<rss/>", digest_size=16).hexdigest()


def test_who_asks_and_for_what_is_said(client: Client, origin: Origin) -> None:
    origin.set("/feed", "<rss/>")
    payload(client, f"{origin.url}/feed", contact="mailto:desk@city.example")
    [request] = origin.requests
    assert request.user_agent == f"feedmill/{version('feedmill')} (+mailto:desk@city.example)"
    assert request.headers["accept"].startswith("application/atom+xml, application/rss+xml")
    assert request.headers["accept-encoding"] == "gzip, deflate"
    assert "if-none-match" not in request.headers
    assert "if-modified-since" not in request.headers
    assert "(+https://" in user_agent("")


def test_the_next_request_is_conditional_and_304_is_nothing_new(client: Client, origin: Origin) -> None:
    origin.set("/feed", "<rss/>")
    first = payload(client, f"{origin.url}/feed")
    again = get(client, f"{origin.url}/feed", first.validators)
    assert again == NotModified(validators=first.validators)
    assert origin.requests[-1].status == 304
    assert origin.requests[-1].headers["if-none-match"] == first.validators.etag
    assert origin.requests[-1].headers["if-modified-since"] == first.validators.last_modified


def test_the_same_bytes_without_validators_are_nothing_new(client: Client, origin: Origin) -> None:
    origin.set("/feed", "<rss/>", etag=False)
    first = payload(client, f"{origin.url}/feed")
    assert first.validators == Validators(digest=first.validators.digest)
    assert get(client, f"{origin.url}/feed", first.validators) == NotModified(validators=first.validators)


def test_the_same_bytes_under_new_validators_keep_the_new_ones(client: Client, origin: Origin) -> None:
    origin.set("/feed", "<rss/>", headers={"ETag": '"one"'})
    first = payload(client, f"{origin.url}/feed")
    origin.set("/feed", "<rss/>", headers={"ETag": '"two"'})
    again = get(client, f"{origin.url}/feed", first.validators)
    assert isinstance(again, NotModified)
    assert again.validators.etag == '"two"'


@pytest.mark.parametrize("etag", [b'"\xe9"', '"报"'.encode()], ids=["latin-1", "utf-8"])
def test_a_validator_goes_back_byte_for_byte(client: Client, etag: bytes) -> None:
    script = always(HEAD + b"ETag: " + etag + b"\r\nContent-Length: 2\r\n\r\nok")
    with raw_server(script) as url:
        first = payload(client, url)
    with Origin() as origin:
        origin.set("/", "other")
        get(client, f"{origin.url}/", first.validators)
        [request] = origin.requests
    assert request.headers["if-none-match"].encode("latin-1") == etag


def test_a_compressed_body_is_decoded(client: Client, origin: Origin) -> None:
    origin.set("/feed", gzip.compress(b"<rss/>"), headers={"Content-Encoding": "gzip"})
    assert payload(client, f"{origin.url}/feed").body == b"<rss/>"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_to_where_the_payload_says_it_is_from(
    client: Client, origin: Origin, status: int
) -> None:
    origin.set("/old/feed", "", status=status, headers={"Location": "../new"})
    origin.set("/new", "<rss/>")
    got = payload(client, f"{origin.url}/old/feed")
    assert (got.url, got.body) == (f"{origin.url}/new", b"<rss/>")


def test_redirects_are_followed_five_times_and_no_more(client: Client, origin: Origin) -> None:
    for number in range(6):
        origin.set(f"/{number}", "", status=302, headers={"Location": f"/{number + 1}"})
    origin.set("/6", "<rss/>")
    assert payload(client, f"{origin.url}/1").body == b"<rss/>"
    with pytest.raises(BadStatus, match="more than 5 redirects"):
        get(client, f"{origin.url}/0")
    assert len(origin.requests) == 6 + 6


@pytest.mark.parametrize(
    ("location", "error"),
    [
        ("http://127.0.0.2:{port}/feed", UnsafeURL),
        ("http://[::ffff:127.0.0.2]:{port}/feed", UnsafeURL),
        ("http://10.255.255.1/feed", UnsafeURL),
        ("http://169.254.169.254/latest/meta-data", UnsafeURL),
        ("file:///etc/passwd", UnsafeURL),
        ("ftp://127.0.0.1/feed", UnsafeURL),
        ("http://[::1", Unreachable),
        ("http://127.0.0.1:99999/", UnsafeURL),
        ("http://127.0.0.1:feed/", Unreachable),
    ],
)
def test_a_redirect_to_where_nobody_may_go_is_refused(
    client: Client, origin: Origin, location: str, error: type[SourceError]
) -> None:
    where = location.format(port=origin.port)
    origin.set("/feed", "", status=302, headers={"Location": where})
    origin.set("/", "<rss/>")
    with pytest.raises(error):
        get(client, f"{origin.url}/feed")
    assert len(origin.requests) == 1


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


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        (" 120 ", 120),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), -90),
        ("999999999", 86400),
        ("9" * 400, None),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_seconds_or_a_date_and_at_most_a_day(
    client: Client, origin: Origin, text: str, seconds: int | None, status: int
) -> None:
    origin.set("/feed", "", status=status, headers={"Retry-After": text})
    with pytest.raises(Throttled) as raised:
        get(client, f"{origin.url}/feed")
    told = raised.value.retry_at
    assert told == (None if seconds is None else NOW + timedelta(seconds=seconds))


def test_nobody_there_is_unreachable_with_its_cause(client: Client) -> None:
    with Origin() as gone:
        url = gone.url
    with pytest.raises(Unreachable, match="ConnectError") as raised:
        get(client, url)
    assert isinstance(raised.value.__cause__, httpx.TransportError)
