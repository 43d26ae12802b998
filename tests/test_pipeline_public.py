"""The public folder: files as they change, whole after an export, and nobody else's file touched."""

from __future__ import annotations

import fcntl
import gzip
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from feeds.errors import ConfigError
from feeds.pipeline.files import MANIFEST, OwnFolder, open_folder
from feeds.pipeline.mill import Mill
from feeds.pipeline.public import export, keep_up
from feeds.pipeline.takedown import take_down
from feeds.store.keys import ALL
from feeds.store.store import Store
from tests.mills import Desk, desk_over, polled, put_and_publish, rss, work

FIXED = {"404.html", "robots.txt", "favicon.ico", "static/style.css", "static/ago.js"}
FORMATS = ("rss", "atom", "json")
OF_ALL = {"index.html", "feed.xml", "opml.xml", "feeds/index.json", *(f"feeds/all.{x}" for x in FORMATS)}
OF_NEWS = {"category/news.html", *(f"feeds/news.{x}" for x in FORMATS)}


@pytest.fixture
def public(tmp_path: Path) -> Path:
    return tmp_path / "public"


@pytest.fixture
def desk(store: Store, public: Path) -> Iterator[Desk]:
    with desk_over(store) as opened:
        desk = opened._replace(mill=writing_to(opened, public))
        desk.origin.set("/feed", rss("one"))
        put_and_publish(desk, polled(f"{desk.origin.url}/feed"))
        yield desk


def writing_to(desk: Desk, public: Path | None) -> Mill:
    return Mill(desk.mill.store, desk.mill.intake, public)


def gain(desk: Desk, *named: str, **by_guid: str) -> None:
    """The source has these articles now, and all that follows is done."""
    desk.origin.set("/feed", rss(*named, **by_guid))
    desk.mill.store.claims.refresh("news", desk.clock())
    for _ in range(3):
        work(desk.mill)
        desk.clock.advance(10)


def files(public: Path) -> dict[str, bytes]:
    """All files but the manifest; a packed one must be the same as the one beside it."""
    found = {
        path.relative_to(public).as_posix(): path.read_bytes() for path in public.rglob("*") if path.is_file()
    }
    del found[MANIFEST]
    for name in [name for name in found if name.endswith(".gz")]:
        assert gzip.decompress(found.pop(name)) == found[name.removesuffix(".gz")]
    return found


def pages(public: Path) -> set[str]:
    return files(public).keys() - FIXED - OF_ALL - OF_NEWS


def test_every_document_and_page_is_a_file_as_soon_as_it_is_published(desk: Desk, public: Path) -> None:
    assert files(public).keys() == OF_ALL | OF_NEWS | FIXED
    gain(desk, "one", "two")
    written = files(public)
    assert pages(public) == {"news/2026/01/01/one.html", "news/2026/01/01/two.html"}
    for slug, name in (("news", "rss"), (ALL, "json")):
        document = desk.mill.store.documents.read(slug, name)
        assert document is not None
        assert written[f"feeds/{slug}.{name}"] == gzip.decompress(document.body)
        path = public / f"feeds/{slug}.{name}.gz"
        assert path.read_bytes() == document.body
        assert int(path.stat().st_mtime) == int(document.last_modified.timestamp())


def test_an_export_has_the_same_files(desk: Desk, public: Path, tmp_path: Path) -> None:
    gain(desk, "one", "two")
    other = tmp_path / "other"
    assert export(desk.mill.store, other) == len(files(other))
    assert files(other) == files(public)


def test_an_export_takes_for_its_own_what_it_would_write(desk: Desk, public: Path) -> None:
    gain(desk, "one")
    (public / MANIFEST).unlink()
    export(desk.mill.store, public)
    [one] = desk.mill.store.articles.every("news")
    take_down(desk.mill, one.id)
    assert pages(public) == set()


def test_what_did_not_change_is_not_written_again(desk: Desk, public: Path) -> None:
    gain(desk, "one")
    before = {path: path.stat().st_ino for path in public.rglob("*.*") if path.name != MANIFEST}
    gain(desk, "one")
    export(desk.mill.store, public)
    assert {path: path.stat().st_ino for path in before} == before


def test_a_correction_reaches_the_page(desk: Desk, public: Path) -> None:
    gain(desk, one="One")
    assert b"Another title" not in files(public)["news/2026/01/01/one.html"]
    gain(desk, one="Another title")
    assert b"Another title" in files(public)["news/2026/01/01/one.html"]


@pytest.mark.parametrize("way", ["publish", "export"])
def test_the_page_of_what_was_taken_down_is_removed_and_nothing_foreign(
    desk: Desk, public: Path, way: str
) -> None:
    gain(desk, "one", "two")
    foreign = public / "news/2026/01/01/mine.html"
    foreign.write_text("mine", "utf-8")
    (public / "news/2026/01/01/mine.html.gz").write_text("mine", "utf-8")
    [gone] = [each for each in desk.mill.store.articles.every("news") if each.title == "one"]
    mill = desk.mill if way == "publish" else writing_to(desk, None)
    take_down(mill, gone.id)
    if way == "export":
        export(desk.mill.store, public)
    foreign.with_name("mine.html.gz").unlink()
    assert pages(public) == {"news/2026/01/01/two.html", "news/2026/01/01/mine.html"}


def test_a_folder_that_is_left_empty_goes_too(desk: Desk, public: Path) -> None:
    gain(desk, "one")
    [one] = desk.mill.store.articles.every("news")
    take_down(desk.mill, one.id)
    assert not (public / "news").exists()


def test_what_was_missed_is_written_the_next_time(desk: Desk, public: Path) -> None:
    blind = desk._replace(mill=writing_to(desk, None))
    gain(blind, "one", "two")
    assert pages(public) == set()
    keep_up(desk.mill.store, public, ALL)
    assert len(pages(public)) == 2
    assert b"two" in files(public)["feeds/news.rss"]


def test_whoever_finds_the_folder_taken_comes_again(
    desk: Desk, public: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feeds.pipeline.public._PATIENCE", 0.1)
    before = desk.mill.store.documents.dirt(ALL).changed
    descriptor = os.open(public, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    keep_up(desk.mill.store, public, "news")
    os.close(descriptor)
    assert desk.mill.store.documents.dirt(ALL).changed == before + 1


def test_many_pages_are_written_over_several_turns(
    desk: Desk, public: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feeds.pipeline.public._BATCH", 1)
    now = desk.mill.store.now
    monkeypatch.setattr(desk.mill.store, "now", lambda: (desk.clock.advance(4), now())[1])
    gain(desk, "one", "two", "three")
    for _ in range(5):
        work(desk.mill)
    assert len(pages(public)) == 3


def test_a_folder_that_cannot_be_written_is_said_plainly(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(ConfigError, match=r"the public folder .* cannot be written"):
        export(desk.mill.store, tmp_path / "file")
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / MANIFEST).write_bytes(b"no database" * 100)
    with pytest.raises(ConfigError, match="cannot be written"), open_folder(broken):
        pass


def test_another_store_begins_anew_with_the_pages(desk: Desk, public: Path) -> None:
    """Its writes are numbered from the beginning; so are those of one that lost the last of them."""
    gain(desk, "one", "two")
    wanted = pages(public)
    shutil.rmtree(public / "news")
    with open_folder(public) as own:
        assert own is not None
        own.set_mark("pages", 10**9)
    keep_up(desk.mill.store, public, "news")
    assert pages(public) == wanted


def test_no_document_leads_to_a_page_that_is_not_there_yet(
    desk: Desk, public: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    write = OwnFolder.write
    monkeypatch.setattr(
        OwnFolder, "write", lambda own, path, *more: (order.append(path), write(own, path, *more))
    )
    gain(desk, "one", "two")
    [first, *_] = [place for place, path in enumerate(order) if path == "feeds/news.rss"]
    assert {path for path in order[:first] if path.startswith("news/")} == pages(public)
