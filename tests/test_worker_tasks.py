"""The tasks called plainly: a message does what its claims say, and the hints that follow are sent."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from typing import Any

import pytest
from celery import signature

from feeds.model import Feed, Payload, Stage
from feeds.parse.source import parse as parse_payload
from feeds.pipeline.apply import apply
from feeds.store.claims import Hint
from feeds.store.store import Store
from feeds.told import Source
from tests import make
from tests.brokers import Broker, Message, broker_on
from tests.mills import polled, rss
from tests.origin import Origin, Response
from tests.places import PREFIX
from worker import deps, tasks
from worker.app import QUEUES, app
from worker.folder import Folder
from worker.hints import BATCH, LONGEST, QUEUE


@pytest.fixture
def broker(redis_folder: Folder, store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    """A broker, and a process whose mill works on the test's store."""
    monkeypatch.setenv("FEEDMILL_REDIS_URL", redis_folder.url)
    monkeypatch.setenv("FEEDMILL_PREFIX", PREFIX)
    deps._mill.cache_clear()
    with broker_on(redis_folder) as connected:
        yield connected
    mill = deps.mill()
    mill.intake.client.close()
    mill.store.close()
    deps._mill.cache_clear()


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as serving:
        yield serving


def follow(store: Store, origin: Origin, *names: str, **policy: object) -> None:
    for name in names:
        origin.set(f"/{name}", rss(f"story of {name}"))
    sources = tuple(polled(f"{origin.url}/{name}", id=name, **policy) for name in names)
    apply(store, make.catalogue(sources=sources))


def members(broker: Broker, queue: str) -> list[list[str]]:
    """The members of each message that waits in a queue."""
    return [[member for member, _ in one.args[0]] for one in broker.messages(queue)]


def carry_out(message: Message) -> None:
    """Call a message's task, and wait for what it has begun."""
    getattr(tasks, message.task)(*message.args)
    tasks._in_flight().drain(20)


def work_off(broker: Broker) -> list[str]:
    """Take every message from the queues and call its task, until there is none; the tasks called."""
    called = []
    while waiting := [(queue, one) for queue in QUEUES for one in broker.messages(queue)]:
        broker.client.delete(*QUEUES)
        for _, message in waiting:
            carry_out(message)
            called.append(message.task)
    return called


MESSAGE = [["source", "12"], ["page:0123", "13"], ["重庆 商报", "14"]]


@pytest.mark.parametrize("name", ["fetch", "page", "parse", "publish"])
def test_every_signature_survives_json(name: str) -> None:
    task = app.tasks[name]
    sent = task.s(MESSAGE)
    back = signature(json.loads(json.dumps(sent)), app=app)
    assert (back.task, list(back.args), back.kwargs) == (name, [MESSAGE], {})
    assert tasks.received(back.args[0]) == [Hint(*pair) for pair in MESSAGE]


def test_the_tasks_there_are_have_queues_that_somebody_consumes() -> None:
    ours = {name for name in app.tasks if not name.startswith("celery.")}
    assert ours == {"dispatch", "fetch", "notice_silence", "page", "parse", "publish"}
    routes: Mapping[str, Any] = app.conf.task_routes
    assert {routes[name]["queue"] for name in ours} <= set(QUEUES)
    assert {stage.value: queue for stage, queue in QUEUE.items()} == {
        name: routes[name]["queue"] for name in ours - {"dispatch", "notice_silence"}
    }


def test_messages_are_json_and_their_loss_is_nobodys_business() -> None:
    conf = app.conf
    assert (conf.task_serializer, list(conf.accept_content)) == ("json", ["json"])
    assert (conf.task_acks_late, conf.task_ignore_result, conf.worker_prefetch_multiplier) == (False, True, 1)
    assert not any(task.acks_late for name, task in app.tasks.items() if not name.startswith("celery."))


def test_dispatch_hints_what_is_due_and_nothing_twice(broker: Broker, store: Store, origin: Origin) -> None:
    follow(store, origin, "a", "b")
    tasks.dispatch()
    assert [sorted(batch) for batch in members(broker, "fetch")] == [["a", "b"]]
    assert [sorted(batch) for batch in members(broker, "publish")] == [["all", "news"]]
    tasks.dispatch()
    assert len(broker.messages("fetch")) == len(broker.messages("publish")) == 1


def test_dispatch_leaves_a_full_queue_alone(broker: Broker, store: Store, origin: Origin) -> None:
    follow(store, origin, "a")
    for _ in range(LONGEST[Stage.FETCH]):
        broker.app.send_task("fetch", args=[[]])
    tasks.dispatch()
    assert [batch for batch in members(broker, "fetch") if batch] == []
    assert len(broker.messages("publish")) == 1


def test_all_of_it_is_done_by_messages_alone(broker: Broker, store: Store, origin: Origin) -> None:
    names = [f"source-{number}" for number in range(BATCH[Stage.FETCH] + 5)]
    follow(store, origin, *names)
    tasks.dispatch()
    called = work_off(broker)
    assert called.count("fetch") == 2
    assert set(called) == {"fetch", "parse", "publish"}
    assert store.categories.sizes(["all"]) == {"all": len(names)}
    assert len(origin.requests) == len(names)


def test_a_message_delivered_twice_works_once(broker: Broker, store: Store, origin: Origin) -> None:
    follow(store, origin, "a")
    tasks.dispatch()
    [message] = broker.messages("fetch")
    carry_out(message)
    carry_out(message)
    assert len(origin.requests) == 1
    assert members(broker, "parse") == [["a"]]


def test_sources_of_one_message_are_fetched_at_once(broker: Broker, store: Store, origin: Origin) -> None:
    names = [f"source-{number}" for number in range(BATCH[Stage.FETCH])]
    follow(store, origin, *names)
    for name in names:
        origin.set(f"/{name}", rss(name), delay=0.5)
    tasks.dispatch()
    [message] = broker.messages("fetch")
    carry_out(message)
    assert origin.peak > BATCH[Stage.FETCH] // 2
    assert sum(len(batch) for batch in members(broker, "parse")) == len(names)


def test_a_task_ends_when_its_work_is_begun_and_no_slow_source_holds_it_up(
    broker: Broker, store: Store, origin: Origin
) -> None:
    follow(store, origin, "a")
    origin.set("/a", rss("late"), delay=1.0)
    tasks.dispatch()
    [message] = broker.messages("fetch")
    tasks.fetch(*message.args)
    assert members(broker, "parse") == []
    tasks._in_flight().drain(20)
    assert members(broker, "parse") == [["a"]]


def test_requests_of_one_domain_go_out_a_spacing_apart_and_no_task_waits_for_that(
    broker: Broker, store: Store, origin: Origin
) -> None:
    names = [f"source-{number}" for number in range(8)]
    follow(store, origin, *names, spacing=0.25)
    tasks.dispatch()
    for message in broker.messages("fetch"):
        tasks.fetch(*message.args)
    tasks._in_flight().drain(20)
    times = sorted(request.at for request in origin.requests)
    assert len(times) > 2
    assert min(after - before for before, after in pairwise(times)) > 0.2


def test_a_slow_source_holds_up_none_of_its_message(broker: Broker, store: Store, origin: Origin) -> None:
    parsed_first = []

    def slow(path: str, headers: Mapping[str, str]) -> Response:
        for _ in range(200):
            if broker.messages("parse"):
                parsed_first.extend(members(broker, "parse"))
                break
            origin.stopping.wait(0.05)
        return Response(rss("slow").encode())

    follow(store, origin, "quick", "slow")
    origin.handler("/other", slow)
    apply(
        store,
        make.catalogue(
            sources=(
                polled(f"{origin.url}/quick", id="quick"),
                polled(f"{origin.url}/other", id="slow"),
            )
        ),
    )
    tasks.dispatch()
    for message in broker.messages("fetch"):
        carry_out(message)
    assert parsed_first == [["quick"]]


def test_what_waits_for_its_domain_is_claimed_when_the_slot_is_free(
    broker: Broker, store: Store, origin: Origin
) -> None:
    follow(store, origin, "a", "b", "c", per_domain=1)
    tasks.dispatch()
    for _ in range(3):
        [message] = broker.messages("fetch")
        broker.client.delete("fetch")
        carry_out(message)
    assert len(origin.requests) == 3
    assert origin.peak == 1


def breaking(source: Source, payload: Payload, known: Collection[str] = frozenset()) -> Feed:
    """A parser with a bug for one source."""
    if source.id == "bad":
        raise ZeroDivisionError("a bug")
    return parse_payload(source, payload, known)


def test_a_bug_in_one_members_work_stops_no_other_and_leaves_its_claim(
    broker: Broker, store: Store, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDMILL_TEST_PARSER", f"{__name__}:breaking")
    follow(store, origin, "bad", "good")
    tasks.dispatch()
    work_off(broker)
    assert [article.title for article in store.articles.newest("news", 9)] == ["story of good"]
    [again] = store.claims.claim(Stage.PARSE, 9, store.now() + tasks.timedelta(seconds=40))
    assert (again.member, again.attempts) == ("bad", 1)


def test_a_store_that_is_away_leaves_the_work_due(
    broker: Broker, store: Store, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(store, origin, "a")
    tasks.dispatch()
    [message] = broker.messages("fetch")
    good, url = deps.mill(), os.environ["FEEDMILL_REDIS_URL"]
    monkeypatch.setenv("FEEDMILL_REDIS_URL", url.replace("redis.sock", "nobody.sock"))
    deps._mill.cache_clear()
    carry_out(message)
    tasks.dispatch()
    assert origin.requests == []
    monkeypatch.setenv("FEEDMILL_REDIS_URL", url)
    carry_out(message)
    assert len(origin.requests) == 1
    good.intake.client.close()
    good.store.close()


def test_a_stage_that_cannot_be_dispatched_holds_no_other_up(broker: Broker, store: Store) -> None:
    client = store.claims._connection.client
    client.set(f"{PREFIX}claims:page", "of the wrong type")
    client.zadd(f"{PREFIX}due:page", {"a": 0})
    store.claims.grant(Stage.PARSE, "left", store.now() - tasks.timedelta(seconds=60))
    tasks.dispatch()
    assert members(broker, "parse") == [["left"]]
