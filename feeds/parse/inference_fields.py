"""Which keys of a JSON list's items are which field of an entry, by their names and by what they hold.

A name alone proves nothing: ``date`` may hold a weekday, ``url`` an image. So each field has names, the
likeliest first, and a test that most of its values must pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any, NamedTuple

from feeds.parse.inference_keys import Key, width_of

_DATED = re.compile(
    r"\s*(?:\d{4}[-/.年]\s?\d{1,2}|(?:mon|tue|wed|thu|fri|sat|sun)\w*,?\s+\d{1,2}\s|\d{1,2}\s+[a-z]{3,9}\s+\d{4}"
    r"|[a-z]{3,9}\.?\s+\d{1,2},?\s+\d{4}|\d{1,2}月\d{1,2}日)",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"(?:Z|[+-]\d\d:?\d\d)\s*\Z|[A-Z]{3,4}\s*\Z")
_EPOCH = re.compile(r"1\d{9}(?:\d{3}|\.\d+)?", re.ASCII)
_ADDRESS = re.compile(r"(?:https?:)?//[^\s/]+\S*|/[^\s/]\S*", re.IGNORECASE)
_MEDIA = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|mp[34]|m4a|webm|pdf|zip|js|css)(?:\?|\Z)", re.IGNORECASE
)
_MARKUP = re.compile(r"<(?:p|br|div|a|img|h\d|ul|blockquote|strong|em)\b[^<>]*>", re.IGNORECASE)
_TAGS = re.compile(r"<[^<>]*>")
_LONG_TEXT = 200


class Field(NamedTuple):
    """How a field is known: by names, the likeliest first, by endings of others, and by a test of values."""

    names: tuple[str, ...]
    test: Callable[[Key], bool]
    endings: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    """Parts of names that only look like it."""
    least: float = 0.5
    """The share of the items that must have it."""
    several: bool = False
    by_shape: bool = False
    """Whether the test alone will do, whatever the name."""


def field_path(wanted: Field, keys: Sequence[Key]) -> Key | None:
    """The key that holds the wanted field; None if none does."""
    by_name = [*(_named(name) for name in wanted.names), _ending(wanted.endings)]
    for named in (*by_name, _ending(("",))) if wanted.by_shape else by_name:
        for key in keys:
            if named(key) and _fits(wanted, key):
                return key
    return None


def moment_path(key: Key) -> str:
    """The expression for a date: of one that its name says is UTC, with the offset it leaves out.

    Seconds since 1970 with a fraction lose that.
    """
    if all(isinstance(value, float) for value in key.values):
        return f"floor({key.path})"
    is_utc = key.name.endswith(("gmt", "utc"))
    bare = all(isinstance(value, str) and not _OFFSET.search(value) for value in key.values)
    return f"join('', [{key.path}, 'Z'])" if is_utc and bare and key.share == 1.0 else key.path


def _fits(wanted: Field, key: Key) -> bool:
    refused = any(part in key.name for part in wanted.never)
    return not refused and key.share >= wanted.least and key.several <= wanted.several and wanted.test(key)


def _named(name: str) -> Callable[[Key], bool]:
    return lambda key: key.name == name


def _ending(endings: tuple[str, ...]) -> Callable[[Key], bool]:
    return lambda key: key.name.endswith(endings)


# ── what values look like ───────────────────────────────────────────────────────────────────────


def _most(key: Key, test: Callable[[Any], bool], least: float = 0.8) -> bool:
    return sum(map(test, key.values)) >= len(key.values) * least


def _is_distinct(key: Key, least: float) -> bool:
    return len(set(map(str, key.values))) >= len(key.values) * least


def _is_address(value: object) -> bool:
    return isinstance(value, str) and bool(_ADDRESS.fullmatch(value.strip()))


def _is_text(value: object) -> bool:
    return isinstance(value, str) and any(map(str.isalpha, value)) and not _is_address(value)


def _bare(value: object) -> str:
    return _TAGS.sub("", str(value)).strip()


def _titles(key: Key) -> bool:
    return _most(key, lambda value: _is_text(value) and len(_bare(value)) <= 400) and _is_distinct(key, 0.6)


def _articles(key: Key) -> bool:
    return _most(key, lambda value: _is_address(value) and not _MEDIA.search(value)) and _is_distinct(
        key, 0.7
    )


def _pictures(key: Key) -> bool:
    return _most(key, _is_address, 0.7)


def _ids(key: Key) -> bool:
    return _is_distinct(key, 0.95) and _most(
        key, lambda value: len(str(value)) <= 200 and "\n" not in str(value)
    )


def _dates(key: Key) -> bool:
    return _most(key, is_date)


def is_date(value: object) -> bool:
    """Whether a value is a date in some spelling, or seconds or milliseconds since 1970."""
    if isinstance(value, int | float):
        return bool(_EPOCH.fullmatch(str(value)))
    return isinstance(value, str) and bool(_DATED.match(value) or _EPOCH.fullmatch(value.strip()))


def _long(key: Key) -> bool:
    texts = [str(value) for value in key.values if _is_text(value)]
    if len(texts) < len(key.values) * 0.6:
        return False
    is_marked = sum(1 for text in texts if _MARKUP.search(text)) >= len(texts) / 2
    return is_marked or median(map(width_of, texts)) >= _LONG_TEXT


def _texts(key: Key) -> bool:
    return _most(key, _is_text, 0.6) and median(width_of(_bare(value)) for value in key.values) >= 20


def _names(key: Key) -> bool:
    values = [one for value in key.values for one in (value if isinstance(value, list) else [value])]
    short = [one for one in values if _is_text(one) and len(one) <= 80 and not is_date(one)]
    return len(short) >= len(values) * 0.8


_NOT_ARTICLES = (
    *("image", "img", "thumb", "avatar", "logo", "icon", "api", "self", "feed", "comment", "asset", "upload"),
    *("video", "photo", "pic", "download", "tarball", "zipball", "author", "user"),
)

TITLE = Field(
    (
        *("title", "headline", "newstitle", "articletitle", "posttitle", "storytitle", "subject", "heading"),
        *("标题",),
    ),
    _titles,
    ("title", "headline", "标题"),
    ("meta", "site", "category", "sub", "author", "section", "channel", "image"),
)
NAME = Field(("name", "label", "caption", "tagname"), _titles)
"""What may be a title, but is the name of anything, too."""
URL = Field(
    (
        *("htmlurl", "permalink", "link", "weburl", "shareurl", "canonicalurl", "articleurl", "newsurl"),
        *("pageurl", "url", "href", "uri", "urlw", "sourceurl", "contenturl", "externalurl", "path", "链接"),
    ),
    _articles,
    ("url", "link", "uri"),
    _NOT_ARTICLES,
    least=0.4,
    by_shape=True,
)
GUID = Field(
    (
        *("guid", "id", "uuid", "infocode", "objectid", "newsid", "articleid", "postid", "storyid"),
        *("contentid", "nid", "aid", "docid", "key", "code", "slug"),
    ),
    _ids,
    ("id", "code"),
    ("parent", "author", "user", "category", "section", "channel", "site", "type"),
    least=0.95,
)
PUBLISHED = Field(
    (
        *("publishedgmt", "dategmt", "published", "publishedat", "publishedon", "publisheddate"),
        *("datepublished", "publishdate", "publishtime", "publishat", "pubdate", "pubtime"),
        *("webpublicationdate", "firstpublished", "releasedate", "posted", "postedat", "postdate", "date"),
        *("datetime", "showtime", "displaytime", "time", "createdat", "created", "createdate", "createtime"),
        *("createdutc", "datecreated", "ctime", "timestamp", "发布时间", "时间", "日期"),
    ),
    _dates,
    ("date", "time", "published", "createdat"),
    ("updat", "modif", "edit", "last", "expir", "end"),
    by_shape=True,
)
UPDATED = Field(
    (
        *("updated", "updatedat", "modifiedgmt", "modified", "modifiedat", "datemodified", "updatetime"),
        *("lastmodified",),
    ),
    _dates,
    ("updatedat", "modifiedat"),
)
CONTENT = Field(
    (
        *("contenthtml", "bodyhtml", "content", "contentencoded", "articlebody", "body", "html", "fulltext"),
        *("storytext", "text", "message", "正文", "内容"),
    ),
    _long,
    ("content", "body"),
)
SUMMARY = Field(
    (
        *("summary", "excerpt", "description", "digest", "abstract", "intro", "teaser", "lead", "standfirst"),
        *("dek", "brief", "snippet", "subtitle", "simdigest", "trailtext", "摘要", "content", "body", "text"),
    ),
    _texts,
    ("summary", "excerpt", "description", "digest", "abstract"),
    ("meta", "site", "author"),
    least=0.3,
)
AUTHORS = Field(
    (*("authors", "author", "authorname", "creator", "byline", "writer", "user", "username", "by", "作者"),),
    _names,
    least=0.3,
    several=True,
)
TAGS = Field(
    ("tags", "keywords", "topics", "categories", "labels", "section", "category"),
    _names,
    least=0.3,
    several=True,
)
MEDIUM = Field(
    ("medium", "medianame", "source", "sourcename", "publisher", "from", "site", "来源"),
    _names,
)
IMAGE = Field(
    (
        *("image", "imageurl", "featuredimage", "coverimage", "cover", "thumbnail", "thumb", "picture"),
        *("urltoimage", "photo"),
    ),
    _pictures,
    least=0.3,
)
