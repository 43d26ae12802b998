"""Rules at work: what a new one drops is withdrawn, and what it lets in again is the same article."""

from __future__ import annotations

import gzip
import json

import pytest

from feeds.told import (
    ArticleRule,
    CategoryRule,
    Choice,
    Condition,
    FieldRule,
    Kind,
    Replacement,
    Rules,
    Source,
)
from tests.mills import Desk, api, body, listed, polled, put, rss, titles, work

SPONSORED = Condition(field="title", pattern="(?i)sponsored")
ON_TEXT = Condition(where="contains(text, 'secret')")


def ruled(**rules: object) -> Rules:
    return Rules(**rules)  # type: ignore[arg-type]


def feed(desk: Desk, rules: Rules | None = None, **more: object) -> Source:
    return polled(f"{desk.origin.url}/feed", rules=rules, **more)


def run(desk: Desk, *sources: Source) -> None:
    """Put these sources in force and do all that follows, what is rendered a second later too."""
    put(desk.mill, *sources)
    again(desk)


def again(desk: Desk) -> None:
    for seconds in (1000, 10, 10):
        desk.clock.advance(seconds)
        work(desk.mill)


def details(desk: Desk) -> list[str]:
    """The pages of articles that were asked for."""
    return [asked.path for asked in desk.origin.requests if asked.path.startswith("/detail")]


def rendered(desk: Desk, slug: str = "news") -> list[str]:
    """The titles in a category's feed, which are those that it holds."""
    document = desk.mill.store.documents.read(slug, "json")
    assert document is not None
    found = [item["title"] for item in json.loads(gzip.decompress(document.body))["items"]]
    assert found == titles(desk.mill, slug)
    return found


def test_a_new_rule_withdraws_what_it_drops_and_without_it_all_is_back(desk: Desk) -> None:
    desk.origin.set("/feed", rss("Three", "Sponsored: two", "One"))
    run(desk, feed(desk))
    assert rendered(desk) == rendered(desk, "all") == ["Three", "Sponsored: two", "One"]
    before = desk.mill.store.articles.newest("news", 9)[1]
    run(desk, feed(desk, ruled(drop_if=(SPONSORED,))))
    assert rendered(desk) == rendered(desk, "all") == ["Three", "One"]
    gone = desk.mill.store.articles.at(before.path)
    assert gone is not None
    assert gone.withdrawn
    run(desk, feed(desk))
    assert rendered(desk) == rendered(desk, "all") == ["Three", "Sponsored: two", "One"]
    after = desk.mill.store.articles.newest("news", 9)[1]
    assert (after.id, after.path, after.sort_key, after.updated) == (
        before.id,
        before.path,
        before.sort_key,
        before.updated,
    )


def test_what_is_dropped_from_the_first_is_never_stored_and_costs_nothing_again(desk: Desk) -> None:
    source = feed(
        desk, ruled(drop_if=(SPONSORED,)), category=CategoryRule(field="tags", otherwise="all-news")
    )
    desk.origin.set("/feed", rss("Sponsored"))
    run(desk, source)
    assert desk.mill.store.categories.read("all-news") is not None  # it is named outright
    assert titles(desk.mill, "all-news") == titles(desk.mill, "all") == []
    known = desk.mill.store.articles.brought_by("news")
    assert len(known) == 1
    assert desk.mill.store.articles.read([*known]) == {}
    desk.origin.set("/feed", rss("New", "Sponsored"))
    again(desk)
    assert titles(desk.mill, "all-news") == ["New"]
    desk.origin.set("/feed", rss("New", Sponsored="Now for nothing"))
    again(desk)
    assert titles(desk.mill, "all-news") == ["New", "Now for nothing"]
    desk.origin.set("/feed", rss("New", Sponsored="Sponsored again"))
    again(desk)
    assert titles(desk.mill, "all-news") == ["New"]


def test_a_change_of_rules_is_a_change_of_all_that_is_there_and_of_no_identity(desk: Desk) -> None:
    desk.origin.set("/feed", rss("A title", "B title"))
    run(desk, feed(desk))
    ids = {article.id for article in desk.mill.store.articles.newest("news", 9)}
    rules = ruled(replace=(Replacement(field="title", pattern=" title$"),), tags={"a": "b"})
    run(desk, feed(desk, rules))
    assert rendered(desk) == ["A", "B"]
    assert {article.id for article in desk.mill.store.articles.newest("news", 9)} == ids
    [newest] = desk.mill.store.articles.newest("news", 1)
    entry = desk.mill.store.articles.entries([newest.id]).get(newest.id)
    assert entry is not None
    assert entry.title == "A title"  # what is stored is what the publisher said


def test_an_entry_without_a_guid_stays_the_same_whatever_is_replaced(desk: Desk) -> None:
    item = "<item><title>T</title><link>http://a.example/amp/1</link></item>"
    desk.origin.set("/feed", f"<rss version='2.0'><channel><title>News</title>{item}</channel></rss>")
    run(desk, feed(desk))
    [before] = desk.mill.store.articles.newest("news", 9)
    run(desk, feed(desk, ruled(replace=(Replacement(field="url", pattern="/amp/", by="/"),))))
    [after] = desk.mill.store.articles.newest("news", 9)
    assert (after.id, after.path, after.url) == (before.id, before.path, "http://a.example/1")


def test_a_category_decides_what_it_takes_of_each_source(desk: Desk) -> None:
    items = [{"guid": str(n), "title": f"T{n}", "tags": tags} for n, tags in enumerate(["a", "b", "b,x"])]
    told = {"kind": Kind.API, "items": "r", "article": None}
    fields = {name: FieldRule(path=name) for name in ("guid", "title")}
    fields["tags"] = FieldRule(path="[tags, title]")
    desk.origin.set("/list", json.dumps({"r": items}), media_type="application/json")
    choice = Choice(drop_if=(Condition(where="title == 'T2'"),))
    rule = CategoryRule(field="tags", mapped={"a": "first", "b": "second", "b,x": "second"})
    given = {**told, "fields": fields, "category": rule}
    run(desk, api(desk.origin, **given))
    assert sorted(titles(desk.mill, "second")) == ["T1", "T2"]
    run(desk, api(desk.origin, rules=ruled(categories={"second": choice}), **given))
    assert (titles(desk.mill, "first"), titles(desk.mill, "second")) == (["T0"], ["T1"])
    assert sorted(titles(desk.mill, "all")) == ["T0", "T1"]


def test_what_another_source_takes_stays_in_its_category(desk: Desk) -> None:
    desk.origin.set("/feed", rss("One", "Sponsored"))
    desk.origin.set("/other", rss("One", "Sponsored"))
    other = polled(f"{desk.origin.url}/other", id="other", ids="shared", category=CategoryRule(slug="other"))
    run(desk, feed(desk, ids="shared"))
    run(desk, feed(desk, ids="shared"), other)
    run(desk, feed(desk, ruled(drop_if=(SPONSORED,)), ids="shared"), other)
    assert rendered(desk) == ["One"]
    assert sorted(rendered(desk, "other")) == sorted(rendered(desk, "all")) == ["One", "Sponsored"]
    run(desk, feed(desk, ids="shared"), other)
    assert sorted(rendered(desk)) == ["One", "Sponsored"]


def test_a_list_whose_news_are_all_dropped_is_read_on(desk: Desk) -> None:
    page = "<ul>{}</ul><a class=next href=/page2>next</a>"
    items = "".join(f"<li><a href=/{n}>Sponsored {n} and more words</a></li>" for n in range(3))
    desk.origin.set("/page", page.format(items), media_type="text/html")
    desk.origin.set("/page2", "<ul><li><a href=/9>Wanted words here</a></li></ul>", media_type="text/html")
    source = polled(
        f"{desk.origin.url}/page",
        kind=Kind.PAGE,
        items="li",
        next="a.next",
        pages=2,
        robots=False,
        rules=ruled(drop_if=(SPONSORED,)),
    )
    run(desk, source)
    assert titles(desk.mill) == ["Wanted words here"]


def test_a_sitemap_takes_its_newest_of_those_that_are_wanted(desk: Desk) -> None:
    urls = "".join(
        f"<url><loc>{desk.origin.url}/{'news' if n < 60 else 'shop'}/{n}</loc></url>" for n in range(200)
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    desk.origin.set("/map.xml", f"<urlset xmlns='{space}'>{urls}</urlset>")
    keep = Condition(field="url", pattern="/news/")
    run(desk, polled(f"{desk.origin.url}/map.xml", kind=Kind.SITEMAP, rules=ruled(keep_if=(keep,))))
    found = desk.mill.store.articles.newest("news", 1000)
    assert len(found) == 50
    assert all("/news/" in (article.url or "") for article in found)
    # Another rule makes no news of its past.
    more = ruled(keep_if=(keep,), replace=(Replacement(field="title", pattern="x"),))
    run(desk, polled(f"{desk.origin.url}/map.xml", kind=Kind.SITEMAP, rules=more))
    assert len(desk.mill.store.articles.newest("news", 1000)) == 50


# ── bodies on pages of their own ────────────────────────────────────────────────────────────────


def test_the_list_decides_what_it_can_so_that_no_page_is_asked_for_in_vain(desk: Desk) -> None:
    listed(desk.origin, "1", "2")
    body(desk.origin, "1", "<p>One.</p>")
    run(desk, api(desk.origin, rules=ruled(drop_if=(Condition(where="title == 'Title 2'"),))))
    assert rendered(desk) == ["Title 1"]
    assert details(desk) == ["/detail?id=1"]


def test_a_rule_on_the_text_decides_when_the_body_came(desk: Desk) -> None:
    listed(desk.origin, "1", "2")
    body(desk.origin, "1", "<p>Open words.</p>")
    body(desk.origin, "2", "<p>Some secret words.</p>")
    run(desk, api(desk.origin))
    assert sorted(rendered(desk)) == ["Title 1", "Title 2"]
    run(desk, api(desk.origin, rules=ruled(drop_if=(ON_TEXT,))))
    assert rendered(desk) == rendered(desk, "all") == ["Title 1"]
    run(desk, api(desk.origin))
    assert sorted(rendered(desk)) == ["Title 1", "Title 2"]
    assert sorted(details(desk)) == ["/detail?id=1", "/detail?id=2"]  # its body was kept


def test_an_article_that_its_body_drops_was_never_in_a_feed(desk: Desk) -> None:
    listed(desk.origin, "1", "2")
    body(desk.origin, "1", "<p>Open words.</p>")
    body(desk.origin, "2", "<p>Some secret words.</p>")
    run(desk, api(desk.origin, rules=ruled(drop_if=(ON_TEXT,))))
    assert rendered(desk) == rendered(desk, "all") == ["Title 1"]
    again(desk)
    assert rendered(desk) == ["Title 1"]
    run(desk, api(desk.origin))
    assert sorted(rendered(desk)) == ["Title 1", "Title 2"]
    assert "secret" in "".join(article.content for article in desk.mill.store.articles.newest("news", 9))


def test_a_body_is_removed_from_and_replaced_in(desk: Desk) -> None:
    listed(desk.origin, "1")
    body(desk.origin, "1", "<p>Text of Old.</p><p class=ad>Buy!</p>")
    rules = ruled(remove=(".ad",), replace=(Replacement(field="content", pattern="Old", by="New"),))
    run(desk, api(desk.origin, rules=rules))
    [article] = desk.mill.store.articles.newest("news", 9)
    assert article.content == "<p>Text of New.</p>"


def test_what_is_dropped_while_its_page_is_awaited_asks_for_it_when_it_is_back(desk: Desk) -> None:
    listed(desk.origin, "1", "2")
    for guid in ("1", "2"):
        desk.origin.set(f"/detail?id={guid}", "later", status=500)
    put(desk.mill, api(desk.origin))
    work(desk.mill)
    assert titles(desk.mill) == []
    put(desk.mill, api(desk.origin, rules=ruled(drop_if=(Condition(where="title == 'Title 2'"),))))
    work(desk.mill)
    for guid in ("1", "2"):
        body(desk.origin, guid, f"<p>Body {guid}.</p>")
    again(desk)
    again(desk)
    assert rendered(desk) == rendered(desk, "all") == ["Title 1"]
    asked = details(desk)
    put(desk.mill, api(desk.origin))
    again(desk)
    assert sorted(rendered(desk)) == ["Title 1", "Title 2"]
    assert [article.complete for article in desk.mill.store.articles.newest("news", 9)] == [True, True]
    assert details(desk)[len(asked) :] == ["/detail?id=2"]


def test_a_body_that_cannot_be_had_leaves_its_article_published(desk: Desk) -> None:
    listed(desk.origin, "1")
    desk.origin.set("/detail?id=1", "gone", status=410)
    run(desk, api(desk.origin, rules=ruled(keep_if=(ON_TEXT,))))
    assert rendered(desk) == ["Title 1"]


@pytest.mark.parametrize("title", ["Wanted | Paper", "Sponsored | Paper"])
def test_what_only_the_page_says_is_ruled_like_the_list(desk: Desk, title: str) -> None:
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    url = f"{desk.origin.url}/1"
    desk.origin.set("/map.xml", f"<urlset xmlns='{space}'><url><loc>{url}</loc></url></urlset>")
    text = "<p>A long enough text of an article, with commas, and more of them.</p>" * 9
    desk.origin.set(
        "/1",
        f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{text}</article></body></html>",
        media_type="text/html",
    )
    rules = ruled(replace=(Replacement(field="title", pattern=r" \| Paper$"),), drop_if=(SPONSORED,))
    source = polled(f"{desk.origin.url}/map.xml", kind=Kind.SITEMAP, article=ArticleRule(), rules=rules)
    run(desk, source)
    assert titles(desk.mill) == (["Wanted"] if title.startswith("Wanted") else [])
