"""What pages say of their articles beside the body."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feeds.parse.extraction_tree import page_tree
from feeds.parse.metadata import Metadata, metadata_of


def told(head: str = "", body: str = "", **attributes: str) -> Metadata:
    named = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return metadata_of(page_tree(f"<html{named}><head>{head}</head><body>{body}</body></html>"))


def linked(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return f'<script type="application/ld+json">{text}</script>'


ARTICLE: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "A &amp; B",
    "author": {"@type": "Person", "name": "Ann Lee"},
    "datePublished": "2022-03-17T00:48:28+08:00",
    "dateModified": "2022-03-18T00:00:00Z",
    "image": {"@type": "ImageObject", "url": "https://x.example/i.jpg"},
    "description": "What it is about",
    "inLanguage": "zh-CN",
    "articleBody": "It begins.\nIt ends.",
}


def test_all_fields_of_an_article_are_read() -> None:
    assert told(linked(ARTICLE)) == Metadata(
        title="A & B",
        authors=("Ann Lee",),
        published="2022-03-17T00:48:28+08:00",
        updated="2022-03-18T00:00:00Z",
        image="https://x.example/i.jpg",
        summary="What it is about",
        language="zh-CN",
        body="It begins.\nIt ends.",
    )


@pytest.mark.parametrize(
    "document",
    [
        pytest.param([{"@type": "BreadcrumbList"}, ARTICLE], id="a list"),
        pytest.param({"@graph": [{"@type": "WebSite", "name": "no"}, ARTICLE]}, id="a graph"),
        pytest.param({"@type": "WebPage", "name": "no", "mainEntity": ARTICLE}, id="main entity"),
        pytest.param(ARTICLE | {"@type": ["Article", "BlogPosting"]}, id="two types"),
        pytest.param(ARTICLE | {"@type": "https://schema.org/BlogPosting"}, id="type as address"),
        pytest.param(ARTICLE | {"headline": {"@value": "A & B"}}, id="text as object"),
        pytest.param(f"<!-- {json.dumps(ARTICLE)} -->", id="html comment"),
        pytest.param(f"//<![CDATA[\n{json.dumps(ARTICLE)}\n//]]>", id="cdata"),
        pytest.param(f"{json.dumps(ARTICLE)};", id="semicolon"),
        pytest.param(f"/* made by a plugin */ {json.dumps(ARTICLE)}", id="comment"),
        pytest.param(
            '{"@type": "Article", "headline": "A &amp;\n\tB", }', id="control characters and a comma"
        ),
        pytest.param(r'{"@type": "Article", "headline": "A &amp; B", "url": "C:\x"}', id="a bad escape"),
    ],
)
def test_the_article_is_found_in_any_json_ld(document: object) -> None:
    assert told(linked(document)).title == "A & B"


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "null", "7", '{"@type": 7}', '{"@type": "Person"}'])
def test_json_ld_that_tells_nothing_does_no_harm(text: str) -> None:
    assert told(linked(text) + "<title>T</title>").title == "T"


@pytest.mark.parametrize(
    ("author", "authors"),
    [
        pytest.param("By Ann Lee and Bo Hall", ("Ann Lee", "Bo Hall"), id="text"),
        pytest.param([{"name": "Ann"}, {"name": "Bo"}, {"name": "Ann"}], ("Ann", "Bo"), id="several"),
        pytest.param({"@id": "#ann"}, ("Ann of the graph",), id="by reference"),
        pytest.param({"name": "https://x.example/ann"}, (), id="an address"),
        pytest.param({"name": ["Ann", "Bo"]}, ("Ann",), id="a list for a name"),
        pytest.param(None, (), id="nobody"),
    ],
)
def test_authors(author: object, authors: tuple[str, ...]) -> None:
    person = {"@type": "Person", "@id": "#ann", "name": "Ann of the graph"}
    assert told(linked([ARTICLE | {"author": author}, person])).authors == authors


@pytest.mark.parametrize(
    ("image", "address"),
    [
        ("a.jpg", "a.jpg"),
        (["a.jpg", "b.jpg"], "a.jpg"),
        ({"contentUrl": "a.jpg"}, "a.jpg"),
        ([], None),
        (7, None),
    ],
)
def test_images(image: object, address: str | None) -> None:
    assert told(linked({"@type": "Article", "image": image})).image == address


META = (
    '<meta property="og:title" content="OG"><meta name="twitter:title" content="Tw"><title>Title</title>'
    '<meta property="article:published_time" content="2022-03-17">'
    '<meta property="og:image" content="/og.jpg">'
)


def test_json_ld_goes_before_opengraph_before_meta_before_the_page() -> None:
    assert told(linked(ARTICLE) + META).title == "A & B"
    assert told(linked({"@type": "Article"}) + META).title == "OG"
    assert told(META.replace("og:title", "x")).title == "Tw"
    assert told("<title>Title</title>").title == "Title"
    found = told(META, '<time datetime="2001-01-01">')
    assert (found.published, found.image) == ("2022-03-17", "/og.jpg")


@pytest.mark.parametrize(
    ("meta", "authors"),
    [
        ('<meta name="author" content="王小明">', ("王小明",)),
        ('<meta name="Author" content="文静">', ("文静",)),
        ('<meta name="parsely-author" content="Ann Lee">', ("Ann Lee",)),
        (
            '<meta property="article:author" content="//f.example/a"><meta name="byl" content="By Ann">',
            ("Ann",),
        ),
        ('<meta name="dc:creator" content="Ann">', ("Ann",)),
    ],
)
def test_authors_of_meta_elements(meta: str, authors: tuple[str, ...]) -> None:
    assert told(meta).authors == authors


@pytest.mark.parametrize(
    ("body", "field", "value"),
    [
        ('<a rel="author" href="/ann">Ann Lee</a>', "authors", ("Ann Lee",)),
        ('<p itemprop="author"><b itemprop="name">Ann</b>, who writes</p>', "authors", ("Ann",)),
        ('<p class="c-byline">By <a href="/a">Ann Lee</a> on Monday</p>', "authors", ("Ann Lee",)),
        ('<p class="byline">作者：王小明</p>', "authors", ("王小明",)),
        ('<time datetime="2022-03-17T00:48+08:00">Thursday</time>', "published", "2022-03-17T00:48+08:00"),
        ('<p itemprop="datePublished" content="2022-03-17"></p>', "published", "2022-03-17"),
        ('<p class="info">来源：新华社 2022年3月17日 08:48</p>', "published", "2022年3月17日 08:48"),
        ('<span id="pubtime">2022-03-17 08:48:01</span>', "published", "2022-03-17 08:48:01"),
        ("<h1>Heading</h1>", "title", "Heading"),
    ],
)
def test_the_page_itself(body: str, field: str, value: object) -> None:
    assert getattr(told(body=body), field) == value


@pytest.mark.parametrize(
    ("title", "site", "expected"),
    [
        ("A long story | The Paper", "The Paper", "A long story"),
        ("A long story of things - Section - The Paper", None, "A long story of things"),
        ("宇航员在太空中喝酒会怎么样_探索者_光明网", None, "宇航员在太空中喝酒会怎么样"),
        ("重庆商报-今日新闻很重要", None, "今日新闻很重要"),
        ("A well-known story", None, "A well-known story"),
    ],
)
def test_the_site_is_no_part_of_a_title(title: str, site: str | None, expected: str) -> None:
    named = f'<meta property="og:site_name" content="{site}">' if site else ""
    assert told(f"{named}<title>{title}</title>").title == expected


def test_a_heading_within_the_title_is_the_title() -> None:
    assert told("<title>Paper: A story (2022)</title>", "<h1>A story</h1>").title == "A story"


def test_a_name_that_is_the_pages_title_is_no_less_than_a_headline() -> None:
    wikipedia = {"@type": "Article", "name": "New Zealand", "headline": "country in Oceania"}
    assert told(linked(wikipedia) + "<title>New Zealand - Wikipedia</title>").title == "New Zealand"


@pytest.mark.parametrize(
    ("head", "attributes", "language"),
    [
        ("", {"lang": "zh-CN"}, "zh-CN"),
        ('<meta property="og:locale" content="en_GB">', {}, "en-GB"),
        ('<meta http-equiv="Content-Language" content="de">', {}, "de"),
        ("", {}, None),
    ],
)
def test_the_language(head: str, attributes: dict[str, str], language: str | None) -> None:
    assert told(head, **attributes).language == language


def test_the_canonical_address() -> None:
    assert told('<link rel="canonical" href="https://x.example/a">').url == "https://x.example/a"


@pytest.mark.parametrize(
    ("document", "paid", "behind"),
    [
        (ARTICLE, False, ()),
        (ARTICLE | {"isAccessibleForFree": True}, False, ()),
        (ARTICLE | {"isAccessibleForFree": "False"}, True, ()),
        (ARTICLE | {"hasPart": {"isAccessibleForFree": False, "cssSelector": ".paid"}}, True, (".paid",)),
        (ARTICLE | {"hasPart": [{"isAccessibleForFree": True, "cssSelector": ".free"}]}, False, ()),
    ],
)
def test_what_is_for_those_who_pay(document: object, paid: bool, behind: tuple[str, ...]) -> None:
    found = told(linked(document))
    assert (found.paid, found.behind) == (paid, behind)
