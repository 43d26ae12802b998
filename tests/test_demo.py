"""The demo's publisher and its catalogue."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

import feedparser  # type: ignore[import-untyped]
import httpx
import pytest

from feeds.catalogue.load import parse_catalogue
from feeds.told import Kind
from worker.demo import DemoPublisher, demo_catalogue, demo_news
from worker.demo_stories import AT_START, SHOWN, Edition, printed

START = datetime(2026, 3, 1, 12, 0, 0, 500_000, tzinfo=UTC)
THREE_SECONDS = timedelta(seconds=3)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(clock: Clock) -> Iterator[httpx.Client]:
    with (
        DemoPublisher(0, clock=clock) as publisher,
        httpx.Client(base_url=publisher.url, trust_env=False) as client,
    ):
        yield client


def edition(count: int = 24) -> Edition:
    return Edition("tech", demo_news().english[:count], THREE_SECONDS)


def test_there_are_enough_well_formed_stories() -> None:
    news = demo_news()
    assert len(news.english) >= 20
    assert len(news.chinese) >= 20
    assert all(2 <= len(story.paragraphs) <= 3 for story in news.english + news.chinese)
    assert all(story.medium for story in news.chinese)
    titles = [story.title for story in news.english + news.chinese]
    assert len(set(titles)) == len(titles)


def test_it_starts_with_some_and_gains_one_each_time() -> None:
    at_start = printed(edition(), START, START)
    later = printed(edition(), START, START + 4 * THREE_SECONDS)
    assert len(at_start) == AT_START
    assert later[4:] == at_start
    assert all(story.at <= START for story in at_start)
    assert [newer.at - older.at for newer, older in itertools.pairwise(later)] == [THREE_SECONDS] * (
        AT_START + 3
    )


def test_stories_come_again_under_new_codes_and_titles() -> None:
    told = printed(edition(10), START, START + 20 * THREE_SECONDS)
    assert len({story.code for story in told}) == len(told) == AT_START + 20
    assert len({story.title for story in told}) == len(told)
    assert told[0].title.endswith("(3)")


def test_a_list_does_not_grow_without_end() -> None:
    assert len(printed(edition(), START, START + 500 * THREE_SECONDS)) == SHOWN


def test_a_restart_goes_on_with_new_numbers() -> None:
    before = printed(edition(), START, START)
    after = printed(edition(), START + timedelta(hours=1), START + timedelta(hours=1))
    assert not {story.code for story in before} & {story.code for story in after}


@pytest.mark.parametrize(
    ("path", "language"), [("/tech.rss", "en"), ("/city.rss", "zh-CN")], ids=["english", "chinese"]
)
def test_feeds_are_well_formed_and_dated(client: httpx.Client, path: str, language: str) -> None:
    feed = feedparser.parse(client.get(path).content)
    assert not feed.bozo
    assert feed.feed.language == language
    assert len(feed.entries) == AT_START
    for entry in feed.entries:
        assert "<p>" in entry.summary
        assert parsedate_to_datetime(entry.published) <= START
        assert client.get(entry.link).status_code == 200


def test_the_list_has_details_and_chinese_dates(client: httpx.Client) -> None:
    answer = client.get("/api/list")
    records = answer.json()["records"]
    assert len(records) == AT_START
    newest = datetime.fromisoformat(records[0]["time"])
    assert newest == datetime(2026, 3, 1, 20, 0, 0)  # noqa: DTZ001 - what the list says
    assert newest.replace(tzinfo=timezone(timedelta(hours=8))) <= START
    for record in records:
        text = client.get("/api/text", params={"id": record["code"]}).json()["text"]
        assert record["digest"] in text
        assert record["from"]


def test_no_story_is_in_both_chinese_lists(client: httpx.Client) -> None:
    feed = feedparser.parse(client.get("/city.rss").content)
    listed = {record["title"] for record in json.loads(client.get("/api/list").text)["records"]}
    assert not listed & {entry.title for entry in feed.entries}


@pytest.mark.parametrize("path", ["/tech.rss", "/city.rss", "/api/list"])
def test_what_did_not_change_is_304_until_it_does(client: httpx.Client, clock: Clock, path: str) -> None:
    headers = {"If-None-Match": client.get(path).headers["etag"]}
    assert client.get(path, headers=headers).status_code == 304
    clock.now += THREE_SECONDS
    assert client.get(path, headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/text?id=no", "/story/no", "/tech.rss/x"])
def test_other_paths_are_404(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_its_catalogue_polls_what_it_serves(client: httpx.Client) -> None:
    catalogue = parse_catalogue(
        demo_catalogue(),
        name="feedmill.toml",
        folder="/srv",
        variables={"publisher": str(client.base_url).rstrip("/")},
    )
    assert catalogue.warnings == ()
    assert {source.kind for source in catalogue.sources} == {Kind.FEED, Kind.API}
    assert {source.spacing for source in catalogue.sources} == {0.0}
    assert {source.allow for source in catalogue.sources} == {("127.0.0.0/8",)}
    for source in catalogue.sources:
        assert client.get(source.url).status_code == 200


def test_as_a_process_it_serves_and_ends_on_sigterm() -> None:
    command = [sys.executable, "-m", "worker.demo", "--port", "0"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        url = process.stderr.readline().rpartition(" ")[2].strip()
        assert httpx.get(f"{url}/tech.rss", trust_env=False).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_a_taken_port_is_said_and_is_2(client: httpx.Client) -> None:
    command = [sys.executable, "-m", "worker.demo", "--port", str(client.base_url.port)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "choose another --port" in done.stderr
