"""All real feeds in: every document of ours is well-formed, valid by its format, and reads back as meant."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator

import feedparser  # type: ignore[import-untyped]
import pytest
from msgspec.structs import replace

from feeds.errors import SourceError
from feeds.model import Article, Document
from feeds.parse.source import parse
from feeds.render.category import WRITERS, rendering_of_category, sound_feeds
from feeds.render.channel import channel_of
from feeds.render.item import Origin, items
from feeds.told import Category, Podcast
from tests import make
from tests.corpus.test_corpus_parse import documents, normalized, payload_of
from tests.feed_schemas import jsonfeed_errors, schema_errors
from tests.places import SHARED
from tests.returning import taken_in_again, unlike
from tests.roundtrip import differences
from tests.validator import findings

CATEGORY = Category(slug="news", title="News", limit=1000, created_at=make.SEEN_AT)
ORIGINS = {"news": Origin("News", "https://publisher.example/feed.xml")}
SHOWS = replace(CATEGORY, podcast=Podcast(email="shows@finews.example", category="News", explicit=False))
COUNTED = {
    "in JSON Feed": 411,
    "itunes_explicit": 411,
    "itunes_duration": 378,
    "image": 212,
    "itunes_episodetype": 167,
    "itunes_season": 126,
    "itunes_episode": 92,
}
"""At least so many episodes in the real feeds say each thing."""


@pytest.fixture(autouse=True)
def _corpora() -> None:
    if not (SHARED / "corpora" / "real-feeds").is_dir():
        pytest.skip("needs ../shared/corpora/real-feeds")


def taken_in(speaking: bytes = b"") -> Iterator[tuple[str, list[Article]]]:
    """Each real feed's name, and the articles it gives: of several with one id the first, as in the store.

    Only of documents that hold ``speaking``.
    """
    for path in documents("real-feeds", largest=15 * 2**20):
        payload = payload_of(path)
        if speaking not in payload.body:
            continue
        try:
            feed = parse(make.source(), payload)
        except SourceError:
            continue
        yield path.name, list({article.id: article for article in reversed(normalized(feed))}.values())[::-1]


def test_every_output_of_every_real_feed_is_valid_and_read_back() -> None:
    wrong: Counter[str] = Counter()
    read = 0
    for name, articles in taken_in():
        rendering = rendering_of_category(make.site(), CATEGORY, articles, ORIGINS)
        wrong.update(f"{name}: {line}" for line in rendering.warnings)
        wrong.update(f"{name}: {line}" for line in _wrong(rendering.documents, CATEGORY, articles))
        read += bool(articles)
    assert read >= 300
    assert list(wrong) == []


def test_what_podcasts_say_of_their_episodes_comes_through() -> None:
    wrong: list[str] = []
    said: Counter[str] = Counter()
    for name, articles in taken_in(b"xmlns:itunes="):
        documents = rendering_of_category(make.site(), SHOWS, articles, ORIGINS).documents
        wrong += (f"{name}: {line}" for line in _wrong(documents, SHOWS, articles))
        for entry in feedparser.parse(gzip.decompress(documents["rss"].body)).entries:
            said.update(word for word in entry if word.startswith("itunes_"))
            said["image"] += entry.get("image", {}).get("href") is not None
        shown = json.loads(gzip.decompress(documents["json"].body))["items"]
        said["in JSON Feed"] += sum(1 for item in shown if "episode" in item["_feedmill"])
    assert wrong == []
    assert {what: said[what] for what, least in COUNTED.items() if said[what] < least} == {}


def test_every_output_of_every_real_feed_gives_the_articles_it_was_made_of() -> None:
    wrong: list[str] = []
    for source, articles in taken_in():
        channel, told = channel_of(make.site(), CATEGORY, articles), items(make.site(), articles, ORIGINS)
        for name, body in sound_feeds(channel, told)[0].items():
            again = taken_in_again(name, body, channel)
            wrong += (f"{source}: {line}" for line in unlike(name, channel, told, again))
    assert wrong == []


def _wrong(rendered: dict[str, Document], category: Category, articles: list[Article]) -> Iterator[str]:
    bodies = {name: gzip.decompress(document.body) for name, document in rendered.items()}
    for name in ("rss", "atom"):
        yield from findings(bodies[name])
        yield from schema_errors(name, bodies[name])
    yield from jsonfeed_errors(bodies["json"])
    channel, told = channel_of(make.site(), category, articles), items(make.site(), articles, ORIGINS)
    for name, body in bodies.items():
        if name in WRITERS:
            yield from differences(name, body, channel, told)
