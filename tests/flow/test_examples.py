"""Every catalogue in ``examples/`` is run as it stands, against a publisher like the one it is about."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from feeds.catalogue.load import load_catalogue
from feeds.pipeline.apply import apply
from tests.flow import finews_runs
from tests.flow.example_sites import SITES
from tests.mills import NOW, Desk, work
from tests.origin import Origin
from tests.system import ROOT, run_feedmill

EXAMPLES = ROOT / "examples"
LOOPBACK = '\n[domain."127.0.0.1"]\nallow = ["127.0.0.0/8"]\nspacing = "0s"\n'
"""What a test adds to an example: its publisher is on this machine, and need not be spared."""

Feed = dict[str, Any]
Run = Callable[[str], None]


def written(name: str, folder: Path) -> Path:
    """The example in a folder, loopback allowed; not a byte of its own is changed."""
    path = folder / f"{name}.toml"
    path.write_text((EXAMPLES / path.name).read_text("utf-8") + LOOPBACK, "utf-8")
    return path


@pytest.fixture
def run(desk: Desk, tmp_path: Path) -> Run:
    """Put an example in force, its publisher served, and work off all that follows."""

    def running(name: str) -> None:
        SITES[name](desk.origin, tmp_path)
        environment = {"FEEDMILL_VAR_BASE": desk.origin.url}
        apply(desk.mill.store, load_catalogue(written(name, tmp_path), environment))
        for _ in range(3):
            work(desk.mill)
            desk.clock.advance(10)  # what changed again is published a second later

    return running


def published(desk: Desk, slug: str) -> Feed:
    """The JSON Feed of a category; its RSS and its Atom have the same titles in the same order."""
    documents = desk.mill.store.documents.all(slug)
    bodies = {name: gzip.decompress(document.body) for name, document in documents.items()}
    feed: Feed = json.loads(bodies["json"])
    for name, unit in (("rss", "item"), ("atom", "entry")):
        found = etree.fromstring(bodies[name]).iterfind(f".//{{*}}{unit}/{{*}}title")
        assert [title.text for title in found] == column(feed, "title")
    return feed


def column(feed: Feed, key: str) -> list[Any]:
    return [item.get(key) for item in feed["items"]]


def asked(desk: Desk) -> list[str]:
    return [request.path for request in desk.origin.requests if request.path != "/robots.txt"]


def test_every_example_is_run_by_a_test() -> None:
    names = {path.stem for path in EXAMPLES.iterdir()}
    assert names == SITES.keys() | {"finews"}
    assert finews_runs.preset().startswith("# The news site")


@pytest.mark.parametrize("path", sorted(EXAMPLES.iterdir()), ids=lambda path: path.stem)
def test_an_example_is_valid_without_any_warning(path: Path) -> None:
    made = load_catalogue(path, {})
    assert made.sources
    assert made.warnings == ()


@pytest.mark.parametrize("name", sorted(SITES))
def test_an_example_asks_nobody_but_its_publisher(name: str, tmp_path: Path) -> None:
    environment = {"FEEDMILL_VAR_BASE": "http://127.0.0.1:1"}
    for source in load_catalogue(written(name, tmp_path), environment).sources:
        assert source.url.startswith(("http://127.0.0.1:1/", f"file://{tmp_path}"))


def test_two_feeds_are_one_newest_first(desk: Desk, run: Run) -> None:
    run("feed")
    town = published(desk, "town")
    assert town["title"] == "Town and council"
    assert column(town, "title") == [
        "The bridge is open",
        "The council on the bridge",
        "The bridge opens tonight",
    ]
    assert column(town, "date_published") == [
        "2026-01-01T18:00:00+00:00",
        "2026-01-01T16:00:00+01:00",
        "2026-01-01T12:00:00+00:00",
    ]
    assert column(town, "url")[0] == f"{desk.origin.url}/t/18"
    assert column(town, "content_html")[1] == "<p>It was cheap.</p>"


def test_a_newspaper_in_gbk_has_its_lists_dates_and_bodies(desk: Desk, run: Run) -> None:
    run("page")
    news = published(desk, "news")
    assert (news["title"], news["language"]) == ("晚报要闻", "zh-CN")
    assert [(item["title"], item["date_published"]) for item in news["items"]] == [
        ("早市搬进新楼", "2026-01-02T10:34:05+08:00"),
        ("王喆：老桥今晚通车", "2026-01-02T09:04:05+08:00"),
        ("雨夜里的渡口", "2026-01-01T12:30:00+08:00"),
        ("图书馆周末开门", "2025-12-31T18:05:00+08:00"),
        ("冬至的集市", "2025-12-21T08:00:00+08:00"),
    ]
    assert NOW.isoformat() == "2026-01-02T03:04:05+00:00"  # 11:04:05 in Shanghai
    assert column(news, "url")[0] == f"{desk.origin.url}/a/1002.html"
    bridge = news["items"][1]
    parts = "<div><p>正文1001，喆字不在 GB2312 里。</p></div>", "<div><p>第二页：桥上的灯。</p></div>"
    assert tuple(bridge["content_html"].splitlines()) == parts
    assert (bridge["summary"], bridge["authors"]) == ("一座桥的十年。", [{"name": "编辑1001"}])
    assert column(news, "content_html")[0] == "<div><p>正文1002，喆字不在 GB2312 里。</p></div>"


def test_a_page_without_rules_has_its_list_and_bodies_too(desk: Desk, run: Run) -> None:
    run("page")
    sports = published(desk, "sports")
    assert column(sports, "title") == [f"城东队第{day}轮胜城西队" for day in range(28, 22, -1)]
    assert column(sports, "date_published")[0] == "2025-12-28T00:00:00+08:00"
    for day, body in zip(range(28, 22, -1), column(sports, "content_html"), strict=True):
        assert body.count(f"第{day}轮，城东队在雨中赢了城西队") == 5
    assert "/index_3.html" not in asked(desk)
    assert len(asked(desk)) == len(set(asked(desk))) == 2 + 6 + 1 + 6


def test_a_jsonp_list_is_paged_and_each_paper_has_a_feed(desk: Desk, run: Run) -> None:
    run("api")
    cafe, harbour = published(desk, "Cafe"), published(desk, "Harbour")
    assert (cafe["title"], harbour["title"]) == ("Café notices", "Harbour notices")
    assert column(cafe, "title") == ["Notice 3", "Notice 1", "Notice 5"]
    assert column(harbour, "title") == ["Notice 4", "Notice 2", "Notice 0", "Notice 6"]
    assert column(cafe, "date_published")[0] == "2026-01-02T13:00:00+08:00"
    assert column(harbour, "content_html")[0] == "<p>Text of 4.</p>"
    assert column(cafe, "content_html")[1] == "<p>Text of 1.</p>"
    first = cafe["items"][0]
    assert (first["summary"], first["url"]) == ("In [short].", f"{desk.origin.url}/notice/3.html")
    assert first["authors"] == [{"name": "Ann Lee"}, {"name": "Writer 3"}]
    lists = [path for path in asked(desk) if path.startswith("/api/list")]
    query = "/api/list?callback=show&size=3"
    assert lists == [query, f"{query}&page=2", f"{query}&page=3"]


def test_a_sitemaps_articles_have_what_their_pages_say(desk: Desk, run: Run) -> None:
    run("sitemap")
    museum = published(desk, "museum")
    assert column(museum, "title") == ["The whale is back", "Moths by night"]
    assert column(museum, "date_published")[0] == "2026-01-02T02:00:00+00:00"
    assert column(museum, "authors") == [[{"name": "Ida Keeper"}]] * 2
    for item in museum["items"]:
        assert item["content_html"].count("It took the whole town years") == 5
        assert "Home" not in item["content_html"]
    maps = ["/sitemap-2026-01.xml", "/sitemap-news.xml", "/sitemap.xml"]
    assert sorted(asked(desk)) == ["/moths.html", *maps, "/whale.html"]


def test_posts_go_where_they_say(desk: Desk, run: Run) -> None:
    run("posts")
    garden, kitchen = published(desk, "garden"), published(desk, "kitchen")
    assert (garden["title"], garden["description"]) == ("The garden", "What grows, and when")
    assert column(garden, "title") == ["Snowdrops", "Leaves: what now"]
    assert column(garden, "date_published") == ["2026-01-01T00:00:00+01:00", "2025-11-03T08:00:00+01:00"]
    assert column(garden, "content_html") == ["<p>The <em>first</em> ones.</p>", "<p>Nothing.</p>"]
    assert column(garden, "tags")[0] == ["bulbs", "winter"]
    assert column(kitchen, "title") == ["Apples"]
    assert column(kitchen, "date_published") == ["2025-12-24T10:30:00+00:00"]
    assert asked(desk) == []


def test_a_feed_of_summaries_has_whole_articles(desk: Desk, run: Run) -> None:
    run("article")
    stories = published(desk, "stories")
    assert column(stories, "title") == ["The harbour", "The market", "The gone"]
    harbour, market, gone = column(stories, "content_html")
    assert harbour.index("The harbour: part 4.") < harbour.index("The harbour at night: part 0.")
    assert market.count("It took the whole town years") == 5
    assert "More stories" not in market
    assert "Of the gone, in short." in gone
    assert column(stories, "summary")[0] == "Of the harbour, in short."
    assert len(asked(desk)) == 5


@pytest.mark.flow
def test_the_command_publishes_the_newspaper(tmp_path: Path) -> None:
    with Origin() as origin:
        SITES["page"](origin, tmp_path)
        config, environment = written("page", tmp_path), {"FEEDMILL_VAR_BASE": origin.url}
        began = datetime.now(UTC)
        words = ("once", "--config", config.name, "--timeout", "60")
        done = run_feedmill(*words, cwd=tmp_path, env=environment)
        ended = datetime.now(UTC)
    assert done.returncode == 0, done.stderr
    assert "2 of 2 sources answered" in done.stdout
    assert "left to do" not in done.stdout
    assert run_feedmill("export", "out", cwd=tmp_path).returncode == 0
    news = json.loads((tmp_path / "out/feeds/news.json").read_text("utf-8"))
    dates = [datetime.fromisoformat(said) for said in column(news, "date_published")]
    assert len(dates) == 5
    assert dates == sorted(dates, reverse=True)
    [bridge] = [item for item in news["items"] if item["url"].endswith("/a/1001.html")]
    two_hours = timedelta(hours=2)
    said = datetime.fromisoformat(bridge["date_published"])
    assert began - two_hours - timedelta(seconds=1) <= said <= ended - two_hours
    assert "第二页：桥上的灯。" in bridge["content_html"]
    sports = json.loads((tmp_path / "out/feeds/sports.json").read_text("utf-8"))
    assert len(sports["items"]) == 6
