"""Redirects: followed as RFC 9110 §15.4 has it, a few times, and with nothing that is for others."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from feeds.errors import BadStatus, SourceError, UnsafeURL
from feeds.fetch.asking import ask
from feeds.fetch.client import Client
from feeds.fetch.journal import Journal
from feeds.fetch.secrets import Secrets
from feeds.model import Hop, NotModified, Received, Validators
from tests import make
from tests.origin import Origin

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
BOTH = ("127.0.0.1/32", "127.0.0.2/32")
PRIVATE: dict[str, Any] = {
    "headers": {"X-Api-Key": "key"},
    "cookies": {"session": "1"},
    "auth": "me:pass",
}
PRIVATE_NAMES = {"x-api-key", "cookie", "authorization"}
each_redirect = pytest.mark.parametrize("status", [301, 302, 303, 307, 308])


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(monotonic=time.monotonic)
    yield made
    made.close()


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as serving:
        yield serving


@pytest.fixture
def elsewhere() -> Iterator[Origin]:
    with Origin(host="127.0.0.2") as serving:
        serving.set("/feed", "<rss/>")
        yield serving


def get(
    client: Client,
    url: str,
    validators: Validators | None = None,
    *,
    journal: Journal | None = None,
    **policy: Any,
) -> Received | NotModified:
    source = make.source(**({"url": url, "allow": BOTH} | policy))
    return client.get(url, validators or Validators(), source=source, now=NOW, journal=journal)


def redirect(origin: Origin, path: str, location: str | None, status: int = 302) -> None:
    """Have ``path`` lead to ``location``, spelled in UTF-8."""
    headers = {} if location is None else {"Location": location.encode().decode("latin-1")}
    origin.set(path, "", status=status, headers=headers, etag=False)


# ── where they lead ─────────────────────────────────────────────────────────────────────────────

LOCATIONS = {
    "absolute": "{url}/a/new?q=1",
    "absolute path": "/a/new?q=1",
    "relative path": "new?q=1",
    "relative, upwards": "../x/../a/./new?q=1",
    "without a scheme": "//{place}/a/new?q=1",
    "with a fragment": "new?q=1#part",
    "with user and password": "http://me:pass@{place}/a/new?q=1",
    "in upper case": "HTTP://{place}/a/new?q=1",
}


@each_redirect
@pytest.mark.parametrize("location", LOCATIONS.values(), ids=LOCATIONS)
def test_a_redirect_is_followed_to_where_the_payload_says_it_is_from(
    client: Client, origin: Origin, status: int, location: str
) -> None:
    place = origin.url.removeprefix("http://")
    redirect(origin, "/a/old", location.format(url=origin.url, place=place), status)
    origin.set("/a/new?q=1", "<rss/>")
    received = get(client, f"{origin.url}/a/old")
    assert isinstance(received, Received)
    assert received.url == f"{origin.url}/a/new?q=1"
    assert [hop.status for hop in received.exchange.hops] == [status, 200]
    assert "authorization" not in origin.requests[-1].headers


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/新/报?q=值", "/%E6%96%B0/%E6%8A%A5?q=%E5%80%BC"),
        ("/a b", "/a%20b"),
        ("/%e6%96%b0", "/%e6%96%b0"),
        ("/50%", "/50%"),
        ('/"<>', "/%22%3C%3E"),
        ("?q=1", "/old?q=1"),
        ("/tab\there", "/tabhere"),
    ],
)
def test_what_no_address_may_hold_is_encoded(
    client: Client, origin: Origin, location: str, path: str
) -> None:
    redirect(origin, "/old", location)
    origin.set(path, "<rss/>")
    assert get(client, f"{origin.url}/old").exchange.status == 200
    assert origin.requests[-1].path == path


def test_an_address_in_utf_8_is_one_beside_a_header_in_latin_1(client: Client, origin: Origin) -> None:
    headers = {"Location": "/新".encode().decode("latin-1"), "X-Place": "caf\xe9"}
    origin.set("/old", "", status=302, headers=headers)
    origin.set("/%E6%96%B0", "<rss/>")
    assert get(client, f"{origin.url}/old").exchange.status == 200


def test_conditions_go_along_and_304_at_the_end_is_nothing_new(client: Client, origin: Origin) -> None:
    redirect(origin, "/old", "/feed")
    origin.set("/feed", "<rss/>")
    received = get(client, f"{origin.url}/old")
    again = get(client, f"{origin.url}/old", received.validators)
    assert isinstance(again, NotModified)
    assert [hop.status for hop in again.exchange.hops] == [302, 304]


def test_304_to_a_request_without_conditions_is_a_bad_status(client: Client, origin: Origin) -> None:
    """RFC 9110 §15.4.5: it answers conditional requests only; there is nothing here it could stand for."""
    origin.set("/feed", "", status=304)
    for validators in (Validators(), Validators(digest="0123")):
        with pytest.raises(BadStatus, match="304 to a request without conditions") as raised:
            get(client, f"{origin.url}/feed", validators)
        assert raised.value.status == 304


@each_redirect
def test_a_redirect_to_nowhere_is_a_bad_status(client: Client, origin: Origin, status: int) -> None:
    redirect(origin, "/feed", None, status)
    with pytest.raises(BadStatus, match=f"HTTP {status}") as raised:
        get(client, f"{origin.url}/feed")
    assert raised.value.status == status
    assert len(origin.requests) == 1


@pytest.mark.parametrize("status", [300, 304, 305, 306, 309, 201])
def test_a_location_beside_another_status_leads_nowhere(client: Client, origin: Origin, status: int) -> None:
    redirect(origin, "/feed", "/new", status)
    if status == 201:
        get(client, f"{origin.url}/feed")
    else:
        with pytest.raises(BadStatus):
            get(client, f"{origin.url}/feed")
    assert len(origin.requests) == 1


# ── how many ────────────────────────────────────────────────────────────────────────────────────


def test_redirects_are_followed_five_times_and_no_more(client: Client, origin: Origin) -> None:
    for number in range(6):
        redirect(origin, f"/{number}", f"/{number + 1}")
    origin.set("/6", "<rss/>")
    assert len(get(client, f"{origin.url}/1").exchange.hops) == 6
    with pytest.raises(BadStatus, match="more than 5 redirects"):
        get(client, f"{origin.url}/0")
    assert len(origin.requests) == 6 + 6


@pytest.mark.parametrize(
    "circle", [["/a"], ["/a", "/b"], ["/a", "/b", "/c"], [""]], ids=["itself", "two", "three", "no value"]
)
@each_redirect
def test_a_circle_ends(client: Client, origin: Origin, circle: list[str], status: int) -> None:
    for path, target in zip(circle, circle[1:] + circle[:1], strict=True):
        redirect(origin, path or "/a", target, status)
    journal = client.journal()
    with pytest.raises(BadStatus, match="redirects in a circle"):
        get(client, f"{origin.url}/a", journal=journal)
    assert len(origin.requests) == len(circle)
    assert journal.exchange().moved_to is None


# ── where nobody may go ─────────────────────────────────────────────────────────────────────────

REFUSED: dict[str, tuple[str, type[SourceError]]] = {
    "a file": ("file:///etc/passwd", UnsafeURL),
    "a file without slashes": ("file:/etc/passwd", UnsafeURL),
    "ftp": ("ftp://127.0.0.1/feed", UnsafeURL),
    "data": ("data:application/rss+xml,<rss/>", UnsafeURL),
    "gopher": ("gopher://127.0.0.1:6379/_INFO", UnsafeURL),
    "javascript": ("javascript:alert(1)", UnsafeURL),
    "a scheme that is ours but for a letter": ("httpx://127.0.0.1/", UnsafeURL),
    "another address inside": ("http://127.0.0.3:{port}/feed", UnsafeURL),
    "one spelled in IPv6": ("http://[::ffff:127.0.0.3]:{port}/feed", UnsafeURL),
    "a cloud's metadata": ("http://169.254.169.254/latest/meta-data", UnsafeURL),
    "half an address": ("http://[::1", UnsafeURL),
    "no host but a port": ("http://:80/feed", UnsafeURL),
    "a port beyond": ("http://127.0.0.1:99999/", UnsafeURL),
    "a port that is a word": ("http://127.0.0.1:feed/", UnsafeURL),
    "a port below": ("http://127.0.0.1:-1/", UnsafeURL),
    "a host of blanks": ("http://127.0.0.1 .example/", UnsafeURL),
}


@pytest.mark.parametrize(("location", "error"), REFUSED.values(), ids=REFUSED)
def test_a_redirect_to_where_nobody_may_go_is_refused(
    client: Client, origin: Origin, location: str, error: type[SourceError]
) -> None:
    redirect(origin, "/feed", location.format(port=origin.port))
    origin.set("/", "<rss/>")
    with pytest.raises(error):
        get(client, f"{origin.url}/feed")
    assert len(origin.requests) == 1


# ── what goes along ─────────────────────────────────────────────────────────────────────────────


@each_redirect
def test_nothing_private_goes_to_another_host(
    client: Client, origin: Origin, elsewhere: Origin, status: int
) -> None:
    redirect(origin, "/feed", f"{elsewhere.url}/feed", status)
    get(client, f"{origin.url}/feed", **PRIVATE)
    assert origin.requests[0].headers.keys() >= PRIVATE_NAMES
    [request] = elsewhere.requests
    assert request.headers.keys() == {"host", "user-agent", "accept", "accept-encoding"}


def test_another_port_is_another_host(client: Client, origin: Origin) -> None:
    with Origin() as neighbour:
        neighbour.set("/feed", "<rss/>")
        redirect(origin, "/feed", f"{neighbour.url}/feed")
        get(client, f"{origin.url}/feed", **PRIVATE)
        assert not PRIVATE_NAMES & neighbour.requests[0].headers.keys()


def test_another_name_of_the_same_address_is_another_host(client: Client, origin: Origin) -> None:
    redirect(origin, "/feed", f"http://2130706433:{origin.port}/new")
    origin.set("/new", "<rss/>")
    get(client, f"{origin.url}/feed", **PRIVATE)
    assert not PRIVATE_NAMES & origin.requests[1].headers.keys()


def test_what_is_private_comes_home_again(client: Client, origin: Origin, elsewhere: Origin) -> None:
    redirect(origin, "/feed", f"{elsewhere.url}/back")
    redirect(elsewhere, "/back", f"{origin.url}/new")
    origin.set("/new", "<rss/>")
    get(client, f"{origin.url}/feed", **PRIVATE)
    assert [request.headers.keys() >= PRIVATE_NAMES for request in origin.requests] == [True, True]
    assert not PRIVATE_NAMES & elsewhere.requests[0].headers.keys()


def test_what_is_private_stays_at_home_from_the_first_request_on(
    client: Client, origin: Origin, elsewhere: Origin
) -> None:
    """An article's page, or an address that was adopted, may be at another host than its source."""
    source = make.source(url=f"{origin.url}/feed", allow=BOTH, **PRIVATE)
    client.get(f"{elsewhere.url}/feed", Validators(), source=source, now=NOW)
    assert not PRIVATE_NAMES & elsewhere.requests[0].headers.keys()


@pytest.mark.parametrize(
    ("start", "location", "kept"),
    [
        ("http://a.example/feed", "https://a.example/feed", True),
        ("http://a.example/feed", "//a.example/new", True),
        ("http://a.example:80/feed", "http://A.example/new", True),
        ("http://a.example/feed", "https://me:pass@a.example/new", True),
        ("http://a.example/feed", "https://a.example:8443/feed", False),
        ("http://a.example:8080/feed", "https://a.example/feed", False),
        ("https://a.example/feed", "http://a.example/feed", False),
        ("https://a.example/feed", "https://www.a.example/feed", False),
        ("https://a.example/feed", "https://a.example.b.example/feed", False),
        ("https://a.example/feed", "https://a.example@b.example/feed", False),
        ("https://a.example/feed", "https://a.example\\@b.example/feed", False),
        ("https://a.example/feed", "https://b.example\\a.example/feed", False),
    ],
)
def test_private_headers_and_a_body_are_kept_by_the_same_host_alone(
    start: str, location: str, kept: bool
) -> None:
    secrets = Secrets({})
    asked = ask(start, Validators(), make.source(url=start, **PRIVATE), secrets).redirected(location, 302)
    assert {name.decode() for name, _ in asked.fields} >= PRIVATE_NAMES or not kept
    assert bool({name.decode() for name, _ in asked.fields} & PRIVATE_NAMES) == kept
    assert "@" not in asked.url
    posted = ask(start, Validators(), make.source(url=start, method="POST", body="b"), secrets)
    if kept:
        assert posted.redirected(location, 307).body == b"b"
    else:
        with pytest.raises(UnsafeURL, match="redirects a POST to another host"):
            posted.redirected(location, 307)


def test_a_get_after_a_post_stays_one() -> None:
    start = "https://a.example/api"
    posted = ask(start, Validators(), make.source(url=start, method="POST", body="b"), Secrets({}))
    got = posted.redirected("/new", 303).redirected("/newer", 307)
    assert (got.method, got.url, got.body) == ("GET", "https://a.example/newer", None)


# ── what is remembered of them ──────────────────────────────────────────────────────────────────

CHAINS: dict[str, tuple[list[int], int | None]] = {
    "none": ([], None),
    "one for good": ([301], 1),
    "one for good that keeps the method": ([308], 1),
    "one for now": ([302], None),
    "see other": ([303], None),
    "one for now that keeps the method": ([307], None),
    "all for good": ([301, 308, 301], 3),
    "for good, then for now": ([301, 302], 1),
    "for good twice, then for now, then for good": ([301, 308, 307, 301], 2),
    "for now, then for good": ([302, 301], None),
    "five for good": ([301] * 5, 5),
}


@pytest.mark.parametrize(("statuses", "moved"), CHAINS.values(), ids=CHAINS)
def test_permanent_redirects_count_from_the_start_of_the_chain(
    client: Client, origin: Origin, statuses: list[int], moved: int | None
) -> None:
    for number, status in enumerate(statuses):
        redirect(origin, f"/{number}", f"/{number + 1}", status)
    origin.set(f"/{len(statuses)}", "<rss/>")
    exchange = get(client, f"{origin.url}/0").exchange
    expected = [*statuses, 200]
    assert exchange.hops == tuple(
        Hop(url=f"{origin.url}/{number}", status=status) for number, status in enumerate(expected)
    )
    assert exchange.moved_to == (None if moved is None else f"{origin.url}/{moved}")


def test_a_redirect_that_ends_in_trouble_is_remembered_as_far_as_it_went(
    client: Client, origin: Origin
) -> None:
    redirect(origin, "/feed", "/gone", 301)
    journal = client.journal()
    with pytest.raises(BadStatus):
        get(client, f"{origin.url}/feed", journal=journal)
    assert [hop.status for hop in journal.exchange().hops] == [301, 404]


def test_freshness_is_that_of_the_last_answer(client: Client, origin: Origin) -> None:
    headers = {"Location": "/feed", "Cache-Control": "max-age=600"}
    origin.set("/old", "", status=302, headers=headers)
    origin.set("/feed", "<rss/>")
    assert get(client, f"{origin.url}/old").exchange.fresh_until is None
