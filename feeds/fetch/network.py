"""Which addresses may be connected to: a name is resolved once, vetted, and that very address is used."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

import httpcore

from feeds.errors import UnsafeURL
from feeds.fetch.deadline import BoundedStream, Deadline

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NAT64 = ip_network("64:ff9b::/96")
# Global by ipaddress, yet a way inside: compatible, translated, local NAT64 and site-local addresses.
_INWARD = tuple(map(ip_network, ("::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "fec0::/10")))


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """The networks a catalogue allows, e.g. ("127.0.0.0/8",)."""
    return tuple(ip_network(text, strict=False) for text in texts)


def vet(host: str, address: Address, allowed: Sequence[Network]) -> None:
    """Raise UnsafeURL unless ``address`` is public or in an allowed network."""
    inner = _unwrapped(address)
    if inner.is_global and not inner.is_multicast and not any(inner in network for network in _INWARD):
        return
    if any(candidate in network for network in allowed for candidate in (address, inner)):
        return
    raise UnsafeURL(
        f"{host} is at {address}, which is not a public address: "
        f'name it in [fetch] allow = ["{_suggested(inner)}"] if it is yours'
    )


def _unwrapped(address: Address) -> Address:
    """The IPv4 address inside a mapped, 6to4, Teredo or NAT64 form; otherwise the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    embedded = address.ipv4_mapped or address.sixtofour
    if embedded is None and address.teredo is not None:
        embedded = address.teredo[1]
    return embedded if embedded is not None else address


def _suggested(address: Address) -> str:
    return "127.0.0.0/8" if address.is_loopback and address.version == 4 else str(address)


class VettedBackend(httpcore.NetworkBackend):
    """Connects only to vetted addresses; resolving again between check and connect cannot happen."""

    def __init__(self, allowed: Sequence[Network], deadline: Deadline) -> None:
        self._allowed = tuple(allowed)
        self._deadline = deadline
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first vetted address of ``host`` that accepts it."""
        addresses = self._resolve(host, port)
        for address in addresses:
            vet(host, address, self._allowed)
        failure: httpcore.NetworkError | httpcore.TimeoutException | None = None
        for address in addresses:
            try:
                bounded = self._deadline.bound(timeout)
                stream = self._backend.connect_tcp(str(address), port, bounded, local_address, socket_options)
                return BoundedStream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(f"{host} has no address")

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002  (the interface is httpcore's)
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """Never: a source is not a socket of this machine."""
        raise UnsafeURL(f"unix socket {path}: only http and https are fetched")

    @staticmethod
    def _resolve(host: str, port: int) -> list[Address]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} does not resolve: {error}") from error
        return list(dict.fromkeys(ip_address(entry[4][0]) for entry in found))
