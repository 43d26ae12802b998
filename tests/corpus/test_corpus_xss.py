"""The attacks of fourteen sanitizers' suites: none survives, in an article or in any document made of it."""

from __future__ import annotations

import gzip
import json
from functools import cache

import pytest
from lxml import etree
from lxml import html as lxml_html
from msgspec.structs import replace

from feeds.model import Article, Companion, Enclosure, Episode
from feeds.normalize.article import normalize
from feeds.normalize.html import clean
from feeds.render.category import render_category
from feeds.render.pages import article_page
from feeds.told import Category
from tests import make
from tests.make import PUBLISHED, SEEN_AT, entry, site, source
from tests.places import SHARED
from tests.safe import harms

PAYLOADS = SHARED / "corpora" / "xss" / "payloads-dev.json"
CATEGORY = Category(slug="news", title="News", created_at=PUBLISHED)
BASE = "https://publisher.example/news/1"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
ATOM = "{http://www.w3.org/2005/Atom}"
PLAYED = Enclosure(url="https://publisher.example/1.mp3", media_type="audio/mpeg")


@pytest.fixture(autouse=True)
def _corpora() -> None:
    if not PAYLOADS.is_file():
        pytest.skip("needs ../shared/corpora/xss")


@cache
def payloads() -> tuple[str, ...]:
    return tuple(json.loads(PAYLOADS.read_text("utf-8")))


@cache
def articles() -> tuple[Article, ...]:
    """One of each payload, which is everywhere that a publisher can put text."""
    return tuple(_article(number, payload) for number, payload in enumerate(payloads()))


def _article(number: int, payload: str) -> Article:
    heard = Companion(url=payload, media_type=payload, language=payload)
    said = entry(
        guid=f"{number}",
        url=payload,
        title=payload,
        summary=payload,
        content=payload,
        authors=(payload,),
        tags=(payload,),
        medium=payload,
        image=payload,
        enclosures=(Enclosure(url=payload, media_type=payload), PLAYED),
        episode=Episode(kind=payload, transcripts=(heard,), chapters=heard),
    )
    return normalize(said, source(), site(), slug="news", seen_at=SEEN_AT, position=0)


@pytest.mark.parametrize("base", [BASE, None], ids=["with a base", "without"])
def test_no_payload_survives_cleaning(base: str | None) -> None:
    assert len(payloads()) > 1000
    for payload in payloads():
        cleaned = clean(payload, base=base)
        assert harms(cleaned) == [], payload
        assert clean(cleaned, base=base) == cleaned, payload


def test_nor_does_one_that_another_swallows() -> None:
    for first in range(0, len(payloads()), 7):
        assert harms(clean("\n".join(payloads()[first : first + 7]), base=BASE)) == [], first


def test_no_payload_survives_in_a_feed() -> None:
    documents = render_category(site(), CATEGORY, articles())
    rss = etree.fromstring(gzip.decompress(documents["rss"].body))
    contents = [found.text or "" for found in rss.iter(CONTENT)]
    contents += [found.text or "" for found in rss.iter("description")]
    atom = etree.fromstring(gzip.decompress(documents["atom"].body))
    contents += [found.text or "" for found in atom.iter(f"{ATOM}content")]
    contents += [found.text or "" for found in atom.iter(f"{ATOM}summary")]
    contents += [
        item.get("content_html", "") for item in json.loads(gzip.decompress(documents["json"].body))["items"]
    ]
    assert len(contents) > 2 * len(payloads())
    assert [harm for content in contents for harm in harms(content)] == []
    links = [found.text or "" for found in rss.iter("link")]
    links += [found.get("href") or "" for found in atom.iter(f"{ATOM}link")]
    assert [link for link in links if not link.startswith(("http://", "https://"))] == []


def test_no_payload_survives_on_a_page() -> None:
    plain = make.article(tags=("t",), authors=("a",), medium="m", enclosures=(PLAYED,))
    spoken = names_around_the_body(page_of(replace(plain, language="en")))
    innocent = names_around_the_body(page_of(plain)) | spoken
    for payload, article in zip(payloads(), articles(), strict=True):
        page = page_of(article)
        assert harms(article.content) == [], payload
        assert names_around_the_body(page) <= innocent, payload


def page_of(article: Article) -> bytes:
    return article_page(site(), {"news": "News"}, article)


def names_around_the_body(page: bytes) -> set[tuple[str, ...]]:
    """The elements of a page, each with its attributes, without what is in its article."""
    tree = lxml_html.document_fromstring(page.decode())
    for body in tree.xpath("//div[@class='body']"):
        body.clear()
    return {(str(element.tag), *sorted(map(str, element.attrib))) for element in tree.iter()}
