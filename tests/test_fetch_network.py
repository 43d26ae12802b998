"""Which addresses may be connected to; nothing here connects but to this machine."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import httpcore
import httpx
import pytest

from feeds.errors import OwnNetwork, UnsafeURL
from feeds.fetch.deadline import Deadline
from feeds.fetch.names import Resolver
from feeds.fetch.network import VettedBackend, is_public, networks, vet, vet_literal
from feeds.fetch.reach import MANY, Reach

FOUR, SIX = "93.184.216.34", "2606:4700:4700::1111"
Failing = dict[str, Exception]


class Recorder(httpcore.NetworkBackend):
    """The innermost connect, which only writes down where it would have gone; some places fail."""

    def __init__(self, failing: Failing | None = None) -> None:
        self.places: list[tuple[str, int]] = []
        self.timeouts: list[float | None] = []
        self._failing = failing or {}

    def connect_tcp(self, host: str, port: int, *options: Any, **more: Any) -> httpcore.NetworkStream:
        self.places.append((host, port))
        self.timeouts.append(options[0])
        if host in self._failing:
            raise self._failing[host]
        return httpcore.MockStream([])


def entry(address: str) -> tuple[Any, ...]:
    return socket.AF_UNSPEC, socket.SOCK_STREAM, 6, "", (address, 80)


NAMES = {
    "host.example": [FOUR],
    "both.example": [SIX, FOUR],
    "localhost": ["127.0.0.1"],
    "localhost.": ["::1", "127.0.0.1"],
    "localtest.example": ["127.0.0.1"],
    "metadata.example": ["169.254.169.254"],
    "mixed.example": [FOUR, "10.0.0.1"],
    "mixed6.example": ["fd00::1", SIX],
    "*": [FOUR],
}


def resolver(host: str, port: int, **options: Any) -> list[Any]:
    """Names from the table; anything else as the system reads an address, without asking anybody."""
    known = NAMES.get(host.lower())
    if known is not None:
        return [entry(address) for address in known]
    return list(socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST, **options))


def backend(
    allow: Sequence[str] = (),
    ports: Collection[int] = (),
    *,
    recorder: Recorder | None = None,
    reach: Reach | None = None,
    names: Resolver = resolver,
) -> VettedBackend:
    """A backend for a thread without a deadline; without a recorder it really connects."""
    deadline, reach = Deadline(time.monotonic), reach or Reach(time.monotonic)
    return VettedBackend(networks(allow), ports, deadline, reach, backend=recorder, resolver=names)


def places(host: str, port: int = 80, allow: Sequence[str] = (), **options: Any) -> list[tuple[str, int]]:
    """Where a connection to ``host`` goes."""
    recorder = Recorder()
    backend(allow, recorder=recorder, **options).connect_tcp(host, port, timeout=5)
    return recorder.places


PRIVATE = {
    "loopback": "127.0.0.1",
    "loopback's far end": "127.255.255.254",
    "this network": "0.0.0.0",
    "this network's far end": "0.255.255.255",
    "private 10": "10.1.2.3",
    "private 172": "172.16.0.1",
    "private 172's far end": "172.31.255.255",
    "private 192": "192.168.1.1",
    "carrier's": "100.64.0.1",
    "carrier's far end, a cloud's metadata": "100.100.100.200",
    "link-local, the clouds' metadata": "169.254.169.254",
    "protocol assignments": "192.0.0.8",
    "protocol assignments that are global": "192.0.0.9",
    "NAT64 discovery": "192.0.0.170",
    "a cloud's metadata among protocol assignments": "192.0.0.192",
    "6to4 relays": "192.88.99.1",
    "benchmarking": "198.18.0.1",
    "benchmarking's far end": "198.19.255.255",
    "documentation 1": "192.0.2.1",
    "documentation 2": "198.51.100.1",
    "documentation 3": "203.0.113.1",
    "multicast": "224.0.0.1",
    "multicast with an owner": "239.255.255.250",
    "multicast that is global": "233.252.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "loopback 6": "::1",
    "unspecified 6": "::",
    "unique local": "fd00:ec2::254",
    "unique local, central": "fc00::1",
    "link-local 6": "fe80::1",
    "link-local 6 with its interface": "fe80::1%1",
    "public with an interface": "2606:4700:4700::1111%1",
    "site-local": "fec0::1",
    "multicast 6": "ff02::1",
    "multicast 6 that is global": "ff0e::1",
    "documentation 6": "2001:db8::1",
    "new documentation 6": "3fff::1",
    "benchmarking 6": "2001:2::1",
    "ORCHIDv2": "2001:20::1",
    "port control": "2001:1::1",
    "discard": "100::1",
    "segment routing": "5f00::1",
    "not given to anybody": "4000::1",
    "mapped loopback": "::ffff:127.0.0.1",
    "mapped private": "::ffff:10.0.0.1",
    "mapped metadata": "::ffff:a9fe:a9fe",
    "mapped loopback with an interface": "::ffff:127.0.0.1%1",
    "compatible loopback": "::127.0.0.1",
    "compatible public": "::8.8.8.8",
    "translated loopback": "::ffff:0:127.0.0.1",
    "NAT64 loopback": "64:ff9b::127.0.0.1",
    "NAT64 metadata": "64:ff9b::169.254.169.254",
    "NAT64 of a network's own": "64:ff9b:1::7f00:1",
    "6to4 loopback": "2002:7f00:1::",
    "6to4 private": "2002:a00:1::1",
    "Teredo loopback": "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "Teredo private": "2001:0:4136:e378:8000:63bf:f5ff:fffe",
    "Teredo public": "2001:0:4136:e378:8000:63bf:f7f7:f7f7",
    "ISATAP private": "2606:4700::5efe:10.0.0.1",
    "ISATAP loopback, universal": "2606:4700::200:5efe:127.0.0.1",
    "ISATAP inside 6to4": "2002:808:808::5efe:192.168.0.1",
}
PUBLIC = {
    "IPv4": FOUR,
    "IPv6": SIX,
    "below private 172": "172.15.255.255",
    "above private 172": "172.32.0.0",
    "below the carriers'": "100.63.255.255",
    "above the carriers'": "100.128.0.0",
    "below multicast": "223.255.255.255",
    "below loopback": "126.255.255.255",
    "mapped": "::ffff:8.8.8.8",
    "NAT64": "64:ff9b::8.8.8.8",
    "6to4": "2002:808:808::1",
    "ISATAP": "2606:4700::5efe:8.8.8.8",
    "above Teredo": "2001:200::1",
}


@pytest.mark.parametrize("address", PRIVATE.values(), ids=PRIVATE)
def test_what_is_not_public_is_refused_with_the_way_out(address: str) -> None:
    with pytest.raises(UnsafeURL, match=r"host.example is at .*\[fetch\] allow = \[") as raised:
        vet("host.example", ip_address(address), ())
    assert not is_public(ip_address(address))
    suggested = str(raised.value).split('"')[1]
    vet("host.example", ip_address(address.partition("%")[0]), networks([suggested]))


@pytest.mark.parametrize("address", PRIVATE.values(), ids=PRIVATE)
def test_nothing_connects_to_what_is_not_public(address: str) -> None:
    recorder = Recorder()
    for host in (address, f"[{address}]"):
        with pytest.raises(UnsafeURL):
            backend(recorder=recorder).connect_tcp(host, 80)
    with pytest.raises(UnsafeURL):
        backend(recorder=recorder, names=lambda *_, **__: [entry(address)]).connect_tcp("host.example", 80)
    assert recorder.places == []


@pytest.mark.parametrize("address", PUBLIC.values(), ids=PUBLIC)
def test_what_is_public_is_connected_to_as_vetted(address: str) -> None:
    plain = str(ip_address(address))
    assert is_public(ip_address(address))
    assert places(address) == [(plain, 80)]
    assert places("host.example", names=lambda *_, **__: [entry(address)]) == [(plain, 80)]


def test_nothing_is_public_that_this_python_calls_otherwise() -> None:
    """Whatever release runs this: the edges of all that ipaddress knows as special."""
    constants: list[Any] = [IPv4Address._constants, IPv6Address._constants]  # type: ignore[attr-defined]
    for network in (network for known in constants for network in known._private_networks):
        for number in {int(network[0]), int(network[-1])}:
            address = type(network[0])(number)
            spelled = getattr(address, "ipv4_mapped", None) or address
            assert not is_public(address) or spelled.is_global, address


TRICKS = [
    *("0", "0.0", "00.0.0.0", "0x0", "127.1", "127.0.1", "127.0.0.1", "127.00.0.01", "0177.0.0.1", "0177.1"),
    *("0x7f.0.0.1", "0x7f.1", "0x7F000001", "0X7f000001", "2130706433", "017700000001", "0x7f.0x0.0x0.0x1"),
    *("10.1", "0xa.1", "012.1", "167772161", "192.168.257", "0xc0.0xa8.1.1", "3232235777", "172.1048577"),
    *("169.254.43518", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "0xa9.0xfe.0xa9.0xfe"),
    *("100.4194305", "1681915905", "4294967295", "0xffffffff", "037777777777", "255.255.65535"),
    *(
        "１２７.０.０.１",
        "127。0。0。1",
        "127．0．0．1",
        "127｡0｡0｡1",
        "①②⑦.0.0.1",
        "１６９。２５４。１６９。２５４",
    ),
    *("localhost", "LOCALHOST", "LocalHost.", "localhost.", "localtest.example", "metadata.example"),
    *("0:0:0:0:0:0:0:1", "0000:0000::0001", "[::1]", "::0.0.0.1", "::FFFF:127.0.0.1", "::ffff:7f00:1"),
    *("0:0:0:0:0:ffff:127.0.0.1", "[::ffff:a9fe:a9fe]", "64:FF9B::7F00:1", "::1%lo", "fe80::1%lo", "::%1"),
    *("mixed.example", "mixed6.example"),
]


@pytest.mark.parametrize("host", TRICKS)
def test_no_spelling_leads_inside(host: str) -> None:
    recorder = Recorder()
    with pytest.raises(UnsafeURL, match="not a public address"):
        backend(recorder=recorder).connect_tcp(host, 80)
    assert recorder.places == []


URLS = [
    *("http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/", "http://[::1]/", "http://LOCALHOST/"),
    *("http://host.example@127.0.0.1/", "http://host.example:80@127.0.0.1/", "http://a:b@[::1]:80/"),
    *("http://%31%32%37.0.0.1/", "http://127.0.0.1%2f@host.invalid/", "http://127%2e0%2e0%2e1/"),
    *("http://127。0。0。1/", "http://１２７.0.0.1/", "http://ⓛocalhost/", "http://127.0.0.1.:80/"),
    *("http://[::ffff:127.0.0.1]/", "http://[fe80::1%25eth0]/", "http://[::1%25lo]/", "http://[v1.127]/"),
    *("http://127.0.0.1\\@host.invalid/", "http://127.0.0.1 .host.invalid/", "http:///127.0.0.1/", "http://"),
    *("http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://0/", "http://127.1:80/"),
    *("http://127.0.0.1#@host.example/", "http://127.0.0.1?@host.example/", "http://localhost./"),
    *("http://\u200b127.0.0.1/", "http://127\u00ad.0.0.1/", "http://127.0.0.1\0.host.example/"),
]


@pytest.mark.parametrize("url", URLS, ids=ascii)
def test_no_url_leads_inside(url: str) -> None:
    recorder = Recorder()
    with (
        httpcore.ConnectionPool(network_backend=backend(recorder=recorder)) as pool,
        pytest.raises((UnsafeURL, httpx.InvalidURL, httpcore.ConnectError, httpcore.LocalProtocolError)),
    ):
        pool.request("GET", str(httpx.URL(url)))
    assert recorder.places == []


@pytest.mark.parametrize(
    ("allow", "inside", "outside"),
    [
        ("127.0.0.1/32", ["127.0.0.1", "::ffff:127.0.0.1"], ["127.0.0.0", "127.0.0.2", "::1", "::127.0.0.1"]),
        ("10.1.2.3", ["10.1.2.3", "64:ff9b::10.1.2.3"], ["10.1.2.2", "10.1.2.4", "::10.1.2.3"]),
        ("10.1.2.3/8", ["10.0.0.0", "10.255.255.255"], ["11.0.0.0", "9.255.255.255", "192.168.0.1"]),
        ("192.168.4.0/30", ["192.168.4.0", "192.168.4.3"], ["192.168.3.255", "192.168.4.4"]),
        ("::1", ["::1"], ["::", "::2", "127.0.0.1"]),
        ("fd00::/8", ["fd12::1"], ["fc00::1", "fe80::1"]),
        ("fe80::/10", ["fe80::1", "fe80::1%1"], ["fec0::1", "::1%1"]),
        ("::ffff:0:0/96", ["::ffff:10.0.0.1"], ["10.0.0.1", "::10.0.0.1"]),
        ("2606:4700::/32", ["2606:4700::1%1"], ["2606:46ff::1", "2606:4701::1%1"]),
    ],
)
def test_allow_opens_exactly_what_it_names(allow: str, inside: list[str], outside: list[str]) -> None:
    for address in inside:
        assert places(address, 25, [allow]) == [(str(ip_address(address)), 25)]
    for address in outside:
        with pytest.raises(UnsafeURL):
            places(address, 25, [allow])


def test_a_tunnel_to_an_allowed_address_passes_with_the_ports_of_the_web() -> None:
    for tunnel in ("2002:a01:203::1", "2606:4700::5efe:a01:203"):
        assert places(tunnel, 80, ["10.1.2.3"]) == [(tunnel, 80)]
        for port, allow in ((25, "10.1.2.3"), (80, "10.1.2.2")):
            with pytest.raises(UnsafeURL):
                places(tunnel, port, [allow])


def test_allowed_addresses_have_all_ports_and_public_ones_those_of_the_web() -> None:
    assert places("localhost", 6379, ["127.0.0.0/8"]) == [("127.0.0.1", 6379)]
    assert places("host.example", 8443) == [(FOUR, 8443)]
    assert places("host.example", 25, ports=[25]) == [(FOUR, 25)]
    for host in ("host.example", FOUR, "both.example"):
        with pytest.raises(UnsafeURL, match=rf"{host}: port 25 is closed .*ports = \[25\]"):
            places(host, 25, ["10.0.0.0/8"], ports=[26])
    with pytest.raises(UnsafeURL, match="port 25"):
        places("mixed.example", 25, ["10.0.0.0/8"])


@pytest.mark.parametrize(
    "host", ["127.1", "0x7f.1", "[::1]", "１２７。０。０。１", "%31%32%37.0.0.1", "0127.0.0.1"]
)
def test_a_literal_for_a_proxy_is_vetted_in_any_spelling(host: str) -> None:
    with pytest.raises(UnsafeURL, match="not a public address"):
        vet_literal(host, (), (), 80)
    vet_literal(host, networks(["127.0.0.0/8", "::1", "87.0.0.1"]), (), 25)


def test_a_literal_for_a_proxy_has_the_ports_of_its_source_and_a_name_passes() -> None:
    vet_literal(FOUR, (), (), 443)
    vet_literal(FOUR, (), [25], 25)
    with pytest.raises(UnsafeURL, match="port 25"):
        vet_literal("0x5db8d822", (), (), 25)
    vet_literal("localhost", (), (), 25)


def test_a_name_that_changes_its_address_is_asked_once() -> None:
    answers = iter([[entry(FOUR)], [entry("127.0.0.1")]])
    recorder = Recorder()
    rebinding = backend(recorder=recorder, names=lambda *_, **__: next(answers))
    rebinding.connect_tcp("host.example", 80)
    with pytest.raises(UnsafeURL, match=r"127\.0\.0\.1"):
        rebinding.connect_tcp("host.example", 80)
    assert recorder.places == [(FOUR, 80)]


def failed(code: int) -> httpcore.ConnectError:
    error = httpcore.ConnectError(errno.errorcode[code])
    error.__cause__ = OSError(code, errno.errorcode[code])
    return error


NO_ROUTE, REFUSED = failed(errno.ENETUNREACH), failed(errno.ECONNREFUSED)
SILENT = httpcore.ConnectTimeout("timed out")


def test_addresses_are_tried_in_turn() -> None:
    recorder = Recorder({SIX: NO_ROUTE})
    reach = Reach(time.monotonic)
    backend(recorder=recorder, reach=reach).connect_tcp("both.example", 443, timeout=5)
    assert recorder.places == [(SIX, 443), (FOUR, 443)]
    assert not reach.judge("other.example", NO_ROUTE)


@pytest.mark.parametrize(
    ("failing", "raised"),
    [
        ({SIX: NO_ROUTE, FOUR: NO_ROUTE}, OwnNetwork),
        ({SIX: NO_ROUTE, FOUR: REFUSED}, httpcore.ConnectError),
        ({SIX: REFUSED, FOUR: NO_ROUTE}, httpcore.ConnectError),
        ({SIX: NO_ROUTE, FOUR: SILENT}, httpcore.ConnectTimeout),
        ({SIX: SILENT, FOUR: REFUSED}, httpcore.ConnectError),
    ],
    ids=["no route at all", "refused by IPv4", "refused by IPv6", "silent on IPv4", "refused and silent"],
)
def test_the_most_telling_failure_counts(failing: Failing, raised: type[Exception]) -> None:
    recorder = Recorder(failing)
    with pytest.raises(raised):
        backend(recorder=recorder).connect_tcp("both.example", 80)
    assert len(recorder.places) == 2


def test_our_own_network_counts_against_no_source_until_another_host_is_reached() -> None:
    reach = Reach(time.monotonic)
    lost = backend(["127.0.0.0/8"], recorder=Recorder({FOUR: NO_ROUTE}), reach=reach)
    lost.connect_tcp("localhost", 80)  # ourselves: says nothing
    with pytest.raises(OwnNetwork, match=r"our own network .*, counts against no source") as raised:
        lost.connect_tcp("host.example", 80)
    assert raised.value.__cause__ is NO_ROUTE
    lost.connect_tcp(SIX, 80)
    with pytest.raises(httpcore.ConnectError):
        lost.connect_tcp("host.example", 80)


def unresolved(code: int) -> Callable[..., list[Any]]:
    def names(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror(code, "?")

    return names


def test_no_resolver_is_our_own_network_and_an_unknown_name_is_not() -> None:
    with pytest.raises(OwnNetwork):
        backend(names=unresolved(socket.EAI_AGAIN)).connect_tcp("host.example", 80)
    with pytest.raises(httpcore.ConnectError, match="does not resolve"):
        backend(names=unresolved(socket.EAI_NONAME)).connect_tcp("host.example", 80)
    reach = Reach(time.monotonic)
    reach.reached("other.example")
    with pytest.raises(httpcore.ConnectError, match="does not resolve"):
        backend(names=unresolved(socket.EAI_AGAIN), reach=reach).connect_tcp("host.example", 80)


def test_silent_hosts_of_ours_are_never_our_uplink_and_many_public_ones_are() -> None:
    inside, outside = (
        [f"{prefix}.{number}" for number in range(MANY)] for prefix in ("10.0.0", "93.184.216")
    )
    recorder = Recorder(dict.fromkeys([*inside, *outside], SILENT))
    silent = backend(["10.0.0.0/8"], recorder=recorder)
    for address in inside * 2 + outside[:-1]:
        with pytest.raises(httpcore.ConnectTimeout):
            silent.connect_tcp(address, 80)
    with pytest.raises(OwnNetwork):
        silent.connect_tcp(outside[-1], 80)


def test_each_attempt_ends_by_the_deadline() -> None:
    now = [0.0]
    deadline = Deadline(lambda: now[0])
    recorder = Recorder()
    bounded = VettedBackend((), (), deadline, Reach(lambda: now[0]), backend=recorder, resolver=resolver)
    with deadline.within(2):
        bounded.connect_tcp(FOUR, 80, timeout=5)
        assert recorder.timeouts == [2.0]
        now[0] = 3.0
        with pytest.raises(httpcore.ReadTimeout, match="not complete after 2s"):
            bounded.connect_tcp(FOUR, 80, timeout=5)
    assert len(recorder.places) == 1


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_an_allowed_name_is_really_connected_to_by_its_vetted_address(port: int) -> None:
    stream = backend(["127.0.0.0/8"]).connect_tcp("localhost", port, timeout=5)
    assert stream.get_extra_info("server_addr")[:2] == ("127.0.0.1", port)
    stream.close()


def test_nobody_at_the_address_is_a_connection_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        closed = gone.getsockname()[1]
    with pytest.raises(httpcore.ConnectError):
        backend(["127.0.0.0/8"]).connect_tcp("127.0.0.1", closed, timeout=5)


def test_sockets_of_this_machine_are_refused() -> None:
    with pytest.raises(UnsafeURL, match="only http"):
        backend(["0.0.0.0/0"]).connect_unix_socket("/run/docker.sock")
