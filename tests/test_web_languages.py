"""Accept-Language: the one of our languages that a reader ranks first."""

from __future__ import annotations

import pytest

from feeds.web.languages import preferred


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", None),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB", "en"),
        ("EN", "en"),
        ("zh-Hant-TW, en;q=0.1", "zh"),
        ("fr, de;q=0.9, en;q=0.5, zh;q=0.6", "zh"),
        ("fr", None),
        ("*", None),
        ("*, en;q=0.5", None),
        ("en;q=0, zh;q=0.1", "zh"),
        ("en;q=0", None),
        ("en ; q = 0.5 , zh ; q=0.6", "zh"),
        ("en;q=bad, zh;q=0.1", "zh"),
        ("english-of-a-kind, \u4e2d\u6587", None),
        (",,;;==,zh", "zh"),
        ("x" * 100_000, None),
    ],
)
def test_the_first_choice_of_ours_is_taken(header: str, language: str | None) -> None:
    assert preferred(header) == language
