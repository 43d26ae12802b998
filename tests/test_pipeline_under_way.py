"""Work that is cut short: sources removed meanwhile, workers that freeze, die or never finish."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest
import redis

from feeds.model import Feed, Payload, Stage, Validators
from feeds.parse.source import parse as parse_payload
from feeds.pipeline.dispatch import MAX_ATTEMPTS, claim
from feeds.pipeline.mill import Intake, Mill
from feeds.pipeline.parse import parse
from feeds.store.plan import SourceEnd
from feeds.told import Source
from tests.mills import Desk, die, due_in, health, one_step, polled, put, put_and_publish, rss, titles, work
from tests.origin import Response


def follow(desk: Desk, body: str) -> None:
    """Serve ``body`` and poll it as the source ``news``."""
    desk.origin.set("/feed", body)
    put_and_publish(desk, polled(f"{desk.origin.url}/feed"))


def leftovers(client: redis.Redis) -> list[str]:
    """Keys of work that somebody still waits for."""
    work_keys = ("payload:", "claims:", "attempts:", "due:fetch", "due:parse", "health", "asked", "again")
    keys = [key.decode().removeprefix("test:") for key in client.keys("test:*")]
    return [key for key in keys if key.startswith(work_keys)]


def test_a_source_removed_while_it_is_fetched_leaves_nothing(desk: Desk, client: redis.Redis) -> None:
    def removing(path: str, headers: Mapping[str, str]) -> Response:
        put(desk.mill)
        return Response(rss("one").encode())

    desk.origin.handler("/feed", removing)
    put(desk.mill, polled(f"{desk.origin.url}/feed"))
    assert one_step(desk.mill, Stage.FETCH) == {}
    desk.clock.advance(3600)
    assert {stage for stage, _ in work(desk.mill)} <= {"publish"}
    assert titles(desk.mill) == []
    assert leftovers(client) == []


def test_a_source_removed_before_its_payload_is_parsed_leaves_nothing(
    desk: Desk, client: redis.Redis
) -> None:
    follow(desk, rss("one"))
    [hint] = one_step(desk.mill, Stage.FETCH)[Stage.PARSE]
    put(desk.mill)
    assert parse(desk.mill, hint) == {}
    assert titles(desk.mill) == []
    assert leftovers(client) == []


def test_a_source_removed_while_it_is_parsed_leaves_nothing(desk: Desk, client: redis.Redis) -> None:
    def removing(source: Source, payload: Payload, known: Collection[str] = frozenset()) -> Feed:
        put(desk.mill)
        return parse_payload(source, payload, known)

    follow(desk, rss("one"))
    [hint] = one_step(desk.mill, Stage.FETCH)[Stage.PARSE]
    intake = Intake(desk.mill.intake.client, removing, desk.clock)
    assert parse(Mill(desk.mill.store, intake), hint) == {}
    assert titles(desk.mill) == []
    assert leftovers(client) == []


def test_a_worker_that_wakes_after_its_lease_changes_nothing(desk: Desk) -> None:
    answers = iter(["first answer", "second answer"])

    def frozen(path: str, headers: Mapping[str, str]) -> Response:
        answer = next(answers)
        if answer == "first answer":
            desk.clock.advance(36)
            work(desk.mill)
        return Response(rss(answer).encode())

    desk.origin.handler("/feed", frozen)
    put_and_publish(desk, polled(f"{desk.origin.url}/feed"))
    assert one_step(desk.mill, Stage.FETCH) == {}
    assert titles(desk.mill) == ["second answer"]
    assert work(desk.mill) == []


def test_a_fetch_that_never_finishes_is_set_aside_after_three_attempts(desk: Desk) -> None:
    follow(desk, rss("one"))
    die(desk.mill, desk.clock, Stage.FETCH, MAX_ATTEMPTS)
    assert work(desk.mill) == []
    failed = health(desk.mill)
    assert (failed.outcome, failed.error, failed.failures) == ("failed", "WorkerDied", 1)
    assert failed.message == "fetch was started 3 times and never finished"
    assert due_in(desk.mill) == pytest.approx(1800, rel=0.1)
    desk.clock.advance(2000)
    work(desk.mill)
    assert titles(desk.mill) == ["one"]


def test_a_payload_that_ends_its_parser_is_set_aside_after_three_attempts(
    desk: Desk, client: redis.Redis
) -> None:
    follow(desk, rss("one"))
    one_step(desk.mill, Stage.FETCH)
    desk.clock.advance(20)
    die(desk.mill, desk.clock, Stage.PARSE, MAX_ATTEMPTS)
    assert work(desk.mill) == []
    failed = health(desk.mill)
    assert (failed.outcome, failed.error, failed.failures) == ("failed", "ParserDied", 1)
    assert failed.validators == Validators()
    assert due_in(desk.mill) == pytest.approx(1800, rel=0.1)
    assert client.exists("test:aside:news") == 1
    assert client.exists("test:payload:news") == 0
    desk.clock.advance(2000)
    work(desk.mill)
    assert titles(desk.mill) == ["one"]
    assert health(desk.mill).error is None


def test_two_attempts_are_not_three(desk: Desk) -> None:
    follow(desk, rss("one"))
    die(desk.mill, desk.clock, Stage.FETCH, MAX_ATTEMPTS - 1)
    assert [one.attempts for one in claim(desk.mill, Stage.FETCH, 9)] == [2]


@pytest.mark.parametrize("stage", [Stage.FETCH, Stage.PARSE])
def test_a_removed_source_that_never_finished_is_not_set_aside(
    desk: Desk, client: redis.Redis, stage: Stage
) -> None:
    follow(desk, rss("one"))
    if stage is Stage.PARSE:
        one_step(desk.mill, Stage.FETCH)
        desk.clock.advance(20)
    die(desk.mill, desk.clock, stage, MAX_ATTEMPTS)
    put(desk.mill)
    work(desk.mill)
    assert leftovers(client) == []
    assert client.keys("test:aside:*") == []


def test_a_poisonous_source_stops_no_other(desk: Desk) -> None:
    for name in ("bad", "good"):
        desk.origin.set(f"/{name}", rss(f"of {name}"))
    put_and_publish(desk, *(polled(f"{desk.origin.url}/{name}", id=name) for name in ("bad", "good")))
    for _ in range(MAX_ATTEMPTS):
        for one in claim(desk.mill, Stage.FETCH, 9):
            started = desk.mill.start(Stage.FETCH, one.hint)
            if one.member == "good" and started is not None:
                desk.mill.store.finish(
                    desk.mill.store.plans.polled(
                        Stage.FETCH, started, SourceEnd(health(desk.mill, "good"), desk.clock()), desk.clock()
                    )
                )
        desk.clock.advance(36)
    work(desk.mill)
    assert titles(desk.mill) == ["of good"]
    assert health(desk.mill, "bad").error == "WorkerDied"
