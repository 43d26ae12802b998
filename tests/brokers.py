"""A real broker for tests of hints and tasks: database 1 of the tests' own Redis."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import redis
from celery import Celery
from kombu import pools

from feeds.settings import broker_of
from worker.app import app
from worker.folder import Folder


class Message(NamedTuple):
    """A message as it lies in its queue."""

    task: str
    args: list[Any]


class Broker(NamedTuple):
    """The application that sends, and a plain client of what it sends to."""

    app: Celery
    client: redis.Redis

    def messages(self, queue: str) -> list[Message]:
        """What waits in a queue, the oldest first."""
        raw = [json.loads(text) for text in reversed(self.client.lrange(queue, 0, -1))]
        bodies = [json.loads(base64.b64decode(one["body"])) for one in raw]
        return [Message(one["headers"]["task"], body[0]) for one, body in zip(raw, bodies, strict=True)]


@contextmanager
def broker_on(folder: Folder) -> Iterator[Broker]:
    """Our own application, its queues emptied; afterwards it is as it was."""
    before = app.conf.broker_url
    connect(broker_of(folder.url))
    with redis.Redis(unix_socket_path=str(folder.socket), db=1) as client:
        client.flushdb()
        try:
            yield Broker(app, client)
        finally:
            connect(before)


def connect(url: str) -> None:
    """Send to another broker from now on."""
    app.conf.broker_url = url
    pools.reset()
    app._pool = None
    app.amqp._producer_pool = None
