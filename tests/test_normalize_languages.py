"""Languages of texts whose publishers do not say them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.normalize import languages
from feeds.normalize.languages import detect_language

pytest.importorskip("pycld2")
CHINESE = "今天上午国务院新闻办公室举行新闻发布会，介绍前三季度的经济情况"
ENGLISH = "The mayor said on Monday that the bridge over the river will be closed for repairs until spring"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (CHINESE, "zh"),
        ("今天上午國務院新聞辦公室舉行新聞發布會，國務院總理出席並講話", "zh"),
        ("七玖的万水千山 ∞——有生命的一切都会发光，有生命的一切都会痛苦。", "zh"),
        (ENGLISH, "en"),
        ("東京都は今日、新しい地下鉄の路線についての計画を発表しました", "ja"),
        ("서울시는 오늘 새로운 지하철 노선에 대한 계획을 발표했습니다", "ko"),
        ("Le président a annoncé lundi que le pont sur la rivière sera fermé jusqu'au printemps", "fr"),
        ("הממשלה הודיעה היום כי הגשר מעל הנהר ייסגר לתיקונים עד האביב", "he"),
    ],
)
def test_what_is_plain_to_see(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    "text",
    ["", "Wind资讯", "This", "1.2.3 4.5.6 " * 20, "print(x) " * 3, f"{CHINESE} {ENGLISH}"],
    ids=["empty", "short", "a word", "numbers", "code", "two at once"],
)
def test_what_is_not(text: str) -> None:
    assert detect_language(text) is None


@given(st.text(max_size=200))
def test_any_text_has_one_or_none_always_the_same(text: str) -> None:
    found = detect_language(text)
    assert detect_language(text) == found
    assert found is None or (found.isalpha() and len(found) in (2, 3))


@pytest.mark.parametrize("odd", ["\x00", "\x85", "\ufdd0", "\U0001ffff", "\ud800"])
def test_characters_that_are_none_do_not_hide_the_language(odd: str) -> None:
    assert detect_language(f"{odd}{ENGLISH}{odd}") == "en"


def test_where_there_is_no_detector_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(languages, "pycld2", None)
    assert detect_language(ENGLISH) is None
