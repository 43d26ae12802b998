"""A publisher of many sources that gain articles, and that remembers what it handed to whom."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from tests.faults.stories import MEDIA_TYPES, Shelf, Story, printed
from tests.origin import NOT_FOUND, Origin, Response, conditional

KINDS = ("rss", "atom", "api", "rss", "atom")
CATEGORIES = 6

_FIELDS = (
    'fields = { guid = "code", title = "title", published = "time", '
    'url = { template = "https://publisher.example/{code}" } }'
)


class Delivery(NamedTuple):
    """An answer as it was given: ``what`` is an address and the version of what was there."""

    path: str
    version: int
    status: int
    asked_conditionally: bool
    at: float

    @property
    def what(self) -> tuple[str, int]:
        return self.path, self.version


class Publisher:
    """``count`` sources on one origin, s00, s01, …, each with ``stories`` at first."""

    def __init__(self, origin: Origin, count: int, *, stories: int, delay: float = 0.0) -> None:
        self.origin = origin
        self.delay = delay
        self._lock = threading.Lock()
        self._deliveries: list[Delivery] = []
        self.shelves = {
            f"s{number:02d}": Shelf(
                f"s{number:02d}", KINDS[number % len(KINDS)], f"news-{number % CATEGORIES}"
            )
            for number in range(count)
        }
        for shelf in self.shelves.values():
            shelf.stories += [Story(shelf.name, number, shelf.category) for number in range(stories)]
        origin.handler("/list/", self._list)
        origin.handler("/text?", self._text)

    def add(self, name: str) -> Story:
        """Publish one more story in a source."""
        with self._lock:
            shelf = self.shelves[name]
            story = Story(name, len(shelf.stories), shelf.category)
            shelf.stories.append(story)
            return story

    def expected(self) -> dict[str, list[str]]:
        """The titles of every category, sorted."""
        titles: dict[str, list[str]] = {}
        with self._lock:
            for shelf in self.shelves.values():
                titles.setdefault(shelf.category, []).extend(story.title for story in shelf.stories)
        return {slug: sorted(each) for slug, each in titles.items()}

    def deliveries(self) -> list[Delivery]:
        """Every answer so far."""
        with self._lock:
            return list(self._deliveries)

    def catalogue(self) -> str:
        """A catalogue of all its sources."""
        head = (
            '[site]\ntitle = "Faults"\nurl = "https://faults.example"\n\n'
            '[fetch]\nallow = ["127.0.0.0/8"]\nspacing = "0s"\nper_domain = 30\nmin_interval = "1s"\n'
        )
        slugs = sorted({shelf.category for shelf in self.shelves.values()})
        categories = [f'[category.{slug}]\ntitle = "{slug}"\nlimit = 500\n' for slug in slugs]
        sources = [self._source(shelf) for shelf in self.shelves.values()]
        return "\n".join([head, *sources, *categories])

    def _source(self, shelf: Shelf) -> str:
        lines = [
            "[[source]]",
            f'id = "{shelf.name}"',
            f'kind = "{"api" if shelf.kind == "api" else "feed"}"',
            f'url = "{self.origin.url}/list/{shelf.name}"',
            f'category = "{shelf.category}"',
            f'every = "{shelf.every}"',
        ]
        if shelf.kind == "api":
            lines += [
                'items = "records"',
                _FIELDS,
                f'article = {{ url = "{self.origin.url}/text?id={{guid}}", content = "text" }}',
            ]
        return "\n".join(lines) + "\n"

    # ── answers ─────────────────────────────────────────────────────────────────────────────────

    def _list(self, path: str, headers: Mapping[str, str]) -> Response:
        shelf = self.shelves.get(path.removeprefix("/list/"))
        if shelf is None:
            return NOT_FOUND
        with self._lock:
            stories = shelf.stories[::-1]
        body = printed(shelf, stories).encode()
        page = Response(body, media_type=MEDIA_TYPES[shelf.kind], delay=self.delay)
        return self._noted(path, len(stories), page, headers)

    def _text(self, path: str, headers: Mapping[str, str]) -> Response:
        guid = parse_qs(urlsplit(path).query)["id"][0]
        name, _, number = guid.partition("-")
        body = json.dumps({"text": f"<p>{Story(name, int(number)).text}</p>"}).encode()
        return self._noted(
            path, 0, Response(body, media_type="application/json", etag=False, delay=self.delay), headers
        )

    def _noted(self, path: str, version: int, page: Response, headers: Mapping[str, str]) -> Response:
        status = conditional(page, headers).status
        delivery = Delivery(path, version, status, "if-none-match" in headers, time.monotonic())
        with self._lock:
            self._deliveries.append(delivery)
        return page
