"""What an address where nothing is may have meant, and what programs are told of it."""

from __future__ import annotations

import json

import pytest

from feeds.render.guessing import dead_end
from feeds.render.missing import DeadEnd, missing_problem, missing_text
from feeds.render.near import Names
from tests.make import category, site

PYTHON = category("python", title="Python", aliases=("snakes",))
NAMES = Names([PYTHON, category("city")])
SITE = site(url="https://h.example/base", language="en")


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/feeds/pyton.rss", "rss"),
        ("/feeds/pyton.atom", "atom"),
        ("/feeds/pyton.json", "json"),
        ("/feeds/pyton.xml", "rss"),
        ("/feeds/pyton.exe", "rss"),
        ("/feeds/pyton", "rss"),
        ("/feeds/pyton/x/y", "rss"),
        ("/pyton/feed", "rss"),
        ("/pyton/feed/", "rss"),
        ("/category/pyton.html", "html"),
        ("/category/pyton", "html"),
        ("/category/pyton/before-1.html", "html"),
        ("/pyton/2022/03/17/x.html", "html"),
        ("/pyton/x", "html"),
        ("/pyton", "html"),
    ],
)
def test_an_address_tells_a_name_and_a_form(path: str, form: str) -> None:
    assert dead_end(path, NAMES) == DeadEnd(path=path, form=form, near=(PYTHON,))


@pytest.mark.parametrize("path", ["/feeds/python.rss", "/category/python.html"])
def test_what_is_not_published_yet_does_not_lead_to_itself(path: str) -> None:
    assert dead_end(path, NAMES).near == ()


@pytest.mark.parametrize("path", ["", "/", "//", "/feeds/", "/category/", "/feeds/.rss", "/\n/", "/\x00"])
def test_an_address_without_a_name_has_nothing_near(path: str) -> None:
    assert dead_end(path, NAMES).near == ()


@pytest.mark.parametrize("name", ["python", "Python", "snakes"])
def test_an_article_of_a_known_category_leads_to_that(name: str) -> None:
    path = f"/{name}/2022/03/17/x.html"
    assert dead_end(path, NAMES) == DeadEnd(path=path, category=("python", "Python"))


def test_where_nothing_is_known_an_article_leads_to_the_category_that_it_names() -> None:
    assert dead_end("/any/2022/03/17/x.html", None).category == ("any", "any")
    assert dead_end(f"/{'x' * 101}/2022/03/17/x.html", None).category is None
    assert dead_end("/feeds/any.rss", None) == DeadEnd(path="/feeds/any.rss", form="rss")


def test_a_program_is_told_in_a_few_lines() -> None:
    assert missing_text(SITE, dead_end("/feeds/pyton.atom", NAMES)).splitlines() == [
        "There is no feed /feeds/pyton.atom",
        "",
        "Did you mean one of these?",
        "Python: https://h.example/base/feeds/python.atom",
        "",
        "All feeds: https://h.example/base/feeds/index.json",
    ]
    assert missing_text(SITE, dead_end("/feeds/none.rss", NAMES), interface="zh").splitlines() == [
        "没有订阅源 /feeds/none.rss",
        "",
        "全部订阅源： https://h.example/base/feeds/index.json",
    ]


def test_a_problem_is_one_of_rfc_9457() -> None:
    assert json.loads(missing_problem(SITE, dead_end("/feeds/pyton.json", NAMES))) == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no feed /feeds/pyton.json",
        "near": [
            {
                "slug": "python",
                "title": "Python",
                "home_page_url": "https://h.example/base/category/python.html",
                "feed_url": "https://h.example/base/feeds/python.json",
            }
        ],
        "index_url": "https://h.example/base/feeds/index.json",
    }


def test_what_anybody_may_write_is_one_short_line() -> None:
    hostile = "/feeds/\x1b[31m\r\n\tSet-Cookie: a\u202e\u0085\u2028<b>{0}{x}" + "y" * 10_000 + ".rss"
    end = DeadEnd(path=hostile, form="rss", near=(category("a", title="A\n\x1b[0m"),))
    text = missing_text(SITE, end)
    shown = end.shown
    assert shown.startswith("/feeds/[31mSet-Cookie: a<b>{0}{x}yyy") and shown.endswith("y…")
    assert len(shown) <= 121
    assert text.splitlines()[0] == f"There is no feed {shown}"
    assert text.splitlines()[3] == "A[0m: https://h.example/base/feeds/a.rss"
    assert all(line.isprintable() for line in text.splitlines())
    assert json.loads(missing_problem(SITE, end))["detail"] == f"There is no feed {shown}"
