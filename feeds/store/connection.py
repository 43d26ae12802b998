"""One Redis, its keys, its scripts and its clock; redis-py's exceptions end here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any, Final, NamedTuple

import msgspec
import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from feeds.errors import ConfigError, StoreUnavailable
from feeds.store.keys import FORMAT, Keys

_AWAY = (redis.ConnectionError, redis.TimeoutError, redis.InvalidResponse, redis.exceptions.ReadOnlyError)
_REFUSED = ("OOM", "LOADING", "MISCONF", "NOREPLICAS")
_SCRIPTS = ("claim", "start", "finish", "refresh")
_SECONDS_PER_SYNC = 60.0


@contextmanager
def guarded() -> Iterator[None]:
    """Redis away, loading or out of memory becomes StoreUnavailable; other errors are bugs."""
    try:
        yield
    except _AWAY as error:
        raise StoreUnavailable(f"the store does not answer: {error}") from error
    except redis.ResponseError as error:
        if any(word in str(error) for word in _REFUSED):
            raise StoreUnavailable(f"the store refuses: {error}") from error
        raise


class Patience(NamedTuple):
    """How long a question may take, in seconds, and how often it is asked again."""

    seconds: float
    tries: int


PATIENT: Final = Patience(10, 2)
"""Of those whose work would be lost."""
IMPATIENT: Final = Patience(1, 0)
"""Of those who have something else to answer with, and others waiting."""


class Connection:
    """A client for one store; safe to share between threads, to be made anew in each process."""

    def __init__(self, url: str, prefix: str, patience: Patience = PATIENT) -> None:
        self.keys = Keys(prefix)
        self._lua_keys = self.keys.for_lua()
        # Any: redis-py's own annotations mix bytes with str, and sync with async.
        self.client: Any = redis.Redis.from_url(
            url,
            socket_timeout=patience.seconds,
            socket_connect_timeout=min(patience.seconds, 5),
            health_check_interval=10,
            retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), patience.tries),
        )
        folder = resources.files("feeds.store") / "lua"
        shared = (folder / "origins.lua").read_text("utf-8")
        self._scripts = {
            name: self.client.register_script(shared + (folder / f"{name}.lua").read_text("utf-8"))
            for name in _SCRIPTS
        }

    def run(self, script: str, **plan: Any) -> Any:
        """Run a script with its plan and the names of the keys; Redis' answer, bytes inside."""
        packed = msgspec.msgpack.encode({"keys": self._lua_keys, **plan})
        with guarded():
            return self._scripts[script](args=[packed])

    def check(self) -> None:
        """Refuse a store of another format or one that may evict; stamp an empty one."""
        try:
            with guarded():
                self.client.set(self.keys.format, FORMAT, nx=True)
                found = self.client.get(self.keys.format)
                policy = self._eviction_policy()
        except redis.ResponseError as error:  # a database or a right that there is not
            raise ConfigError(f"the store refuses: {error}: correct FEEDMILL_REDIS_URL") from error
        if found != FORMAT.encode():
            raise ConfigError(
                f"the store holds format {found!r}, this feedmill reads {FORMAT}: "
                "use another FEEDMILL_PREFIX or data folder, or the release that wrote it"
            )
        if policy not in ("noeviction", ""):
            raise ConfigError(
                f"Redis has maxmemory-policy {policy}, which may drop articles: "
                "set it with `CONFIG SET maxmemory-policy noeviction`"
            )

    def _eviction_policy(self) -> str:
        """The policy, or "" where the server keeps CONFIG to itself (hosted Redis)."""
        try:
            return str(self.client.info("memory").get("maxmemory_policy", ""))
        except redis.ResponseError:
            return ""

    def close(self) -> None:
        """Give the sockets back."""
        self.client.close()


def store_clock(connection: Connection) -> Callable[[], datetime]:
    """A clock that all processes share: the offset of Redis TIME plus our monotonic clock."""
    state = {"offset": 0.0, "synced": float("-inf")}

    def now() -> datetime:
        monotonic = time.monotonic()
        if monotonic - state["synced"] > _SECONDS_PER_SYNC:
            with guarded():
                seconds, micros = connection.client.time()
            # Redis said it half-way between asking and hearing, as well as we can know.
            state["offset"] = seconds + micros / 1e6 - (monotonic + time.monotonic()) / 2
            state["synced"] = monotonic
        return datetime.fromtimestamp(time.monotonic() + state["offset"], UTC)

    return now


def milliseconds(moment: datetime) -> int:
    """UTC milliseconds, the store's unit of time."""
    return round(moment.timestamp() * 1000)


def moment(ms: float) -> datetime:
    """The datetime of UTC milliseconds."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
