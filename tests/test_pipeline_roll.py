"""Entries that are known need not be read again, and nothing comes out otherwise than if they were."""

from __future__ import annotations

from datetime import UTC, datetime

import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.model import Entry, Feed
from feeds.normalize.article import identify
from feeds.pipeline.roll import dates_of, roll_of
from feeds.store.store import Store
from feeds.told import CategoryRule, Kind
from tests import make
from tests.mills import Desk, desk_over, health, polled, put, titles, work
from tests.places import PREFIX

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DATE = "Thu, 01 Jan 2026 00:00:0{second} GMT"


def item(guid: str, title: str = "", *, date: str | None = None) -> str:
    said = f"<pubDate>{date}</pubDate>" if date else ""
    name = f"<guid isPermaLink='false'>{guid}</guid>" if guid else ""
    return f"<item>{name}<title>{title}</title><description>About {guid} {title}.</description>{said}</item>"


def document(*items: str, torn: bool = False) -> str:
    end = "" if torn else "</rss>"
    return f"<rss version='2.0'><channel><title>News</title>{''.join(items)}</channel>{end}"


def test_an_entry_that_is_known_is_not_read_again(desk: Desk, client: redis.Redis) -> None:
    source = polled(f"{desk.origin.url}/feed")
    desk.origin.set("/feed", document(item("a", "first"), item("b", "second")))
    put(desk.mill, source)
    work(desk.mill)
    remembered = desk.mill.store.sources.to_parse("news").remembered
    assert remembered is not None
    assert [glimpse.titled for glimpse in remembered.known.values()] == [True, True]
    desk.origin.set("/feed", document(item("c", "third"), item("a", "first"), item("b", "second, edited")))
    desk.clock.advance(1000)
    work(desk.mill)
    assert sorted(titles(desk.mill)) == ["first", "second, edited", "third"]
    after = health(desk.mill)
    assert (after.entries, after.undated, after.untitled) == (3, 3, 0)
    assert client.hlen(f"{PREFIX}entries:news") == 3


def test_another_rule_reads_all_of_them_again(desk: Desk) -> None:
    desk.origin.set("/feed", document(item("a", "first")))
    source = polled(f"{desk.origin.url}/feed")
    put(desk.mill, source)
    work(desk.mill)
    moved = polled(source.url, category=CategoryRule(slug="moved"))
    put(desk.mill, moved)
    desk.clock.advance(1000)
    work(desk.mill)
    assert titles(desk.mill, "moved") == ["first"]
    assert titles(desk.mill) == []


def test_a_document_read_whole_is_no_longer_known(desk: Desk) -> None:
    """Else an entry that went back to its first words meanwhile would be taken for the last ones."""
    put(desk.mill, polled(f"{desk.origin.url}/feed"))
    for title, torn in (("before", False), ("between", True), ("before", False)):
        desk.origin.set("/feed", document(item("a", title), item("b", "other"), torn=torn))
        desk.clock.advance(1000)
        work(desk.mill)
        assert sorted(titles(desk.mill)) == sorted([title, "other"])


def test_dates_are_those_of_all_entries_known_ones_included() -> None:
    read = Feed(entries=(Entry(guid="a", published="2026-01-01"), Entry(guid="b")), fingerprints=("1", "2"))
    first = roll_of(read, make.source(), make.site(), now=NOW)
    assert list(first.known) == ["1", "2"]
    new = Feed(
        entries=(Entry(guid="c", published="2026-01-02"),),
        fingerprints=("3", "1", "2"),
        positions=(0,),
        skipped=2,
    )
    second = roll_of(new, make.source(), make.site(), first.known, now=NOW)
    assert [date.day for date in dates_of(second.glimpses)] == [2, 1]
    assert [one.position for one in second.candidates] == [0]
    assert new.count == len(second.glimpses) == 3


def test_an_entry_that_could_not_be_read_is_not_known() -> None:
    torn = Feed(entries=(Entry(guid="b"),), fingerprints=("1", "2"), positions=(1,))
    assert list(roll_of(torn, make.source(), make.site(), now=NOW).known) == ["2"]


def test_of_several_with_one_identity_only_the_first_is_known() -> None:
    twins = Feed(entries=(Entry(guid="a", title="1"), Entry(guid="a", title="2")), fingerprints=("1", "2"))
    roll = roll_of(twins, make.source(), make.site(), now=NOW)
    assert (list(roll.known), len(roll.candidates), len(roll.glimpses)) == (["1"], 1, 2)
    again = Feed(entries=twins.entries[1:], fingerprints=("1", "2"), positions=(1,), skipped=1)
    later = roll_of(again, make.source(), make.site(), roll.known, now=NOW)
    assert later.candidates == []
    assert later.glimpses[0].article_id == identify(twins.entries[0], make.source())


def test_a_sitemap_has_the_newest_last() -> None:
    listed = Feed(entries=tuple(Entry(url=f"https://publisher.example/{name}") for name in "abc"))
    source = make.source(kind=Kind.SITEMAP)
    assert [one.position for one in roll_of(listed, source, make.site(), now=NOW).candidates] == [2, 1, 0]


pieces = st.builds(
    item,
    st.sampled_from(["a", "b", "c", "d", ""]),
    st.sampled_from(["", "one", "two"]),
    date=st.sampled_from([None, DATE.format(second=1), DATE.format(second=2)]),
)
documents = st.builds(
    lambda items, torn: document(*items, torn=torn),
    st.lists(pieces, max_size=6),
    st.sampled_from([False, False, False, True]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=st.lists(documents, min_size=2, max_size=5))
def test_knowing_entries_changes_nothing(store: Store, client: redis.Redis, rounds: list[str]) -> None:
    client.flushall()
    store.check()
    with desk_over(store) as desk:
        names = ("knows", "forgets")
        put(desk.mill, *(polled(f"{desk.origin.url}/{name}", id=name, ids=name) for name in names))
        for text in rounds:
            client.delete(f"{PREFIX}glimpses:forgets")
            for name in names:
                desk.origin.set(f"/{name}", text)
            desk.clock.advance(5000)
            work(desk.mill)
            knows, forgets = (_told(desk, name) for name in names)
            assert knows == forgets


def _told(desk: Desk, name: str) -> object:
    """What came of a source, but for what its name is part of."""
    crawled = health(desk.mill, name)
    articles = [
        (article.guid, article.title, article.content, article.published, article.updated, article.dated)
        for article in desk.mill.store.articles.every("all")
        if article.source_id == name
    ]
    gaps = (crawled.undated, crawled.untitled, crawled.unidentified, crawled.warnings)
    counts = (crawled.outcome, crawled.error, crawled.entries, crawled.usual, crawled.last_change)
    return sorted(map(repr, articles)), gaps, counts, crawled.rhythm, crawled.newest
