"""The attacks of the corpus, polled among twenty good feeds: each ends as it should, and nobody notices."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.faults.hostile import MIB, Footprint, footprint_of
from tests.flow.attack_sources import (
    CANARY,
    CORPUS,
    NAMED,
    POINTED,
    SECRET,
    STRAY,
    Attack,
    attacks,
    catalogue_of,
    good_feeds,
    manifest,
)
from tests.origin import Origin
from tests.processes import Process, is_alive
from tests.safe import harms
from tests.system import System, run_feedmill, sources_of, wait_until

pytestmark = [
    pytest.mark.flow,
    pytest.mark.timeout(180),
    pytest.mark.skipif(not CORPUS.exists(), reason="../shared/corpora/attacks is not there"),
]

MOST_SECONDS = 90.0
MOST_GROWTH = 400 * MIB
"""Of the processes that fetch and parse together; 200,000 items are among what is parsed."""
MOST_ENTRIES = 5000
PARSE_PROCESSES = 2
LONGEST_OUTPUT = 20 * MIB

LISTED = manifest() if CORPUS.exists() else []
GOOD = good_feeds() if CORPUS.exists() else []
Health = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one round: health by source, exported files by path, who was asked for what."""

    folder: Path
    health: Mapping[str, Health]
    files: Mapping[str, bytes]
    asked: tuple[str, ...]
    served: tuple[Attack, ...]
    survived: bool
    memory: Footprint
    log: str

    def items(self, slug: str) -> list[dict[str, Any]]:
        """The items of a category's JSON Feed; none where there is no such feed."""
        document = self.files.get(f"feeds/{slug}.json")
        return json.loads(document)["items"] if document else []

    def text(self, slug: str) -> str:
        """All that is published of a category's articles, as one text."""
        return json.dumps(self.items(slug), ensure_ascii=False)


@pytest.fixture(scope="module")
def publisher() -> Iterator[Origin]:
    with Origin() as origin:
        yield origin


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, publisher: Origin) -> Run:
    """All of them on a running system, until each source has an outcome and nothing is left to publish."""
    folder = tmp_path_factory.mktemp("attacks")
    served = attacks(folder, publisher.url)
    names = [*(attack.name for attack in served), *(feed.name for feed in GOOD)]
    (folder / "in").mkdir()
    with System(folder / "in" / "var", "") as system:
        before = wait_until(lambda: _readers(system), 20, "processes that parse")
        with footprint_of(system.pid) as memory:
            (folder / "in" / "all.toml").write_text(catalogue_of(publisher, served, GOOD), "utf-8")
            command(folder / "in", "sources", "apply", "all.toml")
            wait_until(lambda: _is_over(system.data, names), MOST_SECONDS, "each source to end", every=0.5)
            command(folder / "in", "export", "out")
        health = {name: row["health"] for name, row in sources_of(system.data).items()}
        survived = all(map(is_alive, before))
        log = system.log()
    asked = tuple(dict.fromkeys(request.path for request in publisher.requests))
    files = exported(folder / "in" / "out")
    return Run(folder, health, files, asked, tuple(served), survived, memory, log)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, publisher: Origin, run: Run) -> Mapping[str, bytes]:
    """What is published of the good ones when they are polled by themselves."""
    folder = tmp_path_factory.mktemp("good")
    (folder / "good.toml").write_text(catalogue_of(publisher, [], GOOD), "utf-8")
    command(folder, "once", "--config", "good.toml", "--timeout", "60")
    command(folder, "export", "out")
    return exported(folder / "out")


def command(folder: Path, *words: str) -> str:
    done = run_feedmill(*words, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def exported(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def _readers(system: System) -> list[Process]:
    """Everything that fetches and parses, once all of it is there."""
    found = [process for process in system.processes() if process.name.startswith(("fetch", "parse"))]
    parsing = [process for process in found if process.name == "parse child"]
    return found if len(parsing) >= PARSE_PROCESSES else []


def _is_over(data: Path, names: list[str]) -> bool:
    rows = sources_of(data)
    return all(name in rows and rows[name]["health"]["outcome"] != "new" for name in names)


# ── what each comes to ──────────────────────────────────────────────────────────────────────────


def refused(error: str, message: str) -> Callable[[Run, str], None]:
    """It is the publisher's fault, told in words, and nothing of it is published."""

    def check(run: Run, name: str) -> None:
        health = run.health[name]
        assert (health["outcome"], health["error"], health["failures"]) == ("failed", error, 1)
        assert message in health["message"]
        assert run.items(name) == []

    return check


def read(entries: int) -> Callable[[Run, str], None]:
    """So many articles are published, and the source is well."""

    def check(run: Run, name: str) -> None:
        health = run.health[name]
        assert (health["outcome"], health["error"], health["entries"]) == ("changed", None, entries)
        assert len(run.items(name)) == min(entries, 50)

    return check


def cleaned(run: Run, name: str) -> None:
    read(1)(run, name)
    [item] = run.items(name)
    assert "<p>ok</p>" in item["content_html"]
    assert not [word for word in ("svg", "script", "onload") if word in item["content_html"]]
    assert harms(item["content_html"]) == []


def capped(run: Run, name: str) -> None:
    read(MOST_ENTRIES)(run, name)
    assert run.health[name]["warnings"] == [f"only the first {MOST_ENTRIES} of 200000 entries are read"]


def coerced(run: Run, name: str) -> None:
    read(8)(run, name)
    assert {item["url"] for item in run.items(name)} == {f"http://v.test/{number}" for number in range(8)}
    seen = datetime.fromisoformat(run.health[name]["last_success"])
    for item in run.items(name):
        assert abs(datetime.fromisoformat(item["date_published"]) - seen) < timedelta(minutes=5), item


def recovered(run: Run, name: str) -> None:
    read(1)(run, name)
    [item] = run.items(name)
    assert item["title"].startswith("bad ")
    assert item["title"].endswith(" end")
    assert "??" in item["title"]  # which our documents have for what could not be read
    assert "<script" not in run.text(name)


def one_of_its_own(run: Run, name: str) -> None:
    read(1)(run, name)
    [item] = run.items(name)
    assert item["title"] == "t"
    assert harms(item["content_html"]) == []


def long_title(run: Run, name: str) -> None:
    read(1)(run, name)
    assert set(run.items(name)[0]["title"].rstrip("…")) == {"A"}


BOMB = refused("NotAFeed", "DTD")
LARGE = refused("TooLarge", "more than 15728640 bytes after decoding")
ENDS: dict[str, Callable[[Run, str], None]] = {
    "refuse or ignore the DTD; no expansion; bounded time (<1 s) and memory (<100 MB); worker survives and "
    "next feed still works": BOMB,
    "parsed (1 item) with no request": read(1),
    "parsed, no request": read(1),
    'content has no svg/script/onload, keeps "ok"': cleaned,
    "no request to loopback, link-local or file: addresses unless allowed by configuration": read(1),
    "per-feed item cap or bounded time; memory < 500 MB": capped,
    "title truncated or accepted; output feeds remain valid": long_title,
    "all items kept (ids coerced to strings), bad dates absent": coerced,
    'recovered with U+FFFD; no "<script>" produced': recovered,
    "exactly 1 item; output well formed": one_of_its_own,
    "files only inside the output directory; names sanitised": read(3),
    "abort at the configured body limit on DEcompressed bytes; memory bounded; worker survives": LARGE,
    "no RecursionError": refused("NotAFeed", ""),
}
"""What the manifest expects, and how that is seen here."""


@pytest.mark.parametrize("attack", LISTED, ids=lambda attack: attack.name)
def test_each_ends_as_the_manifest_expects(run: Run, attack: Attack) -> None:
    ENDS[attack.expect](run, attack.name)


def test_what_no_manifest_lists_ends_as_well(run: Run) -> None:
    ours = {attack.name: run.health[attack.name] for attack in run.served if not attack.expect}
    assert {name.partition("-")[0] + "-" for name in ours} == {POINTED, NAMED, STRAY, SECRET}
    for name, health in ours.items():
        assert health["error"] in (None, "NotAFeed"), f"{name}: {health['error']}: {health['message']}"
        assert (health["error"] == "NotAFeed") or health["entries"] > 0, name
    assert {name for name, health in ours.items() if name.startswith(STRAY) and not health["error"]} == set()


# ── what nobody else notices ────────────────────────────────────────────────────────────────────


def test_good_feeds_are_published_as_without_attacks(run: Run, alone: Mapping[str, bytes]) -> None:
    assert len(GOOD) == 20
    for feed in GOOD:
        assert run.health[feed.name]["error"] is None
        assert run.items(feed.name), feed.name
        for form in ("rss", "atom", "json"):
            path = f"feeds/{feed.name}.{form}"
            assert run.files[path] == alone[path], path


def test_no_process_dies_of_them(run: Run) -> None:
    assert run.survived
    assert "Traceback" not in run.log
    assert {health["error"] for health in run.health.values()} == {None, "NotAFeed", "TooLarge"}


def test_they_cost_little_memory(run: Run) -> None:
    print(f"all processes: {run.memory}")
    assert run.memory.growth < MOST_GROWTH


# ── what never comes out ────────────────────────────────────────────────────────────────────────


def test_no_file_of_ours_is_published(run: Run) -> None:
    first_user = Path("/etc/passwd").read_bytes().splitlines()[0]
    for path, content in run.files.items():
        assert CANARY.encode() not in content, path
        assert first_user not in content, path
    for row in run.health.values():
        assert CANARY not in json.dumps(row)


def test_nobody_is_asked_but_for_what_the_catalogue_names(run: Run) -> None:
    names = {f"/{attack.name}" for attack in run.served} | {f"/{feed.name}" for feed in GOOD}
    assert any(attack.name.startswith(POINTED) for attack in run.served)
    assert set(run.asked) == names


def test_names_stay_inside_of_the_folders(run: Run) -> None:
    assert {path.name for path in run.folder.iterdir()} == {"in", "secret.txt"}
    assert {path.name for path in (run.folder / "in").iterdir()} == {
        "var",
        "var.toml",
        "var.log",
        "all.toml",
        "out",
    }
    assert not Path("/tmp/pwned").exists()
    assert {"---..-etc-cron.d-x", "-", "CON-category"} <= {Path(path).stem for path in run.files}
    for path in run.files:
        assert not {"..", ".", ""} & set(path.split("/")), path


def test_every_document_is_well_formed_and_none_is_large(run: Run) -> None:
    for path, content in run.files.items():
        assert len(content) < LONGEST_OUTPUT, path
        if path.endswith((".rss", ".atom", ".opml")):
            etree.fromstring(content, etree.XMLParser(huge_tree=True, resolve_entities=False))
        if path.endswith(".json"):
            json.loads(content)


@pytest.mark.parametrize("name", ["opml-bomb.opml", "opml-deep.opml"])
def test_lists_that_mean_harm_are_refused_by_the_import(tmp_path: Path, name: str) -> None:
    done = run_feedmill("sources", "import", CORPUS / name, cwd=tmp_path, timeout=30)
    print(done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    written = tmp_path / "feedmill.toml"
    assert "lol" not in done.stdout + done.stderr + (written.read_text("utf-8") if written.exists() else "")
