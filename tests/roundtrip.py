"""What readers see of our feeds, field by field: by feedparser, and of JSON Feed by ``json`` alone.

Each format has a table with a row for every field of an item and of a channel: what shall be read of
it and what is, or, in words, why the format does not carry it. A field that is new needs a row in all three.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, NamedTuple

import feedparser  # type: ignore[import-untyped]
import msgspec
from markupsafe import escape

from feeds.model import Enclosure
from feeds.render.category import told_apart
from feeds.render.channel import Channel
from feeds.render.item import Item
from feeds.render.languages import listed
from feeds.render.markup import as_text, for_readers
from feeds.render.syndication import half_hours, source_id
from tests.validator import HTTP


class Carried(NamedTuple):
    """What a reader shall see of a field, and how the reader is asked for it."""

    meant: Callable[[Any], object]
    read: Callable[[Any], object]


Rows = Mapping[str, Carried | str]


def differences(name: str, document: bytes, channel: Channel, items: Sequence[Item]) -> Iterator[str]:
    """Where a reader sees something else in the feed ``document`` (rss, atom or json) than was meant."""
    head, entries = _opened(name, document)
    if len(entries) != len(items):
        yield f"{name}: {len(entries)} entries read of {len(items)}"
    yield from _compared(CHANNELS[name], channel, head, f"{name} head")
    shown = told_apart(items) if name == "atom" else items
    for item, entry in zip(shown, entries, strict=False):
        yield from _compared(ITEMS[name], item, entry, f"{name} {item.id}")


def _opened(name: str, document: bytes) -> tuple[Any, list[Any]]:
    if name == "json":
        feed = json.loads(document)
        return feed, feed["items"]
    parsed = feedparser.parse(document, sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo, parsed.bozo_exception
    return parsed.feed, parsed.entries


def _compared(rows: Rows, told: object, found: object, what: str) -> Iterator[str]:
    for field, row in rows.items():
        if isinstance(row, Carried) and (meant := row.meant(told)) != (read := row.read(found)):
            yield f"{what}: {field} {meant!r} reads as {read!r}"


# ── what feedparser changes ─────────────────────────────────────────────────────────────────────


def stripped(text: str) -> str:
    """As feedparser has all text of elements: without white space around it."""
    return text.strip()


def mended(text: str) -> str:
    """As it has most of them: what may be UTF-8 that was taken for Latin-1 is read as UTF-8, too."""
    with suppress(UnicodeError):
        return text.strip().encode("iso-8859-1").decode()
    return text.strip()


def unreferenced(address: str) -> str:
    """As it has RSS's links: ``&name;`` in them is taken for a parameter that something was added to."""
    return re.sub("&([A-Za-z0-9_]+);", r"&\1", address.replace("&amp;", "&"))


def unaddressed(name: str) -> tuple[str, str | None]:
    """As it has RSS's authors: an e-mail address is taken out, with the brackets around it.

    What is left is compared by its letters, the brackets being gone or not.
    """
    found = _EMAIL.search(name)
    rest = name.replace(found[0], "") if found else name
    return (re.sub(r"[()<>\s]", "", rest) if found else rest), found[0] if found else None


_EMAIL: Final = re.compile(
    r"[\w.+-]+@(?:[A-Za-z0-9-]+\.)+(?:[A-Za-z]{2,4}|[0-9]{1,3})(?:\?subject=\S+)?", re.ASCII
)


def _creator(person: Any) -> tuple[str, str | None]:
    name, email = person.get("name", ""), person.get("email")
    return (re.sub(r"[()<>\s]", "", name) if email else name), email


# ── dates, media and sources ────────────────────────────────────────────────────────────────────

Moment = tuple[datetime, object, tuple[int, ...]]
"""A date, its offset, and the date as feedparser has it: UTC, without a fraction of a second."""


def _moment(meant: datetime) -> Moment:
    return meant, meant.utcoffset(), meant.astimezone(UTC).timetuple()[:6]


def _whole_seconds(meant: datetime) -> Moment:
    return _moment(half_hours(meant).replace(microsecond=0))


def _dated(owner: Any, key: str, read: Callable[[str], datetime]) -> Moment:
    moment = read(owner[key])
    return moment, moment.utcoffset(), tuple(owner[f"{key}_parsed"][:6])


def _rss_date(key: str) -> Callable[[Any], Moment]:
    return lambda owner: _dated(owner, key, parsedate_to_datetime)


def _atom_date(key: str) -> Callable[[Any], Moment]:
    return lambda owner: _dated(owner, key, datetime.fromisoformat)


def _json_date(key: str) -> Callable[[Any], Moment]:
    return lambda owner: _moment(datetime.fromisoformat(owner[key]))


File = Mapping[str, object]


def _known(**fields: object) -> File:
    return {key: value for key, value in fields.items() if value is not None}


def _of_media_rss(file: Enclosure) -> File:
    """Whole seconds, one at least; a size that is known and not nothing; only what is a medium as one."""
    medium = file.media_type.partition("/")[0]
    return _known(
        url=file.url,
        type=file.media_type,
        filesize=str(file.length) if file.length else None,
        medium=medium if medium in ("image", "audio", "video") else None,
        duration=str(max(1, round(file.duration))) if file.duration else None,
    )


def _of_rss(file: Enclosure) -> File:
    return {"href": file.url, "type": file.media_type, "length": str(file.length or 0), "rel": "enclosure"}


def _of_atom(file: Enclosure) -> File:
    length = None if file.length is None else str(file.length)
    return _known(href=file.url, type=file.media_type, length=length, rel="enclosure")


def _rss_files(item: Item) -> object:
    """RSS has one enclosure, a recording if there is one, on a host with a full name; Media RSS has all."""
    first = [_of_rss(file) for file in (item.main_file,) if file and HTTP.match(file.url)]
    return first, [_of_media_rss(file) for file in item.enclosures]


def _atom_files(item: Item) -> object:
    return [_of_atom(file) for file in item.enclosures], [_of_media_rss(file) for file in item.enclosures]


def _json_files(item: Item) -> object:
    return [
        _known(
            url=file.url,
            mime_type=file.media_type,
            size_in_bytes=file.length,
            duration_in_seconds=file.duration,
        )
        for file in item.enclosures
    ]


def _files(entry: Any) -> object:
    links = [dict(link) for link in entry.links if link.rel == "enclosure"]
    return links, [dict(file) for file in entry.get("media_content", [])]


def _thumbnail(entry: Any) -> object:
    return [file["url"] for file in entry.get("media_thumbnail", [])]


def _atom_source(item: Item) -> object:
    if item.origin is None:
        return None
    moment = _moment(item.updated)
    return source_id(item.origin), mended(as_text(item.origin.title)), [item.origin.url], moment


def _atom_source_read(entry: Any) -> object:
    if "source" not in entry:
        return None
    source = entry.source
    return source.id, source.title, [link.href for link in source.links], _atom_date("updated")(source)


def _rating(item: Item) -> object:
    """Media RSS knows only whether it is for adults; tests/test_render_podcast.py reads Apple's words."""
    if item.episode is None or item.episode.explicit is None:
        return None
    return {"scheme": "urn:simple", "content": "adult" if item.episode.explicit else "nonadult"}


def _rss_source(item: Item) -> object:
    return {"href": item.origin.url, "title": mended(as_text(item.origin.title))} if item.origin else None


# ── one table for each format ───────────────────────────────────────────────────────────────────


def _medium(item: Item) -> list[str]:
    """Who is named among the authors is not named again."""
    return [item.medium] if item.medium and item.medium not in item.authors else []


def _contributors(entry: Any) -> object:
    return [person.name for person in entry.get("contributors", [])]


def _tags(item: Item) -> list[str]:
    return list(dict.fromkeys(as_text(tag) for tag in item.tags))


def _terms(entry: Any) -> object:
    return [tag.term for tag in entry.get("tags", [])]


def _summary(entry: Any) -> object:
    """Only its own: feedparser takes the content for the summary where there is none."""
    return entry.summary if "summary_detail" in entry else ""


def _whole_text(item: Item) -> list[tuple[str, str]]:
    return [(mended(for_readers(item.content)), "text/html")] if item.content else []


def _contents(entry: Any) -> object:
    return [(content.value, content.type) for content in entry.get("content", [])]


def _links(rel: str) -> Callable[[Any], object]:
    return lambda owner: [link.href for link in owner.links if link.rel == rel]


def _plain(field: str) -> Callable[[Any], str]:
    return lambda told: mended(as_text(getattr(told, field)))


_SHARED_ROWS: Final[Rows] = {
    "id": Carried(lambda item: item.id, lambda entry: entry.id),
    "path": "the address of our page is for people; it is an item's link where it has none of its own",
    "title": Carried(_plain("title"), lambda entry: entry.title),
    # Validators of feeds know fewer languages than there are.
    "language": Carried(lambda item: listed(item.language), lambda entry: entry.get("language")),
    "image": Carried(lambda item: [item.image] if item.image else [], _thumbnail),
    "rights": Carried(_plain("rights"), lambda entry: entry.get("rights", "")),
    "sort_key": "the order of the items says it",
    "episode": Carried(_rating, lambda entry: entry.get("media_rating")),
    "source_id": "our own name of a source says nothing to readers: the feed that it is has a title",
    "complete": "readers of XML feeds have no word for an article that could not be had whole",
}

RSS_ITEM: Final[Rows] = {
    **_SHARED_ROWS,
    "link": Carried(lambda item: [unreferenced(item.link)], _links("alternate")),
    # A text that has no summary beside it is the description.
    "content": Carried(lambda item: _whole_text(item) if item.summary else [], _contents),
    "summary": Carried(lambda item: mended(str(escape(item.summary)) or for_readers(item.content)), _summary),
    "authors": Carried(
        lambda item: [unaddressed(mended(name)) for name in item.authors],
        lambda entry: [_creator(person) for person in entry.get("authors", [])],
    ),
    "tags": Carried(lambda item: list(dict.fromkeys(map(mended, _tags(item)))), _terms),
    "medium": Carried(_medium, _contributors),
    "enclosures": Carried(_rss_files, _files),
    "published": Carried(lambda item: _whole_seconds(item.published), _rss_date("published")),
    "updated": "RSS has no date of an item's last change",
    "origin": Carried(_rss_source, lambda entry: entry.get("source")),
}

ATOM_ITEM: Final[Rows] = {
    **_SHARED_ROWS,
    "link": Carried(lambda item: [item.link], _links("alternate")),
    "content": Carried(_whole_text, _contents),
    "summary": Carried(
        # An entry without words of its own has its title for them.
        lambda item: mended(str(escape(item.summary or ("" if item.content else item.title)))),
        _summary,
    ),
    "authors": Carried(
        lambda item: [stripped(as_text(name)) for name in item.authors],
        lambda entry: [person.name for person in entry.get("authors", [])],
    ),
    "tags": Carried(_tags, _terms),
    "medium": Carried(lambda item: [as_text(name) for name in _medium(item)], _contributors),
    "enclosures": Carried(_atom_files, _files),
    "published": Carried(lambda item: _moment(item.published), _atom_date("published")),
    "updated": Carried(lambda item: _moment(item.updated), _atom_date("updated")),
    "origin": Carried(_atom_source, _atom_source_read),
}

JSON_ITEM: Final[Rows] = {
    "id": Carried(lambda item: item.id, lambda found: found["id"]),
    "link": Carried(lambda item: item.link, lambda found: found["url"]),
    "path": _SHARED_ROWS["path"],
    "title": Carried(lambda item: item.title, lambda found: found["title"]),
    "content": Carried(
        lambda item: (item.content or None, None if item.content else item.summary),
        lambda found: (found.get("content_html"), found.get("content_text")),
    ),
    "summary": Carried(lambda item: item.summary, lambda found: found.get("summary", "")),
    "authors": Carried(
        lambda item: [{"name": name} for name in item.authors], lambda found: found.get("authors", [])
    ),
    "tags": Carried(lambda item: list(item.tags), lambda found: found.get("tags", [])),
    "medium": Carried(lambda item: item.medium, lambda found: found["_feedmill"].get("medium", "")),
    "language": Carried(lambda item: item.language, lambda found: found.get("language")),
    "enclosures": Carried(_json_files, lambda found: found.get("attachments", [])),
    "image": Carried(lambda item: item.image, lambda found: found.get("image")),
    "rights": Carried(lambda item: item.rights, lambda found: found["_feedmill"].get("rights", "")),
    "published": Carried(lambda item: _moment(item.published), _json_date("date_published")),
    "updated": Carried(lambda item: _moment(item.updated), _json_date("date_modified")),
    "source_id": Carried(lambda item: item.source_id, lambda found: found["_feedmill"]["source"]),
    "origin": Carried(
        lambda item: (item.origin.title, item.origin.url) if item.origin else (None, None),
        lambda found: tuple(found["_feedmill"].get(f"source_{key}") for key in ("title", "url")),
    ),
    "sort_key": _SHARED_ROWS["sort_key"],
    "episode": Carried(
        lambda item: item.episode and json.loads(msgspec.json.encode(item.episode)),
        lambda found: found["_feedmill"].get("episode"),
    ),
    "complete": Carried(lambda item: item.complete, lambda found: found["_feedmill"]["complete"]),
}

ITEMS: Final[Mapping[str, Rows]] = {"rss": RSS_ITEM, "atom": ATOM_ITEM, "json": JSON_ITEM}

_SHARED_HEAD: Final[Rows] = {
    "title": Carried(_plain("title"), lambda head: head.title),
    "description": Carried(_plain("description"), lambda head: head.subtitle),
    "language": Carried(lambda channel: listed(channel.language) or "und", lambda head: head.language),
    "page": Carried(lambda channel: [channel.page], _links("alternate")),
}

RSS_CHANNEL: Final[Rows] = {
    **_SHARED_HEAD,
    "id": "RSS has no identifier of a channel: its address is it",
    "publisher": "RSS names people by their e-mail addresses, which a site has none of",
    "rss": Carried(lambda channel: [channel.rss], _links("self")),
    "atom": "a feed names itself; the page that it is of names all three",
    "json": "a feed names itself; the page that it is of names all three",
    "updated": Carried(lambda channel: _whole_seconds(channel.updated), _rss_date("updated")),
    "silent_since": "readers of XML feeds have no word for sources that are silent",
    "podcast": "Apple's elements of a channel are read in tests/test_render_podcast.py",
}

ATOM_CHANNEL: Final[Rows] = {
    **_SHARED_HEAD,
    "id": Carried(lambda channel: channel.id, lambda head: head.id),
    "publisher": Carried(
        lambda channel: [stripped(as_text(channel.publisher))],
        lambda head: [person.name for person in head.authors],
    ),
    "rss": "a feed names itself; the page that it is of names all three",
    "atom": Carried(lambda channel: [channel.atom], _links("self")),
    "json": "a feed names itself; the page that it is of names all three",
    "updated": Carried(lambda channel: _moment(channel.updated), _atom_date("updated")),
    "silent_since": RSS_CHANNEL["silent_since"],
    "podcast": "Apple's elements are of RSS alone",
}

JSON_CHANNEL: Final[Rows] = {
    "id": Carried(lambda channel: channel.id, lambda head: head["_feedmill"]["id"]),
    "title": Carried(lambda channel: channel.title, lambda head: head["title"]),
    "description": Carried(lambda channel: channel.description, lambda head: head["description"]),
    "publisher": "a feed's authors are those of its items without any, which a site is not",
    "language": Carried(lambda channel: channel.language, lambda head: head["language"]),
    "page": Carried(lambda channel: channel.page, lambda head: head["home_page_url"]),
    "rss": "a feed names itself; the page that it is of names all three",
    "atom": "a feed names itself; the page that it is of names all three",
    "json": Carried(lambda channel: channel.json, lambda head: head["feed_url"]),
    "updated": Carried(
        lambda channel: _moment(channel.updated), lambda head: _json_date("updated")(head["_feedmill"])
    ),
    "silent_since": Carried(
        lambda channel: channel.silent_since and channel.silent_since.isoformat(),
        lambda head: head["_feedmill"].get("silent_since"),
    ),
    "podcast": ATOM_CHANNEL["podcast"],
}

CHANNELS: Final[Mapping[str, Rows]] = {"rss": RSS_CHANNEL, "atom": ATOM_CHANNEL, "json": JSON_CHANNEL}
