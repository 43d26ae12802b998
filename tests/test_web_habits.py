"""Addresses that are tried by habit, and that none of them stands in the way of a category."""

from __future__ import annotations

import pytest

from feeds.web.habits import EVERYTHING, meant

SLUGS = {"python": "python", "snakes": "python", "node.js": "node.js", "a (b)": "a (b)", "all": "all"}


def where(path: str, **more: str) -> str | None:
    return meant(path, (SLUGS | more).get)


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/feeds/python", "/feeds/python.rss"),
        ("/feeds/python/", "/feeds/python.rss"),
        ("/feeds/python.xml", "/feeds/python.rss"),
        ("/feeds/snakes.xml", "/feeds/python.rss"),
        ("/feeds/node.js", "/feeds/node.js.rss"),
        ("/feeds/a (b)", "/feeds/a (b).rss"),
        ("/python/feed", "/feeds/python.rss"),
        ("/python/feed/", "/feeds/python.rss"),
        ("/category/python", "/category/python.html"),
        ("/category/python/", "/category/python.html"),
        ("/feeds/all", "/feeds/all.rss"),
        ("/feeds/all.xml", "/feeds/all.rss"),
        ("/all/feed", "/feeds/all.rss"),
        ("/rss", "/feeds/all.rss"),
        ("/rss.xml", "/feeds/all.rss"),
        ("/feed", "/feeds/all.rss"),
        ("/feed/", "/feeds/all.rss"),
        ("/index.xml", "/feeds/all.rss"),
        ("/atom.xml", "/feeds/all.atom"),
        ("/feed.json", "/feeds/all.json"),
    ],
)
def test_a_habit_leads_to_the_document(path: str, target: str) -> None:
    assert where(path) == target


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "//", "/feeds", "/feeds/", "/category/", "/category/all", "/python", "/Python/"),
        *("/feeds/none", "/feeds/none.xml", "/none/feed", "/category/none", "/feeds/python.exe"),
        *("/feeds/feed", "/category/feed", "/feeds/python/x", "/python/feed/x", "/feed.xml/x", "//feed"),
    ],
)
def test_what_names_no_category_is_no_habit(path: str) -> None:
    assert where(path) is None


def test_a_category_is_never_shadowed() -> None:
    for path in EVERYTHING:
        name = path.removeprefix("/")
        assert where(path, **{name: name}) is None
    assert where("/feeds/python.xml", **{"python.xml": "python.xml"}) == "/feeds/python.xml.rss"
    assert where("/feeds/python.rss", **{"python.rss": "python.rss"}) == "/feeds/python.rss.rss"
