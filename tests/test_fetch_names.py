"""From a host to its addresses, within the request's deadline."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpcore
import pytest

from feeds.errors import OwnNetwork
from feeds.fetch import names
from feeds.fetch.crew import Crew
from feeds.fetch.deadline import Deadline
from feeds.fetch.names import NoResolver, NoSuchName, Resolver, SlowResolver, readings, resolve

PUBLIC = "93.184.216.34"


def entry(address: Any, *rest: int) -> tuple[Any, ...]:
    """One line of getaddrinfo's answer."""
    family = socket.AF_INET6 if ":" in str(address) else socket.AF_INET
    return family, socket.SOCK_STREAM, 6, "", (address, 80, *rest)


def answering(*addresses: str) -> Resolver:
    return lambda host, port, **_: [entry(address) for address in addresses]


def raising(error: Exception) -> Resolver:
    def resolver(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        raise error

    return resolver


def never(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
    raise AssertionError(f"{host} was looked up")


def found(
    host: str, resolver: Resolver, *, timeout: float | None = 5, slots: threading.Semaphore | None = None
) -> list[str]:
    deadline = Deadline(time.monotonic)
    slots = slots or threading.Semaphore(2)
    return [*map(str, resolve(host, 80, deadline, timeout, resolver=resolver, slots=slots))]


@pytest.fixture
def hanging() -> Iterator[Resolver]:
    """A resolver that answers only when the test is over."""
    over = threading.Event()

    def resolver(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        assert over.wait(30)
        return [entry(PUBLIC)]

    yield resolver
    over.set()


@pytest.mark.parametrize(
    ("host", "address"),
    {
        "127.0.0.1": "127.0.0.1",
        "::1": "::1",
        "[::1]": "::1",
        "2001:DB8:0::0001": "2001:db8::1",
        "::ffff:127.0.0.1": "::ffff:7f00:1",
        "fe80::1%eth0": "fe80::1%eth0",
        "[fe80::1%25eth0]": "fe80::1%25eth0",
    }.items(),
)
def test_an_address_is_not_looked_up(host: str, address: str) -> None:
    assert ip_address(*found(host, never)) == ip_address(address)


@pytest.mark.parametrize(
    "host", ["0x7f.1", "2130706433", "017700000001", "127.1", "0177.0.0.1", "１２７。０。０。１"]
)
def test_an_odd_spelling_is_what_the_resolver_takes_it_for(host: str) -> None:
    def numeric(host: str, port: int, **options: Any) -> list[Any]:
        return list(socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST, **options))

    assert found(host, numeric) == ["127.0.0.1"]


def test_the_resolver_is_asked_once_for_streams_and_its_order_kept() -> None:
    asked = []

    def resolver(*place: object, **options: object) -> list[tuple[Any, ...]]:
        asked.append((place, options))
        return [entry("2606:4700::1"), entry(PUBLIC), entry("2606:4700::1")]

    assert found("host.example", resolver) == ["2606:4700::1", PUBLIC]
    assert asked == [(("host.example", 80), {"type": socket.SOCK_STREAM})]


def test_an_interface_is_kept_only_where_the_address_needs_it() -> None:
    def resolver(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        return [entry("fe80::1", 0, 2), entry("fe80::2%eth0", 0, 3), entry("2606:4700::1", 0, 2)]

    assert found("host.example", resolver) == ["fe80::1%2", "fe80::2%3", "2606:4700::1"]


@pytest.mark.parametrize("code", [socket.EAI_NONAME, socket.EAI_NODATA])
def test_a_name_that_does_not_exist_is_told_from_a_resolver_that_fails(code: int) -> None:
    with pytest.raises(NoSuchName, match=r"nowhere\.example does not resolve"):
        found("nowhere.example", raising(socket.gaierror(code, "unknown")))


@pytest.mark.parametrize(
    "error",
    [
        *(socket.gaierror(code, "?") for code in (socket.EAI_AGAIN, socket.EAI_FAIL, socket.EAI_SYSTEM)),
        OSError(24, "too many open files"),
        TimeoutError("late"),
    ],
)
def test_a_resolver_that_fails_may_be_our_own_network(error: Exception) -> None:
    with pytest.raises(NoResolver, match=r"host\.example does not resolve") as raised:
        found("host.example", raising(error))
    assert raised.value.__cause__ is error


@pytest.mark.parametrize(
    "host", ["", " ", "a b.example", "127.0.0.1\0.example", "a\n.example", "\x7f.example"]
)
def test_what_is_no_name_is_not_looked_up(host: str) -> None:
    with pytest.raises(NoSuchName, match="it is no name"):
        found(host, never)


@pytest.mark.parametrize("host", ["a..example", "x" * 70 + ".example", "\ud800.example"])
def test_what_cannot_be_encoded_is_no_name(host: str) -> None:
    with pytest.raises(NoSuchName, match="does not resolve"):
        found(host, lambda host, port, **_: socket.getaddrinfo(host.encode("idna"), port))


GARBAGE: dict[str, list[Any]] = {
    "no address": [entry("nonsense")],
    "half an address": [entry("127.0.0")],
    "a number": [entry(2130706433)],
    "bytes": [entry(b"\x7f\0\0\1")],
    "an empty place": [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ())],
    "a socket's path": [(socket.AF_UNIX, socket.SOCK_STREAM, 0, "", "/run/docker.sock")],
    "short": [(socket.AF_INET,)],
    "nothing in it": [None],
    "one good, one bad": [entry(PUBLIC), entry("nonsense")],
}


@pytest.mark.parametrize("answer", GARBAGE.values(), ids=GARBAGE)
def test_garbage_is_no_answer(answer: list[Any]) -> None:
    with pytest.raises(NoResolver, match=r"the answer .* is none"):
        found("host.example", lambda host, port, **_: answer)


def test_an_empty_answer_is_no_address() -> None:
    with pytest.raises(NoSuchName, match="it has no address"):
        found("host.example", answering())


def test_a_bug_of_ours_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        found("host.example", raising(ZeroDivisionError()))


@pytest.mark.timeout(20)
def test_a_late_answer_is_not_waited_for(hanging: Resolver) -> None:
    began = time.monotonic()
    with pytest.raises(SlowResolver, match=r"host\.example did not resolve in time"):
        found("host.example", hanging, timeout=0.1)
    assert time.monotonic() - began < 5


@pytest.mark.timeout(20)
@pytest.mark.parametrize("timeout", [None, 60.0])
def test_the_deadline_of_the_request_bounds_the_look_up(hanging: Resolver, timeout: float | None) -> None:
    deadline = Deadline(time.monotonic)
    with deadline.within(0.1), pytest.raises(httpcore.ConnectTimeout, match="did not resolve in time"):
        resolve("host.example", 80, deadline, timeout, resolver=hanging, slots=threading.Semaphore(1))


def test_no_look_up_begins_after_the_deadline() -> None:
    now = [0.0]
    deadline = Deadline(lambda: now[0])
    with deadline.within(1):
        now[0] = 2.0
        with pytest.raises(httpcore.ReadTimeout, match="not complete after 1s"):
            resolve("host.example", 80, deadline, 5, resolver=never)


def test_a_deadline_within_another_only_narrows_it() -> None:
    deadline = Deadline(lambda: 0.0)
    with deadline.within(10):
        with deadline.within(3):
            assert deadline.bound(None) == 3
        with deadline.within(30):
            assert deadline.bound(None) == 10
        assert deadline.bound(None) == 10
    assert deadline.bound(None) is None


@pytest.mark.timeout(20)
def test_look_ups_that_hang_leave_room_for_no_more_than_so_many(hanging: Resolver) -> None:
    slots = threading.Semaphore(2)
    for _ in range(2):
        with pytest.raises(SlowResolver):
            found("host.example", hanging, timeout=0.05, slots=slots)
    with pytest.raises(OwnNetwork, match=r"host\.example was not looked up"):
        found("host.example", never, timeout=0.05, slots=slots)


@pytest.mark.parametrize("resolver", [answering(PUBLIC), raising(ZeroDivisionError())], ids=["good", "bad"])
def test_a_look_up_gives_its_slot_back(resolver: Resolver) -> None:
    slots = threading.Semaphore(1)
    for _ in range(3):
        try:
            found("host.example", resolver, slots=slots)
        except ZeroDivisionError:
            continue


def test_a_machine_without_threads_is_our_own_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(names, "_crew", Crew("none"))
    slots = threading.Semaphore(1)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", start)
        with pytest.raises(OwnNetwork, match="no thread"):
            found("host.example", never, slots=slots)
    assert found("host.example", answering(PUBLIC), slots=slots) == [PUBLIC]


EXITING = """
import time
from feeds.fetch.deadline import Deadline
from feeds.fetch.names import SlowResolver, resolve
def hang(*place, **options): time.sleep(300)
try:
    resolve("a.example", 80, Deadline(time.monotonic), 0.1, resolver=hang)
except SlowResolver:
    print("late")
"""


@pytest.mark.timeout(60)
def test_a_look_up_that_hangs_does_not_hold_up_the_exit() -> None:
    root = Path(__file__).parent.parent
    command = [sys.executable, "-c", EXITING]
    run = subprocess.run(command, check=False, cwd=root, capture_output=True, text=True, timeout=50)
    assert (run.stdout, run.stderr, run.returncode) == ("late\n", "", 0)


LOOPBACK = [
    *("127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7F.1", "017700000001", "0177.0.0.1"),
    *(
        "127.0.0.1.",
        "１２７。０。０。１",
        "127｡0｡0｡1",
        "①②⑦.0.0.1",
        "%31%32%37.0.0.1",
        "127.0.0.%31",
        "0127.0.0.1",
    ),
    *("127.000.000.001", " 127.0.0.1 "),
]


@pytest.mark.parametrize("host", LOOPBACK)
def test_every_spelling_of_an_address_is_read(host: str) -> None:
    assert ip_address("127.0.0.1") in readings(host)


def test_an_octet_with_a_leading_zero_is_read_both_ways() -> None:
    assert set(map(str, readings("010.1.2.3"))) == {"8.1.2.3", "10.1.2.3"}


@pytest.mark.parametrize(
    "host", ["[::1]", "::1", "0:0:0:0:0:0:0:1", "[0000::0001]", "%5B::1%5D", "[::1%25lo]", "::1%lo", "::1%ab"]
)
def test_every_spelling_of_an_ipv6_address_is_read(host: str) -> None:
    assert {address.compressed.partition("%")[0] for address in readings(host)} == {"::1"}


@pytest.mark.parametrize(
    "host",
    [
        "host.example",
        "localhost",
        "1.example",
        "1.2.3.4.5",
        "0x7g.1",
        "127.0.0.1.example",
        "",
        "a..b",
        "\ud800",
    ],
)
def test_a_name_is_read_as_no_address(host: str) -> None:
    assert readings(host) == ()
