"""All real feeds in: every document of ours is well-formed, valid by its format, and reads back as meant."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator

import feedparser  # type: ignore[import-untyped]
import pytest

from feeds.errors import SourceError
from feeds.model import Article, Document
from feeds.parse.source import parse
from feeds.render.category import rendering_of_category
from feeds.render.item import Origin
from feeds.told import Category
from tests import make
from tests.corpus.test_corpus_parse import documents, normalized, payload_of
from tests.feed_schemas import jsonfeed_errors, schema_errors
from tests.places import SHARED
from tests.validator import findings

CATEGORY = Category(slug="news", title="News", limit=1000, created_at=make.SEEN_AT)
ORIGINS = {"news": Origin("News", "https://publisher.example/feed.xml")}


@pytest.fixture(autouse=True)
def _corpora() -> None:
    if not (SHARED / "corpora" / "real-feeds").is_dir():
        pytest.skip("needs ../shared/corpora/real-feeds")


def taken_in() -> Iterator[tuple[str, list[Article]]]:
    """Each real feed's name, and the articles it gives: of several with one id the first, as in the store."""
    for path in documents("real-feeds", largest=15 * 2**20):
        try:
            feed = parse(make.source(), payload_of(path))
        except SourceError:
            continue
        yield path.name, list({article.id: article for article in reversed(normalized(feed))}.values())[::-1]


def test_every_output_of_every_real_feed_is_valid_and_read_back() -> None:
    wrong: Counter[str] = Counter()
    read = 0
    for name, articles in taken_in():
        rendering = rendering_of_category(make.site(), CATEGORY, articles, ORIGINS)
        wrong.update(f"{name}: {line}" for line in rendering.warnings)
        wrong.update(f"{name}: {line}" for line in _wrong(rendering.documents, len(articles)))
        read += bool(articles)
    assert read >= 300
    assert list(wrong) == []


def _wrong(rendered: dict[str, Document], count: int) -> Iterator[str]:
    bodies = {name: gzip.decompress(document.body) for name, document in rendered.items()}
    for name in ("rss", "atom"):
        yield from findings(bodies[name])
        yield from schema_errors(name, bodies[name])
        feed = feedparser.parse(bodies[name], sanitize_html=False, resolve_relative_uris=False)
        if feed.bozo or len(feed.entries) != count:
            yield f"{name}: feedparser reads {len(feed.entries)} of {count}"
    yield from jsonfeed_errors(bodies["json"])
    if len(json.loads(bodies["json"])["items"]) != count:
        yield "json: another number"
