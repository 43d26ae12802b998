"""Enclosures, pictures, durations, icons, hubs and homes, as feeds spell them."""

from __future__ import annotations

import pytest

from feeds.model import Enclosure, Entry, Feed
from feeds.parse.feed import parse_feed
from feeds.parse.media import duration_of, length_of, media_type_of
from tests import make

HOST = "https://publisher.example"
NAMESPACES = (
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def rss(item: str = "", channel: str = "") -> Feed:
    document = f'<rss version="2.0" {NAMESPACES}><channel>{channel}<item>{item}</item></channel></rss>'
    return parse_feed(make.payload(document))


def entry_of(item: str) -> Entry:
    (entry,) = rss(item).entries
    return entry


def atom(inside: str, attributes: str = "") -> Feed:
    document = f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}>{inside}</feed>'
    return parse_feed(make.payload(document))


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("1:02:03", 3723.0),
        ("62:03", 3723.0),
        ("3723", 3723.0),
        (" 00:10 ", 10.0),
        ("12.5", 12.5),
        (90, 90.0),
        ("0", None),
        ("00:00:00", None),
        ("-5", None),
        ("1:75:00", None),
        ("1:75", None),
        ("1:2:3:4", None),
        ("99999999999", None),
        ("9999999", None),
        ("an hour", None),
        ("٣", None),
        ("", None),
        (True, None),
        (None, None),
    ],
)
def test_a_duration_is_seconds(said: object, seconds: float | None) -> None:
    assert duration_of(said) == seconds


@pytest.mark.parametrize(
    ("said", "length"),
    [
        ("12", 12),
        (12, 12),
        (" 7 ", 7),
        ("0", None),
        ("-1", None),
        ("1.5", None),
        ("٣", None),
        ("9" * 30, None),
    ],
)
def test_a_length_is_bytes(said: object, length: int | None) -> None:
    assert length_of(said) == length


@pytest.mark.parametrize(
    ("said", "media_type"),
    [
        ("Audio/MPEG", "audio/mpeg"),
        ("audio/ogg; codecs=opus", "audio/ogg"),
        ("mp3", ""),
        (None, ""),
        ("a/b/c", ""),
    ],
)
def test_a_media_type_has_two_parts(said: object, media_type: str) -> None:
    assert media_type_of(said) == media_type


def test_an_episode_has_its_duration_picture_author_and_summary() -> None:
    entry = entry_of(
        '<enclosure url="/a.mp3" type="audio/mpeg" length="5"/><itunes:duration>1:02:03</itunes:duration>'
        '<itunes:image href="/a.jpg"/><itunes:author>Ann</itunes:author><itunes:summary>said</itunes:summary>'
    )
    assert entry.enclosures == (
        Enclosure(url=f"{HOST}/a.mp3", media_type="audio/mpeg", length=5, duration=3723.0),
    )
    assert (entry.image, entry.authors, entry.summary) == (f"{HOST}/a.jpg", ("Ann",), "said")


def test_a_group_of_media_is_enclosed() -> None:
    entry = entry_of(
        '<media:group><media:content url="/a.mp4" type="video/mp4" fileSize="9" duration="60"/>'
        '<media:content url="/b.webm" type="video/webm"/><media:thumbnail url="/t.jpg"/></media:group>'
    )
    assert entry.enclosures == (
        Enclosure(url=f"{HOST}/a.mp4", media_type="video/mp4", length=9, duration=60.0),
        Enclosure(url=f"{HOST}/b.webm", media_type="video/webm"),
    )
    assert entry.image == f"{HOST}/t.jpg"


def test_a_file_that_is_named_twice_is_enclosed_once() -> None:
    entry = entry_of(
        '<media:content url="/a.mp3" fileSize="9" duration="3"/><enclosure url="/a.mp3" type="audio/mpeg"/>'
    )
    assert entry.enclosures == (
        Enclosure(url=f"{HOST}/a.mp3", media_type="audio/mpeg", length=9, duration=3.0),
    )


def test_a_podcasts_alternate_is_enclosed() -> None:
    entry = entry_of(
        '<enclosure url="/a.mp3" type="audio/mpeg"/><podcast:alternateEnclosure type="audio/opus" length="4">'
        '<podcast:source uri="/a.opus"/></podcast:alternateEnclosure>'
    )
    assert [(e.url, e.media_type, e.length) for e in entry.enclosures] == [
        (f"{HOST}/a.mp3", "audio/mpeg", None),
        (f"{HOST}/a.opus", "audio/opus", 4),
    ]


@pytest.mark.parametrize(
    ("item", "image"),
    [
        pytest.param('<media:content url="/a.jpg" type="image/jpeg"/>', f"{HOST}/a.jpg", id="by type"),
        pytest.param('<media:content url="/a.png?x=1"/>', f"{HOST}/a.png?x=1", id="by name"),
        pytest.param('<media:content url="/photo" medium="image"/>', f"{HOST}/photo", id="by medium"),
        pytest.param('<enclosure url="/a.jpg" type="image/jpeg"/>', f"{HOST}/a.jpg", id="enclosed"),
        pytest.param('<media:content url="/a.mp4" type="video/mp4"/>', None, id="a film"),
        pytest.param('<media:thumbnail url="data:image/png;base64,x"/>', None, id="no address"),
        pytest.param(
            '<media:content url="https://0.gravatar.com/avatar/1?s=9" medium="image"/>'
            '<media:content url="/a.jpg" medium="image"/>',
            f"{HOST}/a.jpg",
            id="a portrait first",
        ),
        pytest.param("<media_content>x</media_content><links>y</links>", None, id="named like lists"),
    ],
)
def test_the_picture_of_an_entry(item: str, image: str | None) -> None:
    assert entry_of(f"<title>t</title>{item}").image == image


@pytest.mark.parametrize(
    ("feed", "icon"),
    [
        pytest.param(atom("<logo>/l.png</logo><icon>/i.ico</icon>"), "/i.ico", id="atom icon"),
        pytest.param(atom("<logo>/l.png</logo>"), "/l.png", id="atom logo"),
        pytest.param(rss("", "<image><url>/i.png</url><link>/</link></image>"), "/i.png", id="rss"),
        pytest.param(rss("", '<itunes:image href="/i.jpg"/>'), "/i.jpg", id="itunes"),
    ],
)
def test_the_icon_of_a_feed(feed: Feed, icon: str) -> None:
    assert feed.icon == HOST + icon


def test_hubs_are_named_by_links() -> None:
    links = '<link rel="hub" href="https://hub.example/"/><link rel="hub" href="https://hub.example/"/>'
    assert atom(f'{links}<link rel="hub" href="ftp://x/"/>').hubs == ("https://hub.example/",)
    assert rss("", '<atom:link rel="hub" href="https://hub.example/"/>').hubs == ("https://hub.example/",)


@pytest.mark.parametrize(
    ("feed", "home"),
    [
        pytest.param(atom('<link rel="self" href="/feed"/><id>https://a.example/feed</id>'), None, id="self"),
        pytest.param(atom('<link rel="self" href="/feed"/><link href="/home"/>'), f"{HOST}/home", id="atom"),
        pytest.param(
            rss("", '<atom:link rel="self" href="/feed"/><link>/home</link>'), f"{HOST}/home", id="rss"
        ),
    ],
)
def test_the_home_of_a_feed_is_never_the_feed(feed: Feed, home: str | None) -> None:
    assert feed.url == home


def test_xml_lang_and_xml_base_hold_for_what_is_inside() -> None:
    entries = '<entry xml:lang="fr" xml:base="b/"><title>x</title></entry><entry><title>y</title></entry>'
    feed = atom(f"<title>t</title>{entries}", 'xml:lang="de-AT" xml:base="https://base.example/a/"')
    assert feed.language == "de-AT"
    assert [(entry.language, entry.base) for entry in feed.entries] == [
        ("fr", "https://base.example/a/b/"),
        ("de-AT", "https://base.example/a/"),
    ]


def test_what_is_no_language_is_dropped() -> None:
    feed = rss("<title>x</title><dc:language>简体中文</dc:language>", "<language>en-us</language>")
    assert feed.entries[0].language == "en-us"
    assert rss("<title>x</title>", "<language>very strange</language>").language is None
