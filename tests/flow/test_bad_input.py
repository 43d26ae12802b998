"""Sources that are away, wrong, empty or half broken: each is said to be what it is, none stops another."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.flow.world import FETCH, rss, source, titles_in
from tests.origin import Origin, Response
from tests.system import free_port, run_feedmill, sources_of

pytestmark = pytest.mark.flow

HALF = rss("half-1", "half-2", "half-3").rpartition("<item>")[0]
GAPS = """<rss version='2.0'><channel><title>Gaps</title>
<item><title>No date, no guid</title></item>
<item><guid isPermaLink='false'>g2</guid><description>No title, no date.</description></item>
<item><guid isPermaLink='false'>g3</guid><title>Whole</title>
<pubDate>Thu, 17 Mar 2022 08:00:00 GMT</pubDate></item></channel></rss>"""
LIST = {"items": [{"id": "1", "title": "First"}, {"title": "No id"}, "no item", {"id": "4", "title": None}]}
API = {"kind": "api", "items": "items", "fields": {"guid": "id", "title": "title"}}

ERRORS = {
    "unreachable": ("Unreachable", "refused"),
    "missing": ("BadStatus", "404"),
    "broken-server": ("BadStatus", "500"),
    "throttled": ("Throttled", "429"),
    "gone": ("Gone", "410"),
    "cut-off": ("Unreachable", "closed"),
    "circle": ("BadStatus", "redirects"),
    "elsewhere": ("UnsafeURL", "http"),
    "page": ("NotAFeed", ""),
    "nothing": ("NotAFeed", ""),
    "noise": ("NotAFeed", ""),
    "bad-gzip": ("BadEncoding", ""),
    "no-json": ("NotAFeed", "JSON"),
    "no-list": ("NotAFeed", "list"),
    "private": ("UnsafeURL", "allow ="),
}
"""What each source is recorded with: the class of the error, and a word of its message."""

PUBLISHED = {
    "good": ["Story good-1", "Story good-2"],
    "half-broken": ["Story half-1", "Story half-2"],
    "empty": [],
    "gaps": ["No date, no guid", "No title, no date.", "Whole"],
    "list": ["First", "No id", "(untitled)"],
}


@dataclass(frozen=True, slots=True)
class Run:
    """What one ``once`` over all of them left: rows of ``sources list``, feeds by slug, its summary."""

    rows: Mapping[str, Mapping[str, Any]]
    feeds: Mapping[str, bytes]
    asked: Mapping[str, int]
    summary: str


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("bad")
    with Origin() as origin:
        serve(origin)
        (folder / "bad.toml").write_text(catalogue(origin.url), "utf-8")
        done = run_feedmill("once", "--config", "bad.toml", "--timeout", "60", cwd=folder)
        assert done.returncode == 0, done.stderr
        asked = {name: len(origin.requests_to(f"/{name}")) for name in (*ERRORS, *PUBLISHED)}
    exported = run_feedmill("export", "out", cwd=folder)
    assert exported.returncode == 0, exported.stderr
    feeds = {path.stem: path.read_bytes() for path in (folder / "out" / "feeds").glob("*.json")}
    yield Run(sources_of(folder / "var"), feeds, asked, done.stdout)


def serve(origin: Origin) -> None:
    """Every page but those that nobody answers."""
    origin.set("/good", rss("good-1", "good-2"))
    origin.set("/half-broken", HALF)
    origin.set("/empty", rss())
    origin.set("/gaps", GAPS)
    origin.set("/list", json.dumps(LIST), media_type="application/json")
    origin.set("/broken-server", "oh", status=500)
    origin.set("/throttled", "slow", status=429, headers={"Retry-After": "3600"})
    origin.set("/gone", "over", status=410)
    origin.set("/cut-off", "short", headers={"Content-Length": "500"})
    origin.set("/circle", "", status=302, headers={"Location": "/circle"})
    origin.set("/elsewhere", "", status=302, headers={"Location": "ftp://publisher.example/feed"})
    origin.set("/page", "<!doctype html><title>Page</title><p>No feed here.", media_type="text/html")
    origin.set("/nothing", "")
    origin.handler("/noise", lambda path, headers: Response(bytes(range(256)) * 40))
    origin.set("/bad-gzip", b"\x1f\x8b no gzip at all", headers={"Content-Encoding": "gzip"})
    origin.set("/no-json", "<p>not JSON", media_type="application/json")
    origin.set("/no-list", '{"items": {"id": "1"}}', media_type="application/json")
    origin.set("/private", rss("secret"))


def catalogue(url: str) -> str:
    places = {name: f"{url}/{name}" for name in (*PUBLISHED, *ERRORS)}
    places["unreachable"] = f"http://127.0.0.1:{free_port()}/feed"
    more: dict[str, dict[str, object]] = {
        "list": API,
        "no-json": API,
        "no-list": API,
        "private": {"allow": []},
    }
    tables = (source(name, place, **more.get(name, {})) for name, place in places.items())
    return "\n".join([FETCH, *tables])


@pytest.mark.parametrize("name", ERRORS)
def test_it_is_recorded_with_class_and_message(run: Run, name: str) -> None:
    health = run.rows[name]["health"]
    error, word = ERRORS[name]
    assert (health["outcome"], health["error"], health["failures"]) == ("failed", error, 1)
    assert word in health["message"]
    assert health["message"]
    assert error in run.summary
    assert health["last_success"] is None


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_can_be_read_is_published(run: Run, name: str) -> None:
    health = run.rows[name]["health"]
    assert (health["error"], health["failures"]) == (None, 0)
    assert titles_in(run.feeds[name]) == PUBLISHED[name]


@pytest.mark.parametrize("name", ["missing", "gone", "page", "private"])
def test_a_source_that_never_worked_has_an_empty_valid_feed(run: Run, name: str) -> None:
    assert titles_in(run.feeds[name]) == []


def test_a_private_address_is_not_even_asked(run: Run) -> None:
    assert run.asked["private"] == 0


@pytest.mark.parametrize("name", sorted(set(ERRORS) - {"unreachable", "private", "circle"}))
def test_each_was_asked_once(run: Run, name: str) -> None:
    assert run.asked[name] == 1


@pytest.mark.parametrize(
    ("name", "undated", "untitled", "unidentified"),
    [pytest.param("gaps", 2, 1, 1, id="feed"), pytest.param("list", 3, 1, 1, id="list")],
)
def test_gaps_are_counted(run: Run, name: str, undated: int, untitled: int, unidentified: int) -> None:
    health = run.rows[name]["health"]
    assert (health["undated"], health["untitled"], health["unidentified"]) == (
        undated,
        untitled,
        unidentified,
    )


def test_an_item_that_is_none_is_said(run: Run) -> None:
    assert any("item 2" in warning for warning in run.rows["list"]["health"]["warnings"])


def test_a_half_broken_feed_is_said_to_be_that(run: Run) -> None:
    assert run.rows["half-broken"]["health"]["warnings"]


def test_the_gone_one_is_never_due_again(run: Run) -> None:
    assert run.rows["gone"]["due_at"] is None
    assert all(row["due_at"] for name, row in run.rows.items() if name != "gone")


def test_the_summary_counts_who_answered(run: Run) -> None:
    assert f"{len(PUBLISHED)} of {len(PUBLISHED) + len(ERRORS)} sources answered" in run.summary
