"""Lists found by their repeated structure."""

from __future__ import annotations

import pytest

from feeds.parse.repetition import propose
from tests import make

URL = "https://paper.example/news/"
TITLES = (
    "Parliament passes the budget after a long night",
    "Storm closes the northern harbour",
    "A bridge opens",
    "Museum finds a painting that nobody missed",
    "River reaches its highest mark since 1953",
)
LINE = "<li class='css-1a2b3c'><a href='/a/{number}'>{title}</a></li>"


def page(items: str, *, lang: str = "en") -> str:
    menu = "".join(
        f"<li><a href='/s/{name}'>{name}</a></li>" for name in ("World", "Economy", "Sports", "Culture")
    )
    pager = "".join(f"<a href='?page={number}'>{number}</a>" for number in range(2, 12))
    return (
        f"<html lang={lang}><body><nav><ul>{menu}</ul></nav><div id=middle>{items}</div>"
        f"<div class=pagination>{pager}</div><footer><ul>{menu.replace('/s/', '/f/')}</ul></footer>"
    )


def each(form: str) -> str:
    return "".join(form.format(number=number, title=title) for number, title in enumerate(TITLES, 1))


@pytest.mark.parametrize(
    ("items", "selector", "fields"),
    [
        (
            "<ul class=news>"
            + each("<li class='css-1a2b3c'><a href='/a/{number}'>{title}</a></li>")
            + "</ul>",
            "ul.news li",
            {"url": "a::attr(href)", "title": "a"},
        ),
        (
            each(
                "<article class='post post-{number}17'>"
                "<a class=pic href='/a/{number}'><img src=/i/{number}.png></a>"
                "<h3><a href='/a/{number}'>{title}</a></h3>"
                "<span class=when>2022-03-0{number}</span>"
                "<p class=summary>What happened there, told in a sentence or two by our man.</p></article>"
            ),
            "article.post",
            {"published": "span.when", "image": "img", "title": "h3 a", "summary": "p.summary"},
        ),
        (
            each("<a class=card href='/a/{number}'><h4>{title}</h4><time>2022-03-0{number}</time></a>"),
            "a.card",
            {"title": "h4", "published": "time"},
        ),
        (
            each("<div class=story><h2>{title}</h2><a href='/a/{number}'>Read more</a></div>"),
            "div.story",
            {"title": "h2", "url": "a::attr(href)"},
        ),
        (
            "<table><tr><td>" + each("<font><a href='a{number}.html'>{title}</a></font><br>") + "</table>",
            "#middle font",
            {"url": "a::attr(href)", "title": "a"},
        ),
    ],
    ids=["list", "cards", "links around cards", "read more", "fonts in a table"],
)
def test_the_list_of_a_page(items: str, selector: str, fields: dict[str, str]) -> None:
    best = propose(make.payload(page(items), url=URL))[0]
    assert best.count == len(TITLES)
    assert best.items == selector
    assert fields.items() <= dict(best.fields).items()


@pytest.mark.parametrize("items", ["", "<p>Nothing is here.</p>", "<p>See <a href=/b>this</a>.</p>"])
def test_menus_and_pages_are_no_lists(items: str) -> None:
    assert propose(make.payload(page(items), url=URL)) == ()


def test_the_likelier_list_comes_first_and_each_once() -> None:
    side = each("<li><a href='/b/{number}'>Most read: {title}</a></li>")
    main = each("<article><h2><a href='/a/{number}'>{title}</a></h2><time>2022-03-0{number}</time></article>")
    aside = f"<aside class=popular><ol>{side}</ol></aside>"
    found = propose(make.payload(page(f"{aside}<main>{main}</main>"), url=URL))
    assert [one.count for one in found] == [5, 5]
    assert "article" in found[0].items
    assert "nth" not in "".join(one.items for one in found)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"\x00" * 99, b"<a href='http://['>x</a>" * 9, b"<a href=1>" * 3000]
)
def test_no_page_is_too_odd(body: bytes) -> None:
    assert len(propose(make.payload(body, url=URL))) <= 3


def test_a_page_that_is_deep_is_no_work() -> None:
    links = "".join(f"<div><a href='/a/{number}'>A title of number {number}</a>" for number in range(2000))
    assert len(propose(make.payload(links, url=URL))) <= 3
