"""silence: a category says since when none of its sources answers, and stops saying so when one does."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from feeds.model import Document
from feeds.pipeline import silence
from feeds.store.keys import ALL
from feeds.store.store import Store
from tests.mills import Desk, desk_over, polled, put, put_and_publish, rss, work

DAY = 86400.0
LONG = silence.PATIENCE.total_seconds() + DAY


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    with desk_over(store) as opened:
        opened.origin.set("/feed", rss("one"))
        put_and_publish(opened, polled(f"{opened.origin.url}/feed"))
        work(opened.mill)
        yield opened


def documents(desk: Desk, slug: str = "news") -> dict[str, Document]:
    return desk.mill.store.documents.all(slug)


def said(desk: Desk, slug: str = "news") -> Any:
    """What a category's JSON feed says of its age."""
    return json.loads(gzip.decompress(documents(desk, slug)["json"].body))["_feedmill"]


def page(desk: Desk, slug: str = "news") -> str:
    return gzip.decompress(documents(desk, slug)["html"].body).decode()


def pass_by(desk: Desk, seconds: float) -> None:
    """Time goes on, and what is due is done."""
    desk.clock.advance(seconds)
    work(desk.mill)
    silence.notice(desk.mill.store)
    work(desk.mill)


def test_a_category_whose_source_answers_says_nothing(desk: Desk) -> None:
    before = documents(desk)
    pass_by(desk, LONG)
    assert "silent_since" not in said(desk)
    assert documents(desk) == before


def test_a_silent_category_says_since_when_until_it_is_over(desk: Desk) -> None:
    before, answered = documents(desk), desk.clock()
    desk.origin.set("/feed", "out of order", status=500)
    pass_by(desk, LONG)
    assert datetime.fromisoformat(said(desk)["silent_since"]) == answered.replace(microsecond=0)
    assert datetime.fromisoformat(said(desk, ALL)["silent_since"]) == answered.replace(microsecond=0)
    assert 'class="notice"' in page(desk)
    assert 'class="notice"' in page(desk, ALL)
    silent = documents(desk)
    assert silent["rss"] == before["rss"]  # it has no place for this
    assert silent["json"].last_modified > before["json"].last_modified

    pass_by(desk, DAY)
    assert documents(desk) == silent

    desk.origin.set("/feed", rss("one"))
    pass_by(desk, DAY)
    assert "silent_since" not in said(desk)
    assert 'class="notice"' not in page(desk)
    assert documents(desk)["json"].etag == before["json"].etag


def test_one_source_that_answers_is_enough(desk: Desk) -> None:
    desk.origin.set("/other", rss("older", "oldest"))
    sources = [polled(f"{desk.origin.url}/{name}", id=name, ids=name) for name in ("feed", "other")]
    put(desk.mill, *sources)
    work(desk.mill)
    desk.origin.set("/feed", "out of order", status=500)
    pass_by(desk, LONG)
    assert "silent_since" not in said(desk)
    desk.origin.set("/other", "out of order", status=500)
    pass_by(desk, LONG)
    assert "silent_since" in said(desk)


def test_a_source_that_is_rarely_asked_is_not_silent(desk: Desk) -> None:
    week = timedelta(days=7).total_seconds()
    put(desk.mill, polled(f"{desk.origin.url}/feed", every=week))
    work(desk.mill)
    desk.origin.set("/feed", "out of order", status=500)
    pass_by(desk, 1.5 * week)
    assert "silent_since" not in said(desk)
    pass_by(desk, week)
    assert "silent_since" in said(desk)


def test_nobody_is_called_silent_who_is_not_asked_any_more(desk: Desk) -> None:
    put(desk.mill)
    pass_by(desk, LONG)
    assert "silent_since" not in said(desk)
