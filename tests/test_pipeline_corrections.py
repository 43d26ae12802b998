"""What publishers change after publishing: edits, retractions; and our own releases, which are none."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from feeds.model import Article, Episode
from feeds.normalize import article as normalizing
from feeds.parse import entries, splitting
from feeds.store.plan import REVISIONS
from tests.mills import Desk, api, body, listed, polled, put, rss, titles, work

ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0">'
    "<id>f</id><title>T</title><rights>Free to read</rights>{}</feed>"
)


def poll(desk: Desk, text: str, **told: object) -> None:
    desk.origin.set("/feed", text)
    if desk.mill.store.sources.read("news") is None:
        put(desk.mill, polled(f"{desk.origin.url}/feed", **told))
    desk.clock.advance(5000)
    work(desk.mill)
    desk.clock.advance(10)
    work(desk.mill)


def only(desk: Desk) -> Article:
    [article] = desk.mill.store.articles.newest("news", 9)
    return article


def entry(guid: str, title: str, *, body: str = "Body.", tags: str = "", updated: str = "") -> str:
    said = f"<updated>{updated}</updated>" if updated else ""
    return f"<entry><id>{guid}</id><title>{title}</title><content>{body}</content>{tags}{said}</entry>"


def renumbered(guid: str, numbers: str = "123") -> str:
    """Three stories, or some of them, whose guids begin with ``guid``."""
    return "".join(
        entry(f"{guid}-{number}", f"Story {number}", tags=f'<link href="http://publisher.example/{number}"/>')
        for number in numbers
    )


def ids(desk: Desk) -> dict[str, str]:
    """Article ids by title."""
    return {article.title: article.id for article in desk.mill.store.articles.newest("news", 9)}


def test_updated_moves_with_the_words_and_only_with_them(desk: Desk) -> None:
    poll(desk, ATOM.format(entry("a", "A")))
    first = only(desk)
    poll(desk, ATOM.format(entry("a", "A") + "<!-- another byte -->"))
    assert only(desk) == first
    poll(desk, ATOM.format(entry("a", "A, corrected")))
    second = only(desk)
    assert second.updated > first.updated
    assert (second.published, second.path, second.sort_key) == (first.published, first.path, first.sort_key)


def test_a_release_of_ours_that_reads_otherwise_is_no_edit(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The publisher changes what is no word (the picture), and our new release spells titles otherwise."""
    picture = '<link rel="enclosure" type="image/png" href="http://publisher.example/{}.png"/>'
    poll(desk, ATOM.format(entry("a", "A title", tags="")))
    before = only(desk)
    plain = normalizing.flatten
    monkeypatch.setattr(normalizing, "flatten", lambda title: plain(title).upper())
    poll(desk, ATOM.format(entry("a", "A title", tags="<rights>New</rights>")))
    after = only(desk)
    assert (after.title, after.rights, after.updated) == ("A TITLE", "New", before.updated)
    assert desk.mill.store.articles.revisions(after.id) == []
    poll(desk, ATOM.format(entry("a", "A title", tags=picture.format("b"))))
    assert only(desk).updated > before.updated


def test_a_release_of_ours_that_reads_more_of_episodes_is_no_edit(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    item = (
        "<item><guid>a</guid><title>A</title><itunes:episode>4</itunes:episode>"
        '<enclosure url="http://publisher.example/a.mp3" type="audio/mpeg"/></item>'
    )
    show = f'<rss version="2.0" {names}><channel><title>T</title>{{}}</channel></rss>'
    with monkeypatch.context() as before:
        before.setattr(entries, "episode_of", lambda *_: None)
        before.setattr(splitting, "VERSION", b"before")
        poll(desk, show.format(item))
    first = only(desk)
    poll(desk, show.format(f"{item}<!-- another byte -->"))
    second = only(desk)
    assert (first.episode, second.episode) == (None, Episode(number=4))
    assert replace(second, episode=None, fetched_at=first.fetched_at) == first
    assert desk.mill.store.articles.revisions(second.id) == []
    poll(desk, show.format(item.replace(">4<", ">5<")))
    assert only(desk).episode == Episode(number=5)


def test_so_many_earlier_wordings_are_kept(desk: Desk) -> None:
    for number in range(REVISIONS + 3):
        poll(desk, ATOM.format(entry("a", f"Wording {number}")))
    article = only(desk)
    kept = desk.mill.store.articles.revisions(article.id)
    assert [one.title for one in kept] == [f"Wording {number}" for number in range(REVISIONS + 1, 1, -1)]
    assert {one.id for one in kept} == {article.id}


def test_where_an_article_is_from_is_kept_with_it(desk: Desk) -> None:
    poll(desk, ATOM.format(entry("a", "A") + entry("b", "B", tags="<rights>&amp;copy; B</rights>")))
    by_title = {article.title: article for article in desk.mill.store.articles.newest("news", 9)}
    assert (by_title["A"].rights, by_title["B"].rights) == ("Free to read", "© B")
    fetched, rules = by_title["A"].fetched_at, by_title["A"].rules
    assert fetched is not None
    assert rules
    poll(desk, ATOM.format(entry("a", "A, edited") + entry("b", "B", tags="<rights>&amp;copy; B</rights>")))
    after = {article.title: article for article in desk.mill.store.articles.newest("news", 9)}
    assert after["A, edited"].fetched_at is not None
    assert after["A, edited"].fetched_at > fetched
    assert after["B"].fetched_at == fetched


def test_a_tombstone_withdraws_the_article_and_the_entry_brings_it_back(desk: Desk) -> None:
    poll(desk, ATOM.format(entry("a", "A") + entry("b", "B")))
    poll(desk, ATOM.format('<at:deleted-entry ref="a" when="2026-01-02T00:00:00Z"/>' + entry("b", "B")))
    assert titles(desk.mill) == titles(desk.mill, "all") == ["B"]
    poll(desk, ATOM.format('<at:deleted-entry ref="unknown"/>' + entry("b", "B")))
    assert titles(desk.mill) == ["B"]
    poll(desk, ATOM.format(entry("a", "A") + entry("b", "B")))
    assert sorted(titles(desk.mill)) == ["A", "B"]


def test_a_tombstone_takes_back_what_goes_by_its_guid_now(desk: Desk) -> None:
    poll(desk, ATOM.format(renumbered("old")))
    before = ids(desk)
    poll(desk, ATOM.format(renumbered("new")))
    poll(desk, ATOM.format('<at:deleted-entry ref="new-1"/>' + renumbered("new", "23")))
    assert sorted(titles(desk.mill)) == ["Story 2", "Story 3"]
    poll(desk, ATOM.format(renumbered("new")))
    assert ids(desk) == before


@pytest.mark.parametrize("days", [0, 1], ids=["at once", "the day after"])
def test_a_tombstone_for_the_guid_that_an_article_had_takes_nothing_back(desk: Desk, days: int) -> None:
    poll(desk, ATOM.format(renumbered("old")))
    before = ids(desk)
    for _ in range(days):
        poll(desk, ATOM.format(renumbered("new")))
    tombstones = "".join(f'<at:deleted-entry ref="old-{number}"/>' for number in "123")
    poll(desk, ATOM.format(tombstones + renumbered("new")))
    poll(desk, ATOM.format(tombstones + renumbered("new") + "<!-- another byte -->"))
    assert ids(desk) == before


def test_an_entry_that_merely_leaves_the_feed_stays(desk: Desk) -> None:
    poll(desk, rss("two", "one"))
    poll(desk, rss("three"))
    assert sorted(titles(desk.mill)) == ["one", "three", "two"]


@pytest.mark.parametrize("status", [404, 410])
def test_an_article_whose_page_was_there_and_is_gone_is_withdrawn(desk: Desk, status: int) -> None:
    """The page is asked again because the publisher gives the article another date."""
    body(desk.origin, "a", "<p>first</p>")
    listed(desk.origin, "a", published="2026-01-01T00:00:00Z")
    put(desk.mill, api(desk.origin))
    work(desk.mill)
    assert only(desk).content == "<p>first</p>"
    desk.origin.set("/detail?id=a", "", status=status)
    listed(desk.origin, "a", published="2026-01-01T01:00:00Z")
    desk.clock.advance(5000)
    for _ in range(24):
        work(desk.mill)
        desk.clock.advance(7200)
    assert titles(desk.mill) == titles(desk.mill, "all") == []


def test_an_article_whose_page_is_away_for_hours_stays(desk: Desk) -> None:
    body(desk.origin, "a", "<p>first</p>")
    listed(desk.origin, "a", published="2026-01-01T00:00:00Z")
    put(desk.mill, api(desk.origin))
    work(desk.mill)
    desk.origin.set("/detail?id=a", "", status=404)
    listed(desk.origin, "a", published="2026-01-01T01:00:00Z")
    desk.clock.advance(5000)
    for _ in range(20):
        work(desk.mill)
        desk.clock.advance(600)
    body(desk.origin, "a", "<p>second</p>")
    for _ in range(20):
        work(desk.mill)
        desk.clock.advance(7200)
    assert only(desk).content == "<p>second</p>"


def test_a_list_that_dates_all_it_has_anew_does_not_ask_for_its_pages_each_time(desk: Desk) -> None:
    body(desk.origin, "a", "<p>first</p>")
    listed(desk.origin, "a", published="2026-01-01T00:00:00Z")
    put(desk.mill, api(desk.origin))
    work(desk.mill)
    for number in range(200):
        listed(desk.origin, "a", published=f"2026-01-01T{number // 60:02}:{number % 60:02}:01Z")
        desk.clock.advance(1000)
        work(desk.mill)
    asked = [request for request in desk.origin.requests if request.path.startswith("/detail")]
    assert 5 < len(asked) < 20


def test_an_article_with_another_date_has_its_page_read_again(desk: Desk) -> None:
    body(desk.origin, "a", "<p>first</p>")
    listed(desk.origin, "a", published="2026-01-01T00:00:00Z")
    put(desk.mill, api(desk.origin))
    work(desk.mill)
    before = only(desk)
    body(desk.origin, "a", "<p>second</p>")
    listed(desk.origin, "a", published="2026-01-01T01:00:00Z")
    desk.clock.advance(5000)
    work(desk.mill)
    after = only(desk)
    assert after.content == "<p>second</p>"
    assert after.updated > before.updated
    assert replace(after, updated=before.updated).published == before.published
    desk.origin.set("/detail?id=a", "", status=500)
    listed(desk.origin, "a", published="2026-01-01T02:00:00Z")
    desk.clock.advance(5000)
    for _ in range(5):
        work(desk.mill)
        desk.clock.advance(600)
    assert only(desk).content == "<p>second</p>"
