"""What is published of whatever articles there are: valid, read back equal, the same bytes each time."""

from __future__ import annotations

import gzip
import math
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from feeds.model import Article, Companion, Document, Enclosure, Episode
from feeds.normalize.html import clean
from feeds.render.addresses import web_address
from feeds.render.category import render_all, render_category, rendering_of_category
from feeds.render.channel import CategoryCard
from feeds.render.item import Origin, printable
from feeds.told import Category, Podcast
from tests.feed_schemas import jsonfeed_errors, schema_errors
from tests.make import PUBLISHED, SEEN_AT, article, site
from tests.validator import findings

CATEGORY = Category(slug="news", title="News", created_at=PUBLISHED)
ORIGINS = {"news": Origin("Tom & Jerry's", "https://publisher.example/feed.xml")}
PODCAST = Podcast(email="shows@finews.example", category="TV & Film", explicit=False)
COVERED = replace(PODCAST, image="https://finews.example/cover.png")

MARKUP = [
    *("</b>", "&amp;", "&#60;", "<b>", "]]>", "\x00", "\x85", "\ufffd", "\ud800", "新闻 ", "\r\n", '"', "'"),
    *("<p>", "</p>", '<a href="/x y">', '<img src="i.png">', "<bdo dir='rtl'>", "\u202e", " "),
    '<iframe src="https://www.youtube.com/embed/abc"></iframe>',
]
HOSTILE = st.lists(st.sampled_from(MARKUP) | st.text(st.characters(), max_size=8), max_size=6).map("".join)
ADDRESSES = st.one_of(
    HOSTILE,
    HOSTILE.map("https://a.example/".__add__),
    HOSTILE.map("https://新闻.example/?q=".__add__),
    HOSTILE.map("http://".__add__),
    st.sampled_from(
        [
            *("http://[2001:db8::1]/x", "http://u:p@a.example/", "HTTP://A.EXAMPLE/%zz", "https://a.example"),
            *("https://a.example:8443/x#a#b", "http://localhost/x", "//a.example/x", "https://a_b.example/"),
        ]
    ),
)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1990, 1, 2), datetime(2030, 1, 1), timezones=OFFSETS)  # noqa: DTZ001
FILES = st.builds(
    Enclosure,
    url=ADDRESSES,
    media_type=HOSTILE | st.sampled_from(["audio/mpeg", "video/mp4; codecs=x", "AUDIO/MP3", "image/png"]),
    length=st.none() | st.integers(-5, 2**40),
    duration=st.sampled_from([None, 0.0, -1.0, 0.2, 61.5, 99 * 3661.0, 1e300, math.nan, math.inf]),
)
COMPANIONS = st.builds(
    Companion,
    url=ADDRESSES,
    media_type=HOSTILE | st.sampled_from(["text/vtt", "VTT"]),
    language=st.sampled_from([None, "en", "xx", "a b", "\x00"]),
)
NUMBERS = st.none() | st.sampled_from([0, -1, 1, 10**9, 10**30]) | st.integers(-5, 10**6)
EPISODES = st.builds(
    Episode,
    season=NUMBERS,
    number=NUMBERS,
    kind=st.none() | HOSTILE | st.sampled_from(["full", "trailer", "bonus", "Full"]),
    explicit=st.sampled_from([None, True, False]),
    transcripts=st.lists(COMPANIONS, max_size=2).map(tuple),
    chapters=st.none() | COMPANIONS,
)


def changed(identity: int, **fields: Any) -> Article:
    content = clean(fields.pop("content"), base=fields.get("url"))
    return replace(article(id=UUID(int=identity).hex), content=content, **fields)


ARTICLES = st.lists(
    st.builds(
        changed,
        st.integers(0, 2**128 - 1),
        url=st.none() | ADDRESSES,
        title=HOSTILE,
        content=HOSTILE,
        summary=HOSTILE,
        authors=st.lists(HOSTILE, max_size=2).map(tuple),
        tags=st.lists(HOSTILE, max_size=3).map(tuple),
        medium=st.none() | HOSTILE,
        language=st.sampled_from([None, "en", "zh-CN", "xx", "", "a b", "x-klingon", "\x00"]),
        enclosures=st.lists(FILES, max_size=3).map(tuple),
        image=st.none() | ADDRESSES,
        rights=st.none() | HOSTILE,
        episode=st.none() | EPISODES,
        published=MOMENTS,
        updated=MOMENTS | st.just(PUBLISHED),
        fetched_at=st.none() | st.just(SEEN_AT),
    ),
    max_size=4,
    unique_by=lambda one: one.id,
)


def content(document: Document) -> bytes:
    return gzip.decompress(document.body)


def check(documents: dict[str, Document]) -> None:
    """What holds for the documents of any category."""
    assert set(documents) >= {"rss", "atom", "json", "html"}
    for name in ("rss", "atom"):
        body = content(documents[name])
        assert findings(body) == [], name
        assert schema_errors(name, body) == [], name
    assert jsonfeed_errors(content(documents["json"])) == []


@settings(deadline=None, max_examples=100)
@given(
    articles=ARTICLES,
    text=HOSTILE,
    mode=st.sampled_from(["full", "summary"]),
    podcast=st.sampled_from([None, PODCAST, COVERED]),
    image=st.none() | ADDRESSES.map(printable).map(web_address),
)
def test_whatever_is_said_no_validator_finds_anything(
    articles: list[Article], text: str, mode: str, podcast: Podcast | None, image: str | None
) -> None:
    category = replace(CATEGORY, title=text, description=text, content=mode, podcast=podcast)
    origins = {"news": ORIGINS["news"]._replace(image=image)}
    rendering = rendering_of_category(site(title=text), category, articles, origins)
    assert rendering.warnings == ()
    check(rendering.documents)
    cards = [CategoryCard(category=category, count=1, articles=tuple(articles))]
    check(render_all(site(), cards, articles, ORIGINS))


def test_an_empty_category_is_valid() -> None:
    check(render_category(site(), CATEGORY, []))


PROGRAM = """
import hashlib
from tests.test_render_outputs import many
from feeds.render.category import render_category, render_all
from feeds.render.channel import CategoryCard
from tests.test_render_outputs import CATEGORY, COVERED, ORIGINS, replace
from tests.make import site
cards = [CategoryCard(category=CATEGORY, count=1, articles=many())]
shows = replace(CATEGORY, podcast=COVERED)
for documents in (render_category(site(), shows, many(), ORIGINS), render_all(site(), cards, many())):
    for name, document in documents.items():
        print(name, document.etag, document.last_modified, hashlib.sha256(document.body).hexdigest())
"""


def many() -> tuple[Article, ...]:
    """Articles with sets of everything, two of them updated at once."""
    files = tuple(Enclosure(url=f"https://a.example/{n}.mp3", media_type="audio/mpeg") for n in range(3))
    return tuple(
        article(
            id=UUID(int=number).hex,
            guid=f"{number}",
            authors=("Ann", "Bob"),
            tags=("one", "two", "three"),
            enclosures=files,
            medium="A paper",
            rights="Theirs",
            episode=Episode(season=1, number=number, explicit=False),
        )
        for number in range(2, 6)
    )


def test_other_processes_make_the_same_bytes() -> None:
    """Whatever their hash seed: no set's order may reach a document."""
    outputs = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(outputs) == 1
    assert outputs != {b""}
