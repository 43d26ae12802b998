"""Media of feeds and entries: enclosures, Media RSS, iTunes and podcast elements, icons, hubs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from msgspec.structs import replace

from feeds.model import Enclosure
from feeds.parse.decoding import whole
from feeds.urls import resolve

Parsed: TypeAlias = Any
"""What feedparser returns: a dictionary with attributes, untyped."""

LONGEST = 30 * 86_400.0
"""Seconds: no recording takes longer than a month."""

_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*")
_DURATION = re.compile(r"(?:(?:(\d{1,4}):)?(\d{1,5}):)?(\d{1,7}(?:\.\d{1,9})?)", re.ASCII)
_IMAGE_PATH = re.compile(r"\.(?:avif|gif|jpe?g|png|svg|webp)(?:[?#]|$)", re.IGNORECASE)
_AVATAR = "gravatar.com/avatar/"
"""WordPress.com puts the author's portrait before the article's pictures."""


def media_type_of(said: object) -> str:
    """A media type without its parameters; empty for what is none, like "mp3"."""
    told = str(said or "").partition(";")[0].strip().lower()
    return told if _MEDIA_TYPE.fullmatch(told) else ""


def language_tag(said: str | None) -> str | None:
    """A language tag (BCP 47), as it was said; what cannot be one is nothing."""
    return said if said and _LANGUAGE.fullmatch(said) else None


def length_of(said: object) -> int | None:
    """A length in bytes; publishers write 0 where they do not know."""
    told = str(said).strip() if said is not None and not isinstance(said, bool) else ""
    sized = told.isascii() and told.isdigit() and len(told) < 19
    return int(told) or None if sized else None


def duration_of(said: object) -> float | None:
    """Seconds of "1:02:03", "62:03" or "3723"; what is none, or longer than a month, is nothing."""
    match = _DURATION.fullmatch(str(said).strip()) if said is not None else None
    if match is None:
        return None
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    if (match[2] and seconds >= 60) or (match[1] and minutes >= 60):
        return None
    total = hours * 3600 + minutes * 60 + seconds
    return total if 0 < total <= LONGEST else None


def enclosures_of(found: Parsed, base: str) -> tuple[Enclosure, ...]:
    """The media files of an entry, each once: what is enclosed, then Media RSS, then podcast alternates."""
    told: dict[str, Enclosure] = {}
    for enclosure in (*_enclosed(found, base), *_contents(found, base), *_alternates(found, base)):
        same = told.get(enclosure.url)
        told[enclosure.url] = enclosure if same is None else _joined(same, enclosure)
    return _timed(tuple(told.values()), duration_of(dict.get(found, "itunes_duration")))


def image_of(found: Parsed, base: str, enclosures: Iterable[Enclosure]) -> str | None:
    """The picture of an entry: its thumbnail, iTunes or podcast image, else the first image it encloses."""
    thumbnails = (thumbnail.get("url") for thumbnail in listed(found, "media_thumbnail"))
    named = (_href(found.get("image")), _href(found.get("podcast_image")))
    shown = (content.get("url") for content in listed(found, "media_content") if _is_shown(content))
    addresses = (resolve(base, _words(said)) for said in (*thumbnails, *named, *shown))
    chosen = next((url for url in addresses if url and _AVATAR not in url), None)
    return chosen or picture_of(enclosures)


def picture_of(enclosures: Iterable[Enclosure]) -> str | None:
    """The first picture that is enclosed."""
    return next((enclosure.url for enclosure in enclosures if is_image(enclosure)), None)


def is_image(enclosure: Enclosure) -> bool:
    """Whether a media file is a picture, by its type, else by its name."""
    if enclosure.media_type:
        return enclosure.media_type.startswith("image/")
    return bool(_IMAGE_PATH.search(enclosure.url))


def home_of(channel: Parsed, url: str) -> str | None:
    """The page that a feed is of: its alternate, never an address of its own."""
    links = [link for link in listed(channel, "links") if link.get("rel") == "alternate" and link.get("href")]
    chosen = [link for link in links if link["href"] == channel.get("link")] or links
    return next((home for link in chosen if (home := resolve(url, _words(link["href"])))), None)


def icon_of(channel: Parsed, url: str) -> str | None:
    """Atom's icon, else its logo, else the image of RSS or iTunes."""
    said = (channel.get("icon"), channel.get("logo"), _href(channel.get("image")))
    return next((icon for words in said if (icon := resolve(url, _words(words)))), None)


def hubs_of(channel: Parsed, url: str) -> tuple[str, ...]:
    """The WebSub hubs that a feed names."""
    links = (link.get("href") for link in listed(channel, "links") if link.get("rel") == "hub")
    return tuple(dict.fromkeys(hub for said in links if (hub := resolve(url, _words(said)))))


def listed(owner: Parsed, key: str) -> list[Parsed]:
    """What feedparser keeps in a list; elements that are named like its lists have put texts there."""
    values = owner.get(key)
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def _is_shown(content: Parsed) -> bool:
    return str(content.get("medium")).lower() == "image"


def _words(said: object) -> str | None:
    return whole(said) if isinstance(said, str) else None


def _href(image: Parsed) -> object:
    return image.get("href") if isinstance(image, dict) else None


def _enclosed(found: Parsed, base: str) -> Iterator[Enclosure]:
    for link in listed(found, "links"):
        if link.get("rel") == "enclosure":
            yield from _enclosure(link, base, link.get("href"))


def _contents(found: Parsed, base: str) -> Iterator[Enclosure]:
    for content in listed(found, "media_content"):
        if _AVATAR not in str(content.get("url")):
            yield from _enclosure(content, base, content.get("url"))


def _alternates(found: Parsed, base: str) -> Iterator[Enclosure]:
    """The last ``podcast:alternateEnclosure``; feedparser forgets the others."""
    alternate, origin = found.get("podcast_alternateenclosure"), found.get("podcast_source")
    if isinstance(alternate, dict) and isinstance(origin, dict):
        yield from _enclosure(alternate, base, origin.get("uri"))


def _enclosure(told: Parsed, base: str, address: object) -> Iterator[Enclosure]:
    url = resolve(base, _words(address))
    if url is not None:
        yield Enclosure(
            url=url,
            media_type=media_type_of(told.get("type")),
            length=length_of(told.get("length") or told.get("filesize")),
            duration=duration_of(told.get("duration")),
        )


def _joined(first: Enclosure, second: Enclosure) -> Enclosure:
    """What two elements say of one file."""
    return Enclosure(
        url=first.url,
        media_type=first.media_type or second.media_type,
        length=first.length or second.length,
        duration=first.duration or second.duration,
    )


def _timed(enclosures: tuple[Enclosure, ...], duration: float | None) -> tuple[Enclosure, ...]:
    """iTunes tells the duration beside the enclosure, which is the first that is no picture."""
    place = next((n for n, enclosure in enumerate(enclosures) if not is_image(enclosure)), None)
    if duration is None or place is None or enclosures[place].duration is not None:
        return enclosures
    return (*enclosures[:place], replace(enclosures[place], duration=duration), *enclosures[place + 1 :])
