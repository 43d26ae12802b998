"""``once`` and the commands around it, as processes on a folder: what they leave and how they end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.flow.world import FETCH, rss, source, titles_in
from tests.origin import Origin
from tests.system import free_port, run_feedmill, sources_of

pytestmark = pytest.mark.flow


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as served:
        yield served


def catalogue(folder: Path, *tables: str) -> None:
    (folder / "feedmill.toml").write_text("\n".join([FETCH, *tables]), "utf-8")


def once(folder: Path, *words: str) -> tuple[int, str]:
    done = run_feedmill("once", "--config", "feedmill.toml", *words, cwd=folder)
    assert "Traceback" not in done.stderr
    assert "[info" in done.stderr
    assert "[info" not in done.stdout
    return done.returncode, done.stdout


def test_once_overrides_interval_and_backoff_but_not_the_publisher(origin: Origin, tmp_path: Path) -> None:
    origin.set("/healthy", rss("a"))
    origin.set("/failing", "oh", status=500)
    origin.set("/throttled", "slow", status=503, headers={"Retry-After": "7200"})
    origin.set("/gone", "over", status=410)
    names = ("healthy", "failing", "throttled", "gone")
    catalogue(tmp_path, *(source(name, f"{origin.url}/{name}", every="24h") for name in names))
    assert [once(tmp_path, "--timeout", "60")[0] for _ in range(2)] == [0, 0]
    asked = {name: len(origin.requests_to(f"/{name}")) for name in names}
    assert asked == {"healthy": 2, "failing": 2, "throttled": 1, "gone": 1}
    rows = sources_of(tmp_path / "var")
    assert rows["failing"]["health"]["failures"] == 2
    later = datetime.now(UTC) + timedelta(minutes=110)
    assert datetime.fromisoformat(rows["throttled"]["due_at"]) > later
    assert rows["gone"]["due_at"] is None


def test_once_ends_with_1_if_not_one_source_answered(tmp_path: Path) -> None:
    nobody = f"http://127.0.0.1:{free_port()}/feed"
    catalogue(tmp_path, source("one", nobody), source("two", nobody + "2"))
    code, said = once(tmp_path, "--timeout", "60")
    assert code == 1
    assert "0 of 2 sources answered" in said
    assert "Unreachable" in said


def test_once_cut_short_says_what_is_left_and_the_next_goes_on(origin: Origin, tmp_path: Path) -> None:
    origin.set("/quick", rss("quick"))
    origin.set("/slow", rss("slow"), delay=25)
    catalogue(tmp_path, *(source(name, f"{origin.url}/{name}") for name in ("quick", "slow")))
    code, said = once(tmp_path, "--timeout", "8")
    assert code == 0
    assert "cut short: left to do are 1 in fetch" in said
    assert "1 of 2 sources answered" in said
    origin.set("/slow", rss("slow"))
    code, said = once(tmp_path, "--timeout", "60")
    assert (code, "cut short" in said) == (0, False)
    assert run_feedmill("export", "out", cwd=tmp_path).returncode == 0
    assert titles_in((tmp_path / "out/feeds/slow.json").read_bytes()) == ["Story slow"]


def test_export_publishes_first_and_writes_every_path(tmp_path: Path) -> None:
    post = tmp_path / "2022-03-17-a-post.md"
    post.write_text('---\ntitle: "A"\ncategories: my news\ntags: My News\n---\n<p>Text.</p>', "utf-8")
    assert run_feedmill("posts", "import", post, "--data", "d", cwd=tmp_path).returncode == 0
    done = run_feedmill("export", "out", "--data", "d", cwd=tmp_path)
    files = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("[!.]*.*")}
    files = {name for name in files if not name.endswith(".gz")}
    kinds = ("rss", "atom", "json")
    wanted = {f"feeds/{slug}.{kind}" for slug in ("my news", "all") for kind in kinds}
    wanted |= {"index.html", "feed.xml", "opml.xml", "404.html", "category/my news.html"}
    wanted |= {"static/style.css", "static/ago.js"}
    wanted |= {"feeds/index.json", "robots.txt", "favicon.ico"}
    assert files == wanted | {"my news/2022/03/17/a-post.html"}
    assert done.stdout == f"{len(files)} files in out\n"
    assert (tmp_path / "out/feed.xml").read_bytes() == (tmp_path / "out/feeds/all.atom").read_bytes()


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["status"], id="status"),
        pytest.param(["once"], id="once"),
        pytest.param(["up"], id="up"),
    ],
)
def test_redis_away_at_the_start_is_one_clear_line(tmp_path: Path, words: list[str]) -> None:
    place = f"127.0.0.1:{free_port()}"
    env = {"FEEDMILL_REDIS_URL": f"redis://{place}/0"}
    (tmp_path / "feedmill.toml").write_text("", "utf-8")
    done = run_feedmill(*words, cwd=tmp_path, env=env, timeout=30)
    assert done.returncode == 2
    assert done.stdout == ""
    [line] = done.stderr.strip().splitlines()
    assert line.startswith("feedmill: ")
    assert place.rpartition(":")[2] in line


def test_check_leaves_nothing_behind(origin: Origin, tmp_path: Path) -> None:
    origin.set("/feed", rss("a", "b"))
    done = run_feedmill("check", f"{origin.url}/feed", "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert [entry["title"] for entry in json.loads(done.stdout)["entries"]] == ["Story a", "Story b"]
    assert list(tmp_path.iterdir()) == []
