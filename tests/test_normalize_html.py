"""HTML is made safe once and for all, and flattened to text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.normalize.depth import DEEPEST
from feeds.normalize.html import clean, text_of

BASE = "https://publisher.example/news/1"
SEED = Path(__file__).parents[2] / "shared/seed/2022-03-17-NW202203172312474080.md"

MARKUP = "<p> </p> <pre> </pre> <b> <i> </b> <a href= 'x' > <span> </span> <!-- --> <svg> </svg> <table>"
MORE = "<td> <style> <script> <math> <br> <li hidden> <img <template> &amp; &#1; &#13; &nbsp; javascript:"
ODD = ["\n", "\r", " ", '"', "\u3000", "\x00", "\x0b", "\ufffe", "<p style='display:none'>", "text"]
PIECES = st.sampled_from([*MARKUP.split(), *MORE.split(), *ODD])


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        pytest.param("<p>x<script>y</script></p>", "<p>x</p>", id="script"),
        pytest.param('<p onclick="y" style="z" id="w">x</p>', "<p>x</p>", id="attributes"),
        pytest.param('<p class="em_media a">x</p>', '<p class="em_media">x</p>', id="known class"),
        pytest.param('<p class="a">x</p>', "<p>x</p>", id="other class"),
        pytest.param('<div class="em_media">x</div>', "<div>x</div>", id="class elsewhere"),
        pytest.param("<center>x</center>", "x", id="unknown tag keeps its text"),
        pytest.param("<iframe src='/'>x</iframe>y", "y", id="frame"),
        pytest.param("<p>a\x00b\x0bc&#1;d\ufffee</p>", "<p>abcde</p>", id="illegal characters"),
        pytest.param("a&amp;b &lt;c", "a&amp;b &lt;c", id="entities"),
        pytest.param("", "", id="empty"),
    ],
)
def test_only_the_allow_list_remains(html: str, cleaned: str) -> None:
    assert clean(html, base=BASE) == cleaned


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        pytest.param("/a", "https://publisher.example/a", id="relative"),
        pytest.param("//x.example/a", "https://x.example/a", id="without scheme"),
        pytest.param("#note", f"{BASE}#note", id="fragment"),
        pytest.param("HTTP://X.example/?a&b", "HTTP://X.example/?a&amp;b", id="absolute as it is"),
        pytest.param("mailto:a@b.example", "mailto:a@b.example", id="mail"),
        pytest.param("javascript:alert(1)", None, id="script"),
        pytest.param("java&#10;script:alert(1)", None, id="script over lines"),
        pytest.param("java&#1;script:alert(1)", None, id="script with a control character"),
        pytest.param("javascript :alert(1)", None, id="script with a space"),
        pytest.param("data:text/html,x", None, id="data"),
        pytest.param("vbscript:x", None, id="vbscript"),
        pytest.param("http://[", None, id="broken"),
    ],
)
def test_addresses_become_absolute_or_go(address: str, kept: str | None) -> None:
    expected = "<a>x</a>" if kept is None else f'<a href="{kept}">x</a>'
    assert clean(f'<a href="{address}">x</a>', base=BASE) == expected


def test_without_a_base_nothing_runs_either() -> None:
    assert clean('<a href="java&#1;script:alert(1)">x</a>', base=None) == "<a>x</a>"
    assert clean('<a href="//x.example/">x</a>', base=None) == '<a href="https://x.example/">x</a>'


@pytest.mark.parametrize(
    "hidden",
    [
        pytest.param('<p style="display:none">no</p>', id="style"),
        pytest.param("<p style='color:red; DISPLAY : none;'>no</p>", id="style among others"),
        pytest.param("<div hidden>no<p>no</p></div>", id="attribute"),
        pytest.param('<div style="display:none"><div>no</div>no</div>', id="nested"),
    ],
)
def test_hidden_elements_go_with_their_content(hidden: str) -> None:
    assert clean(f"<p>a</p>{hidden}tail<p>b</p>", base=None) == "<p>a</p>tail<p>b</p>"


def test_text_beside_the_hidden_stays_text() -> None:
    html = "a &lt;b&gt; <p hidden>no</p> c &amp;amp;</div> d"
    assert clean(html, base=None) == "a &lt;b&gt;  c &amp;amp; d"


def test_words_about_hiding_hide_nothing() -> None:
    html = "<p>use display:none or hidden = true</p>"
    assert clean(html, base=None) == html


def test_empty_quote_spans_go() -> None:
    html = '<p><span id="stock_1.600519"><a href="http://q.example/">茅台</a></span>'
    html += '<span id="quote_1.600519"></span>涨</p>'
    assert clean(html, base=None) == '<p><span><a href="http://q.example/">茅台</a></span>涨</p>'


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        pytest.param("<p>\u3000\u3000文</p>", "<p>文</p>", id="start"),
        pytest.param("<p> \u3000 \u3000文</p>", "<p>文</p>", id="among spaces"),
        pytest.param("<p><strong>\u3000\u3000文</strong></p>", "<p><strong>文</strong></p>", id="inline"),
        pytest.param("<p>文\u3000\u3000文</p>", "<p>文\u3000\u3000文</p>", id="inside"),
        pytest.param("<p> text</p>", "<p> text</p>", id="plain space"),
    ],
)
def test_ideographic_spaces_go_at_the_start_of_paragraphs_only(html: str, cleaned: str) -> None:
    assert clean(html, base=None) == cleaned


@pytest.mark.parametrize("tag", ["div", "b", "ul><li", "span"])
def test_very_deep_markup_is_kept_as_its_text(tag: str) -> None:
    html = f"<{tag}>" * 50_000 + "text &lt; more"
    assert clean(html, base=None) == "<p>text &lt; more</p>"
    assert text_of(html) == "text < more"


def test_deep_markup_within_reason_is_kept() -> None:
    html = "<div>" * (DEEPEST // 2) + "x" + "</div>" * (DEEPEST // 2)
    assert clean(html, base=None) == html


def test_the_seeds_body_comes_out_byte_for_byte() -> None:
    if not SEED.exists():
        pytest.skip("needs ../shared/seed")
    body = SEED.read_text(encoding="utf-8").split("---\n", 2)[2].split("\n\n<http")[0]
    assert 'class="em_media"' in body
    assert clean(body, base=BASE) == body


@given(st.lists(PIECES | st.text(max_size=3), max_size=25).map("".join), st.sampled_from([None, BASE]))
def test_cleaning_twice_is_cleaning_once(html: str, base: str | None) -> None:
    once = clean(html, base=base)
    assert clean(once, base=base) == once
    assert "<script" not in once


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param("<p>a</p><p>b</p>", "a b", id="blocks apart"),
        pytest.param("a<b>b</b>c", "abc", id="inline together"),
        pytest.param("a<br>b", "a b", id="line break"),
        pytest.param("&lt;b&gt; &amp;amp;", "<b> &amp;", id="entities once"),
        pytest.param("a<script>b</script>c<style>d</style>", "ac", id="scripts and styles"),
        pytest.param(" a \n\t b\u200b ", "a b", id="white space"),
    ],
)
def test_text_of_markup(html: str, text: str) -> None:
    assert text_of(html) == text
