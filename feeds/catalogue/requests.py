"""What the parts of a request may look like; messages continue a sentence, as in values.py.

They never hold the value: it may be a password.
"""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from feeds.catalogue.secrets import SECRET, stand_in
from feeds.catalogue.values import check_http
from feeds.told import Scope
from feeds.urls import is_http

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A header's or cookie's name (RFC 9110 §5.6.2)."""

METHODS = ("GET", "POST")

_COOKIE = re.compile(r'"?[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*"?')
_USERINFO = re.compile(r"[^/?#]*//[^/?#]*@")
_HOST_ENDS = re.compile(r"[^/?#]*//[^/?#]+[/?#]")
_INVISIBLE = re.compile(r"[\x00-\x20\x7f]")
_CONNECTION = "belongs to the connection, which is not yours to say; leave it out"
_CONDITION = "is said by what the last fetch brought; leave it out"

REFUSED_HEADERS = {
    "host": "is that of the url; leave it out",
    **dict.fromkeys(("connection", "keep-alive", "te", "trailer", "upgrade", "expect"), _CONNECTION),
    **dict.fromkeys(("content-length", "transfer-encoding"), "is that of the body; leave it out"),
    "accept-encoding": "is what can be decoded here; leave it out",
    **dict.fromkeys(("if-none-match", "if-modified-since"), _CONDITION),
    **dict.fromkeys(("if-match", "if-unmodified-since", "if-range"), _CONDITION),
    "range": "asks for a part, and a part is no document; leave it out",
    "referer": "would name a page that nobody came from; leave it out",
    "user-agent": "has a key of its own; use user_agent",
    "cookie": "has a key of its own; use cookies",
}
"""Headers that a source may not say, and why."""


def check_address(url: str) -> str:
    """``url`` if it can be asked for over HTTP once its secrets are known; its host is known now."""
    if _USERINFO.match(url):
        raise ValueError('has user:password@ in it; take it out and write auth = "user:${secret.NAME}"')
    secret = SECRET.search(url)
    if secret and not _HOST_ENDS.match(url[: secret.start()]):
        raise ValueError("has a secret in its scheme or host; write both out, secrets come after them")
    check_http(stand_in(url))
    return url


def check_template(template: str) -> str:
    """``template`` of an address unless it holds ``user:password@``."""
    if _USERINFO.match(template):
        raise ValueError("has user:password@ in it; take it out")
    return template


def _header_name(name: str) -> str:
    _name(name)
    if name.lower().startswith("proxy-"):
        raise ValueError("is for a proxy; use proxy")
    if reason := REFUSED_HEADERS.get(name.lower()):
        raise ValueError(reason)
    return name


def _name(name: str) -> str:
    if not TOKEN.fullmatch(name):
        raise ValueError("has a name that cannot be one; use A-Z a-z 0-9 - _ without blanks and colons")
    return name


def _header_value(value: str) -> str:
    if not (value.isascii() and value.isprintable()) or value != value.strip():
        raise ValueError("cannot stand in a header; use plain ASCII in one line, no blanks around it")
    return value


def _user_agent(value: str) -> str:
    if not value:
        raise ValueError("is empty; write something or leave the key out")
    return _header_value(value)


def _once(headers: dict[str, str]) -> dict[str, str]:
    if len({name.lower() for name in headers}) < len(headers):
        raise ValueError("has one name twice, but for case; leave one of the two out")
    return headers


def _cookie_value(value: str) -> str:
    if not _COOKIE.fullmatch(value) or (value.startswith('"') != value.endswith('"')) or value == '"':
        raise ValueError('cannot be a cookie; use plain ASCII without blanks , ; \\ and "')
    return value


def _auth(value: str) -> str:
    if ":" not in value or not value.isprintable():
        raise ValueError('is not of the form "user:password", in one line; write "user:${secret.NAME}"')
    return value


def _proxy(value: str) -> str:
    if not _is_proxy(stand_in(value)) or SECRET.search(value.rpartition("@")[2]):
        raise ValueError(
            'is not a proxy; write it like "http://proxy.example:3128", '
            'or "http://user:${secret.NAME}@proxy.example:3128"'
        )
    return value


def _is_proxy(url: str) -> bool:
    # TLS to the proxy around TLS to the publisher has waits that no deadline of ours reaches.
    if _INVISIBLE.search(url) or not url.isascii() or not is_http(url) or not url.startswith("http://"):
        return False
    parts = urlsplit(url)
    return bool(parts.port) and parts.path in ("", "/") and not (parts.query or parts.fragment)


def _method(value: str) -> str:
    if value not in METHODS:
        raise ValueError('is not a method that is used here; write "GET" or "POST"')
    return value


def _scope(value: object) -> Scope:
    try:
        return Scope(value)  # type: ignore[arg-type]  # what is no text is no scope, and says so below
    except ValueError as error:
        raise ValueError(f"is no scope; the scopes are {', '.join(Scope)}") from error


HeaderName = Annotated[str, AfterValidator(_header_name)]
HeaderValue = Annotated[str, AfterValidator(_header_value)]
Headers = Annotated[dict[HeaderName, HeaderValue], AfterValidator(_once)]
CookieName = Annotated[str, AfterValidator(_name)]
CookieValue = Annotated[str, AfterValidator(_cookie_value)]
Auth = Annotated[str, AfterValidator(_auth)]
Proxy = Annotated[str, AfterValidator(_proxy)]
UserAgent = Annotated[str, AfterValidator(_user_agent)]
Method = Annotated[str, AfterValidator(_method)]
RetryAfter = Annotated[Scope, BeforeValidator(_scope)]
Port = Annotated[int, Field(ge=1, le=65535)]
