"""``feedmill check`` of a catalogue, recorded and replayed: the same answer, with nobody there."""

from __future__ import annotations

import gzip
import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from feeds.store.store import Store
from tests.command import Feedmill, Said
from tests.offline import offline
from tests.origin import Origin

FEED = """<rss version='2.0'><channel><title>A feed</title>
<item><guid isPermaLink='false'>1</guid><title>First</title><link>http://a.example/1</link></item>
</channel></rss>"""
PAGE = """<html><head><meta charset="gbk"><title>要闻</title></head><body><ul>
<li><a href="/a/1.html">第一条新闻</a> <i>2小时前</i></li>
<li><a href="/a/2.html">第二条新闻</a> <i>昨天 12:30</i></li></ul></body></html>"""
CATALOGUE = """[site]
title = "News"
timezone = "Asia/Shanghai"
[fetch]
allow = ["127.0.0.0/8"]
[[source]]
id = "feed"
kind = "feed"
url = "{url}/old"
category = "c"
auth = "me:${{secret.PASSWORD}}"
[[source]]
id = "page"
kind = "page"
url = "{url}/news"
category = "c"
items = "li"
fields = {{ url = "a::attr(href)", title = "a::text", published = "i::text" }}
"""


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as serving:
        serving.set("/robots.txt", "User-agent: *\nCrawl-delay: 2\n", media_type="text/plain")
        serving.set("/old", "", status=301, headers={"Location": "/feed"})
        headers = {"Content-Encoding": "gzip", "Set-Cookie": "session=theirs"}
        serving.set("/feed", gzip.compress(FEED.encode()), headers=headers)
        serving.set("/news", PAGE.encode("gbk"), media_type="text/html")
        yield serving


@pytest.fixture
def written(feedmill: Feedmill, origin: Origin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The catalogue's file, beside which the command runs."""
    monkeypatch.setenv("FEEDMILL_SECRET_PASSWORD", "hunter22")
    path = tmp_path / "feedmill.toml"
    path.write_text(CATALOGUE.format(url=origin.url), "utf-8")
    return path


@pytest.fixture
def recorded(feedmill: Feedmill, written: Path) -> list[dict[str, Any]]:
    """The answer of the check that was recorded in ``kept``, for all sources of the catalogue."""
    said = feedmill("check", "--config", written.name, "--record", "kept", "--json")
    assert (said.code, said.stderr.partition(";")[0]) == (0, "5 exchanges recorded in kept")
    return told(said)


def told(said: Said) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.stdout.splitlines()]


def timeless(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without what took how long."""
    http = answer["http"]
    requests = [{**request, "seconds": {}} for request in http["requests"]]
    return {**answer, "http": {**http, "requests": requests, "seconds": 0.0}}


def replay(feedmill: Feedmill, *words: object) -> Said:
    """A check by the recording, while nothing may connect; not even to the store."""
    with offline():
        return feedmill("check", "--replay", "kept", *words)


def test_a_replay_says_the_same_with_nobody_there(
    feedmill: Feedmill, written: Path, recorded: list[dict[str, Any]], origin: Origin
) -> None:
    asked = len(origin.requests)
    said = replay(feedmill, "--config", written.name, "--json")
    assert (said.code, said.stderr) == (0, "")
    assert told(said) == [timeless(answer) for answer in recorded]
    assert [answer["input"] for answer in recorded] == ["feed", "page"]
    assert len(origin.requests) == asked


def test_what_was_recorded_is_said_with_how_it_is_replayed(
    feedmill: Feedmill, written: Path, origin: Origin
) -> None:
    said = feedmill("check", "--config", written.name, "page", "--record", "my folder")
    *_, last = said.stdout.splitlines()
    assert last.startswith("2 exchanges recorded in my folder; ")
    words = shlex.split(last.partition("`")[2].rstrip("`"))
    assert words == ["feedmill", "check", "--replay", "my folder", "--config", written.name, "page"]
    asked = len(origin.requests)
    assert feedmill(*words[1:]).code == 0
    assert len(origin.requests) == asked


def test_where_nothing_was_asked_for_nothing_is_recorded(feedmill: Feedmill, tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_text(FEED, "utf-8")
    said = feedmill("check", "./feed.xml", "--record", "kept")
    assert said.stdout.endswith("nothing is recorded in kept: files and folders are read as ever\n")


def test_relative_dates_are_relative_to_the_recording(
    feedmill: Feedmill, written: Path, recorded: list[dict[str, Any]]
) -> None:
    index = {"form": 1, "recorded_at": "2022-03-17T04:00:00Z"}
    Path("kept/recording.json").write_text(json.dumps(index), "utf-8")
    [answer] = told(replay(feedmill, "--config", written.name, "page", "--json"))
    dates = [(entry["title"], entry["published"]) for entry in answer["entries"]]
    assert dates == [
        ("第一条新闻", "2022-03-17T10:00:00+08:00"),
        ("第二条新闻", "2022-03-16T12:30:00+08:00"),
    ]


def test_a_replay_needs_no_secret_and_is_the_same_each_time(
    feedmill: Feedmill, written: Path, recorded: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FEEDMILL_SECRET_PASSWORD")
    first = replay(feedmill, "--config", written.name, "feed", "--json")
    assert (first.code, first.stderr) == (0, "")
    assert replay(feedmill, "--config", written.name, "feed", "--json") == first
    assert told(first) == [timeless(recorded[0])]
    kept = "".join(path.read_bytes().decode("latin-1") for path in Path("kept").iterdir())
    assert ("hunter22" in kept, "theirs" in kept) == (False, False)


def test_a_name_is_not_looked_up(feedmill: Feedmill, origin: Origin) -> None:
    address = f"http://localhost:{origin.port}/feed"
    assert feedmill("check", "--record", "kept", address).code == 0
    assert "First" in replay(feedmill, address).stdout


def test_what_was_not_recorded_ends_with_2_and_a_line(
    feedmill: Feedmill, written: Path, recorded: list[dict[str, Any]], origin: Origin
) -> None:
    said = replay(feedmill, f"{origin.url}/other")
    assert said.code == 2
    fix = "was not asked for when kept was recorded: record it again with --record"
    assert said.stderr == f"feedmill: GET {origin.url}/other {fix}\n"


def test_robots_txt_that_was_not_recorded_is_no_silent_difference(
    feedmill: Feedmill, written: Path, recorded: list[dict[str, Any]]
) -> None:
    for path in Path("kept").glob("*robots*"):
        path.unlink()
    said = replay(feedmill, "--config", written.name, "feed")
    assert said.code == 2
    assert "/robots.txt was not asked for" in said.stderr


def test_one_failure_fails_a_replay(feedmill: Feedmill, origin: Origin) -> None:
    inputs = (f"{origin.url}/feed", f"{origin.url}/none")
    assert feedmill("check", "--record", "kept", *inputs).code == 0
    assert replay(feedmill, *inputs).code == 1
    assert replay(feedmill, inputs[0]).code == 0


def test_recording_does_without_what_a_running_system_knows(
    feedmill: Feedmill, written: Path, origin: Origin, store: Store
) -> None:
    assert feedmill("sources", "apply", written.name).code == 0
    first = feedmill("check", "--record", "kept", "feed", "--json")
    [answer] = told(first)
    assert told(replay(feedmill, "--config", written.name, "feed", "--json")) == [timeless(answer)]


def test_a_catalogue_needs_no_store(
    feedmill: Feedmill, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDMILL_REDIS_URL", "unix:///nowhere/redis.sock")
    said = feedmill("check", "--config", written.name, "page", "--json")
    assert (said.code, [answer["input"] for answer in told(said)]) == (0, ["page"])
    unknown = feedmill("check", "--config", written.name, "paeg")
    assert unknown.code == 1
    assert unknown.stdout.startswith("'paeg' is no address (https://…), no file and no id of a source: see f")


def test_a_catalogues_warnings_are_said(
    feedmill: Feedmill, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FEEDMILL_SECRET_PASSWORD")
    said = feedmill("check", "--config", written.name)
    assert said.stderr.startswith("warning: feedmill.toml:")
    assert said.code == 0


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--replay", ".", "http://a.example/"], "is no recording (there is no recording.json in it)"),
        (["--record", ".", "http://a.example/"], "holds feedmill.toml and is no recording"),
        (["--record", "feedmill.toml", "http://a.example/"], "feedmill.toml: File exists: name a folder"),
        (["--config", "none.toml"], "none.toml: cannot be read: No such file or directory"),
    ],
    ids=["no recording", "other things", "a file", "no catalogue"],
)
def test_a_wrong_folder_or_catalogue_ends_with_2_and_a_line(
    feedmill: Feedmill, written: Path, words: list[str], line: str
) -> None:
    said = feedmill("check", *words)
    assert said.code == 2
    assert line in said.stderr
    assert said.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "told_why"),
    [
        ([], "nothing to check: name an address, a file or a source, or a catalogue with --config"),
        (["--record", "a", "--replay", "b", "x"], "--record and --replay exclude each other"),
    ],
    ids=["nothing", "both"],
)
def test_a_wrong_command_line_is_said_as_such(feedmill: Feedmill, words: list[str], told_why: str) -> None:
    said = feedmill("check", *words)
    assert said.code == 2
    assert told_why in said.stderr
