"""A person who has only ``sources add URL`` reaches a published feed, whatever the address leads to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest

from tests.flow.world import FETCH
from tests.origin import Origin
from tests.system import run_feedmill, sources_of

pytestmark = pytest.mark.flow

STORIES = tuple(f"The council of town {number} decides about its bridge" for number in range(12, 0, -1))
HTML = "text/html; charset=utf-8"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as served:
        yield served


def body_of(number: int) -> str:
    """What only the article's own page, or a full feed, says."""
    return " ".join(
        f"In sentence {line} of story {number} the bridge is looked at again." for line in range(20)
    )


def article(number: int, title: str) -> str:
    paragraphs = "".join(
        f"<p>{part}</p>" for part in (body_of(number), "And that was all of it for now, they said.")
    )
    return (
        f"<!doctype html><html><head><title>{title} – Our paper</title></head><body>"
        "<nav><a href='/'>Home</a></nav>"
        f"<article><h1>{title}</h1>{paragraphs}</article><footer>Our paper</footer></body></html>"
    )


def serve_articles(origin: Origin) -> None:
    for number, title in enumerate(STORIES):
        origin.set(f"/2026/01/story-{number}.html", article(number, title), media_type=HTML)


def rss() -> str:
    items = "".join(
        f"<item><title>{title}</title><link>/2026/01/story-{number}.html</link>"
        f"<guid isPermaLink='false'>{number}</guid>"
        f"<pubDate>Thu, 01 Jan 2026 {12 - number:02}:00:00 GMT</pubDate>"
        f"<description>In short.</description>"
        f"<content:encoded>{escape(f'<p>{body_of(number)}</p>')}</content:encoded></item>"
        for number, title in enumerate(STORIES)
    )
    space = "xmlns:content='http://purl.org/rss/1.0/modules/content/'"
    return f"<rss version='2.0' {space}><channel><title>Our paper</title>{items}</channel></rss>"


def listing() -> str:
    items = "".join(
        f"<li class='entry'><h2><a href='/2026/01/story-{number}.html'>{title}</a></h2>"
        f"<time datetime='2026-01-{28 - number:02}'>long ago</time></li>"
        for number, title in enumerate(STORIES)
    )
    return (
        "<!doctype html><html><head><title>Our paper</title></head><body>"
        "<nav><a href='/about'>About</a></nav>"
        f"<main><ul class='news'>{items}</ul></main></body></html>"
    )


def added(folder: Path, url: str, *words: str) -> str:
    """Add an address with the real command, in a folder whose catalogue has no source yet."""
    (folder / "feedmill.toml").write_text(FETCH, "utf-8")
    done = run_feedmill("sources", "add", url, *words, "--yes", cwd=folder)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return done.stdout


def published(folder: Path, slug: str) -> dict[str, str]:
    """The texts of a published feed by their titles, newest first, after one round."""
    once = run_feedmill("once", "--config", "feedmill.toml", "--timeout", "60", cwd=folder)
    assert once.returncode == 0, once.stdout + once.stderr
    assert run_feedmill("export", "out", cwd=folder).returncode == 0
    feed = json.loads((folder / f"out/feeds/{slug}.json").read_text("utf-8"))
    return {item["title"]: re.sub(r"<[^>]*>", " ", item.get("content_html", "")) for item in feed["items"]}


def bodies(stories: dict[str, str]) -> list[bool]:
    return [body_of(number) in stories[title] for number, title in enumerate(STORIES)]


def test_the_home_page_of_a_feed(origin: Origin, tmp_path: Path) -> None:
    link = "<link rel=alternate type=application/rss+xml title='Our paper' href=/rss.xml>"
    origin.set("/", f"<title>Welcome</title>{link}<p>Hello.</p>", media_type=HTML)
    origin.set("/rss.xml", rss())
    said = added(tmp_path, origin.url)
    assert f'url = "{origin.url}/rss.xml"' in said
    assert "http://127.0.0.1:8000/feeds/our-paper.rss" in said
    stories = published(tmp_path, "our-paper")
    assert tuple(stories) == STORIES
    assert all(bodies(stories))


def test_a_second_one_is_in_force_at_once(origin: Origin, tmp_path: Path) -> None:
    origin.set("/rss.xml", rss())
    origin.set("/other.xml", rss().replace("Our paper", "Their paper"))
    added(tmp_path, f"{origin.url}/rss.xml")
    assert tuple(published(tmp_path, "our-paper")) == STORIES
    done = run_feedmill("sources", "add", f"{origin.url}/other.xml", "--yes", cwd=tmp_path)
    assert "added     their-paper" in done.stdout
    assert "nothing runs yet" in done.stdout
    assert sources_of(tmp_path / "var").keys() == {"our-paper", "their-paper"}


def test_a_blog_without_feed_links(origin: Origin, tmp_path: Path) -> None:
    origin.set("/blog/", listing(), media_type=HTML)
    serve_articles(origin)
    said = added(tmp_path, f"{origin.url}/blog/", "--category", "town")
    assert 'kind = "page"' in said
    assert "feeds/town.rss" in said
    stories = published(tmp_path, "town")
    assert tuple(stories) == STORIES
    assert all(bodies(stories))


def test_a_json_api(origin: Origin, tmp_path: Path) -> None:
    rows = [
        {
            "infoCode": f"NW{number}",
            "title": title,
            "link": f"/2026/01/story-{number}.html",
            "showtime": f"2026-01-{28 - number:02}",
        }
        for number, title in enumerate(STORIES)
    ]
    origin.set(
        "/api/list?page=1", json.dumps({"code": 0, "data": {"list": rows}}), media_type="application/json"
    )
    serve_articles(origin)
    said = added(tmp_path, f"{origin.url}/api/list?page=1", "--id", "council")
    assert 'items = "data.list"' in said
    stories = published(tmp_path, "council")
    assert tuple(stories) == STORIES
    assert all(bodies(stories))


def test_a_sitemap(origin: Origin, tmp_path: Path) -> None:
    urls = "".join(
        f"<url><loc>{origin.url}/2026/01/story-{number}.html</loc>"
        f"<lastmod>2026-01-{28 - number:02}</lastmod></url>"
        for number in range(len(STORIES))
    )
    root = "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
    origin.set("/sitemap.xml", f"{root}{urls}</urlset>", media_type="application/xml")
    serve_articles(origin)
    said = added(tmp_path, f"{origin.url}/sitemap.xml", "--id", "paper")
    assert 'kind = "sitemap"' in said
    stories = published(tmp_path, "paper")
    assert sorted(stories) == sorted(STORIES)
    assert all(bodies(stories))
