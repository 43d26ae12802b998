"""Searching titles: what counts as the same, what is found, and how much of it."""

from __future__ import annotations

import pytest

from feeds.render.search import SHOWN, find, headline
from tests.make import article, site


def found(asked: str, *titles: str) -> list[str]:
    headlines = [headline(site(), article(title=title)) for title in titles]
    return [one.title for one in find(headlines, asked).headlines]


@pytest.mark.parametrize(
    "asked",
    ["story", "STORY first", "first  story", "tor", "Ｓｔｏｒｙ", "stra\u00dfe", "STRASSE", "重庆", "庆商"],
)
def test_every_word_must_be_in_a_title(asked: str) -> None:
    title = "A first Story of a STRASSE in 重庆商报"
    assert found(asked, title, "Another one") == [title]


@pytest.mark.parametrize("asked", ["", "  ", "\x00", "story nothing", "庆重", "%", "<b>"])
def test_what_is_in_no_title_finds_nothing(asked: str) -> None:
    assert found(asked, "A first story", "重庆商报") == []


def test_an_article_without_a_title_is_found_by_what_it_is_called() -> None:
    one = headline(site(), article(title="", summary="Begins so."))
    assert find([one], "begins").headlines == (one,)


def test_what_is_found_keeps_its_order_and_has_an_end() -> None:
    headlines = [headline(site(), article(title=f"Story {n}")) for n in range(SHOWN + 1)]
    all_but_one = find(headlines[:-1], "story")
    assert (all_but_one.headlines, all_but_one.more) == (tuple(headlines[:-1]), False)
    more = find(headlines, "story")
    assert (more.headlines, more.more) == (tuple(headlines[:-1]), True)


def test_a_long_question_is_cut() -> None:
    assert len(find([], "x" * 100_000).asked) == 100
    assert find([], "a " * 50_000).asked == "a " * 49 + "a"
