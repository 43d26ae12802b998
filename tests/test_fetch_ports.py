"""Which ports of public addresses may be connected to."""

from __future__ import annotations

import pytest

from feeds.errors import UnsafeURL
from feeds.fetch.ports import CLOSED, vet_port

WEB = [80, 443, 1024, 3000, 5000, 7000, 8000, 8080, 8088, 8443, 8888, 9000, 49152, 65535]
BELOW = [1, 7, 21, 22, 23, 25, 53, 79, 81, 110, 111, 143, 389, 442, 444, 445, 465, 587, 873, 993, 1023]
FETCH_STANDARD = [1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, *range(6665, 6670)]
CONTROL = [1433, 1521, 2375, 2376, 2379, 2380, 3306, 3389, 5432, 5900, 5984, 6379, 8086, 9042, 9200]


@pytest.mark.parametrize("port", WEB)
def test_where_the_web_is_may_be_connected_to(port: int) -> None:
    vet_port("host.example", port, ())


@pytest.mark.parametrize(
    "port", [*BELOW, *FETCH_STANDARD, 6679, 6697, 10080, *CONTROL, 9300, 10250, 11211, 27017]
)
def test_where_others_listen_is_refused_with_the_way_out(port: int) -> None:
    with pytest.raises(UnsafeURL, match=rf"host\.example: port {port} is closed .*ports = \[{port}\]"):
        vet_port("host.example", port, ())


def test_a_source_opens_exactly_the_ports_it_names() -> None:
    vet_port("host.example", 25, [25])
    vet_port("host.example", 443, [25])
    for neighbour in (24, 26):
        with pytest.raises(UnsafeURL):
            vet_port("host.example", neighbour, [25])


@pytest.mark.parametrize("port", [-1, 0, 65536])
def test_a_port_that_cannot_be_is_not_opened_by_naming_it(port: int) -> None:
    with pytest.raises(UnsafeURL, match=f"there is no port {port}"):
        vet_port("host.example", port, [port])


def test_the_table_names_each_port_once_and_none_that_is_closed_anyway() -> None:
    ports = [port for group in CLOSED.values() for port in group]
    assert len(ports) == len(set(ports))
    assert all(1024 <= port <= 65535 for port in ports)


def test_the_refusal_says_what_listens_there() -> None:
    with pytest.raises(UnsafeURL, match="Redis"):
        vet_port("host.example", 6379, ())
