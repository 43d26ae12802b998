"""The manual names everything there is, and nothing that is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from feeds.catalogue.conditions import CONDITION_FIELDS
from feeds.catalogue.load import parse_catalogue
from feeds.catalogue.podcasts import PodcastTable
from feeds.catalogue.rule_tables import ConditionTable, ReplaceTable
from feeds.catalogue.table import Table
from feeds.catalogue.tables import (
    KINDS,
    SPELLINGS,
    ArticleTable,
    CategorySpecTable,
    CategoryTable,
    FetchTable,
    FieldTable,
    PagingTable,
    SiteTable,
    SourceTable,
)
from feeds.catalogue.values import FIELDS
from feeds.errors import ConfigError, FeedmillError
from feeds.settings import Settings
from feeds.web import habits
from tests.manual import (
    COMMANDS,
    broken_links,
    catalogues,
    command_lines,
    keys_of,
    leaves,
    rows,
    section,
    subclasses,
    unnamed,
    wrong_word,
)
from worker import folder, tasks
from worker.app import QUEUES, app

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
HEADINGS: dict[type[Table], str] = {
    ConditionTable: "Rules",
    ReplaceTable: "Rules",
    SiteTable: "`[site]`",
    FetchTable: "`[fetch]`",
    SourceTable: "`[[source]]`",
    FieldTable: '`kind = "api"`',
    ArticleTable: "`article`",
    PagingTable: '`kind = "api"`',
    CategoryTable: "Which category",
    CategorySpecTable: "`[category.<slug>]`",
    PodcastTable: "Podcasts",
}
"""Under which heading of the catalogue's page the keys of a table are."""


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def test_every_setting_is_documented() -> None:
    names = [f"FEEDMILL_{name.upper()}" for name in Settings.model_fields]
    assert set(names) - rows(page("operations.md")) == set()


def test_every_table_of_the_catalogue_has_its_place() -> None:
    assert set(subclasses(Table)) == HEADINGS.keys()


@pytest.mark.parametrize("table", HEADINGS, ids=lambda table: table.__name__)
def test_every_key_of_a_table_is_documented(table: type[Table]) -> None:
    described = rows(section(page("catalogue.md"), HEADINGS[table]))
    assert keys_of(table)
    assert set(keys_of(table)) - described == set()


def test_every_kind_field_and_spelling_is_documented() -> None:
    catalogue = page("catalogue.md")
    assert unnamed(FIELDS, section(catalogue, '`kind = "api"`')) == []
    assert unnamed(CONDITION_FIELDS, section(catalogue, "Rules")) == []
    assert unnamed(SPELLINGS, section(catalogue, "Which category")) == []
    assert [kind for kind in KINDS if f'`kind = "{kind}"`' not in catalogue] == []


def test_every_habit_is_documented() -> None:
    shapes = [place.pattern.replace("([^/]+)", "<slug>").replace("\\", "") for place, _ in habits.CATEGORIES]
    assert "/feeds/<slug>.xml" in shapes
    redirects = section(page("documents.md"), "Aliases and redirects")
    assert unnamed([*habits.EVERYTHING, *shapes], redirects) == []


def test_every_error_is_documented() -> None:
    names = {each.__name__ for each in subclasses(FeedmillError)} | {"FeedmillError"}
    assert folder.FolderBusy.__name__ in names
    assert unnamed(sorted(names), page("operations.md")) == []


def test_every_task_and_queue_is_documented() -> None:
    ours = {name for name in app.tasks if not name.startswith("celery.")}
    assert tasks.fetch.name in ours
    assert unnamed(sorted(ours | set(QUEUES)), section(page("operations.md"), "The processes")) == []


def test_every_command_is_documented() -> None:
    commands = list(leaves(COMMANDS))
    assert "feedmill sources apply" in commands
    for text in (page("operations.md"), (ROOT / "README.md").read_text("utf-8")):
        assert [each for each in commands if not re.search(rf"`{each}[` ]", text)] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_command_line_can_be_typed(path: Path) -> None:
    lines = command_lines(path.read_text("utf-8"))
    assert {" ".join(line): wrong for line in lines if (wrong := wrong_word(line))} == {}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    assert broken_links(path.read_text("utf-8"), path.parent) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_example_of_a_catalogue_is_one(path: Path) -> None:
    for example in catalogues(path.read_text("utf-8")):
        parse_catalogue(example, name=path.name, folder="/feeds", variables={})


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("feedmill up --port 8080", None),
        ("feedmill sources", None),
        ("feedmill sources apply f.toml --dry-run", None),
        ("cd x && FEEDMILL_LOG=json .venv/bin/feedmill once --timeout=5", None),
        ("feedmill down", "down"),
        ("feedmill sources drop x", "drop"),
        ("feedmill once --fast", "--fast"),
        ("feedmill posts import p --dry-run", "--dry-run"),
    ],
    ids=str,
)
def test_a_wrong_command_line_is_found(line: str, wrong: str | None) -> None:
    for text in (f"so: `{line}`", f"```sh\n{line}   # a comment\n```"):
        assert [wrong_word(words) for words in command_lines(text)] == [wrong]


def test_what_is_missing_is_found(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("# A heading, here\n", "utf-8")
    links = (
        "[a](there.md) [b](there.md#a-heading-here) [c](there.md#other) [d](not.md) [e](https://x.example)"
    )
    assert broken_links(links, tmp_path) == ["there.md#other", "not.md"]
    assert unnamed(["one", "two"], "`one`, two") == ["two"]
    assert rows("| `a`, `b` | `c` |\n`d`\n| e | `f` |") == {"a", "b"}
    assert section("# a\n1\n## b\n2\n# c\n3", "a") == "\n1\n## b\n2\n"
    with pytest.raises(ConfigError):
        parse_catalogue("[fetsh]", name="f", folder="/feeds", variables={})
