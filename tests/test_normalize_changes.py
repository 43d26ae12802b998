"""A stored article meets what its sources say now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from feeds.model import Article, Placement
from feeds.normalize.changes import revise
from tests.make import PUBLISHED, SEEN_AT, article

LATER = SEEN_AT + timedelta(hours=1)
MINE = Placement(source_id="news", slug="news")
THEIRS = Placement(source_id="other", slug="city")
PAGE = "https://publisher.example/text?id=1"


def revised(stored: Article, by: str = "news", **changes: Any) -> Article:
    return revise(stored, replace(stored, **changes), source_id=by, seen_at=LATER)


def test_nothing_new_is_the_stored_article_itself() -> None:
    stored = article()
    assert revise(stored, article(), source_id="news", seen_at=LATER) is stored
    assert revised(stored, first_seen_at=LATER) is stored


def test_words_change_and_first_publication_does_not() -> None:
    stored = article()
    new = revised(
        stored,
        title="Other",
        id="f" * 32,
        path="/elsewhere.html",
        sort_key=1,
        published=PUBLISHED + timedelta(days=1),
        first_seen_at=LATER,
        dated=False,
    )
    assert new == replace(stored, title="Other", updated=LATER)


@pytest.mark.parametrize(
    ("updated", "expected"),
    [
        pytest.param(PUBLISHED + timedelta(minutes=5), PUBLISHED + timedelta(minutes=5), id="later"),
        pytest.param(PUBLISHED, LATER, id="the same"),
        pytest.param(PUBLISHED - timedelta(minutes=5), LATER, id="earlier"),
    ],
)
def test_a_change_is_dated_by_the_publisher_else_when_seen(updated: Any, expected: Any) -> None:
    assert revised(article(), title="Other", updated=updated).updated == expected


def test_a_new_date_without_new_words_is_no_update() -> None:
    stored = article()
    assert revised(stored, updated=PUBLISHED + timedelta(days=1)) is stored


def test_a_move_to_another_category_is_no_update_of_the_words() -> None:
    stored = article(placements=(THEIRS, MINE))
    moved = Placement(source_id="news", slug="sport")
    new = revised(stored, placements=(moved,))
    assert new == replace(stored, placements=(THEIRS, moved))


def test_another_source_only_adds_its_placement() -> None:
    stored = article()
    new = revised(stored, "other", title="Other", placements=(THEIRS,), source_id="other")
    assert new == replace(stored, placements=(MINE, THEIRS))
    moved = Placement(source_id="other", slug="sport")
    assert revised(new, "other", placements=(moved,)).placements == (MINE, moved)
    assert revised(new, "other", placements=(THEIRS,)) is new


def test_a_body_from_its_own_page_outlives_the_list() -> None:
    stored = article(page=PAGE, content="<p>from the page</p>", summary="s", medium="M")
    stale: dict[str, Any] = {"content": "", "summary": "", "medium": None, "complete": False}
    assert revised(stored, **stale) is stored
    new = revised(stored, title="Other", **stale)
    assert new == replace(stored, title="Other", updated=LATER)


def test_a_body_that_never_came_is_replaced() -> None:
    stored = article(page=PAGE, content="", complete=False)
    new = revised(stored, content="<p>x</p>")
    assert (new.content, new.complete) == ("<p>x</p>", False)
