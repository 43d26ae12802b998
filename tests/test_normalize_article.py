"""Entry → article."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from feeds.model import Article, Detail, Enclosure, Entry, Episode, Placement
from feeds.normalize.article import (
    entry_digest,
    entry_id,
    fill,
    fingerprint,
    identify,
    normalize,
)
from feeds.told import ArticleRule, CategoryRule, Kind, Site, Source
from tests import make

PAGE = "https://publisher.example/text?id=1"


def normalized(
    said: Entry, source: Source | None = None, site: Site | None = None, position: int = 0
) -> Article:
    return normalize(
        said,
        source or make.source(),
        site or make.site(),
        slug="news",
        seen_at=make.SEEN_AT,
        position=position,
    )


def test_an_id_never_changes() -> None:
    """The very digits: another value would publish every article a second time."""
    found = identify(make.entry(), make.source())
    assert found == "7978d75d5b34526592b04f3ff51f7df3"
    assert entry_id(found) == "urn:uuid:" + "-".join(
        (found[:8], found[8:12], found[12:16], found[16:20], found[20:])
    )


def test_sources_of_one_id_space_share_articles() -> None:
    one, two = (make.source(id=name, ids="shared") for name in ("one", "two"))
    assert identify(make.entry(), one) == identify(make.entry(), two)
    assert identify(make.entry(), one) != identify(make.entry(), make.source(ids="other"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param({"title": "a"}, {"title": "b"}, True, id="guid decides"),
        pytest.param({"guid": "a"}, {"guid": "b"}, False, id="another guid"),
        pytest.param({"guid": None, "title": "a"}, {"guid": None, "title": "b"}, True, id="address"),
        pytest.param(
            {"guid": None, "url": "http://www.A.example/x/?id=1&utm_source=y#xtor=RSS-1"},
            {"guid": None, "url": "https://a.example/x/?id=1"},
            True,
            id="address but for its noise",
        ),
        pytest.param(
            {"guid": None, "url": "https://a.example/x#comment-1"},
            {"guid": None, "url": "https://a.example/x#comment-2"},
            False,
            id="another anchor",
        ),
        pytest.param(
            {"guid": "https://a.example/?p=1"},
            {"guid": "https://a.example/?p=2"},
            False,
            id="another address",
        ),
        pytest.param(
            {"guid": "http://a.example/1/"}, {"guid": "https://www.a.example/1"}, True, id="a guid's spelling"
        ),
        pytest.param({"guid": "A"}, {"guid": "a"}, False, id="a guid that is no address"),
        pytest.param(
            {"guid": None, "url": "https://a.example/x?id=1"},
            {"guid": None, "url": "https://a.example/x?id=2"},
            False,
            id="another query",
        ),
        pytest.param(
            {"guid": None, "url": None, "title": "a"},
            {"guid": None, "url": None, "title": "b"},
            False,
            id="words",
        ),
        pytest.param(
            {"guid": "https://a.example/"},
            {"guid": None, "url": "https://a.example/"},
            False,
            id="a guid is no address",
        ),
    ],
)
def test_identity_falls_back(one: dict[str, Any], other: dict[str, Any], same: bool) -> None:
    ids = [identify(make.entry(**fields), make.source()) for fields in (one, other)]
    assert (ids[0] == ids[1]) is same


def test_what_we_come_to_keep_of_entries_changes_no_digest_of_others() -> None:
    """A new release never takes what is stored for news: this is what it was before there were episodes."""
    assert entry_digest(make.entry(), make.source()) == "57d8b336e2f2fac9"
    said = make.entry(episode=Episode(explicit=False))
    assert entry_digest(said, make.source()) != "57d8b336e2f2fac9"
    assert fingerprint(normalized(said)) == fingerprint(normalized(make.entry()))


def test_the_digest_follows_words_and_rules_only() -> None:
    digest = entry_digest(make.entry(), make.source())
    assert len(digest) == 16
    assert entry_digest(make.entry(), make.source(every=5.0, id="other", ids="x")) == digest
    changed = {
        entry_digest(make.entry(title="other"), make.source()),
        entry_digest(make.entry(), make.source(category=CategoryRule(slug="other"))),
        entry_digest(make.entry(), make.source(article=ArticleRule(url="u", content="c"))),
        entry_digest(make.entry(), make.source(timezone="Asia/Tokyo")),
    }
    assert digest not in changed
    assert len(changed) == 4


def test_the_seeds_article_keeps_its_offset_and_address() -> None:
    article = normalized(make.entry())
    assert article.published.isoformat() == "2022-03-17T00:48:28+08:00"
    assert article.path == "/news/2022/03/17/NW202203172312474080.html"
    assert article.sort_key == 1647449308000
    assert article.placements == (Placement(source_id="news", slug="news"),)
    assert (article.dated, article.complete, article.updated) == (True, True, article.published)


def test_it_survives_the_store() -> None:
    for said in (make.entry(), make.entry(published=None), make.entry(published="2022-03-17 01:00")):
        article = normalized(said)
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(article), type=Article) == article


def test_a_date_without_offset_is_in_the_sources_zone_else_the_sites() -> None:
    said = make.entry(published="2022-03-17 00:48:28")
    assert normalized(said).published.isoformat() == "2022-03-17T00:48:28+08:00"
    tokyo = make.source(timezone="Asia/Tokyo")
    assert normalized(said, tokyo).published.isoformat() == "2022-03-17T00:48:28+09:00"


@pytest.mark.parametrize(
    "published",
    [
        pytest.param(None, id="missing"),
        pytest.param("soon", id="unreadable"),
        pytest.param("2022-03-19T02:00:00Z", id="in the future"),
    ],
)
def test_without_a_date_it_is_dated_when_seen_in_list_order(published: str | None) -> None:
    said = make.entry(published=published)
    first, third = normalized(said), normalized(said, position=2)
    assert first.published == make.SEEN_AT
    assert first.published.isoformat() == "2022-03-17T10:00:00+08:00"
    assert first.published - third.published == timedelta(seconds=2)
    assert (first.dated, first.updated) == (False, first.published)


def test_a_day_ahead_is_believed() -> None:
    assert normalized(make.entry(published="2022-03-18T01:00:00Z")).dated


def test_an_entry_that_only_says_updated_is_dated_by_it() -> None:
    article = normalized(make.entry(published=None, updated="2022-03-01T00:00:00Z"))
    assert (article.published, article.dated) == (datetime(2022, 3, 1, tzinfo=UTC), True)


@pytest.mark.parametrize(
    ("updated", "kept"),
    [
        pytest.param("2022-03-17T01:00:00+08:00", True, id="later"),
        pytest.param("2022-03-16T01:00:00+08:00", False, id="earlier"),
        pytest.param("2032-03-16T01:00:00+08:00", False, id="in the future"),
        pytest.param("x", False, id="unreadable"),
    ],
)
def test_updated_counts_if_it_is_later_than_published(updated: str, kept: bool) -> None:
    article = normalized(make.entry(updated=updated))
    assert (article.updated > article.published) is kept


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        pytest.param({"guid": "NW1"}, "NW1", id="guid"),
        pytest.param({"guid": "NW1", "name": "7"}, "7", id="name"),
        pytest.param({"guid": "../../etc"}, None, id="unsafe guid"),
        pytest.param({"guid": "x" * 81}, None, id="long guid"),
        pytest.param({"guid": None}, None, id="no guid"),
        pytest.param({"guid": "NW1\n"}, None, id="line end"),
    ],
)
def test_the_file_name_is_the_guid_if_that_is_safe(fields: dict[str, Any], name: str | None) -> None:
    article = normalized(make.entry(**fields))
    assert article.path == f"/news/2022/03/17/{name or article.id}.html"


def test_words_are_cleaned() -> None:
    article = normalized(
        make.entry(
            title="<b>a</b>&amp;b",
            content='<p onclick="x">c</p><a href="/d">d</a>',
            summary="<i>s</i>",
            authors=("Ann", " Ann "),
            tags=("<b>x</b>",),
            url="/news/1",
            enclosures=(Enclosure(url="/a.mp3"), Enclosure(url="javascript:x")),
            base="https://publisher.example/",
            episode=Episode(season=1),
        )
    )
    assert article.title == "a&b"
    assert article.content == '<p>c</p><a href="https://publisher.example/d">d</a>'
    assert (article.summary, article.authors, article.tags) == ("s", ("Ann",), ("x",))
    assert article.url == "https://publisher.example/news/1"
    assert article.enclosures == (Enclosure(url="https://publisher.example/a.mp3"),)
    assert article.episode == Episode(season=1)


def test_its_address_is_the_readers() -> None:
    tracked = "https://www.google.com/url?url=https%3A%2F%2Fpublisher.example%2F1%3Fa%3D2%26utm_source%3Drss"
    assert normalized(make.entry(url=tracked)).url == "https://publisher.example/1?a=2"


def test_words_are_composed_and_what_is_not_seen_goes() -> None:
    said = make.entry(title="Cafe\u0301 \u200bBar", content="<p>Cafe\u0301\u200b \u2028a</p>")
    article = normalized(said)
    assert article.title == "Café Bar"
    assert article.content.startswith("<p>Café ")


def test_the_language_is_detected_where_nobody_says_it() -> None:
    content = "<p>今天上午国务院新闻办公室举行新闻发布会，介绍前三季度的经济情况。</p>"
    said = make.entry(title="要闻", content=content)
    assert normalized(said).language == "zh"
    assert normalized(said, make.source(language="zh-CN")).language == "zh-CN"
    assert normalized(msgspec.structs.replace(said, language="zh-Hans")).language == "zh-Hans"
    waiting = normalized(msgspec.structs.replace(said, page=PAGE))
    assert waiting.language is None
    assert fill(waiting, Detail(content=content), make.site(), base=None).language == "zh"
    assert (
        fill(waiting, Detail(content=content, language="zh-SG"), make.site(), base=None).language == "zh-SG"
    )


def test_days_without_a_time_keep_the_order_of_their_list() -> None:
    first, second = (normalized(make.entry(published="2022-03-16"), position=each) for each in (0, 1))
    assert first.sort_key > second.sort_key
    assert first.published == second.published
    last = normalized(make.entry(published="2022-03-16"), position=5000)
    assert last.sort_key == first.sort_key - 999
    timed = [normalized(make.entry(), position=each).sort_key for each in (0, 1)]
    assert timed[0] == timed[1]


def test_an_address_that_is_not_http_is_none() -> None:
    assert normalized(make.entry(url="magnet:?xt=1")).url is None


def test_the_summary_is_cut_from_content_if_there_is_none() -> None:
    assert normalized(make.entry(content="<p>甲。</p><p>乙。</p>")).summary == "甲。 乙。"


def test_a_summary_stands_in_for_content_unless_a_page_has_it() -> None:
    said = make.entry(content=None, summary="a < b")
    assert normalized(said).content == "<p>a &lt; b</p>"
    assert normalized(msgspec.structs.replace(said, page=PAGE)).content == ""


@pytest.mark.parametrize(
    ("content", "medium"),
    [
        ("<p>x</p><p>（文章来源：重庆商报）</p>", "重庆商报"),
        ("<p>(文章来源：安信国际证券(香港))</p>", "安信国际证券(香港)"),
        ("<p>x</p>", None),
    ],
)
def test_the_medium_is_read_from_the_content(content: str, medium: str | None) -> None:
    assert normalized(make.entry(content=content)).medium == medium
    assert normalized(make.entry(content=content, medium="Wind")).medium == "Wind"


def test_an_entry_with_nothing_is_an_article_all_the_same() -> None:
    article = normalized(Entry())
    assert (article.title, article.content, article.url, article.dated) == ("", "", None, False)
    assert article.path.endswith(f"{article.id}.html")


def test_a_page_fills_an_article() -> None:
    article = normalized(make.entry(content=None, page=PAGE))
    assert not article.complete
    html = '<p>甲。<a href="/x">x</a></p><p>（文章来源：重庆商报）</p>'
    filled = fill(article, Detail(content=html), make.site(), base=None)
    assert filled.complete
    assert 'href="https://publisher.example/x"' in filled.content
    assert (filled.medium, filled.summary[:2]) == ("重庆商报", "甲。")
    assert (filled.id, filled.path, filled.published) == (article.id, article.path, article.published)


def test_filling_keeps_what_the_list_said() -> None:
    article = normalized(make.entry(content=None, summary="s", medium="Wind", page=PAGE))
    filled = fill(article, Detail(content="<p>（文章来源：重庆商报）</p>"), make.site(), base=None)
    assert (filled.medium, filled.summary) == ("Wind", "s")


@pytest.mark.parametrize("field", ["title", "content", "summary", "url", "medium", "language"])
def test_the_fingerprint_follows_words(field: str) -> None:
    changed = msgspec.structs.replace(make.article(), **{field: "other"})
    assert fingerprint(changed) != fingerprint(make.article())


@pytest.mark.parametrize("field", ["id", "path", "source_id", "page"])
def test_the_fingerprint_ignores_the_rest(field: str) -> None:
    changed = msgspec.structs.replace(make.article(), **{field: "other"})
    assert fingerprint(changed) == fingerprint(make.article())


def test_kinds_need_not_be_feeds() -> None:
    assert normalized(make.entry(), make.source(kind=Kind.POSTS)).source_id == "news"
