"""What single values of a catalogue may look like; each message says what is wrong and the fix.

Messages continue a sentence that begins with the key and the value: ``every = "5x" is no duration …``.
"""

from __future__ import annotations

import math
import re
import zoneinfo
from ipaddress import ip_network
from typing import Annotated

import jmespath  # type: ignore[import-untyped]
import re2  # type: ignore[import-untyped]
from cssselect import SelectorError
from jmespath.exceptions import JMESPathError  # type: ignore[import-untyped]
from lxml import etree
from parsel.csstranslator import HTMLTranslator
from pydantic import AfterValidator, BeforeValidator, Field

from feeds.durations import seconds_in
from feeds.urls import is_http

FIELDS = (
    "guid",
    "url",
    "title",
    "published",
    "updated",
    "authors",
    "tags",
    "summary",
    "content",
    "image",
    "language",
    "medium",
    "category",
    "name",
)
"""The fields of an entry that a list's rule may fill."""

_LONGEST = 36_500 * 86_400.0
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_HOLE = re.compile(r"\{[^{}]+\}")
_XPATH = ("/", "./", "(", "xpath:")
_INVISIBLE = re.compile(r"[\x00-\x20\x7f]")


def seconds_of(value: object) -> float:
    """Seconds of a duration such as 90s, 15m, 2h 30m, 2d, 500ms, or of plain seconds."""
    seconds = _plain_seconds(value) if not isinstance(value, str) else seconds_in(value)
    if seconds is None:
        raise ValueError('is not a duration; write it like "90s", "15m", "24h", "2d" or "500ms"')
    if not seconds <= _LONGEST:
        raise ValueError("is longer than a century; write less")
    return seconds


def _plain_seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if value < 0 or (isinstance(value, float) and math.isnan(value)):
        return None
    return float(min(value, _LONGEST * 2))


def _above_zero(seconds: float) -> float:
    if seconds <= 0:
        raise ValueError('is no time at all; write at least "1s"')
    return seconds


def _identifier(value: str) -> str:
    if not _ID.fullmatch(value):
        raise ValueError(
            "cannot be an id; use up to 100 of A-Z a-z 0-9 . _ - and begin with a letter or digit"
        )
    return value


def check_http(url: str) -> str:
    """``url`` if it can be asked for over HTTP: absolute, with a host, a sane port, no blanks."""
    if _INVISIBLE.search(url) or not is_http(url):
        raise ValueError(
            "is not an http(s) address; write it like https://example.com/feed.xml, its port from 1 to 65535"
        )
    return url


def _site_url(url: str) -> str:
    check_http(url)
    if "?" in url or "#" in url:
        raise ValueError("has a ? or #; write only scheme, host and path")
    return url.rstrip("/")


def _url_template(template: str) -> str:
    _template(template)
    if not _HOLE.search(template):
        raise ValueError("has no {field} in it, so that every article would have the same address")
    if not template.startswith("{"):
        check_http(_HOLE.sub("x", template))
    return template


def _template(template: str) -> str:
    if re.search(r"[{}]", _HOLE.sub("", template)):
        raise ValueError("has a { or } without its other half; write fields like {guid}")
    return template


def check_expression(expression: str) -> str:
    """``expression`` if it is JMESPath."""
    try:
        jmespath.compile(expression)
    except (JMESPathError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split()) or "too deep"
        raise ValueError(f"is not a JMESPath expression: {reason}") from error
    return expression


def check_selector(expression: str) -> str:
    """``expression`` if it is CSS (with ::text and ::attr()), or XPath where it begins like one."""
    try:
        if expression.startswith(_XPATH):
            etree.XPath(expression.removeprefix("xpath:"))
        else:
            HTMLTranslator().css_to_xpath(expression)
    except (etree.XPathError, SelectorError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"is neither a CSS selector nor XPath: {reason}") from error
    return expression


def check_pattern(pattern: str) -> str:
    """``pattern`` if it is RE2."""
    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else error
        raise ValueError(f"is not an RE2 pattern: {reason}") from error
    return pattern


def _timezone(name: str) -> str:
    try:
        zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError('is not a time zone; write it like "Asia/Shanghai" or "UTC"') from error
    return name


def _language(tag: str) -> str:
    if not _LANGUAGE.fullmatch(tag):
        raise ValueError('is not a language tag; write it like "en" or "zh-CN"')
    return tag


def _network(value: str) -> str:
    try:
        return str(ip_network(value))
    except ValueError as error:
        raise ValueError('is not a network; write it like "127.0.0.0/8" or "10.1.2.3"') from error


def _contact(value: str) -> str:
    if not (value.isascii() and value.isprintable()):
        raise ValueError("cannot stand in a header; use plain ASCII: a URL or an e-mail address")
    return value


def _said(value: str) -> str:
    if not value.strip():
        raise ValueError("is empty; write something or leave the key out")
    return value


Duration = Annotated[float, BeforeValidator(seconds_of)]
Interval = Annotated[float, BeforeValidator(seconds_of), AfterValidator(_above_zero)]
Count = Annotated[int, Field(ge=1, le=1000)]
Identifier = Annotated[str, AfterValidator(_identifier)]
SiteUrl = Annotated[str, AfterValidator(_site_url)]
UrlTemplate = Annotated[str, AfterValidator(_url_template)]
Template = Annotated[str, AfterValidator(_template)]
Expression = Annotated[str, AfterValidator(check_expression)]
Pattern = Annotated[str, AfterValidator(check_pattern)]
Timezone = Annotated[str, AfterValidator(_timezone)]
Language = Annotated[str, AfterValidator(_language)]
Network = Annotated[str, AfterValidator(_network)]
Contact = Annotated[str, AfterValidator(_contact)]
Said = Annotated[str, AfterValidator(_said)]
