"""Hints as messages on a real broker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from feeds.errors import StoreUnavailable
from feeds.model import Stage
from feeds.settings import broker_of
from feeds.store.claims import Claim, Hint
from tests.brokers import Broker, broker_on, connect
from worker.app import QUEUES
from worker.folder import Folder
from worker.hints import BATCH, LONGEST, QUEUE, received, room, send, send_claims

STAGES = [pytest.param(stage, id=stage.value) for stage in BATCH]


@pytest.fixture
def broker(redis_folder: Folder) -> Iterator[Broker]:
    with broker_on(redis_folder) as connected:
        yield connected


def hints(count: int) -> list[Hint]:
    return [Hint(f"member {number} 报", str(number)) for number in range(count)]


@pytest.mark.parametrize("stage", STAGES)
def test_hints_go_to_the_queue_of_their_stage_and_come_back_as_they_were(
    broker: Broker, stage: Stage
) -> None:
    send(broker.app, {stage: hints(3)})
    [message] = broker.messages(QUEUE[stage])
    assert message.task == stage.value
    assert received(*message.args) == hints(3)
    assert QUEUE[stage] in QUEUES


@pytest.mark.parametrize("stage", STAGES)
def test_a_message_holds_a_batch_and_no_more(broker: Broker, stage: Stage) -> None:
    sent = hints(2 * BATCH[stage] + 1)
    send(broker.app, {stage: sent})
    batches = [received(*message.args) for message in broker.messages(QUEUE[stage])]
    assert [len(batch) for batch in batches] == [BATCH[stage], BATCH[stage], 1]
    assert [hint for batch in batches for hint in batch] == sent


def test_no_hints_are_no_message(broker: Broker) -> None:
    send(broker.app, {})
    send(broker.app, {Stage.FETCH: []})
    assert broker.client.keys("*") == []


def test_what_was_started_and_never_finished_goes_alone(broker: Broker) -> None:
    claims = [Claim(f"m{number}", str(number), attempts=number % 2) for number in range(6)]
    send_claims(broker.app, Stage.PARSE, claims)
    batches = [[hint.member for hint in received(*one.args)] for one in broker.messages("parse")]
    assert batches == [["m0", "m2", "m4"], ["m1"], ["m3"], ["m5"]]


@pytest.mark.parametrize("stage", STAGES)
def test_there_is_room_until_the_queue_is_full(broker: Broker, stage: Stage) -> None:
    assert room(broker.app, stage) == LONGEST[stage] * BATCH[stage]
    send(broker.app, {stage: hints(BATCH[stage] + 1)})
    assert room(broker.app, stage) == (LONGEST[stage] - 2) * BATCH[stage]
    for _ in range(LONGEST[stage]):
        send(broker.app, {stage: hints(1)})
    assert room(broker.app, stage) == 0


def test_pages_and_sources_share_a_queue_and_its_room(broker: Broker) -> None:
    send(broker.app, {Stage.FETCH: hints(1)})
    assert room(broker.app, Stage.PAGE) == (LONGEST[Stage.PAGE] - 1) * BATCH[Stage.PAGE]


def test_a_broker_that_is_away_is_a_store_that_is_away(broker: Broker, redis_folder: Folder) -> None:
    nobody = broker_of(redis_folder.url).replace("redis.sock", "nobody.sock")
    broker.app.conf.task_publish_retry = False
    connect(nobody)
    try:
        with pytest.raises(StoreUnavailable, match="the broker does not answer"):
            room(broker.app, Stage.FETCH)
        with pytest.raises(StoreUnavailable, match="the broker does not answer"):
            send(broker.app, {Stage.FETCH: hints(1)})
    finally:
        broker.app.conf.task_publish_retry = True
