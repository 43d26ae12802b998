"""Loaded by every Python process of a system (PYTHONPATH): its messages come twice, late, out of order.

Each message that kombu would push to its Redis list is pushed as two, a third of them 5 s later, the
others after a moment of their own, so that they overtake each other.
"""

from __future__ import annotations

import copy
import heapq
import os
import random
import threading
import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import redis as transport
from kombu.utils.json import dumps

LATE_SECONDS = 5.0
LATE_SHARE = 1 / 3
MOMENT_SECONDS = 0.3
_NOTES = Path(os.environ["FEEDMILL_TEST_NOTES"])


class Postman:
    """Pushes messages when their time has come, for the process it was made in."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self._bag: list[tuple[float, int, Any, str, str]] = []
        self._changed = threading.Condition()
        self._sent = 0
        threading.Thread(target=self._walk, name="postman", daemon=True).start()

    def take(self, channel: Any, queue: str, message: dict[str, Any]) -> None:
        """Two copies of a message, each with a time of its own."""
        waits = [_wait(), _wait()]
        words = [f"{message['headers']['id']} {queue} {wait}\n" for wait in waits]
        with _NOTES.open("a", encoding="utf-8") as notes:
            notes.write("".join(words))
        for wait in waits:
            one = copy.deepcopy(message)
            one["properties"]["delivery_tag"] = str(uuid.uuid4())
            with self._changed:
                self._sent += 1
                # A client of the process' pool: unlike a channel, it may be used by another thread.
                entry = (time.monotonic() + wait, self._sent, channel._create_client(), queue, dumps(one))
                heapq.heappush(self._bag, entry)
                self._changed.notify()

    def _walk(self) -> None:
        while True:
            with self._changed:
                while not self._bag or self._bag[0][0] > time.monotonic():
                    self._changed.wait(self._bag[0][0] - time.monotonic() if self._bag else None)
                _, _, client, queue, text = heapq.heappop(self._bag)
            client.lpush(queue, text)


def _wait() -> float:
    return LATE_SECONDS if random.random() < LATE_SHARE else random.random() * MOMENT_SECONDS


def _put(channel: Any, queue: str, message: dict[str, Any], **_: Any) -> None:
    global _postman  # noqa: PLW0603 - one a process, made after any fork
    with _making:
        if _postman is None or _postman.process != os.getpid():
            _postman = Postman()
    _postman.take(channel, queue, message)


_postman: Postman | None = None
_making = threading.Lock()
transport.Channel._put = _put  # type: ignore[method-assign, assignment]
