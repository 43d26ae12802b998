"""The gate: what does not read back as it was meant is not published, and stops nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec import structs

from feeds.model import Enclosure, Episode
from feeds.render.category import WRITERS, sound_feeds, told_apart
from feeds.render.channel import channel_of
from feeds.render.gate import flaw_of
from feeds.render.item import Item, items
from feeds.told import Category, Podcast
from tests.make import PUBLISHED, article, site

CATEGORY = Category(slug="news", title="News & more", created_at=PUBLISHED)
CHANNEL = channel_of(site(), CATEGORY, [article()])
FORMATS = ("rss", "atom", "json")
LATER = article(id=UUID(int=7).hex, title="Another", published=PUBLISHED - timedelta(hours=1))
FIRST, SECOND = items(site(), [article(), LATER])


def written(name: str, *shown: Item) -> bytes:
    return WRITERS[name](CHANNEL, shown)


@pytest.mark.parametrize("name", FORMATS)
def test_what_was_written_reads_back(name: str) -> None:
    assert flaw_of(name, written(name, FIRST, SECOND), CHANNEL, [FIRST, SECOND]) is None
    assert flaw_of(name, written(name), CHANNEL, []) is None


@pytest.mark.parametrize("name", FORMATS)
def test_another_order_number_or_head_is_a_flaw(name: str) -> None:
    document = written(name, FIRST, SECOND)
    assert "its id" in str(flaw_of(name, document, CHANNEL, [SECOND, FIRST]))
    assert flaw_of(name, document, CHANNEL, [FIRST]) == "2 entries read back of 1"
    other = replace(CHANNEL, title="Other")
    assert flaw_of(name, document, other, [FIRST, SECOND]) == "its head reads back otherwise"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Otherwise"),
        ("link", "https://other.example/"),
        ("published", PUBLISHED + timedelta(seconds=1)),
        ("content", "<p>Other.</p>"),
    ],
    ids=lambda each: str(each)[:9],
)
@pytest.mark.parametrize("name", FORMATS)
def test_a_field_that_differs_is_named(name: str, field: str, value: object) -> None:
    meant = replace(FIRST, **{field: value})  # type: ignore[arg-type]
    flaw = flaw_of(name, written(name, FIRST), CHANNEL, [meant])
    assert str(flaw).startswith(f"{FIRST.id}: its {field} ")


@pytest.mark.parametrize("name", FORMATS)
def test_what_cannot_be_read_is_a_flaw(name: str) -> None:
    document = written(name, FIRST)
    assert "cannot be read back" in str(flaw_of(name, document[:-9], CHANNEL, [FIRST]))
    assert flaw_of(name, b"", CHANNEL, []) is not None


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param({"title": "T\x00"}, id="a character that XML cannot hold"),
        pytest.param({"published": datetime(1, 1, 1, tzinfo=UTC)}, id="a year that RSS cannot write"),
    ],
)
def test_one_bad_article_is_left_out_and_named(bad: dict[str, object]) -> None:
    broken = replace(SECOND, **bad)  # type: ignore[arg-type]
    feeds, warnings = sound_feeds(CHANNEL, [FIRST, broken])
    assert feeds == {
        name: written(name, *(told_apart([FIRST]) if name == "atom" else [FIRST])) for name in FORMATS
    }
    [warning] = warnings
    assert warning.startswith(f"left out {broken.id}: ")


SPOKEN = replace(CHANNEL, podcast=Podcast(email="a@a.example", category="News", explicit=False))
PLAYED = article(
    enclosures=(Enclosure(url="https://a.example/1.mp3", media_type="audio/mpeg", duration=61.0),),
    episode=Episode(season=2, number=4, explicit=False),
)
[SHOWN] = items(site(), [PLAYED])


def test_a_podcast_reads_back() -> None:
    for name in FORMATS:
        assert flaw_of(name, WRITERS[name](SPOKEN, [SHOWN, SECOND]), SPOKEN, [SHOWN, SECOND]) is None
    plain = flaw_of("rss", WRITERS["rss"](CHANNEL, [SHOWN]), SPOKEN, [SHOWN])
    assert plain == "its head reads back otherwise"


@pytest.mark.parametrize("name", ["rss", "json"])
@pytest.mark.parametrize(
    "change", [{"season": 3}, {"number": None}, {"kind": "full"}, {"explicit": None}], ids=str
)
def test_a_word_of_an_episode_that_differs_is_named(name: str, change: dict[str, Any]) -> None:
    assert SHOWN.episode is not None
    meant = replace(SHOWN, episode=structs.replace(SHOWN.episode, **change))
    flaw = flaw_of(name, WRITERS[name](SPOKEN, [SHOWN]), SPOKEN, [meant])
    assert str(flaw).startswith(f"{SHOWN.id}: its episode ")


def test_a_head_that_no_feed_can_hold_stops_its_formats_and_no_other() -> None:
    feeds, warnings = sound_feeds(replace(CHANNEL, title="N\x00"), [FIRST, SECOND])
    assert set(feeds) == {"json"}
    assert [warning.split()[0] for warning in warnings] == ["rss", "atom"]


def test_a_feed_is_not_emptied_where_no_article_is_sound() -> None:
    feeds, warnings = sound_feeds(CHANNEL, [replace(FIRST, title="T\x00")])
    assert set(feeds) == {"json"}
    assert len(warnings) == 2
