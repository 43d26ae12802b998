"""Weights of headers: which coding, and whether a page is rather wanted than a feed."""

from __future__ import annotations

import pytest

from feeds.web.negotiation import coding_for, prefers_json, prefers_page


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, GZIP;q=0.8", "gzip"),
        ("x-gzip", "gzip"),
        ("*", "br"),
        ("gzip;q=0", "identity"),
        ("br;q=0, *", "gzip"),
        ("*;q=0", "identity"),
        ("identity, gzip;q=0.01", "identity"),
        ("identity;q=0.5, gzip;q=0.7", "gzip"),
        ("identity;q=0, zstd", "identity"),
        ("gzip;q=much", "identity"),
        ("gzip ; q=1", "gzip"),
        ("", "identity"),
        (",;=,", "identity"),
        ("gzip," + "x" * 10_000, "gzip"),
    ],
)
def test_the_coding_of_most_weight_is_taken(header: str, coding: str) -> None:
    assert coding_for(header, brotli=True) == coding


@pytest.mark.parametrize(
    ("header", "coding"), [("br", "identity"), ("br, gzip;q=0.1", "gzip"), ("*", "gzip")]
)
def test_what_is_not_there_is_not_taken(header: str, coding: str) -> None:
    assert coding_for(header, brotli=False) == coding


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        pytest.param("", False, id="silent"),
        pytest.param("*/*", False, id="curl"),
        pytest.param("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True, id="browser"),
        pytest.param("text/html, application/xhtml+xml, image/jxr, */*", False, id="all alike"),
        pytest.param("application/rss+xml, application/atom+xml;q=0.8, text/html;q=0.7", False, id="reader"),
        pytest.param("application/rss+xml, text/html", False, id="both alike"),
        pytest.param("text/html, application/rss+xml;q=0.9, */*", True, id="rather a page"),
        pytest.param("text/html", True, id="only pages"),
        pytest.param("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", False, id="Java"),
        pytest.param("application/feed+json, text/html;q=0.5", False, id="rather JSON"),
        pytest.param("application/json", False, id="neither"),
    ],
)
def test_a_page_is_for_who_would_rather_have_one(accept: str, page: bool) -> None:
    assert prefers_page(accept) is page


@pytest.mark.parametrize(
    ("accept", "json"),
    [
        ("application/json", True),
        ("application/problem+json, */*;q=0.1", True),
        ("application/feed+json, application/rss+xml", True),
        ("application/json, text/plain, */*", True),
        ("text/plain, application/json;q=0.9", False),
        ("text/plain", False),
        ("application/json;q=0", False),
    ],
)
def test_json_is_for_who_names_it(accept: str, json: bool) -> None:
    assert [prefers_json(accept, otherwise=other) for other in (True, False)] == [json, json]


@pytest.mark.parametrize("accept", ["", "*/*", "application/rss+xml, text/*;q=0.5"])
def test_who_names_neither_gets_what_is_usual_there(accept: str) -> None:
    assert [prefers_json(accept, otherwise=other) for other in (True, False)] == [True, False]
