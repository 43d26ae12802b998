"""An article's own page by rule and by ``auto``, and JSON answers about it."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from feeds.errors import BotWall, NotAFeed
from feeds.model import Detail, Payload
from feeds.parse.article import extracted_line, parse_article
from feeds.parse.article_pages import is_next
from feeds.told import ArticleRule
from tests.make import payload
from tests.test_parse_extraction import CHINESE, WORDS, paragraphs

URL = "https://x.example/news/1.html"
TEXT = ArticleRule(content="text")
AUTO = ArticleRule()


def answer(body: bytes | str, **overrides: Any) -> Payload:
    return payload(body, **({"media_type": "text/html", "url": URL} | overrides))


def json_answer(**values: object) -> Payload:
    return answer(json.dumps(values), media_type="application/json")


# ── JSON ────────────────────────────────────────────────────────────────────────────────────────


def test_a_detail_is_its_html() -> None:
    assert parse_article(TEXT, json_answer(text="<p>x</p>")) == Detail(content="<p>x</p>")


@pytest.mark.parametrize("body", ["", "{", "{}", '{"text": " "}', '{"text": 1}', "<html>"])
def test_a_detail_without_a_body_is_no_feed(body: str) -> None:
    with pytest.raises(NotAFeed):
        parse_article(TEXT, payload(body))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "empty body"),
        ("{", "broken JSON"),
        ("{}", "JSON without a text in 'text'"),
        ("<html><title>Login</title><h1>x</h1>", "no article text found in 'text': HTML page titled 'Login'"),
    ],
)
def test_what_is_no_detail_says_what_came(body: str, message: str) -> None:
    with pytest.raises(NotAFeed, match=message):
        parse_article(TEXT, answer(body))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_of_json(encoding: str) -> None:
    body = '{"text": "<p>重庆商报记者报道</p>"}'.encode(encoding)
    assert parse_article(TEXT, answer(body)).content == "<p>重庆商报记者报道</p>"


def test_all_fields_of_json() -> None:
    rule = ArticleRule(
        content="d.html", title="d.t", authors="d.by[].name", published="d.at", image="d.img", next="d.more"
    )
    found = json_answer(
        d={
            "html": "x",
            "t": " T ",
            "by": [{"name": "Ann"}, {"name": "Bo"}],
            "at": 7,
            "img": "/i.jpg",
            "more": "2",
        }
    )
    assert parse_article(rule, found) == Detail(
        content="x",
        title="T",
        authors=("Ann", "Bo"),
        published="7",
        image="https://x.example/i.jpg",
        more="https://x.example/news/2",
    )


def test_a_broken_expression_is_named() -> None:
    with pytest.raises(NotAFeed, match=r"title expression 'length\(@.x\)'"):
        parse_article(ArticleRule(content="text", title="length(@.x)"), json_answer(text="x"))


def test_what_is_removed_of_json_html() -> None:
    rule = ArticleRule(content="text", remove=(".ad", "//h1"))
    html = "<h1>T</h1><p>x</p><p class=ad>Buy</p>and so on"
    assert parse_article(rule, json_answer(text=html)).content == "<p>x</p>and so on"


@pytest.mark.parametrize(
    "values", [{"content_html": "<p>x</p>"}, {"content": {"rendered": "<p>x</p>"}}, {"content": "<p>x</p>"}]
)
def test_auto_knows_where_json_has_bodies(values: dict[str, object]) -> None:
    assert parse_article(AUTO, json_answer(**values)).content == "<p>x</p>"


def test_a_json_stub_is_not_whole() -> None:
    assert not parse_article(TEXT, json_answer(text="<p>开头。</p><p>本文为付费内容</p>")).whole


# ── HTML ────────────────────────────────────────────────────────────────────────────────────────

PAGE = f"""<html lang="en"><head><title>The bridge is closed</title>
<meta name="author" content="Ann Lee"><meta property="og:image" content="/b.jpg">
<meta property="article:published_time" content="2022-03-17T00:48+08:00">
<meta property="article:modified_time" content="2022-03-18">
<meta name="description" content="It has cracks"></head><body><h1>The bridge is closed</h1>
<div class="text"><p class="ad">Buy a boat now, it is cheaper than ever before, it floats on water too.</p>
{paragraphs()}</div><p class="by"><b>Bo Hall</b></p>
<p class="at"><time datetime="2022-03-19">Saturday</time></p>
<img class="lead" src="/c.jpg"><a class="more" href="2.html">More</a></body></html>"""


def test_auto_reads_the_body_and_what_the_page_tells() -> None:
    rule = ArticleRule(remove=("p.ad",))
    assert parse_article(rule, answer(PAGE)) == Detail(
        content="\n".join(f"<p>{text}</p>" for text in WORDS),
        title="The bridge is closed",
        published="2022-03-17T00:48+08:00",
        updated="2022-03-18",
        authors=("Ann Lee",),
        image="https://x.example/b.jpg",
        summary="It has cracks",
        language="en",
    )


@pytest.mark.parametrize("content", ["div.text", "//div[@class='text']", "(//div)[1]"])
def test_expressions_go_before_what_the_page_tells(content: str) -> None:
    rule = ArticleRule(
        content=content,
        title="h1::text",
        authors=".by b",
        published=".at time",
        image="img.lead",
        next="a.more",
    )
    found = parse_article(rule, answer(PAGE))
    assert found.content.startswith('<div class="text"><p class="ad">Buy')
    assert found.content.endswith(f"<p>{WORDS[-1]}</p></div>")
    assert (found.title, found.authors) == ("The bridge is closed", ("Bo Hall",))
    assert (found.published, found.image) == ("2022-03-19", "https://x.example/c.jpg")
    assert found.more == "https://x.example/news/2.html"


def test_all_that_is_selected_is_joined_without_what_is_removed() -> None:
    rule = ArticleRule(content="div.text > p, .by", remove=(".ad", "//b"))
    found = parse_article(rule, answer(PAGE)).content
    assert found == f'{paragraphs()}<p class="by"></p>'


@pytest.mark.parametrize("field", ["content", "title", "authors", "published", "image", "next"])
@pytest.mark.parametrize("expression", ["p[", "//p["])
def test_broken_selectors_are_named(field: str, expression: str) -> None:
    rule = msgspec.structs.replace(AUTO, **{field: expression})
    with pytest.raises(NotAFeed, match=f"{field} expression"):
        parse_article(rule, answer(PAGE))


def test_a_broken_selector_to_remove_is_named() -> None:
    with pytest.raises(NotAFeed, match="remove expression"):
        parse_article(ArticleRule(remove=("p[",)), answer(PAGE))


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8", "big5"])
@pytest.mark.parametrize("declared", [True, False])
def test_chinese_pages(encoding: str, declared: bool) -> None:
    texts = ("這座橋已經封閉，車輛必須繞行。" * 4,) if encoding == "big5" else CHINESE
    meta = f'<meta charset="{encoding}">' if declared else ""
    body = f"<div class=TRS_Editor>{paragraphs(texts)}</div>"
    html = f"<html><head>{meta}<title>老桥</title></head><body>{body}</body></html>"
    if encoding == "big5":
        html = html.replace("老桥", "老橋")
    line = extracted_line(URL, answer(html.encode(encoding), charset=None if declared else encoding))
    assert line["text"] == "\n".join(texts)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<html><body></body></html>", id="empty"),
        pytest.param("<html><title>404 Not Found</title><body><p>It may have been moved.</p>", id="gone"),
        pytest.param("<html><title>提示</title><body><p>您访问的页面不存在</p>", id="不存在"),
        pytest.param("<html><body><p>You need to enable JavaScript to run this app.</p>", id="scripted"),
    ],
)
@pytest.mark.parametrize("rule", [AUTO, ArticleRule(content="body")], ids=["auto", "by rule"])
def test_pages_without_an_article(body: str, rule: ArticleRule) -> None:
    if rule is not AUTO and body == "<html><body></body></html>":
        rule = ArticleRule(content="article")
    with pytest.raises(NotAFeed, match="no article text found"):
        parse_article(rule, answer(body))


@pytest.mark.parametrize("rule", [AUTO, TEXT, ArticleRule(content="p")], ids=["auto", "json", "css"])
def test_walls_are_no_articles(rule: ArticleRule) -> None:
    wall = "<html><title>Just a moment...</title><p>Checking your browser</p><script>_cf_chl_opt={}</script>"
    with pytest.raises(BotWall, match="Cloudflare challenge"):
        parse_article(rule, answer(wall))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "<html><title>Sign in</title><p>Please sign in</p><input type=password>",
            "login page titled 'Sign in'",
        ),
        ("<html><title>系统维护中</title><p>请稍后再来</p>", "maintenance page titled '系统维护中'"),
    ],
)
def test_login_and_maintenance_pages_are_no_articles(body: str, message: str) -> None:
    with pytest.raises(NotAFeed, match=message):
        parse_article(AUTO, answer(body))


def test_pictures_alone_are_a_body_where_the_rule_says_so() -> None:
    found = parse_article(
        ArticleRule(content="#comic"), answer("<html><body><p id=comic><img src=/a.png></p>")
    )
    assert found.content == '<p id="comic"><img src="https://x.example/a.png"></p>'


# ── several pages ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("/a/1234.html", "/a/1234_2.html"),
        ("/a/1234_2.html", "/a/1234_3.html"),
        ("/a/t20220317_1234.html", "/a/t20220317_1234_1.html"),
        ("/a/story", "/a/story/2"),
        ("/a/story/", "/a/story/page/2/"),
        ("/a/story/2/", "/a/story/3/"),
        ("/a/story", "/a/story?page=2"),
        ("/a/story?page=2", "/a/story?page=3"),
        ("/a?id=7", "/a?id=7&page=2"),
    ],
)
def test_the_next_page_of_an_article(url: str, address: str) -> None:
    assert is_next(f"https://x.example{url}", f"https://x.example{address}")
    html = f'<html><body><article>{paragraphs()}</article><a href="{address}">下一页</a></body></html>'
    assert (
        parse_article(AUTO, answer(html, url=f"https://x.example{url}")).more == f"https://x.example{address}"
    )


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("/a/story", "/a/other-story"),
        ("/a/1234.html", "/a/1235.html"),
        ("/a/1234_2.html", "/a/1234_2.html"),
        ("/a/1234_2.html", "/a/1234_4.html"),
        ("/a/1234.html", "/b/1234_2.html"),
        ("/2022/03/17", "/2022/03/18"),
    ],
)
def test_the_next_article_is_no_next_page(url: str, address: str) -> None:
    link = f'<link rel=next href="{address}">'
    html = f"<html><head>{link}</head><body><article>{paragraphs()}</article></body></html>"
    found = parse_article(AUTO, answer(html, url=f"https://x.example{url}"))
    assert found.more is None or url == "/2022/03/17"


def test_a_place_on_the_page_is_no_next_page() -> None:
    html = f'<html><body><article>{paragraphs()}</article><a class=n href="#top">Next</a></body></html>'
    assert parse_article(ArticleRule(next="a.n"), answer(html)).more is None


# ── the command ─────────────────────────────────────────────────────────────────────────────────


def test_a_line_for_the_command() -> None:
    line = extracted_line("bridge.html", answer(PAGE.replace('class="ad"', "hidden")))
    assert line == {
        "input": "bridge.html",
        "title": "The bridge is closed",
        "published": "2022-03-17T00:48+08:00",
        "authors": ["Ann Lee"],
        "image": "https://x.example/b.jpg",
        "language": "en",
        "text": "\n".join(WORDS),
        "html": "\n".join(f"<p>{text}</p>" for text in WORDS),
    }
