"""Durations as the catalogue spells them, read and said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.durations import about, roughly, seconds_in, spelled

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("500ms", 0.5),
        ("90s", 90),
        (" 15m ", 900),
        ("1.5h", 5400),
        ("24h", DAY),
        ("2h 30m", 9000),
        ("2h30m", 9000),
        ("1d 2h 3m 4s 5ms", 93_784.005),
        ("0s", 0),
    ],
)
def test_durations_are_read(text: str, seconds: float) -> None:
    assert seconds_in(text) == seconds


@pytest.mark.parametrize("text", ["", "5", "5x", "m", "-5s", "30m 2h", "1m 1m", "1h, 5m", "1 h", "1m s"])
def test_what_is_no_duration_is_none(text: str) -> None:
    assert seconds_in(text) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0s"),
        (0.5, "500ms"),
        (60, "1m"),
        (90, "90s"),
        (119, "119s"),
        (120, "2m"),
        (150, "2m 30s"),
        (HOUR, "1h"),
        (5400, "90m"),
        (9000, "2h 30m"),
        (DAY, "1d"),
        (36 * HOUR, "36h"),
        (60 * HOUR, "2d 12h"),
        (90.25, "90s 250ms"),
    ],
)
def test_durations_are_spelled_as_in_the_catalogue(seconds: float, words: str) -> None:
    assert spelled(seconds) == words


@given(st.integers(0, 10**12))
def test_what_is_spelled_is_read_as_what_it_was(milliseconds: int) -> None:
    assert seconds_in(spelled(milliseconds / 1000)) == milliseconds / 1000


@pytest.mark.parametrize(
    ("seconds", "words", "long_ago"),
    [
        (0.2, "0s", "0s"),
        (59.6, "1m", "1m"),
        (450, "7m 30s", "8m"),
        (899.7, "15m", "15m"),
        (3 * HOUR + 12 * MINUTE + 5, "3h 12m", "3h"),
        (9_240.0, "2h 34m", "3h"),
        (23.7 * HOUR, "1d", "1d"),
        (36.4 * HOUR, "36h", "36h"),
        (11.2 * DAY, "11d", "11d"),
    ],
)
def test_nothing_is_said_more_exactly_than_it_is_worth(seconds: float, words: str, long_ago: str) -> None:
    assert (about(seconds), roughly(seconds)) == (words, long_ago)


@given(st.floats(0, 1e9))
def test_what_is_said_about_is_near(seconds: float) -> None:
    for said, most in ((about(seconds), 0.05), (roughly(seconds), 0.25)):
        found = seconds_in(said)
        assert found is not None
        assert abs(found - seconds) <= max(0.5, seconds * most) + 1e-6
