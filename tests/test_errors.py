"""The tree of errors, and where each of the world's ends in it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import httpcore
import httpx
import pytest
import redis

from feeds import errors
from feeds.errors import FeedmillError, SourceError, StoreUnavailable, Unreachable
from feeds.fetch.transport import VettedTransport
from feeds.pipeline.mill import failure_of
from feeds.store.connection import guarded

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def drawn() -> dict[str, str | None]:
    """Class → parent, as the picture in errors.py has it."""
    parents: dict[str, str | None] = {}
    path: list[tuple[int, str]] = []
    picture = str(errors.__doc__).split("\n\n")[1]
    for line in picture.splitlines():
        match = re.match(r"(?P<branch>[ │├└─]*)(?P<name>\w+)", line)
        assert match is not None
        depth = len(match["branch"])
        path = [(other, name) for other, name in path if other < depth]
        parents[match["name"]] = path[-1][1] if path else None
        path.append((depth, match["name"]))
    return parents


def classes() -> dict[str, str | None]:
    """Class → parent, as the code has it."""
    found = [one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, Exception)]
    return {one.__name__: one.__base__.__name__ if one is not FeedmillError else None for one in found}


def test_the_tree_that_is_drawn_is_the_tree_there_is() -> None:
    assert drawn() == classes()


def test_every_error_says_what_it_means() -> None:
    for one in classes():
        assert inspect.getdoc(getattr(errors, one))


def descendants(kind: type[Exception]) -> Iterator[type[Exception]]:
    for child in kind.__subclasses__():
        yield child
        yield from descendants(child)


BROKEN = [
    one
    for _, one in inspect.getmembers(httpcore, inspect.isclass)
    if issubclass(one, Exception) and one.__module__.startswith("httpcore")
]


class Breaking(httpcore.NetworkBackend):
    """A network that breaks in one way."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def connect_tcp(self, *_: object, **__: object) -> httpcore.NetworkStream:
        raise self.error


@pytest.mark.parametrize("kind", BROKEN, ids=lambda kind: kind.__name__)
def test_every_way_a_connection_breaks_is_the_publishers(kind: type[Exception]) -> None:
    error = kind("as it may be")
    transport = VettedTransport(httpx.create_ssl_context(), Breaking(error))
    request = httpx.Request("GET", "http://publisher.example/", extensions={"timeout": {}})
    # A pool tries again by itself when a connection was taken from under it: that one it never hands out.
    if kind is not httpcore.ConnectionNotAvailable:
        with pytest.raises(Unreachable, match=kind.__name__) as raised:
            transport.handle_request(request)
        assert raised.value.__cause__ is error
    transport.close()


def test_there_are_ways_to_break() -> None:
    assert len(BROKEN) > 10


@pytest.mark.parametrize(
    "error",
    [
        redis.ConnectionError("refused"),
        redis.TimeoutError("late"),
        redis.exceptions.ReadOnlyError("replica"),
        redis.ResponseError("OOM command not allowed when used memory > 'maxmemory'."),
        redis.exceptions.BusyLoadingError("LOADING Redis is loading the dataset in memory"),
        redis.ResponseError("MISCONF Errors writing to the AOF file: No space left on device"),
        redis.ResponseError("NOREPLICAS Not enough good replicas to write."),
    ],
    ids=lambda error: type(error).__name__ + str(error)[:4],
)
def test_a_store_that_is_away_or_full_is_unavailable(error: Exception) -> None:
    with pytest.raises(StoreUnavailable) as raised, guarded():
        raise error
    assert raised.value.__cause__ is error


def test_a_wrong_command_is_a_bug_and_crashes_loudly() -> None:
    with pytest.raises(redis.ResponseError), guarded():
        raise redis.ResponseError("WRONGTYPE Operation against a key holding the wrong kind of value")


@pytest.mark.parametrize("kind", [SourceError, *descendants(SourceError)], ids=lambda kind: kind.__name__)
def test_an_error_of_a_source_is_data_with_its_evidence(kind: type[SourceError]) -> None:
    failure = failure_of(kind("what happened", status=500, retry_at=NOW))
    assert (failure.error, failure.message) == (kind.__name__, "what happened")
    assert (failure.status, failure.retry_at) == (500, NOW)
