"""What a publisher has, and how it prints it: stories on shelves, as RSS, Atom or a JSON list."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import NamedTuple

FIRST_DATE = datetime(2026, 1, 1, tzinfo=UTC)
MEDIA_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "api": "application/json"}


class Story(NamedTuple):
    """An article at the publisher; everything of it follows from source and number."""

    source: str
    number: int
    category: str = ""

    @property
    def guid(self) -> str:
        return f"{self.source}-{self.number:04d}"

    @property
    def title(self) -> str:
        return f"Story {self.guid}"

    @property
    def text(self) -> str:
        return f"The whole text of {self.guid}."

    @property
    def published(self) -> datetime:
        return FIRST_DATE + timedelta(hours=int(self.source[1:]), minutes=self.number)


@dataclass(slots=True)
class Shelf:
    """One source: its kind (rss, atom, api), category and stories, of which there only come more."""

    name: str
    kind: str
    category: str
    every: str = "2s"
    stories: list[Story] = field(default_factory=list)
    mark: str = ""
    """What a comment at the end of its feed says."""


def printed(shelf: Shelf, stories: list[Story]) -> str:
    """The shelf's page with these stories."""
    return _WRITERS[shelf.kind](shelf, stories) + (f"<!-- {shelf.mark} -->" if shelf.mark else "")


def _rss(shelf: Shelf, stories: list[Story]) -> str:
    items = "".join(
        f'<item><guid isPermaLink="false">{story.guid}</guid><title>{story.title}</title>'
        f"<link>https://publisher.example/{story.guid}</link>"
        f"<pubDate>{format_datetime(story.published)}</pubDate>"
        f"<description>{story.text}</description></item>"
        for story in stories
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>{shelf.name}</title>'
        f"<link>https://publisher.example/</link><description>{shelf.name}</description>{items}</channel></rss>"
    )


def _atom(shelf: Shelf, stories: list[Story]) -> str:
    entries = "".join(
        f"<entry><id>{story.guid}</id><title>{story.title}</title>"
        f'<link href="https://publisher.example/{story.guid}"/>'
        f"<published>{story.published.isoformat()}</published><updated>{story.published.isoformat()}</updated>"
        f'<content type="html">&lt;p&gt;{story.text}&lt;/p&gt;</content></entry>'
        for story in stories
    )
    return (
        f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><id>urn:x:{shelf.name}</id>'
        f"<title>{shelf.name}</title><updated>{FIRST_DATE.isoformat()}</updated>{entries}</feed>"
    )


def _api(shelf: Shelf, stories: list[Story]) -> str:
    records = [
        {"code": story.guid, "title": story.title, "time": story.published.isoformat()} for story in stories
    ]
    return json.dumps({"records": records})


_WRITERS = {"rss": _rss, "atom": _atom, "api": _api}
