"""Which categories are near to a name that none has, and what it costs to know."""

from __future__ import annotations

import time

import pytest

from feeds.render.near import SUGGESTED, Names
from tests.make import category

NAMES = Names(
    [
        category("python", title="Python", aliases=("snakes",)),
        category("town-and-tech", title="Town & tech"),
        category("zhongguoyinxing", title="中国银行"),
        category("chongqingshangbaoxinwen", title="重庆商报新闻"),
        category("Node.js", title="Server side"),
        category("o1", title="Teachers"),
    ]
)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("pyton", "python"),
        ("PYTHOM", "python"),
        ("Ｐython３", "python"),
        ("pyhton", "python"),
        ("pyt", "python"),
        ("snake", "python"),
        ("the-python-feed", "python"),
        ("tech", "town-and-tech"),
        ("town_tech", "town-and-tech"),
        ("Town & Tech", "town-and-tech"),
        ("yinxing", "zhongguoyinxing"),
        ("银行", "zhongguoyinxing"),
        ("zhonguoyinxing", "zhongguoyinxing"),
        ("重庆商报", "chongqingshangbaoxinwen"),
        ("重庆时报新闻", "chongqingshangbaoxinwen"),
        ("chongqing", "chongqingshangbaoxinwen"),
        ("nodejs", "Node.js"),
        ("server", "Node.js"),
    ],
)
def test_a_name_that_is_nearly_right_is_near(asked: str, meant: str) -> None:
    assert [each.slug for each in NAMES.near(asked)][:1] == [meant]


@pytest.mark.parametrize(
    "asked", ["", "x", "-", "%%", "quantum", "wn", "own", "wp-login.php", "\x00", "‮", "行", "\ud800"]
)
def test_what_is_like_nothing_has_nothing_near(asked: str) -> None:
    assert NAMES.near(asked) == ()


def test_the_likeliest_come_first_and_each_once() -> None:
    assert [each.slug for each in NAMES.near("tech")] == ["town-and-tech"]
    assert [each.slug for each in NAMES.near("teach")] == ["o1", "town-and-tech"][:1]
    many = Names([category(f"city-{number}", title=f"City {number}") for number in range(100)])
    found = [each.slug for each in many.near("city")]
    assert found == [f"city-{number}" for number in range(SUGGESTED)]


def test_a_category_is_found_by_slug_and_alias_in_any_case() -> None:
    found = [NAMES.find(name) for name in ("PYTHON", "Snakes", "node.JS", "Town & tech")]
    assert [each and each.slug for each in found] == ["python", "python", "Node.js", None]
    both = Names([category("a", aliases=("b",)), category("b")])
    assert both.find("b") == category("b")


def test_without_categories_nothing_is_near() -> None:
    assert Names().near("python") == ()


@pytest.mark.parametrize("asked", ["pyton", "a" * 10_000, "\ufdfa" * 10_000, "-" * 10_000, "news " * 2000])
def test_a_name_costs_little_among_thousands_of_categories(asked: str) -> None:
    names = Names([category(f"city-{number}", title=f"News of city {number}") for number in range(5000)])
    began = time.process_time()
    for _ in range(20):
        names.near(asked)
    assert (time.process_time() - began) / 20 < 0.02  # a millisecond, on a machine that does nothing else
