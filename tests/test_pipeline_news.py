"""Which entries are news and what is written for them: pure decisions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from feeds.crawl import Health
from feeds.model import Entry, Feed, Placement
from feeds.pipeline import news
from feeds.pipeline.roll import Candidate, count_gaps, roll_of
from feeds.store.articles import Stored
from feeds.store.plan import ArticleWrite
from feeds.told import ArticleRule, CategoryRule, Kind, Rules, Source
from tests import make

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
RULE = ArticleRule(url="https://publisher.example/{guid}", content="text")


def found(*entries: Entry, source: Source | None = None) -> list[Candidate]:
    return roll_of(Feed(entries=entries), source or make.source(), make.site(), now=NOW).candidates


def written(
    candidates: list[Candidate], *stored: Stored, source: Source | None = None, slug: str = "news"
) -> list[ArticleWrite]:
    known = {one.article.id: one for one in stored}
    placed = [news.Placed(candidate, slug) for candidate in candidates]
    making = news.Making(source or make.source(), make.site(), None, NOW, NOW)
    return news.writes(placed, known, making)


def test_entries_of_one_identity_count_once_the_first_one() -> None:
    first, second = make.entry(title="first"), make.entry(title="second")
    [only] = found(first, second)
    assert (only.entry, only.position) == (first, 0)


def test_candidates_keep_their_places_in_the_feed() -> None:
    entries = [make.entry(guid=guid) for guid in ("a", "b", "a", "c")]
    assert [one.position for one in found(*entries)] == [0, 1, 3]


def test_only_new_and_changed_entries_are_fresh() -> None:
    same, changed, new = found(*(make.entry(guid=guid) for guid in ("same", "changed", "new")))
    known = {same.article_id: same.digest, changed.article_id: "another digest"}
    assert news.fresh([same, changed, new], known) == [changed, new]


@pytest.mark.parametrize(
    "rules",
    [
        {"category": CategoryRule(slug="other")},
        {"rules": Rules(remove=("p",))},
        {"article": RULE},
        {"timezone": "Asia/Shanghai"},
        {"language": "zh"},
    ],
    ids=lambda rules: next(iter(rules)),
)
def test_another_rule_makes_every_entry_fresh(rules: dict[str, object]) -> None:
    [before], [after] = found(make.entry()), found(make.entry(), source=make.source(**rules))
    assert before.digest != after.digest


@pytest.mark.parametrize("policy", [{"every": 60.0}, {"spacing": 9.0}, {"allow": ("127.0.0.0/8",)}])
def test_another_policy_makes_none_fresh(policy: dict[str, object]) -> None:
    [before], [after] = found(make.entry()), found(make.entry(), source=make.source(**policy))
    assert before.digest == after.digest


def test_a_new_article_is_listed_at_once_and_awaits_its_page_if_it_has_one() -> None:
    pages = [None, "https://publisher.example/1", "not an address"]
    writes = written(found(*(make.entry(guid=str(number), page=page) for number, page in enumerate(pages))))
    assert [write.article.listed for write in writes] == [True, False, True]
    assert {write.version for write in writes} == {0}
    wanted = news.pages_wanted(writes, make.source())
    assert wanted == {writes[1].article.id: "publisher.example 2 1000 publisher.example 1"}


def stored_of(entry: Entry, **changes: object) -> Stored:
    [write] = written(found(entry))
    return Stored(replace(write.article, **changes), version=7)


def test_what_is_stored_as_it_is_said_is_not_written() -> None:
    assert written(found(make.entry()), stored_of(make.entry())) == []


def test_a_changed_entry_replaces_the_version_it_was_read_at() -> None:
    [write] = written(found(make.entry(title="corrected")), stored_of(make.entry()))
    assert (write.article.title, write.version, write.left) == ("corrected", 7, ())
    assert write.entry is not None
    assert news.pages_wanted([write], make.source()) == {}


def test_an_article_that_moves_says_which_category_it_leaves() -> None:
    [write] = written(found(make.entry()), stored_of(make.entry()), slug="elsewhere")
    assert (write.article.slugs, write.left) == (("elsewhere",), ("news",))


def test_a_category_that_another_source_also_gave_is_not_left() -> None:
    both = (Placement(source_id="other", slug="news"), Placement(source_id="news", slug="news"))
    [write] = written(found(make.entry()), stored_of(make.entry(), placements=both), slug="elsewhere")
    assert (set(write.article.slugs), write.left) == ({"news", "elsewhere"}, ())


def test_a_source_that_shares_an_article_adds_its_category_and_no_words() -> None:
    sharing = make.source(id="second", ids="news", category=CategoryRule(slug="other"))
    candidates = found(make.entry(title="in other words"), source=sharing)
    before = stored_of(make.entry())
    [write] = written(candidates, before, source=sharing, slug="other")
    assert (write.article.title, write.article.slugs) == (before.article.title, ("news", "other"))
    assert write.entry is None


def writes_at(*paths: tuple[str, str]) -> list[ArticleWrite]:
    return [ArticleWrite(make.article(id=name * 32, path=path), None, 0) for name, path in paths]


def test_a_path_that_is_taken_gets_a_part_of_the_articles_id() -> None:
    settled = news.settle_paths(writes_at(("a", "/n/x.html"), ("b", "/n/x.html")), {})
    assert [write.article.path for write in settled] == ["/n/x.html", f"/n/x.{'b' * 32}.html"]
    settled = news.settle_paths(writes_at(("b", "/n/x.html")), {"/n/x.html": "a" * 32})
    assert [write.article.path for write in settled] == [f"/n/x.{'b' * 32}.html"]


def test_an_article_keeps_the_path_that_is_its_own() -> None:
    settled = news.settle_paths(writes_at(("a", "/n/x.html")), {"/n/x.html": "a" * 32})
    assert [write.article.path for write in settled] == ["/n/x.html"]


def test_a_new_category_has_the_title_of_its_first_article() -> None:
    named = [("Paper", "The Paper"), ("paper", "the paper"), ("Other", "Other")]
    spelled = {"Paper": "Paper", "paper": "Paper", "Other": "Other"}
    made = news.new_categories(named, spelled, NOW)
    assert {category.slug: category.title for category in made} == {"Paper": "The Paper", "Other": "Other"}


def test_gaps_are_counted_and_warnings_kept_short() -> None:
    entries = (make.entry(), Entry(title="no date"), Entry(guid="g", published="2026-01-02"), Entry())
    feed = Feed(entries=entries, warnings=tuple(str(number) for number in range(9)))
    roll = roll_of(feed, make.source(), make.site(), now=NOW)
    counted = count_gaps(Health(failures=3), roll, feed.warnings)
    assert (counted.undated, counted.untitled, counted.unidentified) == (2, 2, 2)
    assert (counted.warnings, counted.failures) == (("0", "1", "2", "3", "4"), 3)


def test_an_entry_without_date_is_dated_by_its_place() -> None:
    bare = [Entry(guid=guid, title=guid) for guid in "abc"]
    dates = [write.article.published for write in written(found(*bare))]
    assert dates == [NOW - timedelta(seconds=place) for place in range(3)]


def test_the_kind_of_source_is_part_of_the_rules() -> None:
    [before], [after] = found(make.entry()), found(make.entry(), source=make.source(kind=Kind.API))
    assert before.digest != after.digest
