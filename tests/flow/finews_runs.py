"""The seed's system run once for all tests of it: three ``once`` runs, and all that they left."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from feeds.crawl import Health
from feeds.model import Article
from tests.finews_server import FinewsServer
from tests.flow import finews_rows as rows
from tests.flow.world import ALLOW, articles_of, opened
from tests.places import SHARED
from tests.system import ROOT, run_feedmill

CORPUS = SHARED / "corpora" / "finews" / "mock-dev"
SEED = SHARED / "seed" / f"2022-03-17-{rows.SEED_CODE}.md"
SHARE = "http://finews.zning.xyz"
"""The host that the seed's own link leads to."""


@dataclass(frozen=True, slots=True)
class Runs:
    """What three runs did; ``wanted`` has every infoCode there was."""

    folder: Path
    wanted: set[str]
    details: list[Counter[str]]
    """How often each text had been asked for, after each run."""
    list_statuses: list[list[int]]
    """What each list answered, run by run."""
    articles: dict[str, Article]
    titles: dict[str, str]
    health: dict[str, Health]

    def text(self, path: str) -> str:
        """An exported file."""
        return (self.folder / "out" / path).read_text("utf-8")

    def post(self, code: str) -> str:
        """The exported post of an article."""
        name = Path(self.articles[code].path).stem
        [found] = (self.folder / "site" / "_posts").glob(f"*-{name}.md")
        return found.read_text("utf-8")


def run(folder: Path) -> Runs:
    """Three runs of ``once``; before the second, an older item comes late into list 102."""
    seed = SEED.read_text("utf-8")
    told = rows.lists(CORPUS, seed)
    second = rows.second_market()
    wanted = rows.codes(told["flash"], told["important"], told["market"], second, [rows.late()])
    server = FinewsServer(
        flash=told["flash"],
        important=told["important"],
        market={37: told["market"], 38: second, 39: []},
        bodies=rows.bodies(wanted, seed),
    )
    (folder / "finews.toml").write_text(preset(), "utf-8")
    details, statuses = [], []
    with server:
        for number in range(3):
            before = len(server.requests)
            _once(folder, server.url)
            details.append(server.detail_requests)
            asked = server.requests[before:]
            statuses.append([one.status for one in asked if "webapi" in one.path])
            if number == 0:
                server.flash = [*told["flash"][:5], rows.late(), *told["flash"][5:]]
    for words in (("export", "out"), ("posts", "export", "site")):
        done = run_feedmill(*words, cwd=folder)
        assert done.returncode == 0, done.stderr
    return _looked(folder, wanted, details=details, list_statuses=statuses)


def preset() -> str:
    """The preset as it is, but that loopback may be fetched, and quickly."""
    text = (ROOT / "examples" / "finews.toml").read_text("utf-8")
    assert 'spacing = "200ms"' in text
    return text.replace('spacing = "200ms"', f'spacing = "10ms"\n{ALLOW}')


def _once(folder: Path, api: str) -> None:
    environment = {"FEEDMILL_VAR_API": api, "FEEDMILL_VAR_SHARE": SHARE}
    done = run_feedmill("once", "--config", "finews.toml", "--timeout", "60", cwd=folder, env=environment)
    assert done.returncode == 0, done.stderr
    assert "left to do" not in done.stdout, done.stdout


def _looked(folder: Path, wanted: set[str], **told: Any) -> Runs:
    with opened(folder / "var") as store:
        articles = articles_of(store)
        titles = {category.slug: category.title for category in store.categories.all()}
        health = {row.source.id: row.health for row in store.sources.rows()}
    return Runs(folder=folder, wanted=wanted, articles=articles, titles=titles, health=health, **told)
