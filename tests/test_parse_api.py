"""JSON lists and details by the rules of a source."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feeds.errors import NotAFeed
from feeds.model import Enclosure, Entry, Feed
from feeds.parse.api import parse_detail, with_page
from feeds.parse.decoding import MOST_ENTRIES
from feeds.parse.source import parse
from feeds.told import ArticleRule, CategoryRule, FieldRule, Kind, Source
from tests.make import payload, source

FIELDS = {
    "url": FieldRule(template="http://share.example/?infoCode={infoCode}"),
    "guid": FieldRule(path="infoCode"),
    "title": FieldRule(path="title"),
    "published": FieldRule(path="datetime"),
    "medium": FieldRule(path="medianame"),
}


def api(**overrides: Any) -> Source:
    defaults: dict[str, Any] = {
        "kind": Kind.API,
        "items": "record",
        "fields": FIELDS,
        "article": ArticleRule(url="http://api.example/text?id={guid}", content="text"),
        "category": CategoryRule(field="medium"),
    }
    return source(**(defaults | overrides))


def read(*items: Any, rules: Source | None = None) -> Feed:
    body = json.dumps({"record": list(items)})
    return parse(rules or api(), payload(body, url="http://api.example/list"))


def test_fields_templates_category_and_page_are_read() -> None:
    item = {"infoCode": "NW1", "title": " t ", "datetime": "2022-03-17 00:48:28", "medianame": "M"}
    assert read(item).entries == (
        Entry(
            guid="NW1",
            url="http://share.example/?infoCode=NW1",
            title="t",
            published="2022-03-17 00:48:28",
            medium="M",
            category="M",
            page="http://api.example/text?id=NW1",
            base="http://api.example/list",
        ),
    )


@pytest.mark.parametrize(
    ("value", "guid"),
    [
        pytest.param(7, "7", id="number"),
        pytest.param(False, "false", id="boolean"),
        pytest.param("", None, id="empty"),
        pytest.param(" \u3000", None, id="blank"),
        pytest.param(None, None, id="null"),
        pytest.param(["x"], None, id="list"),
    ],
)
def test_values_become_text_or_nothing(value: object, guid: str | None) -> None:
    assert read({"infoCode": value}).entries[0].guid == guid


def test_an_empty_hole_leaves_no_address() -> None:
    (entry,) = read({"title": "t"}).entries
    assert (entry.url, entry.page) == (None, None)


@pytest.mark.parametrize(
    ("item", "page"),
    [
        pytest.param({"link": "/a?b=1&c=中"}, "http://api.example/a?b=1&c=中", id="relative"),
        pytest.param({"link": "https://x.example/"}, "https://x.example/", id="absolute"),
        pytest.param({"url": "/a"}, None, id="not a field"),
    ],
)
def test_without_an_address_of_its_own_the_entry_s_is_the_page(item: object, page: str | None) -> None:
    rules = api(fields={"url": FieldRule(path="link")}, article=ArticleRule())
    (entry,) = read(item, rules=rules).entries
    assert (entry.url, entry.page) == (page, page)


@pytest.mark.parametrize(
    ("within", "body"),
    [
        pytest.param("jsonp", 'cb({"record": [{"infoCode": "1"}]});', id="jsonp"),
        pytest.param("#x", '<script id="x">a = {"record": [{"infoCode": "1"}]};</script>', id="script"),
    ],
)
def test_the_list_may_be_wrapped(within: str, body: str) -> None:
    assert [entry.guid for entry in parse(api(within=within), payload(body)).entries] == ["1"]


def test_the_page_of_an_entry_of_any_kind() -> None:
    rule = ArticleRule(url="/text?u={url}&t={tags}")
    entry = Entry(url="https://x.example/1", tags=("a b",), enclosures=(Enclosure(url="x:"),))
    filled = with_page(api(article=rule), entry, "https://x.example/feed")
    assert filled.page == "https://x.example/text?u=https%3A%2F%2Fx.example%2F1&t=a%20b"
    assert with_page(api(article=ArticleRule()), entry, "").page == entry.url
    assert with_page(api(article=ArticleRule(url="/{enclosures}")), entry, "https://x.example/").page is None
    assert with_page(api(article=None), entry, "") is entry


def test_values_are_encoded_into_addresses() -> None:
    (entry,) = read({"infoCode": "a/b?c&d 中"}).entries
    assert entry.page == "http://api.example/text?id=a%2Fb%3Fc%26d%20%E4%B8%AD"


def test_a_hole_at_the_start_of_an_address_holds_one() -> None:
    fields = {"url": FieldRule(template="{link}?from=feed")}
    (entry,) = read({"link": "https://x.example/a"}, rules=api(fields=fields, article=None)).entries
    assert entry.url == "https://x.example/a?from=feed"


def test_a_template_may_use_fields_and_keys_in_any_order() -> None:
    fields = {
        "title": FieldRule(template="{guid}: {headline}"),
        "guid": FieldRule(path="id"),
    }
    (entry,) = read({"id": 1, "headline": "a & b"}, rules=api(fields=fields)).entries
    assert entry.title == "1: a & b"


@pytest.mark.parametrize(
    ("digest", "summary"),
    [
        pytest.param("【标题】摘要", "摘要", id="at the start"),
        pytest.param("摘要【注】文", "摘要【注】文", id="not inside"),
        pytest.param("【标题】【二】摘要", "【二】摘要", id="only once"),
        pytest.param("【标题】", None, id="nothing left"),
        pytest.param("【没有完", "【没有完", id="never closed"),
    ],
)
def test_a_pattern_is_stripped_from_the_front(digest: str, summary: str | None) -> None:
    fields = {"summary": FieldRule(path="digest", strip="【[^】]*】")}
    (entry,) = read({"digest": digest}, rules=api(fields=fields)).entries
    assert entry.summary == summary


def test_a_list_is_several_tags() -> None:
    fields = {"tags": FieldRule(path="tags"), "authors": FieldRule(path="by")}
    (entry,) = read({"tags": ["a", 2, None], "by": "Ann"}, rules=api(fields=fields)).entries
    assert (entry.tags, entry.authors) == (("a", "2"), ("Ann",))


def test_the_category_may_be_an_expression_into_the_item() -> None:
    rules = api(category=CategoryRule(field="section.name"))
    assert read({"section": {"name": "City"}}, rules=rules).entries[0].category == "City"
    assert read({}, rules=rules).entries[0].category is None


def test_a_bad_item_is_skipped_with_its_index_and_loses_no_other() -> None:
    rules = api(fields=FIELDS | {"title": FieldRule(path="length(title)")})
    items = ({"infoCode": "1", "title": "a"}, "no object", {"infoCode": "2"}, {"title": "b"})
    feed = read(*items, rules=rules)
    assert [entry.guid for entry in feed.entries] == ["1", None]
    assert [warning.split(":")[0] for warning in feed.warnings] == [
        "item 1 skipped",
        "item 2 skipped",
    ]


def test_an_identical_repetition_is_dropped_and_a_changed_one_kept() -> None:
    first, changed = {"infoCode": "1", "title": "a"}, {"infoCode": "1", "title": "b"}
    feed = read(first, changed, first)
    assert [entry.title for entry in feed.entries] == ["a", "b"]
    assert feed.warnings == ("item 2 skipped: repeats 1",)


def test_without_items_the_answer_itself_is_the_list() -> None:
    feed = parse(api(items=None), payload('[{"infoCode": "1"}]'))
    assert len(feed.entries) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_of_the_body(encoding: str) -> None:
    body = '{"record": [{"infoCode": "1", "title": "重庆商报"}]}'.encode(encoding)
    assert parse(api(), payload(body)).entries[0].title == "重庆商报"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param("", "empty body", id="empty"),
        pytest.param("<html><title>Login</title>", "HTML page titled 'Login'", id="html"),
        pytest.param("{", "broken JSON", id="broken"),
        pytest.param("{}", "JSON without 'record': the answer is an empty object", id="no list"),
        pytest.param('{"record": {}}', "no list in 'record': its keys are 'record'", id="object"),
        pytest.param('{"error": "captcha", "code": 1}', "its keys are 'error', 'code'", id="an error"),
        pytest.param(
            '{"record": null, "msg": ""}', "without 'record': its keys are 'record', 'msg'", id="null"
        ),
        pytest.param('{"record": [null]}', "no object in 'record'", id="a list of nothing"),
        pytest.param("[]", "without 'record': the answer is a list", id="a list"),
        pytest.param('"captcha"', "without 'record': the answer is a text", id="a text"),
    ],
)
def test_what_is_no_list_says_what_came(body: str, message: str) -> None:
    with pytest.raises(NotAFeed, match=message):
        parse(api(), payload(body))


@pytest.mark.parametrize(
    "items",
    [
        "record",
        "data.record",
        "data[]",
        "data[*]",
        "[data, record][]",
        "*.list[]",
        "data[?a].b",
        "values(@)",
        None,
    ],
)
def test_an_answer_without_its_list_is_never_an_empty_one(items: str | None) -> None:
    with pytest.raises(NotAFeed, match="'error', 'url'"):
        parse(api(items=items), payload('{"error": "captcha", "url": "/punish"}'))


def test_an_empty_list_is_one() -> None:
    assert read().entries == ()
    assert parse(api(items="*.list[]"), payload('{"a": {"list": []}}')).entries == ()


def test_a_detail_is_its_html() -> None:
    rule = ArticleRule(url="", content="text")
    assert parse_detail(rule, payload('{"text": "<p>x</p>"}')) == "<p>x</p>"


@pytest.mark.parametrize("body", ["", "{", "{}", '{"text": " "}', '{"text": 1}', "<html>"])
def test_a_detail_without_a_body_is_no_feed(body: str) -> None:
    with pytest.raises(NotAFeed):
        parse_detail(ArticleRule(url="", content="text"), payload(body))


def test_only_so_many_items_are_read() -> None:
    feed = read({}, *([1] * MOST_ENTRIES))
    assert len(feed.warnings) == MOST_ENTRIES
    assert feed.warnings[0] == f"only the first {MOST_ENTRIES} of {MOST_ENTRIES + 1} entries are read"
