"""Which addresses may be connected to: a name is resolved once, vetted, and that very address is used."""

from __future__ import annotations

import socket
from collections.abc import Collection, Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import NoReturn

import httpcore

from feeds.errors import OwnNetwork, UnsafeURL
from feeds.fetch.deadline import BoundedStream, Deadline
from feeds.fetch.names import Address, NoResolver, Resolver, SlowResolver, readings, resolve
from feeds.fetch.ports import vet_port
from feeds.fetch.reach import Reach, telling

Network = IPv4Network | IPv6Network
Options = Iterable[httpcore.SOCKET_OPTION]

# Our own table, since ipaddress' is_global differs between releases: early ones open most of 192.0.0.0/24
# and all of 3fff::/20, later ones open 192.0.0.9-10 and parts of 2001::/23 (ORCHIDv2, DRIP, AMT, AS112).
# No publisher is in any of these: they are closed, by the IANA special-purpose registries.
_CLOSED: dict[Network, str] = {
    ip_network(text): what
    for text, what in {
        "0.0.0.0/8": "this network",
        "10.0.0.0/8": "private",
        "100.64.0.0/10": "a carrier's inside",
        "127.0.0.0/8": "loopback",
        "169.254.0.0/16": "link-local, the clouds' metadata",
        "172.16.0.0/12": "private",
        "192.0.0.0/24": "protocol assignments",
        "192.0.2.0/24": "documentation",
        "192.88.99.0/24": "6to4 relays",
        "192.168.0.0/16": "private",
        "198.18.0.0/15": "benchmarking",
        "198.51.100.0/24": "documentation",
        "203.0.113.0/24": "documentation",
        "224.0.0.0/4": "multicast",
        "240.0.0.0/4": "reserved and broadcast",
        "2001::/23": "protocol assignments and Teredo",
        "2001:db8::/32": "documentation",
        "3fff::/20": "documentation",
    }.items()
}
_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All of IPv6 that is given to networks; loopback, local, compatible, multicast … lie outside."""
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = (0x00005EFE, 0x02005EFE)


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """The networks a catalogue allows, e.g. ("127.0.0.0/8",)."""
    return tuple(ip_network(text, strict=False) for text in texts)


def vet(host: str, address: Address, allowed: Sequence[Network]) -> None:
    """Raise UnsafeURL unless ``address`` is public or in an allowed network."""
    if is_allowed(address, allowed):
        return
    for end in _ends(address):
        what = _not_public(end)
        if what and not is_allowed(end, allowed):
            raise UnsafeURL(
                f"{host} is at {address}, which is not a public address ({what}): "
                f'name it in [fetch] allow = ["{_suggested(end)}"] if it is yours'
            )


def vet_literal(host: str, allowed: Sequence[Network], ports: Collection[int], port: int) -> None:
    """Vet a host that is an address however spelled, as for a proxy; a name passes, whatever its port."""
    for address in readings(host):
        _vet_place(host, address, allowed, ports, port)


def is_allowed(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether a network of ours holds ``address``, or the IPv4 address that it spells in IPv6."""
    spelled = _translated(address) or address
    return any(address in network or spelled in network for network in allowed)


def is_public(address: Address) -> bool:
    """Whether ``address``, and every address inside it, is one of the public internet."""
    return not any(_not_public(end) for end in _ends(address))


def _vet_place(
    host: str, address: Address, allowed: Sequence[Network], ports: Collection[int], port: int
) -> None:
    vet(host, address, allowed)
    if not is_allowed(address, allowed):
        vet_port(host, port, ports)


def _not_public(address: Address) -> str | None:
    """What ``address`` is if it is not public."""
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return "of one interface"
        if address not in _GLOBAL_UNICAST:
            return "loopback" if address.is_loopback else "outside of 2000::/3"
    return next((what for network, what in _CLOSED.items() if address in network), None)


def _ends(address: Address) -> tuple[Address, ...]:
    """The addresses that a packet to ``address`` may end at: translated ones at the inner one only."""
    translated = _translated(address)
    if translated is not None:
        return (translated,)
    if isinstance(address, IPv4Address):
        return (address,)
    tunnels: list[Address] = [address]
    if address.sixtofour is not None:
        tunnels.append(address.sixtofour)
    if int(address) >> 32 & 0xFFFFFFFF in _ISATAP:
        tunnels.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return tuple(tunnels)


def _translated(address: Address) -> IPv4Address | None:
    """The IPv4 address of a mapped or NAT64 form, which means nothing else."""
    if isinstance(address, IPv4Address) or address.scope_id is not None:
        return None
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else address.ipv4_mapped


def _suggested(address: Address) -> str:
    return "127.0.0.0/8" if address.is_loopback and address.version == 4 else str(address).partition("%")[0]


def _fail(reach: Reach, host: str, error: Exception, address: Address | None = None) -> NoReturn:
    """Raise the failure, or OwnNetwork; that a host inside is silent tells nothing of the uplink."""
    silent_inside = address and not is_public(address) and isinstance(error, httpcore.ConnectTimeout)
    if silent_inside or not reach.judge(host, error, address):
        raise error
    raise OwnNetwork(f"{host}: our own network fails ({error}), counts against no source") from error


class VettedBackend(httpcore.NetworkBackend):
    """Connects only to vetted addresses; resolving again between check and connect cannot happen."""

    def __init__(
        self,
        allowed: Sequence[Network],
        ports: Collection[int],
        deadline: Deadline,
        reach: Reach,
        *,
        backend: httpcore.NetworkBackend | None = None,
        resolver: Resolver = socket.getaddrinfo,
    ) -> None:
        self._allowed, self._ports = tuple(allowed), frozenset(ports)
        self._deadline, self._reach = deadline, reach
        self._backend = backend or httpcore.SyncBackend()
        self._resolver = resolver

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Options | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first vetted address of ``host`` that accepts it; raises OwnNetwork too."""
        failures: list[tuple[Exception, Address]] = []
        for address in self._vetted(host, port, timeout):
            try:
                bounded = self._deadline.bound(timeout)
                stream = self._backend.connect_tcp(str(address), port, bounded, local_address, socket_options)
            except (httpcore.NetworkError, httpcore.TimeoutException) as error:
                failures.append((error, address))
                continue
            if is_public(address):
                self._reach.reached(host)
            return BoundedStream(stream, self._deadline)
        failure, where = max(failures, key=lambda pair: telling(pair[0]))
        _fail(self._reach, host, failure, where)

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002  (the interface is httpcore's)
        socket_options: Options | None = None,  # noqa: ARG002  (likewise)
    ) -> httpcore.NetworkStream:
        """Never: a source is not a socket of this machine."""
        raise UnsafeURL(f"unix socket {path}: only http and https are fetched")

    def _vetted(self, host: str, port: int, timeout: float | None) -> list[Address]:
        """The addresses of ``host``; one that must not be connected to refuses them all."""
        try:
            with self._deadline.looking_up():
                addresses = resolve(host, port, self._deadline, timeout, resolver=self._resolver)
        except (NoResolver, SlowResolver) as error:
            _fail(self._reach, host, error)
        for address in addresses:
            _vet_place(host, address, self._allowed, self._ports, port)
        return addresses
