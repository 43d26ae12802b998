"""Podcasts in feeds: what publishers say of episodes, where it may be said, and what else keeps its bytes."""

from __future__ import annotations

import gzip
import json
from typing import Any

import feedparser  # type: ignore[import-untyped]
import pytest
from lxml import etree
from msgspec.structs import replace

from feeds.model import Article, Companion, Enclosure, Episode
from feeds.render.category import rendering_of_category
from feeds.render.channel import channel_of
from feeds.render.item import Item, Origin, item
from feeds.render.podcast import NAMESPACE, clock, episode_words, show_words
from feeds.told import Category, Podcast
from tests.make import PUBLISHED, article, site
from tests.validator import findings

OWNER = Podcast(email="shows@finews.example", category="TV & Film", explicit=False)
SHOWS = Category(slug="news", title="Shows", created_at=PUBLISHED, podcast=OWNER)
NOBODYS = replace(SHOWS, podcast=None)
ORIGINS = {
    "news": Origin("A show", "https://publisher.example/feed.xml", "https://publisher.example/show.jpg")
}
FILE = Enclosure(url="https://a.example/1.mp3", media_type="audio/mpeg", length=9, duration=3723.4)
EPISODE = Episode(
    season=2,
    number=4,
    kind="full",
    explicit=False,
    transcripts=(Companion(url="https://a.example/1.vtt", media_type="text/vtt", language="en"),),
    chapters=Companion(url="https://a.example/1.json", media_type="application/json+chapters"),
)


def told(**overrides: Any) -> Article:
    return article(**({"enclosures": (FILE,), "episode": EPISODE, "authors": ("Ann", "Bob")} | overrides))


def shown(**overrides: Any) -> Item:
    return item(site(), told(**overrides), ORIGINS)


def bodies(category: Category, *articles: Article) -> dict[str, bytes]:
    rendering = rendering_of_category(site(), category, articles, ORIGINS)
    assert rendering.warnings == ()
    documents = {name: gzip.decompress(rendering.documents[name].body) for name in ("rss", "atom", "json")}
    assert [line for name in ("rss", "atom") for line in findings(documents[name])] == []
    return documents


def apples(document: bytes) -> dict[str, str]:
    """What the channel and its only item say in Apple's words."""
    elements = etree.fromstring(document).iter(f"{{{NAMESPACE}}}*")
    return {
        f"{element.getparent().tag.rpartition('}')[2]}/{etree.QName(element).localname}": "".join(
            [element.text or "", *map(str, element.attrib.values())]
        )
        for element in elements
    }


def test_apples_words_are_said_where_the_owner_said_what_they_ask_for() -> None:
    assert apples(bodies(SHOWS, told())["rss"]) == {
        "channel/owner": "",
        "owner/name": "金融消息",
        "owner/email": "shows@finews.example",
        "channel/author": "金融消息",
        "channel/category": "TV & Film",
        "channel/explicit": "false",
        "channel/type": "episodic",
        "item/duration": "1:02:03",
        "item/image": "https://publisher.example/show.jpg",
        "item/explicit": "false",
        "item/season": "2",
        "item/episode": "4",
        "item/episodeType": "full",
    }


def test_without_an_owner_there_is_none_of_them() -> None:
    documents = bodies(NOBODYS, told())
    for document in documents.values():
        assert b"itunes" not in document
    assert b'duration="3723"' in documents["rss"]
    assert b"podcastindex" not in bodies(SHOWS, told())["rss"]


def test_a_podcast_program_reads_what_was_said() -> None:
    feed = feedparser.parse(bodies(SHOWS, told(image="https://a.example/1.png?x=1"))["rss"])
    [entry] = feed.entries
    assert (feed.feed.publisher_detail.email, feed.feed.itunes_type) == ("shows@finews.example", "episodic")
    assert (entry.itunes_duration, entry.itunes_season, entry.itunes_episode) == ("1:02:03", "2", "4")
    assert (entry.itunes_episodetype, entry.image.href) == ("full", "https://a.example/1.png?x=1")
    assert [(file.href, file.length, file.type) for file in entry.enclosures] == [
        (FILE.url, "9", "audio/mpeg")
    ]


@pytest.mark.parametrize("explicit", [True, False])
def test_being_explicit_is_said_by_all_feeds(explicit: bool) -> None:
    documents = bodies(NOBODYS, told(episode=Episode(explicit=explicit)))
    rating = f'<media:rating scheme="urn:simple">{"adult" if explicit else "nonadult"}</media:rating>'
    assert rating.encode() in documents["rss"]
    assert rating.encode() in documents["atom"]
    assert json.loads(documents["json"])["items"][0]["_feedmill"]["episode"] == {"explicit": explicit}


def test_one_explicit_episode_makes_the_feed_explicit() -> None:
    other = told(id="f" * 32, guid="other", episode=Episode(explicit=True))
    assert apples(bodies(SHOWS, told(), other)["rss"])["channel/explicit"] == "true"
    strict = replace(SHOWS, podcast=replace(OWNER, explicit=True))
    assert apples(bodies(strict, told())["rss"])["channel/explicit"] == "true"


def test_json_feed_says_all_of_it() -> None:
    [one] = json.loads(bodies(NOBODYS, told())["json"])["items"]
    assert one["_feedmill"]["episode"] == {
        "season": 2,
        "number": 4,
        "kind": "full",
        "explicit": False,
        "transcripts": [{"url": "https://a.example/1.vtt", "mime_type": "text/vtt", "language": "en"}],
        "chapters": {"url": "https://a.example/1.json", "mime_type": "application/json+chapters"},
    }


@pytest.mark.parametrize(
    "files",
    [
        pytest.param((), id="none"),
        pytest.param((Enclosure(url="https://a.example/1.png", media_type="image/png"),), id="a picture"),
        pytest.param((Enclosure(url="https://a.example/1.pdf"),), id="of any type"),
        pytest.param((Enclosure(url="javascript:alert(1)", media_type="audio/mpeg"),), id="no address"),
    ],
)
def test_what_has_no_recording_keeps_its_bytes(files: tuple[Enclosure, ...]) -> None:
    plain = bodies(NOBODYS, told(enclosures=files, episode=None))
    assert bodies(SHOWS, told(enclosures=files)) == plain


@pytest.mark.parametrize(
    ("media_type", "url"),
    [
        ("audio/mpeg", "https://a.example/x"),
        ("video/mp4", "https://a.example/x"),
        ("x-audio/mp3", "https://a.example/x"),
        ("", "https://a.example/x.MP3?from=here"),
        ("application/octet-stream", "https://a.example/x.m4a"),
    ],
)
def test_a_recording_is_known_by_its_type_or_its_name(media_type: str, url: str) -> None:
    assert shown(enclosures=(Enclosure(url=url, media_type=media_type),)).episode == EPISODE


def test_the_recording_is_what_rss_encloses() -> None:
    picture = Enclosure(url="https://a.example/1.png", media_type="image/png")
    [enclosure] = etree.fromstring(bodies(SHOWS, told(enclosures=(picture, FILE)))["rss"]).iter("enclosure")
    assert enclosure.get("url") == FILE.url
    [other] = etree.fromstring(bodies(SHOWS, told(enclosures=(picture,)))["rss"]).iter("enclosure")
    assert other.get("url") == picture.url


@pytest.mark.parametrize(
    ("image", "cover"),
    [
        ("https://a.example/1.jpg", "https://a.example/1.jpg"),
        ("https://a.example/1.JPEG?size=big", "https://a.example/1.JPEG?size=big"),
        ("https://a.example/新.png", "https://a.example/%E6%96%B0.png"),
        ("https://a.example/1.webp", "https://publisher.example/show.jpg"),
        ("https://a.example/1", "https://publisher.example/show.jpg"),
        ("http://localhost/1.png", "https://publisher.example/show.jpg"),
        ("javascript:alert(1).png", "https://publisher.example/show.jpg"),
        (None, "https://publisher.example/show.jpg"),
    ],
)
def test_an_episode_without_a_cover_has_that_of_its_podcast(image: str | None, cover: str) -> None:
    assert episode_words(shown(image=image))["image"] == cover
    assert "image" not in episode_words(item(site(), told(image="https://a.example/1.gif")))


@pytest.mark.parametrize(
    "episode",
    [
        Episode(season=0, number=-1, kind="Fullish"),
        Episode(season=10**9, number=10**40, kind=""),
        Episode(transcripts=(Companion(url="javascript:alert(1)"),), chapters=Companion(url="\x00")),
        Episode(),
    ],
    ids=str,
)
def test_what_is_none_is_left_out(episode: Episode) -> None:
    assert shown(episode=episode).episode is None
    assert set(episode_words(shown(episode=episode))) == {"duration", "image"}


def test_what_only_a_part_is_none_of_is_kept() -> None:
    odd = Companion(url="https://a.example/新.vtt\x00", media_type="a b", language="xx")
    made = shown(episode=Episode(season=0, number=7, transcripts=(odd,))).episode
    assert made == Episode(number=7, transcripts=(Companion(url="https://a.example/%E6%96%B0.vtt"),))


@pytest.mark.parametrize(
    ("seconds", "spelled"),
    [
        (0.2, "0:01"),
        (59.6, "1:00"),
        (61, "1:01"),
        (3599, "59:59"),
        (3723.4, "1:02:03"),
        (362439, "100:40:39"),
    ],
)
def test_a_duration_is_spelled_as_on_a_clock(seconds: float, spelled: str) -> None:
    assert clock(seconds) == spelled


@pytest.mark.parametrize("duration", [None, 0.0, -5.0, float("nan"), float("inf")])
def test_no_duration_is_told_that_is_none(duration: float | None) -> None:
    assert "duration" not in episode_words(shown(enclosures=(replace(FILE, duration=duration),)))


def test_names_are_as_long_as_may_be() -> None:
    channel = channel_of(site(title="A" * 400), SHOWS, [told()])
    words = show_words(channel, [shown()])
    assert len(words["author"]) == len(words["name"]) == 255
    assert bodies(SHOWS, told(authors=("</b>" * 99, "AT&T &amp;")))["rss"]
