"""Content-Encoding undone in bounded steps."""

from __future__ import annotations

import gzip
import json
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from random import Random
from string import ascii_letters

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard
from hypothesis import assume, given
from hypothesis import strategies as st

from feeds.errors import BadEncoding, TooLarge
from feeds.fetch.decoding import ACCEPT_ENCODING, decode
from feeds.fetch.layers import MOST_MEMBERS

STEP = 65536
LIMIT = 15 * 2**20
MIB = 2**20
Compress = Callable[[bytes], bytes]


def raw(content: bytes) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(content) + compressor.flush()


def br(content: bytes) -> bytes:
    return bytes(brotli.compress(content, quality=4))


def zstd(content: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(content)


def split(content: bytes, size: int) -> Iterator[bytes]:
    return (content[start : start + size] for start in range(0, len(content), size))


def decoded(content: bytes, encoding: str, size: int = STEP, limit: int = LIMIT) -> bytes:
    return b"".join(decode(split(content, size), encoding, limit=limit))


FORMS: list[tuple[str, Compress]] = [
    ("gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", raw),
    ("br", br),
    ("zstd", zstd),
]
NAMES = ["gzip", "zlib", "raw deflate", "br", "zstd"]
each_form = pytest.mark.parametrize(("encoding", "compress"), FORMS, ids=NAMES)
each_label = pytest.mark.parametrize("label", ["gzip", "x-gzip", "deflate", "br", "zstd"])


# ── what decodes ────────────────────────────────────────────────────────────────────────────────


@each_form
@given(content=st.binary(max_size=2000), repeat=st.integers(1, 300), size=st.integers(1, 3000))
def test_any_bytes_in_any_chunks_come_back(
    encoding: str, compress: Compress, content: bytes, repeat: int, size: int
) -> None:
    content = b"." + content * repeat  # so that it cannot begin like gzip or zstd itself
    assert decoded(compress(content), encoding, size) == content


@given(
    content=st.binary(max_size=2000), forms=st.tuples(*2 * [st.sampled_from(FORMS)]), size=st.integers(1, 999)
)
def test_two_layers_are_undone_last_first(
    content: bytes, forms: tuple[tuple[str, Compress], ...], size: int
) -> None:
    content = b"." + content
    (first, compress), (second, compress_again) = forms
    body = compress_again(compress(content))
    assert decoded(body, f"{first}, {second}", size) == content


@each_form
@pytest.mark.parametrize("over", [-1, 0, 1, 2, 257, 258, 259])
def test_a_body_that_ends_about_a_step_is_whole(encoding: str, compress: Compress, over: int) -> None:
    content = bytes(STEP + over)
    assert decoded(compress(content), encoding) == content


@each_form
def test_pieces_are_small_however_much_is_in_them(encoding: str, compress: Compress) -> None:
    pieces = decode([compress(bytes(3_000_000))], encoding, limit=LIMIT)
    assert max(len(piece) for piece in pieces) <= STEP


def test_pieces_of_what_is_not_encoded_are_small_too() -> None:
    sizes = [len(piece) for piece in decode([bytes(3 * STEP + 1)], "", limit=LIMIT)]
    assert sizes == [STEP, STEP, STEP, 1]


@pytest.mark.parametrize("encoding", ["", "identity", " , ", "Identity"])
def test_what_is_not_encoded_passes(encoding: str) -> None:
    assert decoded(b"as it is", encoding) == b"as it is"


@pytest.mark.parametrize("encoding", ["GZIP", "x-gzip", "X-GZip", "gzip, identity", " gzip ", "gzip,,"])
def test_encodings_are_names_without_case(encoding: str) -> None:
    assert decoded(gzip.compress(b"body"), encoding) == b"body"


@each_form
def test_every_encoding_that_is_asked_for_is_known(encoding: str, compress: Compress) -> None:
    assert encoding in ACCEPT_ENCODING.split(", ")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, br", ""])
@pytest.mark.parametrize("chunks", [[], [b""], [b"", b""]], ids=["no chunk", "an empty one", "two"])
def test_an_empty_body_is_empty(encoding: str, chunks: list[bytes]) -> None:
    assert list(decode(chunks, encoding, limit=0)) == []


# ── members, frames, padding ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("encoding", "compress"), [("gzip", gzip.compress), ("zstd", zstd)], ids=["gzip", "zstd"]
)
@pytest.mark.parametrize("size", [1, 2, 3, 7, STEP])
def test_several_members_are_one_body_wherever_the_chunks_end(
    encoding: str, compress: Compress, size: int
) -> None:
    members = b"".join(compress(text) for text in (b"one ", b"", b"two ", b"three"))
    assert decoded(members, encoding, size) == b"one two three"


@pytest.mark.parametrize("garbage", [b"\0" * 40, b"\0\0junk", b"\r\n", b"<!-- cached -->", b"\x1f"])
@pytest.mark.parametrize("size", [1, 20, STEP], ids=lambda size: f"chunks of {size}")
def test_garbage_after_the_last_member_is_ignored_wherever_the_chunks_end(garbage: bytes, size: int) -> None:
    assert decoded(gzip.compress(b"body") + garbage, "gzip", size) == b"body"


def test_garbage_that_begins_a_chunk_of_its_own_is_ignored() -> None:
    assert b"".join(decode([gzip.compress(b"body"), b"\0\0\0\0"], "gzip", limit=LIMIT)) == b"body"


@pytest.mark.parametrize("size", [1, 5, STEP], ids=lambda size: f"chunks of {size}")
@pytest.mark.parametrize(("encoding", "compress"), [("br", br), ("zstd", zstd)], ids=["br", "zstd"])
def test_garbage_after_br_and_zstd_is_refused_wherever_the_chunks_end(
    encoding: str, compress: Compress, size: int
) -> None:
    with pytest.raises(BadEncoding, match="broken"):
        decoded(compress(b"body") + b"\0\0\0\0\0\0\0\0", encoding, size)


@pytest.mark.parametrize("size", [1, 5, STEP], ids=lambda size: f"chunks of {size}")
def test_skippable_frames_are_skipped_even_one_that_begins_like_json(size: int) -> None:
    skippable = b"\x5b\x2a\x4d\x18\x03\0\0\0abc"
    assert decoded(skippable + zstd(b"body") + skippable, "zstd", size) == b"body"


# ── what does not decode ────────────────────────────────────────────────────────────────────────


@each_form
@given(content=st.binary(min_size=1, max_size=500), data=st.data())
def test_what_ends_too_early_is_refused(
    encoding: str, compress: Compress, content: bytes, data: st.DataObject
) -> None:
    whole = compress(content)
    kept = data.draw(st.integers(1, len(whole) - 1))
    assume(kept > 8 or whole[:1] not in (b"<", b"{", b"["))  # so short, it may as well be text
    with pytest.raises(BadEncoding, match=r"ends too early|broken"):
        decoded(whole[:kept], encoding)


@pytest.mark.parametrize(
    ("encoding", "compress"), [("gzip", gzip.compress), ("zstd", zstd)], ids=["gzip", "zstd"]
)
@pytest.mark.parametrize("kept", [4, 9, -1])
def test_a_second_member_that_ends_too_early_is_refused(encoding: str, compress: Compress, kept: int) -> None:
    with pytest.raises(BadEncoding, match="ends too early"):
        decoded(compress(b"one") + compress(b"two")[:kept], encoding)


@pytest.mark.parametrize("encoding", ["gzip, br", "br, gzip", "zstd, gzip", ""])
def test_an_inner_layer_that_ends_too_early_is_refused(encoding: str) -> None:
    layers: dict[str, Compress] = {"gzip": gzip.compress, "br": br, "zstd": zstd, "": bytes}
    first, _, second = encoding.partition(", ")
    inner = layers[first](b"a story " * 100) if first else gzip.compress(b"a story")
    with pytest.raises(BadEncoding, match="ends too early"):
        decoded(layers[second](inner[:-3]), encoding)


@pytest.mark.parametrize(
    "body",
    [
        b"\x1f\x8bno gzip at all",
        b"\x78\x9cnot zlib either",
        b"\x1f\x8b\x08\x00",
        b"Gone fishing",
        b"\xff\xfe\0\0",
    ],
    ids=["gzip's magic only", "zlib's magic only", "half a header", "words", "bytes"],
)
@each_label
def test_what_is_neither_compressed_nor_marked_up_is_refused_with_its_first_bytes(
    label: str, body: bytes
) -> None:
    with pytest.raises(BadEncoding) as raised:
        decoded(body, label)
    assert label in str(raised.value)
    assert repr(body[:8]) in str(raised.value)


def test_a_zstd_window_of_more_than_8_mib_is_refused() -> None:
    """RFC 9659 §3: it is a decoder's right, and its memory."""
    wide = b"\x28\xb5\x2f\xfd\x00\x70\x01\x00\x00"
    with pytest.raises(BadEncoding, match="too much memory"):
        decoded(wide, "zstd")
    assert decoded(wide.replace(b"\x70", b"\x68"), "zstd") == b""


@pytest.mark.parametrize("encoding", ["nonsense", "compress", "gzip, nonsense", "gzip;q=1"])
def test_what_was_not_asked_for_is_refused_with_its_name(encoding: str) -> None:
    with pytest.raises(BadEncoding, match=f"{encoding}.*was not asked for"):
        decoded(b"<rss/>", encoding)


def test_more_than_two_layers_are_refused() -> None:
    with pytest.raises(BadEncoding, match=r"gzip, gzip, gzip.*more than 2 layers"):
        decoded(b"<rss/>", "gzip, gzip, gzip")


# ── labels that lie ─────────────────────────────────────────────────────────────────────────────

LONG_JSON = json.dumps([{"id": number, "title": "快讯 news"} for number in range(200)], indent=4).encode()
PLAIN = {
    "xml": b"<rss/>",
    "xml that is cut off": b'<?xml version="1.0"?><rss><chan',
    "object": b'{"version": "https://jsonfeed.org/version/1.1", "items": []}',
    "array": b'[{"id": 1, "title": "one"}]',
    "empty array": b"[]",
    "empty object": b"{}\n",
    "indented": LONG_JSON,
    "indented by tabs": LONG_JSON.replace(b"    ", b"\t"),
    "minified": LONG_JSON.replace(b"\n", b"").replace(b" ", b""),
    "white space": b"\r\n\t <rss/>",
    "mark": "\ufeff<rss>快讯</rss>".encode(),
    "mark and white space": "\ufeff\n {}".encode(),
    "utf-16": '<?xml version="1.0" encoding="utf-16"?><rss/>'.encode("utf-16"),
    "utf-16 without a mark": '<?xml version="1.0" encoding="utf-16"?><rss/>'.encode("utf-16-le"),
    "gb18030": "<rss><title>财经快讯</title></rss>".encode("gb18030"),
    "iso-2022-jp": "<rss><title>日本の記事</title></rss>".encode("iso-2022-jp"),
    "long": b"<rss>" + b"<item>news</item>" * 10_000 + b"</rss>",
}


@each_label
@pytest.mark.parametrize("size", [1, 1000, STEP], ids=lambda size: f"chunks of {size}")
@pytest.mark.parametrize("body", PLAIN.values(), ids=PLAIN)
def test_text_that_is_called_compressed_passes(label: str, body: bytes, size: int) -> None:
    assert decoded(body, label, size) == body


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=9), inner, max_size=5),
)


@each_label
@given(
    value=st.lists(JSON, max_size=5) | st.dictionaries(st.text(), JSON, max_size=5),
    indent=st.sampled_from([None, 1, 2, 4, "\t"]),
    ascii_only=st.booleans(),
)
def test_any_json_that_is_called_compressed_passes(
    label: str, value: object, indent: int | str | None, ascii_only: bool
) -> None:
    body = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "replace")
    assert decoded(body, label) == body


@pytest.mark.parametrize("encoding", ["gzip, br", "gzip, gzip", "deflate, zstd"])
def test_one_layer_of_two_may_be_missing(encoding: str) -> None:
    layers: dict[str, Compress] = {"br": br, "gzip": gzip.compress, "zstd": zstd}
    last = layers[encoding.split(", ")[1]]
    assert decoded(last(b"<rss/>"), encoding) == b"<rss/>"
    assert decoded(b"<rss/>", encoding) == b"<rss/>"


def test_real_brotli_that_begins_like_json_is_decoded() -> None:
    """Most streams of 64 KiB to 1 MiB do, with the window that servers use."""
    content = b"".join(b"<item>%d</item>" % number for number in range(10_000))
    body = br(content)
    assert body[:1] == b"["
    assert decoded(body, "br") == content


BEGINNINGS = frozenset({b"<", b"{", b"[", b" ", b"\t", b"\r", b"\n"})


def beginning_like_text(compress: Compress) -> dict[bytes, bytes]:
    """Bodies that begin like text once compressed, with what they are."""
    letters = ("".join(Random(seed).choices(ascii_letters, k=seed % 60)).encode() for seed in range(3000))
    contents = (b"%c%s" % (seed % 256, some) for seed, some in enumerate(letters))
    bodies = {compress(content): content for content in contents}
    return {body: content for body, content in bodies.items() if body[:1] in BEGINNINGS}


def fixed(content: bytes) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9, zlib.Z_FIXED)
    return compressor.compress(content) + compressor.flush()


def br_of_small_windows(content: bytes) -> bytes:
    return bytes(brotli.compress(content, quality=4, lgwin=16))


@pytest.mark.parametrize(
    ("encoding", "compress"), [("deflate", fixed), ("br", br_of_small_windows)], ids=["raw deflate", "br"]
)
def test_real_bodies_that_begin_like_text_are_decoded(encoding: str, compress: Compress) -> None:
    bodies = beginning_like_text(compress)
    assert len(bodies) > 10
    for body, content in bodies.items():
        assert decoded(body, encoding) == content


def test_a_stored_block_that_is_all_printable_is_deflate_for_it_decodes() -> None:
    """Its padding bits are set, which no encoder does: the rule holds, not just the odds."""
    body = b" " + b"\x20\x3c" + b"\xdf\xc3" + b"<" * 0x3C20 + b"\x01\0\0\xff\xff"
    assert decoded(body, "deflate") == b"<" * 0x3C20


# ── layers nobody told of ───────────────────────────────────────────────────────────────────────

each_magic = pytest.mark.parametrize("compress", [gzip.compress, zstd], ids=["gzip", "zstd"])


@each_magic
@pytest.mark.parametrize("encoding", ["", "identity"])
@pytest.mark.parametrize("size", [1, 3, STEP])
def test_a_body_that_begins_like_gzip_or_zstd_is_undone(encoding: str, compress: Compress, size: int) -> None:
    assert decoded(compress(b"<rss/>"), encoding, size) == b"<rss/>"


@each_form
@pytest.mark.parametrize("inner", [gzip.compress, zstd], ids=["gzip inside", "zstd inside"])
def test_a_body_compressed_twice_and_labelled_once_is_undone(
    encoding: str, compress: Compress, inner: Compress
) -> None:
    assert decoded(compress(inner(b"<rss/>")), encoding) == b"<rss/>"


@pytest.mark.parametrize(("encoding", "layers"), [("", 2), ("gzip", 3), ("gzip, gzip", 4)])
def test_one_layer_nobody_told_of_is_undone_and_no_more(encoding: str, layers: int) -> None:
    body = once = gzip.compress(b"<rss/>")
    for _ in range(layers - 1):
        body = gzip.compress(body)
    assert decoded(body, encoding) == once


@pytest.mark.parametrize("body", [b"\x1f\x8b", b"\x1f\x8b\x07", b"\x28\xb5\x2f", b"(5/"])
def test_half_a_magic_is_none(body: bytes) -> None:
    assert decoded(body, "") == body


# ── bounds ──────────────────────────────────────────────────────────────────────────────────────


@each_form
def test_the_limit_is_the_last_size_that_passes(encoding: str, compress: Compress) -> None:
    content = bytes(range(256)) * 1000
    assert decoded(compress(content), encoding, limit=len(content)) == content
    with pytest.raises(TooLarge, match=r"^more than 255999 bytes after decoding$"):
        decoded(compress(content), encoding, limit=len(content) - 1)


@pytest.mark.parametrize("encoding", ["", "gzip", "br"])
def test_the_limit_holds_for_text_too(encoding: str) -> None:
    assert decoded(b"<rss/>", encoding, limit=6) == b"<rss/>"
    with pytest.raises(TooLarge):
        decoded(b"<rss/>", encoding, limit=5)


def test_what_lies_between_two_layers_counts() -> None:
    between = zstd(b"news") + b"\x50\x2a\x4d\x18" + (10_000).to_bytes(4, "little") + bytes(10_000)
    assert decoded(gzip.compress(between), "zstd, gzip", limit=20_000) == b"news"
    with pytest.raises(TooLarge):
        decoded(gzip.compress(between), "zstd, gzip", limit=5_000)


def gzip_bomb(size: int) -> bytes:
    compressor = zlib.compressobj(9, wbits=31)
    return b"".join([*(compressor.compress(bytes(MIB)) for _ in range(size // MIB)), compressor.flush()])


def br_bomb(size: int) -> bytes:
    compressor = brotli.Compressor(quality=4)
    return b"".join([*(compressor.process(bytes(MIB)) for _ in range(size // MIB)), compressor.finish()])


def zstd_bomb(size: int) -> bytes:
    """Blocks of four bytes that stand for 128 KiB each, the most zstd allows."""
    return b"\x28\xb5\x2f\xfd\x00\x68" + b"\x02\x00\x10." * (size // 2**17)


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "gzip": ("gzip", lambda: gzip_bomb(100 * MIB)),
    "gzip without a label": ("", lambda: gzip_bomb(100 * MIB)),
    "br": ("br", lambda: br_bomb(100 * MIB)),
    "zstd": ("zstd", lambda: zstd_bomb(1024 * MIB)),
    "zstd without a label": ("", lambda: zstd_bomb(1024 * MIB)),
    "double gzip": ("gzip, gzip", lambda: gzip.compress(gzip_bomb(100 * MIB))),
    "double gzip, labelled once": ("gzip", lambda: gzip.compress(gzip_bomb(100 * MIB))),
    "zstd in br": ("zstd, br", lambda: br(zstd_bomb(1024 * MIB))),
}


@pytest.mark.parametrize(("encoding", "bomb"), BOMBS.values(), ids=BOMBS)
@pytest.mark.parametrize("size", [STEP, 64 * MIB], ids=["in chunks", "in one"])
def test_a_bomb_ends_at_the_limit_in_little_memory(
    encoding: str, bomb: Callable[[], bytes], size: int
) -> None:
    body = bomb()
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            for _ in decode(split(body, size), encoding, limit=LIMIT):
                pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 6 * MIB


EMPTY = {
    "gzip members": ("gzip", gzip.compress(b"")),
    "gzip members without a label": ("", gzip.compress(b"")),
    "zstd frames": ("zstd", b"\x28\xb5\x2f\xfd\x00\x00\x01\x00\x00"),
    "zstd frames that are skipped": ("zstd", b"\x50\x2a\x4d\x18\0\0\0\0"),
}


@pytest.mark.parametrize(("encoding", "member"), EMPTY.values(), ids=EMPTY)
@pytest.mark.parametrize("size", [STEP, 64 * MIB], ids=["in chunks", "in one"])
def test_millions_of_empty_members_end_soon(encoding: str, member: bytes, size: int) -> None:
    begun = time.perf_counter()
    with pytest.raises(BadEncoding, match="more than 10000 members"):
        decoded(member * (5 * MIB // len(member)), encoding, size)
    assert time.perf_counter() - begun < 2


@pytest.mark.parametrize(("encoding", "member"), EMPTY.values(), ids=EMPTY)
def test_as_many_members_as_may_be_are_a_body(encoding: str, member: bytes) -> None:
    assert decoded(member * MOST_MEMBERS, encoding) == b""


BLOCKS = {
    "stored": ("deflate", b"", b"\0\0\0\xff\xff", b"\1\0\0\xff\xff"),
    "zstd": ("zstd", b"\x28\xb5\x2f\xfd\0\0", b"\0\0\0", b"\1\0\0"),
    "br": ("br", b"\x0c", b"\x06", b"\x03"),
}


@pytest.mark.parametrize(("encoding", "start", "block", "end"), BLOCKS.values(), ids=BLOCKS)
def test_millions_of_empty_blocks_take_little_time(
    encoding: str, start: bytes, block: bytes, end: bytes
) -> None:
    begun = time.perf_counter()
    assert decoded(start + block * (5 * MIB // len(block)) + end, encoding) == b""
    assert time.perf_counter() - begun < 2


def test_pieces_come_before_the_body_has_ended() -> None:
    """What is given is handed on: a body is never gathered here."""
    body = gzip.compress(b"".join(b"%d " % number for number in range(200_000)))
    taken = 0

    def chunks() -> Iterator[bytes]:
        nonlocal taken
        for chunk in split(body, 2000):
            taken += len(chunk)
            yield chunk

    assert next(decode(chunks(), "gzip", limit=LIMIT))
    assert taken < len(body) / 10
