"""``feedmill sources add URL``: what it shows, asks, writes and applies, and when it writes nothing."""

from __future__ import annotations

import io
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from feeds.store.store import Store
from tests.command import Feedmill, Said
from tests.command import catalogue as plain_catalogue
from tests.mills import rss
from tests.origin import Origin

HTML = "text/html; charset=utf-8"
FAST = '[fetch]\nspacing = "0s"\n'
KEYS = ["number", "kind", "url", "title", "entries", "dated", "with_text", "text_on_own_pages", "newest"]
KEYS += ["titles", "same_as", "in_catalogue", "notes", "table", "toml"]


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as served:
        served.set("/feed", rss("one", "two", "three"))
        links = "<link rel=alternate type=application/rss+xml href=/feed>"
        links += "<link rel=alternate type=application/rss+xml href=/second>"
        served.set("/", f"<html><head>{links}</head><body>Hello.</body></html>", media_type=HTML)
        served.set("/second", rss("four").replace("News", "Another – Of us"))
        yield served


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    path = tmp_path / "feedmill.toml"
    path.write_text(FAST, "utf-8")
    return path


def sources_in(path: Path) -> list[dict[str, Any]]:
    tables: list[dict[str, Any]] = tomllib.loads(path.read_text("utf-8")).get("source", [])
    return tables


def lines(said: Said) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.stdout.splitlines()]


def test_the_first_is_written_applied_and_told(
    feedmill: Feedmill, origin: Origin, catalogue: Path, store: Store
) -> None:
    said = feedmill("sources", "add", f"{origin.url}/feed", "--yes")
    assert (said.code, said.stderr) == (0, "")
    [table] = sources_in(catalogue)
    assert table == {
        "id": "127-0-0-1",
        "kind": "feed",
        "url": f"{origin.url}/feed",
        "category": {"slug": "127-0-0-1", "title": "News"},
        "allow": ["127.0.0.1"],
    }
    assert catalogue.read_text("utf-8").startswith(FAST)
    assert '[[source]]\nid = "' in said.stdout
    assert f"added     {table['id']}" in said.stdout
    assert f"http://127.0.0.1:8000/feeds/{table['id']}.rss" in said.stdout
    assert store.sources.all().keys() == {table["id"]}


def test_a_catalogue_that_is_not_there_is_made(feedmill: Feedmill, origin: Origin, tmp_path: Path) -> None:
    said = feedmill("sources", "add", f"{origin.url}/feed", "--yes", "--config", "new.toml", "--id", "mine")
    assert said.code == 0
    assert [table["id"] for table in sources_in(tmp_path / "new.toml")] == ["mine"]


def test_without_a_terminal_and_a_choice_nothing_is_written(
    feedmill: Feedmill, origin: Origin, catalogue: Path, store: Store
) -> None:
    said = feedmill("sources", "add", origin.url)
    assert said.code == 1
    assert "--choose N" in said.stdout
    assert all(told in said.stdout for told in (f"{origin.url}/feed", f"{origin.url}/second", "one", "two"))
    assert catalogue.read_text("utf-8") == FAST
    assert store.sources.all() == {}


class Terminal(io.StringIO):
    """What somebody types, who sees what is shown."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "code", "path"),
    [("2\n", 0, "/second"), ("\n", 0, "/feed"), ("7\n1\n", 0, "/feed"), ("0\n", 1, None), ("", 1, None)],
    ids=["second", "default", "again", "none", "end"],
)
def test_on_a_terminal_it_asks_which(
    feedmill: Feedmill,
    origin: Origin,
    catalogue: Path,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    code: int,
    path: str | None,
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    assert feedmill("sources", "add", origin.url).code == code
    wanted = [f"{origin.url}{path}"] if path is not None else []
    assert [table["url"] for table in sources_in(catalogue)] == wanted


def test_one_is_chosen_by_its_number(feedmill: Feedmill, origin: Origin, catalogue: Path) -> None:
    assert feedmill("sources", "add", origin.url, "--choose", 2, "--category", "town").code == 0
    [table] = sources_in(catalogue)
    assert (table["id"], table["url"], table["category"]) == ("another", f"{origin.url}/second", "town")
    wrong = feedmill("sources", "add", origin.url, "--choose", 9)
    assert (wrong.code, "choose 1 to" in wrong.stderr) == (2, True)


def test_a_dry_run_shows_what_would_be_written(feedmill: Feedmill, origin: Origin, catalogue: Path) -> None:
    said = feedmill("sources", "add", origin.url, "--dry-run", "--choose", 2)
    assert said.code == 0
    assert 'id = "another"' in said.stdout
    assert catalogue.read_text("utf-8") == FAST


def test_scripts_get_a_line_a_candidate_and_one_of_what_was_written(
    feedmill: Feedmill, origin: Origin, catalogue: Path
) -> None:
    only = feedmill("sources", "add", origin.url, "--json")
    assert (only.code, only.stderr) == (0, "")
    assert [list(line) for line in lines(only)] == [KEYS] * 2
    assert catalogue.read_text("utf-8") == FAST
    first, _, last = lines(feedmill("sources", "add", origin.url, "--json", "--yes"))
    assert last["written"]["table"] == first["table"] == sources_in(catalogue)[0]
    assert tomllib.loads(first["toml"])["source"] == [first["table"]]


def test_what_is_in_the_catalogue_already_stays_as_it_is(
    feedmill: Feedmill, origin: Origin, catalogue: Path
) -> None:
    feedmill("sources", "add", origin.url, "--yes", "--id", "mine")
    before = catalogue.read_bytes()
    for url in (f"{origin.url}/feed", origin.url):
        said = feedmill("sources", "add", url, "--yes")
        assert (said.code, "already, as mine" in said.stdout) == (0, True)
    assert catalogue.read_bytes() == before
    assert len(origin.requests_to("/feed")) == 2, "what is named itself is not asked for"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Our paper – All the news", "our-paper"),
        ("重庆商报", "zhongqingshangbao"),
        ("Café Größe", "cafe-grosse"),
        ("Новости", "127-0-0-1"),
        ("Home | Us", "127-0-0-1"),
        ("", "127-0-0-1"),
        (
            "A title that goes on and on, for no end of it is in sight",
            "a-title-that-goes-on-and-on-for-no-end",
        ),
    ],
)
def test_an_id_is_made_of_the_title_else_of_the_host(
    feedmill: Feedmill, origin: Origin, title: str, name: str
) -> None:
    origin.set("/feed", rss("one").replace("News", title))
    [told] = lines(feedmill("sources", "add", f"{origin.url}/feed", "--json"))
    assert told["table"]["id"] == name


def test_an_id_that_is_there_gets_a_number(feedmill: Feedmill, origin: Origin, tmp_path: Path) -> None:
    plain_catalogue(tmp_path / "feedmill.toml", "Another", "b", more='[category."another-2"]\n')
    [told] = lines(feedmill("sources", "add", f"{origin.url}/second", "--json"))
    assert told["table"]["id"] == "another-3"


def test_an_id_that_is_taken_is_refused_before_anything_is_asked_for(
    feedmill: Feedmill, origin: Origin, tmp_path: Path
) -> None:
    plain_catalogue(tmp_path / "feedmill.toml", "mine")
    said = feedmill("sources", "add", origin.url, "--yes", "--id", "mine")
    assert (said.code, "--id" in said.stderr) == (2, True)
    assert origin.requests == []


@pytest.mark.parametrize("id_", ["-", "no blanks", ""])
def test_an_id_that_is_none_changes_nothing(
    feedmill: Feedmill, origin: Origin, catalogue: Path, id_: str
) -> None:
    said = feedmill("sources", "add", f"{origin.url}/feed", "--yes", "--id", id_)
    assert said.code == 2
    assert catalogue.read_text("utf-8") == FAST


def test_no_page_gets_at_our_secrets_and_variables(
    feedmill: Feedmill, origin: Origin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDMILL_SECRET_KEY", "hunter-two")
    (tmp_path / "feedmill.toml").write_text(f'[vars]\nkey = "hunter-two"\n{FAST}', "utf-8")
    hrefs = ("/feed?a=${secret.KEY}", "/feed?b=${key}", "/feed")
    links = "".join(f"<link rel=alternate type=application/rss+xml href='{href}'>" for href in hrefs)
    origin.set("/", f"<html><head>{links}</head><body><p>Hello.</p></body></html>", media_type=HTML)
    origin.set("/feed", rss("one").replace("News", "${key} and ${secret.KEY}"))
    said = feedmill("sources", "add", origin.url, "--yes")
    assert said.code == 0
    assert not any("hunter" in request.path for request in origin.requests)
    assert "hunter" not in said.stdout
    assert [table["url"] for table in sources_in(tmp_path / "feedmill.toml")] == [f"{origin.url}/feed"]


def test_sources_that_only_the_system_has_are_not_removed(
    feedmill: Feedmill, origin: Origin, catalogue: Path, store: Store, tmp_path: Path
) -> None:
    feedmill("sources", "apply", plain_catalogue(tmp_path / "other.toml", "there"))
    said = feedmill("sources", "add", f"{origin.url}/feed", "--yes")
    assert said.code == 0
    assert "not applied: feedmill.toml lacks there" in said.stdout
    assert store.sources.all().keys() == {"there"}
    assert len(sources_in(catalogue)) == 1


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("<html><body><p>Hello.</p></body></html>", "feedmill check"),
        ("<html><body><div id=root></div><script src=a.js></script></body></html>", "network panel"),
        ('{"menu": [{"title": "Home", "url": "/"}]}', "feedmill check"),
    ],
    ids=["page", "shell", "json"],
)
def test_where_nothing_is_it_says_what_to_do(
    feedmill: Feedmill, origin: Origin, catalogue: Path, body: str, told: str
) -> None:
    origin.set("/x", body, media_type="application/json" if body[0] == "{" else HTML)
    origin.set("/feed", "", status=404)
    said = feedmill("sources", "add", f"{origin.url}/x")
    assert (said.code, said.stdout.count("\n")) == (1, 1)
    assert told in said.stdout
    [line] = lines(feedmill("sources", "add", f"{origin.url}/x", "--json", "--yes"))
    assert line["error"]
    assert catalogue.read_text("utf-8") == FAST


def test_it_says_what_to_start_where_nothing_runs(
    feedmill: Feedmill, origin: Origin, catalogue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FEEDMILL_REDIS_URL")
    monkeypatch.delenv("FEEDMILL_PREFIX")
    said = feedmill("sources", "add", f"{origin.url}/feed", "--yes")
    assert "start `feedmill up --config feedmill.toml`" in said.stdout
    assert not (tmp_path / "var").exists()


def test_what_a_source_of_this_machine_needs_is_written_and_said(
    feedmill: Feedmill, origin: Origin, tmp_path: Path
) -> None:
    said = feedmill("sources", "add", f"{origin.url}/feed", "--dry-run")
    assert 'only with allow = ["127.0.0.1"] in its table' in said.stdout
    catalogue = tmp_path / "feedmill.toml"
    catalogue.write_text('[fetch]\nallow = ["127.0.0.0/8"]\n', "utf-8")
    said = feedmill("sources", "add", f"{origin.url}/feed", "--yes")
    assert "allow" not in said.stdout
    assert "allow" not in sources_in(catalogue)[0]


def test_the_zone_of_dates_without_an_offset_is_said(
    feedmill: Feedmill, origin: Origin, catalogue: Path
) -> None:
    origin.set("/feed", rss("one").replace("Thu, 01 Jan 2026 00:59:00 GMT", "2026-01-01 00:59"))
    said = feedmill("sources", "add", f"{origin.url}/feed", "--yes")
    assert [line for line in said.stdout.splitlines() if "read as UTC" in line and "timezone = " in line]
    catalogue.write_text(f'{FAST}[site]\ntimezone = "Asia/Tokyo"\n', "utf-8")
    [told] = lines(feedmill("sources", "add", f"{origin.url}/feed", "--json"))
    assert any("read as Asia/Tokyo" in note for note in told["notes"])


def test_a_catalogue_that_cannot_be_written_is_said_before_anything_is_asked_for(
    feedmill: Feedmill, origin: Origin, tmp_path: Path
) -> None:
    said = feedmill("sources", "add", origin.url, "--yes", "--config", "none/feedmill.toml")
    assert (said.code, said.stdout) == (2, "")
    assert "none/feedmill.toml: No such file or directory: name a catalogue you may write" in said.stderr
    assert origin.requests == []


@pytest.mark.parametrize("typed", ["", " ", "ftp://a.example/", "http://", "http://[::1", "two words"])
def test_what_is_no_address_is_exit_2(feedmill: Feedmill, typed: str) -> None:
    said = feedmill("sources", "add", typed)
    assert (said.code, said.stdout) == (2, "")
    assert "write it like https://example.org/" in said.stderr


def test_a_file_is_told_from_an_address(feedmill: Feedmill, tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_text(rss("one"), "utf-8")
    said = feedmill("sources", "add", "feed.xml")
    assert (said.code, "`feedmill check feed.xml`" in said.stderr) == (2, True)


def test_a_folder_is_told_from_an_address(feedmill: Feedmill, tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    said = feedmill("sources", "add", "posts")
    assert said.code == 2
    assert 'kind = "posts"' in said.stderr
