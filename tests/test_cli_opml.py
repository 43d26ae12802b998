"""``feedmill sources import`` and ``export``: lists in, applied, published, and out again."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path

import pytest

from feeds.store.store import Store
from tests.command import Feedmill, catalogue
from tests.flow.world import FETCH, rss
from tests.origin import Origin
from tests.system import run_feedmill, sources_of

LIST = """<opml version="2.0"><body>
  <outline text="News"><outline text="Asia">
    <outline type="rss" text="One" xmlUrl="http://one.example/rss"/></outline>
    <outline type="rss" text="Two" xmlUrl="feed://two.example/rss"/></outline>
  <outline type="rss" text="Three" xmlUrl="http://three.example/"/>
  <outline type="rss" text="Mail" xmlUrl="mailto:x@y.example"/>
  <outline type="rss" text="None"/>
</body></opml>"""


@pytest.fixture
def opml(tmp_path: Path) -> Path:
    path = tmp_path / "l.opml"
    path.write_text(LIST, "utf-8")
    return path


def test_a_list_is_written_and_applied(feedmill: Feedmill, store: Store, opml: Path, tmp_path: Path) -> None:
    catalogue(tmp_path / "feedmill.toml", "three", more='[site]\ntitle = "Mine"  # kept\n')
    before = (tmp_path / "feedmill.toml").read_text("utf-8")
    said = feedmill("sources", "import", opml)
    assert said.code == 0
    summary, applied = said.stdout.splitlines()
    assert summary == (
        "2 sources added to feedmill.toml in 2 categories; "
        "3 left out: 1 there already (three), 1 no http(s) address, 1 no feed"
    )
    assert applied == "applied: 3 added, 0 changed, 0 unchanged"
    assert said.stderr.splitlines() == [
        f'warning: {opml}: outline 7 "None": has no xmlUrl; left out',
        'warning: "Mail": no http(s) address; left out',
    ]
    assert (tmp_path / "feedmill.toml").read_text("utf-8").startswith(before)
    assert {name: (one.url, one.category.slug) for name, one in store.sources.all().items()} == {
        "one": ("http://one.example/rss", "news-asia"),
        "two": ("http://two.example/rss", "news"),
        "three": ("http://three.example/", "three"),
    }
    assert store.categories.titles(["news-asia", "news"]) == {"news-asia": "News / Asia", "news": "News"}
    again = feedmill("sources", "import", opml)
    assert again.stdout.startswith(
        "0 sources added to feedmill.toml; 5 left out: 3 there already (one, two, three)"
    )


def test_a_dry_run_writes_nothing(feedmill: Feedmill, store: Store, opml: Path, tmp_path: Path) -> None:
    said = feedmill("sources", "import", opml, "--dry-run")
    assert said.code == 0
    assert "would be added     one in news-asia: http://one.example/rss\n" in said.stdout
    assert "3 sources would be added to feedmill.toml in 3 categories; 2 left out: " in said.stdout
    assert not (tmp_path / "feedmill.toml").exists()
    assert store.sources.all() == {}


def test_sources_that_the_catalogue_lacks_are_not_ended(
    feedmill: Feedmill, store: Store, opml: Path, tmp_path: Path
) -> None:
    feedmill("sources", "apply", catalogue(tmp_path / "other.toml", "old"))
    said = feedmill("sources", "import", opml)
    assert said.code == 0
    assert "not applied: the system has 1 source that feedmill.toml has not (old)" in said.stdout
    assert set(store.sources.all()) == {"old"}
    assert feedmill("sources", "apply", "feedmill.toml").code == 0
    assert set(store.sources.all()) == {"one", "two", "three"}


def test_a_list_from_stdin(feedmill: Feedmill, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LIST.encode())))
    assert feedmill("sources", "import", "-").code == 0
    assert set(store.sources.all()) == {"one", "two", "three"}


def test_a_password_is_not_written_down(feedmill: Feedmill, tmp_path: Path) -> None:
    opml = tmp_path / "l.opml"
    opml.write_text(LIST.replace("http://one", "http://me:pa55word@one"), "utf-8")
    said = feedmill("sources", "import", opml)
    assert "set FEEDMILL_SECRET_OPML_ONE to it" in said.stderr
    assert 'auth = "me:${secret.OPML_ONE}"' in (tmp_path / "feedmill.toml").read_text("utf-8")
    out = feedmill("sources", "export")
    assert "warning: one: not in the list: its auth\n" in out.stderr
    everything = said.stdout + said.stderr + out.stdout + out.stderr
    assert "pa55word" not in everything + (tmp_path / "feedmill.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(None, "cannot be read"), ("<rss/>", "a feed itself"), ("no", "no subscription list")],
)
def test_what_is_no_list_is_exit_2(
    feedmill: Feedmill, tmp_path: Path, content: str | None, complaint: str
) -> None:
    if content is not None:
        (tmp_path / "l.opml").write_text(content, "utf-8")
    said = feedmill("sources", "import", "l.opml")
    assert (said.code, said.stdout) == (2, "")
    assert said.stderr.startswith("feedmill: l.opml: ")
    assert complaint in said.stderr
    assert said.stderr.count("\n") == 1


def test_a_wrong_catalogue_is_left_as_it_is(feedmill: Feedmill, opml: Path, tmp_path: Path) -> None:
    (tmp_path / "feedmill.toml").write_text("[fetsh]\n", "utf-8")
    assert feedmill("sources", "import", opml).code == 2
    assert (tmp_path / "feedmill.toml").read_text("utf-8") == "[fetsh]\n"


def test_out_and_in_again(feedmill: Feedmill, store: Store, opml: Path, tmp_path: Path) -> None:
    feedmill("sources", "import", opml)
    said = feedmill("sources", "export", "out.opml")
    assert said.stdout == "3 feeds in 3 folders in out.opml\n"
    lists = (feedmill("sources", "export").stdout, (tmp_path / "out.opml").read_text("utf-8"))
    printed, written = (re.sub("<d.*?</d", "", each) for each in lists)  # their dates may be a second apart
    assert printed == written
    assert feedmill("sources", "export", "--config", "feedmill.toml").stdout.count("xmlUrl") == 3
    feedmill("sources", "import", "out.opml", "--config", "again.toml")
    tables = [(tmp_path / name).read_text("utf-8") for name in ("feedmill.toml", "again.toml")]
    first, second = (sorted(text.strip().split("\n\n")) for text in tables)
    assert first == second
    assert feedmill("sources", "export", "none/out.opml").code == 2


@pytest.mark.flow
def test_feeds_of_nested_folders_are_published(tmp_path: Path) -> None:
    with Origin() as origin:
        text = LIST
        for name in ("one", "two", "three"):
            origin.set(f"/{name}", rss(name))
        for name, before in (("one", "http://one.example/rss"), ("two", "feed://two.example/rss")):
            text = text.replace(before, f"{origin.url}/{name}")
        text = text.replace("http://three.example/", f"{origin.url}/three")
        (tmp_path / "l.opml").write_text(text, "utf-8")
        (tmp_path / "feedmill.toml").write_text(FETCH, "utf-8")
        done = run_feedmill("sources", "import", "l.opml", cwd=tmp_path)
        assert (done.returncode, done.stdout.splitlines()[-1]) == (
            0,
            "no system is at var: start one with `feedmill up --config feedmill.toml`",
        )
        once = run_feedmill("once", "--config", "feedmill.toml", "--timeout", "60", cwd=tmp_path)
        assert once.returncode == 0, once.stderr
    assert {name: row["category"] for name, row in sources_of(tmp_path / "var").items()} == {
        "one": "news-asia",
        "two": "news",
        "three": "uncategorized",
    }
    assert run_feedmill("export", "public", cwd=tmp_path).returncode == 0
    feeds = {
        slug: json.loads((tmp_path / f"public/feeds/{slug}.json").read_text("utf-8"))
        for slug in ("news-asia", "news", "uncategorized")
    }
    assert {
        slug: (one["title"], [item["title"] for item in one["items"]]) for slug, one in feeds.items()
    } == {
        "news-asia": ("News / Asia", ["Story one"]),
        "news": ("News", ["Story two"]),
        "uncategorized": ("Uncategorized", ["Story three"]),
    }
    listed = run_feedmill("sources", "export", cwd=tmp_path)
    assert '<outline type="rss" text="' in listed.stdout
