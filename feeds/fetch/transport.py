"""httpx' requests and answers over httpcore's connections, which go to vetted addresses only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from ssl import SSLContext
from urllib.parse import unquote_to_bytes

import httpcore
import httpx

from feeds.errors import Unreachable
from feeds.fetch.connections import Connections


class VettedTransport(httpx.BaseTransport):
    """A transport whose connections are made by ``backend`` alone, through a proxy if there is one.

    Raises Unreachable for whatever breaks on the way, and what the backend raises.
    """

    def __init__(
        self, ssl: SSLContext, backend: httpcore.NetworkBackend, *, proxy: str | None = None
    ) -> None:
        self._ssl = ssl
        self._backend = backend
        self._proxy = _proxy_of(proxy) if proxy is not None else None
        self._connections = Connections(ssl, backend)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The head of the answer; its body comes as ``response.stream`` is read."""
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _mapped():
            answer, done = self._sent(asked)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer, done))

    def close(self) -> None:
        """Give the sockets back."""
        self._connections.close()

    def _sent(self, asked: httpcore.Request) -> tuple[httpcore.Response, Callable[[], None]]:
        """The head of the answer, and what is to be done after its body."""
        if self._proxy is None:
            answer, connection = self._connections.send(asked)
            return answer, partial(self._connections.give_back, connection, asked.url.origin)
        # A pool for one request: httpcore's never forgets a tunnel whose TLS failed.
        address, credentials = self._proxy
        pool = httpcore.HTTPProxy(
            address, proxy_auth=credentials, ssl_context=self._ssl, network_backend=self._backend
        )
        try:
            return pool.handle_request(asked), pool.close
        except BaseException:
            pool.close()
            raise


class _Body(httpx.SyncByteStream):
    """The body as it comes from the wire."""

    def __init__(self, answer: httpcore.Response, done: Callable[[], None]) -> None:
        self._answer = answer
        self._done = done

    def __iter__(self) -> Iterator[bytes]:
        with _mapped():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        with _mapped():
            self._answer.close()
            self._done()


@contextmanager
def _mapped() -> Iterator[None]:
    try:
        yield
    except (
        httpcore.TimeoutException,
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.ProxyError,
        httpcore.UnsupportedProtocol,
        httpcore.ConnectionNotAvailable,
    ) as error:
        raise Unreachable(f"{type(error).__name__}: {error}") from error


def _proxy_of(proxy: str) -> tuple[str, tuple[bytes, bytes] | None]:
    """A proxy's address without its credentials, and those, whatever characters a password has."""
    scheme, _, rest = proxy.partition("://")
    userinfo, at, place = rest.rpartition("@")
    user, _, password = userinfo.partition(":")
    return f"{scheme}://{place}", (unquote_to_bytes(user), unquote_to_bytes(password)) if at else None
