"""JSON out of scripts and pages."""

from __future__ import annotations

import json
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import BotWall, NotAFeed
from feeds.parse.embedded import json_within
from feeds.told import Kind
from tests.make import payload, source


def within(place: str | None, body: bytes | str) -> object:
    return json_within(source(kind=Kind.API, within=place), payload(body))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param('{"a": [1]}', id="plain"),
        pytest.param('cb({"a": [1]});', id="callback"),
        pytest.param('cb({"a": [1]})', id="no semicolon"),
        pytest.param('/**/cb({"a": [1]});', id="comment"),
        pytest.param('\n // by us\n a.b["c"][0] ( \n {"a": [1]} \n );\n', id="blanks"),
        pytest.param("/**/ typeof f === 'function' && f({\"a\": [1]});", id="guarded"),
        pytest.param('try{cb({"a": [1]})}catch(e){}', id="try"),
        pytest.param('window.x = {"a": [1]};', id="assignment"),
        pytest.param('var x={"a": [1]},y={"b": 2}', id="first of two"),
        pytest.param('window.x = window.x || {"a": [1]}', id="default"),
        pytest.param('\ufeffcb({"a": [1]})', id="byte order mark"),
        pytest.param(')]}\'\n{"a": [1]}', id="guard"),
        pytest.param(')]}\',\n{"a": [1]}', id="guard with comma"),
        pytest.param(')]}\'{"a": [1]}', id="guard on one line"),
        pytest.param('while(1);{"a": [1]}', id="while"),
        pytest.param('for(;;);{"a": [1]}', id="for"),
        pytest.param('{}&&{"a": [1]}', id="empty object first"),
        pytest.param('x = JSON.parse("{\\"a\\": [1]}");', id="parsed text"),
        pytest.param('(function(){return {"a": [1]}})()', id="returned"),
        pytest.param('f({a: 1}, {"a": [1]})', id="after what is no JSON"),
    ],
)
def test_the_value_of_a_script(body: str) -> None:
    assert within("jsonp", body) == {"a": [1]}


def test_undefined_is_null_outside_texts() -> None:
    body = 'x={"a":undefined,"b":"undefined \\" undefined","c":[undefined]};'
    assert within("jsonp", body) == {"a": None, "b": 'undefined " undefined', "c": [None]}


@pytest.mark.parametrize(("body", "value"), [("cb([])", []), ("cb({})", {})])
def test_an_empty_value_is_one(body: str, value: object) -> None:
    assert within("jsonp", body) == value


def test_chinese_in_its_own_encoding() -> None:
    assert within("jsonp", 'cb({"标题": "重庆商报重庆商报"})'.encode("gb18030")) == {
        "标题": "重庆商报重庆商报"
    }


def test_a_number_without_end_stays_text() -> None:
    assert within("jsonp", f"cb([{'1' * 5000}])") == ["1" * 5000]


PAGE = """<!doctype html><html><head><title>News</title>
<script>var tracker = {"no": 1};</script>
<script type="application/ld+json">not yet</script>
<script type="application/ld+json">{"@type": "ItemList", "n": "a &amp; </b>"}</script>
<script id="__NEXT_DATA__" type="application/json">{"props": [1]}</script>
<script id="state">window.a = []; window.__INITIAL_STATE__ = {"list": [2], "x": undefined}; f();</script>
<div id="app" data-page='{"list": [3]}'></div></head></html>"""


@pytest.mark.parametrize(
    ("selector", "value"),
    [
        ("script#__NEXT_DATA__", {"props": [1]}),
        ('script[type="application/ld+json"]', {"@type": "ItemList", "n": "a &amp; </b>"}),
        ("script#state", {"list": [2], "x": None}),
        ('script:contains("__INITIAL_STATE__")', {"list": [2], "x": None}),
        ("#app::attr(data-page)", {"list": [3]}),
        ("#__NEXT_DATA__::text", {"props": [1]}),
    ],
)
def test_the_value_in_a_page(selector: str, value: object) -> None:
    assert within(selector, PAGE) == value


@pytest.mark.parametrize(
    ("place", "body", "message"),
    [
        pytest.param("jsonp", "", "empty body", id="empty"),
        pytest.param("jsonp", "cb(null)", "not JSONP", id="no container"),
        pytest.param("jsonp", 'cb({"a":', "broken JSON, not JSONP: Expecting value", id="broken"),
        pytest.param("jsonp", 'JSON.parse("{")', "a text given to JSON.parse", id="broken text"),
        pytest.param("jsonp", f"cb({'[' * 100_000}", "nested too deeply", id="deep"),
        pytest.param("jsonp", PAGE, "HTML page titled 'News', not JSONP", id="a page with scripts"),
        pytest.param(
            "script#x", PAGE, "HTML page titled 'News', not a page with JSON in 'script#x'", id="none"
        ),
        pytest.param("title", PAGE, "not a page with JSON in 'title'", id="no JSON there"),
        pytest.param("script[", PAGE, r"selector 'script\['", id="broken selector"),
        pytest.param("script#x", '{"a": 1}', "JSON, not a page with", id="JSON itself"),
        pytest.param(None, "<html>", "not JSON", id="nowhere"),
    ],
)
def test_what_has_no_value_says_what_came(place: str | None, body: str, message: str) -> None:
    with pytest.raises(NotAFeed, match=message):
        within(place, body)


def test_a_bot_wall_is_named() -> None:
    wall = '<html><title>Just a moment...</title><script src="/cdn-cgi/challenge-platform/x"></script></html>'
    with pytest.raises(BotWall):
        within("script#__NEXT_DATA__", wall)


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "part",
    [
        "[",
        "=[",
        '={"',
        '={"\\"',
        "=[undefined ",
        "\n",
        "= ",
        '=["a",',
        '="\\',
        "return ",
        'JSON.parse("[',
        '\'{"a":',
    ],
)
def test_no_script_takes_long(part: str) -> None:
    began = time.perf_counter()
    with pytest.raises(NotAFeed):
        within("jsonp", "x" + part * (3_000_000 // len(part)))
    assert time.perf_counter() - began < 5


@given(
    st.binary(max_size=300)
    | st.text(alphabet="[]{}\"=(),;:\\ \n\x00aundefi'<>/", max_size=60).map(str.encode)
)
@pytest.mark.parametrize("place", ["jsonp", "script", "*", "*::text", "::attr(a)"])
def test_any_bytes_have_a_value_or_none(place: str, body: bytes) -> None:
    with suppress(NotAFeed):
        assert isinstance(within(place, body), dict | list)


@given(st.recursive(st.none() | st.text() | st.integers(), st.lists, max_leaves=8).map(lambda x: {"a": x}))
@pytest.mark.parametrize("wrapped", ["cb({});", ")]}}',\n{}", "window.x={}; y=1", "<script>x = {};</script>"])
def test_what_is_wrapped_comes_out(wrapped: str, value: object) -> None:
    place = "script" if wrapped.startswith("<") else "jsonp"
    assert within(place, wrapped.format(json.dumps(value))) == value
