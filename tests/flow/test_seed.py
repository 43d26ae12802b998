"""The seed's post goes in and comes out, on every path, whole; and it is rebuilt, not passed through."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from lxml import etree
from msgspec.structs import replace

from feeds.model import Article
from feeds.pipeline.posts import export_posts
from feeds.store.codec import pack, squeeze
from feeds.store.store import Store
from tests.flow.world import KEYS, articles_of, opened
from tests.places import SHARED
from tests.system import run_feedmill

NAME = "2022-03-17-NW202203172312474080.md"
SEED = SHARED / "seed" / NAME
GUID = "NW202203172312474080"
TITLE = "增强市场主体活力 提升企业获得感"
LINK = "http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW202203172312474080"

pytestmark = [
    pytest.mark.flow,
    pytest.mark.skipif(not SEED.exists(), reason="../shared/seed and ../shared/corpora are not there"),
]


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the seed imported to ``var``, exported to ``out`` and, as posts, to ``site``."""
    folder = tmp_path_factory.mktemp("seed")
    for words in (("posts", "import", SEED), ("export", "out"), ("posts", "export", "site")):
        done = run_feedmill(*words, cwd=folder)
        assert done.returncode == 0, done.stderr
    return folder


def paragraphs() -> list[str]:
    found = re.findall(r"<p[^>]*>(.*?)</p>", SEED.read_text("utf-8"), re.DOTALL)
    assert len(found) > 40
    return [unescape(text).strip() for text in found]


def test_its_page_holds_it_whole(imported: Path) -> None:
    page = unescape((imported / f"out/zhongqingshangbao/2022/03/17/{GUID}.html").read_text("utf-8"))
    told = [TITLE, "2022-03-17T00:48:28+08:00", "重庆商报新闻", LINK, *paragraphs()]
    assert [text for text in told if text not in page] == []


def test_its_category_names_it(imported: Path) -> None:
    page = unescape((imported / "out/category/zhongqingshangbao.html").read_text("utf-8"))
    told = [TITLE, "2022-03-17T00:48:28+08:00", "重庆商报新闻", f"/zhongqingshangbao/2022/03/17/{GUID}.html"]
    assert [text for text in told if text not in page] == []


def test_its_feed_holds_it_whole(imported: Path) -> None:
    channel = etree.parse(imported / "out/feeds/zhongqingshangbao.rss").getroot()[0]
    assert channel.findtext("title") == "重庆商报新闻"
    [item] = channel.findall("item")
    assert item.findtext("title") == TITLE
    assert item.findtext("pubDate") == "Thu, 17 Mar 2022 00:48:28 +0800"
    assert "重庆商报新闻" in [category.text for category in item.findall("category")]
    words = unescape(etree.tostring(item, encoding="unicode"))
    content = item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded") or ""
    assert LINK in words
    assert [text for text in paragraphs() if text not in unescape(content)] == []


def test_it_comes_out_byte_for_byte(imported: Path) -> None:
    assert (imported / "site/_posts" / NAME).read_bytes() == SEED.read_bytes()
    assert [path.name for path in (imported / "site/_posts").iterdir()] == [NAME]


def test_its_category_comes_out_too(imported: Path) -> None:
    page = (imported / "site/category/zhongqingshangbao.html").read_text("utf-8")
    assert page == "---\nlayout: category\ntitle: 重庆商报新闻\ncategory: zhongqingshangbao\n---"


def test_taken_in_again_it_is_nothing_new(imported: Path, tmp_path: Path) -> None:
    shutil.copytree(imported / "var", tmp_path / "var", ignore=shutil.ignore_patterns("redis.sock"))
    again = run_feedmill("posts", "import", SEED, cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert "0 articles new or changed" in again.stdout


def edited(store: Store, change: Callable[[Article], Article]) -> None:
    article = articles_of(store)[GUID]
    store._connection.client.hset(KEYS.article(article.id), "b", squeeze(change(article)))


def retitled(store: Store) -> None:
    edited(store, lambda article: replace(article, title='一个"新"标题'))


def redated(store: Store) -> None:
    edited(
        store, lambda article: replace(article, published=article.published + timedelta(hours=9, seconds=3))
    )


def moved(store: Store) -> None:
    edited(store, lambda article: replace(article, url="http://elsewhere.example/1"))


def reworded(store: Store) -> None:
    edited(
        store, lambda article: replace(article, content=article.content.replace("便民利企措施", "别的措施"))
    )


def renamed(store: Store) -> None:
    category = store.categories.read("zhongqingshangbao")
    assert category is not None
    changed = pack(replace(category, title="山城新闻"))
    store._connection.client.hset(KEYS.category("zhongqingshangbao"), "spec", changed)


@pytest.mark.parametrize(
    ("edit", "before", "after"),
    [
        pytest.param(retitled, f'title: "{TITLE}"', 'title: "一个\\"新\\"标题"', id="title"),
        pytest.param(redated, "2022-03-17 00:48:28 +0800", "2022-03-17 09:48:31 +0800", id="published"),
        pytest.param(moved, f"<{LINK}>", "<http://elsewhere.example/1>", id="url"),
        pytest.param(reworded, "便民利企措施", "别的措施", id="content"),
        pytest.param(renamed, "重庆商报新闻", "山城新闻", id="category's title"),
    ],
)
def test_one_field_edited_is_the_one_that_differs(
    imported: Path, tmp_path: Path, edit: Callable[[Store], None], before: str, after: str
) -> None:
    shutil.copytree(imported / "var", tmp_path / "var", ignore=shutil.ignore_patterns("redis.sock"))
    with opened(tmp_path / "var") as store:
        edit(store)
        export_posts(store, tmp_path / "site")
    seed = SEED.read_text("utf-8")
    assert before in seed
    assert (tmp_path / "site/_posts" / NAME).read_text("utf-8") == seed.replace(before, after)
