"""What the environment tells us: FEEDMILL_* variables, validated once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from feeds.errors import ConfigError

PREFIX = "FEEDMILL_"
DEFAULT_REDIS_URL = "redis://127.0.0.1:6379/0"
_STORE_SCHEMES = ("redis", "rediss", "unix")
_NO_STORE = "is not a Redis address; write redis://host:6379/0, rediss://… or unix:///path?db=0"


def _store_url(url: str) -> str:
    _store_database(url)
    return url


def _broker_url(url: str) -> str:
    if "://" not in url:
        raise ValueError("is no address of a broker; write it as Celery does, like redis://host:6379/1")
    return url


class Settings(BaseSettings):
    """The settings of every process, from the environment alone."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="ignore")

    redis_url: Annotated[str, AfterValidator(_store_url)] | None = None
    """Where the store is; without it ``feedmill up`` starts a Redis of its own."""
    broker_url: Annotated[str, AfterValidator(_broker_url)] | None = None
    """Where Celery's queues are; without it another database of the store's server."""
    prefix: str = "feedmill:"
    """What every key of the store begins with, so that several systems may share a server."""
    log: Literal["console", "json"] = "console"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    fetch_threads: Annotated[int, Field(ge=1, le=512)] = 128
    parse_processes: Annotated[int, Field(ge=1, le=64)] = 2
    public_folder: Path | None = None
    """Where every document and page is kept as a file, for a web server to serve."""
    test_parser: str | None = None
    """For feedmill's own tests only: ``module:function`` to parse with instead of our own parser."""

    @property
    def store_url(self) -> str:
        """The store's URL: the one that was set, else a server of this machine."""
        return self.redis_url or DEFAULT_REDIS_URL

    @property
    def queue_url(self) -> str:
        """The broker's URL: the one that was set, else one beside the store."""
        return self.broker_url or broker_of(self.store_url)


def load_settings() -> Settings:
    """The settings that the environment holds; an empty variable is one that is not set.

    Raises ConfigError with a line for every wrong variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [_problem(str(each["loc"][0]), each["input"], dict(each)) for each in error.errors()]
        raise ConfigError("\n".join(lines)) from error


def broker_of(redis_url: str) -> str:
    """The URL, as Celery spells it, of a database for the queues on the server of ``redis_url``.

    It is database 1, or 0 where the store itself is in 1. Raises ValueError for other addresses.
    """
    database = 0 if _store_database(redis_url) == 1 else 1
    parts = urlsplit(redis_url)
    query = [(key, value) for key, value in parse_qsl(parts.query) if key != "db"]
    if parts.scheme != "unix":
        return urlunsplit(parts._replace(path=f"/{database}", query=urlencode(query)))
    # kombu's spelling of a socket; it has the password in front of the path, as redis-py does.
    query.append(("virtual_host", str(database)))
    credentials = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    path = quote(unquote(parts.path))
    return f"redis+socket://{credentials}{path}?{urlencode(query)}"


def _store_database(url: str) -> int:
    """The number of the database in a store's URL; 0 where it names none."""
    try:
        parts = urlsplit(url)
        _ = parts.port
        text = dict(parse_qsl(parts.query)).get("db", "")
        if not text and parts.scheme != "unix":
            text = parts.path.strip("/")
        database = int(text or "0")
    except ValueError as error:
        raise ValueError(_NO_STORE) from error
    somewhere = parts.path.strip("/") if parts.scheme == "unix" else parts.hostname
    if parts.scheme not in _STORE_SCHEMES or not somewhere or database < 0:
        raise ValueError(_NO_STORE)
    return database


def _problem(name: str, value: object, detail: Mapping[str, object]) -> str:
    context = detail.get("ctx")
    context = context if isinstance(context, dict) else {}
    match detail["type"]:
        case "value_error":
            reason = str(context["error"])
        case "literal_error":
            reason = f"is none of {context['expected']}; write one of them"
        case "int_parsing":
            reason = "is not a whole number; write digits"
        case "greater_than_equal":
            reason = f"is too small; the least is {context['ge']}"
        case "less_than_equal":
            reason = f"is too big; the most is {context['le']}"
        case _:
            reason = str(detail["msg"])
    return f'{PREFIX}{name.upper()}: "{value}" {reason}'
