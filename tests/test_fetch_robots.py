"""robots.txt, as RFC 9309 has it: what cannot be had for a while is not the same as what is not there."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from feeds.crawl import Robots
from feeds.errors import OwnNetwork, SecretMissing
from feeds.fetch.client import Client, Limits
from feeds.fetch.network import VettedBackend
from feeds.fetch.robots import KEPT, MOST_DELAY, RETRY, fetch_robots, is_allowed, site_of
from tests import make
from tests.origin import Origin

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
NOBODY = "User-agent: *\nDisallow: /\n"
PLAIN = "text/plain"


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(monotonic=time.monotonic, limits=Limits(connect=1.0, read=1.0, total=2.0))
    yield made
    made.close()


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as serving:
        yield serving


def fetched(client: Client, origin: Origin | str, **policy: Any) -> Robots:
    """What the robots.txt of a site says to a source that has a page there."""
    url = f"{origin if isinstance(origin, str) else origin.url}/news/1"
    source = make.source(**({"url": url, "allow": ("127.0.0.0/8",)} | policy))
    return fetch_robots(client, url, source, now=NOW)


def told(client: Client, origin: Origin, text: bytes | str, **policy: Any) -> Robots:
    origin.set("/robots.txt", text, media_type=PLAIN)
    return fetched(client, origin, **policy)


def allows(robots: Robots, path: str = "/news/1", **policy: Any) -> bool:
    return is_allowed(robots, f"https://a.example{path}", make.source(**policy))


# ── whose it is (§2.3) ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://a.example/news?q#f", "https://a.example:443"),
        ("http://A.Example", "http://a.example:80"),
        ("http://a.example:8080/", "http://a.example:8080"),
        ("https://me:pass@a.example/", "https://a.example:443"),
        ("http://[::1]/news", "http://[::1]:80"),
        ("https://[2001:DB8::1]:8443/", "https://[2001:db8::1]:8443"),
    ],
)
def test_a_site_is_scheme_host_and_port(url: str, site: str) -> None:
    assert site_of(url) == site


# ── one that is not there, or not to be had (§2.3.1) ────────────────────────────────────────────


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_where_none_is_there_all_is_allowed_for_a_day(client: Client, origin: Origin, status: int) -> None:
    """§2.3.1.3: unavailable, which any 4xx says."""
    origin.set("/robots.txt", NOBODY, status=status)
    robots = fetched(client, origin)
    assert robots == Robots(text="", until=NOW + timedelta(hours=24))
    assert allows(robots)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599, 429])
def test_where_it_cannot_be_had_nothing_is_allowed_for_ten_minutes(
    client: Client, origin: Origin, status: int
) -> None:
    """§2.3.1.4: unreachable, which 5xx says; 429 asks for less, not for more."""
    origin.set("/robots.txt", "", status=status, headers={"Retry-After": "5"})
    robots = fetched(client, origin)
    assert robots == Robots(text=None, until=NOW + timedelta(minutes=10))
    assert not allows(robots)


def test_a_bot_wall_is_judged_by_its_status(client: Client, origin: Origin) -> None:
    for status, text in ((403, ""), (503, None)):
        origin.set("/robots.txt", "", status=status, headers={"CF-Mitigated": "challenge"})
        assert fetched(client, origin).text == text


def test_where_nobody_answers_nothing_is_allowed_for_ten_minutes(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert fetched(client, url) == Robots(text=None, until=NOW + RETRY)
    assert fetched(client, url) == Robots(text=None, until=NOW + RETRY)


def test_our_own_trouble_says_nothing_of_a_site(
    client: Client, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a network that is down nor a proxy whose password is not set here."""

    def no_resolver(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    with pytest.raises(SecretMissing):
        fetched(client, origin, proxy="http://me:${secret.GONE}@127.0.0.1:3128")
    monkeypatch.setattr("feeds.fetch.client.VettedBackend", partial(VettedBackend, resolver=no_resolver))
    with pytest.raises(OwnNetwork):
        fetched(client, "http://publisher.invalid")


# ── redirects (§2.3.1.2) ────────────────────────────────────────────────────────────────────────


def test_five_redirects_are_followed_even_to_another_host(client: Client, origin: Origin) -> None:
    with Origin(host="127.0.0.2") as other:
        for number in range(1, 5):
            origin.set(f"/{number}", "", status=302, headers={"Location": f"/{number + 1}"})
        origin.set("/robots.txt", "", status=301, headers={"Location": "/1"})
        origin.set("/4", "", status=302, headers={"Location": f"{other.url}/r"})
        other.set("/r", NOBODY, media_type=PLAIN)
        robots = fetched(client, origin)
    assert not allows(robots)
    assert robots.until == NOW + KEPT


def test_six_redirects_are_as_if_none_was_there(client: Client, origin: Origin) -> None:
    origin.set("/robots.txt", "", status=302, headers={"Location": "/robots.txt"})
    assert fetched(client, origin) == Robots(text="", until=NOW + KEPT)


def test_a_redirect_inside_is_as_if_none_was_there(client: Client, origin: Origin) -> None:
    origin.set("/robots.txt", "", status=302, headers={"Location": "http://10.0.0.1/robots.txt"})
    assert fetched(client, origin) == Robots(text="", until=NOW + KEPT)


# ── what it says (§2.2) ─────────────────────────────────────────────────────────────────────────

GROUPS: dict[str, tuple[str, bool]] = {
    "nothing": ("", True),
    "all for everybody": (NOBODY, False),
    "an empty rule": ("User-agent: *\nDisallow:\n", True),
    "for others": ("User-agent: otherbot\nDisallow: /\n", True),
    "for us": ("User-agent: feedmill\nDisallow: /\n", False),
    "for us, in any case (§2.2.1)": ("USER-AGENT: FeedMill\nDISALLOW: /\n", False),
    "ours before everybody's": (f"{NOBODY}\nUser-agent: feedmill\nAllow: /\n", True),
    "ours before everybody's, in another order": (
        f"User-agent: feedmill\nDisallow: /private\n\n{NOBODY}",
        True,
    ),
    "everybody's does not add to ours": ("User-agent: *\nDisallow: /news\n\nUser-agent: feedmill\n", True),
    "two groups of ours are one (§2.2.1)": (
        "User-agent: feedmill\nDisallow: /a\n\nUser-agent: feedmill\nDisallow: /news\n",
        False,
    ),
    "a group of several": ("User-agent: otherbot\nUser-agent: feedmill\nDisallow: /\n", False),
    "a longer name that begins alike": ("User-agent: feedmillbot\nDisallow: /\n", True),
    "the longest rule (§2.2.2)": ("User-agent: *\nDisallow: /news\nAllow: /news/1\n", True),
    "allow where they are alike (§2.2.2)": ("User-agent: *\nDisallow: /news\nAllow: /news\n", True),
    "a wildcard (§2.2.3)": ("User-agent: *\nDisallow: /*/1$\n", False),
    "a comment (§2.2)": ("User-agent: * # all\n# Allow: /\nDisallow: / # of it\n", False),
    "carriage returns": ("User-agent: *\rDisallow: /\r", False),
    "rules without a group": ("Disallow: /\n", True),
    "HTML instead": ("<!doctype html><html><body><h1>Welcome</h1><p>News: all</p></body></html>", True),
    "JSON instead": ('{"disallow": "/"}', True),
}


@pytest.mark.parametrize(("text", "expected"), GROUPS.values(), ids=GROUPS)
def test_the_group_for_us_holds_else_everybodys(
    client: Client, origin: Origin, text: str, expected: bool
) -> None:
    robots = told(client, origin, text)
    assert allows(robots) == expected
    assert robots.until == NOW + KEPT


@pytest.mark.xfail(strict=True, reason="Protego takes a name that ours begins with for ours")
def test_a_shorter_name_that_ours_begins_with_is_not_ours(client: Client, origin: Origin) -> None:
    """§2.2.1: the product token is matched as a whole."""
    assert not allows(told(client, origin, f"{NOBODY}\nUser-agent: feed\nAllow: /\n"))


def test_a_name_of_its_own_is_what_a_source_is_called_by(client: Client, origin: Origin) -> None:
    text = f"{NOBODY}\nUser-agent: citybot\nAllow: /\n"
    policy = {"user_agent": "CityBot/2.0 (+https://city.example)"}
    assert allows(told(client, origin, text, **policy), **policy)
    assert not allows(told(client, origin, text))


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf" + NOBODY.encode(),
        NOBODY.encode() + b"# caf\xe9\n",
        NOBODY.replace("\n", "\r\n").encode(),
        b"User-agent: *\nDisallow: /%6eews\nDisallow: /\xe6\x96\xb0\n",
    ],
    ids=["byte order mark", "latin-1", "CRLF", "encoded"],
)
def test_bytes_that_are_not_all_utf_8_are_still_rules(client: Client, origin: Origin, body: bytes) -> None:
    assert not allows(told(client, origin, body))


def test_the_first_500_kib_are_read_and_only_whole_lines_of_them(client: Client, origin: Origin) -> None:
    """§2.5: at least so much. Half of the last rule would be ``Disallow: /``."""
    start = "User-agent: *\nDisallow: /first\n"
    line = "Disallow: /padding\n"
    cut = "Disallow: /"
    filling = line * ((500 * 1024 - len(start) - len(cut)) // len(line))
    filling += "#" * (500 * 1024 - len(start) - len(filling) - len(cut) - 1) + "\n"
    text = f"{start}{filling}{cut}second\n" + line * 5000 + "Disallow: /third\n"
    assert text[: 500 * 1024].endswith(f"\n{cut}")
    assert len(text) > 590_000
    robots = told(client, origin, text)
    assert [allows(robots, path) for path in ("/first", "/padding", "/second", "/third", "/")] == [
        *(False, False),
        *(True, True, True),
    ]


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("5", 5.0),
        ("0.5", 0.5),
        ("0", 0.0),
        ("300", 300.0),
        ("301", MOST_DELAY),
        ("86400", MOST_DELAY),
        ("1e99", MOST_DELAY),
        ("inf", 0.0),
        ("nan", 0.0),
        ("-5", 0.0),
        ("soon", 0.0),
        ("", 0.0),
    ],
)
def test_a_crawl_delay_counts_up_to_five_minutes(
    client: Client, origin: Origin, text: str, delay: float
) -> None:
    """No word of RFC 9309, but of many publishers."""
    assert told(client, origin, f"User-agent: *\nCrawl-delay: {text}\n").delay == delay


def test_the_crawl_delay_of_our_group_holds(client: Client, origin: Origin) -> None:
    groups = "User-agent: *\nCrawl-delay: 60\n\nUser-agent: feedmill\nCrawl-delay: 2\n"
    assert told(client, origin, groups).delay == 2.0


# ── how it is asked for ─────────────────────────────────────────────────────────────────────────


def test_it_is_asked_for_without_credentials(client: Client, origin: Origin) -> None:
    told(
        client,
        origin,
        NOBODY,
        method="POST",
        body="${secret.GONE}",
        headers={"X-Key": "${secret.GONE}"},
        cookies={"session": "${secret.GONE}"},
        auth="me:${secret.GONE}",
        contact="mailto:desk@city.example",
    )
    [request] = origin.requests
    assert (request.method, request.path) == ("GET", "/robots.txt")
    assert request.headers.keys() == {"host", "user-agent", "accept", "accept-encoding"}
    assert "mailto:desk@city.example" in request.user_agent


def test_a_secret_of_the_sources_address_is_not_needed_for_it(client: Client, origin: Origin) -> None:
    robots = told(client, origin, NOBODY, url=f"{origin.url}/feed?k=${{secret.GONE}}")
    assert not allows(robots)
    assert origin.requests[0].path == "/robots.txt"


def test_an_address_is_judged_by_path_and_query(client: Client, origin: Origin) -> None:
    robots = told(client, origin, "User-agent: *\nDisallow: /news?page=\nDisallow: /报\n")
    paths = ("/news?page=2", "/news", "/%E6%8A%A5/1", "/报/1")
    assert [allows(robots, path) for path in paths] == [False, True, False, False]
