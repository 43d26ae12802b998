"""``feedmill sources``: apply, list, show and refresh."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

import pytest

from feeds.crawl import Health, Outcome
from feeds.model import Stage
from feeds.store.plan import SourceEnd
from feeds.store.store import Store
from tests.command import Feedmill, Said, catalogue

HEALTH_KEYS = {"outcome", "error", "message", "failures", "last_success", "last_change"}


def test_apply_adds_changes_removes_and_renames(feedmill: Feedmill, store: Store, tmp_path: Path) -> None:
    file = catalogue(tmp_path / "f.toml", "kept", "changed", "old", "removed")
    said = feedmill("sources", "apply", file)
    assert said.code == 0
    assert said.stdout.count("added  ") == 4
    catalogue(file, "kept", "changed", "new", "added")
    text = file.read_text("utf-8").replace("http://new.", "http://old.")
    file.write_text(text.replace('id = "changed"', 'id = "changed"\nevery = "2h"'), "utf-8")
    dry = feedmill("sources", "apply", file, "--dry-run")
    assert set(store.sources.all()) == {"kept", "changed", "old", "removed"}
    wet = feedmill("sources", "apply", file)
    lines = [
        "added     added",
        "changed   changed",
        "renamed   old → new",
        "removed   removed",
        "1 unchanged",
    ]
    assert wet.stdout.splitlines() == lines
    assert dry.stdout.splitlines() == [f"would be {line}" for line in lines[:-1]] + lines[-1:]
    assert set(store.sources.all()) == {"kept", "changed", "new", "added"}
    assert store.sources.all()["changed"].every == 7200


def test_a_dry_run_where_no_system_is_makes_none(
    feedmill: Feedmill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FEEDMILL_REDIS_URL")
    said = feedmill("sources", "apply", catalogue(tmp_path / "f.toml", "one"), "--dry-run")
    assert said == Said(0, "would be added     one\n0 unchanged\n", "")
    assert not (tmp_path / "var").exists()


def test_apply_of_an_empty_file_removes_all(feedmill: Feedmill, store: Store, tmp_path: Path) -> None:
    feedmill("sources", "apply", catalogue(tmp_path / "f.toml", "one"))
    said = feedmill("sources", "apply", catalogue(tmp_path / "f.toml"))
    assert (said.code, said.stdout.splitlines()) == (0, ["removed   one", "0 unchanged"])
    assert store.sources.all() == {}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        pytest.param('[[source]]\nid = "x"\nurll = "http://x.example/"\n', ["'urll'", "'url'"], id="key"),
        pytest.param('[site]\nurl = "nowhere"\n', ["url", "https://"], id="value"),
        pytest.param("[site\n", ["not TOML"], id="syntax"),
    ],
)
def test_a_wrong_catalogue_changes_nothing_and_says_where(
    feedmill: Feedmill, store: Store, tmp_path: Path, wrong: str, told: list[str]
) -> None:
    file = catalogue(tmp_path / "f.toml", "one")
    feedmill("sources", "apply", file)
    before = store.sources.rows()
    catalogue(file, "one", "two", more=wrong)
    said = feedmill("sources", "apply", file)
    assert (said.code, said.stdout) == (2, "")
    assert re.search(rf"{re.escape(str(file))}:(9|10|11): ", said.stderr)
    assert [word for word in told if word not in said.stderr] == []
    assert store.sources.rows() == before


def test_a_catalogue_that_is_not_there_is_exit_2(feedmill: Feedmill) -> None:
    said = feedmill("sources", "apply", "none.toml")
    assert (said.code, said.stdout) == (2, "")
    assert said.stderr.startswith("feedmill: none.toml: ")


def test_an_interval_too_short_is_a_warning_on_stderr(feedmill: Feedmill, tmp_path: Path) -> None:
    file = catalogue(tmp_path / "f.toml", "one")
    file.write_text(file.read_text("utf-8") + 'every = "1s"\n', "utf-8")
    said = feedmill("sources", "apply", file)
    assert said.code == 0
    assert said.stderr.startswith("warning: ")
    assert "every" in said.stderr
    assert "warning" not in said.stdout


def test_list_json_is_an_array_of_rows(feedmill: Feedmill, tmp_path: Path) -> None:
    feedmill("sources", "apply", catalogue(tmp_path / "f.toml", "one", "two"))
    said = feedmill("sources", "list", "--json")
    rows = json.loads(said.stdout)
    assert [row["id"] for row in rows] == ["one", "two"]
    assert {frozenset(row) for row in rows} == {
        frozenset({"id", "kind", "url", "category", "due_at", "interval", "health"})
    }
    assert all(row["health"].keys() >= HEALTH_KEYS for row in rows)
    assert (rows[0]["kind"], rows[0]["url"], rows[0]["category"]) == ("feed", "http://one.example/", "one")
    assert datetime.fromisoformat(rows[0]["due_at"]).utcoffset() is not None
    assert (rows[0]["health"]["outcome"], rows[0]["health"]["failures"]) == ("new", 0)


def test_list_of_nothing_is_an_empty_array(feedmill: Feedmill) -> None:
    assert json.loads(feedmill("sources", "list", "--json").stdout) == []


def test_refresh_says_what_becomes_of_each(feedmill: Feedmill, tmp_path: Path) -> None:
    feedmill("sources", "apply", catalogue(tmp_path / "f.toml", "one"))
    assert feedmill("sources", "refresh", "one") == Said(0, "one: due now\n", "")
    said = feedmill("sources", "refresh", "one", "other")
    assert said.code == 1
    assert "other: no such source" in said.stdout


def fetched(store: Store, source_id: str, *outcomes: Outcome) -> None:
    """Give a source a history, the last outcome last."""
    for one in outcomes:
        health = Health(outcome=one.outcome, error=one.error, failures=1, why="30m after a failure")
        hint = store.claims.grant(Stage.FETCH, source_id, store.now())
        end = SourceEnd(health, store.now(), one)
        store.finish(store.plans.polled(Stage.FETCH, hint, end, store.now()))


def test_show_tells_health_and_the_last_fetches(feedmill: Feedmill, store: Store, tmp_path: Path) -> None:
    feedmill("sources", "apply", catalogue(tmp_path / "f.toml", "one"))
    at = store.now()
    news = Outcome(at=at, outcome="changed", status=200, seconds=0.25, wire=1234, fresh=3)
    trouble = Outcome(at=at, outcome="failed", status=500, error="BadStatus")
    fetched(store, "one", *[news] * 20, trouble)
    said = feedmill("sources", "show", "one")
    assert (said.code, said.stderr) == (0, "")
    assert "http://one.example/" in said.stdout
    assert "30m after a failure" in said.stdout
    assert said.stdout.count("1234") == 19
    told = json.loads(feedmill("sources", "show", "one", "--json").stdout)
    assert told["id"] == "one"
    assert [one["outcome"] for one in told["outcomes"]] == ["failed"] + ["changed"] * 19
    assert told["outcomes"][1].keys() >= {"at", "status", "seconds", "wire_bytes", "new_or_changed"}


def test_show_of_an_unknown_source_is_exit_1(feedmill: Feedmill, tmp_path: Path) -> None:
    feedmill("sources", "apply", catalogue(tmp_path / "f.toml", "one"))
    said = feedmill("sources", "show", "other")
    assert said.code == 1
    assert "no such source" in said.stdout
