"""What is noted of a fetch: always a little, everything for people who look."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from feeds.errors import SourceError, Unreachable
from feeds.fetch.client import Client
from feeds.fetch.journal import Journal
from feeds.model import Hop, Received, Validators
from tests import make
from tests.origin import Origin

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Clock:
    """A monotonic clock that goes one second on at each look."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(monotonic=time.monotonic)
    yield made
    made.close()


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as serving:
        serving.set("/old", "", status=301, headers={"Location": "/feed"})
        serving.set("/feed", "<rss/>", headers={"X-Echo": "hello"})
        yield serving


def get(client: Client, url: str, journal: Journal | None = None, **policy: Any) -> Received:
    source = make.source(**({"url": url, "allow": ("127.0.0.0/8",)} | policy))
    outcome = client.get(url, Validators(), source=source, now=NOW, journal=journal)
    assert isinstance(outcome, Received)
    return outcome


def test_an_empty_journal_is_an_empty_exchange() -> None:
    exchange = Journal(Clock()).exchange()
    assert (exchange.hops, exchange.status, exchange.moved_to, exchange.seconds) == ((), None, None, 1.0)


def test_each_request_is_a_visit_with_all_that_was_said(client: Client, origin: Origin) -> None:
    journal = client.journal(detailed=True)
    get(client, f"{origin.url}/old", journal, headers={"X-Desk": "city"})
    assert [(visit.method, visit.url, visit.status) for visit in journal.visits] == [
        ("GET", f"{origin.url}/old", 301),
        ("GET", f"{origin.url}/feed", 200),
    ]
    for visit in journal.visits:
        assert ("x-desk", "city") in visit.sent
        assert ("Host", origin.url.removeprefix("http://")) in visit.sent
    assert ("Location", "/feed") in journal.visits[0].got
    assert ("X-Echo", "hello") in journal.visits[1].got


def test_a_visit_knows_how_long_each_phase_took(client: Client, origin: Origin) -> None:
    origin.set("/slow", "<rss/>", delay=0.1)
    journal = client.journal(detailed=True)
    get(client, f"{origin.url}/slow", journal)
    [visit] = journal.visits
    assert list(visit.phases) == ["names", "connect", "first byte", "body"]
    assert all(seconds >= 0 for seconds in visit.phases.values())
    assert visit.phases["first byte"] >= 0.1
    assert sum(visit.phases.values()) <= journal.exchange().seconds


def test_a_connection_that_was_kept_has_no_phase_of_its_own(client: Client, origin: Origin) -> None:
    get(client, f"{origin.url}/feed")
    journal = client.journal(detailed=True)
    get(client, f"{origin.url}/feed", journal)
    assert list(journal.visits[0].phases) == ["first byte", "body"]


def test_not_detailed_keeps_nothing_but_the_exchange(
    client: Client, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither headers are shown nor phases measured: the trace is not even asked for."""

    def never(*_: object) -> None:
        raise AssertionError("measured though nobody looks")

    journal = client.journal()
    monkeypatch.setattr(journal, "trace", never)
    monkeypatch.setattr(client._secrets, "is_secret", lambda _: False)
    received = get(client, f"{origin.url}/old", journal)
    assert journal.visits == []
    assert received.exchange.hops == (
        Hop(url=f"{origin.url}/old", status=301),
        Hop(url=f"{origin.url}/feed", status=200),
    )


def test_a_failure_leaves_what_was_there_before_it(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}/"
    journal = client.journal(detailed=True)
    with pytest.raises(Unreachable):
        get(client, url, journal)
    [visit] = journal.visits
    assert (visit.url, visit.status, visit.got) == (url, None, ())
    assert "connect" in visit.phases
    assert journal.exchange().hops == (Hop(url=url),)


def test_an_address_that_must_not_be_asked_for_is_no_hop(client: Client, origin: Origin) -> None:
    origin.set("/out", "", status=301, headers={"Location": "file:///etc/passwd"})
    journal = client.journal(detailed=True)
    with pytest.raises(SourceError):
        get(client, f"{origin.url}/out", journal)
    assert journal.exchange().hops == (Hop(url=f"{origin.url}/out", status=301),)
    assert journal.exchange().moved_to is None


def test_a_body_that_breaks_off_is_counted_as_far_as_it_came(client: Client, origin: Origin) -> None:
    origin.set("/cut", b"12345", headers={"Content-Length": "10"})
    journal = client.journal(detailed=True)
    with pytest.raises(Unreachable):
        get(client, f"{origin.url}/cut", journal)
    assert (journal.exchange().wire, journal.exchange().decoded) == (5, 0)
    assert "body" in journal.visits[0].phases


def test_phases_of_one_name_add_up() -> None:
    journal = Journal(Clock(), detailed=True)
    journal.sending("GET", "http://a.example/", ())
    for _ in range(2):
        for state in ("started", "failed"):
            journal.trace(f"connection.connect_tcp.{state}", {})
    journal.trace("connection.unknown.started", {})
    journal.trace("connection.unknown.complete", {})
    assert journal.visits[0].phases == {"connect": 2.0}
