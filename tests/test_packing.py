"""Bodies on their way, packed piece by piece."""

from __future__ import annotations

import os
import tracemalloc
from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Exchange, Received, Validators
from feeds.packing import Packer, opened, pack_body
from tests.make import SEEN_AT

MIB = 2**20
STEP = 65536


def received(packed: bytes) -> Received:
    return Received(
        packed=packed,
        media_type="application/rss+xml",
        charset="utf-8",
        url="https://publisher.example/feed.xml",
        validators=Validators(etag='"1"'),
        fetched_at=SEEN_AT,
        exchange=Exchange(wire=7),
    )


def digest_of(body: bytes) -> str:
    return blake2b(body, digest_size=16).hexdigest()


@given(pieces=st.lists(st.binary(max_size=3000), max_size=20))
def test_pieces_come_back_as_one_body(pieces: list[bytes]) -> None:
    body = b"".join(pieces)
    packer = Packer()
    for piece in pieces:
        packer.add(piece)
    packed, digest = packer.finish()
    assert opened(received(packed)).body == body
    assert packer.size == len(body)
    assert digest == digest_of(body)


@given(body=st.binary(max_size=3000), cut=st.integers(0, 3000))
def test_the_digest_does_not_know_where_the_pieces_ended(body: bytes, cut: int) -> None:
    packer = Packer()
    packer.add(body[:cut])
    packer.add(body[cut:])
    assert packer.finish()[1] == pack_body(body)[1]


@pytest.mark.parametrize(
    "body", [b"", b"<rss/>", bytes(3 * MIB), os.urandom(MIB)], ids=["empty", "short", "zeros", "random"]
)
def test_a_body_that_is_there_already_comes_back(body: bytes) -> None:
    packed, digest = pack_body(body)
    assert opened(received(packed)).body == body
    assert digest == digest_of(body)


def test_opening_keeps_what_http_said() -> None:
    taken = received(pack_body(b"<rss/>")[0])
    payload = opened(taken)
    assert (payload.media_type, payload.charset, payload.url) == (taken.media_type, taken.charset, taken.url)
    assert (payload.validators, payload.fetched_at) == (taken.validators, taken.fetched_at)
    assert payload.exchange == taken.exchange


def test_a_large_body_of_little_is_held_in_little() -> None:
    piece = bytes(STEP)
    packer = Packer()
    tracemalloc.start()
    try:
        for _ in range(15 * MIB // STEP):
            packer.add(piece)
        packed, _ = packer.finish()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert packer.size == 15 * MIB
    assert len(packed) < 10_000
    assert peak < MIB
