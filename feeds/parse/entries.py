"""One entry as feedparser read it → an entry in the publisher's own words."""

from __future__ import annotations

import re
from html import unescape

from feeds.model import Entry
from feeds.parse.decoding import scalars, whole
from feeds.parse.media import Parsed, enclosures_of, image_of, language_tag, listed
from feeds.parse.paragraphs import paragraphs
from feeds.parse.podcast import episode_of
from feeds.urls import is_http, resolve

_MARKUP = frozenset({"text/html", "application/xhtml+xml"})
_TAG = re.compile(r"<(?:[A-Za-z][\w:-]*(?:\s|/?>)|/[A-Za-z]|!)")
"""Not the address of somebody, or of a page, in the brackets that mails have around them."""
_READABLE = _MARKUP | {"text/plain"}
_PARTS = ("summary", "title", "subtitle")
_MAIL = r"[^\s@()<>,;]{1,200}@[^\s@()<>,;]{1,200}"
_PEOPLE = (
    re.compile(rf"{_MAIL}\s?\(([^()<>]{{1,200}})\)"),
    re.compile(rf'"?([^()<>"@]{{1,200}})"?\s?<{_MAIL}>'),
    re.compile(rf"({_MAIL})"),
)


def entry_of(found: Parsed, parsed: Parsed, url: str) -> Entry:
    """The entry of ``found`` in the document ``parsed`` that came from ``url``."""
    content, summary = _body(found)
    base = _base(found, url)
    enclosures = enclosures_of(found, base)
    return Entry(
        guid=text_at(found, "id"),
        url=_link(found, base),
        title=text_at(found, "title"),
        published=text_at(found, "published") or text_at(found, "created"),
        updated=text_at(found, "updated"),
        authors=_authors(found) or _inherited_authors(parsed),
        tags=scalars([tag.get("term") or tag.get("label") for tag in listed(found, "tags")]),
        summary=summary,
        content=content,
        enclosures=enclosures,
        language=language_of(found) or language_of(parsed.feed),
        image=image_of(found, base, enclosures),
        rights=text_at(found, "rights"),
        episode=episode_of(found, parsed.feed, base, enclosures),
        base=base,
    )


def language_of(found: Parsed) -> str | None:
    """The language that an entry or a feed is in (BCP 47), by its own element or by xml:lang."""
    return language_tag(text_at(found, "language")) or language_tag(_detail(found, "language"))


def _base(found: Parsed, url: str) -> str:
    """What relative addresses are relative to: xml:base, if that is an address."""
    return resolve(url, _detail(found, "base")) or url


def text_at(found: Parsed, key: str) -> str | None:
    """What an entry or a feed says under a name of feedparser's."""
    # dict.get, since feedparser's own answers "updated" with "published", and warns of it.
    value = dict.get(found, key)
    return whole(value).strip() or None if isinstance(value, str) else None


def _detail(found: Parsed, key: str) -> str | None:
    """What the content, else the summary, else the title says of itself (``base``, ``language``)."""
    details = [*listed(found, "content"), *(found.get(f"{part}_detail") for part in _PARTS)]
    said = (detail.get(key) for detail in details if isinstance(detail, dict))
    return next((value for value in said if value and isinstance(value, str)), None)


def _link(found: Parsed, base: str) -> str | None:
    """The entry's address, or FeedBurner's note of it; a guid where it looks like one (RSS 2.0 §guid)."""
    link = text_at(found, "link") or text_at(found, "feedburner_origlink")
    if link is None:
        return None
    is_guid = found.get("guidislink") and link == text_at(found, "id")
    if is_guid and not is_http(link) and "/" not in link:
        return None
    return resolve(base, link)


def _body(found: Parsed) -> tuple[str | None, str | None]:
    """Content as HTML, and the summary where it is not the content itself."""
    summary = found.get("summary_detail")
    summary = summary if isinstance(summary, dict) else {}
    best = max(listed(found, "content"), key=_rank, default=None)
    if best is not None and _rank(best)[0]:
        return _html(best), text_at(found, "summary") if summary.get("value") != best.get("value") else None
    if _is_markup(summary):
        return _html(summary), None
    return _html(summary), text_at(found, "summary")


def _rank(content: Parsed) -> tuple[bool, bool, int]:
    """Readable before other media, markup before plain text, then the longest."""
    kind, value = content.get("type"), content.get("value") or ""
    return kind in _READABLE and bool(value.strip()), kind in _MARKUP, len(value)


def _html(detail: Parsed) -> str | None:
    """The text as HTML; what feedparser takes for markup because RSS may hold it often has none."""
    value = whole(detail.get("value") or "").strip()
    if _is_markup(detail):
        return value
    return paragraphs(unescape(value) if detail.get("type") in _MARKUP else value) or None


def _is_markup(detail: Parsed) -> bool:
    return detail.get("type") in _MARKUP and bool(_TAG.search(detail.get("value") or ""))


def _authors(found: Parsed) -> tuple[str, ...]:
    """Names, else addresses; feedparser keeps one text where it could not tell them apart."""
    one = _person(text_at(found, "author") or "") if len(listed(found, "authors")) == 1 else None
    if one is not None:
        return (one,)
    named = [person.get("name") or person.get("email") for person in listed(found, "authors")]
    return scalars(named) or scalars(dict.get(found, "author"))


def _person(said: str) -> str | None:
    """The name in ``ann@a.example (Ann)`` and ``Ann <ann@a.example>``, else the address; None for others.

    feedparser takes the end of an address for a name where its last part has more than four letters.
    """
    for form in _PEOPLE:
        match = form.fullmatch(said)
        if match:
            return match[1].strip() or None
    return None


def _inherited_authors(parsed: Parsed) -> tuple[str, ...]:
    """An Atom feed's authors, who are its entries' unless those name their own (RFC 4287 §4.2.1)."""
    return _authors(parsed.feed) if (parsed.get("version") or "").startswith("atom") else ()
