"""The environment's FEEDMILL_* variables."""

from __future__ import annotations

from typing import Any

import kombu
import pytest
import redis
from kombu.transport.redis import Channel

from feeds.errors import ConfigError
from feeds.settings import Settings, broker_of, load_settings


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"FEEDMILL_{name.upper()}", raising=False)


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = load_settings()
    assert settings.redis_url is None
    assert settings.store_url == "redis://127.0.0.1:6379/0"
    assert settings.queue_url == "redis://127.0.0.1:6379/1"
    assert (settings.prefix, settings.log, settings.log_level) == ("feedmill:", "console", "INFO")
    assert (settings.fetch_threads, settings.parse_processes) == (128, 2)
    assert settings.test_parser is None


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDMILL_FETCH_THREADS", "")
    assert load_settings().fetch_threads == 128


def test_variables_are_read_and_others_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDMILL_REDIS_URL", "redis://store:6379/0")
    monkeypatch.setenv("FEEDMILL_PARSE_PROCESSES", "4")
    monkeypatch.setenv("FEEDMILL_VAR_API", "http://news.example")
    settings = load_settings()
    assert settings.parse_processes == 4
    assert settings.queue_url == "redis://store:6379/1"


def test_a_broker_that_is_named_is_the_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDMILL_REDIS_URL", "redis://store:6379/0")
    monkeypatch.setenv("FEEDMILL_BROKER_URL", "amqp://rabbit//")
    assert load_settings().queue_url == "amqp://rabbit//"


@pytest.mark.parametrize(
    ("variable", "value", "fix"),
    [
        ("FEEDMILL_REDIS_URL", "localhost:6379", "write redis://host:6379/0"),
        ("FEEDMILL_REDIS_URL", "redis://host:6379/zero", "write redis://host:6379/0"),
        ("FEEDMILL_REDIS_URL", "redis://host:port/0", "write redis://host:6379/0"),
        ("FEEDMILL_REDIS_URL", "redis://[host/0", "write redis://host:6379/0"),
        ("FEEDMILL_REDIS_URL", "unix://", "write redis://host:6379/0"),
        ("FEEDMILL_BROKER_URL", "rabbit", "write it as Celery does, like redis://host:6379/1"),
        ("FEEDMILL_LOG", "xml", "is none of 'console' or 'json'"),
        ("FEEDMILL_LOG_LEVEL", "LOUD", "write one of them"),
        ("FEEDMILL_FETCH_THREADS", "many", "write digits"),
        ("FEEDMILL_FETCH_THREADS", "0", "the least is 1"),
        ("FEEDMILL_PARSE_PROCESSES", "65", "the most is 64"),
    ],
)
def test_a_wrong_value_names_the_variable_and_the_fix(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, fix: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigError) as caught:
        load_settings()
    assert str(caught.value).startswith(f'{variable}: "{value}" is')
    assert fix in str(caught.value)


def test_all_wrong_values_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDMILL_LOG", "xml")
    monkeypatch.setenv("FEEDMILL_FETCH_THREADS", "0")
    with pytest.raises(ConfigError) as caught:
        load_settings()
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("store", "broker"),
    [
        ("redis://host:6379/0", "redis://host:6379/1"),
        ("redis://host", "redis://host/1"),
        ("redis://host:6379/1", "redis://host:6379/0"),
        ("redis://host:6379/7", "redis://host:6379/1"),
        ("redis://host?db=1", "redis://host/0"),
        ("redis://user:p%40ss@host:6379/0", "redis://user:p%40ss@host:6379/1"),
        (
            "rediss://host:6380/0?ssl_cert_reqs=none",
            "rediss://host:6380/1?ssl_cert_reqs=none",
        ),
        ("unix:///run/redis.sock?db=0", "redis+socket:///run/redis.sock?virtual_host=1"),
        ("unix:///run/redis.sock", "redis+socket:///run/redis.sock?virtual_host=1"),
        ("unix:///run/redis.sock?db=1", "redis+socket:///run/redis.sock?virtual_host=0"),
        ("unix://:pw@/run/a%20b.sock", "redis+socket://:pw@/run/a%20b.sock?virtual_host=1"),
    ],
)
def test_the_broker_is_beside_the_store(store: str, broker: str) -> None:
    assert broker_of(store) == broker


@pytest.mark.parametrize(
    "store",
    [
        "redis://:p%40ss@host:6380/0",
        "unix:///run/redis.sock?db=0",
        "unix://:pw@/run/a%20b.sock?db=1",
    ],
)
def test_both_libraries_reach_one_server_in_two_databases(store: str) -> None:
    ours = redis.ConnectionPool.from_url(store).connection_kwargs
    connection = kombu.Connection(broker_of(store))
    theirs = _connection_parameters(connection)
    for key in ("host", "port", "path", "password"):
        assert ours.get(key) == theirs.get(key), key
    assert {ours.get("db", 0), theirs["db"]} == {0, 1}


def _connection_parameters(connection: kombu.Connection) -> dict[str, object]:
    """What kombu would connect with; a channel made without its constructor, which connects."""
    channel: Any = object.__new__(Channel)
    channel.connection = connection.transport
    channel._closed = True
    parameters: dict[str, object] = channel._connparams()
    return parameters
