"""Titles and summaries as plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.normalize.text import LONGEST_TITLE, SUMMARY_LENGTH, flatten, legal, summarize


@pytest.mark.parametrize(
    ("title", "flat"),
    [
        pytest.param("<b>a</b> b", "a b", id="tags"),
        pytest.param("AT&amp;T", "AT&T", id="entity"),
        pytest.param("AT&amp;amp;T", "AT&amp;T", id="entities once"),
        pytest.param("AT&T", "AT&T", id="no entity"),
        pytest.param("?a=1&copy=2", "?a=1&copy=2", id="an entity that is none"),
        pytest.param("Vec<T> and a < b > c", "Vec<T> and a < b > c", id="no tags"),
        pytest.param("&lt;b&gt; tag", "<b> tag", id="escaped tag is text"),
        pytest.param(" a\n\t b\u00a0c ", "a b c", id="white space"),
        pytest.param("a\u200bb\ufeffc\x00d\u202e", "abcd", id="invisible"),
        pytest.param("👩\u200d💻", "👩\u200d💻", id="joined emoji"),
        pytest.param("标题。 ", "标题。", id="publisher's punctuation stays"),
        pytest.param("x" * 2000, "x" * (LONGEST_TITLE - 1) + "…", id="too long"),
        pytest.param(None, "", id="none"),
    ],
)
def test_titles_are_flattened(title: str | None, flat: str) -> None:
    assert flatten(title) == flat


def test_a_short_text_is_its_own_summary() -> None:
    assert summarize("甲。乙。") == "甲。乙。"


@pytest.mark.parametrize(
    ("sentence", "end"),
    [
        pytest.param("这是一句话，不长也不短。", "。", id="chinese"),
        pytest.param("真的吗？", "？", id="question"),
        pytest.param("“好！”", "！”", id="with its quotation mark"),
        pytest.param("This is 3.5 percent of it. ", "it.", id="english"),
    ],
)
def test_a_summary_ends_with_a_sentence(sentence: str, end: str) -> None:
    summary = summarize(sentence * 100)
    assert summary.endswith(end)
    assert abs(len(summary) - SUMMARY_LENGTH) < 40


def test_without_sentences_a_summary_ends_with_a_word() -> None:
    summary = summarize("word " * 100)
    assert summary.endswith("word…")
    assert len(summary) <= SUMMARY_LENGTH


@given(st.text(max_size=600))
def test_summaries_are_bounded_starts(text: str) -> None:
    summary = summarize(text)
    assert len(summary) <= SUMMARY_LENGTH * 5 // 4
    assert text.startswith(summary.removesuffix("…"))


@given(st.text())
def test_legal_text_is_xml(text: str) -> None:
    kept = legal(text)
    assert kept.encode("utf-8").decode() == kept
    assert not any(ord(character) < 32 and character not in "\t\n\r" for character in kept)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", ["<!--", "<b ", "&#", "<"])
def test_a_title_of_any_length_takes_no_quadratic_time(piece: str) -> None:
    assert len(flatten(piece * 300_000)) <= LONGEST_TITLE
