"""What is ready to be sent: for a second, until it changes, and never without bound."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feeds.render.document import seal
from feeds.web.conditional import Ready
from feeds.web.shelf import Address, Shelf

ADDRESS = Address(b"/feeds/a.rss")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shelf(clock: Clock) -> Shelf:
    return Shelf(clock, limit=40_000)


def ready(text: str = "x") -> Ready:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Ready(seal(text.encode(), media_type="text/plain", last_modified=now), {}, now)


def test_what_is_held_is_found_for_a_second(shelf: Shelf, clock: Clock) -> None:
    one = ready()
    shelf.put(ADDRESS, one, ("a",))
    assert shelf.find(ADDRESS) is one
    assert shelf.find(ADDRESS._replace(page=True)) is None
    clock.now += 1
    assert shelf.find(ADDRESS) is None


def test_when_it_gets_old_one_asks_and_the_others_have_the_old_one(shelf: Shelf, clock: Clock) -> None:
    old, new = ready("old"), ready("new")
    shelf.put(ADDRESS, old, ("a",))
    clock.now += 5
    assert [shelf.find(ADDRESS) for _ in range(3)] == [None, old, old]
    shelf.put(ADDRESS, new, ("a",))
    assert shelf.find(ADDRESS) is new


def test_news_of_a_category_drop_what_holds_it(shelf: Shelf) -> None:
    page, other = (b"/a/2022/03/17/x.html", False), (b"/feeds/b.rss", False)
    shelf.put(ADDRESS, ready(), ("a",))
    shelf.put(page, ready(), ("b", "a"))
    shelf.put(other, ready(), ("b",))
    shelf.drop("a")
    assert [shelf.find(each) is None for each in (ADDRESS, page, other)] == [True, True, False]


def test_it_is_bounded(shelf: Shelf) -> None:
    for number in range(1000):
        shelf.put(Address(b"/%d" % number), ready(), ("a",))
    held = [number for number in range(1000) if shelf.find(Address(b"/%d" % number))]
    assert 0 < len(held) < 10
    for _ in range(1000):
        shelf.put(Address(b"/999"), ready(), ("a",))
    assert [number for number in held if shelf.find(Address(b"/%d" % number))] == held
