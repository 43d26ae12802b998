"""Bodies decoded by pieces: the same as decoded whole."""

from __future__ import annotations

import codecs
import encodings
import pkgutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.parse.transcoding import Tally, decodes, in_utf8, tallies, text_size, texts_of

PIECE = 2**18
NO_ENCODINGS = frozenset(
    {
        *("base64", "bz2", "hex", "quopri", "rot-13", "uu", "zlib"),
        *("charmap", "idna", "mbcs", "oem", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"),
    }
)
WORDS = (
    "重庆商报讯",
    "😀",
    "Вчера",
    "été",
    "\ufffd",
    "今日サ",
    "서울시",
    "\x1b$B",
    "+ADw-",
    "~{ab~}",
    "<b>x</b>\n",
)


def names() -> list[str]:
    """Every encoding of documents that Python knows, by its own name."""
    found = set()
    for module in pkgutil.iter_modules(encodings.__path__):
        try:
            found.add(codecs.lookup(module.name).name)
        except LookupError:
            continue
    return sorted(found - NO_ENCODINGS)


def whole(body: bytes, encoding: str, errors: str) -> str | None:
    try:
        return body.decode(encoding, errors)
    except ValueError:
        return None


def by_pieces(body: bytes, encoding: str, errors: str) -> str | None:
    try:
        return "".join(texts_of(body, encoding, errors))
    except ValueError:
        return None


@given(
    encoding=st.sampled_from(names()),
    words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map("".join),
    noise=st.binary(max_size=6),
    shift=st.integers(min_value=0, max_value=20),
    errors=st.sampled_from(["strict", "replace"]),
)
def test_pieces_are_the_whole(encoding: str, words: str, noise: bytes, shift: int, errors: str) -> None:
    try:
        telling = words.encode(encoding, "ignore")
    except ValueError:
        telling = words.encode()
    half = len(telling) // 2
    body = b" " * (PIECE - shift) + telling[:half] + noise + telling[half:]
    assert by_pieces(body, encoding, errors) == whole(body, encoding, errors)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE])
def test_wide_units_need_no_mark(encoding: str, mark: bytes) -> None:
    body = mark + "Gruß".encode("utf-16-le") * 4
    assert by_pieces(body, encoding, "replace") == whole(body, encoding, "replace")


@pytest.mark.parametrize("encoding", ["hex", "zlib", "rot-13", "no-such-thing"])
def test_a_codec_that_is_none_of_text_reads_nothing(encoding: str) -> None:
    assert not decodes(b"00", encoding)
    with pytest.raises(LookupError):
        next(texts_of(b"00", encoding))


@given(st.text(max_size=50), st.integers(min_value=0, max_value=3))
def test_a_tally_counts_what_the_text_has(text: str, wrong: int) -> None:
    body = text.encode() + b"\xff" * wrong
    read = body.decode("utf-8", "replace")
    *_, (tally, left) = [(Tally(), 0), *tallies(body, "utf-8")]
    wide = sum(not char.isascii() for char in read)
    assert tally == Tally(len(read), wide, read.count("\ufffd"))
    assert left >= 0


def test_what_is_in_utf8_already_is_not_copied() -> None:
    body = "Grüße".encode()
    assert in_utf8(body, "utf-8", "strict") is body
    assert in_utf8("Grüße".encode("utf-16-le"), "utf-16-le", "strict") == body


@pytest.mark.parametrize(("text", "size"), [("word", 4), ("été", 6), ("重庆", 4), ("a😀", 8)])
def test_a_text_takes_as_much_for_each_character_as_for_its_widest(text: str, size: int) -> None:
    assert text_size(text.encode()) == size
