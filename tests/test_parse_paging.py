"""The next page of a list."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Exchange, Hop
from feeds.parse.api import parse_list
from feeds.parse.paging import more_of
from feeds.told import FieldRule, Kind, Paging, Source
from tests.make import payload, source

LIST = "https://api.example/list"


def api(url: str = LIST, **overrides: Any) -> Source:
    return source(kind=Kind.API, url=url, **({"pages": 3} | overrides))


def more(rules: Source, document: object = None, url: str = LIST, *, count: int = 2) -> tuple[str, ...]:
    found = more_of(rules, payload(url=url), document, count)
    return (found.url,) if found else ()


NUMBER = Paging(parameter="page")
OFFSET = Paging(parameter="from", start=0, step=20)
CURSOR = Paging(parameter="after", cursor="meta.cursor")


@pytest.mark.parametrize(
    ("paging", "url", "wanted"),
    [
        pytest.param(NUMBER, LIST, "?page=2", id="first"),
        pytest.param(NUMBER, f"{LIST}?page=2", "?page=3", id="counted on"),
        pytest.param(NUMBER, f"{LIST}?page=", "?page=2", id="empty"),
        pytest.param(NUMBER, f"{LIST}?page=9", "?page=10", id="ten"),
        pytest.param(NUMBER, f"{LIST}?q=a%2Fb+c&page=1&sig=x~", "?q=a%2Fb+c&sig=x~&page=2", id="others stay"),
        pytest.param(NUMBER, f"{LIST}?k=${{secret.KEY}}#top", "?k=${secret.KEY}&page=2", id="secret"),
        pytest.param(NUMBER, f"{LIST}?page=1&page=7", "?page=2", id="given twice"),
        pytest.param(Paging(parameter="page", start=0), LIST, "?page=1", id="from zero"),
        pytest.param(Paging(parameter="p", start=9, step=-1), LIST, "?p=8", id="backwards"),
        pytest.param(OFFSET, LIST, "?from=20", id="offset"),
        pytest.param(OFFSET, f"{LIST}?from=20", "?from=40", id="offset counted on"),
        pytest.param(
            Paging(parameter="page[number]"), f"{LIST}?page%5Bnumber%5D=4", "?page%5Bnumber%5D=5", id="[]"
        ),
        pytest.param(NUMBER, f"{LIST}?page=last", None, id="no number"),
        pytest.param(NUMBER, f"{LIST}?page={'9' * 5000}", None, id="no such number"),
        pytest.param(NUMBER, f"{LIST}?page=２", None, id="no digit of ours"),
    ],
)
def test_a_parameter_counts_on(paging: Paging, url: str, wanted: str | None) -> None:
    assert more(api(paging=paging), url=url) == (() if wanted is None else (LIST + wanted,))


@pytest.mark.parametrize(
    ("cursor", "url", "wanted"),
    [
        pytest.param("a b/=", LIST, "?after=a%20b%2F%3D", id="text"),
        pytest.param(17, f"{LIST}?n=5&after=9", "?n=5&after=17", id="number"),
        pytest.param("9", f"{LIST}?after=9", None, id="the same"),
        pytest.param("a b", f"{LIST}?after=a+b&n=5", None, id="the same, spelled otherwise"),
        pytest.param(None, LIST, None, id="null"),
        pytest.param("", LIST, None, id="empty"),
        pytest.param({"x": 1}, LIST, None, id="object"),
    ],
)
def test_a_cursor_is_taken_from_the_answer(cursor: object, url: str, wanted: str | None) -> None:
    found = more(api(paging=CURSOR), {"meta": {"cursor": cursor}}, url)
    assert found == (() if wanted is None else (LIST + wanted,))


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        pytest.param("https://other.example/2", "https://other.example/2", id="absolute"),
        pytest.param("/list/2", "https://api.example/list/2", id="relative"),
        pytest.param("?page=2", f"{LIST}?page=2", id="query"),
        pytest.param(f" {LIST}?p=2 ", f"{LIST}?p=2", id="blanks"),
        pytest.param(LIST, None, id="itself"),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="null"),
        pytest.param(True, None, id="true"),
        pytest.param(2, None, id="number"),
        pytest.param("javascript:x", None, id="scheme"),
        pytest.param("file:///etc/passwd", None, id="file"),
        pytest.param("http://[", None, id="broken"),
    ],
)
def test_an_address_is_taken_from_the_answer(said: object, wanted: str | None) -> None:
    assert more(api(next="links.next"), {"links": {"next": said}}) == (() if wanted is None else (wanted,))


@pytest.mark.parametrize(
    ("rules", "count"),
    [
        pytest.param(api(paging=NUMBER), 0, id="empty page"),
        pytest.param(api(paging=NUMBER, pages=1), 2, id="one page"),
        pytest.param(api(), 2, id="no rule"),
    ],
)
def test_there_is_no_more(rules: Source, count: int) -> None:
    assert more(rules, count=count) == ()


def test_a_page_that_redirects_to_the_first_is_not_asked_for_again() -> None:
    hops = (Hop(url=f"{LIST}?page=2", status=302), Hop(url=LIST, status=200))
    came = payload(url=LIST, exchange=Exchange(hops=hops))
    assert more_of(api(paging=NUMBER), came, [], 2) == (f"{LIST}?page=3", None)
    assert more_of(api(next="@"), came, "?page=2", 2) is None


def test_a_page_that_was_asked_for_is_not_again() -> None:
    assert more(api(f"{LIST}?page=1", next="@"), "?page=1", f"{LIST}?page=2") == ()


def read(document: object, **rules: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    listed = api(items="list", fields={"guid": FieldRule(path="id")}, **rules)
    feed = parse_list(listed, payload(json.dumps(document), url=LIST))
    return feed.more, feed.warnings


def test_a_list_says_where_it_goes_on() -> None:
    assert read({"list": [{"id": 1}], "next": "?page=2"}, next="next") == ((f"{LIST}?page=2",), ())
    assert read({"list": []}, paging=NUMBER) == ((), ())


@pytest.mark.parametrize(
    ("rules", "warning"),
    [
        pytest.param({"method": "POST", "body": "{", "paging": NUMBER}, "its body is no JSON", id="post"),
        pytest.param({"next": "length(id)"}, "no further pages", id="expression"),
    ],
)
def test_what_cannot_be_followed_costs_no_entry(rules: dict[str, Any], warning: str) -> None:
    found, warnings = read({"list": [{"id": 1}], "id": 7}, **rules)
    assert found == ()
    assert len(warnings) == 1
    assert warning in warnings[0]


def test_a_post_of_one_page_warns_of_nothing() -> None:
    assert read({"list": [{"id": 1}]}, method="POST", paging=NUMBER, pages=1) == ((), ())


@pytest.mark.parametrize(
    ("paging", "body", "wanted"),
    [
        pytest.param(NUMBER, '{"page": 1, "q": "新"}', '{"page": 2, "q": "新"}', id="JSON number"),
        pytest.param(NUMBER, '{"page": "9"}', '{"page": "10"}', id="JSON text"),
        pytest.param(NUMBER, "{}", '{"page": 2}', id="JSON first"),
        pytest.param(OFFSET, '{"from": 20}', '{"from": 40}', id="JSON offset"),
        pytest.param(
            Paging(parameter="query.page"),
            '{"query": {"page": 3, "key": "${secret.KEY}"}}',
            '{"query": {"page": 4, "key": "${secret.KEY}"}}',
            id="JSON within",
        ),
        pytest.param(CURSOR, '{"after": null}', '{"after": "abc"}', id="JSON cursor"),
        pytest.param(CURSOR, '{"after": "abc"}', None, id="the same cursor"),
        pytest.param(NUMBER, "q=a%2Fb&page=1&sig=x~", "q=a%2Fb&sig=x~&page=2", id="form"),
        pytest.param(NUMBER, None, "page=2", id="nothing sent"),
        pytest.param(NUMBER, "page=last", None, id="no number"),
        pytest.param(NUMBER, '{"page": {"number": 1}}', '{"page": 2}', id="an object"),
    ],
)
def test_a_posts_parameter_counts_on_in_its_body(
    paging: Paging, body: str | None, wanted: str | None
) -> None:
    rules = api(method="POST", body=body, paging=paging)
    found = more_of(rules, payload(url=f"{LIST}?moved"), {"meta": {"cursor": "abc"}}, 2)
    assert found == (None if wanted is None else (LIST, wanted))


def test_a_posts_next_address_is_asked_with_the_same_body() -> None:
    rules = api(method="POST", body="{}", next="next")
    assert more_of(rules, payload(url=LIST), {"next": "?page=2"}, 2) == (f"{LIST}?page=2", None)


@given(st.text(), st.text(min_size=1), st.text())
def test_any_words_make_one_address_at_most(query: str, parameter: str, cursor: str) -> None:
    rules = api(paging=Paging(parameter=parameter, cursor="@"))
    url = f"{LIST}?{query.encode('utf-8', 'replace').decode()}"
    found = more_of(rules, payload(url=url), cursor, 1)
    assert found is None or found.url.startswith(LIST)
    assert found == more_of(rules, payload(url=url), cursor, 1)
