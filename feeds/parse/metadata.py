"""What a page says of its article beside the body: title, authors, dates, image, language.

JSON-LD (schema.org) is asked first, then OpenGraph, then other meta elements, then the page's own markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from lxml.html import HtmlElement

from feeds.parse.linked import article_of, names_of, text_in, url_in
from feeds.parse.metadata_names import (
    AUTHORS,
    DATES_ON_PAGE,
    IMAGES,
    LABELS_OF_DATES,
    LANGUAGES,
    NAMES_ON_PAGE,
    PUBLISHED,
    SUMMARIES,
    TITLES,
    UPDATED,
)

_BLANKS = re.compile(r"\s+")
_BY = re.compile(
    r"^(?:(?:(?:written |posted |published )?by|von|por|par)(?:\s*:\s*|\s+)"
    r"|(?:作者|记者|撰文|編輯|编辑|文)\s*[:：/|]\s*)",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*(?:;|；|、|\||\band\b(?=\s+[A-Z])|,\s+(?=\w+\s+\w))\s*")
_ADDRESS = re.compile(r"^(?:https?:)?//|^@|^www\.", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s+[|\-–—·»:•/\\]+\s+|[|_｜»]|(?<=[\u3040-\u9fff])[-–—](?=\S)")
_DATE = re.compile(
    r"20\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?(?:[T\s]*\d{1,2}[:：]\d\d(?:[:：]\d\d)?)?"
)
_DATED = re.compile(
    r"\W*(?:\d{1,2}(?:st|nd|rd|th)?\s)?(?:20\d\d\b|\b\w{3,9}\.? 20\d\d|\w{3} \d{1,2}, 20\d\d).*$"
)
_TELLING = 12
_LONGEST_BYLINE = 120
_LONGEST_LABEL = 200
_MOST_LABELS = 200


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page says of its article, in its own words; ``body`` is JSON-LD's articleBody.

    ``paid`` is that schema.org's isAccessibleForFree is false, ``behind`` selectors of what that holds for.
    """

    title: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    updated: str | None = None
    image: str | None = None
    summary: str | None = None
    language: str | None = None
    url: str | None = None
    site: str | None = None
    body: str | None = None
    paid: bool = False
    behind: tuple[str, ...] = ()


def metadata_of(page: HtmlElement) -> Metadata:
    """What the parsed ``page`` says of its article, each field by the best of its sources."""
    meta = _meta(page)
    linked = article_of(page)
    site = meta.get("og:site_name")
    return Metadata(
        title=_headline(page, linked) or _first(meta, TITLES) or _title(page, site),
        authors=_authors(page, meta, linked),
        published=text_in(linked, "datePublished", "dateCreated", "uploadDate")
        or _first(meta, PUBLISHED)
        or _date(page),
        updated=text_in(linked, "dateModified") or _first(meta, UPDATED),
        image=url_in(linked.get("image")) or url_in(linked.get("thumbnailUrl")) or _first(meta, IMAGES),
        summary=text_in(linked, "description") or _first(meta, SUMMARIES),
        language=text_in(linked, "inLanguage") or _language(page, meta),
        url=_only(page.xpath('.//link[@rel="canonical"]/@href')) or meta.get("og:url"),
        site=site or text_in(linked.get("publisher"), "name"),
        body=text_in(linked, "articleBody", "text", lines=True),
        **_payment(linked),
    )


def clean_text(text: object) -> str:
    """``text`` with references and runs of blanks resolved."""
    return _BLANKS.sub(" ", unescape(str(text))).strip()


def _meta(page: HtmlElement) -> dict[str, str]:
    """The first content of each meta element, by its name, property or itemprop in lower case."""
    found: dict[str, str] = {}
    for element in page.iter("meta"):
        content = clean_text(element.get("content") or "")
        named = (element.get(key) for key in ("property", "name", "itemprop", "http-equiv"))
        for name in " ".join(filter(None, named)).lower().replace("dc:", "dc.").split():
            if content:
                found.setdefault(name, content)
    return found


def _first(meta: dict[str, str], names: Iterable[str]) -> str | None:
    return next((meta[name] for name in names if name in meta), None)


def _only(values: list[Any]) -> str | None:
    return next((text for value in values if (text := clean_text(value))), None)


def _headline(page: HtmlElement, linked: dict[str, Any]) -> str | None:
    """JSON-LD's headline, unless it is the name that the page has as its title (Wikipedia)."""
    headline, name = text_in(linked, "headline"), text_in(linked, "name")
    if headline is None or name is None:
        return headline or name
    title = _only(page.xpath(".//title/text()")) or ""
    return name if name in title and headline not in title else headline


def _title(page: HtmlElement, site: str | None) -> str | None:
    """The title element without the site's name, or the one heading that is in it."""
    title = _only(page.xpath(".//head/title/text()") or page.xpath(".//title/text()"))
    headings = [text for heading in page.iter("h1") if (text := clean_text(heading.text_content()))]
    if title is None:
        return headings[0] if headings else None
    inside = [heading for heading in headings if heading in title]
    if inside:
        return max(inside, key=len)
    parts = _SEPARATOR.split(title)
    if len(parts) == 1:
        return title
    if site and parts[-1].strip().lower() == site.lower():
        return title[: title.rfind(parts[-1])].rstrip(" |-–—·»:•/\\_｜")
    first = parts[0].strip()
    return first if len(first) >= _TELLING else max((part.strip() for part in parts), key=len) or title


def _authors(page: HtmlElement, meta: dict[str, str], linked: dict[str, Any]) -> tuple[str, ...]:
    named = tuple(_names(names_of(linked.get("author")) or names_of(linked.get("creator"))))
    if named:
        return named
    for key in AUTHORS:
        if key in meta and (names := tuple(_names((meta[key],)))):
            return names
    for path in NAMES_ON_PAGE:
        names = tuple(_names(clean_text(element.text_content()) for element in page.xpath(path)[:3]))
        if names:
            return names
    return ()


def _names(said: Iterable[str]) -> Iterator[str]:
    """The names in bylines, each once; addresses and whole sentences are none."""
    seen: set[str] = set()
    for text in said:
        byline = _DATED.sub("", _BY.sub("", clean_text(text)))
        for name in _AND.split(byline if len(byline) <= _LONGEST_BYLINE else ""):
            if name and not _ADDRESS.search(name) and name.lower() not in seen:
                seen.add(name.lower())
                yield name


def _date(page: HtmlElement) -> str | None:
    for path in DATES_ON_PAGE:
        if (found := _only(page.xpath(path))) is not None:
            return found
    for element in page.xpath(LABELS_OF_DATES)[:_MOST_LABELS]:
        text = clean_text(element.text_content()) if len(element) < 10 else ""
        if len(text) <= _LONGEST_LABEL and (date := _DATE.search(text)):
            return date[0]
    return None


def _language(page: HtmlElement, meta: dict[str, str]) -> str | None:
    said = (page.get("lang") or page.get("xml:lang") or "").strip()
    return said or (_first(meta, LANGUAGES) or "").replace("_", "-") or None


def _payment(linked: dict[str, Any]) -> dict[str, Any]:
    """Whether, and where on the page, the article is for those who pay."""
    parts = linked.get("hasPart")
    listed = [part for part in (parts if isinstance(parts, list) else [parts]) if isinstance(part, dict)]
    closed = [part for part in listed if _is_false(part.get("isAccessibleForFree"))]
    selectors = (text_in(part, "cssSelector") for part in closed)
    return {
        "paid": _is_false(linked.get("isAccessibleForFree")) or bool(closed),
        "behind": tuple(selector for selector in selectors if selector),
    }


def _is_false(value: object) -> bool:
    return value is False or (isinstance(value, str) and value.strip().lower() in ("false", "no", "0"))
