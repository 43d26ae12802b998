"""``feedmill check``: what would be published, for people and for scripts; nothing is stored."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from feeds.store.store import Store
from tests.command import Feedmill, Said
from tests.origin import Origin

ENTRY_KEYS = {"guid", "url", "title", "published", "updated", "authors", "tags", "summary", "content"}
ENTRY_KEYS |= {"enclosures", "language"}
FEED = """<rss version='2.0'><channel><title>A feed</title>
<item><guid isPermaLink='false'>1</guid><title>First &amp; best</title><link>http://a.example/1</link>
<pubDate>Thu, 17 Mar 2022 00:48:28 +0800</pubDate><description>Text.</description>
<category>tag</category><enclosure url='http://a.example/1.mp3' type='audio/mpeg' length='9'/></item>
<item><guid isPermaLink='false'>1</guid><title>The same guid</title></item>
<item><title>No date</title></item></channel></rss>"""


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
    assert list(told) == [
        "input",
        "kind",
        "title",
        "entries",
        "warnings",
        "error",
        "dropped",
        "categories",
        "feeds_named",
        "lists",
        "language",
        "allow",
        "timezone_assumed",
        "http",
    ]
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
    assert {tuple(one)[:6] for one in told} == {("input", "kind", "title", "entries", "warnings", "error")}
    errors = [one["error"] and one["error"]["error"] for one in told]
    assert errors == [None, "NotAFeed", "BadStatus", "ConfigError"]
    assert all(one["error"]["message"] and one["entries"] == [] for one in told[1:])


def test_check_ends_with_1_if_nothing_could_be_read(feedmill: Feedmill, origin: Origin) -> None:
    assert feedmill("check", f"{origin.url}/page", f"{origin.url}/none").code == 1


def test_check_shows_a_table_with_warnings_and_timing(feedmill: Feedmill, origin: Origin) -> None:
    origin.set("/half", FEED.rpartition("</channel>")[0])
    said = feedmill("check", f"{origin.url}/half")
    assert "First & best" in said.stdout
    assert re.search(r"fetched in \d+ ms, parsed in \d+ ms", said.stdout)
    assert "warning: " in said.stdout


def test_check_says_briefly_what_else_an_entry_has(feedmill: Feedmill, origin: Origin) -> None:
    more = "".join(f"<category>tag {number}</category>" for number in range(7))
    author = "<author>ann@a.agency (Ann)</author>"
    origin.set("/many", FEED.replace("<category>tag", f"{author}{more}<category>tag"))
    said = feedmill("check", f"{origin.url}/many")
    [line] = [line for line in said.stdout.splitlines() if "by Ann" in line]
    tags = "tag 0, tag 1, tag 2, tag 3, tag 4 and 3 more"
    assert line == f"  12 characters; by Ann; tags {tags}; audio/mpeg of 9 bytes http://a.example/1.mp3"
    assert "undated  No date" in said.stdout


def test_check_says_what_a_source_of_this_machine_needs(feedmill: Feedmill, origin: Origin) -> None:
    said = feedmill("check", f"{origin.url}/feed")
    assert 'only with allow = ["127.0.0.1"] in its table' in said.stdout
    [told] = checked(feedmill("check", "--json", f"{origin.url}/feed"))
    assert told["allow"] == ["127.0.0.1"]


def test_check_of_a_source_says_nothing_of_what_its_table_has(
    feedmill: Feedmill, origin: Origin, tmp_path: Path
) -> None:
    catalogue = tmp_path / "f.toml"
    catalogue.write_text(
        f'[[source]]\nid = "a"\nkind = "feed"\nurl = "{origin.url}/feed"\nallow = ["127.0.0.1"]\n', "utf-8"
    )
    said = feedmill("check", "--config", catalogue)
    assert (said.code, "allow = " in said.stdout) == (0, False)


def test_check_says_of_which_zone_dates_are_taken_to_be(feedmill: Feedmill, origin: Origin) -> None:
    [told] = checked(feedmill("check", "--json", f"{origin.url}/feed"))
    assert told["timezone_assumed"] is None
    origin.set("/local", FEED.replace("Thu, 17 Mar 2022 00:48:28 +0800", "2022-03-17 00:48"))
    [told] = checked(feedmill("check", "--json", f"{origin.url}/local"))
    assert told["timezone_assumed"] == "UTC"
    assert "read as UTC" in feedmill("check", f"{origin.url}/local").stdout


def test_check_of_a_catalogue_says_how_its_sources_are_checked(feedmill: Feedmill, tmp_path: Path) -> None:
    (tmp_path / "feedmill.toml").write_text("", "utf-8")
    said = feedmill("check", "feedmill.toml")
    assert (said.code, "`feedmill check --config feedmill.toml`" in said.stdout) == (1, True)


def test_no_terminal_obeys_a_feeds_title(feedmill: Feedmill, tmp_path: Path) -> None:
    path = tmp_path / "feed.json"
    title = "A \x1b]0;title\x07 :heart:"
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": title, "items": [{"id": "1"}]}
    path.write_text(json.dumps(feed), "utf-8")
    said = feedmill("check", path)
    assert "A \ufffd]0;title\ufffd :heart:" in said.stdout


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
    assert (told["kind"], told["entries"][0]["title"], told["entries"][0]["guid"]) == (
        "posts",
        "A",
        "2022-03-17-a",
    )


def test_check_stores_nothing(feedmill: Feedmill, origin: Origin, store: Store) -> None:
    feedmill("check", f"{origin.url}/feed")
    assert store.sources.all() == {}
    assert store.categories.sizes(["all"]) == {"all": 0}


RULES = """
category = { from = "tags", map = { economy = "money" }, else = "other" }
replace = { field = "title", pattern = '^\\\\[Video\\\\] ' }
tags = { Economics = "economy" }
drop_if = { field = "title", pattern = "(?i)sponsored" }
[category.money]
keep_if = "!contains(tags, 'old')"
"""


def ruled(origin: Origin, tmp_path: Path, more: str = "") -> Path:
    items = (
        ("[Video] One", "<category>Economics</category>"),
        ("Sponsored [two]", ""),
        ("Three", "<category>economy</category><category>old</category>"),
        ("Four", ""),
    )
    each = "".join(f"<item><title>{title}</title>{tags}</item>" for title, tags in items)
    origin.set("/news", f"<rss version='2.0'><channel><title>News</title>{each}</channel></rss>")
    path = tmp_path / "feedmill.toml"
    source = f'[[source]]\nid = "news"\nkind = "feed"\nurl = "{origin.url}/news"\nallow = ["127.0.0.1"]\n'
    path.write_text(source + more + RULES.replace("\\\\", "\\"), "utf-8")
    return path


def test_check_json_says_what_the_rules_drop_and_by_which(
    feedmill: Feedmill, origin: Origin, tmp_path: Path
) -> None:
    [told] = checked(feedmill("check", "--json", "--config", ruled(origin, tmp_path)))
    assert [(entry["title"], entry["tags"]) for entry in told["entries"]] == [
        ("One", ["economy"]),
        ("Four", []),
    ]
    assert told["dropped"] == [
        {"title": "Sponsored [two]", "by": "drop_if title has (?i)sponsored"},
        {"title": "Three", "by": "[category.money] not keep_if !contains(tags, 'old')"},
    ]
    assert told["categories"] == {"money": 1, "other": 1}


def test_check_lists_what_the_rules_drop(feedmill: Feedmill, origin: Origin, tmp_path: Path) -> None:
    said = feedmill("check", "--config", ruled(origin, tmp_path))
    assert "dropped: Sponsored [two], by drop_if title has (?i)sponsored" in said.stdout
    assert "categories: money 1, other 1" in said.stdout
    assert "[Video]" not in said.stdout


def test_check_says_which_rules_wait_for_the_bodies(
    feedmill: Feedmill, origin: Origin, tmp_path: Path
) -> None:
    waiting = "article = {}\nkeep_if = \"contains(text, 'x')\"\n"
    said = feedmill("check", "--config", ruled(origin, tmp_path, waiting))
    assert "the rules decide on" not in said.stdout  # the entries have no pages, nor addresses
    origin.set("/news", FEED)
    said = feedmill("check", "--config", tmp_path / "feedmill.toml")
    assert "the rules decide on 1 of the articles when their own pages are there" in said.stdout
