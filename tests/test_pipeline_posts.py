"""posts: imported through the parse step, exported as files that do not overwrite one another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from feeds.pipeline.mill import Mill
from feeds.pipeline.posts import export_posts, import_posts
from feeds.store.keys import ALL
from feeds.store.store import Store
from tests.mills import milling

FOOTER = "<http://a.example/1>\n\n[返回新闻](//site.example/category/x.html)｜[返回首页](//site.example/)"


@pytest.fixture
def mill(store: Store) -> Iterator[Mill]:
    with milling(store) as (opened, _):
        yield opened


def write(folder: Path, name: str, category: str = "x", body: str = "<p>b</p>") -> Path:
    front = (
        f'---\nlayout: post\ntitle: "T"\ndate: 2022-03-17 00:48:28\ncategories: {category}\ntags: 新闻\n---\n'
    )
    path = folder / name
    path.write_text(f"{front}{body}\n\n{FOOTER}", "utf-8")
    return path


def test_a_post_comes_in_once_and_names_the_site(mill: Mill, tmp_path: Path) -> None:
    path = write(tmp_path, "2022-03-17-NW1.md")
    assert import_posts(mill, [path], ids="posts")[:2] == (1, 1)
    assert import_posts(mill, [tmp_path], ids="posts")[:2] == (1, 0)
    site = mill.store.categories.site()
    assert site is not None
    assert (site.url, site.timezone) == ("https://site.example", "Asia/Shanghai")
    [article] = mill.store.articles.newest("x", 9)
    assert article.published.isoformat() == "2022-03-17T00:48:28+08:00"


def test_posts_of_one_name_on_several_days_are_several_articles(mill: Mill, tmp_path: Path) -> None:
    names = [f"2022-01-{day:02d}-weekly.md" for day in (1, 8, 15)]
    for name in names:
        write(tmp_path, name, body=f"<p>{name}</p>")
    assert import_posts(mill, [tmp_path], ids="posts")[:2] == (3, 3)
    assert len(mill.store.articles.newest(ALL, 9)) == 3


def test_exported_posts_do_not_overwrite_one_another(mill: Mill, tmp_path: Path) -> None:
    for category in ("x", "y"):
        import_posts(mill, [write(tmp_path, "2022-03-17-NW1.md", category)], ids=category)
    out = tmp_path / "out"
    assert export_posts(mill.store, out) == 2
    texts = [path.read_text("utf-8") for path in sorted((out / "_posts").iterdir())]
    assert sorted("categories: x" in text for text in texts) == [False, True]


def test_what_is_exported_is_imported_unchanged(mill: Mill, tmp_path: Path) -> None:
    import_posts(mill, [write(tmp_path, "2022-03-17-NW1.md")], ids="posts")
    export_posts(mill.store, tmp_path / "out")
    assert import_posts(mill, [tmp_path / "out"], ids="posts").changed == 0
