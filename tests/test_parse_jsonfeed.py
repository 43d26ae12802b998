"""JSON Feed 1.0 and 1.1."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feeds.errors import NotAFeed
from feeds.model import Enclosure, Feed
from feeds.parse.decoding import MOST_ENTRIES
from feeds.parse.source import parse
from tests.make import payload, source

VERSION = "https://jsonfeed.org/version/1.1"


def read(*items: Any, media_type: str = "application/feed+json", **top: Any) -> Feed:
    document = {"version": VERSION, "items": list(items), **top}
    return parse(source(), payload(json.dumps(document), media_type=media_type))


@pytest.mark.parametrize("media_type", ["application/feed+json", "text/plain", ""])
def test_it_is_recognized_by_its_brace_whatever_http_says(media_type: str) -> None:
    feed = read({"id": "1"}, media_type=media_type, title="T", home_page_url="/")
    assert (feed.title, feed.url) == ("T", "https://publisher.example/")
    assert len(feed.entries) == 1


def test_all_fields_are_read() -> None:
    item = {
        "id": 17,
        "url": "/a",
        "title": "t",
        "content_html": "<p>x</p>",
        "summary": "s",
        "date_published": "2022-03-17T00:48:28+08:00",
        "date_modified": "2022-03-18T00:00:00Z",
        "authors": [{"name": "Ann"}, {"url": "x"}],
        "tags": ["one", 2, "one"],
        "language": "de",
        "attachments": [{"url": "/a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 5}, {}, 1],
    }
    (entry,) = read(item).entries
    assert entry.guid == "17"
    assert entry.url == "https://publisher.example/a"
    assert (entry.title, entry.content, entry.summary) == ("t", "<p>x</p>", "s")
    assert entry.published == "2022-03-17T00:48:28+08:00"
    assert entry.updated == "2022-03-18T00:00:00Z"
    assert (entry.authors, entry.tags, entry.language) == (("Ann",), ("one", "2"), "de")
    assert entry.enclosures == (
        Enclosure(url="https://publisher.example/a.mp3", media_type="audio/mpeg", length=5),
    )


def test_authors_of_version_1_and_of_the_feed_count() -> None:
    feed = read({"id": "1", "author": {"name": "Ann"}}, {"id": "2"}, author={"name": "Bob"})
    assert [entry.authors for entry in feed.entries] == [("Ann",), ("Bob",)]


def test_plain_text_content_is_escaped() -> None:
    assert read({"content_text": "a < b\n\nc"}).entries[0].content == "<p>a &lt; b</p><p>c</p>"


@pytest.mark.parametrize(
    ("identifier", "guid"),
    [
        pytest.param(1e3, "1000.0", id="float"),
        pytest.param(True, "true", id="boolean"),
        pytest.param(None, None, id="null"),
        pytest.param({"a": 1}, None, id="object"),
        pytest.param("a\ud800b", "a\ufffdb", id="lone surrogate"),
    ],
)
def test_an_id_may_be_any_scalar(identifier: object, guid: str | None) -> None:
    assert read({"id": identifier}).entries[0].guid == guid


def test_a_number_too_long_for_python_loses_nothing() -> None:
    body = '{"version": "", "items": [{"id": %s}, {"id": "b"}]}' % ("9" * 5000)
    feed = parse(source(), payload(body, media_type="application/json"))
    assert [entry.guid for entry in feed.entries] == ["9" * 5000, "b"]


def test_an_item_that_is_no_object_is_skipped_with_its_index() -> None:
    feed = read({"id": "1"}, "x", {"id": "2"})
    assert [entry.guid for entry in feed.entries] == ["1", "2"]
    assert feed.warnings == ("item 1 skipped: no object",)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param("{", "broken JSON", id="broken"),
        pytest.param("[" * 100_000, "broken JSON", id="deep"),
        pytest.param("[]", "no object", id="list"),
        pytest.param('{"items": {}}', "without 'items'", id="items no list"),
        pytest.param('{"error": 1}', "without 'items', its keys are 'error'", id="an error"),
        pytest.param("", "empty body", id="empty"),
    ],
)
def test_what_is_no_json_feed_says_so(body: str, message: str) -> None:
    with pytest.raises(NotAFeed, match=message):
        parse(source(), payload(body, media_type="application/feed+json"))


def test_only_so_many_items_are_read() -> None:
    feed = read(*({"id": number} for number in range(MOST_ENTRIES + 1)))
    assert len(feed.entries) == MOST_ENTRIES
    assert feed.warnings == (f"only the first {MOST_ENTRIES} of {MOST_ENTRIES + 1} entries are read",)


def test_attachments_have_a_duration_and_nonsense_is_dropped() -> None:
    attachments = [
        {"url": "/a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 5, "duration_in_seconds": 61.5},
        {"url": "/b.mp3", "mime_type": "mp3", "size_in_bytes": -5, "duration_in_seconds": True},
    ]
    assert read({"attachments": attachments}).entries[0].enclosures == (
        Enclosure(url="https://publisher.example/a.mp3", media_type="audio/mpeg", length=5, duration=61.5),
        Enclosure(url="https://publisher.example/b.mp3"),
    )


@pytest.mark.parametrize(
    ("item", "image"),
    [
        pytest.param({"image": "/i.png", "banner_image": "/b.png"}, "/i.png", id="image"),
        pytest.param({"image": 5, "banner_image": "/b.png"}, "/5", id="any scalar is an address"),
        pytest.param({"image": "data:x", "banner_image": "/b.png"}, "/b.png", id="banner"),
        pytest.param(
            {"attachments": [{"url": "/a.jpg", "mime_type": "image/jpeg"}]}, "/a.jpg", id="attached"
        ),
        pytest.param({}, None, id="none"),
    ],
)
def test_the_picture_of_an_item(item: dict[str, Any], image: str | None) -> None:
    assert read(item).entries[0].image == (image and f"https://publisher.example{image}")


def test_the_feed_says_its_icon_and_hubs() -> None:
    hubs = [
        {"type": "WebSub", "url": "https://hub.example/"},
        {"type": "rssCloud", "url": "https://x.example/"},
    ]
    feed = read(icon="/i.png", favicon="/f.ico", hubs=[*hubs, 1, {"type": "WebSub"}])
    assert (feed.icon, feed.hubs) == ("https://publisher.example/i.png", ("https://hub.example/",))
    assert read(favicon="/f.ico").icon == "https://publisher.example/f.ico"
    assert read(hubs="x", icon=[1]).hubs == ()


def test_version_1_and_1_1_name_authors_each_in_its_way() -> None:
    feed = read(
        {"id": "1", "authors": [], "author": {"name": "Ann"}},
        {"author": {"name": "A"}, "authors": [{"name": "B"}]},
    )
    assert [entry.authors for entry in feed.entries] == [("Ann",), ("B",)]
    assert read({"id": "1"}, language="de").entries[0].language == "de"
    assert read({"id": "1", "language": "no tag"}, language="de").entries[0].language == "de"
