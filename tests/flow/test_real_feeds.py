"""Twenty feeds from the wild: all published; unchanged, they cost a conditional request and nothing else."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from feeds.crawl import Health
from feeds.model import Document
from tests.flow.real_feeds import CORPUS, RealFeed, chosen
from tests.flow.world import FETCH, documents_of, opened, source
from tests.origin import Origin, Request
from tests.system import run_feedmill

pytestmark = [
    pytest.mark.flow,
    pytest.mark.skipif(not CORPUS.exists(), reason="../shared/corpora/real-feeds is not there"),
]

FEEDS = chosen() if CORPUS.exists() else []
Documents = dict[tuple[str, str], Document]


@dataclass(frozen=True, slots=True)
class Runs:
    """Two runs of ``once`` over unchanged feeds, and what was published after each."""

    folder: Path
    requests: tuple[list[Request], list[Request]]
    documents: tuple[Documents, Documents]
    counters: tuple[dict[str, int], dict[str, int]]
    health: dict[str, Health]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    folder = tmp_path_factory.mktemp("real")
    with Origin() as origin:
        for feed in FEEDS:
            origin.set(f"/{feed.name}", feed.path.read_bytes(), media_type=feed.media_type)
        tables = [source(feed.name, f"{origin.url}/{feed.name}") for feed in FEEDS]
        (folder / "real.toml").write_text("\n".join([FETCH, *tables]), "utf-8")
        once(folder)
        first, counted, asked = documents_of(folder / "var"), counters(folder), origin.requests
        once(folder)
        second = documents_of(folder / "var"), counters(folder), origin.requests[len(asked) :]
    with opened(folder / "var") as store:
        health = {row.source.id: row.health for row in store.sources.rows()}
    yield Runs(folder, (asked, second[2]), (first, second[0]), (counted, second[1]), health)


def once(folder: Path) -> None:
    done = run_feedmill("once", "--config", "real.toml", "--timeout", "90", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "left to do" not in done.stdout, done.stdout


def counters(folder: Path) -> dict[str, int]:
    """How often each category was rendered for a change."""
    with opened(folder / "var") as store:
        return {slug: store.documents.dirt(slug).published for slug in store.categories.slugs()}


def plain(title: str) -> str:
    """A title without what tells two readers of the same feed apart: markup, entities, blanks."""
    return "".join(re.sub(r"<[^<>]*>", "", html.unescape(html.unescape(title))).split())


def test_twenty_of_every_sort() -> None:
    assert len(FEEDS) == 20
    assert {feed.name.partition("-")[0] for feed in FEEDS} == {"rss", "atom", "rdf", "json"}


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_it_is_published_with_all_its_titles(runs: Runs, feed: RealFeed) -> None:
    out = runs.folder / "out"
    if not out.exists():
        assert run_feedmill("export", "out", cwd=runs.folder).returncode == 0
    assert runs.health[feed.name].error is None
    items = json.loads((out / f"feeds/{feed.name}.json").read_text("utf-8"))["items"]
    shown = {plain(item["title"]) for item in items}
    wanted = {plain(title) for title in feed.titles if title}
    assert len(items) == min(runs.health[feed.name].entries, 50)
    assert sorted(wanted - shown) == [] or len(feed.titles) > 50
    for extension in ("rss", "atom"):
        text = (out / f"feeds/{feed.name}.{extension}").read_text("utf-8")
        assert len(re.findall(r"<(?:item|entry)>", text)) == len(items)


def test_the_second_run_sends_only_conditional_requests(runs: Runs) -> None:
    first, second = runs.requests
    assert sorted(request.path for request in first) == sorted(f"/{feed.name}" for feed in FEEDS)
    assert sorted(request.path for request in second) == sorted(f"/{feed.name}" for feed in FEEDS)
    assert not [request for request in first if "if-none-match" in request.headers]
    assert [request for request in second if "if-none-match" not in request.headers] == []
    assert {request.status for request in second} == {304}


def test_the_second_run_publishes_nothing(runs: Runs) -> None:
    before, after = runs.counters
    assert before == after
    assert {health.outcome for health in runs.health.values()} == {"unchanged"}


def test_every_document_keeps_bytes_and_etag(runs: Runs) -> None:
    before, after = runs.documents
    assert len(before) == 5 * (len(FEEDS) + 1) + 2  # three feeds, two pages; OPML and the index of everything
    assert before == after


def test_documents_that_were_deleted_come_back_the_same(runs: Runs) -> None:
    with opened(runs.folder / "var") as store:
        client = store._connection.client
        gone = list(client.scan_iter("feedmill:documents:*"))
        assert len(gone) == len(FEEDS) + 1
        client.delete(*gone)
    done = run_feedmill("export", "again", cwd=runs.folder)
    assert done.returncode == 0, done.stderr
    assert _contents(documents_of(runs.folder / "var")) == _contents(runs.documents[0])


def _contents(documents: Documents) -> dict[tuple[str, str], tuple[bytes, str]]:
    """What they hold: when they last changed is forgotten with them."""
    return {place: (document.body, document.etag) for place, document in documents.items()}
