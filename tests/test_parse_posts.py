"""Jekyll posts of the seed's form, and of none."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import NotAFeed
from feeds.model import POSTS_MEDIA_TYPE, Entry
from feeds.parse.footer import Footer, split_footer
from feeds.parse.frontmatter import read_front_matter
from feeds.parse.posts import parse_post, parse_posts
from tests.make import payload

POST = """---
layout: post
title: "标题"
date: 2022-03-17 00:48:28 +0800
categories: zhongqingshangbao
tags: 重庆商报新闻
---
<p>一</p>
 <p>二</p><p class="em_media">（文章来源：重庆商报）</p>

<http://share.example/?infoCode=NW1>

[返回重庆商报新闻](//site.example/category/zhongqingshangbao.html)｜[返回首页](//site.example/)
"""


def read(text: str, name: str = "2022-03-17-NW1.md") -> Entry:
    entry, _ = parse_post(name, text)
    return entry


def test_a_post_of_the_seeds_form() -> None:
    assert parse_post("2022-03-17-NW1.md", POST) == (
        Entry(
            guid="NW1",
            name="NW1",
            url="http://share.example/?infoCode=NW1",
            title="标题",
            published="2022-03-17 00:48:28 +0800",
            tags=("重庆商报新闻",),
            category="zhongqingshangbao",
            category_title="重庆商报新闻",
            medium="重庆商报",
            content='<p>一</p>\n <p>二</p><p class="em_media">（文章来源：重庆商报）</p>',
        ),
        "https://site.example",
    )


@pytest.mark.parametrize(
    ("name", "guid"),
    [
        pytest.param("2022-03-17-NW202203172312474080.md", "NW202203172312474080", id="dated"),
        pytest.param("-202205262391921712.md", "202205262391921712", id="without date"),
        pytest.param(
            "2021-12-08-202112082206891339.b5202fa.md", "202112082206891339.b5202fa", id="with a dot"
        ),
        pytest.param("_posts/2021-12-08-NW1.md", "NW1", id="in a folder"),
        pytest.param("about.md", "about", id="page"),
        pytest.param("2022-03-17-NW2.html", "NW2", id="in HTML"),
        pytest.param("2022-03-17-weekly.md", "2022-03-17-weekly", id="no code of the seed's"),
    ],
)
def test_the_guid_is_the_file_name(name: str, guid: str) -> None:
    assert read(POST, name).guid == guid


def test_blank_lines_and_a_mark_may_come_before_the_front_matter() -> None:
    assert read("\ufeff\n\n" + POST).title == "标题"


def test_line_ends_of_windows_are_read() -> None:
    assert read(POST.replace("\n", "\r\n")) == read(POST)


@pytest.mark.parametrize(
    ("block", "title"),
    [
        pytest.param('title: "他说"你好"了"', '他说"你好"了', id="unescaped quotes"),
        pytest.param('title: "a\\qb"', "a\\qb", id="backslash"),
        pytest.param('title: "a \\" b"', 'a " b', id="valid escape"),
        pytest.param("title: no", "no", id="no"),
        pytest.param("title: 1e3", "1e3", id="number"),
        pytest.param("title: null", "null", id="null"),
        pytest.param("title: a: b: c", "a: b: c", id="colons"),
    ],
)
def test_titles_are_text_however_the_yaml_is_broken(block: str, title: str) -> None:
    assert read_front_matter(block)["title"] == title


def test_broken_yaml_keeps_the_other_keys() -> None:
    post = POST.replace('"标题"', '"标"题""')
    entry = read(post)
    assert (entry.title, entry.published) == ('标"题"', "2022-03-17 00:48:28 +0800")


@pytest.mark.parametrize(
    ("front", "published"),
    [
        pytest.param("date:  +0800", "2022-03-17", id="offset of nothing"),
        pytest.param("date:", "2022-03-17", id="empty"),
        pytest.param("layout: post", "2022-03-17", id="missing"),
        pytest.param("date: someday", "2022-03-17", id="no date"),
        pytest.param("date: May 2022", "May 2022", id="in words"),
    ],
)
def test_a_missing_date_is_the_file_names(front: str, published: str) -> None:
    assert read(f"---\n{front}\n---\nx").published == published
    assert read("---\ndate:  +0800\n---\nx", "-1.md").published is None


def test_front_matter_may_be_hugos_toml() -> None:
    front = (
        'title = "A \\"b\\""\ndate = 2022-03-17T00:48:28+08:00\ntags = ["one two"]\nweight = 3\n[x]\ny = 1'
    )
    entry = read(f"+++\n{front}\n+++\nText.")
    assert (entry.title, entry.published) == ('A "b"', "2022-03-17T00:48:28+08:00")
    assert (entry.tags, entry.content) == (("one two",), "<p>Text.</p>")


def test_broken_toml_loses_its_keys_and_not_the_text() -> None:
    entry = read("+++\ntitle = x y\n+++\nText.", "apples.md")
    assert (entry.title, entry.content) == ("apples", "<p>Text.</p>")


def test_lists_of_tags_and_categories() -> None:
    entry = read("---\ntags: [a, b c]\ncategories:\n- one two\n- three\n---\nx")
    assert (entry.tags, entry.category) == (("a", "b c"), "one two")


@pytest.mark.parametrize(
    ("front", "tags", "title"),
    [
        ("tags: a b", ("a", "b"), None),
        ("tags: Career In 投行PEVC新闻", ("Career In 投行PEVC新闻",), "Career In 投行PEVC新闻"),
        ("tags: [a b]", ("a b",), None),
    ],
    ids=["Jekyll's", "the seed's", "a list"],
)
def test_a_text_of_tags_is_split_but_for_the_seeds(
    front: str, tags: tuple[str, ...], title: str | None
) -> None:
    entry = read(f"---\n{front}\n---\nx")
    assert (entry.tags, entry.category_title) == (tags, title)


def test_a_table_in_markdown_is_one() -> None:
    assert "<table>" in (read("---\ntitle: t\n---\n| a |\n|---|\n| 1 |").content or "")


def test_a_category_may_hold_spaces() -> None:
    entry = read("---\ncategories: 21shijijingjibaodao  nancailicaitong\n---\nx")
    assert entry.category == "21shijijingjibaodao  nancailicaitong"


def test_markdown_is_rendered_and_markup_left_alone() -> None:
    assert read("---\nlayout: post\n---\n一 *二*\n").content == "<p>一 <em>二</em></p>"
    assert read("---\nlayout: post\n---\n<p>*二*</p>\n").content == "<p>*二*</p>"


def test_a_leading_quotation_is_the_summary() -> None:
    entry = read("---\nlayout: post\n---\n> digest\n\n<p>body</p>\n\n<http://a.example/>\n")
    assert (entry.summary, entry.content) == ("digest", "<p>body</p>")
    assert entry.url == "http://a.example/"


def test_a_leading_quotation_is_text_where_the_post_is_not_the_seeds() -> None:
    entry = read("---\ntitle: t\ndescription: About it.\n---\n> To be or not\n\nThat is the question.\n")
    assert entry.summary == "About it."
    assert "To be or not" in (entry.content or "")
    assert "That is the question." in (entry.content or "")


def test_a_list_in_broken_yaml_is_one() -> None:
    entry = read("---\ntitle: [x\ncategories: [garden, 'in May']\n---\nx")
    assert (entry.title, entry.category) == ("[x", "garden")


@pytest.mark.parametrize("begun", ["---\ntitle: t\n\nbody", "+++\ntitle = 't'\n\nbody"])
def test_a_head_without_end_is_told_of_and_the_post_stays_as_it_was(begun: str) -> None:
    files = [("a.md", begun.encode()), ("b.md", b"---\n\nA line before. --- And text.")]
    feed = parse_posts(payload(msgspec.msgpack.encode(files), media_type=POSTS_MEDIA_TYPE))
    assert [entry.guid for entry in feed.entries] == ["b"]
    assert feed.unread == ("a",)
    assert "front matter has no end" in feed.warnings[0]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        pytest.param("# A heading\n\nbody", "A heading", id="heading"),
        pytest.param("body", "NW1", id="file name"),
    ],
)
def test_a_post_without_front_matter_is_kept(text: str, title: str) -> None:
    entry = read(text)
    assert entry.title == title
    assert entry.content is not None
    assert "body" in entry.content


@pytest.mark.parametrize(
    ("foot", "footer"),
    [
        pytest.param("<http://a.example/1>", Footer(url="http://a.example/1"), id="address alone"),
        pytest.param(
            "<http://a.example/1>\n\n[返回东财滚动新闻](../emnews/)\n[返回首页](../)",
            Footer(url="http://a.example/1", category="东财滚动新闻"),
            id="relative",
        ),
        pytest.param(
            "<http://a.example/1>\n\n[返回新闻](//s.example/emnews/)\n[返回首页](//s.example/)",
            Footer(url="http://a.example/1", home="https://s.example", category="新闻"),
            id="two lines",
        ),
        pytest.param(
            "<http://a.example/1>\n\n[返回新闻](//s.example/x)｜[返回首页](//s.example/)",
            Footer(url="http://a.example/1", home="https://s.example", category="新闻"),
            id="one line",
        ),
        pytest.param("<>\n\n[返回首页](http://s.example/a/)", Footer(home="http://s.example/a"), id="empty"),
        pytest.param(
            "<>\n\n[返回a \\[b\\] &#123;{c](//s.example/x)｜[返回首页](//s.example/)",
            Footer(home="https://s.example", category="a [b] {{c"),
            id="a title that is escaped",
        ),
        pytest.param("", Footer(), id="none"),
    ],
)
def test_the_generations_of_footers(foot: str, footer: Footer) -> None:
    assert split_footer(f"\n<p>x</p>\n\n{foot}\n") == ("<p>x</p>", footer)


def test_a_body_that_ends_in_a_tag_is_not_its_footer() -> None:
    assert split_footer("a\n<br>") == ("a\n<br>", Footer())


def test_a_folder_keeps_what_it_can_read() -> None:
    files = [("2022-03-17-NW1.md", POST.encode()), ("2022-03-17-NW2.md", b"\xff\xfe\xfa")]
    feed = parse_posts(payload(msgspec.msgpack.encode(files), media_type=POSTS_MEDIA_TYPE))
    assert [entry.guid for entry in feed.entries] == ["NW1"]
    assert feed.url == "https://site.example"
    assert feed.warnings[0].startswith("2022-03-17-NW2.md skipped")


@pytest.mark.parametrize(
    "front", ["---\npublished: false\n---", "---\ndraft: true\n---", "+++\ndraft = true\n+++"]
)
def test_drafts_are_no_posts(front: str) -> None:
    files = [("a.md", f"{front}\nSecret.".encode()), ("b.md", b"---\ndraft: false\n---\nText.")]
    feed = parse_posts(payload(msgspec.msgpack.encode(files), media_type=POSTS_MEDIA_TYPE))
    assert [entry.guid for entry in feed.entries] == ["b"]


def test_pages_that_list_a_category_are_no_posts() -> None:
    page = b"---\nlayout: category\ntitle: News\ncategory: news\n---"
    body = msgspec.msgpack.encode([("news.html", page), ("2022-03-17-NW1.md", b"a post")])
    feed = parse_posts(payload(body, media_type=POSTS_MEDIA_TYPE))
    assert [entry.guid for entry in feed.entries] == ["NW1"]
    assert feed.warnings == ()


@pytest.mark.parametrize("body", [b"", b"no msgpack", msgspec.msgpack.encode({"a": 1})])
def test_what_is_no_folder_is_no_feed(body: bytes) -> None:
    with pytest.raises(NotAFeed):
        parse_posts(payload(body, media_type=POSTS_MEDIA_TYPE))


@given(st.text(alphabet="-:\n >#<p/ a\"'[]&*!|{}", max_size=80))
def test_any_text_is_a_post(text: str) -> None:
    assert read(text).guid == "NW1"
