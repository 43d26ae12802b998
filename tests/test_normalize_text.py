"""Titles and summaries as plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.normalize.text import LONGEST_TITLE, SUMMARY_LENGTH, composed, flatten, legal, summarize


@pytest.mark.parametrize(
    ("title", "flat"),
    [
        pytest.param("<b>a</b> b", "a b", id="tags"),
        pytest.param("AT&amp;T", "AT&T", id="entity"),
        pytest.param("AT&amp;amp;T", "AT&amp;T", id="entities once"),
        pytest.param("AT&T", "AT&T", id="no entity"),
        pytest.param("&copyright; &copy;", "&copyright; ©", id="a name that begins as an entity"),
        pytest.param("Cafe\u0301", "Café", id="composed"),
        pytest.param("\u3000\u3000标题", "标题", id="ideographic spaces"),
        pytest.param("a\u200cb \u200d标题", "ab 标题", id="joiners that join nothing"),
        pytest.param("می\u200cخواهم", "می\u200cخواهم", id="joiners that are spelling"),
        pytest.param("\ufff9a\u2066b\u3164", "ab", id="marks and fillers"),
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


@pytest.mark.parametrize(
    ("text", "end"),
    [
        pytest.param(
            "他说：“今天天气很好。我们去公园吧。”大家都同意了。" * 20, "公园吧。”", id="no open quotation"
        ),
        pytest.param("这句话没有句号，" * 40, "没有句号…", id="a comma at least"),
        pytest.param(
            "He met Mr. Smith of the U.S. Dept. of Health, i.e. nobody " * 6, "…", id="no full stop"
        ),
        pytest.param("好!今天的天气真不错" * 30, "!", id="ASCII marks in Chinese"),
        pytest.param("See vol. 2 of it, or fig. 3 of ours. " * 20, "ours.", id="no abbreviation"),
        pytest.param("यह एक वाक्य है। " * 30, "।", id="danda"),
    ],
)
def test_a_summary_is_cut_where_a_reader_would(text: str, end: str) -> None:
    assert summarize(text).endswith(end)


def test_markup_survives_being_composed() -> None:
    assert composed("<p>\u0338onclick=x e\u0301") == "<p>onclick=x é"
    assert composed("<b>\u200bx</b>\ufeff") == "<b>x</b>"


@given(st.text())
def test_what_is_composed_stays(text: str) -> None:
    assert composed(composed(text)) == composed(text)


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
