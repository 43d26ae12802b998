"""``feedmill extract``: what is taken for the article of a page, for people and for scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import Feedmill
from tests.origin import Origin

KEYS = ["input", "title", "published", "authors", "image", "language", "text", "html"]
PAGE = (
    "<html lang='en'><head><title>A story - The City Desk</title><meta property='og:title' content='A story'>"
    "<meta name='author' content='Ann Lee'><meta property='article:published_time' content='2026-01-02'>"
    "</head><body><nav><a href='/'>Home</a></nav><article><h1>A story</h1><p>"
    + "It began on a quiet morning by the river, when nobody was looking. " * 8
    + "</p></article><footer>All rights</footer></body></html>"
)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as served:
        served.set("/a", PAGE, media_type="text/html")
        yield served


def test_extract_json_has_exactly_the_keys_scripts_rely_on(feedmill: Feedmill, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE, "utf-8")
    said = feedmill("extract", str(page), "--json")
    assert (said.code, said.stderr) == (0, "")
    told = json.loads(said.stdout)
    assert list(told) == KEYS
    assert (told["input"], told["title"], told["published"]) == (str(page), "A story", "2026-01-02")
    assert (list(told["authors"]), told["language"]) == (["Ann Lee"], "en")
    assert "quiet morning" in told["text"]
    assert "All rights" not in told["text"]


def test_extract_reads_addresses_and_goes_on_after_what_fails(
    feedmill: Feedmill, origin: Origin, tmp_path: Path
) -> None:
    said = feedmill("extract", f"{origin.url}/a", f"{origin.url}/none", str(tmp_path / "none.html"), "--json")
    told = [json.loads(line) for line in said.stdout.splitlines()]
    assert said.code == 0
    assert told[0]["title"] == "A story"
    assert [one["error"]["error"] for one in told[1:]] == ["BadStatus", "Unreachable"]


def test_extract_of_nothing_that_can_be_read_is_exit_1(feedmill: Feedmill, tmp_path: Path) -> None:
    said = feedmill("extract", str(tmp_path / "none.html"))
    assert said.code == 1
    assert "Unreachable" in said.stdout


def test_check_proposes_a_table_for_a_page_that_lists_articles(feedmill: Feedmill, tmp_path: Path) -> None:
    items = "".join(
        f"<li class='item'><a href='/story-{number}.html'>The story of number {number} in the town</a>"
        f"<span class='date'>2026-01-{number:02}</span></li>"
        for number in range(1, 13)
    )
    with Origin() as origin:
        page = f"<html><body><main><ul class='news'>{items}</ul></main></body></html>"
        origin.set("/news", page, media_type="text/html")
        said = feedmill("check", f"{origin.url}/news")
        assert said.code == 1
        _, _, table = said.stdout.partition("[[source]]")
        assert 'allow = ["127.0.0.1"]' in said.stdout
        text = "[[source]]" + table.split("\n\n")[0].replace("choose-one", "news")
        catalogue = tmp_path / "f.toml"
        catalogue.write_text(f"[fetch]\nrobots = false\n{text}\n", "utf-8")
        assert feedmill("sources", "apply", str(catalogue)).stderr == ""
        told = json.loads(feedmill("check", "news", "--json").stdout)
    assert len(told["entries"]) == 12
    assert told["entries"][0]["title"] == "The story of number 1 in the town"
    assert told["entries"][0]["published"].startswith("2026-01-01")
