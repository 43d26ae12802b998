"""check: what a source, address, file or folder would publish; nothing is stored."""

from __future__ import annotations

import gzip
import itertools
import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import zstandard

from feeds.crawl import Health
from feeds.fetch.client import Client
from feeds.parse.source import parse
from feeds.pipeline.check import Checked, Known, ad_hoc, check, unknown
from feeds.pipeline.mill import Intake
from feeds.told import ArticleRule, FieldRule, Kind, Source
from tests import make
from tests.mills import LOOPBACK, NOW, rss
from tests.origin import Origin

POST = "---\ntitle: A post\ndate: 2022-03-17 00:48:28 +0800\ncategories: city\n---\nIts text.\n"


@pytest.fixture
def intake() -> Iterator[Intake]:
    client = Client(monotonic=time.monotonic)
    yield Intake(client, parse, lambda: NOW)
    client.close()


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as serving:
        yield serving


def checked(intake: Intake, what: str, source: Source | None = None) -> Checked:
    ticks = itertools.count()
    known = Known(make.site(), Health())
    return check(intake, what, source or ad_hoc(what), known, clock=lambda: float(next(ticks)))


def titles(done: Checked) -> list[str]:
    return [article.title for _, article in done.articles]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_an_address_that_was_typed_may_be_private(intake: Intake, origin: Origin, host: str) -> None:
    origin.set("/feed", rss("two", "one"))
    what = f"http://{host}:{origin.port}/feed"
    done = checked(intake, what)
    assert (done.input, done.kind, done.title, done.failure) == (what, Kind.FEED, "News", None)
    assert titles(done) == ["two", "one"]
    assert (done.fetch_seconds, done.parse_seconds) == (1.0, 1.0)


def test_where_a_typed_address_redirects_to_is_vetted(intake: Intake, origin: Origin) -> None:
    origin.set("/feed", "", status=302, headers={"Location": f"http://127.0.0.2:{origin.port}/secret"})
    done = checked(intake, f"{origin.url}/feed")
    assert done.failure is not None
    assert done.failure.error == "UnsafeURL"
    assert len(origin.requests) == 1


def test_a_file_is_read_as_a_feed(intake: Intake, tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(rss("one"), "utf-8")
    assert titles(checked(intake, str(path))) == ["one"]


def test_a_json_file_is_read_as_a_feed(intake: Intake, tmp_path: Path) -> None:
    path = tmp_path / "feed.json"
    path.write_text(json.dumps({"title": "J", "items": [{"id": "1", "title": "one"}]}), "utf-8")
    done = checked(intake, str(path))
    assert (done.title, titles(done)) == ("J", ["one"])


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
def test_a_compressed_file_is_undone(intake: Intake, tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "feed.xml.gz"
    path.write_bytes(pack(rss("one").encode()))
    assert titles(checked(intake, str(path))) == ["one"]


def test_a_file_that_becomes_too_large_is_the_answer(intake: Intake, tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(gzip.compress(b" " * (intake.client.limits.decoded + 1)))
    done = checked(intake, str(path))
    assert done.failure is not None
    assert done.failure.error == "TooLarge"


@pytest.mark.parametrize("whole_folder", [True, False], ids=["folder", "file"])
def test_posts_are_read_by_folder_and_by_file(intake: Intake, tmp_path: Path, whole_folder: bool) -> None:
    path = tmp_path / "2022-03-17-a.md"
    path.write_text(POST, "utf-8")
    done = checked(intake, str(tmp_path if whole_folder else path))
    assert (done.kind, titles(done)) == (Kind.POSTS, ["A post"])
    assert done.articles[0][1].published.isoformat() == "2022-03-17T00:48:28+08:00"


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [("<html></html>", 200, "NotAFeed"), ("", 404, "BadStatus"), ("", 410, "Gone"), ("", 429, "Throttled")],
)
def test_what_goes_wrong_is_the_answer(
    intake: Intake, origin: Origin, body: str, status: int, error: str
) -> None:
    origin.set("/feed", body, status=status)
    done = checked(intake, f"{origin.url}/feed")
    assert done.failure is not None
    assert (done.failure.error, done.articles) == (error, ())


def test_a_file_that_cannot_be_read_is_the_answer(intake: Intake, tmp_path: Path) -> None:
    done = checked(intake, str(tmp_path / "missing.md"))
    assert done.failure is not None
    assert done.failure.error == "Unreachable"


def test_all_entries_are_told_before_limits_and_duplicates(intake: Intake, origin: Origin) -> None:
    origin.set("/feed", rss(*["twice"] * 2, *(f"story {number}" for number in range(120))))
    assert len(checked(intake, f"{origin.url}/feed").articles) == 122


def test_a_configured_source_is_read_by_its_rules_and_its_pages_are_not_fetched(
    intake: Intake, origin: Origin
) -> None:
    origin.set("/list", json.dumps({"records": [{"code": "1", "name": "one"}]}))
    source = make.source(
        kind=Kind.API,
        url=f"{origin.url}/list",
        items="records",
        fields={"guid": FieldRule(path="code"), "title": FieldRule(path="name")},
        article=ArticleRule(url=f"{origin.url}/detail?id={{guid}}", content="text"),
        allow=LOOPBACK,
    )
    done = checked(intake, "news", source)
    assert (done.input, done.kind, titles(done)) == ("news", Kind.API, ["one"])
    assert any("own pages" in warning for warning in done.warnings)
    assert [request.path for request in origin.requests] == ["/list", "/robots.txt"]


def test_what_http_said_is_told_redirects_first(intake: Intake, origin: Origin) -> None:
    origin.set("/old", "", status=301, headers={"Location": "/feed"})
    origin.set("/feed", rss("one"), headers={"Cache-Control": "max-age=7200"})
    origin.set("/robots.txt", "User-agent: *\nDisallow: /feed\nCrawl-delay: 7", media_type="text/plain")
    wire = checked(intake, f"{origin.url}/old").wire
    assert wire is not None
    assert [(visit.url, visit.status) for visit in wire.visits] == [
        (f"{origin.url}/old", 301),
        (f"{origin.url}/feed", 200),
    ]
    assert ("Cache-Control", "max-age=7200") in wire.visits[1].got
    assert {"connect", "first byte", "body"} <= wire.visits[1].phases.keys()
    assert all(name.lower() != "if-none-match" for name, _ in wire.visits[0].sent)
    assert wire.exchange.moved_to == f"{origin.url}/feed"
    assert (wire.exchange.wire, wire.exchange.decoded) == (len(rss("one")), len(rss("one")))
    assert wire.robots is not None
    assert (wire.allowed, wire.robots.delay) == (False, 7.0)
    assert wire.next is not None
    assert wire.next.at - NOW > timedelta(hours=2)
    assert wire.next.why == "Cache-Control or Expires"


def test_a_page_that_names_feeds_says_which(intake: Intake, origin: Origin) -> None:
    page = "<title>Us</title><link rel=alternate type=application/rss+xml href=/feed>"
    origin.set("/", page, media_type="text/html")
    done = checked(intake, f"{origin.url}/")
    assert done.failure is not None
    assert (done.failure.error, done.found) == ("NotAFeed", (f"{origin.url}/feed",))
    assert done.wire is not None
    assert done.wire.next is not None
    assert done.wire.next.at == NOW


def test_of_a_file_http_says_nothing(intake: Intake, tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(rss("one"), "utf-8")
    assert checked(intake, str(path)).wire is None


def test_what_is_nothing_at_all_says_what_could_be_given() -> None:
    done = unknown("nonsense")
    assert done.failure is not None
    assert done.failure.error == "ConfigError"
    assert "feedmill sources list" in done.failure.message
