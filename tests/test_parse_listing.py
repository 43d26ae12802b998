"""HTML pages with a list → entries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from feeds.errors import BotWall, NotAFeed
from feeds.model import Entry, Feed
from feeds.normalize.dates import parse_date
from feeds.parse.listing import parse_listing
from feeds.told import ArticleRule, CategoryRule, FieldRule, Kind
from tests import make

URL = "https://paper.example/news/index.html"


def listed(body: str | bytes, *, url: str = URL, fields: dict[str, Any] | None = None, **said: Any) -> Feed:
    rules = {
        name: rule if isinstance(rule, FieldRule) else FieldRule(path=rule)
        for name, rule in (fields or {}).items()
    }
    source = make.source(kind=Kind.PAGE, url=url, fields=rules, **({"items": "li"} | said))
    return parse_listing(source, make.payload(body, url=url, media_type="text/html"))


def entry(item: str, **said: Any) -> Entry:
    return listed(f"<html><body><ul><li>{item}</li></ul></body></html>", **said).entries[0]


NEWSPAPER = """<html><head><meta charset=gbk><title>晨报 - 新闻</title></head><body>
<div class="nav"><a href="/">首页</a><a href="/gn/">国内</a></div>
<ul class="list">
<li><span class="cat">[国内]</span>
<a href="/c/1.html" title="国务院常务会议部署下一阶段稳就业工作">国务院常务会议部署...</a><em>刚刚</em></li>
<li><span class="cat">[财经]</span><a href="/c/2.html">央行开展逆回购操作</a><em>2小时前</em></li>
<li><span class="cat">[国际]</span><a href="/c/3.html">联合国秘书长呼吁停火</a><em>昨天 12:30</em></li>
<li><span class="cat">[体育]</span><a href="/c/4.html">国足公布大名单</a><em>03-15 08:00</em></li>
</ul><a class="more" href="?page=2">下一页</a></body></html>""".encode("gbk")


def test_a_chinese_newspaper_in_gbk_with_relative_dates() -> None:
    fields = {"published": "em", "category": ".cat"}
    feed = listed(
        NEWSPAPER, items=".list li", fields=fields, category=CategoryRule(field="category"), next="a.more"
    )
    now = datetime.fromisoformat("2022-03-17T15:00:00+08:00")
    dates = [parse_date(e.published or "", timezone="Asia/Shanghai", now=now) for e in feed.entries]
    assert feed.title == "晨报 - 新闻"
    assert feed.more == ("https://paper.example/news/index.html?page=2",)
    assert feed.warnings == ()
    assert [e.url for e in feed.entries] == [
        f"https://paper.example/c/{number}.html" for number in (1, 2, 3, 4)
    ]
    assert [e.title for e in feed.entries][:2] == [
        "国务院常务会议部署下一阶段稳就业工作",
        "央行开展逆回购操作",
    ]
    assert [e.category for e in feed.entries] == ["[国内]", "[财经]", "[国际]", "[体育]"]
    assert [date and f"{date:%m-%d %H:%M}" for date in dates] == [
        "03-17 15:00", "03-17 13:00", "03-16 12:30", "03-15 08:00",
    ]  # fmt: skip


def test_the_same_newspaper_without_selectors() -> None:
    feed = listed(NEWSPAPER, items="auto")
    assert [e.published for e in feed.entries] == ["刚刚", "2小时前", "昨天 12:30", "03-15 08:00"]
    assert [e.title for e in feed.entries][1:3] == ["央行开展逆回购操作", "联合国秘书长呼吁停火"]


@pytest.mark.parametrize(
    ("item", "url", "title"),
    [
        ("<a href=/1>Words</a>", "https://paper.example/1", "Words"),
        ("<a href=2.html>Words</a>", "https://paper.example/news/2.html", "Words"),
        ("<a href=/1><img></a><a href=/1>Words</a>", "https://paper.example/1", "Words"),
        ("<a href=/1 title=Label><img></a>", "https://paper.example/1", "Label"),
        ("<a href=/1 aria-label=Label></a>", "https://paper.example/1", "Label"),
        ("<a href=/1></a><h3>Heading</h3>", "https://paper.example/1", "Heading"),
        ("<a href=/1><h3>Heading</h3><p>And more.</p></a>", "https://paper.example/1", "Heading"),
        ("<a href=/tag>Tag</a><h2><a href=/1>Words</a></h2>", "https://paper.example/1", "Words"),
        ("<a href=/1 title='A long title'>A long...</a>", "https://paper.example/1", "A long title"),
        ("<a href=/1 title='Another'>A long...</a>", "https://paper.example/1", "A long..."),
        ("<a href='#top'>Up</a><a href='javascript:go()'>Go</a><a href=/1>Words</a>",
         "https://paper.example/1", "Words"),
        ("<a href='http://other.example/'>Else<br>where</a>", "http://other.example/", "Else where"),
        ("<h3>Only a heading</h3>", None, "Only a heading"),
    ],
)  # fmt: skip
def test_link_and_title_without_rules(item: str, url: str | None, title: str) -> None:
    found = entry(item)
    assert (found.url, found.title, found.guid) == (url, title, None)


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        ({"url": "b a"}, "url", "https://paper.example/2"),
        ({"url": "b"}, "url", "https://paper.example/2"),
        ({"url": ".//b/a/@href"}, "url", "https://paper.example/2"),
        ({"title": "p"}, "title", "A sentence."),
        ({"title": "none"}, "title", "One"),
        ({"guid": "::attr(data-id)"}, "guid", "n17"),
        ({"image": "img"}, "image", "https://paper.example/i.png"),
        ({"summary": "p"}, "summary", "A sentence."),
        ({"content": "p"}, "content", "<p>A <i>sentence</i>.</p>"),
        ({"authors": ".by"}, "authors", ("Ann", "Bob")),
        ({"tags": ".by::text"}, "tags", ("Ann", "Bob")),
        ({"published": "time"}, "published", "2022-03-17"),
        ({"published": "time::text"}, "published", "today"),
        ({}, "published", "2022-03-17"),
        ({"published": FieldRule(path="em", strip="Posted:?")}, "published", "3 days ago"),
        ({"name": FieldRule(template="x-{guid}"), "guid": "::attr(data-id)"}, "name", "x-n17"),
        ({"url": FieldRule(template="/d/{guid}?a"), "guid": "::attr(title)"}, "url",
         "https://paper.example/d/%E4%B8%80%2F1?a"),
        ({"tags": FieldRule(template="{guid}"), "guid": "::attr(data-id)"}, "tags", ("n17",)),
        ({"url": "none"}, "url", None),
        ({}, "base", URL),
    ],
)  # fmt: skip
def test_fields(fields: dict[str, Any], name: str, value: object) -> None:
    item = (
        "<div data-id=n17 title='一/1'><a href=/1>One</a><b><a href=/2>Two</a></b>"
        "<img data-src=/i.png src=x.gif>"
        "<p>A <i>sentence</i>.</p><span class=by>Ann</span><span class=by>Bob</span>"
        "<em>Posted: 3 days ago</em>"
        "<time datetime=2022-03-17>today</time></div>"
    )
    found = listed(item, items="div", fields=fields).entries[0]
    assert getattr(found, name) == value


def test_an_item_that_is_a_link() -> None:
    feed = listed("<a class=i href=/1>One</a><a class=i href=/2>Two</a>", items="a.i", fields={})
    assert [(e.url, e.title) for e in feed.entries] == [
        ("https://paper.example/1", "One"), ("https://paper.example/2", "Two"),
    ]  # fmt: skip


def test_an_item_in_a_link() -> None:
    assert listed("<a href=/1><h2>One</h2></a>", items="h2").entries[0].url == "https://paper.example/1"


def test_several_lists_and_an_address_once() -> None:
    body = "<ul id=a><li><a href=/1><img></a><li><a href=/2>Two</a></ul><ol><li><a href=/1>One</a></ol>"
    feed = listed(body, items="#a li, ol li")
    assert [(e.url, e.title) for e in feed.entries] == [
        ("https://paper.example/1", "One"), ("https://paper.example/2", "Two"),
    ]  # fmt: skip


def test_the_base_of_the_page() -> None:
    found = listed("<base href='https://cdn.example/x/'><li><a href=1>One</a>").entries[0]
    assert (found.url, found.base) == ("https://cdn.example/x/1", "https://cdn.example/x/")


def test_an_item_with_nothing_to_read_is_skipped_with_a_warning() -> None:
    feed = listed("<ul><li><i>.</i><li><a href=/1>One</a></ul>")
    assert [e.title for e in feed.entries] == ["One"]
    assert feed.warnings == ("item 0 skipped: neither a link nor a title in it",)


def test_no_more_entries_than_can_be_read() -> None:
    feed = listed("".join(f"<li><a href=/{number}>Number {number}</a>" for number in range(2100)))
    assert len(feed.entries) == 2000
    assert feed.warnings == ("only the first 2000 of 2100 entries are read",)


@pytest.mark.parametrize(
    ("following", "more"),
    [
        ("a.next", ("https://paper.example/news/2",)),
        (".pages", ("https://paper.example/news/2",)),
        ("//a[@rel='next']/@href", ("https://paper.example/news/2",)),
        ("a.own", ()),
        ("a.go", ()),
        ("a.none", ()),
        (None, ()),
    ],
)
def test_the_next_page(following: str | None, more: tuple[str, ...]) -> None:
    body = "<ul><li><a href=/1>One</a></ul><p class=pages><a class=next rel=next href=2>Next</a>"
    assert (
        listed(
            f"{body}<a class=own href=''>1</a><a class=go href='javascript:next()'>Next</a>", next=following
        ).more
        == more
    )


@pytest.mark.parametrize(
    ("article", "page"),
    [
        (None, None),
        (ArticleRule(), "https://paper.example/1"),
        (ArticleRule(url="{url}?print=1"), "https://paper.example/1?print=1"),
        (ArticleRule(url="/text/{guid}"), "https://paper.example/text/n17"),
        (ArticleRule(url="/text/{name}"), None),
    ],
)
def test_the_articles_own_page(article: ArticleRule | None, page: str | None) -> None:
    found = entry("<a href=/1>One</a><b>n17</b>", article=article, fields={"guid": "b"})
    assert found.page == page


def test_a_category_by_an_expression() -> None:
    item = "<a href=/1>One</a><b>World</b>"
    assert entry(item, category=CategoryRule(field="b")).category == "World"
    assert entry(item, category=CategoryRule(field="tags"), fields={"tags": "b"}).category == "World"
    assert entry(item).category is None


@pytest.mark.parametrize(
    ("body", "items", "says"),
    [
        ("<html><title>News</title><p>Hello</p></html>", ".list li",
         "titled 'News', not a page with items '.list li'"),
        ("<html><title>News</title><p>Hello</p></html>", "auto", "repeat"),
        ('{"items": []}', "li", "JSON"),
        ("", "li", "empty body"),
        ("<ul><li><i>.</i></ul>", "li", "none of 1 items"),
        ("<ul><li>1</ul>", "li[", "items expression 'li['"),
    ],
)  # fmt: skip
def test_what_is_no_list_is_said(body: str, items: str, says: str) -> None:
    with pytest.raises(NotAFeed) as refused:
        listed(body, items=items)
    assert says in str(refused.value)


def test_a_bot_wall_is_no_list() -> None:
    wall = "<html><head><title>Just a moment...</title></head><body><div id=cf-challenge>cf_chl_opt</div>"
    with pytest.raises(BotWall):
        listed(wall, items=".list li")


def test_a_broken_expression_of_a_field_is_said() -> None:
    with pytest.raises(NotAFeed, match="no CSS selector"):
        listed("<li><a href=/1>One</a>", fields={"title": "a["})
