"""HTML is made safe once and for all, and flattened to text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.normalize.depth import DEEPEST
from feeds.normalize.html import clean, text_of
from tests.safe import harms

BASE = "https://publisher.example/news/1"
SEED = Path(__file__).parents[2] / "shared/seed/2022-03-17-NW202203172312474080.md"

MARKUP = "<p> </p> <pre> </pre> <b> <i> </b> <a href= 'x' > <span> </span> <!-- --> <svg> </svg> <table>"
MORE = "<td> <style> <script> <math> <br> <li hidden> <img <template> &amp; &#1; &#13; &nbsp; javascript:"
ODD = ["\n", "\r", " ", '"', "\u3000", "\x00", "\x0b", "\ufffe", "<p style='display:none'>", "text"]
MEDIA = """
<img|src="/a.png"|data-src="b.png">|srcset="/a 1x, /b,c 2x, ,"|width="1"|style="width:1px"|<noscript>
</noscript>|<picture>|<source|<video|autoplay|<iframe|src="//www.youtube.com/embed/x">|</iframe>|</div>
<iframe src="https://x.example/">|<object data="https://a.example/">|</object>|<embed src="/e">|<mi>
<param name="movie" value="/v.swf">|<math alttext="x">|</math>|<annotation encoding="application/x-tex">
<div>|</p>|<figure>|style="font-size:0">|id="js_content"|<svg>|<foreignObject>|</svg>|<style>|</style>
<title>|<textarea>|<select>|<!--|-->|<![CDATA[|]]>|onerror=x()|>|<|href="data:text/html,x">|</code>
src="data:image/png;base64,AAAA"|href="vbscript:x">|<base href="//x/">|<form action="/">|<pre>|</pre>
class="language-x"|<code>|<iframe src="https://player.vimeo.com/video/1" title="a" loading="lazy" >
"""
ODD_MEDIA = [piece for line in MEDIA.splitlines() for piece in line.split("|") if piece]
PIECES = st.sampled_from([*MARKUP.split(), *MORE.split(), *ODD, *ODD_MEDIA])
MARKED_UP = st.lists(PIECES | st.text(max_size=3), max_size=25).map("".join)
BASES = st.sampled_from([None, BASE])


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        pytest.param("<p>x<script>y</script></p>", "<p>x</p>", id="script"),
        pytest.param('<p onclick="y" style="z" id="w">x</p>', "<p>x</p>", id="attributes"),
        pytest.param('<p class="em_media a">x</p>', '<p class="em_media">x</p>', id="known class"),
        pytest.param('<p class="a">x</p>', "<p>x</p>", id="other class"),
        pytest.param('<div class="em_media">x</div>', "<div>x</div>", id="class elsewhere"),
        pytest.param("<center>x</center>", "x", id="unknown tag keeps its text"),
        pytest.param("<iframe>x</iframe>y", "y", id="frame without an address"),
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


@pytest.mark.parametrize(
    "style",
    [
        "visibility: hidden",
        "font-size:0",
        "font-size: 0px; color: red",
        "opacity:0",
        "opacity: 0.0 !important",
        "position:absolute;left:-9999px",
        "top: -1000em; position: fixed",
        "text-indent:-9999px",
        "mso-hide:all",
    ],
)
def test_whatever_style_hides_it(style: str) -> None:
    assert clean(f'<p>a</p><div style="{style}">no<b>no</b></div><p>b</p>', base=None) == "<p>a</p><p>b</p>"


@pytest.mark.parametrize(
    "style",
    [
        "opacity:0.8",
        "font-size:0.9em",
        "left:-9999px",
        "position:absolute;left:-5px",
        "text-indent:-2em",
        "width:1px",
        "border-display:none",
        "--x: hidden",
    ],
)
def test_other_styles_hide_nothing(style: str) -> None:
    assert clean(f'<p style="{style}">a</p>', base=None) == "<p>a</p>"


def test_small_print_around_pictures_and_print_hides_neither() -> None:
    html = '<div style="font-size:0"><img src="/a.png"><span style="font-size:14px">text</span></div>'
    assert "text" in clean(html, base=BASE)
    assert "/a.png" in clean('<div style="opacity:0"><img src="/a.png"></div>', base=BASE)


def test_wechats_body_is_hidden_only_until_its_script_has_run() -> None:
    html = '<div id="js_content" style="visibility: hidden; opacity: 0;"><p>text</p></div>'
    assert clean(html, base=None) == "<div><p>text</p></div>"


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        pytest.param("<p>a</p><p> </p><p>&nbsp;</p><p><br></p><p></p>", "<p>a</p>", id="paragraphs"),
        pytest.param("<div><section><p><span></span></p></section></div>a", "a", id="nested"),
        pytest.param("a<span> </span>b", "a b", id="a space between words"),
        pytest.param("a<b><br></b>b", "a<br>b", id="a line's end"),
        pytest.param("<figure><figcaption></figcaption></figure>a", "a", id="figure"),
        pytest.param("<figure><figcaption>b</figcaption></figure>", None, id="caption"),
        pytest.param("<ul><li></li><li>a</li></ul>", "<ul><li>a</li></ul>", id="list"),
        pytest.param("<table><tbody><tr><td></td><td>1</td></tr></tbody></table>", None, id="cells stay"),
        pytest.param("<div><hr></div>", None, id="line"),
        pytest.param("<p>\u200b</p>a", "a", id="without width"),
        pytest.param("<p><span>\u3000</span></p>a", "a", id="ideographic"),
        pytest.param("<div>" * 300 + "</div>" * 300 + "a", "a", id="very nested"),
    ],
)
def test_what_shows_nothing_goes(html: str, cleaned: str | None) -> None:
    assert clean(html, base=None) == (html if cleaned is None else cleaned)


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        (
            '<pre><code class="language-c++ hljs">x</code></pre>',
            '<pre><code class="language-c++">x</code></pre>',
        ),
        ('<pre class="language-py brush">x</pre>', '<pre class="language-py">x</pre>'),
        ('<code class="language-&quot;x">x</code>', "<code>x</code>"),
        ('<p class="language-py">x</p>', "<p>x</p>"),
    ],
)
def test_the_language_of_code_stays(html: str, cleaned: str) -> None:
    assert clean(html, base=None) == cleaned


def test_lists_tables_figures_and_code_stay() -> None:
    html = (
        '<ol start="3" reversed=""><li value="7">a</li></ol><dl><dt>a</dt><dd>b</dd></dl>'
        '<table><caption>c</caption><thead><tr><th scope="col">d</th></tr></thead><tbody><tr>'
        '<td colspan="2" rowspan="3">e</td></tr></tbody></table><figure><blockquote cite="https://x.example/">'
        "f</blockquote><figcaption>g</figcaption></figure><pre>h\n  i</pre>"
        "<details><summary>j</summary>k</details>"
        "<p>H<sub>2</sub>O <ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby> "
        '<time datetime="2026-01-01">l</time></p>'
    )
    assert clean(html, base=BASE) == html


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


def test_what_word_puts_into_comments_is_not_deep() -> None:
    office = "<!--[if gte mso 9]><xml>" + "<w:LsdException/>" * 500 + "</xml><![endif]-->"
    assert clean(f"<p>a</p>{office}<p><b>b</b></p>", base=None) == "<p>a</p><p><b>b</b></p>"
    assert text_of(f"{office}<p>b</p>") == "b"


def test_deep_markup_within_reason_is_kept() -> None:
    html = "<div>" * (DEEPEST // 2) + "x" + "</div>" * (DEEPEST // 2)
    assert clean(html, base=None) == html


def test_the_seeds_body_comes_out_byte_for_byte() -> None:
    if not SEED.exists():
        pytest.skip("needs ../shared/seed")
    body = SEED.read_text(encoding="utf-8").split("---\n", 2)[2].split("\n\n<http")[0]
    assert 'class="em_media"' in body
    assert clean(body, base=BASE) == body


@given(MARKED_UP, BASES)
def test_cleaning_twice_is_cleaning_once(html: str, base: str | None) -> None:
    once = clean(html, base=base)
    assert clean(once, base=base) == once


@given(MARKED_UP | st.text(), BASES)
def test_whatever_comes_two_parsers_find_only_what_is_allowed(html: str, base: str | None) -> None:
    assert harms(clean(html, base=base)) == []


@pytest.mark.parametrize(
    "harm",
    [
        "<script>x</script>",
        "<p onclick='x'>",
        "<p style='x'>",
        "<p id='x'>",
        "<a href='javascript:x'>",
        "<a href='java\nscript:x'>",
        "<a href='data:text/html,x'>",
        "<img src='data:image/svg+xml;base64,AAAA' alt='' loading='lazy'>",
        "<img src='/x'>",
        "<img src='/x' srcset='javascript:x 2x' alt='' loading='lazy'>",
        "<iframe src='https://player.vimeo.com/video/1'></iframe>",
        "<iframe src='https://x.example/' sandbox='allow-scripts allow-same-origin allow-popups'></iframe>",
        "<svg></svg>",
        "<form></form>",
        "<!-- x -->",
    ],
)
def test_both_parsers_would_find_harm(harm: str) -> None:
    assert len(harms(harm)) >= 2


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


def test_a_base_with_half_a_character_is_read_without_it() -> None:
    assert (
        clean('<a href="/x">x</a>', base="https://a.example/\ud800/y")
        == '<a href="https://a.example/x">x</a>'
    )
    assert clean('<a href="/x y">x</a>', base="http://\ud800&#60;/")
