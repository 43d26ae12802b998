"""What is sent for a source: who we are, the validators, and what is meant for its own host only."""

from __future__ import annotations

from base64 import b64encode
from importlib.metadata import version
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from feeds.errors import UnsafeURL
from feeds.fetch.decoding import ACCEPT_ENCODING
from feeds.fetch.secrets import SECRET, Secrets
from feeds.model import Validators
from feeds.told import Source

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/json;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.5"
)
Fields = list[tuple[bytes, bytes]]
_US = f"feedmill/{version('feedmill')}"
_KEEPS_METHOD = frozenset({307, 308})


class Ask(NamedTuple):
    """A request to be made: ``private`` headers and the body go to ``home`` only."""

    method: str
    url: str
    public: Fields
    private: Fields
    body: bytes | None
    home: tuple[str, str, int]

    @property
    def fields(self) -> Fields:
        """The headers for where it goes now."""
        return self.public + self.private if is_home(self.url, self.home) else self.public

    def redirected(self, location: str, status: int) -> Ask:
        """The request that a redirect asks for; nothing private leaves the host it was meant for."""
        target = _without_credentials(self.url, location)
        if status not in _KEEPS_METHOD or self.method == "GET":
            kept = self.private if self.body is None else _without_content(self.private)
            return self._replace(method="GET", url=target, private=kept, body=None)
        if not is_home(target, self.home):
            raise UnsafeURL(f"{self.url}: it redirects a {self.method} to another host, {target}")
        return self._replace(url=target)


def ask(url: str, validators: Validators, source: Source, secrets: Secrets) -> Ask:
    """The first request for ``url`` by the policy of ``source``.

    Raises SecretMissing.
    """
    url = _revealed(url, source, secrets)
    public = [(b"user-agent", user_agent(source).encode("latin-1", "replace"))]
    own = {name.lower() for name in source.headers}
    defaults = (("accept", ACCEPT), ("accept-encoding", ACCEPT_ENCODING))
    public += [(name.encode(), value.encode()) for name, value in defaults if name not in own]
    private = _private(source, secrets)
    body = None
    if source.method == "GET":
        public += conditions(validators)
    elif url == secrets.reveal(source.url):
        body = secrets.reveal(source.body or "").encode()
    else:
        private = _without_content(private)
    method = source.method if body is not None else "GET"
    return Ask(method, url, public, private, body, _home(secrets.reveal(source.url)))


def user_agent(source: Source) -> str:
    """Who we are, with an address to complain to."""
    return source.user_agent or (f"{_US} (+{source.contact})" if source.contact else _US)


def conditions(validators: Validators) -> Fields:
    """The validators as they came, byte for byte: latin-1 has a character for each byte."""
    named = ((b"if-none-match", validators.etag), (b"if-modified-since", validators.last_modified))
    return [(name, value.encode("latin-1")) for name, value in named if value]


def is_home(url: str, home: tuple[str, str, int]) -> bool:
    """Whether an address is on the host that private headers are meant for; https may stand for http."""
    scheme, host, port = _home(url)
    if (scheme, host, port) == home:
        return True
    return (scheme, host, port) == ("https", home[1], 443) and home[0] == "http" and home[2] == 80


def _revealed(url: str, source: Source, secrets: Secrets) -> str:
    """``url`` with the secrets that the source's own address names, on its own host.

    Any other address is a publisher's word (a redirect, a link): what names a secret there reveals nothing.
    """
    known = set(SECRET.findall(url)) <= set(SECRET.findall(source.url))
    return secrets.reveal(url) if known and is_home(url, _home(source.url)) else url


def _without_content(fields: Fields) -> Fields:
    """Without the headers that speak of a body (RFC 9110 §15.4), for a GET that has none."""
    return [(name, value) for name, value in fields if not name.startswith(b"content-")]


def _private(source: Source, secrets: Secrets) -> Fields:
    fields = [
        (name.lower().encode(), secrets.reveal(value).encode("utf-8"))
        for name, value in source.headers.items()
    ]
    if source.cookies:
        pairs = (f"{name}={secrets.reveal(value)}" for name, value in source.cookies.items())
        fields.append((b"cookie", "; ".join(pairs).encode()))
    if source.auth is not None:
        fields.append((b"authorization", b"Basic " + b64encode(secrets.reveal(source.auth).encode())))
    return fields


def _home(url: str) -> tuple[str, str, int]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return "", "", 0


def _without_credentials(url: str, location: str) -> str:
    try:
        parts = urlsplit(urljoin(url, location))
    except ValueError as error:
        raise UnsafeURL(f"{url}: it redirects to {location!r}: {error}") from error
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl()
