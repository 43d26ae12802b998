"""New tables in a catalogue file: appended, validated whole, all or nothing."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from feeds.catalogue.load import load_catalogue
from feeds.catalogue.writing import add_tables, free_id, source_maker, source_text
from feeds.errors import ConfigError

FEED = {"id": "one", "kind": "feed", "url": "https://example.org/feed.xml"}
PAGE = {
    "id": "two",
    "kind": "page",
    "url": "https://example.org/新闻",
    "items": 'li[class~="a\\b"]',
    "fields": {"title": "a::text", "url": {"path": "a::attr(href)"}},
    "article": {"content": "auto"},
}


@pytest.mark.parametrize(
    "before",
    ["", "# mine", '[site]\ntitle = "我的"\n', '\ufeff[site]\r\ntitle = "x"\r\n', "[[source]]  # last\n"],
)
def test_what_stands_in_the_file_stays_to_the_byte(tmp_path: Path, before: str) -> None:
    path = tmp_path / "feedmill.toml"
    if before.startswith("[["):
        before += 'id = "zero"\nkind = "feed"\nurl = "https://example.org/0"'
    path.write_bytes(before.encode())
    written = add_tables(path, [FEED, PAGE], {}, categories={"world": {"title": "世界"}})
    assert path.read_bytes().startswith(before.encode())
    assert load_catalogue(path, {}) == written
    assert [source.id for source in written.sources][-2:] == ["one", "two"]
    assert written.sources[-1].items == PAGE["items"]
    assert written.categories[0].title == "世界"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_not_there_is_made(tmp_path: Path) -> None:
    path = tmp_path / "new.toml"
    add_tables(path, [FEED], {}, categories={})
    assert path.read_text("utf-8") == source_text(FEED)


def test_permissions_and_links_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real.toml", tmp_path / "link.toml"
    real.write_text("")
    real.chmod(0o600)
    link.symlink_to(real)
    add_tables(link, [FEED], {}, categories={})
    assert link.is_symlink()
    assert "one" in real.read_text("utf-8")
    assert stat.S_IMODE(real.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("before", "complaint"),
    [
        (source_text(FEED), "is taken"),
        ("source = []\n", "not TOML"),
        ("[site\n", "not TOML"),
        ("[fetch]\nnonsense = 1\n", "nonsense"),
    ],
)
def test_a_catalogue_that_would_be_wrong_is_left_as_it_is(
    tmp_path: Path, before: str, complaint: str
) -> None:
    path = tmp_path / "feedmill.toml"
    path.write_text(before, "utf-8")
    with pytest.raises(ConfigError, match=complaint):
        add_tables(path, [FEED], {}, categories={})
    assert path.read_text("utf-8") == before


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none/feedmill\.toml: .*name a catalogue you may write"):
        add_tables(tmp_path / "none" / "feedmill.toml", [FEED], {}, categories={})
    (tmp_path / "latin.toml").write_bytes(b"# \xe9\n")
    with pytest.raises(ConfigError, match="not UTF-8"):
        add_tables(tmp_path / "latin.toml", [FEED], {}, categories={})


def test_ids_are_made_free() -> None:
    assert free_id("a", {"a", "a-2"}) == "a-3"
    assert free_id("-.x.-", ()) == "x"
    assert free_id("--", ()) == "source"
    assert len(free_id("x" * 200, {"x" * 60})) <= 100


def test_a_source_is_made_as_the_catalogue_would(tmp_path: Path) -> None:
    path = tmp_path / "feedmill.toml"
    path.write_text(
        '[vars]\nh = "example.org"\n[fetch]\nspacing = "3s"\n[domain."example.org"]\nper_domain = 7\n'
        '[[source]]\nid = "one"\nkind = "feed"\nurl = "https://${h}/feed.xml"\n'
    )
    made = source_maker(path, {})(FEED)
    assert (made.id, made.url, made.spacing, made.per_domain) == ("one", FEED["url"], 3.0, 7)
    with pytest.raises(ConfigError):
        source_maker(path, {})({**FEED, "every": "soon"})
    assert source_maker(tmp_path / "none.toml", {})(PAGE).items == PAGE["items"]


def test_several_who_add_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "feedmill.toml"
    tables = [FEED | {"id": f"s{number}", "url": f"https://example.org/{number}"} for number in range(8)]
    threads = [
        threading.Thread(target=add_tables, args=(path, [table], {}), kwargs={"categories": {}})
        for table in tables
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(source.id for source in load_catalogue(path, {}).sources) == [f"s{n}" for n in range(8)]
