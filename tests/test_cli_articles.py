"""``feedmill articles``: list, show, remove; what was taken down is gone everywhere, for good."""

from __future__ import annotations

import asyncio
import gzip
import json

import httpx
import pytest

from feeds.model import Article
from feeds.store.store import Store
from feeds.web.app import create
from feeds.web.stored import StoredReader
from tests.command import Feedmill
from tests.mills import Desk, polled, put, titles, work

ITEM = (
    "<item><guid isPermaLink='false'>{0}</guid><title>Title {0}</title><link>https://p.example/{0}</link>"
    "<description>About {0}.</description><pubDate>Thu, 01 Jan 2026 00:00:0{1} GMT</pubDate></item>"
)


def serve(desk: Desk, *guids: str) -> None:
    items = "".join(ITEM.format(guid, place) for place, guid in enumerate(guids))
    desk.origin.set("/feed", f"<rss version='2.0'><channel><title>N</title>{items}</channel></rss>")
    if desk.mill.store.sources.read("news") is None:
        put(desk.mill, polled(f"{desk.origin.url}/feed"))
    desk.clock.advance(5000)
    work(desk.mill)
    desk.clock.advance(10)
    work(desk.mill)


@pytest.fixture
def article(desk: Desk) -> Article:
    """The oldest of three."""
    serve(desk, "a", "b", "c")
    return desk.mill.store.articles.newest("news", 9)[-1]


def documents(store: Store) -> str:
    """All that is published, as one text."""
    found = (one for slug in store.categories.slugs() for one in store.documents.all(slug).values())
    return "".join(gzip.decompress(one.body).decode() for one in found)


async def asked(store: Store, path: str) -> httpx.Response:
    """What the web answers."""
    transport = httpx.ASGITransport(app=create(StoredReader(store)))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get(path)


def test_articles_are_listed_and_filtered(feedmill: Feedmill, article: Article) -> None:
    said = json.loads(feedmill("articles", "list", "--json").stdout)
    assert [one["title"] for one in said] == ["Title c", "Title b", "Title a"]
    assert (said[0]["categories"], said[0]["sources"], said[0]["state"]) == (["news"], ["news"], "published")
    for words, count in (
        (("--text", "title B"), 1),
        (("--category", "news", "--limit", "2"), 2),
        (("--source", "news"), 3),
        (("--gone",), 0),
        (("--since", "2026-01-01"), 3),
        (("--since", "2026-01-02"), 0),
        (("--incomplete",), 0),
    ):
        assert len(json.loads(feedmill("articles", "list", *words, "--json").stdout)) == count, words
    table = feedmill("articles", "list").stdout
    assert article.id in table
    assert "Title a" in table
    assert feedmill("articles", "list", "--text", "nothing").stdout == "no such articles\n"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("list", "--since", "soon"), "--since 'soon' is no day; write it like 2026-01-31"),
        (("list", "--category", "none"), "--category 'none': there is no such category; there are news"),
        (("list", "--category", "mews"), "did you mean 'news'?"),
        (("list", "--source", "nobody"), "--source 'nobody': there is no such source"),
    ],
)
def test_wrong_filters_are_told(
    feedmill: Feedmill, article: Article, words: tuple[str, ...], complaint: str
) -> None:
    said = feedmill("articles", *words)
    assert said.code == 2
    assert complaint in said.stderr


def test_an_article_is_shown_by_id_page_or_publishers_address(feedmill: Feedmill, article: Article) -> None:
    names = (
        article.id,
        f"urn:uuid:{article.id[:8]}-{article.id[8:12]}-{article.id[12:16]}-{article.id[16:20]}-{article.id[20:]}",
        article.path,
        f"http://127.0.0.1:8000{article.path}",
        "https://p.example/a#top",
    )
    for name in names:
        shown = json.loads(feedmill("articles", "show", name, "--json").stdout)
        assert (shown["id"], shown["content"], shown["revisions"]) == (article.id, article.content, [])
    assert "https://p.example/a" in feedmill("articles", "show", article.id).stdout
    missing = feedmill("articles", "show", "https://p.example/none")
    assert missing.code == 1
    assert "no such article" in missing.stdout


def test_earlier_wordings_are_shown(feedmill: Feedmill, desk: Desk, article: Article) -> None:
    body = ITEM.format("a", 0).replace("Title a", "Corrected")
    desk.origin.set("/feed", f"<rss version='2.0'><channel><title>N</title>{body}</channel></rss>")
    desk.clock.advance(5000)
    work(desk.mill)
    shown = json.loads(feedmill("articles", "show", article.id, "--json").stdout)
    assert (shown["title"], [one["title"] for one in shown["revisions"]]) == ("Corrected", ["Title a"])
    assert "worded before" in feedmill("articles", "show", article.id).stdout


def test_a_removed_article_is_gone_everywhere_and_never_comes_again(
    feedmill: Feedmill, desk: Desk, article: Article
) -> None:
    store = desk.mill.store
    assert "About a." in documents(store)
    said = feedmill("articles", "remove", article.id, "--yes")
    assert (said.code, said.stdout) == (0, f"{article.id}: removed\n")
    assert "About a." not in documents(store)
    assert "Title b" in documents(store)
    answer = asyncio.run(asked(store, article.path))
    assert answer.status_code == 410
    assert "This article is no longer here" in answer.text
    assert "About a." not in answer.text
    left = store.articles.read([article.id])[article.id].article
    assert (left.title, left.content, left.summary, left.removed) == ("", "", "", True)
    assert store.articles.entries([article.id]) == {}
    serve(desk, "a", "b", "c", "d")
    desk.origin.set(
        "/feed",
        "<rss version='2.0'><channel><title>N</title>"
        + ITEM.format("a", 0).replace("About a.", "About a, again.")
        + "</channel></rss>",
    )
    desk.clock.advance(5000)
    work(desk.mill)
    renumbered = ITEM.format("a", 0).replace(">a<", ">other-guid<")
    desk.origin.set("/feed", f"<rss version='2.0'><channel><title>N</title>{renumbered}</channel></rss>")
    desk.clock.advance(5000)
    work(desk.mill)
    desk.clock.advance(10)
    work(desk.mill)
    assert titles(desk.mill) == titles(desk.mill, "all") == ["Title d", "Title c", "Title b"]
    assert "About a" not in documents(store)

    [listed] = json.loads(feedmill("articles", "list", "--gone", "--json").stdout)
    assert (listed["id"], listed["state"]) == (article.id, "removed")
    assert "removed" in feedmill("articles", "show", "https://p.example/a").stdout
    again = feedmill("articles", "remove", article.id, "--yes")
    assert (again.code, again.stdout) == (0, f"{article.id}: was removed before\n")


def test_what_was_taken_down_comes_neither_by_another_title_nor_by_another_source(
    feedmill: Feedmill, desk: Desk, article: Article
) -> None:
    feedmill("articles", "remove", article.id, "--yes")
    other = ITEM.format("a", 0).replace(">a<", ">other<").replace("Title a", "Title a!")
    text = f"<rss version='2.0'><channel><title>N</title>{other}{ITEM.format('d', 1)}</channel></rss>"
    desk.origin.set("/feed", text)
    desk.origin.set("/copy", text)
    put(desk.mill, polled(f"{desk.origin.url}/feed"), polled(f"{desk.origin.url}/copy", id="copy"))
    for _ in range(3):
        desk.clock.advance(5000)
        work(desk.mill)
    assert sorted(set(titles(desk.mill, "all"))) == ["Title b", "Title c", "Title d"]


def test_removing_asks_first(feedmill: Feedmill, desk: Desk, article: Article) -> None:
    said = feedmill("articles", "remove", article.id)
    assert said.code == 2
    assert "add --yes" in said.stderr
    assert "About a." in documents(desk.mill.store)
    assert feedmill("articles", "remove", "0" * 32, "--yes").code == 1
