"""Pictures of the demo's pages for the documentation: ``python -m bench.screenshots``.

Starts the demo, waits until it has something to show, and writes ``docs/images``. Needs chromium.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import sync_playwright

from tests.system import System, wait_until

IMAGES = Path(__file__).parents[1] / "docs" / "images"
CATEGORY = "/category/town-and-tech.html"
FEED = "/feeds/town-and-tech.json"
ENOUGH = 12
FONTS = ("--no-sandbox", "--disable-gpu", "--font-render-hinting=none")


class Shot(NamedTuple):
    """One picture: of which page, as whom, and how."""

    name: str
    path: str
    language: str = "en"
    scheme: str = "light"
    width: int = 1120
    height: int = 800


SHOTS = (
    Shot("home", "/"),
    Shot("category", CATEGORY, width=900, height=860),
    Shot("dark", "/", language="zh-CN", scheme="dark"),
    Shot("phone", CATEGORY, scheme="dark", width=390, height=760),
)


def take(browser: Any, system: System, shot: Shot, folder: Path) -> Path:
    """One picture, as a PNG in ``folder``."""
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        color_scheme=shot.scheme,
        locale=shot.language,
    )
    page = context.new_page()
    page.goto(f"{system.url}{shot.path}", wait_until="load")
    target = folder / f"{shot.name}.png"
    page.screenshot(path=target)
    context.close()
    return target


def _has_enough(system: System, path: str, mark: bytes) -> bool:
    return system.get(path).body.count(mark) >= ENOUGH


def main(folder: Path = IMAGES, shots: tuple[Shot, ...] = SHOTS) -> None:
    """Take them all."""
    with (
        tempfile.TemporaryDirectory() as data,
        System(Path(data) / "demo", arguments=["--demo"]) as system,
        sync_playwright() as driver,
    ):
        for path, mark in ((FEED, b'"id"'), ("/", b"<li>")):
            wait_until(partial(_has_enough, system, path, mark), 120, f"news in {path}", every=1.0)
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=list(FONTS))
        for shot in shots:
            target = take(browser, system, shot, folder)
            print(f"{target}: {target.stat().st_size // 1000} kB")
        browser.close()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
