"""discover: what an address could be polled as, with real requests; polite, bounded, and ranked."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest

from feeds.catalogue.writing import source_maker
from feeds.fetch.client import Client
from feeds.parse.source import parse
from feeds.pipeline.discover import Discovery, Look, addresses_typed
from feeds.pipeline.mill import Intake
from feeds.pipeline.visiting import Visit
from feeds.told import Kind, Site
from tests import make
from tests.mills import NOW
from tests.origin import Origin

HTML = "text/html; charset=utf-8"
LONG = "A sentence of a text that is published as a whole, and not in short. " * 12
STORIES = tuple(f"The council of town {number} decides about its bridge" for number in range(8))
WELL_KNOWN = 8


class Watch:
    """Seconds that go by only while somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waited: list[float] = []
        self.late = 0.0
        """By how much each wait is longer."""

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds + self.late


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as served:
        yield served


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def intake() -> Iterator[Intake]:
    client = Client(monotonic=time.monotonic)
    yield Intake(client, parse, lambda: NOW)
    client.close()


class Seeker:
    """Looks at addresses as ``sources add`` does, with an empty catalogue."""

    def __init__(self, intake: Intake, watch: Watch, folder: Path, site: Site | None = None) -> None:
        self.told: list[str] = []
        visit = Visit(intake, clock=watch, pause=watch.pause, tell=self.told.append)
        self._look = Look(visit, source_maker(folder / "feedmill.toml", {}), site or make.site())

    def __call__(self, typed: str) -> Discovery:
        return self._look.at(typed)


@pytest.fixture
def seek(intake: Intake, watch: Watch, tmp_path: Path) -> Seeker:
    return Seeker(intake, watch, tmp_path)


@pytest.fixture
def seek_for_english(intake: Intake, watch: Watch, tmp_path: Path) -> Seeker:
    return Seeker(intake, watch, tmp_path, Site())


def rss(*, text: str = "In short.", count: int = 8, title: str = "Our paper") -> str:
    items = "".join(
        f"<item><title>{STORIES[place]}</title><link>/{place}</link><description>{escape(text)}</description>"
        f"<pubDate>Thu, 01 Jan 2026 {20 - place}:00:00 GMT</pubDate></item>"
        for place in range(count)
    )
    return f"<rss version='2.0'><channel><title>{title}</title>{items}</channel></rss>"


def json_feed() -> str:
    items = [
        {
            "id": f"/{place}",
            "url": f"/{place}",
            "title": title,
            "content_html": LONG,
            "date_published": "2026-01-01",
        }
        for place, title in enumerate(STORIES)
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Our paper", "items": items})


def listing(*more: str, head: str = "") -> str:
    items = "".join(
        f"<li class='entry'><h2><a href='/{place}'>{title}</a></h2>"
        f"<time datetime='2025-12-{28 - place}'>then</time></li>"
        for place, title in enumerate(STORIES)
    )
    main = f"<main><ul>{items}</ul>{''.join(more)}</main>"
    return f"<html><head><title>Our paper</title>{head}</head><body>{main}</body></html>"


def link(path: str, media_type: str = "application/rss+xml") -> str:
    return f"<link rel=alternate type={media_type} href={path}>"


def serve_articles(origin: Origin) -> None:
    for place, title in enumerate(STORIES):
        body = f"<html><body><article><h1>{title}</h1><p>{LONG}</p></article></body></html>"
        origin.set(f"/{place}", body, media_type=HTML)


def kinds(found: Discovery) -> list[tuple[str, str]]:
    return [(each.source.kind.value, each.source.url.rpartition("/")[2]) for each in found.candidates]


def asked(origin: Origin) -> list[str]:
    return [request.path for request in origin.requests]


@pytest.mark.parametrize(
    ("typed", "addresses"),
    [
        ("https://a.example/x", ("https://a.example/x",)),
        (" a.example/x ", ("https://a.example/x", "http://a.example/x")),
        ("localhost:8000", ("https://localhost:8000", "http://localhost:8000")),
        ("feed:https://a.example/x", ("https://a.example/x",)),
        ("feed://a.example/x", ("https://a.example/x", "http://a.example/x")),
    ],
)
def test_what_is_typed_may_lack_its_scheme(typed: str, addresses: tuple[str, ...]) -> None:
    assert addresses_typed(typed) == addresses


def test_without_a_scheme_http_is_tried_after_https(origin: Origin, seek: Seeker) -> None:
    origin.set("/feed", rss())
    found = seek(f"127.0.0.1:{origin.port}/feed")
    assert found.url == f"{origin.url}/feed"
    assert kinds(found) == [("feed", "feed")]


def test_a_feed_is_all_there_is_to_it(origin: Origin, seek: Seeker) -> None:
    origin.set("/feed", rss(text=LONG))
    [one] = seek(f"{origin.url}/feed").candidates
    assert one.table == {
        "id": "candidate",
        "kind": "feed",
        "url": f"{origin.url}/feed",
        "allow": ["127.0.0.1"],
    }
    assert (one.title, one.entries, one.dated, one.with_text) == ("Our paper", 8, 8, 8)
    assert one.titles == STORIES[:2]
    assert one.newest is not None
    assert asked(origin) == ["/feed"]


def test_where_it_moved_for_good_is_what_is_written(origin: Origin, seek: Seeker) -> None:
    origin.set("/old", "", status=301, headers={"Location": "/feed"})
    origin.set("/today", "", status=302, headers={"Location": "/feed"})
    origin.set("/feed", rss())
    assert seek(f"{origin.url}/old").candidates[0].source.url == f"{origin.url}/feed"
    assert seek(f"{origin.url}/today").candidates[0].source.url == f"{origin.url}/today"


def test_feeds_that_a_page_names_are_ranked_and_nothing_is_guessed(origin: Origin, seek: Seeker) -> None:
    head = (
        link("/comments.xml")
        + link("/short.xml")
        + link("/full.json", "application/feed+json")
        + link("/full.xml")
    )
    origin.set("/", listing(head=head), media_type=HTML)
    origin.set("/comments.xml", rss(text=LONG, title="Comments on Our paper"))
    origin.set("/short.xml", rss())
    origin.set("/full.xml", rss(text=LONG))
    origin.set("/full.json", json_feed(), media_type="application/feed+json")
    found = seek(f"{origin.url}/")
    ranking = ["full.xml", "full.json", "short.xml", "", "comments.xml"]
    assert [path for _, path in kinds(found)] == ranking
    assert [each.same_as for each in found.candidates] == [None, 1, 1, None, 1]
    assert sorted(asked(origin)) == sorted(["/", "/comments.xml", "/short.xml", "/full.xml", "/full.json"])


def test_links_in_the_page_that_look_like_feeds_are_looked_at(origin: Origin, seek: Seeker) -> None:
    anchors = "<a href=/all.rss>All</a> <a href='/x?id=3'>RSS</a> <a href=/feedback>Feedback</a>"
    origin.set("/", listing(anchors), media_type=HTML)
    origin.set("/x?id=3", rss(count=3))
    found = seek(f"{origin.url}/")
    assert kinds(found)[0] == ("feed", "x?id=3")
    assert asked(origin) == ["/", "/all.rss", "/x?id=3"]


def test_the_usual_places_are_tried_one_after_the_other_until_one_is_a_feed(
    origin: Origin, watch: Watch, seek: Seeker
) -> None:
    origin.set("/", "<html><body><p>Hello.</p></body></html>", media_type=HTML)
    origin.set("/feed", "<html><body>Not found, but 200</body></html>", media_type=HTML)
    origin.set("/atom.xml", rss())
    assert kinds(seek(f"{origin.url}/")) == [("feed", "atom.xml")]
    assert asked(origin) == ["/", "/feed", "/rss.xml", "/feed.xml", "/atom.xml"]
    assert watch.waited == [1.0] * 4, "a second between two requests to one domain"
    assert seek.told == [f"{origin.url}{path}" for path in asked(origin)]


def test_a_page_below_its_site_and_its_generator_say_where_to_begin(origin: Origin, seek: Seeker) -> None:
    page = "<html><head><meta name=generator content='Hugo 0.120'></head><body>Hello.</body></html>"
    origin.set("/blog/", page, media_type=HTML)
    seek(f"{origin.url}/blog/")
    places = [path for path in asked(origin) if "sitemap" not in path and "robots" not in path][1:]
    assert places[0] == "/blog/index.xml"
    assert len(places) == WELL_KNOWN


def test_a_page_of_articles_is_offered_with_their_texts_from_their_own_pages(
    origin: Origin, seek: Seeker
) -> None:
    origin.set("/", listing(), media_type=HTML)
    serve_articles(origin)
    best = seek(f"{origin.url}/").candidates[0]
    assert (best.source.kind.value, best.entries, best.dated, best.title) == ("page", 8, 8, "Our paper")
    assert best.table["article"] == {"content": "auto"}
    assert best.from_pages > 600


def test_articles_without_a_text_of_their_own_promise_none(origin: Origin, seek: Seeker) -> None:
    origin.set("/", listing(), media_type=HTML)
    best = seek(f"{origin.url}/").candidates[0]
    assert "article" not in best.table
    assert best.from_pages == 0
    assert "no text was found" in best.notes[0]


def test_robots_txt_holds_for_pages_and_for_articles(origin: Origin, seek: Seeker) -> None:
    origin.set("/robots.txt", "User-agent: *\nDisallow: /", media_type="text/plain")
    origin.set("/", listing(), media_type=HTML)
    found = seek(f"{origin.url}/")
    assert found.candidates == ()
    assert "robots.txt" in str(found.obstacle)
    assert "/0" not in asked(origin)


def test_a_crawl_delay_is_waited_for_between_articles(origin: Origin, watch: Watch, seek: Seeker) -> None:
    origin.set("/robots.txt", "User-agent: *\nCrawl-delay: 20", media_type="text/plain")
    origin.set("/", listing(), media_type=HTML)
    serve_articles(origin)
    origin.set("/0", "<p>Gone", media_type=HTML)
    assert seek(f"{origin.url}/").candidates[0].from_pages > 0
    assert asked(origin)[-3:] == ["/robots.txt", "/0", "/1"]
    assert watch.waited[-2:] == [20.0, 20.0]


def test_a_sitemap_is_the_last_resort_where_robots_txt_names_it(origin: Origin, seek: Seeker) -> None:
    locations = "".join(f"<url><loc>{origin.url}/{place}</loc></url>" for place in range(8))
    space = "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'"
    index = f"<sitemapindex {space}><sitemap><loc>{origin.url}/news.xml</loc></sitemap></sitemapindex>"
    origin.set("/", "<html><body>Hello.</body></html>", media_type=HTML)
    origin.set("/robots.txt", f"Sitemap: {origin.url}/map.xml", media_type="text/plain")
    origin.set("/map.xml", index, media_type="application/xml")
    origin.set("/news.xml", f"<urlset {space}>{locations}</urlset>", media_type="application/xml")
    serve_articles(origin)
    [one] = seek(f"{origin.url}/").candidates
    assert (one.source.kind.value, one.source.url, one.entries) == ("sitemap", f"{origin.url}/map.xml", 8)
    assert one.table["pages"] == 2
    assert one.from_pages > 600


def test_a_json_list_is_offered_with_its_rules(origin: Origin, seek: Seeker) -> None:
    rows = [
        {"code": f"N{place}", "title": title, "date": "2026-01-01"} for place, title in enumerate(STORIES)
    ]
    origin.set("/api", json.dumps({"data": {"list": rows}}), media_type="application/json")
    [one] = seek(f"{origin.url}/api").candidates
    assert one.table["items"] == "data.list"
    assert one.table["fields"] == {"guid": "code", "title": "title", "published": "date"}
    assert "no address" in one.notes[0]


CHINESE_PAGE = "".join(
    f"<li class=entry><h2><a href=/{place}>重庆第{place}座大桥今天正式通车，市民纷纷前来参观</a></h2></li>"
    for place in range(8)
)


@pytest.mark.parametrize(
    ("tag", "items", "written"),
    [
        ("zh-CN", CHINESE_PAGE, "zh-CN"),
        ("zh_TW", CHINESE_PAGE, "zh-TW"),
        ("en", CHINESE_PAGE, None),
        ("fr", CHINESE_PAGE, None),
        ("no such tag!", CHINESE_PAGE, None),
    ],
    ids=["said", "misspelled", "the site's", "plainly another", "none"],
)
def test_a_pages_language_is_written_where_it_tells_something(
    origin: Origin, seek_for_english: Seeker, tag: str, items: str, written: str | None
) -> None:
    page = f"<html lang='{tag}'><head><title>新闻</title></head><body><ul>{items}</ul></body></html>"
    origin.set("/", page, media_type=HTML)
    found = seek_for_english(f"{origin.url}/").candidates
    [one] = (each for each in found if each.source.kind is Kind.PAGE)
    assert (one.table.get("language"), one.source.language) == (written, written)


def test_a_feed_that_says_its_language_needs_none_written(origin: Origin, seek_for_english: Seeker) -> None:
    feed = rss(title="Notre journal").replace("<item>", "<language>fr</language><item>", 1)
    origin.set("/feed", feed)
    [one] = seek_for_english(f"{origin.url}/feed").candidates
    assert (one.checked.language, one.table.get("language")) == ("fr", None)


def test_a_feed_that_says_none_has_that_of_the_page_which_names_it(
    origin: Origin, seek_for_english: Seeker
) -> None:
    head = f"<html lang=zh-CN><head>{link('/feed')}</head><body>你好</body></html>"
    origin.set("/", head, media_type=HTML)
    origin.set("/feed", "<rss version='2.0'><channel><item><title>桥</title></item></channel></rss>")
    [one] = seek_for_english(f"{origin.url}/").candidates
    assert (one.source.kind, one.table.get("language")) == (Kind.FEED, "zh-CN")


@pytest.mark.parametrize(
    ("date", "zone"), [("2026-01-01 10:00", "Asia/Shanghai"), ("2026-01-01T10:00:00Z", None)]
)
def test_dates_without_an_offset_are_told(origin: Origin, seek: Seeker, date: str, zone: str | None) -> None:
    rows = [{"url": f"/{place}", "title": title, "date": date} for place, title in enumerate(STORIES)]
    origin.set("/api", json.dumps({"rows": rows}), media_type="application/json")
    [one] = seek(f"{origin.url}/api").candidates
    assert one.checked.zone == zone


@pytest.mark.parametrize("call", ["callback({})", "/**/ typeof cb === 'function' && cb({});"])
def test_a_json_list_in_a_call_is_read_as_one(origin: Origin, seek: Seeker, call: str) -> None:
    rows = [{"url": f"/{place}", "title": title, "date": "2026-01-01"} for place, title in enumerate(STORIES)]
    origin.set("/api", call.replace("{}", json.dumps({"rows": rows})), media_type="application/javascript")
    [one] = seek(f"{origin.url}/api").candidates
    assert (one.table["within"], one.table["items"], one.entries) == ("jsonp", "rows", 8)


@pytest.mark.parametrize(
    ("script", "within"),
    [
        ("<script id=__NEXT_DATA__ type=application/json>{}</script>", "script#__NEXT_DATA__"),
        ("<script>window.__STATE__ = {};</script>", 'script:contains("__STATE__")'),
    ],
)
def test_json_in_a_pages_scripts_is_offered(origin: Origin, seek: Seeker, script: str, within: str) -> None:
    rows = [{"url": f"/{place}", "title": title, "date": "2026-01-01"} for place, title in enumerate(STORIES)]
    body = script.replace("{}", json.dumps({"props": {"rows": rows, "menu": [{"title": "A", "url": "/"}]}}))
    origin.set("/", f"<html><body><div id=root></div>{body}</body></html>", media_type=HTML)
    best = seek(f"{origin.url}/").candidates[0]
    assert (best.source.kind.value, best.table["within"], best.table["items"]) == (
        "api",
        within,
        "props.rows",
    )
    assert best.entries == 8


def test_linked_data_in_a_page_is_offered(origin: Origin, seek: Seeker) -> None:
    articles = [
        {"@type": "BlogPosting", "headline": title, "url": f"/{place}", "datePublished": "2026-01-01"}
        for place, title in enumerate(STORIES)
    ]
    site = {"@context": "https://schema.org", "@type": "WebSite", "name": "Our paper", "url": "/" + "x" * 200}
    scripts = "".join(
        f'<script type="application/ld+json">{json.dumps(one)}</script>'
        for one in (site, {"@type": "Blog", "name": "Our paper", "blogPost": articles})
    )
    origin.set("/", f"<html><head>{scripts}</head><body>Hello.</body></html>", media_type=HTML)
    best = seek(f"{origin.url}/").candidates[0]
    assert (best.source.kind.value, best.table["items"], best.entries) == ("api", "blogPost", 8)
    assert ":contains(" in best.table["within"]


@pytest.mark.parametrize(
    ("page", "status", "word"),
    [
        (
            "<title>Just a moment...</title><body><script>window._cf_chl_opt={}</script></body>",
            200,
            "BotWall",
        ),
        ("<title>Log in</title><body><form><input type=password></form></body>", 200, "password"),
        ("<html><body><div id=root></div><script src=/app.js></script></body></html>", 200, "scripts"),
        ("gone", 410, "Gone"),
        ("slow down", 429, "Throttled"),
    ],
    ids=["wall", "login", "shell", "gone", "throttled"],
)
def test_why_there_is_nothing_is_said(
    origin: Origin, seek: Seeker, page: str, status: int, word: str
) -> None:
    origin.set("/", page, status=status, media_type=HTML)
    found = seek(f"{origin.url}/")
    assert found.candidates == ()
    assert word in str(found.obstacle)
    assert f"{origin.url}/" in found.looked


def test_a_publisher_that_asks_for_quiet_is_asked_nothing_more(origin: Origin, seek: Seeker) -> None:
    origin.set("/", listing(), media_type=HTML)
    origin.set("/feed", "", status=429)
    found = seek(f"{origin.url}/")
    assert asked(origin) == ["/", "/feed"]
    assert found.obstacle is not None or found.candidates == ()


@pytest.mark.parametrize("href", ["http://me:secret@127.0.0.1/feed", "/feed?x=${api}", "/feed?x=${secret.A}"])
def test_an_address_that_no_catalogue_may_have_is_passed_over(
    origin: Origin, seek: Seeker, href: str
) -> None:
    origin.set("/", listing(head=link(href) + link("/rss")), media_type=HTML)
    origin.set("/rss", rss())
    assert kinds(seek(f"{origin.url}/"))[0] == ("feed", "rss")


def test_a_feed_that_is_named_and_broken_is_told(origin: Origin, seek: Seeker) -> None:
    page = f"<html><head>{link('/gone.xml')}</head><body><script>1</script></body></html>"
    origin.set("/", page, media_type=HTML)
    assert "/gone.xml" in str(seek(f"{origin.url}/").obstacle)


def test_nothing_more_is_begun_when_time_is_over(origin: Origin, watch: Watch, seek: Seeker) -> None:
    origin.set("/", listing(), media_type=HTML)
    watch.late = 24.0
    assert "robots.txt of its site cannot be had" in str(seek(f"{origin.url}/").obstacle)
    assert asked(origin) == ["/", "/feed", "/rss.xml", "/feed.xml"]


def test_a_public_page_leads_to_nothing_private(origin: Origin, seek: Seeker) -> None:
    origin.set(
        "/", listing(head=link("http://127.0.0.2:9/feed") + link("http://10.0.0.1/feed")), media_type=HTML
    )
    found = seek(f"{origin.url}/")
    assert [kind for kind, _ in kinds(found)] == ["page"]
    assert found.candidates[0].source.allow == ("127.0.0.1/32",)


def test_a_private_address_is_refused(seek: Seeker) -> None:
    found = seek("http://10.1.2.3/feed")
    assert "UnsafeURL" in str(found.obstacle)
