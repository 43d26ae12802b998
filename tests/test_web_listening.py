"""What is said of new documents is heard, over a real Redis, and heard again after an outage."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from feeds.errors import StoreUnavailable
from feeds.store.store import Store
from feeds.web.listening import LONGEST, listen
from tests.mills import Desk, desk_over, polled, put_and_publish, rss, work
from tests.places import PREFIX
from tests.system import wait_until

CHANNEL = f"{PREFIX}published"


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    with desk_over(store) as opened:
        opened.origin.set("/feed", rss("one"))
        put_and_publish(opened, polled(f"{opened.origin.url}/feed"))
        yield opened


def test_only_new_documents_are_announced(desk: Desk, client: redis.Redis) -> None:
    with client.pubsub(ignore_subscribe_messages=True) as channel:
        channel.subscribe(CHANNEL)
        wait_until(lambda: client.pubsub_numsub(CHANNEL)[0][1] == 1, 5, "the subscription", every=0.01)
        channel.get_message(timeout=0.1)
        work(desk.mill)
        desk.clock.advance(10)
        work(desk.mill)
        desk.mill.store.documents.touch(["news"], desk.clock())
        work(desk.mill)
        heard = [message["data"] for message in iter(lambda: channel.get_message(timeout=0.2), None)]
    assert sorted(heard) == [b"all", b"news"]


def test_what_is_said_is_dropped(store: Store, client: redis.Redis) -> None:
    dropped: list[str] = []
    ear = listen(store.announcements, dropped.append, lambda _: None)

    def say() -> bool:
        client.publish(CHANNEL, "a (b) 新")
        next(ear)
        return bool(dropped)

    wait_until(say, 20, "a slug", every=0.01)
    assert set(dropped) == {"a (b) 新"}


def test_who_says_nothing_is_asked_again_ever_more_seldom() -> None:
    dropped: list[str] = []
    pauses: list[float] = []

    def announcements() -> Iterator[str | None]:
        if len(pauses) in (6, 7):
            yield "back"
        raise StoreUnavailable("away")

    ear = listen(announcements, dropped.append, pauses.append)
    for _ in range(10):
        next(ear)
    assert pauses == [0.5, 1.0, 2.0, 4.0, LONGEST, LONGEST, 0.5, 0.5]
    assert dropped == ["back", "back"]
