"""Whose fault a failed connection is: the host's, or our own network's, which counts against nobody."""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Callable

import httpcore

from feeds.fetch.names import Address, NoResolver, SlowResolver

WINDOW = 120.0
"""Seconds for which a connection shows that our network works."""
MANY = 5
"""So many hosts that time out one after the other, and none that is reached, are not to blame."""

_NO_ROUTE = {errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
_EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


def has_route(address: Address) -> bool:
    """Whether our kernel knows a way to ``address``; connecting a datagram socket sends nothing."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((str(address), 9))
    except OSError:
        return False
    return True


class Reach:
    """What this process knows of its own network, for all its threads.

    Only hosts at public addresses are told to it: that our own machine answers says nothing of the uplink.
    """

    def __init__(self, clock: Callable[[], float], *, routed: Callable[[Address], bool] = has_route) -> None:
        self._clock = clock
        self._routed = routed
        self._lock = threading.Lock()
        self._reached: dict[str, float] = {}
        self._timed_out: dict[str, float] = {}

    def reached(self, host: str) -> None:
        """Remember that a connection to ``host`` was established just now."""
        with self._lock:
            _remember(self._reached, _name(host), self._clock(), at_most=2)
            self._timed_out.clear()

    def judge(self, host: str, error: Exception, address: Address | None = None) -> bool:
        """Whether failing to connect to ``host`` is our own network's fault.

        No route, or no resolver that answers, is, unless another host was reached within the window.
        Timeouts are when MANY hosts had them and none was reached. EHOSTUNREACH may come from a router far
        away: it is only where our kernel has no route to ``address``.
        """
        code = _errno(error)
        if code in _EXHAUSTED:
            return True
        lost = isinstance(error, NoResolver | SlowResolver) or code in _NO_ROUTE
        if code == errno.EHOSTUNREACH and address is not None:
            lost = not self._routed(address)
        with self._lock:
            if lost:
                return not self._another_reached(_name(host))
            if isinstance(error, httpcore.ConnectTimeout):
                return self._nobody_answers(_name(host))
        return False

    def _another_reached(self, name: str) -> bool:
        start = self._clock() - WINDOW
        return any(at >= start for known, at in self._reached.items() if known != name)

    def _nobody_answers(self, name: str) -> bool:
        now = self._clock()
        _remember(self._timed_out, name, now, at_most=MANY)
        if any(at >= now - WINDOW for at in self._reached.values()):
            return False
        return sum(at >= now - WINDOW for at in self._timed_out.values()) == MANY


def telling(error: Exception) -> int:
    """How much a failure says of the host, for choosing among those of its addresses.

    On a machine without IPv6, "no route" to an IPv6 address says nothing when IPv4 was refused.
    """
    if _errno(error) in _NO_ROUTE:
        return 0
    if isinstance(error, httpcore.ConnectTimeout):
        return 2
    return 1 if isinstance(error, httpcore.TimeoutException) else 3


def _errno(error: Exception) -> int | None:
    """The system's number of the failure, which httpcore keeps in the cause."""
    cause = error.__cause__
    if isinstance(cause, socket.gaierror) or not isinstance(cause, OSError):
        return None
    return cause.errno


def _remember(times: dict[str, float], name: str, now: float, *, at_most: int) -> None:
    """Put ``name`` last and forget the oldest: what is asked is only ever about the newest few."""
    times.pop(name, None)
    times[name] = now
    while len(times) > at_most:
        del times[next(iter(times))]


def _name(host: str) -> str:
    return host.casefold().rstrip(".")
