"""A folder of posts is kept in step: what is new, changed, renamed or deleted in it is so in the feeds."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from feeds.told import CategoryRule, Kind, Source
from tests.mills import Desk, health, polled, put, titles, work

FRONT = "---\ntitle: {title}\ndate: 2026-01-01 0{hour}:00:00 +0000\n{more}---\n<p>{body}</p>\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "posts"
    place.mkdir()
    return place


def write(folder: Path, name: str, title: str, *, hour: int = 1, body: str = "Body.", more: str = "") -> None:
    path = folder / f"{name}.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(FRONT.format(title=title, hour=hour, body=body, more=more), "utf-8")


def of(folder: Path, **told: object) -> Source:
    given: dict[str, object] = {"kind": Kind.POSTS, "category": CategoryRule(slug="news")}
    return polled(folder.as_uri(), **(given | told))


def again(desk: Desk) -> None:
    desk.clock.advance(5000)
    work(desk.mill)


def published(desk: Desk, slug: str = "news") -> list[str]:
    """The titles of a category, which its rendered feed has too."""
    desk.clock.advance(10)  # what changed again is published a second later
    work(desk.mill)
    document = desk.mill.store.documents.read(slug, "json")
    assert document is not None
    found = [item["title"] for item in json.loads(gzip.decompress(document.body))["items"]]
    assert found == titles(desk.mill, slug)
    return found


def test_new_changed_and_deleted_posts_follow_the_folder(desk: Desk, folder: Path) -> None:
    write(folder, "2026-01-01-one", "One", hour=1)
    write(folder, "2026-01-01-two", "Two", hour=2)
    put(desk.mill, of(folder))
    work(desk.mill)
    assert published(desk) == ["Two", "One"]
    [_, one] = desk.mill.store.articles.newest("news", 9)
    write(folder, "2026-01-01-one", "One, corrected", hour=1)
    write(folder, "2026-01-01-three", "Three", hour=3)
    again(desk)
    assert published(desk) == ["Three", "Two", "One, corrected"]
    (folder / "2026-01-01-one.md").unlink()
    again(desk)
    assert published(desk) == titles(desk.mill, "all") == ["Three", "Two"]
    left = desk.mill.store.articles.at(one.path)
    assert left is not None
    assert left.withdrawn
    assert health(desk.mill).outcome == "changed"
    again(desk)
    assert published(desk) == ["Three", "Two"]


def test_a_post_that_comes_back_is_the_same_article(desk: Desk, folder: Path) -> None:
    write(folder, "2026-01-01-one", "One")
    write(folder, "2026-01-01-two", "Two", hour=2)
    put(desk.mill, of(folder))
    work(desk.mill)
    before = {article.title: article for article in desk.mill.store.articles.newest("news", 9)}
    for body in ("Body.", "Another body."):
        (folder / "2026-01-01-one.md").unlink()
        again(desk)
        assert published(desk) == ["Two"]
        write(folder, "2026-01-01-one", "One", body=body)
        again(desk)
        assert published(desk) == ["Two", "One"]
        after = desk.mill.store.articles.newest("news", 9)[1]
        assert (after.id, after.path, after.sort_key) == (
            before["One"].id,
            before["One"].path,
            before["One"].sort_key,
        )
        assert after.content == f"<p>{body}</p>"
        assert (after.updated > before["One"].updated) is (body != "Body.")


def test_a_draft_is_withdrawn_and_one_in_another_folder_is_another_post(desk: Desk, folder: Path) -> None:
    write(folder, "a/hello", "Of a")
    write(folder, "b/hello", "Of b", hour=2)
    put(desk.mill, of(folder))
    work(desk.mill)
    assert published(desk) == ["Of b", "Of a"]
    write(folder, "a/hello", "Of a", more="draft: true\n")
    again(desk)
    assert published(desk) == ["Of b"]


def test_a_post_that_cannot_be_read_stays_as_it_was(desk: Desk, folder: Path) -> None:
    write(folder, "2026-01-01-one", "One")
    write(folder, "2026-01-01-two", "Two", hour=2)
    put(desk.mill, of(folder))
    work(desk.mill)
    (folder / "2026-01-01-one.md").write_bytes(b"---\ntitle: \xff\n---\n")
    again(desk)
    assert published(desk) == ["Two", "One"]
    assert "2026-01-01-one.md skipped" in health(desk.mill).warnings[0]


def test_a_folder_without_any_post_takes_nothing_back(desk: Desk, folder: Path) -> None:
    write(folder, "2026-01-01-one", "One")
    put(desk.mill, of(folder))
    work(desk.mill)
    (folder / "2026-01-01-one.md").rename(folder.parent / "away.md")
    again(desk)
    assert published(desk) == ["One"]
    assert health(desk.mill).warnings == ("no entries, where there are 1 as a rule",)
    folder.rmdir()
    again(desk)
    assert published(desk) == ["One"]
    assert health(desk.mill).error == "Unreachable"


def test_what_another_source_has_too_stays_and_is_its_own_then(desk: Desk, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("first", "second")]
    sources = []
    for place in folders:
        place.mkdir()
        write(place, "2026-01-01-one", f"One of {place.name}")
        write(place, f"2026-01-01-{place.name}", "Another", hour=2)
        rule = CategoryRule(slug=place.name)
        sources.append(of(place, id=place.name, ids="shared", category=rule))
    put(desk.mill, sources[0])
    work(desk.mill)
    put(desk.mill, *sources)
    work(desk.mill)
    desk.clock.advance(10)
    work(desk.mill)
    assert published(desk, "second") == ["Another", "One of first"]
    (folders[0] / "2026-01-01-one.md").unlink()
    again(desk)
    assert published(desk, "first") == ["Another"]
    assert published(desk, "second") == ["Another", "One of first"]
    write(folders[1], "2026-01-01-one", "One of second now")
    again(desk)
    assert published(desk, "second") == ["Another", "One of second now"]
    (folders[1] / "2026-01-01-one.md").unlink()
    again(desk)
    assert published(desk, "second") == ["Another"]
    write(folders[0], "2026-01-01-one", "One of first again")
    again(desk)
    assert published(desk, "first") == ["Another", "One of first again"]


def test_two_dated_posts_of_one_name_are_told_of(desk: Desk, folder: Path) -> None:
    write(folder, "a/2026-01-01-one", "Of a")
    write(folder, "b/2026-01-01-one", "Of b")
    put(desk.mill, of(folder))
    work(desk.mill)
    assert published(desk) == ["Of a"]
    assert health(desk.mill).warnings == (
        "b/2026-01-01-one.md skipped: a post of that name is in another folder; rename one of them",
    )
