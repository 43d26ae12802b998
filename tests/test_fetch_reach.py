"""Whose fault a failed connection is."""

from __future__ import annotations

import errno
import os
import socket
import threading
from ipaddress import ip_address

import httpcore
import pytest

from feeds.fetch.names import NoResolver, NoSuchName, SlowResolver
from feeds.fetch.reach import MANY, WINDOW, Reach, has_route, telling

SOMEWHERE = ip_address("93.184.216.34")


class Clock:
    """A monotonic clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reach(clock: Clock) -> Reach:
    return Reach(clock, routed=lambda _: True)


def failed(code: int) -> httpcore.ConnectError:
    """A failure as httpcore tells it."""
    error = httpcore.ConnectError(os.strerror(code))
    error.__cause__ = OSError(code, os.strerror(code))
    return error


OURS = {
    "no route": failed(errno.ENETUNREACH),
    "interface down": failed(errno.ENETDOWN),
    "no address of ours to come from": failed(errno.EADDRNOTAVAIL),
    "no IPv6 in the kernel": failed(errno.EAFNOSUPPORT),
    "no resolver": NoResolver("try again"),
    "a late resolver": SlowResolver("late"),
}
THEIRS = {
    "refused": failed(errno.ECONNREFUSED),
    "reset": failed(errno.ECONNRESET),
    "unreachable behind a router": failed(errno.EHOSTUNREACH),
    "timeout": httpcore.ConnectTimeout("timed out"),
    "no such name": NoSuchName("unknown"),
    "the deadline": httpcore.ReadTimeout("not complete after 30s"),
    "TLS": httpcore.ConnectError("certificate verify failed"),
}


@pytest.mark.parametrize("error", OURS.values(), ids=OURS)
def test_our_network_is_to_blame_until_another_host_was_reached(
    error: Exception, reach: Reach, clock: Clock
) -> None:
    assert reach.judge("a.example", error)
    reach.reached("b.example")
    assert not reach.judge("a.example", error)
    clock.now += WINDOW
    assert not reach.judge("a.example", error)
    clock.now += 0.1
    assert reach.judge("a.example", error)


@pytest.mark.parametrize("error", OURS.values(), ids=OURS)
def test_that_the_host_itself_was_reached_before_does_not_clear_us(error: Exception, reach: Reach) -> None:
    reach.reached("a.example")
    assert reach.judge("A.Example.", error)
    reach.reached("b.example")
    reach.reached("a.example")
    assert not reach.judge("a.example", error)


@pytest.mark.parametrize("error", THEIRS.values(), ids=THEIRS)
def test_a_host_that_answers_or_is_silent_alone_is_to_blame(error: Exception, reach: Reach) -> None:
    assert not reach.judge("a.example", error)


def test_an_unreachable_host_is_ours_where_our_kernel_has_no_route(clock: Clock) -> None:
    lost = Reach(clock, routed=lambda _: False)
    assert lost.judge("a.example", failed(errno.EHOSTUNREACH), SOMEWHERE)
    assert not lost.judge("a.example", failed(errno.EHOSTUNREACH))
    assert not Reach(clock, routed=lambda _: True).judge("a.example", failed(errno.EHOSTUNREACH), SOMEWHERE)
    lost.reached("b.example")
    assert not lost.judge("a.example", failed(errno.EHOSTUNREACH), SOMEWHERE)


@pytest.mark.parametrize("code", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM])
def test_a_machine_without_room_for_a_socket_is_ours_whoever_was_reached(code: int, reach: Reach) -> None:
    reach.reached("b.example")
    assert reach.judge("a.example", failed(code))


def time_out(reach: Reach, *hosts: str) -> list[bool]:
    return [reach.judge(host, httpcore.ConnectTimeout("timed out")) for host in hosts]


HOSTS = [f"host{number}.example" for number in range(MANY)]


def test_many_silent_hosts_are_not_to_blame(reach: Reach) -> None:
    assert time_out(reach, *HOSTS) == [False] * (MANY - 1) + [True]
    assert time_out(reach, HOSTS[0]) == [True]


def test_one_host_that_is_silent_many_times_is(reach: Reach) -> None:
    assert time_out(reach, *["a.example", "A.example."] * MANY) == [False] * 2 * MANY


def test_silent_hosts_far_apart_in_time_are(reach: Reach, clock: Clock) -> None:
    for host in HOSTS * 3:
        assert time_out(reach, host) == [False]
        clock.now += WINDOW / (MANY - 1) + 1


def test_silent_hosts_are_while_any_host_is_reached(reach: Reach, clock: Clock) -> None:
    reach.reached(HOSTS[0])
    assert not any(time_out(reach, *HOSTS))
    clock.now += WINDOW + 1
    assert time_out(reach, *HOSTS)[-1]
    reach.reached("b.example")
    clock.now += WINDOW + 1
    assert not any(time_out(reach, *HOSTS[:-1]))


def test_what_is_known_stays_small(reach: Reach) -> None:
    for number in range(1000):
        time_out(reach, f"silent{number}.example")
    assert len(reach._timed_out) == MANY
    for number in range(1000):
        reach.reached(f"host{number}.example")
    assert len(reach._reached) == 2
    assert not reach._timed_out


def test_a_host_that_is_reached_again_is_the_newest(reach: Reach, clock: Clock) -> None:
    for host in ("a.example", "b.example"):
        reach.reached(host)
    clock.now += WINDOW
    for host in ("a.example", "c.example"):
        reach.reached(host)
    clock.now += 1
    assert not reach.judge("c.example", failed(errno.ENETUNREACH))


def test_threads_share_it(reach: Reach) -> None:
    def work(number: int) -> None:
        for turn in range(300):
            reach.reached(f"host{number}-{turn}.example")
            time_out(reach, f"silent{number}-{turn}.example")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not reach.judge("a.example", failed(errno.ENETUNREACH))


def test_the_failure_that_says_most_of_the_host_is_told_apart() -> None:
    unknown = httpcore.ReadTimeout("not complete after 30s")
    silent = httpcore.ConnectTimeout("timed out")
    falling = [failed(errno.ECONNREFUSED), silent, unknown, failed(errno.ENETUNREACH)]
    assert sorted(falling, key=telling) == falling[::-1]


def test_a_name_that_fails_by_number_is_no_system_error(reach: Reach) -> None:
    error = NoSuchName("unknown")
    error.__cause__ = socket.gaierror(errno.EMFILE, "a number that means something else here")
    assert not reach.judge("a.example", error)


def test_there_is_a_way_to_ourselves() -> None:
    assert has_route(ip_address("127.0.0.1"))
