"""The HTTP face over a reader in memory: addresses, validators, codings, and what fails how."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from feeds.errors import StoreUnavailable
from feeds.model import Article, Document
from feeds.render.category import rendering_of_all, rendering_of_category
from feeds.render.channel import CategoryCard
from feeds.render.document import packed, zipped
from feeds.render.index import INDEX, render_index
from feeds.render.near import Names
from feeds.told import Category, Site
from feeds.web.app import create
from feeds.web.reader import Pulse
from tests.make import article, site

SLUG = "a (b) 新"
ENCODED = "a%20(b)%20%E6%96%B0"
CATEGORY = Category(slug=SLUG, title="News", created_at=datetime(2022, 1, 1, tzinfo=UTC))
ARTICLE = article()
Get = Callable[..., httpx.Response]


@dataclass
class MemoryReader:
    """A store of one category and one article; ``away`` makes it raise."""

    told: Site = field(default_factory=site)
    articles: tuple[Article, ...] = (ARTICLE,)
    away: bool = False
    beats: Pulse = field(default_factory=Pulse)
    old: float = 0.0

    def site(self) -> Site:
        self._present()
        return self.told

    def document(self, slug: str, format: str) -> Document | None:  # noqa: A002
        self._present()
        card = CategoryCard(category=CATEGORY, count=1, articles=self.articles)
        drafts = {
            SLUG: lambda: rendering_of_category(self.told, CATEGORY, self.articles).drafts,
            "all": lambda: (
                rendering_of_all(self.told, [card], self.articles).drafts
                | {INDEX: render_index(self.told, [card])}
            ),
        }
        found = drafts[slug]().get(format) if slug in drafts else None
        made = packed if found and found.media_type.startswith("application/") else zipped
        return made(found) if found else None

    def slug(self, name: str) -> str | None:
        self._present()
        return SLUG if name.casefold() in {SLUG, "old"} else None

    def names(self) -> Names:
        self._present()
        return Names([CATEGORY])

    def article(self, path: str) -> Article | None:
        self._present()
        return next((one for one in self.articles if one.path.lower() == path.lower()), None)

    def titles(self, slugs: Sequence[str]) -> dict[str, str]:
        self._present()
        return {slug: slug.title() for slug in slugs}

    def pulse(self, slug: str) -> Pulse:
        self._present()
        return self.beats

    def age(self, slug: str, format: str) -> float:  # noqa: A002
        return self.old

    def health(self) -> dict[str, object]:
        self._present()
        return {"store": "ok"}

    def _present(self) -> None:
        if self.away:
            raise StoreUnavailable("away")


@pytest.fixture
def reader() -> MemoryReader:
    return MemoryReader()


@pytest.fixture
def get(reader: MemoryReader) -> Get:
    app = create(reader)

    async def send(path: str, method: str, headers: dict[str, str]) -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, headers=headers)

    def request(path: str, *, method: str = "GET", **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return asyncio.run(send(path, method, named))

    return request


@pytest.mark.parametrize(
    ("path", "media_type", "holds"),
    [
        ("/", "text/html", "金融消息"),
        (f"/category/{ENCODED}.html", "text/html", "A first story"),
        (f"/feeds/{ENCODED}.rss", "application/rss+xml", "<rss"),
        (f"/feeds/{ENCODED}.atom", "application/atom+xml", "<feed"),
        (f"/feeds/{ENCODED}.json", "application/feed+json", "jsonfeed.org"),
        ("/feeds/all.rss", "application/rss+xml", "<rss"),
        ("/feeds/all.json", "application/feed+json", "jsonfeed.org"),
        ("/feed.xml", "application/atom+xml", "<feed"),
        ("/opml.xml", "text/x-opml", f"/feeds/{ENCODED}.rss"),
        (ARTICLE.path, "text/html", "It begins."),
        ("/robots.txt", "text/plain", "User-agent"),
    ],
)
def test_everything_is_at_its_address(get: Get, path: str, media_type: str, holds: str) -> None:
    answer = get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert holds in answer.text


def test_feeds_may_be_read_from_any_origin_and_pages_run_nothing(get: Get) -> None:
    feed, page = get("/feed.xml").headers, get(ARTICLE.path).headers
    assert feed["access-control-allow-origin"] == "*"
    assert page["content-security-policy"].startswith("default-src 'none'; img-src * data:")
    assert (
        " frame-src https://www.youtube-nocookie.com https://player.vimeo.com "
        in page["content-security-policy"]
    )
    assert feed["x-content-type-options"] == page["x-content-type-options"] == "nosniff"
    assert feed["cache-control"] == page["cache-control"]


@pytest.mark.parametrize("path", ["/feed.xml", ARTICLE.path])
def test_head_has_the_headers_of_get_and_no_body(get: Get, path: str) -> None:
    whole, head = get(path), get(path, method="HEAD")
    assert head.content == b""
    assert dict(head.headers) == dict(whole.headers)


def test_what_was_packed_is_passed_through_under_a_tag_of_its_own(get: Get, reader: MemoryReader) -> None:
    document = reader.document("all", "atom")
    assert document is not None
    assert document.brotli is not None
    answers = {coding: get("/feed.xml", accept_encoding=coding) for coding in ("br", "gzip", "identity")}
    sizes = {coding: int(answer.headers["content-length"]) for coding, answer in answers.items()}
    content = gzip.decompress(document.body)
    assert sizes == {"br": len(document.brotli), "gzip": len(document.body), "identity": len(content)}
    assert {answer.content for answer in answers.values()} == {content}
    assert [answer.headers.get("content-encoding") for answer in answers.values()] == ["br", "gzip", None]
    assert len({answer.headers["etag"] for answer in answers.values()}) == 3
    assert {answer.headers["vary"] for answer in answers.values()} == {
        "Accept, Accept-Encoding, Accept-Language"
    }


@pytest.mark.parametrize("kept", ["br", "gzip", "identity"])
@pytest.mark.parametrize("asked", ["br", "gzip", "identity"])
def test_a_copy_in_any_coding_is_known_again(get: Get, kept: str, asked: str) -> None:
    etag = get("/feed.xml", accept_encoding=kept).headers["etag"]
    answer = get("/feed.xml", accept_encoding=asked, if_none_match=etag)
    assert (answer.status_code, answer.headers["etag"]) == (304, etag)


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("path", "page"),
    [
        (f"/feeds/{ENCODED}.rss", f"/category/{ENCODED}.html"),
        (f"/feeds/{ENCODED}.atom", f"/category/{ENCODED}.html"),
        ("/feeds/all.rss", "/"),
    ],
)
def test_a_browser_is_shown_the_page_of_a_feed(get: Get, path: str, page: str) -> None:
    shown, feed = get(path, accept=BROWSER), get(path)
    assert shown.headers["content-location"] == page
    assert shown.content == get(page).content
    assert shown.headers["content-security-policy"]
    assert shown.headers["vary"] == feed.headers["vary"] == "Accept, Accept-Encoding, Accept-Language"
    assert feed.headers["content-type"] != shown.headers["content-type"]
    assert get(path, accept=BROWSER, if_none_match=feed.headers["etag"]).status_code == 200


@pytest.mark.parametrize("path", [f"/feeds/{ENCODED}.json", "/opml.xml", "/feeds/index.json"])
def test_who_opens_what_programs_read_sees_that(get: Get, path: str) -> None:
    assert "text/html" not in get(path, accept=BROWSER).headers["content-type"]


@pytest.mark.parametrize(
    ("gap", "seconds"),
    [(None, 60), (5.0, 60), (300.4, 300), (1e9, 900)],
    ids=["unknown", "short", "", "long"],
)
def test_a_document_may_be_kept_as_long_as_its_rhythm_is(
    get: Get, reader: MemoryReader, gap: float | None, seconds: int
) -> None:
    reader.beats = Pulse(gap)
    said = get("/feed.xml").headers["cache-control"]
    assert said == f"public, max-age={seconds}, stale-while-revalidate={seconds}, stale-if-error=604800"


def test_what_is_old_says_so(get: Get, reader: MemoryReader) -> None:
    fresh = get("/feed.xml").headers
    assert "x-feedmill-age" not in fresh
    assert "x-feedmill-last-success" not in fresh
    reader.beats, reader.old = Pulse(None, datetime(2022, 3, 17, tzinfo=UTC)), 77.7
    old = get("/feed.xml").headers
    assert old["x-feedmill-age"] == "77"
    assert old["x-feedmill-last-success"] == "Thu, 17 Mar 2022 00:00:00 GMT"


def test_scripts_of_other_sites_may_ask_with_validators(get: Get) -> None:
    answer = get("/feed.xml", method="OPTIONS", origin="https://other.example")
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "If-None-Match" in answer.headers["access-control-allow-headers"]


def test_a_part_is_answered_with_the_whole(get: Get) -> None:
    whole, part = get("/feed.xml"), get("/feed.xml", range="bytes=0-9")
    assert (part.status_code, part.content) == (200, whole.content)
    assert part.headers["accept-ranges"] == "none"


def test_the_index_names_every_category_and_its_feeds(get: Get) -> None:
    [told] = get("/feeds/index.json").json()["categories"]
    assert told["slug"] == SLUG
    assert told["feeds"]["rss"].endswith(f"/feeds/{ENCODED}.rss")
    assert (told["count"], told["newest"]) == (1, "2022-03-17T00:48:28+08:00")


def test_the_icon_is_an_icon(get: Get) -> None:
    answer = get("/favicon.ico")
    assert answer.headers["content-type"] == "image/x-icon"
    assert answer.content[22:26] == b"\x89PNG"


@pytest.mark.parametrize("form", ["{}", 'W/{}, "x"', '"x", {}', "*"])
@pytest.mark.parametrize("path", ["/feed.xml", ARTICLE.path, f"/category/{ENCODED}.html"])
def test_who_has_the_document_is_told_so(get: Get, path: str, form: str) -> None:
    etag = get(path).headers["etag"]
    answer = get(path, if_none_match=form.format(etag))
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == etag
    whole = get(path).headers
    named = ("cache-control", "vary", "last-modified", "x-content-type-options")
    assert [answer.headers[name] for name in named] == [whole[name] for name in named]


def test_who_has_another_document_gets_this_one(get: Get) -> None:
    modified = get("/feed.xml").headers["last-modified"]
    answer = get("/feed.xml", if_none_match='"other"', if_modified_since=modified)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("since", "status"),
    [
        ("Wed, 16 Mar 2022 16:48:28 GMT", 304),
        ("Wed, 16 Mar 2022 16:48:27 GMT", 200),
        ("Thu, 17 Mar 2022 00:00:00 -0000", 304),
        ("yesterday", 200),
    ],
)
def test_a_date_serves_where_there_is_no_tag(get: Get, since: str, status: int) -> None:
    assert get("/feed.xml", if_modified_since=since).status_code == status


def test_a_date_in_the_future_is_no_validator(get: Get, reader: MemoryReader) -> None:
    future = datetime.now(UTC) + timedelta(days=30)
    reader.articles = (article(updated=future),)
    answer = get("/feed.xml", if_modified_since="Fri, 01 Jan 9999 00:00:00 GMT")
    assert answer.status_code == 200
    assert "last-modified" not in answer.headers


@pytest.mark.parametrize(
    ("path", "target"),
    [
        (f"/feeds/{ENCODED.upper()}.rss", f"/feeds/{ENCODED}.rss"),
        ("/feeds/old.json", f"/feeds/{ENCODED}.json"),
        ("/category/OLD.html", f"/category/{ENCODED}.html"),
        (ARTICLE.path.upper(), ARTICLE.path),
    ],
)
def test_another_spelling_leads_to_the_canonical_address(get: Get, path: str, target: str) -> None:
    answer = get(path)
    assert (answer.status_code, answer.headers["location"]) == (301, target)


@pytest.mark.parametrize(
    "path",
    [
        "/no",
        "/category/none.html",
        "/category/all.html",
        "/feeds/none.rss",
        "/feeds/all.exe",
        f"/feeds/{ENCODED}.html",
        "/news/2022/03/17/none.html",
        "/feeds/",
        "/%00",
    ],
)
def test_what_is_not_there_is_a_helpful_404(get: Get, path: str) -> None:
    answer = get(path, accept=BROWSER)
    assert answer.status_code == 404
    assert 'href="/"' in answer.text
    assert answer.headers["cache-control"] == "no-cache"


def test_nothing_is_written_here(get: Get) -> None:
    assert get("/feed.xml", method="POST").status_code == 405


@pytest.mark.parametrize("path", ["", "/", "/feed.xml", ARTICLE.path, f"/feeds/{ENCODED}.rss"])
def test_a_proxy_may_leave_the_sites_path_on(get: Get, reader: MemoryReader, path: str) -> None:
    reader.told = site(url="https://h.example/base/")
    assert get(f"/base{path}").status_code == 200
    assert get(path or "/").status_code == 200
    assert get("/basement").status_code == 404
    assert get("/feeds/old.rss").headers["location"] == f"/base/feeds/{ENCODED}.rss"


def test_everything_is_there_before_anything_is_published() -> None:
    class Empty(MemoryReader):
        def document(self, slug: str, format: str) -> Document | None:  # noqa: A002
            return None

    async def statuses() -> list[int]:
        transport = httpx.ASGITransport(app=create(Empty()))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            paths = ("/", "/feed.xml", "/opml.xml", "/feeds/index.json", "/feeds/none.rss")
            return [(await client.get(path)).status_code for path in paths]

    assert asyncio.run(statuses()) == [200, 200, 200, 200, 404]


@pytest.mark.parametrize("path", ["/", "/feed.xml", ARTICLE.path, "/feeds/x.rss", "/no"])
def test_a_store_that_is_away_is_said_plainly(get: Get, reader: MemoryReader, path: str) -> None:
    reader.away = True
    answer = get(path)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.text.startswith("The store is away")


def test_health_is_ok_while_the_process_serves(get: Get, reader: MemoryReader) -> None:
    assert get("/healthz").json() == {"status": "ok", "store": "ok"}
    reader.away = True
    answer = get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "store": "away"})


def test_scripts_of_other_sites_may_follow_a_redirect_and_read_that_we_are_away(
    get: Get, reader: MemoryReader
) -> None:
    assert get("/feeds/OLD.json").headers["access-control-allow-origin"] == "*"
    reader.away = True
    assert get("/feeds/news.json").headers["access-control-allow-origin"] == "*"


def test_the_path_of_the_site_is_taken_off_once(get: Get, reader: MemoryReader) -> None:
    reader.told = site(url="https://h.example/p")
    assert get("/p/opml.xml").status_code == 200
    assert get("/p" * 2000 + "/opml.xml").status_code == 404
