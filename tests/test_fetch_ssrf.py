"""No address, however spelled and however come by, leads where a source may not go.

A server listens at 127.0.0.1 and must see no connection. 127.0.0.2, which is allowed, stands for what is
public. Names are looked up in a table, and no connection can leave this machine.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpcore
import pytest

from feeds.errors import SourceError, Unreachable, UnsafeURL
from feeds.fetch.client import Client
from feeds.fetch.network import VettedBackend
from feeds.model import Received, Validators
from tests import make
from tests.origin import Origin

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
OUTSIDE = "127.0.0.2"
ALLOWED = (f"{OUTSIDE}/32",)
PUBLIC = "93.184.216.34"
NAMES = {
    "good.example": [OUTSIDE],
    "public.example": [PUBLIC],
    "inside.example": ["127.0.0.1"],
    "inside6.example": ["::1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "metadata.example": ["169.254.169.254"],
    "both.example": [OUTSIDE, "127.0.0.1"],
    "localhost": ["127.0.0.1"],
    "localhost.": ["127.0.0.1"],
}


def look_up(host: str, port: int, **options: Any) -> list[Any]:
    """Names from the table; anything else as the system reads an address, without asking anybody."""
    if host.lower() in NAMES:
        return [(0, socket.SOCK_STREAM, 6, "", (address, port)) for address in NAMES[host.lower()]]
    return list(socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST, **options))


class OnlyHere(httpcore.SyncBackend):
    """Connects to this machine alone, where no test listens at port 80; remembers where it should have."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[str] = []

    def connect_tcp(self, host: str, port: int, *options: Any, **more: Any) -> httpcore.NetworkStream:
        self.places.append(host)
        if not host.startswith("127.") or port == 80:
            raise httpcore.ConnectError(f"nobody is at {host}, port {port}")
        return super().connect_tcp(host, port, *options, **more)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> OnlyHere:
    """What every connection goes through."""
    here = OnlyHere()
    monkeypatch.setattr(
        "feeds.fetch.client.VettedBackend", partial(VettedBackend, backend=here, resolver=look_up)
    )
    return here


@pytest.fixture
def client(network: OnlyHere) -> Iterator[Client]:
    made = Client(monotonic=time.monotonic)
    yield made
    made.close()


@pytest.fixture
def target() -> Iterator[socket.socket]:
    """Who listens inside, and never accepts: who connects waits there to be counted."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


@pytest.fixture
def outside() -> Iterator[Origin]:
    with Origin(host=OUTSIDE) as serving:
        serving.set("/feed", "<rss/>")
        yield serving


def get(client: Client, url: str, **policy: Any) -> Received:
    source = make.source(**({"url": url, "allow": ALLOWED} | policy))
    outcome = client.get(url, Validators(), source=source, now=NOW)
    assert isinstance(outcome, Received)
    return outcome


def port_of(target: socket.socket) -> int:
    return int(target.getsockname()[1])


def connections(target: socket.socket) -> int:
    """How many came in."""
    for number in range(100):
        try:
            target.accept()[0].close()
        except BlockingIOError:
            return number
    return 100


URLS: dict[str, str] = {
    "as it is": "http://127.0.0.1:{port}/",
    "https": "https://127.0.0.1:{port}/",
    "decimal": "http://2130706433:{port}/",
    "octal": "http://017700000001:{port}/",
    "octal parts": "http://0177.0.0.01:{port}/",
    "hexadecimal": "http://0x7f000001:{port}/",
    "hexadecimal in upper case": "http://0X7F000001:{port}/",
    "hexadecimal parts": "http://0x7f.0x0.0x0.0x1:{port}/",
    "mixed parts": "http://0x7f.0.0.01:{port}/",
    "two parts": "http://127.1:{port}/",
    "three parts": "http://127.0.1:{port}/",
    "zeros in front": "http://127.000.000.001:{port}/",
    "this network": "http://0.0.0.0:{port}/",
    "this network, short": "http://0:{port}/",
    "another one of loopback": "http://127.255.255.254:{port}/",
    "the next to the allowed one": "http://127.0.0.3:{port}/",
    "beyond 32 bits": "http://4425673729:{port}/",
    "loopback 6": "http://[::1]:{port}/",
    "loopback 6, long": "http://[0:0:0:0:0:0:0:1]:{port}/",
    "unspecified 6": "http://[::]:{port}/",
    "mapped": "http://[::ffff:127.0.0.1]:{port}/",
    "mapped, hexadecimal": "http://[::ffff:7f00:1]:{port}/",
    "mapped, long": "http://[0000:0000:0000:0000:0000:ffff:7f00:0001]:{port}/",
    "compatible": "http://[::127.0.0.1]:{port}/",
    "translated": "http://[::ffff:0:127.0.0.1]:{port}/",
    "NAT64": "http://[64:ff9b::127.0.0.1]:{port}/",
    "NAT64, hexadecimal": "http://[64:FF9B::7F00:1]:{port}/",
    "6to4": "http://[2002:7f00:1::1]:{port}/",
    "Teredo": "http://[2001:0:4136:e378:8000:63bf:80ff:fffe]:{port}/",
    "with an interface": "http://[::1%25lo]:{port}/",
    "with an interface, not encoded": "http://[::1%lo]:{port}/",
    "IPvFuture": "http://[v1.127.0.0.1]:{port}/",
    "behind a user": "http://good.example@127.0.0.1:{port}/",
    "behind user and password": "http://good.example:80@127.0.0.1:{port}/",
    "behind two users": "http://a@good.example@127.0.0.1:{port}/",
    "behind an encoded at sign": "http://good.example%40127.0.0.1:{port}/",
    "before a fragment with a host": "http://127.0.0.1:{port}#@good.example/",
    "before a query with a host": "http://127.0.0.1:{port}?@good.example/",
    "before a path with a host": "http://127.0.0.1:{port}/@good.example/",
    "a backslash before a host": "http://127.0.0.1:{port}\\@good.example/",
    "a backslash behind a host": "http://good.example\\@127.0.0.1:{port}/",
    "backslashes for slashes": "http:\\\\127.0.0.1:{port}\\",
    "backslashes behind slashes": "http://\\127.0.0.1:{port}/",
    "no slash": "http:127.0.0.1:{port}/",
    "many slashes": "http://///127.0.0.1:{port}/",
    "percent-encoded digits": "http://%31%32%37.0.0.1:{port}/",
    "percent-encoded dots": "http://127%2e0%2e0%2e1:{port}/",
    "encoded twice": "http://%2531%2532%2537.0.0.1:{port}/",
    "fullwidth digits": "http://１２７.０.０.１:{port}/",
    "ideographic dots": "http://127。0。0。1:{port}/",
    "halfwidth dots": "http://127｡0｡0｡1:{port}/",
    "digits in circles": "http://①②⑦.⓪.⓪.①:{port}/",
    "a soft hyphen": "http://127.0.0\u00ad.1:{port}/",
    "a space of no width": "http://127.0.0.1\u200b:{port}/",
    "a trailing dot": "http://127.0.0.1.:{port}/",
    "a name": "http://localhost:{port}/",
    "a name in upper case": "http://LOCALHOST:{port}/",
    "a name with a trailing dot": "http://localhost.:{port}/",
    "a name in letters of other kinds": "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{port}/",
    "a name that leads inside": "http://inside.example:{port}/",
    "a name that leads inside by IPv6": "http://inside6.example:{port}/",
    "a name that leads inside, mapped": "http://mapped.example:{port}/",
    "a name that leads to both": "http://both.example:{port}/",
    "private 10": "http://10.0.0.1:{port}/",
    "private 172": "http://172.16.0.1:{port}/",
    "private 192": "http://192.168.0.1:{port}/",
    "a carrier's": "http://100.64.0.1:{port}/",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "metadata by name": "http://metadata.example/latest/meta-data/",
    "metadata by IPv6": "http://[fd00:ec2::254]/latest/meta-data/",
    "link-local": "http://[fe80::1]:{port}/",
    "broadcast": "http://255.255.255.255:{port}/",
    "multicast": "http://239.255.255.250:1900/",
    "ssh of a public host": "http://public.example:22/",
    "mail of a public host": "http://public.example:25/",
    "Redis of a public host": "http://public.example:6379/",
    "Redis of a public address": f"http://{PUBLIC}:6379/",
    "a port beyond": "http://public.example:65616/",
    "a port in fullwidth digits": "http://127.0.0.1:８０/",
    "another scheme": "gopher://127.0.0.1:{port}/_",
    "a file": "file://127.0.0.1/etc/passwd",
    "a header in the host": "http://good.example%0d%0aHost:127.0.0.1:{port}/",
}
each_url = pytest.mark.parametrize("url", URLS.values(), ids=URLS)
STAYS = {"http:127.0.0.1:{port}/", "http://///127.0.0.1:{port}/", "http:\\\\127.0.0.1:{port}\\"}
"""As a redirect these are relative: they name a path of the same host."""


@each_url
def test_no_address_leads_inside(client: Client, network: OnlyHere, target: socket.socket, url: str) -> None:
    with pytest.raises((UnsafeURL, Unreachable)):
        get(client, url.format(port=port_of(target)))
    assert connections(target) == 0
    assert set(network.places) <= {OUTSIDE}


@each_url
@pytest.mark.parametrize("hops", [1, 3])
def test_no_redirect_leads_inside(
    client: Client, network: OnlyHere, target: socket.socket, outside: Origin, url: str, hops: int
) -> None:
    location = url.format(port=port_of(target)).encode().decode("latin-1")
    for number in range(1, hops):
        outside.set(f"/{number - 1}", "", status=302, headers={"Location": f"/{number}"})
    outside.set(f"/{hops - 1}", "", status=302, headers={"Location": location})
    with pytest.raises(SourceError) as raised:
        get(client, f"{outside.url}/0")
    if url not in STAYS:
        assert isinstance(raised.value, UnsafeURL | Unreachable)
        assert len(outside.requests) == hops
    assert connections(target) == 0
    assert set(network.places) == {OUTSIDE}


@pytest.mark.parametrize(
    "location",
    ["//127.0.0.1:{port}/", "http://127.0.0.1:{port}", "\\\\127.0.0.1:{port}/", "/\\127.0.0.1:{port}/"],
)
def test_no_relative_redirect_leads_inside(
    client: Client, target: socket.socket, outside: Origin, location: str
) -> None:
    outside.set("/old", "", status=302, headers={"Location": location.format(port=port_of(target))})
    with pytest.raises(SourceError):
        get(client, f"{outside.url}/old")
    assert connections(target) == 0


# ── what is allowed, and nothing else ───────────────────────────────────────────────────────────


def test_what_is_allowed_is_asked_for(client: Client, network: OnlyHere, outside: Origin) -> None:
    assert get(client, f"{outside.url}/feed").exchange.status == 200
    assert get(client, f"http://good.example:{outside.port}/feed").exchange.status == 200
    assert set(network.places) == {OUTSIDE}


@pytest.mark.parametrize(
    "url",
    [
        "http://127.2:{port}/feed",
        "http://2130706434:{port}/feed",
        "http://0x7f000002:{port}/feed",
        "http://127.0.0.1@127.0.0.2:{port}/feed",
    ],
    ids=["short", "decimal", "hexadecimal", "behind a user"],
)
def test_what_is_allowed_is_allowed_in_any_spelling(client: Client, outside: Origin, url: str) -> None:
    assert get(client, url.format(port=outside.port)).exchange.status == 200


@pytest.mark.parametrize(
    "allow",
    [(), ("10.0.0.0/8",), ("127.0.0.0/32",), ("127.0.0.2/32",), ("::1",), ("::ffff:127.0.0.2/128",)],
    ids=lambda allow: ", ".join(allow) or "nothing",
)
def test_what_is_allowed_opens_nothing_beside_it(
    client: Client, target: socket.socket, allow: tuple[str, ...]
) -> None:
    with pytest.raises(UnsafeURL, match="not a public address"):
        get(client, f"http://127.0.0.1:{port_of(target)}/", allow=allow)
    assert connections(target) == 0


def test_what_one_source_opened_is_closed_to_another(client: Client, outside: Origin) -> None:
    """Also while the connection of the first is kept."""
    get(client, f"{outside.url}/feed")
    with pytest.raises(UnsafeURL):
        get(client, f"{outside.url}/feed", allow=())
    with pytest.raises(UnsafeURL):
        get(client, f"{outside.url}/feed", allow=("127.0.0.3/32",))
    assert len(outside.requests) == 1


def test_a_port_that_a_source_names_is_open_to_it_alone(client: Client, network: OnlyHere) -> None:
    with pytest.raises(Unreachable):
        get(client, "http://public.example:6379/", ports=(6379,))
    assert network.places == [PUBLIC]
    with pytest.raises(UnsafeURL, match="port 6379 is closed"):
        get(client, "http://public.example:6379/")
    assert network.places == [PUBLIC]


def test_a_name_that_moves_inside_after_it_was_vetted_is_not_asked_again(
    client: Client, outside: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(NAMES, "good.example", [OUTSIDE])
    get(client, f"http://good.example:{outside.port}/feed")
    monkeypatch.setitem(NAMES, "good.example", ["127.0.0.1"])
    assert get(client, f"http://good.example:{outside.port}/feed").exchange.status == 200  # the kept one
    client.close()
    fresh = Client(monotonic=time.monotonic)
    with pytest.raises(UnsafeURL):
        get(fresh, f"http://good.example:{outside.port}/feed")
    fresh.close()
