"""The feeds an HTML page names."""

from __future__ import annotations

import pytest

from feeds.parse.discover import discovered
from tests.make import payload
from tests.places import SHARED

PAGE = "https://publisher.example/news/"


def found(markup: str, url: str = PAGE) -> tuple[str, ...]:
    return discovered(payload(f"<!doctype html><html><head>{markup}</head><body></body></html>", url=url))


def link(href: str, media_type: str = "application/rss+xml", title: str = "") -> str:
    return f'<link rel="alternate" type="{media_type}" href="{href}" title="{title}">'


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param(link("/feed"), id="rss"),
        pytest.param(link("/feed", "application/atom+xml"), id="atom"),
        pytest.param(link("/feed", "application/feed+json"), id="json feed"),
        pytest.param(link("/feed", "application/rdf+xml; charset=utf-8"), id="rdf with a charset"),
        pytest.param(link("/feed", "application/json"), id="json called feed"),
        pytest.param(link("//publisher.example/feed"), id="without scheme"),
        pytest.param(
            link("feed://publisher.example/feed").replace("feed:", "feed:https:", 1), id="feed: https"
        ),
        pytest.param(link(" ../feed#top "), id="relative with a fragment"),
        pytest.param("<LINK REL=Alternate TYPE=Application/RSS+XML HREF=/feed>", id="unquoted capitals"),
        pytest.param(
            "<link href='/feed' rel='home alternate' type='application/rss+xml' />", id="two relations"
        ),
        pytest.param('<base href="/">' + link("feed"), id="base"),
        pytest.param(
            '<base target="_top"><base href="../">' + link("feed"), id="the first base with an address"
        ),
        pytest.param("<!-- " + link("/old") + " -->" + link("/feed"), id="not in a comment"),
        pytest.param(link("/feed") * 3, id="repeated"),
    ],
)
def test_a_link_to_a_feed_is_found(markup: str) -> None:
    assert found(markup) == ("https://publisher.example/feed",)


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param("", id="nothing"),
        pytest.param(link("/de/", "text/html"), id="another language"),
        pytest.param(link("/wp-json/wp/v2/pages/2", "application/json"), id="json of an api"),
        pytest.param(link("/oembed", "application/json+oembed"), id="oembed"),
        pytest.param('<link rel="stylesheet" type="application/rss+xml" href="/feed">', id="style sheet"),
        pytest.param('<link rel="alternate" type="application/rss+xml">', id="no address"),
        pytest.param(link("javascript:alert(1)"), id="script"),
        pytest.param(link("http://[broken/"), id="broken address"),
        pytest.param(link("") + link("/news/#top"), id="the page itself"),
    ],
)
def test_other_links_are_not(markup: str) -> None:
    assert found(markup) == ()


def test_feeds_of_comments_come_last_and_the_others_in_order() -> None:
    markup = link("/a/comments/feed/") + link("/b", title="News » Comments Feed") + link("/c") + link("/d")
    assert [url[-2:] for url in found(markup)] == ["/c", "/d", "d/", "/b"]


def test_a_host_named_comments_has_feeds_of_its_own() -> None:
    assert found(link("https://comments.example/1") + link("/2"))[0] == "https://comments.example/1"


def test_at_most_ten_are_named() -> None:
    assert len(found("".join(link(f"/{number}") for number in range(20)))) == 10


@pytest.mark.parametrize("body", [b"", b" ", b"\0\0", b"{}", b"\xff" * 100], ids=repr)
def test_what_is_no_page_names_none(body: bytes) -> None:
    assert discovered(payload(body)) == ()


@pytest.mark.parametrize(
    "tail",
    [b"<div>" * 90_000, b"<link " + b"x=1 " * 100_000, b"<" * 400_000],
    ids=["deep", "wide", "brackets"],
)
def test_pages_made_to_exhaust_us_are_read_as_far_as_they_go(tail: bytes) -> None:
    assert discovered(payload(b"<html>" + link("/feed").encode() + tail, url=PAGE))


def test_links_in_chinese_encodings_are_read() -> None:
    page = f'<html><meta charset="gb2312">{link("/x", "text/xml", "订阅")}'.encode("gb18030")
    assert discovered(payload(page, url=PAGE)) == ("https://publisher.example/x",)


def test_pages_of_the_wild_that_name_a_feed_have_it_found() -> None:
    folder = SHARED / "corpora" / "html-pages"
    if not folder.is_dir():
        pytest.skip("needs ../shared/corpora")
    marks = (b"application/rss+xml", b"application/atom+xml", b"application/feed+json")
    pages = [path.read_bytes() for path in folder.rglob("*.html")]
    naming = [page for page in pages if any(mark in page.lower() for mark in marks)]
    assert len(naming) >= 10
    assert [page[:200] for page in naming if not discovered(payload(page, url=PAGE))] == []
