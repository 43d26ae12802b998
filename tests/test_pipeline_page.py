"""page: articles whose bodies are on pages of their own, asked for once each and tried again in time."""

from __future__ import annotations

import json

import pytest
import redis

from feeds.model import Article, Stage
from feeds.told import CategoryRule
from tests.mills import Desk, api, body, die, listed, one_step, put, put_and_publish, titles, work


def only(desk: Desk, slug: str = "news") -> Article:
    [article] = desk.mill.store.articles.newest(slug, 10)
    return article


def tries(desk: Desk, guid: str = "a") -> int:
    return len(desk.origin.requests_to(f"/detail?id={guid}"))


def fetched_list(desk: Desk) -> None:
    """The list is in, and its pages are due."""
    one_step(desk.mill, Stage.FETCH)
    desk.clock.advance(20)
    one_step(desk.mill, Stage.PARSE)


def test_an_article_is_not_listed_until_its_body_comes(desk: Desk) -> None:
    listed(desk.origin, "a")
    body(desk.origin, "a", "<p>The whole story.</p>")
    put_and_publish(desk, api(desk.origin))
    fetched_list(desk)
    assert titles(desk.mill) == []
    assert desk.mill.store.documents.dirt("news").is_dirty is False
    assert {stage for stage, _ in work(desk.mill)} == {"page", "parse", "publish"}
    assert (only(desk).content, only(desk).complete) == ("<p>The whole story.</p>", True)


def test_a_body_is_asked_for_once_however_often_the_list_changes(desk: Desk) -> None:
    for guid in "abc":
        body(desk.origin, guid, f"<p>{guid}</p>")
    put_and_publish(desk, api(desk.origin))
    for guids in ("a", "ab", "abc", "cab"):
        listed(desk.origin, *guids)
        work(desk.mill)
        desk.clock.advance(1000)
    listed(desk.origin, *"abc", medium="Another Daily")
    work(desk.mill)
    assert [tries(desk, guid) for guid in "abc"] == [1, 1, 1]
    articles = desk.mill.store.articles.newest("news", 10)
    assert {article.medium for article in articles} == {"Another Daily"}
    assert sorted(article.content for article in articles) == ["<p>a</p>", "<p>b</p>", "<p>c</p>"]


def test_a_page_is_tried_again_after_30_s_2_min_8_min_and_then_published_without(desk: Desk) -> None:
    listed(desk.origin, "a")
    put_and_publish(desk, api(desk.origin, every=86400.0))
    work(desk.mill)
    assert (tries(desk), titles(desk.mill)) == (1, [])
    for number, wait in enumerate((30, 120, 480), start=2):
        desk.clock.advance(wait - 1)
        assert work(desk.mill) == []
        assert titles(desk.mill) == []
        desk.clock.advance(1)
        work(desk.mill)
        assert tries(desk) == number
    article = only(desk)
    assert (article.title, article.summary, article.complete) == ("Title a", "In short.", False)
    assert desk.mill.store.documents.read("news", "rss") is not None


def test_a_body_that_comes_late_is_an_update_of_the_same_article(desk: Desk) -> None:
    listed(desk.origin, "a")
    put_and_publish(desk, api(desk.origin, every=86400.0))
    for wait in (0, 30, 120, 480):
        desk.clock.advance(wait)
        work(desk.mill)
    bare, rendered = only(desk), desk.mill.store.documents.read("news", "rss")
    body(desk.origin, "a", "<p>At last.</p>")
    desk.clock.advance(1800)
    work(desk.mill)
    whole, again = only(desk), desk.mill.store.documents.read("news", "rss")
    assert (whole.content, whole.complete, whole.listed) == ("<p>At last.</p>", True, True)
    assert (whole.id, whole.path, whole.sort_key) == (bare.id, bare.path, bare.sort_key)
    assert rendered is not None
    assert again is not None
    assert again.etag != rendered.etag
    desk.clock.advance(1e5)
    work(desk.mill)
    assert tries(desk) == 5


def test_tries_end(desk: Desk) -> None:
    listed(desk.origin, "a")
    put_and_publish(desk, api(desk.origin, every=86400.0))
    for _ in range(12):
        work(desk.mill)
        desk.clock.advance(86400)
    assert tries(desk) == 8
    assert titles(desk.mill) == ["Title a"]


@pytest.mark.parametrize(
    "answer",
    ["<html>busy</html>", json.dumps({"text": ""}), json.dumps({"other": "x"}), json.dumps([1])],
    ids=["no json", "empty", "another field", "no object"],
)
def test_an_answer_without_the_body_is_a_failed_try(desk: Desk, answer: str) -> None:
    listed(desk.origin, "a")
    desk.origin.set("/detail?id=a", answer, media_type="application/json")
    put_and_publish(desk, api(desk.origin))
    work(desk.mill)
    assert titles(desk.mill) == []
    body(desk.origin, "a", "<p>Now.</p>")
    desk.clock.advance(30)
    work(desk.mill)
    assert only(desk).content == "<p>Now.</p>"


def test_a_page_that_ends_its_worker_is_tried_again_later(desk: Desk, client: redis.Redis) -> None:
    listed(desk.origin, "a")
    body(desk.origin, "a", "<p>Fine.</p>")
    put_and_publish(desk, api(desk.origin, every=86400.0))
    fetched_list(desk)
    die(desk.mill, desk.clock, Stage.PAGE, 3)
    assert work(desk.mill) == []
    assert tries(desk) == 0
    desk.clock.advance(30)
    work(desk.mill)
    assert only(desk).content == "<p>Fine.</p>"
    assert client.keys("test:failures:page") == []


def test_a_page_that_ends_its_parser_is_set_aside_and_tried_again_later(
    desk: Desk, client: redis.Redis
) -> None:
    listed(desk.origin, "a")
    body(desk.origin, "a", "<p>Fine.</p>")
    put_and_publish(desk, api(desk.origin, every=86400.0, robots=False))
    fetched_list(desk)
    one_step(desk.mill, Stage.PAGE)
    desk.clock.advance(20)
    die(desk.mill, desk.clock, Stage.PARSE, 3)
    assert work(desk.mill) == []
    assert len(client.keys("test:aside:page:*")) == 1
    assert client.keys("test:payload:*") == []
    desk.clock.advance(30)
    work(desk.mill)
    assert (only(desk).content, tries(desk)) == ("<p>Fine.</p>", 2)


@pytest.mark.parametrize("change", ["source removed", "rule removed"])
def test_an_article_whose_page_is_no_more_to_be_had_is_published_as_it_is(desk: Desk, change: str) -> None:
    listed(desk.origin, "a")
    put_and_publish(desk, api(desk.origin))
    fetched_list(desk)
    put(desk.mill, *(() if change == "source removed" else (api(desk.origin, article=None),)))
    work(desk.mill)
    assert tries(desk) == 0
    assert titles(desk.mill) == ["Title a"]
    desk.clock.advance(1e5)
    assert "page" not in {stage for stage, _ in work(desk.mill)}


def test_two_lists_that_share_an_article_ask_for_its_body_once(desk: Desk) -> None:
    for path in ("/one", "/two"):
        listed(desk.origin, "a", path=path)
    body(desk.origin, "a", "<p>Shared.</p>")
    put_and_publish(
        desk,
        api(desk.origin, "/one", id="one", ids="wire", category=CategoryRule(slug="first")),
        api(desk.origin, "/two", id="two", ids="wire", category=CategoryRule(slug="second")),
    )
    work(desk.mill)
    assert tries(desk) == 1
    assert only(desk, "first") == only(desk, "second")
    assert only(desk, "all").content == "<p>Shared.</p>"


def test_pages_of_a_renamed_source_are_still_fetched(desk: Desk) -> None:
    listed(desk.origin, "a")
    put_and_publish(desk, api(desk.origin, id="old"))
    work(desk.mill)
    put(desk.mill, api(desk.origin, id="new"))
    listed(desk.origin, "a", "b")
    for guid in "ab":
        body(desk.origin, guid, f"<p>{guid}</p>")
    desk.clock.advance(30)
    work(desk.mill)
    assert sorted(titles(desk.mill)) == ["Title a", "Title b"]
    assert [tries(desk, guid) for guid in "ab"] == [2, 1]


def page_error(desk: Desk) -> str | None:
    [row] = desk.mill.store.sources.rows()
    return row.page_error


def test_what_a_failed_page_said_is_kept_until_one_can_be_had(desk: Desk) -> None:
    listed(desk.origin, "a")
    put_and_publish(desk, api(desk.origin, every=86400.0))
    work(desk.mill)
    said = page_error(desk)
    assert said is not None
    assert said.startswith("BadStatus: ")
    assert "HTTP 404" in said
    body(desk.origin, "a", "<p>There.</p>")
    desk.clock.advance(30)
    work(desk.mill)
    assert (page_error(desk), only(desk).content) == (None, "<p>There.</p>")


def test_a_page_that_asks_to_wait_is_left_alone_as_long(desk: Desk) -> None:
    listed(desk.origin, "a")
    desk.origin.set("/detail?id=a", "", status=429, headers={"Retry-After": "600"})
    put_and_publish(desk, api(desk.origin, every=86400.0))
    work(desk.mill)
    desk.clock.advance(599)
    assert work(desk.mill) == []
    desk.clock.advance(2)
    work(desk.mill)
    assert tries(desk) == 2


def test_an_article_whose_page_is_gone_is_published_at_once(desk: Desk) -> None:
    listed(desk.origin, "a")
    desk.origin.set("/detail?id=a", "", status=410)
    put_and_publish(desk, api(desk.origin, every=86400.0))
    work(desk.mill)
    assert (tries(desk), only(desk).complete) == (1, False)
    assert desk.mill.store.claims.unfinished(desk.clock())[Stage.PAGE] == 0


def throttled_after(desk: Desk, seconds: int) -> None:
    """Three articles; the first page that is asked for says 429."""
    listed(desk.origin, "a", "b", "c")
    for guid in "abc":
        desk.origin.set(f"/detail?id={guid}", "", status=429, headers={"Retry-After": str(seconds)})
    put_and_publish(desk, api(desk.origin, robots=False, every=86400.0))
    work(desk.mill)


def test_a_long_retry_after_publishes_all_articles_of_the_host_without_their_bodies(desk: Desk) -> None:
    throttled_after(desk, 7200)
    asked = [request for request in desk.origin.requests if request.path.startswith("/detail")]
    assert len(asked) <= 3  # those that were claimed together
    assert sorted(titles(desk.mill)) == ["Title a", "Title b", "Title c"]
    for guid in "abc":
        body(desk.origin, guid, f"<p>Body of {guid}.</p>")
    desk.clock.advance(7100)
    work(desk.mill)
    assert len([one for one in desk.origin.requests if one.path.startswith("/detail")]) == len(asked)
    desk.clock.advance(200)
    work(desk.mill)
    bodies = sorted(article.content for article in desk.mill.store.articles.newest("news", 9))
    assert bodies == [f"<p>Body of {guid}.</p>" for guid in "abc"]


def test_a_short_retry_after_is_waited_for(desk: Desk) -> None:
    throttled_after(desk, 300)
    assert titles(desk.mill) == []
