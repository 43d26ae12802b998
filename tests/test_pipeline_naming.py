"""naming: which sources are named to everybody, and which addresses stay ours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from feeds.crawl import Health
from feeds.pipeline.naming import origin_of, origins_of
from feeds.render.item import Origin
from feeds.store.store import Store
from feeds.told import Kind
from tests.make import article, source
from tests.mills import Desk, desk_over, polled, put

PUBLIC = "https://publisher.example/feed.xml"


@pytest.mark.parametrize(
    "url",
    [
        PUBLIC,
        "https://publisher.example/feed?format=xml&type=102",
        "https://publisher.example/2022/03/17/a-long-name-of-a-section-of-news/rss",
    ],
)
def test_a_feed_for_everybody_is_named_by_its_title(url: str) -> None:
    assert origin_of(source(url=url), Health(title=" News & more ")) == Origin("News & more", url)


def test_its_picture_stands_for_its_episodes() -> None:
    health = Health(title="A show", icon="https://publisher.example/新.jpg")
    assert origin_of(source(), health) == Origin("A show", PUBLIC, "https://publisher.example/%E6%96%B0.jpg")
    assert origin_of(source(), Health(title="A show", icon="\ud800")) == Origin("A show", PUBLIC)


def test_before_its_title_is_known_it_is_named_by_its_id() -> None:
    assert origin_of(source(), Health()) == Origin("news", PUBLIC)


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "https://publisher.example/feed?key=abc"},
        {"url": "https://publisher.example/feed?auth_token=abc"},
        {"url": "https://publisher.example/feed?x=4f2a9c1b7d8e4f2a9c1b7d8e"},
        {"url": "https://mail.example/feeds/4f2a9c1b7d8e4f2a9c1b7d8e"},
        {"url": "https://ann:pass@publisher.example/feed"},
        {"url": "https://publisher.example/${secret.PATH}/feed"},
        {"url": "http://127.0.0.1:8000/feed"},
        {"url": "http://intranet/feed"},
        {"url": "http://nas.local/feed"},
        {"auth": "ann:pass"},
        {"headers": {"X-Key": "abc"}},
        {"cookies": {"session": "abc"}},
        {"method": "POST", "body": "q=1"},
        {"kind": Kind.API},
    ],
    ids=str,
)
def test_what_is_not_for_everybody_is_not_named(changes: dict[str, object]) -> None:
    assert origin_of(source(**changes), Health(title="News")) is None


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    with desk_over(store) as opened:
        yield opened


def test_articles_know_their_source_by_its_first_name(desk: Desk) -> None:
    store = desk.mill.store
    put(desk.mill, polled(PUBLIC, id="news"))
    assert origins_of(store, [article()]) == {"news": Origin("news", PUBLIC)}
    put(desk.mill, polled(PUBLIC, id="renamed"))
    assert origins_of(store, [article()]) == {"news": Origin("renamed", PUBLIC)}
    assert origins_of(store, [article(source_id="gone")]) == {}
    assert origins_of(store, []) == {}
