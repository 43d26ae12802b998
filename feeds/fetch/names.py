"""From a host to its addresses, within the request's deadline: getaddrinfo itself cannot be interrupted."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from ipaddress import IPv4Address, IPv6Address, ip_address
from queue import Empty, SimpleQueue
from threading import Semaphore
from typing import Any
from urllib.parse import unquote

import httpcore

from feeds.errors import OwnNetwork
from feeds.fetch.crew import Crew
from feeds.fetch.deadline import Deadline

Address = IPv4Address | IPv6Address
Found = Sequence[tuple[Any, ...]]
Resolver = Callable[..., Found]
"""Called and answering like socket.getaddrinfo: (host, port, type=…)."""

AT_ONCE = 64
_slots = Semaphore(AT_ONCE)
_crew = Crew("look-up")
_UNKNOWN = {getattr(socket, code, None) for code in ("EAI_NONAME", "EAI_NODATA", "EAI_ADDRFAMILY")}
"""What a resolver says of names without an address; not every system has all three."""


class NoSuchName(httpcore.ConnectError):
    """The name has no address, or is none that a resolver could be asked for."""


class NoResolver(httpcore.ConnectError):
    """No resolver gives an answer that is one; this may be our own network."""


class SlowResolver(httpcore.ConnectTimeout):
    """No resolver answered in time; this may be our own network."""


def resolve(
    host: str,
    port: int,
    deadline: Deadline,
    timeout: float | None,
    *,
    resolver: Resolver = socket.getaddrinfo,
    slots: Semaphore = _slots,
) -> list[Address]:
    """The addresses of ``host``, each once, in the resolver's order; a literal address is not looked up.

    Odd spellings of an address ("0x7f.1") are left to the resolver, whose answer is what must be vetted.
    Raises NoSuchName, NoResolver, SlowResolver, and OwnNetwork where too many look-ups hang already.
    """
    literal = _literal(host)
    if literal is not None:
        return [literal]
    if not host or not host.isprintable() or " " in host:
        raise NoSuchName(f"{host!r} does not resolve: it is no name")  # getaddrinfo would read up to a NUL
    with nullcontext() if timeout is None else deadline.within(timeout):
        return _addresses(host, _awaited(host, lambda: _look_up(host, port, resolver), deadline, slots))


def readings(host: str) -> tuple[Address, ...]:
    """Every address that some program might take ``host`` for; none for a name.

    An octet with a leading zero is octal to some and decimal to others: both count.
    """
    texts = [reading for text in (host, unquote(host)) for reading in (text, _ascii(text))]
    plain = [text.strip().rstrip(".") for text in texts]
    found = [read(text) for text in plain for read in (_literal, _inet_aton, _decimal)]
    return tuple(dict.fromkeys(address for address in found if address is not None))


def _awaited(
    host: str, look_up: Callable[[], Found], deadline: Deadline, slots: Semaphore
) -> Found | Exception:
    """What a look-up brings, or what it raises, unless the deadline is first."""
    if not slots.acquire(timeout=deadline.bound(None)):
        raise OwnNetwork(f"{host} was not looked up: too many look-ups hang, counts against no source")
    answer: SimpleQueue[Found | Exception] = SimpleQueue()
    _start(look_up, answer, slots)
    try:
        return answer.get(timeout=deadline.bound(None))
    except (Empty, httpcore.ReadTimeout) as error:
        raise SlowResolver(f"{host} did not resolve in time") from error


def _start(look_up: Callable[[], Found], answer: SimpleQueue[Found | Exception], slots: Semaphore) -> None:
    """Look up in a thread that nobody waits for at exit; its slot is taken until it is really over."""

    def run() -> None:
        try:
            found: Found | Exception = look_up()
        except Exception as error:
            found = error
        finally:
            slots.release()
        answer.put(found)

    try:
        _crew.send(run)
    except RuntimeError as error:
        slots.release()
        raise OwnNetwork(f"no thread for a look-up: {error}, counts against no source") from error


def _look_up(host: str, port: int, resolver: Resolver) -> Found:
    return resolver(host, port, type=socket.SOCK_STREAM)


def _addresses(host: str, found: Found | Exception) -> list[Address]:
    if isinstance(found, UnicodeError):
        raise NoSuchName(f"{host} does not resolve: {found}") from found
    if isinstance(found, OSError):
        unknown = isinstance(found, socket.gaierror) and found.errno in _UNKNOWN
        kind = NoSuchName if unknown else NoResolver
        raise kind(f"{host} does not resolve: {found}") from found
    if isinstance(found, Exception):
        raise found
    if not found:
        raise NoSuchName(f"{host} does not resolve: it has no address")
    try:
        return list(dict.fromkeys(_address(entry[4]) for entry in found))
    except (ValueError, TypeError, IndexError, KeyError) as error:
        raise NoResolver(f"{host} does not resolve: the answer {found!r} is none") from error


def _address(place: tuple[Any, ...]) -> Address:
    """The address of a socket's place, with the interface where the address alone is ambiguous."""
    if not isinstance(place[0], str):
        raise TypeError(f"{place[0]!r} is no address")  # ip_address reads any number as one
    address = ip_address(place[0])
    if address.version == 6 and address.is_link_local and len(place) == 4 and place[3]:
        return IPv6Address(f"{place[0].partition('%')[0]}%{place[3]}")
    return address


def _literal(text: str) -> Address | None:
    inside = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        return ip_address(inside)
    except ValueError:
        return None


def _inet_aton(text: str) -> Address | None:
    try:
        return IPv4Address(socket.inet_aton(text))
    except (OSError, ValueError):
        return None


def _decimal(text: str) -> Address | None:
    parts = text.split(".")
    if len(parts) != 4 or not all(part.isascii() and part.isdecimal() for part in parts):
        return None
    return _literal(".".join(part.lstrip("0") or "0" for part in parts))


def _ascii(text: str) -> str:
    """The text as the resolver would be asked for it: "１２７。０。０。１" is 127.0.0.1."""
    try:
        return text.encode("idna").decode("ascii")
    except UnicodeError:
        return text
