"""What a body whose labels do not fit may be encoded in, by the look of its text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from charset_normalizer import CharsetMatch, from_bytes

_WIDE = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")
_CYRILLIC = ("cp1251", "koi8_r")
_LATIN = ("cp1252", "cp1250", "iso8859_2")
_PREFERRED = (*_WIDE, *_LATIN, *_CYRILLIC)

_LOOKED_THROUGH = 100_000
_LOOKED_AT = 16_000
# No encoding above has these within a character.
_BREAK = re.compile(rb"[<>\r\n]+")
_HIGH = re.compile(rb"[\x80-\xff]")
_RUN = re.compile(r"[^\x00-\x7f\uff61-\uff9f]{2,}")
"""Without katakana of half width, which cp932 makes of any two bytes, and which few write by themselves."""
_STOP = re.compile(r"(?<![^\x00-\x7f])[·—‘’“”…\u3001-\u3011\uff01-\uff5e](?![^\x00-\x7f])")
"""Punctuation of eastern Asia, which stands alone in texts that are ASCII else."""
_TELLING = 30
"""Letters it takes to tell the languages of central Europe from those of the west."""
_MOSTLY = 0.7
_SAME_MESS = 0.02
_SAME_SENSE = 0.03


def likely_encodings(body: bytes) -> Iterator[str]:
    """Encodings ``body`` may be in, the likeliest first; what it is not proven to be comes last."""
    sample = _sample(body)
    if not sample:
        return
    candidates = [name for name in (*_WIDE, *_CYRILLIC) if _is_in_words(sample, name)]
    candidates += _LATIN if len(_HIGH.findall(sample)) >= _TELLING else _LATIN[:1]
    best = _best(sample, candidates)
    if best is not None:
        yield best
    yield from (name for name in candidates if name != best)


def _sample(body: bytes) -> bytes:
    """The first pieces of text that are not ASCII: markup would drown them."""
    first = _HIGH.search(body)
    if first is None:
        return b""
    start = _after_break(body, first.start())
    end = _after_break(body, start + _LOOKED_THROUGH) if len(body) > start + _LOOKED_THROUGH else len(body)
    pieces: list[bytes] = []
    size = 0
    for piece in _BREAK.split(body[start : end if end > start else start + _LOOKED_THROUGH]):
        if not piece.isascii() and size < _LOOKED_AT:
            pieces.append(piece)
            size += len(piece)
    return b"\n".join(_whole(pieces))


def _whole(pieces: list[bytes]) -> list[bytes]:
    """The pieces without those cut within a character, as summaries are by counting bytes."""
    readable = ([piece for piece in pieces if _is_readable(piece, name)] for name in _WIDE)
    most = max(readable, key=len)
    return most if len(most) >= len(pieces) * _MOSTLY else pieces


def _is_readable(piece: bytes, encoding: str) -> bool:
    try:
        piece.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _after_break(body: bytes, position: int) -> int:
    """The start of the piece of text at ``position``, which no character spans."""
    return max(body.rfind(byte, 0, position) for byte in (b"<", b">", b"\n")) + 1


def _is_in_words(sample: bytes, encoding: str) -> bool:
    """Whether the sample, read so, has its characters next to each other, as these scripts do.

    In the languages of western Europe they stand alone among ASCII letters.
    """
    if not _is_readable(sample, encoding):
        return False
    text = sample.decode(encoding)
    together = sum(len(run) for run in _RUN.findall(text))
    together += len(_STOP.findall(text)) if encoding in _WIDE else 0
    return together * 2 >= len(text) - len(text.encode("ascii", "ignore"))


def _best(sample: bytes, candidates: list[str]) -> str | None:
    """The preferred of those that read about as well as the one that reads best."""
    matches = list(
        from_bytes(sample, cp_isolation=candidates, preemptive_behaviour=False, enable_fallback=False)
    )
    if not matches:
        return None
    alike = (match.could_be_from_charset for match in matches if _reads_like(match, matches[0]))
    return min((name for names in alike for name in names if name in candidates), key=_PREFERRED.index)


def _reads_like(match: CharsetMatch, best: CharsetMatch) -> bool:
    return match.chaos <= best.chaos + _SAME_MESS and match.coherence >= best.coherence - _SAME_SENSE
