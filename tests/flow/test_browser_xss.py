"""Article pages made of every attack there is, in a real browser: nothing runs, and nothing is asked for.

With our Content-Security-Policy, and without it: cleaning alone has to be enough.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import html as lxml_html

from feeds.normalize.html import clean
from feeds.render.pages import article_page
from feeds.web.policy import PAGE as PAGE_HEADERS
from tests.browser import Watched, browsing, watched
from tests.make import article, site
from tests.origin import Origin
from tests.places import SHARED

pytestmark = pytest.mark.flow

PAYLOADS = SHARED / "corpora" / "xss" / "payloads-dev.json"
BASE = "https://publisher.example/news/1"
A_PAGE = 50
SHOWN = {"image", "media", "document"}
"""What an article may ask for: pictures, sound and film, and players."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not PAYLOADS.is_file():
        pytest.skip("needs ../shared/corpora/xss")
    with browsing() as opened:
        yield opened


@pytest.fixture(scope="module")
def origin() -> Iterator[Origin]:
    with Origin() as serving:
        yield serving


@pytest.fixture
def tab(browser: Any, origin: Origin) -> Iterator[Watched]:
    with watched(browser, origin.url) as opened:
        yield opened


@cache
def payloads() -> tuple[str, ...]:
    return tuple(json.loads(PAYLOADS.read_text("utf-8")))


def contents() -> Iterator[str]:
    """Articles of 50 payloads: cleaned each for itself, and all at once, where one may swallow others."""
    for first in range(0, len(payloads()), A_PAGE):
        some = payloads()[first : first + A_PAGE]
        yield "\n".join(clean(payload, base=BASE) for payload in some)
        yield clean("\n".join(some), base=BASE)


def hosts(html: str) -> set[str]:
    """Whose pictures, films and players are left in ``html``."""
    tree = lxml_html.fragment_fromstring(html, create_parent="div")
    said = [str(value) for value in tree.xpath(".//@src | .//@poster | .//@srcset")]
    return {url_host(address) for value in said for address in value.split() if "//" in address}


def unexpected(asked: list[tuple[str, str]], left: set[str]) -> list[tuple[str, str]]:
    """Requests for other than what is shown of the hosts ``left``; addresses have several spellings."""
    return [(kind, url) for kind, url in asked if kind not in SHOWN or url_host(url) not in left]


def url_host(url: str) -> str:
    return urlsplit(url).netloc.lower() or url


@pytest.mark.parametrize("headers", [dict(PAGE_HEADERS), {}], ids=["with our policy", "without"])
def test_no_payload_runs_on_an_articles_page(tab: Watched, origin: Origin, headers: dict[str, str]) -> None:
    left: set[str] = set()
    for number, content in enumerate(contents()):
        page = article_page(site(), {"news": "News"}, article(content=content))
        path = f"/{len(headers)}/{number}"
        origin.set(path, page, media_type="text/html; charset=utf-8", headers=headers)
        assert tab.open(path) == [], number
        left |= hosts(content)  # lazy pictures of pages before may be asked for as late as now
        assert unexpected(tab.asked(), left) == [], number


def test_no_payload_runs_alone(tab: Watched) -> None:
    left: set[str] = set()
    for payload in payloads():
        content = clean(payload, base=BASE)
        assert tab.show(content) == [], payload
        left |= hosts(content)
        assert unexpected(tab.asked(), left) == [], payload


@pytest.mark.parametrize(
    "harm",
    [
        "<img src=x onerror=alert(1)>",
        "<script>void 0</script>",
        "<body onload=prompt(1)>",
        "<meta http-equiv=refresh content='0;url=https://elsewhere.example/'>",
        "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    ],
)
def test_what_runs_would_be_seen(tab: Watched, harm: str) -> None:
    """Of markup that was not cleaned; its error events take a moment."""
    errors = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    try:
        happened = tab.show(harm)
    except errors.Error:
        return  # led away while it was looked at
    tab.page.wait_for_timeout(200)
    assert happened + tab.noticed() + tab.asked() != []


def test_what_asks_for_other_things_would_be_seen(tab: Watched) -> None:
    harm = "<link rel=stylesheet href=https://elsewhere.example/s.css><img src=https://a.example/a.png>"
    tab.show(harm)
    assert unexpected(tab.asked(), {"a.example"}) == [("stylesheet", "https://elsewhere.example/s.css")]
