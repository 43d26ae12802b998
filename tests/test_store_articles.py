"""Articles as they are read back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from feeds.crawl import Health
from feeds.model import Article, Companion, Enclosure, Episode, Placement, Stage
from feeds.store.keys import ALL
from feeds.store.plan import ArticleWrite, SourceEnd
from feeds.store.store import Store
from tests import make

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def keep(store: Store, *articles: Article, owner: str = "news", digest: str = "d") -> None:
    """Store new articles."""
    store.finish(
        store.plans.parsed(
            store.claims.grant(Stage.PARSE, owner, NOW),
            SourceEnd(Health(), NOW),
            now=NOW,
            owner=owner,
            digests={article.id: digest for article in articles},
            writes=[ArticleWrite(article, make.entry(), 0) for article in articles],
            categories=(),
            page_origins={},
        )
    )


def numbered(number: int, **overrides: object) -> Article:
    at = NOW + timedelta(minutes=number)
    return make.article(
        **({"id": f"{number:032x}", "path": f"/news/{number}.html", "published": at} | overrides)
    )


FULL = make.article(
    title='重庆 <商报> & "quotes" \U0001f600 \0',
    authors=("a", "b"),
    tags=("t",),
    medium="重庆商报",
    language="zh-CN",
    enclosures=(Enclosure(url="https://a.example/a.mp3", media_type="audio/mpeg", length=2**40),),
    episode=Episode(
        number=2, explicit=False, chapters=Companion(url="https://a.example/c", media_type="a/b")
    ),
    published=datetime(2022, 3, 17, 0, 48, 28, 123456, tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
    updated=datetime(2022, 3, 18, tzinfo=UTC),
    dated=False,
    placements=(Placement(source_id="news", slug="A b (c)"), Placement(source_id="x", slug="报")),
    page="https://a.example/1",
    complete=False,
)


def test_nothing_of_an_article_is_lost(store: Store) -> None:
    keep(store, FULL)
    [back] = store.articles.read([FULL.id]).values()
    assert back == (FULL, 1)
    assert back.article.published.utcoffset() == timedelta(hours=-3, minutes=-30)


def test_only_articles_there_are_are_read(store: Store) -> None:
    keep(store, numbered(1))
    assert set(store.articles.read([numbered(1).id, numbered(2).id])) == {numbered(1).id}
    assert store.articles.read([]) == {}
    assert store.articles.entries([numbered(2).id]) == {}
    assert store.articles.owners([]) == {}
    assert store.articles.owners(["/nowhere.html"]) == {}
    assert store.articles.at("/nowhere.html") is None
    assert store.articles.known("news", []) == {}
    assert store.articles.newest("nothing", 9) == []


def test_digests_belong_to_the_source_that_saw_them(store: Store) -> None:
    keep(store, numbered(1), digest="seen")
    assert store.articles.known("news", [numbered(1).id, numbered(2).id]) == {numbered(1).id: "seen"}
    assert store.articles.known("other", [numbered(1).id]) == {}


def test_the_newest_come_first_up_to_the_limit(store: Store) -> None:
    articles = [numbered(number) for number in range(7)]
    keep(store, *articles)
    newest = list(reversed(articles))
    assert store.articles.newest("news", 3) == newest[:3]
    assert store.articles.newest("news", 100) == newest


def test_articles_of_one_moment_have_an_order_that_stays(store: Store) -> None:
    articles = [numbered(number, published=NOW) for number in range(5)]
    keep(store, *reversed(articles))
    order = store.articles.newest("news", 9)
    keep(store, numbered(9))
    assert store.articles.newest("news", 9)[1:] == order == list(reversed(articles))


@pytest.mark.parametrize("batch", [1, 2, 3, 200])
def test_every_article_is_read_whatever_the_batch(store: Store, batch: int) -> None:
    articles = [numbered(number) for number in range(5)]
    keep(store, *articles)
    assert list(store.articles.every(ALL, batch=batch)) == list(reversed(articles))


def test_the_newest_of_several_categories_are_read_at_once(store: Store) -> None:
    both = (Placement(source_id="news", slug="news"), Placement(source_id="news", slug="other"))
    keep(store, numbered(1), numbered(2, placements=both), numbered(3))
    found = store.articles.newest_of(["news", "other", "none"], 2)
    assert [article.id for article in found["news"]] == [numbered(3).id, numbered(2).id]
    assert [article.id for article in found["other"]] == [numbered(2).id]
    assert found["none"] == []


def test_an_article_is_at_its_path_once_it_is_listed(store: Store) -> None:
    hidden, shown = numbered(1, listed=False), numbered(2)
    keep(store, hidden, shown)
    assert store.articles.at(shown.path) == shown
    assert store.articles.at(hidden.path) is None
    assert store.articles.owners([hidden.path, shown.path]) == {hidden.path: hidden.id, shown.path: shown.id}


def test_times_before_1970_have_their_place_in_the_order(store: Store) -> None:
    old = numbered(1, published=datetime(1905, 1, 1, tzinfo=UTC))
    keep(store, old, numbered(2))
    assert store.articles.newest("news", 9)[-1] == old


def place(article: Article) -> tuple[int, str]:
    return article.sort_key, article.id


def test_a_stretch_comes_after_an_article_also_among_those_of_one_moment(store: Store) -> None:
    together = [numbered(1, id=f"{number:032x}", path=f"/news/{number}.html") for number in range(5)]
    keep(store, *together)
    first, second, *others = store.articles.newest("news", 10)
    after = store.articles.stretch("news", place(second), 2)
    assert (list(after.articles), after.has_older, after.newer_after) == (others[:2], True, None)
    last = store.articles.stretch("news", place(others[1]), 2)
    assert (list(last.articles), last.has_older, last.newer_after) == (others[2:], False, second)
    assert store.articles.stretch("news", place(first), 9).articles == (second, *others)


def test_a_stretch_after_an_article_that_is_gone_loses_none(store: Store) -> None:
    articles = [numbered(number) for number in (4, 2, 1)]
    keep(store, *articles)
    gone = numbered(3)
    assert store.articles.stretch("news", place(gone), 5).articles == tuple(articles[1:])
    assert store.articles.stretch("news", (place(articles[1])[0], "f" * 32), 5).articles == tuple(
        articles[1:]
    )
    assert store.articles.stretch("none", place(gone), 5).articles == ()


def test_of_what_is_known_only_what_changed_is_read(store: Store) -> None:
    keep(store, numbered(1), numbered(2))
    first = store.articles.newest_known(ALL, 10, {})
    assert list(first.versions) == list(first.changed) == [numbered(2).id, numbered(1).id]
    assert store.articles.newest_known(ALL, 10, first.versions) == (first.versions, {})
    keep(store, numbered(3))
    again = store.articles.newest_known(ALL, 2, first.versions)
    assert (list(again.versions), list(again.changed)) == (
        [numbered(3).id, numbered(2).id],
        [numbered(3).id],
    )
