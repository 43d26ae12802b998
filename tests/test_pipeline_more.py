"""Lists of several documents, and articles of several pages: read one after the other, each in its turn."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import pytest

from feeds.model import Stage
from feeds.pipeline.apply import refresh
from feeds.pipeline.shares import SITEMAP_AT_ONCE, SITEMAP_FIRST
from feeds.told import ArticleRule, FieldRule, Kind, Paging, Source
from tests.mills import Desk, api, due_in, health, one_step, polled, put_and_publish, titles, work
from tests.origin import Response

BODY = "<p>" + "A long sentence of the story, as newspapers have them. " * 12 + "</p>"


def list_page(*names: str, after: str = "") -> str:
    items = "".join(f"<li><a href='/{name}.html'>Story {name}</a><i>2026-01-01</i></li>" for name in names)
    following = f"<a class=next href='{after}'>older</a>" if after else ""
    return f"<html><body><ul class=news>{items}</ul>{following}</body></html>"


def article_page(name: str, body: str = BODY, *, more: str = "") -> str:
    following = f"<a class=next href='{more}'>2</a>" if more else ""
    return (
        f"<html lang=en><head><title>Story {name}</title><meta name=author content='Ann Lee'></head>"
        f"<body><nav>menu</nav><article><h1>Story {name}</h1>{body}</article>{following}</body></html>"
    )


def press(desk: Desk, **more: object) -> Source:
    rules: dict[str, object] = {
        "kind": Kind.PAGE,
        "items": "ul.news > li",
        "fields": {"published": FieldRule(path="i::text")},
        "next": "a.next",
        "robots": False,
    }
    return polled(f"{desk.origin.url}/news/", **(rules | more))


def serve(desk: Desk, pages: dict[str, str]) -> None:
    for path, page in pages.items():
        desk.origin.set(path, page, media_type="text/html; charset=utf-8")


def asked(desk: Desk) -> list[str]:
    return [request.path for request in desk.origin.requests]


def test_a_lists_next_pages_are_read_up_to_the_limit(desk: Desk) -> None:
    serve(
        desk,
        {
            "/news/": list_page("a", after="/news/2"),
            "/news/2": list_page("b", after="/news/3"),
            "/news/3": list_page("c"),
        },
    )
    put_and_publish(desk, press(desk, pages=2))
    work(desk.mill)
    assert asked(desk) == ["/news/", "/news/2"]
    assert sorted(titles(desk.mill)) == ["Story a", "Story b"]


def test_a_list_that_is_asked_for_by_post_is_counted_on_in_its_body(desk: Desk) -> None:
    def page(_: str, headers: Mapping[str, str]) -> Response:
        number = json.loads(headers[":body"])["query"]["page"]
        items = [{"guid": f"{number}-{each}", "title": f"{number}-{each}"} for each in "ab" if number < 4]
        return Response(json.dumps({"records": items}).encode(), media_type="application/json")

    desk.origin.handler("/search", page)
    source = api(
        desk.origin,
        "/search",
        method="POST",
        body='{"query": {"page": 1, "words": "news"}}',
        paging=Paging(parameter="query.page"),
        pages=9,
        article=None,
    )
    put_and_publish(desk, source)
    work(desk.mill)
    assert sorted(titles(desk.mill)) == [f"{number}-{each}" for number in (1, 2, 3) for each in "ab"]
    sent = [json.loads(request.body)["query"] for request in desk.origin.requests]
    assert sent == [{"page": number, "words": "news"} for number in (1, 2, 3, 4)]
    assert {(request.method, request.path) for request in desk.origin.requests} == {("POST", "/search")}


def test_a_lists_next_page_is_left_alone_where_the_first_has_no_news(desk: Desk) -> None:
    serve(desk, {"/news/": list_page("a", after="/news/2"), "/news/2": list_page("b")})
    put_and_publish(desk, press(desk, pages=5))
    work(desk.mill)
    serve(desk, {"/news/": list_page("a", after="/news/2") + "<!-- other bytes -->"})
    desk.clock.advance(1000)
    work(desk.mill)
    assert asked(desk) == ["/news/", "/news/2", "/news/"]


def test_a_next_page_that_fails_is_tried_again_and_takes_nothing_with_it(desk: Desk) -> None:
    serve(desk, {"/news/": list_page("a", after="/news/2")})
    put_and_publish(desk, press(desk, pages=5))
    work(desk.mill)
    assert titles(desk.mill) == ["Story a"]
    serve(desk, {"/news/2": list_page("b")})
    desk.clock.advance(31)
    work(desk.mill)
    assert sorted(titles(desk.mill)) == ["Story a", "Story b"]
    assert desk.mill.store.claims.unfinished(desk.clock())[Stage.PAGE] == 0


def test_bodies_of_a_list_come_from_its_articles_pages(desk: Desk) -> None:
    serve(desk, {"/news/": list_page("a"), "/a.html": article_page("a")})
    put_and_publish(desk, press(desk, article=ArticleRule()))
    work(desk.mill)
    [article] = desk.mill.store.articles.newest("news", 9)
    assert "A long sentence of the story" in article.content
    assert "menu" not in article.content
    assert (article.authors, article.complete) == (("Ann Lee",), True)


def test_an_article_of_several_pages_is_published_once_it_is_whole(desk: Desk) -> None:
    second = BODY.replace("A long", "Another long")
    serve(
        desk,
        {
            "/news/": list_page("a"),
            "/a.html": article_page("a", more="/a-2.html"),
            "/a-2.html": article_page("a", second),
        },
    )
    put_and_publish(desk, press(desk, article=ArticleRule(content="article", next="a.next")))
    work(desk.mill)
    [article] = desk.mill.store.articles.newest("news", 9)
    assert article.content.index("A long sentence") < article.content.index("Another long sentence")
    assert (article.parts, article.complete) == (2, True)


def sitemap(addresses: Sequence[str]) -> str:
    urls = "".join(f"<url><loc>{address}</loc></url>" for address in addresses)
    return f"<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>"


def museum(desk: Desk, **more: object) -> Source:
    return polled(f"{desk.origin.url}/sitemap.xml", kind=Kind.SITEMAP, robots=False, **more)


def rooms(desk: Desk, numbers: range) -> list[str]:
    return [f"{desk.origin.url}/room/{number}" for number in numbers]


def test_of_a_sitemaps_past_only_the_newest_are_taken_and_then_what_is_new(desk: Desk) -> None:
    old, new = rooms(desk, range(300)), rooms(desk, range(300, 303))
    desk.origin.set("/sitemap.xml", sitemap(old), media_type="application/xml")
    put_and_publish(desk, museum(desk))
    work(desk.mill)
    assert desk.mill.store.categories.sizes(["news"]) == {"news": SITEMAP_FIRST}
    desk.origin.set("/sitemap.xml", sitemap(old + new), media_type="application/xml")
    desk.clock.advance(1000)
    work(desk.mill)
    assert desk.mill.store.categories.sizes(["news"]) == {"news": SITEMAP_FIRST + 3}


def test_a_flood_of_new_addresses_is_taken_in_parts(desk: Desk) -> None:
    old, new = rooms(desk, range(3)), rooms(desk, range(3, 3 + SITEMAP_AT_ONCE + 20))
    desk.origin.set("/sitemap.xml", sitemap(old), media_type="application/xml")
    put_and_publish(desk, museum(desk))
    work(desk.mill)
    desk.origin.set("/sitemap.xml", sitemap(old + new), media_type="application/xml")
    desk.clock.advance(1000)
    work(desk.mill)
    assert desk.mill.store.categories.sizes(["news"]) == {"news": 3 + SITEMAP_AT_ONCE}
    assert due_in(desk.mill) == pytest.approx(60, rel=0.11)
    assert "20 more" in health(desk.mill).why
    desk.clock.advance(70)
    work(desk.mill)
    assert desk.mill.store.categories.sizes(["news"]) == {"news": 3 + SITEMAP_AT_ONCE + 20}


def test_the_sitemaps_of_an_index_are_read_the_newest_first_up_to_the_limit(desk: Desk) -> None:
    children = "".join(
        f"<sitemap><loc>{desk.origin.url}/map-{day}.xml</loc><lastmod>2026-01-0{day}</lastmod></sitemap>"
        for day in (1, 2, 3)
    )
    index = f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{children}</sitemapindex>"
    desk.origin.set("/sitemap.xml", index, media_type="application/xml")
    for day in (1, 2, 3):
        desk.origin.set(
            f"/map-{day}.xml", sitemap([f"{desk.origin.url}/{day}"]), media_type="application/xml"
        )
    put_and_publish(desk, museum(desk, pages=2))
    work(desk.mill)
    assert asked(desk) == ["/sitemap.xml", "/map-3.xml", "/map-2.xml"]
    assert desk.mill.store.categories.sizes(["news"]) == {"news": 2}


def test_robots_txt_is_asked_before_a_page_that_lists_articles(desk: Desk) -> None:
    serve(desk, {"/news/": list_page("a")})
    put_and_publish(desk, press(desk, robots=True))
    work(desk.mill)
    assert asked(desk) == ["/robots.txt", "/news/"]
    assert titles(desk.mill) == ["Story a"]


def test_a_list_page_that_robots_txt_forbids_is_never_asked_for(desk: Desk) -> None:
    desk.origin.set("/robots.txt", "User-agent: *\nDisallow: /news", media_type="text/plain")
    serve(desk, {"/news/": list_page("a")})
    put_and_publish(desk, press(desk, robots=True))
    work(desk.mill)
    assert asked(desk) == ["/robots.txt"]
    assert health(desk.mill).error == "Disallowed"


def test_who_waits_for_a_page_goes_on_to_wait_while_its_robots_txt_is_asked_for(desk: Desk) -> None:
    serve(desk, {"/news/": list_page("a")})
    put_and_publish(desk, press(desk, robots=True))
    refresh(desk.mill.store, ["news"], asked=True)
    one_step(desk.mill, Stage.FETCH)
    assert asked(desk) == ["/robots.txt"]
    assert desk.mill.store.claims.unfinished(desk.clock())[Stage.FETCH] == 1
    work(desk.mill)
    assert desk.mill.store.claims.unfinished(desk.clock())[Stage.FETCH] == 0


def urlset(desk: Desk, names: Iterable[int], lastmod: str | None = None) -> str:
    said = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    urls = "".join(f"<url><loc>{desk.origin.url}/p/{name}</loc>{said}</url>" for name in names)
    return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>"


def polled_sitemap(desk: Desk, text: str) -> int:
    """Serve a sitemap and work off what is due; how many articles there are then."""
    desk.origin.set("/sitemap.xml", text, media_type="application/xml")
    if desk.mill.store.sources.read("news") is None:
        source = polled(f"{desk.origin.url}/sitemap.xml", kind=Kind.SITEMAP, robots=False)
        put_and_publish(desk, source)
    desk.clock.advance(5000)
    for _ in range(4):
        work(desk.mill)
        desk.clock.advance(5)
    return desk.mill.store.categories.sizes(["news"])["news"]


def test_a_sitemap_whose_addresses_are_all_others_is_no_new_one(desk: Desk) -> None:
    assert polled_sitemap(desk, urlset(desk, range(30))) == 30
    assert polled_sitemap(desk, urlset(desk, range(100, 190))) == 120


def test_a_sitemap_that_dates_all_addresses_now_hides_no_new_one(desk: Desk) -> None:
    assert polled_sitemap(desk, urlset(desk, range(300), "2026-01-01T00:00:00Z")) == SITEMAP_FIRST
    for more in range(1, 6):
        text = urlset(desk, range(300 + more), f"2026-01-01T00:00:{more:02}Z")
        assert polled_sitemap(desk, text) == SITEMAP_FIRST + more
