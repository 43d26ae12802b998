"""The ``feedmill`` command: help, exits, posts, export and status."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.command import Feedmill, Said, catalogue
from tests.origin import Origin
from worker.folder import Folder

COMMANDS = [
    "up",
    "once",
    "check",
    "extract",
    "export",
    "status",
    "version",
    "sources apply",
    "sources list",
    "sources show",
    "sources refresh",
    "sources import",
    "sources export",
    "posts import",
    "posts export",
]


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


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["check", "x" * 300], "File name too long"),
        (["sources", "apply", "x" * 300], "File name too long"),
        (["export", "a.txt"], "a.txt: File exists: name a folder you may write"),
        (["posts", "export", "a.txt"], "a.txt: File exists: name a folder you may write"),
    ],
    ids=["check", "apply", "export", "posts export"],
)
def test_a_place_that_cannot_be_is_exit_2_and_a_line(
    feedmill: Feedmill, tmp_path: Path, words: list[str], told: str
) -> None:
    (tmp_path / "a.txt").write_text("", "utf-8")
    said = feedmill(*words)
    assert (said.code, said.stdout, said.stderr.count("\n")) == (2, "", 1)
    assert told in said.stderr


def test_a_post_that_cannot_be_read_is_exit_2_and_a_line(feedmill: Feedmill, tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts/2026-01-01-a.md").symlink_to(tmp_path / "posts/2026-01-01-a.md")
    said = feedmill("posts", "import", "posts/2026-01-01-a.md", "posts")
    assert (said.code, said.stdout, said.stderr.count("\n")) == (2, "", 1)


def test_a_store_that_is_no_redis_is_exit_2_and_a_line(
    feedmill: Feedmill, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Origin() as origin:
        monkeypatch.setenv("FEEDMILL_REDIS_URL", f"redis://127.0.0.1:{origin.port}/0")
        said = feedmill("status")
    assert (said.code, said.stdout, said.stderr.count("\n")) == (2, "", 1)
    assert "the store does not answer" in said.stderr


def test_a_database_that_redis_has_not_is_exit_2_and_a_line(
    feedmill: Feedmill, redis_folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDMILL_REDIS_URL", redis_folder.url.replace("db=0", "db=99"))
    said = feedmill("status")
    assert (said.code, said.stdout, said.stderr.count("\n")) == (2, "", 1)
    assert "correct FEEDMILL_REDIS_URL" in said.stderr


def test_version(feedmill: Feedmill) -> None:
    assert re.fullmatch(r"feedmill \d+\.\d+\.\d+\n", feedmill("version").stdout)


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
