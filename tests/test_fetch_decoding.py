"""Content-Encoding undone in bounded steps."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import BadEncoding
from feeds.fetch.decoding import decode

STEP = 65536


def raw(content: bytes) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(content) + compressor.flush()


def split(content: bytes, size: int) -> Iterator[bytes]:
    return (content[start : start + size] for start in range(0, len(content), size))


def decoded(content: bytes, encoding: str, size: int = STEP) -> bytes:
    return b"".join(decode(split(content, size), encoding))


FORMS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", raw),
]
each_form = pytest.mark.parametrize(("encoding", "compress"), FORMS, ids=["gzip", "zlib", "raw deflate"])


@each_form
@given(content=st.binary(max_size=2000), repeat=st.integers(1, 300), size=st.integers(1, 3000))
def test_any_bytes_in_any_chunks_come_back(
    encoding: str, compress: Callable[[bytes], bytes], content: bytes, repeat: int, size: int
) -> None:
    content *= repeat
    assert decoded(compress(content), encoding, size) == content


@each_form
@pytest.mark.parametrize("over", [-1, 0, 1, 2, 257, 258, 259])
def test_a_body_that_ends_about_a_step_is_whole(
    encoding: str, compress: Callable[[bytes], bytes], over: int
) -> None:
    content = bytes(STEP + over)
    assert decoded(compress(content), encoding) == content


@each_form
def test_pieces_are_small_however_much_is_in_them(encoding: str, compress: Callable[[bytes], bytes]) -> None:
    pieces = decode([compress(bytes(3_000_000))], encoding)
    assert max(len(piece) for piece in pieces) <= STEP


@each_form
@given(content=st.binary(min_size=1, max_size=500), data=st.data())
def test_what_ends_too_early_is_refused(
    encoding: str, compress: Callable[[bytes], bytes], content: bytes, data: st.DataObject
) -> None:
    whole = compress(content)
    kept = data.draw(st.integers(1, len(whole) - 1))
    with pytest.raises(BadEncoding, match=r"ends too early|broken"):
        decoded(whole[:kept], encoding)


@pytest.mark.parametrize("size", [1, 2, 3, 7, STEP])
def test_several_gzip_members_are_one_body_wherever_the_chunks_end(size: int) -> None:
    members = b"".join(gzip.compress(text) for text in (b"one ", b"", b"two ", b"three"))
    assert decoded(members, "gzip", size) == b"one two three"


@pytest.mark.parametrize("garbage", [b"\0" * 40, b"\0\0junk", b"\r\n", b"<!-- cached -->", b"\x1f"])
@pytest.mark.parametrize("size", [1, 20, STEP], ids=lambda size: f"chunks of {size}")
def test_garbage_after_the_last_member_is_ignored_wherever_the_chunks_end(garbage: bytes, size: int) -> None:
    assert decoded(gzip.compress(b"body") + garbage, "gzip", size) == b"body"


def test_garbage_that_begins_a_chunk_of_its_own_is_ignored() -> None:
    assert b"".join(decode([gzip.compress(b"body"), b"\0\0\0\0"], "gzip")) == b"body"


@pytest.mark.parametrize(
    "body",
    [b"<rss/>", b"\x1f\x8bno gzip at all", b"\x78\x9cnot zlib either", b"{}"],
    ids=["plain text", "gzip's magic only", "zlib's magic only", "json"],
)
def test_what_is_not_compressed_is_refused(body: bytes) -> None:
    with pytest.raises(BadEncoding):
        decoded(body, "gzip")


@pytest.mark.parametrize("encoding", ["", "identity", " , ", "Identity"])
def test_what_is_not_encoded_passes(encoding: str) -> None:
    assert decoded(b"as it is", encoding) == b"as it is"


@pytest.mark.parametrize("encoding", ["GZIP", "x-gzip", "gzip, identity", " gzip "])
def test_encodings_are_names_without_case(encoding: str) -> None:
    assert decoded(gzip.compress(b"body"), encoding) == b"body"


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "deflate, gzip", "nonsense"])
def test_what_was_not_asked_for_is_refused_with_its_name(encoding: str) -> None:
    with pytest.raises(BadEncoding, match=encoding):
        decoded(gzip.compress(gzip.compress(b"body")), encoding)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", ""])
def test_an_empty_body_is_empty(encoding: str) -> None:
    assert list(decode([], encoding)) == []
