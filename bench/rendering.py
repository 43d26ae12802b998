"""What it costs to render a category: its three feeds written, read back and compressed.

python -m bench.rendering
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from random import Random
from statistics import median
from uuid import UUID

from feeds.model import Article
from feeds.render.category import WRITERS, rendering_of_category, sound_feeds
from feeds.render.channel import channel_of
from feeds.render.document import FORMATS, packed, seal
from feeds.render.gate import flaw_of
from feeds.render.item import Origin, items
from feeds.told import Category
from tests.make import PUBLISHED, article, site

ENTRIES = 50
SIZE = 3000
ROUNDS = 25
CATEGORY = Category(slug="news", title="News", created_at=PUBLISHED)
ORIGINS = {"news": Origin("A paper", "https://publisher.example/feed.xml")}


def main() -> None:
    """Medians of a run: of the whole, and of its parts by format."""
    articles = _articles()
    channel, shown = channel_of(site(), CATEGORY, articles), items(site(), articles, ORIGINS)
    whole = _milliseconds(lambda: _feeds(articles))
    print(f"three feeds of {ENTRIES} entries of {SIZE / 1000:.0f} kB, compressed and checked: {whole:.1f} ms")
    print(f"of it their items: {_milliseconds(lambda: items(site(), articles, ORIGINS)):.1f} ms")
    for name, write in WRITERS.items():
        document = write(channel, shown)
        written = _milliseconds(lambda write=write: write(channel, shown))  # type: ignore[misc]
        checked = _milliseconds(
            lambda name=name, document=document: flaw_of(name, document, channel, shown)  # type: ignore[misc]
        )
        zipped = _milliseconds(
            lambda document=document: seal(document, media_type="", last_modified=PUBLISHED)  # type: ignore[misc]
        )
        print(f"{name}, {len(document) / 1000:.0f} kB: {written:.1f} + {checked:.1f} + {zipped:.1f} ms")
    everything = _milliseconds(lambda: _published(articles))
    print(f"with the category's pages, and in br besides: {everything:.1f} ms")


def _feeds(articles: list[Article]) -> None:
    channel = channel_of(site(), CATEGORY, articles)
    feeds, warnings = sound_feeds(channel, items(site(), articles, ORIGINS))
    assert not warnings
    for name, content in feeds.items():
        seal(content, media_type=FORMATS[name], last_modified=channel.updated)


def _published(articles: list[Article]) -> None:
    for one in rendering_of_category(site(), CATEGORY, articles, ORIGINS).drafts.values():
        packed(one)


def _articles() -> list[Article]:
    """Articles of words that are as frequent as in a language, so that they compress as real ones do."""
    chance = Random(1)
    words = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 9))) for _ in range(4000)]
    frequencies = [1 / (rank + 2) for rank in range(len(words))]
    text = chance.choices(words, frequencies, k=60 * ENTRIES * 20)
    return [_article(number, text[number * 1200 :][:1200], chance) for number in range(ENTRIES)]


def _article(number: int, words: list[str], chance: Random) -> Article:
    body, said = "", iter(words)
    while len(body) < SIZE:
        sentence = " ".join(next(said) for _ in range(60))
        body += f'<p>{sentence} <a href="https://publisher.example/{number}">a link</a> &amp; more.</p>'
    return article(
        id=UUID(int=chance.getrandbits(128)).hex,
        guid=f"{number}",
        url=f"https://publisher.example/news/{number}",
        title=f"Title {number}: " + " ".join(chance.choices(words, k=6)),
        content=body,
        summary=" ".join(chance.choices(words, k=30)),
        authors=("Ann",),
        tags=("one", "two"),
        language="en",
        published=PUBLISHED - timedelta(minutes=number),
    )


def _milliseconds(task: Callable[[], object]) -> float:
    """CPU of one call, the median of several."""
    times = []
    task()  # what is made once
    for _ in range(ROUNDS):
        began = time.process_time()
        task()
        times.append(time.process_time() - began)
    return median(times) * 1e3


if __name__ == "__main__":
    main()
