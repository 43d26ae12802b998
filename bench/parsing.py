"""What a parse task costs that brings one new entry of a hundred, beside feedparser on the whole document.

python -m bench.parsing
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path
from statistics import median

import feedparser  # type: ignore[import-untyped]

from feeds.model import Stage
from feeds.pipeline.dispatch import claim
from feeds.pipeline.parse import parse
from feeds.settings import load_settings
from feeds.store.store import open_store
from tests.mills import Desk, desk_over, fetch, polled, put, work
from worker.embedded import EmbeddedRedis
from worker.folder import COMMAND, Folder

ENTRIES = 100
ROUNDS = 15
_NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
)
_BODY = (
    "<p>A sentence with <a href='/x'>a link</a>. " + "Then others of the body follow. " * 16 + "</p>"
) * 4


def main() -> None:
    """Three times and their ratios, medians of a run."""
    with tempfile.TemporaryDirectory() as place:
        folder = Folder(Path(place))
        folder.take(COMMAND)
        with EmbeddedRedis(folder):
            store = open_store(folder.url, prefix=load_settings().prefix)
            store.check()
            with desk_over(store) as desk:
                task, plain, lean = _measure(desk)
    size = len(_document(0)) / 1000
    print(
        f"one new entry of {ENTRIES}, {size:.0f} kB: {task * 1e3:.1f} ms of CPU a parse task, store included"
    )
    print(f"feedparser.parse of the whole: {plain * 1e3:.1f} ms, {plain / task:.1f} times as much;")
    print(f"without its sanitizing, as we ask it: {lean * 1e3:.1f} ms, {lean / task:.1f} times as much")


def _measure(desk: Desk) -> tuple[float, float, float]:
    """Of our task, of feedparser as it comes, and of feedparser as we ask it."""
    put(desk.mill, polled(f"{desk.origin.url}/feed", every=60.0))
    times = []
    for number in range(ROUNDS):
        document = _document(number)
        desk.origin.set("/feed", document)
        desk.clock.advance(3600)
        times.append(
            (_parse_task(desk), _seconds(partial(_whole, document)), _seconds(partial(_lean, document)))
        )
    task, plain, lean = (median(column) for column in zip(*times[1:], strict=True))  # the first brings all
    return task, plain, lean


def _whole(document: bytes) -> None:
    feedparser.parse(BytesIO(document))


def _lean(document: bytes) -> None:
    feedparser.parse(BytesIO(document), sanitize_html=False, resolve_relative_uris=False)


def _parse_task(desk: Desk) -> float:
    """CPU of the parse step, from the hint to the commit; what it leads to is done besides."""
    [claimed] = claim(desk.mill, Stage.FETCH, 10)
    [hint] = fetch(desk.mill, claimed.hint)[Stage.PARSE]
    spent = _seconds(lambda: parse(desk.mill, hint))
    work(desk.mill)
    return spent


def _seconds(task: Callable[[], object]) -> float:
    began = time.process_time()
    task()
    return time.process_time() - began


def _document(newest: int) -> bytes:
    items = "".join(_item(number) for number in range(newest + ENTRIES, newest, -1))
    head = f"<rss version='2.0' {_NAMESPACES}><channel><title>News</title>"
    return f"{head}{items}</channel></rss>".encode()


def _item(number: int) -> str:
    return (
        f"<item><title>Title {number}</title><link>https://publisher.example/{number}</link>"
        f"<guid>https://publisher.example/{number}</guid><category>one</category><category>two</category>"
        "<pubDate>Thu, 01 Jan 2026 00:48:28 +0800</pubDate><dc:creator>Ann</dc:creator>"
        f"<description>Summary</description><content:encoded><![CDATA[{_BODY}]]></content:encoded></item>\n"
    )


if __name__ == "__main__":
    main()
