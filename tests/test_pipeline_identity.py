"""Publishers give one guid to several articles, or a new one to an old article: subscribers see neither."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import redis

from feeds.model import Article
from tests.mills import Desk, polled, put, titles, work
from tests.places import PREFIX


class Item:
    """An item of a feed, in words."""

    def __init__(self, guid: str, link: str, title: str, *, day: int | None = 1, body: str = "Body.") -> None:
        date = f"<pubDate>{day:02} Jan 2026 00:00:00 GMT</pubDate>" if day else ""
        name = f"<guid isPermaLink='false'>{escape(guid)}</guid>" if guid else ""
        where = f"<link>{escape(link)}</link>" if link else ""
        self.xml = f"<item>{name}{where}<title>{title}</title><description>{body}</description>{date}</item>"


def serve(desk: Desk, *items: Item) -> None:
    """Publish these items, and poll."""
    body = "".join(item.xml for item in items)
    desk.origin.set("/feed", f"<rss version='2.0'><channel><title>N</title>{body}</channel></rss>")
    if desk.mill.store.sources.read("news") is None:
        put(desk.mill, polled(f"{desk.origin.url}/feed"))
    desk.clock.advance(5000)
    work(desk.mill)


def by_title(desk: Desk) -> dict[str, Article]:
    return {article.title: article for article in desk.mill.store.articles.newest("news", 99)}


def ids(articles: Iterable[Article]) -> list[str]:
    return sorted(article.id for article in articles)


def test_a_guid_given_twice_is_told_apart_by_where_the_articles_are(desk: Desk) -> None:
    serve(desk, Item("same", "/a", "A"), Item("same", "/b", "B"), Item("same", "/a", "A again"))
    assert sorted(titles(desk.mill)) == ["A", "B"]
    before = by_title(desk)
    serve(desk, Item("same", "/b", "B"), Item("same", "/a", "A"))
    serve(desk, Item("same", "/b", "B, edited"))
    serve(desk, Item("same", "/c", "C"), Item("same", "/a", "A, edited"))
    after = by_title(desk)
    assert sorted(after) == ["A, edited", "B, edited", "C"]
    assert (after["A, edited"].id, after["B, edited"].id) == (before["A"].id, before["B"].id)


def test_a_guid_that_is_given_to_all_from_some_day_on_replaces_nothing(desk: Desk) -> None:
    serve(desk, Item("site", "/1", "1"))
    before = by_title(desk)
    for number in range(2, 6):
        serve(desk, *(Item("site", f"/{each}", str(each)) for each in range(number, max(0, number - 3), -1)))
    after = by_title(desk)
    assert sorted(after) == ["1", "2", "3", "4", "5"]
    assert after["1"].id == before["1"].id


def test_one_guid_without_addresses_is_one_article(desk: Desk) -> None:
    serve(desk, Item("same", "", "first"), Item("same", "", "second"))
    assert titles(desk.mill) == ["first"]


def test_all_guids_renumbered_at_once_are_known_articles(desk: Desk) -> None:
    stories = [(f"/{number}", f"Story {number}") for number in range(8)]
    serve(desk, *(Item(f"old-{link}", link, title) for link, title in stories))
    before = by_title(desk)
    serve(
        desk, *(Item(f"new-{link}", link, title, day=2) for link, title in stories), Item("n", "/n", "News")
    )
    after = by_title(desk)
    assert len(after) == 9
    assert {title: after[title].id for title in before} == {title: one.id for title, one in before.items()}
    assert all(after[title].updated == before[title].updated for title in before)
    serve(desk, *(Item(f"new-{link}", link, f"{title}, edited", day=2) for link, title in stories))
    edited = by_title(desk)
    assert sorted(edited) == sorted(["News", *(f"Story {number}, edited" for number in range(8))])
    assert ids(edited.values()) == ids(after.values())


def test_a_guid_renumbered_twice_is_still_the_article(desk: Desk) -> None:
    for guid in ("one", "two", "three"):
        serve(desk, Item(guid, "/a", "A"), Item("other", "/b", "B"))
        assert sorted(titles(desk.mill)) == ["A", "B"]
    serve(desk, Item("three", "/a", "A, edited"), Item("other", "/b", "B"))
    assert sorted(titles(desk.mill)) == ["A, edited", "B"]
    serve(desk, Item("one", "/a", "A, as it was"), Item("other", "/b", "B"))
    assert sorted(titles(desk.mill)) == ["A, as it was", "B"]


def test_guids_that_come_are_those_of_the_articles_that_had_none(desk: Desk) -> None:
    serve(desk, Item("", "/a", "A"), Item("", "/b", "B"))
    before = by_title(desk)
    serve(desk, Item("a", "/a", "A"), Item("b", "/b", "B"))
    assert ids(by_title(desk).values()) == ids(before.values())


def test_two_entries_of_one_address_and_title_at_once_are_two_articles(desk: Desk) -> None:
    serve(desk, Item("1", "/live", "Live"))
    serve(desk, Item("2", "/live", "Live"), Item("1", "/live", "Live"))
    assert titles(desk.mill) == ["Live", "Live"]


def test_every_weeks_news_of_one_name_and_address_are_several_articles(desk: Desk) -> None:
    for week in range(4):
        serve(desk, Item(f"week-{week}", "/weekly", "The week", day=1 + 7 * week))
    assert titles(desk.mill) == ["The week"] * 4


def test_columns_of_one_name_and_address_are_new_every_day(desk: Desk) -> None:
    names = ("Weather", "Traffic", "Markets", "Sports", "Stars", "Crossword")
    for day in range(1, 5):
        times = {name: day + place % 2 for place, name in enumerate(names)}
        items = (Item(f"{name}-{day}", f"/{name}", name, day=at) for name, at in times.items())
        serve(desk, *items)
    assert len(titles(desk.mill)) == 4 * len(names)


def test_a_publisher_that_renumbers_at_each_poll_fills_no_memory(desk: Desk, client: redis.Redis) -> None:
    for number in range(30):
        serve(desk, Item(f"a-{number}", "/a", "A"), Item(f"b-{number}", "/b", "B"))
    assert sorted(titles(desk.mill)) == ["A", "B"]
    assert client.hlen(f"{PREFIX}entries:news") <= 8


def test_another_source_with_the_same_address_and_title_is_no_renumbering(desk: Desk) -> None:
    serve(desk, Item("1", "/a", "A"))
    desk.origin.set("/other", "<rss version='2.0'><channel>" + Item("2", "/a", "A").xml + "</channel></rss>")
    put(desk.mill, polled(f"{desk.origin.url}/feed"), polled(f"{desk.origin.url}/other", id="other"))
    desk.clock.advance(5000)
    work(desk.mill)
    assert len(desk.mill.store.articles.newest("all", 9)) == 2
