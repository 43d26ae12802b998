"""A podcast all the way, from a publisher's feed to ours: before its table is written, with it, and after."""

from __future__ import annotations

import gzip
import json
from typing import Any

from feeds.catalogue.load import parse_catalogue
from feeds.pipeline.apply import apply
from tests.mills import Desk, work
from tests.validator import findings

SHOW = """<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
 xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel><title>A show</title>
<itunes:explicit>yes</itunes:explicit>
<item><guid>two</guid><title>Two</title><enclosure url="http://a.example/2.mp3" type="audio/mpeg" length="9"/>
<itunes:duration>3723</itunes:duration><itunes:image href="http://a.example/2.jpg"/>
<itunes:season>1</itunes:season><itunes:episode>2</itunes:episode><itunes:explicit>no</itunes:explicit>
<podcast:transcript url="http://a.example/2.vtt" type="text/vtt"/></item>
<item><guid>one</guid><title>One</title><enclosure url="http://a.example/1.mp3" type="audio/mpeg" length="9"/>
<itunes:episodeType>trailer</itunes:episodeType></item></channel></rss>"""

CATALOGUE = """
[fetch]
allow = ["127.0.0.0/8"]
spacing = 0
[[source]]
id = "show"
kind = "feed"
url = "{}/show"
category = "shows"
[category.shows]
title = "Shows"
"""
PODCAST = 'podcast = { email = "shows@a.example", category = "News", explicit = false }'


def put(desk: Desk, more: str) -> None:
    text = CATALOGUE.format(desk.origin.url) + more
    apply(desk.mill.store, parse_catalogue(text, name="feedmill.toml", folder="/", variables={}))
    for _ in range(3):
        desk.clock.advance(10)
        work(desk.mill)


def published(desk: Desk) -> tuple[bytes, list[dict[str, Any]]]:
    """The RSS of the category, and the items of its JSON Feed."""
    documents = desk.mill.store.documents.all("shows")
    document, shown = (gzip.decompress(documents[name].body) for name in ("rss", "json"))
    assert findings(document) == findings(gzip.decompress(documents["atom"].body)) == []
    return document, json.loads(shown)["items"]


def test_what_a_publisher_says_of_episodes_is_what_subscribers_get(desk: Desk) -> None:
    desk.origin.set("/show", SHOW)
    put(desk, "")
    plain, items = published(desk)
    assert b"itunes" not in plain
    assert {item["title"]: item["_feedmill"]["episode"] for item in items} == {
        "Two": {
            "season": 1,
            "number": 2,
            "explicit": False,
            "transcripts": [{"url": "http://a.example/2.vtt", "mime_type": "text/vtt"}],
        },
        "One": {"kind": "trailer", "explicit": True},
    }
    put(desk, PODCAST)
    spoken, same = published(desk)
    assert same == items
    for words in (
        b"<itunes:duration>1:02:03</itunes:duration>",
        b'<itunes:image href="http://a.example/2.jpg"/>',
        b"<itunes:season>1</itunes:season><itunes:episode>2</itunes:episode>",
        b"<itunes:episodeType>trailer</itunes:episodeType>",
        b"<itunes:email>shows@a.example</itunes:email>",
        b'<itunes:category text="News"/><itunes:explicit>true</itunes:explicit>',
    ):
        assert words in spoken
    put(desk, "")
    assert published(desk)[0] == plain
