"""Round trip: what feedparser and json read of our feeds is what they were made of, in every field."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import structs

from feeds.model import Article, Enclosure, Episode
from feeds.render.category import WRITERS, Rendering, rendering_of_all, rendering_of_category, told_apart
from feeds.render.channel import CategoryCard, Channel, channel_of, channel_of_all
from feeds.render.item import Item, Origin, excerpt, items, legible
from tests.make import article, site
from tests.roundtrip import CHANNELS, ITEMS, Carried, differences
from tests.test_render_outputs import ARTICLES, CATEGORY, HOSTILE, ORIGINS

FORMATS = ("rss", "atom", "json")
FULL = article(
    id="f" * 32,
    authors=("Ann", "Bob <bob@b.example>", "carol@c.example (Carol)"),
    tags=("one", "</b>", "two & three"),
    medium="A paper",
    language="fr",
    rights="© Theirs",
    image="https://a.example/i.png?a=1&copy;=2",
    enclosures=(
        Enclosure(url="https://a.example/1.mp3?x=1&y=2", media_type="audio/mpeg", length=12, duration=61.5),
        Enclosure(url="https://a.example/2.bin", length=0),
    ),
    episode=Episode(season=2, number=4, explicit=True),
    complete=False,
)
MENDED = article(
    title="CafÃ©", summary="Ã© <&>", content="<p>CafÃ©\xa0</p> ", tags=("Ã©", "é"), authors=("Ã©",)
)


def unequal(rendering: Rendering, channel: Channel, told: Sequence[Item]) -> Iterator[str]:
    for name in FORMATS:
        yield from differences(name, gzip.decompress(rendering.documents[name].body), channel, told)


@settings(deadline=None, max_examples=100)
@given(articles=ARTICLES, text=HOSTILE, known=st.booleans())
@example(articles=[FULL, MENDED], text="CafÃ© & </b>", known=True)
def test_whatever_is_said_every_field_reads_back(articles: list[Article], text: str, known: bool) -> None:
    category = structs.replace(CATEGORY, title=text, description=text)
    made_for = site(title=text)
    origins = {"news": Origin(legible(text).strip() or "News", ORIGINS["news"].url)} if known else {}
    told = items(made_for, articles, origins)
    rendering = rendering_of_category(made_for, category, articles, origins)
    assert list(unequal(rendering, channel_of(made_for, category, articles), told)) == []
    cards = [CategoryCard(category=category, count=1, articles=tuple(articles))]
    everything = rendering_of_all(made_for, cards, articles, origins)
    assert list(unequal(everything, channel_of_all(made_for, cards, articles), told)) == []


@settings(deadline=None, max_examples=30)
@given(articles=ARTICLES)
def test_summaries_read_back_where_there_are_no_texts(articles: list[Article]) -> None:
    category = structs.replace(CATEGORY, content="summary")
    told = [replace(item, content="", summary=excerpt(item)) for item in items(site(), articles, ORIGINS)]
    rendering = rendering_of_category(site(), category, articles, ORIGINS)
    assert list(unequal(rendering, channel_of(site(), category, articles), told)) == []


# ── the tables themselves ───────────────────────────────────────────────────────────────────────

[ITEM] = items(site(), [FULL], ORIGINS)
CHANNEL = channel_of(site(), CATEGORY, [FULL])
OTHER: dict[str, Any] = {
    "id": "urn:uuid:00000000-0000-0000-0000-000000000001",
    "link": "https://other.example/",
    "title": "Otherwise",
    "content": "<p>Otherwise.</p>",
    "summary": "Otherwise.",
    "authors": ("Ann", "Bob"),
    "tags": ("two",),
    "medium": "Another paper",
    "language": None,
    "enclosures": (structs.replace(ITEM.enclosures[0], length=13), *ITEM.enclosures[1:]),
    "image": None,
    "rights": "",
    "published": ITEM.published + timedelta(seconds=1),
    "updated": ITEM.updated + timedelta(microseconds=1),
    "source_id": "other",
    "origin": Origin("Tom & Jerry's", "https://other.example/feed.xml"),
    "episode": Episode(season=2, number=4, explicit=False),
    "complete": True,
}
OTHER_HEAD: dict[str, Any] = {
    "id": "urn:uuid:00000000-0000-0000-0000-000000000001",
    "title": "Otherwise",
    "description": "Otherwise",
    "publisher": "Otherwise",
    "language": "fr",
    "page": "https://other.example/",
    "rss": "https://other.example/rss",
    "atom": "https://other.example/atom",
    "json": "https://other.example/json",
    "updated": CHANNEL.updated + timedelta(seconds=1),
    "silent_since": CHANNEL.updated + timedelta(days=1),
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_field_has_its_place_or_a_reason_for_none(name: str) -> None:
    assert set(ITEMS[name]) == {field.name for field in fields(Item)}
    assert set(CHANNELS[name]) == {field.name for field in fields(Channel)}
    reasons = [row for rows in (ITEMS[name], CHANNELS[name]) for row in rows.values() if isinstance(row, str)]
    assert all(len(reason.split()) > 4 for reason in reasons)


def carried(tables: Any) -> list[tuple[str, str]]:
    return [
        (name, field) for name in FORMATS for field, row in tables[name].items() if isinstance(row, Carried)
    ]


def written(name: str, channel: Channel, item: Item) -> bytes:
    return WRITERS[name](channel, told_apart([item]) if name == "atom" else [item])


@pytest.mark.parametrize(("name", "field"), carried(ITEMS))
def test_a_field_that_reads_otherwise_is_told(name: str, field: str) -> None:
    document = written(name, CHANNEL, replace(ITEM, **{field: OTHER[field]}))
    found = [line.split()[2] for line in differences(name, document, CHANNEL, [ITEM])]
    assert field in found
    # In Atom the fraction of updated is of the id, and the source is dated with its entry.
    assert set(found) <= {field, "updated", "origin"} if name == "atom" else found == [field]


@pytest.mark.parametrize(("name", "field"), carried(CHANNELS))
def test_a_field_of_the_head_that_reads_otherwise_is_told(name: str, field: str) -> None:
    document = written(name, replace(CHANNEL, **{field: OTHER_HEAD[field]}), ITEM)
    found = [line.split()[2] for line in differences(name, document, CHANNEL, [ITEM])]
    assert found == [field]


@pytest.mark.parametrize("key", ["url", "media_type", "length", "duration"])
@pytest.mark.parametrize("name", FORMATS)
def test_every_word_of_a_media_file_reads_back(name: str, key: str) -> None:
    other = {"url": "https://other.example/", "media_type": "video/mp4", "length": 9, "duration": 9.0}[key]
    files = (structs.replace(ITEM.enclosures[0], **{key: other}), *ITEM.enclosures[1:])
    document = written(name, CHANNEL, replace(ITEM, enclosures=files))
    assert [line.split()[2] for line in differences(name, document, CHANNEL, [ITEM])] == ["enclosures"]


@pytest.mark.parametrize("name", FORMATS)
def test_an_entry_that_is_missing_is_told(name: str) -> None:
    document = WRITERS[name](CHANNEL, [])
    assert list(differences(name, document, CHANNEL, [ITEM])) == [f"{name}: 0 entries read of 1"]
