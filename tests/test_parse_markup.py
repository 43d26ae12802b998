"""How much of a page is read, and what hostile ones cost."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.parse.extraction_tree import page_tree
from feeds.parse.listing import parse_listing
from feeds.parse.markup import MOST_ATTRIBUTES, MOST_ATTRIBUTES_IN_ALL, MOST_ELEMENTS, bounded, writable
from feeds.parse.selectors import document, every, select
from feeds.told import FieldRule, Kind
from tests import make
from tests.test_parse_bounds import growth

MIB = 2**20
LARGEST = 15 * MIB
MANY = " ".join(f"a{number}=1" for number in range(200_000))
WIDE = " ".join(f"a{number}=1" for number in range(100_000))


@given(st.text(alphabet="<>/!-='\" ab&\n", max_size=200))
def test_a_page_of_some_size_is_read_as_it_is(html: str) -> None:
    assert bounded(html) == (html, ())


def test_elements_beyond_the_most_are_not_read() -> None:
    markup, warnings = bounded("<p>x</p>" * (MOST_ELEMENTS + 1))
    assert markup == "<p>x</p>" * MOST_ELEMENTS
    assert warnings == (f"only the first {MOST_ELEMENTS} elements of the page are read",)


@pytest.mark.parametrize("unit", ["<br>", "<!-- x -->", "<p\n>", "<a href='>'>"])
def test_all_that_takes_a_node_counts(unit: str) -> None:
    assert bounded(unit * MOST_ELEMENTS) == (unit * MOST_ELEMENTS, ())
    assert bounded(unit * (MOST_ELEMENTS + 1))[1]


@pytest.mark.parametrize("name", ["script", "STYLE", "textarea"])
def test_what_scripts_hold_does_not_count(name: str) -> None:
    text = f"<{name}>{'<p>' * (MOST_ELEMENTS + 1)}</{name}><p>x"
    assert bounded(text) == (text, ())
    assert bounded(f"<!-- {'<p>' * (MOST_ELEMENTS + 1)} --><p>x")[1] == ()


def test_many_attributes_in_all_end_the_page() -> None:
    element = f"<p {' '.join(f'a{number}' for number in range(MOST_ATTRIBUTES))}>"
    most = MOST_ATTRIBUTES_IN_ALL // MOST_ATTRIBUTES
    assert bounded(element * (most + 1))[0] == element * most


@pytest.mark.parametrize(
    "attributes",
    [
        pytest.param(WIDE, id="bare"),
        pytest.param(WIDE.replace("=1", '="1"'), id="quoted"),
        pytest.param(WIDE.replace("=1 ", '="1"'), id="without blanks"),
        pytest.param(f'x="<" {WIDE}', id="behind a bracket"),
        pytest.param(f"x='>' {WIDE}", id="behind its end, quoted"),
        pytest.param(WIDE.replace("=1", ""), id="names alone"),
    ],
)
def test_an_element_with_absurdly_many_attributes_is_read_without_any(attributes: str) -> None:
    html = f"<div {attributes}><p id=kept>x</p></div>"
    assert bounded(html) == ("<div><p id=kept>x</p></div>", ())
    assert every(document(html), "div > p") == ("x",)
    assert len(page_tree(html).findall(".//p")) == 1


def test_a_page_that_is_cut_says_so_and_is_read() -> None:
    page = "".join(f"<li><a href=/{n}>A title of number {n}</a></li>" for n in range(MOST_ELEMENTS))
    feed = parse_listing(make.source(kind=Kind.PAGE, items="li"), make.payload(page))
    assert len(feed.entries) == 2000
    assert any(warning.startswith("only the first 40000 elements") for warning in feed.warnings)


def test_items_inside_of_several_others_are_skipped() -> None:
    page = "".join(f"<div><a href=/{n}>Title {n}</a>" for n in range(9))
    feed = parse_listing(make.source(kind=Kind.PAGE, items="div"), make.payload(page))
    assert len(feed.entries) == 3
    assert feed.warnings == ("6 items skipped: inside of several others",)
    rules = {"title": FieldRule(path="a")}
    flat = make.source(kind=Kind.PAGE, items="a", fields=rules)
    assert len(parse_listing(flat, make.payload(page)).entries) == 9
    assert len(select(document(page), "div")) == 9


def filled(unit: str) -> str:
    return unit * (LARGEST // len(unit.encode()))


def numbered(form: str) -> str:
    return "".join(form.format(number) for number in range(LARGEST // len(form) - 20_000))[: LARGEST - 99]


HOSTILE = {
    "deep": lambda: "<div>" * 100_000,
    "tiny": lambda: "<i></i>" * 1_000_000,
    "elements": lambda: filled("<p>"),
    "comments": lambda: filled("<!---->"),
    "attributes": lambda: f"<div {MANY}>",
    "many attributes": lambda: filled(f"<p {' '.join(f'b{number}' for number in range(400))}>"),
    "text": lambda: "<p>" + filled("word 😀 more "),
    "address": lambda: f'<a href="{"x" * (LARGEST - 99)}">a title of some length</a>',
    "classes": lambda: f'<a href=/x class="{"abc " * (LARGEST // 4 - 99)}">a title of some length</a>',
    "links": lambda: numbered("<li><a href=/a/{0}>A title of number {0}</a></li>"),
    "links in links": lambda: numbered("<span><a href=/a/{0}>A title of number {0}</a>"),
    "scripts": lambda: filled("<script></script>"),
    "bases": lambda: filled("<base href=x>"),
}
READ = """
from feeds.errors import NotAFeed
from feeds.parse.article import parse_article
from feeds.parse.discover import discovered
from feeds.parse.embedded import json_within
from feeds.parse.listing import parse_listing
from feeds.told import ArticleRule, Kind
for read in (
    lambda: parse_listing(make.source(kind=Kind.PAGE, items="auto"), payload),
    lambda: parse_listing(make.source(kind=Kind.PAGE, items="li, p, div, span"), payload),
    lambda: json_within(make.source(kind=Kind.API, within="script"), payload),
    lambda: parse_article(ArticleRule(), payload),
    lambda: parse_article(ArticleRule(content="p, div, span"), payload),
    lambda: discovered(payload),
):
    try:
        read()
    except NotAFeed:
        pass
"""


@pytest.mark.timeout(60)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_take_little_memory(name: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(f"<html><body>{HOSTILE[name]()}"[:LARGEST], "utf-8")
    assert growth(READ, page) < 300 * MIB


@pytest.mark.parametrize(
    "kept", ["&#13;", "&#9;", "&#xA;", "&#32;", "&#310;", "&#x1F600;", "&#x80;", "é\t\n"]
)
def test_what_a_tree_may_hold_stays(kept: str) -> None:
    assert writable(kept) == kept


@pytest.mark.parametrize(
    "gone", ["\x01", "\ufffe", "&#1;", "&#0", "&#x1f;", "&#X0B;", "&#65534;", "&#xFFFF;"]
)
def test_what_no_tree_may_hold_goes(gone: str) -> None:
    assert writable(f"a{gone}.") == "a."
