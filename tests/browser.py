"""A real browser, which reaches only loopback: tabs in which nothing may go wrong, and tabs that are watched.

These notice all that a page does: scripts, dialogs, requests.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

CANARY = """
window.__ran = [];
for (const name of ["alert", "confirm", "prompt", "print", "open", "fetch", "postMessage"])
  window[name] = (...said) => { window.__ran.push(name + ": " + said.join()); };
//# sourceURL=canary
"""
"""What payloads call to show that they run; with it the page itself says so."""

_ASK = "JSON.stringify(window.__ran.splice(0))"
_POKE = """{
  for (const element of document.querySelectorAll("*"))
    for (const name of ["mouseover", "focus", "load", "error", "toggle", "animationstart", "pointerenter"])
      element.dispatchEvent(new Event(name));
}"""
_FLAGS = ("--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1")
_OURS = "about:blank"
_NOT_THEIRS = ("canary", "chrome-error:")
"""Scripts of ours, and of the page that a browser puts into a frame that could not be loaded."""


@dataclass  # without slots: playwright keeps notes in who listens
class Watched:
    """One tab, and what happened in it since it was last asked."""

    page: Any
    own: str
    session: Any = None
    scripts: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    navigations: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Begin to note what happens."""
        self.session = self.page.context.new_cdp_session(self.page)
        self.session.on("Debugger.scriptParsed", self._parsed)
        self.session.send("Debugger.enable")
        self.page.on("dialog", self._dialog)
        self.page.on("request", self._request)
        self.page.on("framenavigated", self._navigated)
        self.page.on("popup", lambda popup: self.navigations.append(popup.url))

    def open(self, path: str) -> list[str]:
        """What ran or was left while a page of ``own`` was shown and poked; its requests stay noted."""
        self.page.goto(f"{self.own}{path}", wait_until="load")
        self._run(_POKE)
        return self.noticed()

    def show(self, html: str) -> list[str]:
        """The same of ``html`` alone, and without poking."""
        self.page.set_content(html, wait_until="load")
        return self.noticed()

    def asked(self) -> list[tuple[str, str]]:
        """The addresses asked for since last, with what for; ours are left out."""
        asked, self.requests = self.requests, []
        return [(kind, url) for kind, url in asked if not url.startswith((self.own, _OURS))]

    def noticed(self) -> list[str]:
        """What ran, and where the tab went, since last."""
        ran = json.loads(self._run(_ASK) or "[]")
        happened = [*self.scripts, *ran, *self.dialogs, *self.navigations]
        self.scripts, self.dialogs, self.navigations = [], [], []
        return happened

    def _run(self, script: str) -> Any:
        """What ``script`` comes to; not by playwright's own means, whose scripts we would see."""
        asked = {"expression": f"{script}\n//# sourceURL=canary", "returnByValue": True}
        return self.session.send("Runtime.evaluate", asked)["result"].get("value")

    def _parsed(self, event: dict[str, Any]) -> None:
        context = event.get("executionContextAuxData") or {}
        if context.get("isDefault") and not event["url"].startswith(_NOT_THEIRS):
            self.scripts.append(f"a script of {event['length']} characters, in {event['url'] or 'the page'}")

    def _dialog(self, dialog: Any) -> None:
        self.dialogs.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Any) -> None:
        self.requests.append((request.resource_type, request.url))

    def _navigated(self, frame: Any) -> None:
        top = frame.parent_frame is None
        if top and not frame.url.startswith((self.own, _OURS)):
            self.navigations.append(f"went to {frame.url}")


@contextmanager
def browsing() -> Iterator[Any]:
    """A browser; the test is skipped where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("needs a browser: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=list(_FLAGS))
        yield browser
        browser.close()


@contextmanager
def tab(
    browser: Any, own: str, *, now: datetime | None = None, **as_whom: Any
) -> Iterator[Callable[[str], Any]]:
    """Opens paths of ``own`` in a new tab, in which it is ``now``; at the end nothing may have gone wrong."""
    context = browser.new_context(**({"locale": "en"} | as_whom))
    if now is not None:
        context.clock.set_fixed_time(now)
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))

    def show(path: str) -> Any:
        page.goto(f"{own}{path}", wait_until="load")
        return page

    yield show
    context.close()
    assert not errors, errors


@contextmanager
def watched(browser: Any, own: str) -> Iterator[Watched]:
    """A new tab of ``browser``: nothing is loaded but from ``own``, the canary sits in every page."""
    context = browser.new_context()
    context.add_init_script(CANARY)
    context.route(
        "**/*", lambda route: route.continue_() if route.request.url.startswith(own) else route.abort()
    )
    tab = Watched(context.new_page(), own)
    tab.watch()
    yield tab
    context.close()
