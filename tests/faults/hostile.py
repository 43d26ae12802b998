"""Publishers that mean harm: bombs, bodies and heads without end, redirects to nowhere; what they cost."""

from __future__ import annotations

import gzip
import os
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import brotli  # type: ignore[import-untyped]
import zstandard

from tests.origin import Origin, Response
from tests.processes import descendants
from tests.raw_server import HEAD, Script, always, dripping, raw_server

MIB = 2**20
_GIGABYTE = 1024
_PLAIN_LENGTH = 100 * MIB
_ZSTD_WINDOW = 23
"""The largest window that is accepted (RFC 9659): 8 MiB, all of which a bomb makes us hold."""
_REDIRECTS = 6
"""One more than are followed."""
_MANY_HEADERS = 20_000


class Hostile(NamedTuple):
    """A source that means harm: what is to be said of it, and whether that takes the whole deadline."""

    url: str
    error: str
    message: str
    slow: bool = False


class _Attack(NamedTuple):
    script: Callable[[], Script]
    error: str
    message: str
    slow: bool = False


@contextmanager
def hostile_sources() -> Iterator[Mapping[str, Hostile]]:
    """All of them by name, each on a port of its own, while they serve."""
    with ExitStack() as servers:
        found = {
            name: Hostile(servers.enter_context(raw_server(attack.script())), *attack[1:])
            for name, attack in _ATTACKS.items()
        }
        origin = servers.enter_context(Origin())
        yield found | _mazes(origin)


# ── bombs ───────────────────────────────────────────────────────────────────────────────────────


def _zeros() -> Iterator[bytes]:
    return (bytes(MIB) for _ in range(_GIGABYTE))


def gzip_bomb() -> bytes:
    """1 GB of zeros in 1 MB."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(map(compressor.compress, _zeros())) + compressor.flush()


def brotli_bomb() -> bytes:
    """1 GB of zeros in 1 KB, by a window of 16 MiB."""
    compressor = brotli.Compressor(quality=4, lgwin=24)
    return b"".join(map(compressor.process, _zeros())) + bytes(compressor.finish())


def zstd_bomb() -> bytes:
    """1 GB of zeros in 32 KB, by the largest window that is accepted."""
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=_ZSTD_WINDOW)
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    return b"".join(map(compressor.compress, _zeros())) + compressor.flush()


def _encoded(label: str, body: Callable[[], bytes]) -> Script:
    content = body()
    head = HEAD + f"Content-Encoding: {label}\r\nContent-Length: {len(content)}\r\n\r\n".encode()
    return always(head, content)


# ── without end ─────────────────────────────────────────────────────────────────────────────────


def _plain() -> Script:
    """Bytes that nothing makes smaller, in a block too long for the packer to remember."""
    block = os.urandom(MIB)
    head = HEAD + f"Content-Length: {_PLAIN_LENGTH}\r\n\r\n".encode()
    return always(head, *[block] * (_PLAIN_LENGTH // MIB))


def _endless(start: bytes, more: bytes) -> Script:
    """As fast as it is taken."""
    return dripping(start, [more], 0.0)


def _chunk(size: int, extension: bytes = b"") -> bytes:
    return b"%x%s\r\n%s\r\n" % (size, extension, b"x" * size)


_CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
_LINES = b"".join(b"X-Flood-%d: 1\r\n" % number for number in range(_MANY_HEADERS))
_UNREACHABLE = "RemoteProtocolError"
_TOO_LONG = "after decoding"
_TOO_MUCH = "on the wire"
_DEADLINE = "ReadTimeout"

_ATTACKS: dict[str, _Attack] = {
    "gzip": _Attack(partial(_encoded, "gzip", gzip_bomb), "TooLarge", _TOO_LONG),
    "gzip-in-gzip": _Attack(
        partial(_encoded, "gzip", lambda: gzip.compress(gzip_bomb())), "TooLarge", _TOO_LONG
    ),
    "brotli": _Attack(partial(_encoded, "br", brotli_bomb), "TooLarge", _TOO_LONG),
    "zstd": _Attack(partial(_encoded, "zstd", zstd_bomb), "TooLarge", _TOO_LONG),
    "plain": _Attack(_plain, "TooLarge", _TOO_MUCH),
    "chunks": _Attack(partial(_endless, _CHUNKED, _chunk(65536)), "TooLarge", _TOO_MUCH),
    "headers": _Attack(lambda: always(HEAD + _LINES + b"\r\n"), "Unreachable", _UNREACHABLE),
    "header-line": _Attack(partial(_endless, HEAD + b"X-Flood: ", b"x" * 65536), "Unreachable", _UNREACHABLE),
    "header-section": _Attack(partial(_endless, HEAD, b"X-Flood: 1\r\n" * 1000), "Unreachable", _UNREACHABLE),
    "drops": _Attack(partial(dripping, HEAD + b"\r\n", [b"x"], 1.0), "Unreachable", _DEADLINE, slow=True),
    "header-drops": _Attack(partial(dripping, HEAD, [b"x"], 1.0), "Unreachable", _DEADLINE, slow=True),
}


# ── redirects ───────────────────────────────────────────────────────────────────────────────────


def _mazes(origin: Origin) -> dict[str, Hostile]:
    origin.handler("/deep/", _deeper)
    for here, there in (("/a", "/b"), ("/b", "/a")):
        origin.set(here, bytes(MIB), status=302, headers={"Location": there})
    nowhere = "more than 5 redirects"
    return {
        "redirects": Hostile(f"{origin.url}/deep/{_REDIRECTS}", "BadStatus", nowhere),
        "redirect-loop": Hostile(f"{origin.url}/a", "BadStatus", "it redirects in a circle"),
    }


def _deeper(path: str, headers: Mapping[str, str]) -> Response:
    """A redirect to one less; a feed at the end of them all."""
    left = int(path.rpartition("/")[2])
    if not left:
        return Response(b"<rss version='2.0'><channel><title>T</title></channel></rss>")
    return Response(status=301, headers={"Location": f"/deep/{left - 1}"})


# ── memory ──────────────────────────────────────────────────────────────────────────────────────

_LOOK_EVERY = 0.05


class Footprint:
    """What a process and those below it take of memory, in bytes (proc_pid_smaps(5), Pss)."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.before = self.now = self.peak = self._measured()

    @property
    def growth(self) -> int:
        """The most it was above what it was at first."""
        return self.peak - self.before

    @property
    def kept(self) -> int:
        """How far it is above that now."""
        return self.now - self.before

    def look(self) -> None:
        """Measure once more."""
        self.now = self._measured()
        self.peak = max(self.peak, self.now)

    def __str__(self) -> str:
        return f"{self.before / MIB:.1f} MiB, at most {self.growth / MIB:+.1f}, now {self.kept / MIB:+.1f}"

    def _measured(self) -> int:
        return sum(map(_pss, [self._pid, *(child.pid for child in descendants(self._pid))]))


@contextmanager
def footprint_of(pid: int) -> Iterator[Footprint]:
    """Its footprint, looked at every 50 ms until exit."""
    found, over = Footprint(pid), threading.Event()

    def keep_looking() -> None:
        while not over.wait(_LOOK_EVERY):
            found.look()

    thread = threading.Thread(target=keep_looking)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()


def _pss(pid: int) -> int:
    """0 for a process that is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
