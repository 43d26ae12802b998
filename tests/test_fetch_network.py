"""Which addresses may be connected to."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Sequence
from ipaddress import ip_address

import httpcore
import pytest

from feeds.errors import UnsafeURL
from feeds.fetch.deadline import Deadline
from feeds.fetch.network import Network, VettedBackend, networks, vet


def backend(allowed: Sequence[Network]) -> VettedBackend:
    """A backend that allows some networks, for a thread without a deadline."""
    return VettedBackend(allowed, Deadline(time.monotonic))


PRIVATE = {
    "loopback": "127.0.0.1",
    "loopback's far end": "127.255.255.254",
    "this network": "0.0.0.0",
    "private 10": "10.1.2.3",
    "private 172": "172.16.0.1",
    "private 192": "192.168.1.1",
    "carrier's": "100.64.0.1",
    "link-local, the clouds' metadata": "169.254.169.254",
    "benchmarking": "198.18.0.1",
    "documentation": "203.0.113.1",
    "multicast": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "loopback 6": "::1",
    "unspecified 6": "::",
    "unique local": "fd00:ec2::254",
    "link-local 6": "fe80::1",
    "link-local 6 with its interface": "fe80::1%1",
    "site-local": "fec0::1",
    "multicast 6": "ff02::1",
    "documentation 6": "2001:db8::1",
    "mapped loopback": "::ffff:127.0.0.1",
    "mapped private": "::ffff:10.0.0.1",
    "compatible loopback": "::127.0.0.1",
    "translated loopback": "::ffff:0:127.0.0.1",
    "NAT64 loopback": "64:ff9b::127.0.0.1",
    "NAT64 metadata": "64:ff9b::169.254.169.254",
    "NAT64 of a network's own": "64:ff9b:1::7f00:1",
    "6to4 loopback": "2002:7f00:1::",
    "6to4 private": "2002:a00:1::1",
    "Teredo loopback": "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "Teredo private": "2001:0:4136:e378:8000:63bf:f5ff:fffe",
}
PUBLIC = {
    "IPv4": "93.184.216.34",
    "IPv6": "2606:4700:4700::1111",
    "mapped": "::ffff:8.8.8.8",
    "NAT64": "64:ff9b::8.8.8.8",
    "6to4": "2002:808:808::1",
}


@pytest.mark.parametrize("address", PRIVATE.values(), ids=PRIVATE)
def test_what_is_not_public_is_refused_with_the_way_out(address: str) -> None:
    with pytest.raises(UnsafeURL, match=r"host.example is at .*\[fetch\] allow = \["):
        vet("host.example", ip_address(address), ())


@pytest.mark.parametrize("address", PUBLIC.values(), ids=PUBLIC)
def test_what_is_public_passes(address: str) -> None:
    vet("host.example", ip_address(address), ())


@pytest.mark.parametrize(
    ("allow", "address"),
    [
        ("127.0.0.0/8", "127.0.0.1"),
        ("127.0.0.0/8", "::ffff:127.0.0.1"),
        ("10.0.0.0/8", "64:ff9b::10.0.0.1"),
        ("10.1.2.3", "10.1.2.3"),
        ("10.1.2.3/8", "10.200.0.1"),
        ("::1", "::1"),
        ("fd00::/8", "fd12::1"),
        ("::ffff:0:0/96", "::ffff:10.0.0.1"),
    ],
)
def test_what_is_allowed_passes(allow: str, address: str) -> None:
    vet("host.example", ip_address(address), networks([allow]))


@pytest.mark.parametrize(
    ("allow", "address"),
    [
        ("127.0.0.1/32", "127.0.0.2"),
        ("10.0.0.0/8", "192.168.0.1"),
        ("127.0.0.0/8", "::1"),
        ("::1", "127.0.0.1"),
        ("fd00::/8", "fe80::1"),
        ("10.0.0.0/8", "::ffff:192.168.0.1"),
    ],
)
def test_what_is_allowed_opens_nothing_else(allow: str, address: str) -> None:
    with pytest.raises(UnsafeURL):
        vet("host.example", ip_address(address), networks([allow]))


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "0", "127.1", "2130706433", "0x7f000001"])
def test_a_name_that_resolves_to_a_private_address_is_refused_unconnected(host: str, port: int) -> None:
    with pytest.raises(UnsafeURL, match=r"is at (127\.0\.0\.1|::1|0\.0\.0\.0)"):
        backend(()).connect_tcp(host, port, timeout=5)


def test_an_allowed_name_is_connected_to_by_its_vetted_address(port: int) -> None:
    allowed = networks(["127.0.0.0/8", "::1"])
    stream = backend(allowed).connect_tcp("localhost", port, timeout=5)
    assert stream.get_extra_info("server_addr")[:2] == ("127.0.0.1", port)
    stream.close()


@pytest.mark.parametrize(
    "host",
    ["nowhere.invalid", "a..example", "x" * 70 + ".example"],
    ids=["unknown", "empty label", "too long"],
)
def test_a_name_without_an_address_is_unreachable(host: str) -> None:
    with pytest.raises(httpcore.ConnectError, match="does not resolve"):
        backend(()).connect_tcp(host, 80, timeout=5)


def test_nobody_at_the_address_is_a_connection_error(port: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        closed = gone.getsockname()[1]
    with pytest.raises(httpcore.ConnectError):
        backend(networks(["127.0.0.0/8"])).connect_tcp("127.0.0.1", closed, timeout=5)


def test_sockets_of_this_machine_are_refused() -> None:
    with pytest.raises(UnsafeURL, match="only http"):
        backend(networks(["0.0.0.0/0"])).connect_unix_socket("/run/docker.sock")
