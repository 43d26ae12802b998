"""One article of two sources, one path of two articles, and finishes that race for them."""

from __future__ import annotations

import threading
from collections.abc import Collection

import pytest

from feeds.crawl import Health
from feeds.model import Entry, Feed, Payload, Stage
from feeds.normalize.article import identify
from feeds.parse.source import parse as parse_payload
from feeds.pipeline.dispatch import claim
from feeds.pipeline.gathering import News, gather
from feeds.pipeline.mill import Intake, Mill
from feeds.pipeline.parse import parse
from feeds.pipeline.roll import roll_of
from feeds.store.claims import Hint
from feeds.store.plan import Finish, Finished, SourceEnd
from feeds.told import CategoryRule, Site, Source
from tests.mills import Desk, fetch, polled, put, put_and_publish, rss, titles, work


def pair(desk: Desk, one: str, two: str, *, ids: str | None = "wire") -> list[Source]:
    """Two sources with feeds and categories of their own, which share an id space unless ``ids`` is None."""
    sources = []
    for name, body in (("one", one), ("two", two)):
        desk.origin.set(f"/{name}", body)
        rule = CategoryRule(slug=name)
        sources.append(polled(f"{desk.origin.url}/{name}", id=name, ids=ids or name, category=rule))
    return sources


def fetched(desk: Desk, *sources: Source) -> dict[str, Hint]:
    """Fetch the sources; the hints of their payloads."""
    put_and_publish(desk, *sources)
    hints = [fetch(desk.mill, one.hint)[Stage.PARSE] for one in claim(desk.mill, Stage.FETCH, 10)]
    return {hint.member: hint for [hint] in hints}


def test_an_article_of_two_sources_is_one_article_in_both_categories(desk: Desk) -> None:
    put_and_publish(desk, *pair(desk, rss(a="from one"), rss(a="from two")))
    work(desk.mill)
    [article] = desk.mill.store.articles.newest("one", 10)
    assert desk.mill.store.articles.newest("two", 10) == [article]
    assert desk.mill.store.articles.newest("all", 10) == [article]
    assert set(article.slugs) == {"one", "two"}


def test_the_first_source_owns_the_words_and_the_second_only_its_category(desk: Desk) -> None:
    one, two = pair(desk, rss(a="from one"), rss(a="from two"))
    put_and_publish(desk, one)
    work(desk.mill)
    put_and_publish(desk, one, two)
    work(desk.mill)
    assert (titles(desk.mill, "one"), titles(desk.mill, "two")) == (["from one"], ["from one"])
    desk.origin.set("/two", rss(a="two again"))
    desk.clock.advance(2000)
    work(desk.mill)
    assert titles(desk.mill, "two") == ["from one"]
    desk.origin.set("/one", rss(a="one again"))
    desk.clock.advance(2000)
    work(desk.mill)
    assert (titles(desk.mill, "one"), titles(desk.mill, "two")) == (["one again"], ["one again"])


def test_sources_with_id_spaces_of_their_own_share_nothing(desk: Desk) -> None:
    put_and_publish(desk, *pair(desk, rss(a="from one"), rss(a="from two"), ids=None))
    work(desk.mill)
    assert (titles(desk.mill, "one"), titles(desk.mill, "two")) == (["from one"], ["from two"])
    assert len(titles(desk.mill, "all")) == 2


def test_two_articles_with_one_path_both_have_a_page(desk: Desk) -> None:
    one, two = pair(desk, rss(a="from one"), rss(a="from two"), ids=None)
    same = CategoryRule(slug="news")
    put_and_publish(desk, *(polled(each.url, id=each.id, category=same) for each in (one, two)))
    work(desk.mill)
    articles = desk.mill.store.articles.newest("news", 10)
    first, second = sorted((article.path for article in articles), key=len)
    assert first == "/news/2026/01/01/a.html"
    assert second.startswith("/news/2026/01/01/a.")
    assert {desk.mill.store.articles.at(path) for path in (first, second)} == set(articles)


def commit(desk: Desk, started: Hint, source: Source, brought: News) -> Finished:
    return desk.mill.store.finish(
        desk.mill.store.plans.parsed(
            started,
            SourceEnd(Health(), desk.clock()),
            now=desk.clock(),
            owner=source.known_as,
            digests=brought.digests,
            writes=brought.writes,
            categories=brought.categories,
            page_origins={},
        )
    )


@pytest.mark.parametrize("ids", ["wire", None], ids=["one article", "one path"])
def test_a_finish_that_was_overtaken_is_planned_anew(desk: Desk, ids: str | None) -> None:
    sources = {one.id: one for one in pair(desk, rss(a="from one"), rss(a="from two"), ids=ids)}
    if ids is None:
        same = CategoryRule(slug="news")
        sources = {name: polled(one.url, id=name, category=same) for name, one in sources.items()}
    hints = fetched(desk, *sources.values())
    slow = desk.mill.start(Stage.PARSE, hints["two"])
    assert slow is not None
    payload = desk.mill.store.sources.payload("two")
    assert payload is not None
    source = desk.mill.store.sources.read("two")
    assert source is not None
    feed = desk.mill.intake.parser(source, payload)
    roll = roll_of(feed, source, Site(), now=desk.clock())
    planned = gather(desk.mill, roll, source, Site(), now=desk.clock())
    parse(desk.mill, hints["one"])
    before = desk.mill.store.articles.newest("all", 10)
    assert commit(desk, slow, source, planned).status is Finish.OUTRUN
    assert desk.mill.store.articles.newest("all", 10) == before
    assert desk.mill.store.articles.known("two", [one.article_id for one in roll.candidates]) == {}
    planned = gather(desk.mill, roll, source, Site(), now=desk.clock())
    assert commit(desk, slow, source, planned).status is Finish.DONE
    articles = desk.mill.store.articles.newest("all", 10)
    assert len(articles) == (1 if ids else 2)
    assert len({article.path for article in articles}) == len(articles)


@pytest.mark.parametrize("ids", ["wire", None], ids=["the same articles", "the same paths"])
def test_parses_that_race_end_as_if_one_had_come_after_the_other(desk: Desk, ids: str | None) -> None:
    named = [f"story-{number}" for number in range(30)]
    sources = pair(desk, rss(*named), rss(*reversed(named)), ids=ids)
    if ids is None:
        same = CategoryRule(slug="news")
        sources = [polled(one.url, id=one.id, category=same) for one in sources]
    barrier = threading.Barrier(2, timeout=20)

    def together(source: Source, payload: Payload, known: Collection[str] = frozenset()) -> Feed:
        feed = parse_payload(source, payload)
        barrier.wait()
        return feed

    hints = fetched(desk, *sources)
    mill = Mill(desk.mill.store, Intake(desk.mill.intake.client, together, desk.clock))
    threads = [threading.Thread(target=parse, args=(mill, hint)) for hint in hints.values()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    articles = desk.mill.store.articles.newest("all", 100)
    assert sorted({article.title for article in articles}) == sorted(named)
    assert len(articles) == (30 if ids else 60)
    assert len({article.path for article in articles}) == len(articles)
    if ids:
        assert all(set(article.slugs) == {"one", "two"} for article in articles)
        assert len(titles(desk.mill, "one")) == len(titles(desk.mill, "two")) == 30
    for source_id in ("one", "two"):
        assert desk.mill.store.sources.health(source_id).outcome == "changed"


@pytest.mark.timeout(60)
def test_nobody_can_take_the_path_that_an_article_will_have(desk: Desk) -> None:
    """A publisher that knows how ids are made claims the names that another's articles would get."""
    hostile, victim = (polled(f"{desk.origin.url}/{name}", id=name) for name in ("hostile", "victim"))
    known = identify(Entry(guid="1001"), victim)
    desk.origin.set("/hostile", rss(**{"1001": "H1", f"1001-{known[:8]}": "H2", f"1001.{known}": "H3"}))
    desk.origin.set("/victim", rss(**{"1001": "V"}))
    put(desk.mill, hostile)
    work(desk.mill)
    put(desk.mill, hostile, victim)
    desk.clock.advance(5000)
    work(desk.mill)
    assert sorted(titles(desk.mill, "all")) == ["H1", "H2", "H3", "V"]
    paths = [article.path for article in desk.mill.store.articles.newest("all", 9)]
    assert len(set(paths)) == 4
