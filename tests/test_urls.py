"""Addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.urls import domain_of, encode_path, is_http, resolve


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://news.bbc.co.uk/feed", "bbc.co.uk"),
        ("https://BBC.co.uk:8443/", "bbc.co.uk"),
        ("https://user:secret@a.b.example.com/x", "example.com"),
        ("https://one.github.io/feed", "github.io"),  # one server farm, however many names
        ("https://www.example.com./feed", "example.com"),
        ("https://新闻.example.cn/", "example.cn"),
        ("http://127.0.0.1:8090/feed", "127.0.0.1"),
        ("http://[2001:DB8::0:1]/feed", "2001:db8::1"),
        ("http://localhost:1234/", "localhost"),
        ("http://intranet/feed", "intranet"),
        ("https://co.uk/", "co.uk"),
    ],
)
def test_the_registrable_domain_is_what_politeness_counts_by(url: str, domain: str) -> None:
    assert domain_of(url) == domain


@pytest.mark.parametrize(
    "url", ["http://a.example", "https://a.example/x?y#z", "HTTPS://A.example", "http://[::1]:80/"]
)
def test_absolute_http_addresses(url: str) -> None:
    assert is_http(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "//a.example/x",
        "/x",
        "http:///x",
        "ftp://a.example",
        "file:///etc/passwd",
        "http://[::1",
        "a.example",
    ],
)
def test_everything_else_is_none(url: str) -> None:
    assert not is_http(url)


@pytest.mark.parametrize(
    ("base", "url", "absolute"),
    [
        ("https://a.example/x/y", "z", "https://a.example/x/z"),
        ("https://a.example/x/y", "/z", "https://a.example/z"),
        ("https://a.example/x", "//b.example/z", "https://b.example/z"),
        ("https://a.example/x", "  https://b.example/z \n", "https://b.example/z"),
        (None, "https://b.example/z", "https://b.example/z"),
        (None, "z", None),
        ("https://a.example/", None, None),
        ("https://a.example/", "  ", None),
        ("https://a.example/", "javascript:alert(1)", None),
        ("https://a.example/", "mailto:a@b.example", None),
        ("https://a.example/", "http://[::1", None),
        ("http://[", "z", None),
    ],
)
def test_a_link_resolves_to_http_or_to_nothing(
    base: str | None, url: str | None, absolute: str | None
) -> None:
    assert resolve(base, url) == absolute


@given(base=st.text(max_size=30), url=st.text(max_size=30))
def test_no_text_makes_addresses_fail(base: str, url: str) -> None:
    found = resolve(f"http://{base}", url)
    assert found is None or is_http(found)


@given(host=st.text(max_size=30))
def test_no_http_address_is_without_a_domain(host: str) -> None:
    url = f"http://{host}/"
    if is_http(url):
        assert isinstance(domain_of(url), str)


@pytest.mark.parametrize(
    ("path", "encoded"),
    [
        ("/zhongqing/2022/a_b-c.html", "/zhongqing/2022/a_b-c.html"),
        ("/新闻/a.html", "/%E6%96%B0%E9%97%BB/a.html"),
        ("/A B (c)/100%.html", "/A%20B%20(c)/100%25.html"),
        ("/a?b#c", "/a%3Fb%23c"),
    ],
)
def test_a_path_of_ours_in_a_url(path: str, encoded: str) -> None:
    assert encode_path(path) == encoded


@pytest.mark.parametrize("host", ["evil host", "a\x7fb"], ids=["space", "delete"])
def test_a_host_with_blanks_is_no_address(host: str) -> None:
    assert not is_http(f"http://{host}/x")
