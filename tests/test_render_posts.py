"""Posts in the form of the seed: rebuilt byte for byte, and readable whatever is in them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Article, Placement
from feeds.render.item import printable
from feeds.render.posts import category_page, post, quoted, scalar
from feeds.told import Category
from tests.make import article, site

SEED = Path(__file__).parents[2] / "shared" / "seed"
CREATED = datetime(2022, 1, 1, tzinfo=UTC)


def category(slug: str, title: str) -> Category:
    return Category(slug=slug, title=title, created_at=CREATED)


def front_matter(content: bytes) -> dict[str, str]:
    front = f"{content.decode()}\n".removeprefix("---\n").split("\n---\n", 1)[0]
    read = yaml.load(front, yaml.BaseLoader)
    assert isinstance(read, dict)
    return read


def seed_article(text: str) -> Article:
    front, body = text.removeprefix("---\n").split("---\n", 1)
    fields = yaml.load(front, yaml.BaseLoader)
    content, link, _ = body.rsplit("\n\n", 2)
    slug = fields["categories"]
    return article(
        title=fields["title"],
        content=content,
        url=link.strip("<>"),
        published=datetime.strptime(fields["date"], "%Y-%m-%d %H:%M:%S %z"),
        placements=(Placement(source_id="posts", slug=slug),),
        path=f"/{slug}/2022/03/17/NW202203172312474080.html",
    )


def test_the_seed_is_rebuilt_byte_for_byte() -> None:
    files = sorted(SEED.glob("*.md"))
    if not files:
        pytest.skip("needs the seed's post in ../shared/seed")
    for file in files:
        text = file.read_text()
        fields = front_matter(text.encode())
        host = re.search(r"返回首页\]\(//([^/]+)/\)", text)
        assert host is not None
        name, content = post(
            site(url=f"https://{host[1]}"),
            seed_article(text),
            category(fields["categories"], fields["tags"]),
        )
        assert (name, content) == (file.name, file.read_bytes())


def test_a_post_has_the_seeds_form() -> None:
    name, content = post(
        site(url="https://h.example/base"),
        article(title='He said "no" \\'),
        category("news", "News [x]"),
    )
    assert name == "2022-03-17-NW202203172312474080.md"
    assert content.decode() == (
        "---\n"
        "layout: post\n"
        'title: "He said \\"no\\" \\\\"\n'
        "date: 2022-03-17 00:48:28 +0800\n"
        "categories: news\n"
        "tags: News [x]\n"
        "---\n"
        "<p>It begins.</p>\n\n"
        "<https://publisher.example/news/1>\n\n"
        "[返回News \\[x\\]](//h.example/base/category/news.html)｜[返回首页](//h.example/base/)"
    )


def test_a_post_without_web_address_has_none() -> None:
    _, content = post(site(), article(url="javascript:x"), category("news", "News"))
    assert b"<p>It begins.</p>\n\n[" in content


def test_a_category_page_has_the_seeds_form() -> None:
    name, content = category_page(category("36ke", "36氪新闻"))
    assert name == "category/36ke.html"
    assert content.decode() == "---\nlayout: category\ntitle: 36氪新闻\ncategory: 36ke\n---"


@pytest.mark.parametrize(
    "text",
    ["36ke", "Career In touxingPEVC", "anxinguojizhengquan(xianggang)", "重庆商报新闻", "a  b"],
)
def test_harmless_text_stays_plain(text: str) -> None:
    assert scalar(text) == text


@pytest.mark.parametrize(
    "text",
    [
        *("null", "no", "1e3", "2021", "0o14", "1,000", "12:30", "2022-03-17", "2022-02-31", "~"),
        *("a: b", "#x", "a #x", " x", "x ", "", "- x", "[x", "*x", "&x", "!x", "%x", "@x", "`x"),
        *(":symbol", "a\nb", "\u2028", "'", '"', "=", "<<", "{a", "a\x85b", "|"),
    ],
)
def test_text_that_yaml_reads_otherwise_is_quoted(text: str) -> None:
    assert scalar(text).startswith('"')
    assert yaml.safe_load(f"key: {scalar(text)}\n") == {"key": text}


@given(st.text(st.characters(), max_size=40))
def test_any_title_is_read_back(title: str) -> None:
    assert yaml.load(f"title: {quoted(title)}\n", yaml.BaseLoader) == {"title": title}


@given(title=st.text(min_size=1, max_size=20), slug=st.text("a0:#'\"-[]{}!,&*?|>% ~.é", min_size=1))
def test_any_post_is_read_back(title: str, slug: str) -> None:
    wanted = category(slug, title)
    _, content = post(site(), article(title=title), wanted)
    fields = front_matter(content)
    assert fields["title"] == printable(title)
    assert fields["categories"] == slug
    assert fields["tags"] == (printable(title).strip() or slug)
    assert front_matter(category_page(wanted)[1])["category"] == slug


@pytest.mark.parametrize("text", ["{{ site.x }}", "{% include secret %}", "{{{{", "{%{%"], ids=range(4))
def test_nothing_that_a_feed_brings_is_run_as_liquid(text: str) -> None:
    hostile = article(content=f"<p>{text}</p>", url=f"https://a.example/{text}")
    _, content = post(site(), hostile, Category(slug="a", title=f"{text}<script>", created_at=CREATED))
    body = content.decode().partition("---\n")[2].partition("---\n")[2]
    assert "{{" not in body
    assert "{%" not in body
    assert "<script" not in body
    assert unescape(body).startswith(f"<p>{text}</p>")
