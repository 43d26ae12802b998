"""CSS and XPath over a page, and what an element says."""

from __future__ import annotations

import pytest

from feeds.parse.selectors import (
    LINK,
    MOMENT,
    PICTURE,
    check_selector,
    document,
    every,
    first,
    html_of,
    select,
)

PAGE = document(
    """<html><body><h2>Of the page</h2><ul><li>
    <h2> <a href='/1' title=x>One <b>t</b>wo<br>three<script>z</script> tail</a> </h2>
    <time datetime='2022-03-17T08:00'>Mar 17</time>
    <img data-src=/real.png src=blank.gif><p class=s>A <i>summary</i></p><p class=s>Two</p>
    </li></ul></body></html>"""
)
ITEM = select(PAGE, "li")[0]


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("a", "One two three tail"),
        ("h2 a", "One two three tail"),
        ("a::text", "One"),
        ("h2::text", None),
        ("a::attr(title)", "x"),
        ("a::attr(rel)", None),
        ("b, i", "t"),
        ("./h2/a/@title", "x"),
        (".//a", "One two three tail"),
        ("//h2", "One two three tail"),
        ("(//h2)[1]", "One two three tail"),
        ("/html/body/h2", "Of the page"),
        ("xpath:h2", "One two three tail"),
        ("xpath:count(.//p)", "2.0"),
        ("xpath:string(.//i)", "summary"),
        ("p:nth-of-type(2)", "Two"),
        ("p.none", None),
    ],
)
def test_the_first_text_of_an_expression(expression: str, text: str | None) -> None:
    check_selector(expression)
    assert first(ITEM, expression) == text


@pytest.mark.parametrize(
    ("expression", "attributes", "text"),
    [
        ("a", LINK, "/1"),
        ("h2", LINK, "/1"),
        ("a::attr(title)", LINK, "x"),
        ("p", LINK, None),
        ("img", PICTURE, "/real.png"),
        ("img::attr(src)", PICTURE, "blank.gif"),
        ("time", MOMENT, "2022-03-17T08:00"),
        ("p.s", MOMENT, "A summary"),
    ],
)
def test_an_element_that_stands_for_its_attribute(
    expression: str, attributes: tuple[str, ...], text: str | None
) -> None:
    assert first(ITEM, expression, attributes) == text


def test_every_text_once() -> None:
    assert every(ITEM, "p.s, i") == ("A summary", "summary", "Two")
    assert every(document("<b>x</b><b> x </b><b></b>"), "b") == ("x",)


@pytest.mark.parametrize(
    ("expression", "html"),
    [
        ("p.s", '<p class="s">A <i>summary</i></p><p class="s">Two</p>'),
        ("p.s, i", '<p class="s">A <i>summary</i></p><p class="s">Two</p>'),
        ("p.s::text", "<p>A</p><p>Two</p>"),
        ("none", None),
    ],
)
def test_the_markup_of_an_expression(expression: str, html: str | None) -> None:
    assert html_of(ITEM, expression) == html


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("a[", "no CSS selector: 'a['"),
        ("a::nope", "unknown"),
        ("a:nope(1)", "unknown"),
        ("//a[", "no XPath expression: '//a['"),
        ("//a/$b", "Invalid"),
        ("//x:y", "prefix"),
        ("xpath:", "Invalid"),
        ("xpath:nope()", "no XPath expression"),
    ],
)
def test_what_cannot_be_read_is_said(expression: str, says: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        check_selector(expression)
    assert says in str(refused.value)


@pytest.mark.parametrize("text", ["", "   ", "<", "plain words", "\x00", "<p>\ud7ff</p>", "<a href='" * 50])
def test_no_page_is_too_broken(text: str) -> None:
    assert every(document(text), "a::attr(none)") == ()
