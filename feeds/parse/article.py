"""An article's own page, or a JSON answer about it → its body, by the expressions of its rule or ``auto``."""

from __future__ import annotations

from typing import Any

import jmespath  # type: ignore[import-untyped]
from jmespath.exceptions import JMESPathError  # type: ignore[import-untyped]
from lxml.html import HtmlElement
from parsel import Selector

from feeds.errors import NotAFeed
from feeds.model import Detail, Payload
from feeds.parse.article_pages import next_page
from feeds.parse.decoding import json_of, scalar, scalars, text_of_body, whole
from feeds.parse.extraction import extract_from
from feeds.parse.extraction_blocks import blocks_of, tidied
from feeds.parse.extraction_html import inner_html
from feeds.parse.extraction_tree import drop, page_tree, resolve_addresses, use_noscript_images
from feeds.parse.instead import refusal
from feeds.parse.metadata import Metadata, metadata_of
from feeds.parse.page import page_of
from feeds.parse.paywall import amount_of, says_stub, stub_below
from feeds.parse.selectors import LINK, MOMENT, PICTURE, every, first, html_of, is_element, select
from feeds.parse.shells import has_nothing
from feeds.parse.walls import is_login, is_maintenance, wall_on
from feeds.told import ArticleRule
from feeds.urls import resolve

_BROKEN_RULE = (JMESPathError, ValueError, TypeError, RecursionError)
_IN_JSON = "content_html || content.rendered || content || body || html || text"
"""Where ``auto`` looks for the body in a JSON answer: JSON Feed's name, WordPress's, and plain ones."""


def parse_article(rule: ArticleRule, payload: Payload) -> Detail:
    """What an article's page says of it.

    Raises :class:`BotWall` for a wall, and :class:`NotAFeed` for login and maintenance pages, for a broken
    expression, and where there is no text of an article.
    """
    return _read(rule, payload)[0]


def extracted_line(input: str, payload: Payload) -> dict[str, Any]:  # noqa: A002 (the line's own word)
    """What ``auto`` sees in a page, as ``feedmill extract`` tells it; raises like :func:`parse_article`."""
    detail, text = _read(ArticleRule(), payload)
    return {
        "input": input,
        "title": detail.title,
        "published": detail.published,
        "authors": list(detail.authors),
        "image": detail.image,
        "language": detail.language,
        "text": text,
        "html": detail.content,
    }


def _read(rule: ArticleRule, payload: Payload) -> tuple[Detail, str]:
    """The detail, and its body as text."""
    if _is_json(payload):
        return _from_json(rule, payload)
    _refuse_walls(payload)
    return _from_page(rule, payload)


def _is_json(payload: Payload) -> bool:
    start = text_of_body(payload).lstrip()[:1]
    return start in ("{", "[") or ("json" in payload.media_type and start != "<")


def _refuse_walls(payload: Payload) -> None:
    page = page_of(payload.body)
    if page is not None and (wall_on(page) or is_login(page) or is_maintenance(page)):
        raise refusal(payload.body, "an article")


def _from_json(rule: ArticleRule, payload: Payload) -> tuple[Detail, str]:
    document = json_of(payload)
    expression = _IN_JSON if rule.content == "auto" else rule.content
    found = _search(document, "content", expression)
    if not isinstance(found, str) or not found.strip():
        raise NotAFeed(f"JSON without a text in {expression!r}")
    html, text = _without(rule, whole(found))
    detail = Detail(
        content=html,
        title=scalar(_search(document, "title", rule.title)),
        authors=scalars(_search(document, "authors", rule.authors)),
        published=scalar(_search(document, "published", rule.published)),
        image=resolve(payload.url, scalar(_search(document, "image", rule.image))),
        more=resolve(payload.url, scalar(_search(document, "next", rule.next))),
        whole=not says_stub(text[-500:]),
    )
    return detail, text


def _search(document: object, name: str, expression: str | None) -> object:
    try:
        return None if expression is None else jmespath.search(expression, document)
    except _BROKEN_RULE as error:
        raise NotAFeed(f"{name} expression {expression!r}: {error}") from error


def _without(rule: ArticleRule, html: str) -> tuple[str, str]:
    """The HTML without what the rule removes, otherwise as it is, and its text."""
    tree = page_tree(html)
    if rule.remove:
        _remove(rule, Selector(root=tree, type="html"))
        html = inner_html(tree)
    return html, _text(tree)


def _from_page(rule: ArticleRule, payload: Payload) -> tuple[Detail, str]:
    tree = page_tree(text_of_body(payload))
    told = metadata_of(tree)
    stub = stub_below(tree, told)
    resolve_addresses(tree, payload.url)
    page = Selector(root=tree, type="html")
    said = _fields(rule, page, told, payload.url)
    _remove(rule, page)
    html, text = _body(rule, page, told, payload.url)
    if has_nothing(told.title, text) or (not text.strip() and "<img" not in html):
        where = "" if rule.content == "auto" else f" in {rule.content!r}"
        raise NotAFeed(f"no article text found{where}: {refusal(payload.body, 'an article')}")
    return Detail(content=html, whole=amount_of(text) >= stub, **said), text


def _fields(rule: ArticleRule, page: Selector, told: Metadata, url: str) -> dict[str, Any]:
    """The fields beside the body: by their expressions, else what the page tells of itself."""
    image = _found(page, "image", rule.image, PICTURE) if rule.image else told.image
    more = _found(page, "next", rule.next, LINK) if rule.next else next_page(page.root, url)
    return {
        "title": _found(page, "title", rule.title) if rule.title else told.title,
        "authors": _authors(page, rule.authors) if rule.authors else told.authors,
        "published": _found(page, "published", rule.published, MOMENT) if rule.published else told.published,
        "updated": told.updated,
        "image": resolve(url, image),
        "summary": told.summary,
        "language": told.language,
        "more": _other(resolve(url, more), url),
    }


def _found(page: Selector, name: str, expression: str, attributes: tuple[str, ...] = ()) -> str | None:
    try:
        return first(page, expression, attributes)
    except ValueError as error:
        raise NotAFeed(f"{name} expression: {error}") from error


def _authors(page: Selector, expression: str) -> tuple[str, ...]:
    try:
        return every(page, expression)
    except ValueError as error:
        raise NotAFeed(f"authors expression: {error}") from error


def _other(address: str | None, url: str) -> str | None:
    """``address`` unless it is a place on the page itself."""
    return None if address is None or address.partition("#")[0] == url.partition("#")[0] else address


def _remove(rule: ArticleRule, page: Selector) -> None:
    for expression in rule.remove:
        try:
            found = select(page, expression)
        except ValueError as error:
            raise NotAFeed(f"remove expression: {error}") from error
        for part in found:
            if is_element(part):
                drop(part.root)


def _body(rule: ArticleRule, page: Selector, told: Metadata, url: str) -> tuple[str, str]:
    """The body's HTML and text."""
    if rule.content == "auto":
        extracted = extract_from(page.root, url, told)
        return extracted.html, extracted.text
    use_noscript_images(page.root)
    try:
        html = html_of(page, rule.content) or ""
    except ValueError as error:
        raise NotAFeed(f"content expression: {error}") from error
    return html, _text(page_tree(html)) if html else ""


def _text(tree: HtmlElement) -> str:
    return "\n".join(block.text for block in blocks_of(tidied(tree)))
