"""Episodes of podcasts: what Apple's elements and those of Podcasting 2.0 say of an entry.

feedparser knows of "explicit" only two of its words, and of elements with attributes neither their text nor
more than the last one: it is given handlers that lose nothing, which it finds by their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from feedparser import mixin  # type: ignore[import-untyped]

from feeds.model import EPISODE_KINDS, Companion, Enclosure, Episode
from feeds.parse.decoding import whole
from feeds.parse.media import Parsed, is_image, language_tag, listed, media_type_of
from feeds.urls import resolve

NAMESPACE = "https://podcastindex.org/namespace/1.0"

_TRANSCRIPTS = "podcast_transcripts"
_MOST_TRANSCRIPTS = 20
_EXPLICIT = {"yes": True, "true": True, "explicit": True, "no": False, "false": False, "clean": False}


def episode_of(found: Parsed, channel: Parsed, base: str, enclosures: Iterable[Enclosure]) -> Episode | None:
    """What is said of an entry as an episode; ``None`` where that is nothing, or it has no recording.

    An entry that does not say whether it is explicit is what its podcast (``channel``) is.
    """
    if all(map(is_image, enclosures)):
        return None
    explicit = is_explicit(_said(found, "itunes_explicit"))
    episode = Episode(
        season=ordinal_of(_said(found, "itunes_season")) or ordinal_of(_said(found, "podcast_season")),
        number=ordinal_of(_said(found, "itunes_episode")) or ordinal_of(_said(found, "podcast_episode")),
        kind=_kind(_said(found, "itunes_episodetype")),
        explicit=is_explicit(_said(channel, "itunes_explicit")) if explicit is None else explicit,
        transcripts=tuple(_companions(listed(found, _TRANSCRIPTS), base)),
        chapters=next(_companions([dict.get(found, "podcast_chapters")], base), None),
    )
    return None if episode == Episode() else episode


def ordinal_of(said: str) -> int | None:
    """A number to count with, from 1 on; nothing where it is none, or too long to be one."""
    sized = said.isascii() and said.isdigit() and len(said) < 10
    return int(said) or None if sized else None


def is_explicit(said: str) -> bool | None:
    """Yes and no in the words of different years; ``None`` for all others."""
    return _EXPLICIT.get(said.lower())


def _kind(said: str) -> str | None:
    return said.lower() if said.lower() in EPISODE_KINDS else None


def _said(owner: Parsed, key: str) -> str:
    value = dict.get(owner, key)
    return value.strip() if isinstance(value, str) else ""


def _companions(elements: Iterable[Parsed], base: str) -> Iterator[Companion]:
    for told in elements:
        address = told.get("url") if isinstance(told, dict) else None
        url = resolve(base, whole(address)) if isinstance(address, str) else None
        if url is not None:
            language = language_tag(told.get("language"))
            yield Companion(url=url, media_type=media_type_of(told.get("type")), language=language)


# ── what feedparser hears ───────────────────────────────────────────────────────────────────────


def _end_explicit(parser: Parsed) -> None:
    parser.pop("itunes_explicit")


def _start_season(parser: Parsed, _: dict[str, str]) -> None:
    parser.push("podcast_season", 1)


def _start_episode(parser: Parsed, _: dict[str, str]) -> None:
    parser.push("podcast_episode", 1)


def _start_transcript(parser: Parsed, attributes: dict[str, str]) -> None:
    told = parser._get_context().setdefault(_TRANSCRIPTS, [])
    if isinstance(told, list) and len(told) < _MOST_TRANSCRIPTS:
        told.append(attributes)


_heard = mixin._FeedParserMixin
_heard.namespaces[NAMESPACE] = "podcast"
_heard._end_itunes_explicit = _end_explicit
_heard._start_podcast_season = _start_season
_heard._start_podcast_episode = _start_episode
_heard._start_podcast_transcript = _start_transcript
