"""Lists of articles in JSON of all shapes, and JSON that lists something else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feeds.parse.inference import Inferred, infer
from feeds.parse.source import parse
from feeds.told import FieldRule, Kind
from tests import make

TEXT = "<p>" + "A long text of an article, as it is published in full. " * 8 + "</p>"
HEADLINES = [f"The council of town {number} decides about its bridge" for number in range(6)]
DAYS = [f"2026-01-{day:02}" for day in range(9, 3, -1)]


def numbered(**shapes: Any) -> list[dict[str, Any]]:
    """Six items: ``{n}`` in texts is their number, a list gives each its own, a call makes it."""

    def value(shape: Any, place: int) -> Any:
        if isinstance(shape, list):
            return shape[place]
        if isinstance(shape, dict):
            return {key: value(inner, place) for key, inner in shape.items()}
        if isinstance(shape, str):
            return shape.replace("{n}", str(place))
        return shape(place) if callable(shape) else shape

    return [{key: value(shape, place) for key, shape in shapes.items()} for place in range(6)]


SEED_FLASH = numbered(
    id="2022031700482{n}",
    infoCode="NW20220317231247408{n}",
    title=HEADLINES,
    digest=[f"【{title}】 And what it costs." for title in HEADLINES],
    showtime=["2022-03-17 00:48:28", "", *["2022-03-17 00:40:00"] * 4],
    url_w="http://news.example/a/{n}.html",
)
SEED_IMPORTANT = numbered(
    infocode="NW2022031723124740{n}", title=HEADLINES, **{"from": "重庆商报"}, showtime="2022-03-17 00:48:28"
)
SEED_MARKET = numbered(
    infoCode="NW2022031723124740{n}", title=HEADLINES, datetime="2022-03-17 00:48:28", medianame="重庆商报"
)
WORDPRESS = numbered(
    id=lambda place: 100 + place,
    date=[f"{day}T10:00:00" for day in DAYS],
    date_gmt=[f"{day}T09:00:00" for day in DAYS],
    guid={"rendered": "https://blog.example/?p={n}"},
    modified="2026-02-01T10:00:00",
    slug="a-{n}",
    status="publish",
    type="post",
    link="https://blog.example/{n}/",
    title={"rendered": HEADLINES},
    content={"rendered": TEXT, "protected": False},
    excerpt={"rendered": "<p>What this one is about, in short.</p>", "protected": False},
    author=7,
    featured_media=0,
    categories=lambda place: [1, place],
    tags=lambda place: [],
)
HACKER_NEWS = numbered(
    objectID="4100000{n}",
    author="someone{n}",
    created_at=[f"{day}T10:00:00Z" for day in DAYS],
    created_at_i=1767261600,
    title=HEADLINES,
    url=["https://a.example/1", None, *(f"https://b.example/{n}" for n in range(4))],
    points=lambda place: 100 + place,
    _tags=lambda place: ["story", f"author_{place}"],
)
GITHUB = numbered(
    url="https://api.github.example/repos/a/b/releases/{n}",
    assets_url="https://api.github.example/repos/a/b/releases/{n}/assets",
    html_url="https://github.example/a/b/releases/tag/v1.{n}",
    id=lambda place: 7000 + place,
    author={"login": "maker", "id": 1, "html_url": "https://github.example/maker"},
    tag_name="v1.{n}",
    name="v1.{n}",
    created_at=[f"{day}T08:00:00Z" for day in DAYS],
    published_at=[f"{day}T10:00:00Z" for day in DAYS],
    body=TEXT,
    assets=lambda place: [{"name": f"b-{place}.tar.gz", "url": "https://x.example/b"}],
)
REDDIT = {
    "kind": "Listing",
    "data": {
        "after": "t3_x",
        "children": [
            {"kind": "t3", "data": item}
            for item in numbered(
                id="abc{n}",
                title=HEADLINES,
                permalink="/r/feeds/{n}/",
                url="https://i.example/{n}.png",
                created_utc=lambda place: 1767261600.0 + place,
                author="someone{n}",
                thumbnail="https://t.example/{n}.jpg",
            )
        ],
    },
}
JSON_LD = {
    "@type": "ItemList",
    "itemListElement": [
        {"@type": "ListItem", "position": place, "item": item}
        for place, item in enumerate(
            numbered(
                headline=HEADLINES,
                url="https://paper.example/{n}",
                datePublished=DAYS,
                author={"@type": "Person", "name": "Ann Writer"},
            )
        )
    ],
}

POSITIVE: tuple[tuple[str, object, str, dict[str, str]], ...] = (
    (
        "seed-102",
        {"records": SEED_FLASH},
        "records",
        {"guid": "id", "url": "url_w", "title": "title", "published": "showtime", "summary": "digest"},
    ),
    (
        "seed-45",
        {"nodeList": SEED_IMPORTANT},
        "nodeList",
        {"guid": "infocode", "title": "title", "published": "showtime", "medium": "from"},
    ),
    (
        "seed-37",
        {"record": SEED_MARKET},
        "record",
        {"guid": "infoCode", "title": "title", "published": "datetime", "medium": "medianame"},
    ),
    (
        "wordpress",
        WORDPRESS,
        "@",
        {
            "guid": "guid.rendered",
            "url": "link",
            "title": "title.rendered",
            "published": "join('', [date_gmt, 'Z'])",
            "updated": "modified",
            "content": "content.rendered",
            "summary": "excerpt.rendered",
        },
    ),
    (
        "hacker-news",
        {"hits": HACKER_NEWS, "nbHits": 6, "query": ""},
        "hits",
        {
            "guid": "objectID",
            "url": "url",
            "title": "title",
            "published": "created_at",
            "authors": "author",
            "tags": "_tags",
        },
    ),
    (
        "github",
        GITHUB,
        "@",
        {
            "guid": "id",
            "url": "html_url",
            "title": "name",
            "published": "published_at",
            "content": "body",
            "authors": "author.login",
        },
    ),
    (
        "reddit",
        REDDIT,
        "data.children[*].data",
        {
            "guid": "id",
            "url": "permalink",
            "title": "title",
            "published": "floor(created_utc)",
            "authors": "author",
            "image": "thumbnail",
        },
    ),
    (
        "json-ld",
        JSON_LD,
        "itemListElement[*].item",
        {"url": "url", "title": "headline", "published": "datePublished", "authors": "author.name"},
    ),
    (
        "nested-and-quoted",
        {
            "status": 0,
            "data": {"news-list": {"rows": numbered(标题=HEADLINES, 发布时间=DAYS, 链接="/a/{n}.html")}},
        },
        'data."news-list".rows',
        {"url": '"链接"', "title": '"标题"', "published": '"发布时间"'},
    ),
    (
        "by-shape",
        [*numbered(title=HEADLINES, whither="https://paper.example/{n}", wann=DAYS)],
        "@",
        {"url": "whither", "title": "title", "published": "wann"},
    ),
    (
        "news-beside-its-menu",
        {
            "menu": numbered(title="Item {n}", url="/{n}"),
            "news": numbered(title=HEADLINES, url="/news/{n}", date=DAYS),
            "people": numbered(name="Person {n}", id="{n}", url="/people/{n}"),
        },
        "news",
        {"url": "url", "title": "title", "published": "date"},
    ),
)


def first(document: object) -> Inferred:
    return infer(document)[0]


@pytest.mark.parametrize(
    ("document", "items", "fields"), [case[1:] for case in POSITIVE], ids=[case[0] for case in POSITIVE]
)
def test_a_list_of_articles_is_found_with_its_fields(
    document: object, items: str, fields: dict[str, str]
) -> None:
    found = first(document)
    assert (found.items, dict(found.fields), found.entries) == (items, fields, 6)


@pytest.mark.parametrize("document", [case[1] for case in POSITIVE], ids=[case[0] for case in POSITIVE])
def test_what_is_found_is_read_by_the_ordinary_parser(document: object) -> None:
    found = first(document)
    rules = {name: FieldRule(path=path) for name, path in found.fields.items()}
    source = make.source(kind=Kind.API, items=found.items, fields=rules)
    feed = parse(source, make.payload(json.dumps(document), media_type="application/json"))
    assert [entry.title for entry in feed.entries][1:] == [*HEADLINES][1:] or "v1.1" in str(feed.entries[1])
    assert all(entry.published for entry in feed.entries[2:])
    assert feed.warnings == ()


NEGATIVE = {
    "empty": {},
    "no list": {"title": "A", "url": "/", "date": "2026-01-01"},
    "an empty list": {"items": []},
    "numbers": [1, 2, 3],
    "mixed": [{"title": "A headline that is long enough", "url": "/1"}, 3],
    "menu": {"menu": numbered(title="Item {n}", url="/{n}", icon="x.png")},
    "options": {"options": numbered(id="{n}", name="Option {n}", value="{n}")},
    "config": {
        "version": "1.2",
        "plugins": numbered(name="plugin-{n}", path="/opt/{n}", enabled=True),
        "flags": numbered(key="flag.{n}", title="Flag {n}", rollout=lambda place: place * 10),
    },
    "geojson": {
        "type": "FeatureCollection",
        "features": numbered(
            type="Feature",
            id="node/{n}",
            geometry={"type": "Point", "coordinates": lambda place: [8.5, 47.0 + place]},
            properties={"name": "Stop {n}", "website": "https://stop.example/{n}"},
        ),
    },
    "packages": numbered(
        name="package-{n}", version="1.{n}", url="https://p.example/{n}", released="2026-01-0{n}"
    ),
    "people": numbered(id="{n}", name="Ann Person {n}", url="/people/{n}", birthday=DAYS),
    "prices": numbered(time=DAYS, open="1.{n}", close="2.{n}", id="{n}"),
    "translations": numbered(key="nav.{n}", text="A sentence that some button of the page says, {n}"),
}


@pytest.mark.parametrize("document", NEGATIVE.values(), ids=NEGATIVE)
def test_what_lists_no_articles_gives_nothing(document: object) -> None:
    assert infer(document) == ()


def test_two_lists_of_articles_are_both_found_the_fuller_first() -> None:
    thin = numbered(title=HEADLINES, url="/featured/{n}", date=DAYS)[:3]
    document = {"featured": thin, "latest": numbered(title=HEADLINES, url="/{n}", date=DAYS)}
    assert [each.items for each in infer(document)] == ["latest", "featured"]


def test_items_without_an_address_are_known_by_their_id() -> None:
    found = first({"records": numbered(code="{n}x", title=HEADLINES, date=DAYS)})
    assert dict(found.fields) == {"guid": "code", "title": "title", "published": "date"}


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"next": "https://api.example/list?page=2"}, "next"),
        ({"links": {"next": "/list?page=2"}}, "links.next"),
        ({"links": {"next": {"href": "/list?page=2"}}}, "links.next.href"),
        ({"@odata.nextLink": "/list?page=2"}, '"@odata.nextLink"'),
        ({"next": 2}, None),
        ({"next": None}, None),
        ({"next": "t3_x"}, None),
    ],
    ids=str,
)
def test_the_next_page_is_only_what_is_an_address(more: dict[str, Any], path: str | None) -> None:
    assert first({"items": numbered(title=HEADLINES, url="/{n}", date=DAYS), **more}).next == path


def test_a_huge_or_deep_document_ends_soon() -> None:
    deep: object = numbered(title=HEADLINES, url="/{n}", date=DAYS)
    for _ in range(200):
        deep = {"a": deep}
    assert infer(deep) == ()
    wide = {f"k{number}": {"x": number} for number in range(20_000)}
    assert infer(wide) == ()
