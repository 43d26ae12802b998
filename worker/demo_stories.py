"""The demo's stories: which of them are out at a moment, and how its publisher prints them. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from html import escape

import msgspec

SHOWN = 40
"""How many stories a list holds, the newest first."""
AT_START = 8
"""How many stories are out when the publisher starts."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CHINA = timezone(timedelta(hours=8))


class Story(msgspec.Struct, frozen=True):
    """A story as written in demo_data/news.json."""

    title: str
    paragraphs: tuple[str, ...]
    medium: str = ""


class News(msgspec.Struct, frozen=True):
    """All stories there are, by language."""

    english: tuple[Story, ...]
    chinese: tuple[Story, ...]


class Edition(msgspec.Struct, frozen=True):
    """A paper of the publisher: its stories in turn, one each ``every`` since 1970.

    Counting from 1970 lets a restarted publisher go on with new numbers instead of old ones.
    """

    name: str
    stories: tuple[Story, ...]
    every: timedelta


class Printed(msgspec.Struct, frozen=True):
    """A story that is out: its ``code`` is its identifier for ever, ``at`` when it came out."""

    code: str
    title: str
    medium: str
    paragraphs: tuple[str, ...]
    at: datetime

    @property
    def html(self) -> str:
        """Its body."""
        return "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in self.paragraphs)


def printed(edition: Edition, started_at: datetime, now: datetime) -> list[Printed]:
    """The stories that are out at ``now``, newest first, beginning with the last `AT_START` before
    the start; after the last one they are told again under new codes and counted titles."""
    first = (started_at - _EPOCH) // edition.every - AT_START + 1
    latest = (now - _EPOCH) // edition.every
    oldest = max(first, latest - SHOWN + 1)
    return [
        _print(edition, number, (number - first) // len(edition.stories) + 1)
        for number in range(latest, oldest - 1, -1)
    ]


def _print(edition: Edition, number: int, telling: int) -> Printed:
    story = edition.stories[number % len(edition.stories)]
    return Printed(
        code=f"{edition.name}-{number}",
        title=story.title if telling == 1 else f"{story.title} ({telling})",
        medium=story.medium,
        paragraphs=story.paragraphs,
        at=_EPOCH + number * edition.every,
    )


def rss(title: str, language: str, url: str, stories: Sequence[Printed]) -> str:
    """An RSS 2.0 feed of ``stories`` at ``url``, the address of its publisher."""
    items = "\n".join(_item(url, story) for story in stories)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>\n'
        f"<title>{escape(title)}</title><link>{escape(url)}/</link>\n"
        f"<description>{escape(title)}</description><language>{language}</language>\n"
        f"{items}\n</channel></rss>\n"
    )


def _item(url: str, story: Printed) -> str:
    link = escape(f"{url}/story/{story.code}")
    return (
        f"<item><title>{escape(story.title)}</title><link>{link}</link>"
        f'<guid isPermaLink="false">{story.code}</guid>'
        f"<pubDate>{format_datetime(story.at.astimezone(UTC))}</pubDate>"
        f"<description>{escape(story.html)}</description></item>"
    )


def json_list(stories: Sequence[Printed]) -> str:
    """A JSON list of ``stories`` without their bodies, dates in Chinese time without an offset."""
    records = [
        {
            "code": story.code,
            "title": story.title,
            "digest": story.paragraphs[0],
            "from": story.medium,
            "time": story.at.astimezone(_CHINA).strftime("%Y-%m-%d %H:%M:%S"),
        }
        for story in stories
    ]
    return json.dumps({"records": records}, ensure_ascii=False)


def json_text(story: Printed) -> str:
    """The body of one story, as the JSON list's detail."""
    return json.dumps({"text": story.html}, ensure_ascii=False)


def page(story: Printed) -> str:
    """A plain page with one story, where its links lead."""
    title = escape(story.title)
    return f'<!doctype html><meta charset="utf-8"><title>{title}</title><h1>{title}</h1>\n{story.html}'
