"""The ``feedmill`` command, called as its entry point calls it, on a real store: answers, exits, help."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import structlog

from feeds.store.store import Store
from tests.conftest import PREFIX
from tests.origin import Origin
from worker.cli import main
from worker.folder import Folder

COMMANDS = [
    "up",
    "once",
    "check",
    "export",
    "status",
    "version",
    "sources apply",
    "sources list",
    "sources refresh",
    "posts import",
    "posts export",
]
ENTRY_KEYS = {"guid", "url", "title", "published", "updated", "authors", "tags", "summary", "content"}
ENTRY_KEYS |= {"enclosures", "language"}
HEALTH_KEYS = {"outcome", "error", "message", "failures", "last_success", "last_change"}
FEED = """<rss version='2.0'><channel><title>A feed</title>
<item><guid isPermaLink='false'>1</guid><title>First &amp; best</title><link>http://a.example/1</link>
<pubDate>Thu, 17 Mar 2022 00:48:28 +0800</pubDate><description>Text.</description>
<category>tag</category><enclosure url='http://a.example/1.mp3' type='audio/mpeg' length='9'/></item>
<item><guid isPermaLink='false'>1</guid><title>The same guid</title></item>
<item><title>No date</title></item></channel></rss>"""


class Said(NamedTuple):
    """How a command ended, and what it said where."""

    code: int
    stdout: str
    stderr: str


Feedmill = Callable[..., Said]


@pytest.fixture
def feedmill(
    redis_folder: Folder,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Iterator[Feedmill]:
    """The command on the test's store, in a folder of its own."""
    monkeypatch.setenv("FEEDMILL_REDIS_URL", redis_folder.url)
    monkeypatch.setenv("FEEDMILL_PREFIX", PREFIX)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers = []

    def run(*words: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["feedmill", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        return Said(code if isinstance(code, int) else 1 if code else 0, *capsys.readouterr())

    yield run
    structlog.reset_defaults()
    root.handlers = handlers
    root.setLevel(level)


def catalogue(path: Path, *ids: str, more: str = "") -> Path:
    tables = (f'[[source]]\nid = "{one}"\nkind = "feed"\nurl = "http://{one}.example/"\n' for one in ids)
    path.write_text("".join(tables) + more, "utf-8")
    return path


# ── help ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_what_it_does_and_has_an_example(feedmill: Feedmill, command: str) -> None:
    said = feedmill(*command.split(), "--help")
    assert (said.code, said.stderr) == (0, "")
    assert f"Usage: feedmill {command}" in said.stdout
    assert f"Example: feedmill {command}" in said.stdout
    assert re.search(r"[A-Z][a-z]+ [^.]+\.", said.stdout)


def test_help_names_every_command(feedmill: Feedmill) -> None:
    said = (
        feedmill("--help").stdout + feedmill("sources", "--help").stdout + feedmill("posts", "--help").stdout
    )
    assert [word for command in COMMANDS for word in command.split() if f" {word} " not in said] == []


@pytest.mark.parametrize("words", [["no-such"], ["check"], ["once", "--timeout", "x"]], ids=" ".join)
def test_a_wrong_command_line_is_exit_2(feedmill: Feedmill, words: list[str]) -> None:
    said = feedmill(*words)
    assert (said.code, said.stdout) == (2, "")
    assert "Error" in said.stderr


def test_version(feedmill: Feedmill) -> None:
    assert re.fullmatch(r"feedmill \d+\.\d+\.\d+\n", feedmill("version").stdout)


# ── check ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as served:
        served.set("/feed", FEED)
        served.set("/page", "<p>no feed", media_type="text/html")
        yield served


def checked(said: Said) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.stdout.splitlines()]


def test_check_json_has_exactly_the_keys_scripts_rely_on(feedmill: Feedmill, origin: Origin) -> None:
    said = feedmill("check", "--json", f"{origin.url}/feed")
    [told] = checked(said)
    assert (said.code, said.stderr) == (0, "")
    assert list(told) == ["input", "kind", "title", "entries", "warnings", "error"]
    assert (told["input"], told["kind"], told["title"]) == (f"{origin.url}/feed", "feed", "A feed")
    assert told["error"] is None
    assert [entry["title"] for entry in told["entries"]] == ["First & best", "The same guid", "No date"]
    assert {frozenset(entry) for entry in told["entries"]} == {frozenset(ENTRY_KEYS)}


def test_check_json_says_what_would_be_published(feedmill: Feedmill, origin: Origin) -> None:
    [told] = checked(feedmill("check", "--json", f"{origin.url}/feed"))
    first, _, last = told["entries"]
    assert first["guid"] == "1"
    assert first["url"] == "http://a.example/1"
    assert first["published"] == "2022-03-17T00:48:28+08:00"
    assert datetime.fromisoformat(first["published"]).utcoffset() is not None
    assert first["tags"] == ["tag"]
    assert first["content"] == "<p>Text.</p>"
    assert first["enclosures"] == [{"url": "http://a.example/1.mp3", "media_type": "audio/mpeg", "length": 9}]
    assert (last["guid"], last["published"], last["updated"]) == (None, None, None)


def test_check_json_is_a_line_an_input_also_on_error(
    feedmill: Feedmill, origin: Origin, tmp_path: Path
) -> None:
    (tmp_path / "a feed.xml").write_text(FEED, "utf-8")
    inputs = ["./a feed.xml", f"{origin.url}/page", f"{origin.url}/none?a=1&b", "nothing-like-it"]
    said = feedmill("check", "--json", *inputs)
    told = checked(said)
    assert said.code == 0
    assert [one["input"] for one in told] == inputs
    assert {tuple(one) for one in told} == {("input", "kind", "title", "entries", "warnings", "error")}
    errors = [one["error"] and one["error"]["error"] for one in told]
    assert errors == [None, "NotAFeed", "BadStatus", "UnknownInput"]
    assert all(one["error"]["message"] and one["entries"] == [] for one in told[1:])


def test_check_ends_with_1_if_nothing_could_be_read(feedmill: Feedmill, origin: Origin) -> None:
    assert feedmill("check", f"{origin.url}/page", f"{origin.url}/none").code == 1


def test_check_shows_a_table_with_warnings_and_timing(feedmill: Feedmill, origin: Origin) -> None:
    origin.set("/half", FEED.rpartition("</channel>")[0])
    said = feedmill("check", f"{origin.url}/half")
    assert "First & best" in said.stdout
    assert re.search(r"fetched in \d+ ms, parsed in \d+ ms", said.stdout)
    assert "warning: " in said.stdout


def test_check_reads_a_source_by_its_id_by_its_rules(
    feedmill: Feedmill, origin: Origin, tmp_path: Path
) -> None:
    rules = 'items = "all"\nfields = { guid = "n", title = "t" }\nallow = ["127.0.0.0/8"]\n'
    origin.set("/list", '{"all": [{"n": 1, "t": "One"}]}', media_type="application/json")
    table = f'[[source]]\nid = "list"\nkind = "api"\nurl = "{origin.url}/list"\ncategory = "c"\n{rules}'
    (tmp_path / "f.toml").write_text(table, "utf-8")
    assert feedmill("sources", "apply", "f.toml").code == 0
    [told] = checked(feedmill("check", "--json", "list"))
    assert (told["input"], told["kind"], told["error"]) == ("list", "api", None)
    assert [(entry["guid"], entry["title"]) for entry in told["entries"]] == [("1", "One")]


def test_check_reads_posts(feedmill: Feedmill, tmp_path: Path) -> None:
    (tmp_path / "2022-03-17-a.md").write_text('---\ntitle: "A"\ntags: x\n---\n<p>Text.</p>', "utf-8")
    [told] = checked(feedmill("check", "--json", "2022-03-17-a.md"))
    assert (told["kind"], told["entries"][0]["title"], told["entries"][0]["guid"]) == ("posts", "A", "a")


def test_check_stores_nothing(feedmill: Feedmill, origin: Origin, store: Store) -> None:
    feedmill("check", f"{origin.url}/feed")
    assert store.sources.all() == {}
    assert store.categories.sizes(["all"]) == {"all": 0}


# ── sources ─────────────────────────────────────────────────────────────────────────────────────


def test_apply_adds_changes_removes_and_renames(feedmill: Feedmill, store: Store, tmp_path: Path) -> None:
    file = catalogue(tmp_path / "f.toml", "kept", "changed", "old", "removed")
    said = feedmill("sources", "apply", file)
    assert said.code == 0
    assert "4 added" in said.stdout or said.stdout.count("added  ") == 4
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


# ── posts, export, status ───────────────────────────────────────────────────────────────────────


def test_posts_that_are_not_there_are_exit_2(feedmill: Feedmill) -> None:
    said = feedmill("posts", "import", "none")
    assert (said.code, said.stdout) == (2, "")
    assert "none" in said.stderr


def test_posts_go_in_and_files_come_out(feedmill: Feedmill, tmp_path: Path) -> None:
    folder = tmp_path / "_posts"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"2022-03-17-{name}.md").write_text(
            f'---\ntitle: "{name}"\ncategories: c\n---\nText.', "utf-8"
        )
    assert feedmill("posts", "import", folder) == Said(0, "2 posts read, 2 articles new or changed\n", "")
    assert feedmill("export", "out").stdout.endswith(" files in out\n")
    assert (tmp_path / "out/feeds/c.rss").is_file()
    assert feedmill("posts", "export", "site") == Said(0, "2 posts in site\n", "")
    assert {path.name for path in (tmp_path / "site/_posts").iterdir()} == {
        "2022-03-17-a.md",
        "2022-03-17-b.md",
    }


def test_status_counts_what_there_is(feedmill: Feedmill, tmp_path: Path) -> None:
    feedmill("sources", "apply", catalogue(tmp_path / "f.toml", "one", "two"))
    state = json.loads(feedmill("status", "--json").stdout)
    assert (state["sources"], state["outcomes"], state["articles"]) == (2, {"new": 2}, 0)
    assert state["due"]["fetch"] == 2
    assert "sources" in feedmill("status").stdout


def test_a_wrong_setting_is_one_line_and_exit_2(feedmill: Feedmill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDMILL_LOG", "loud")
    said = feedmill("status")
    assert (said.code, said.stdout) == (2, "")
    assert said.stderr.startswith('feedmill: FEEDMILL_LOG: "loud"')
    assert len(said.stderr.splitlines()) == 1
