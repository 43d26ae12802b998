"""When an article's own page is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feeds.model import Exchange, Failure, Hop
from feeds.schedule.pages import RETRIES, TRIES_BEFORE_PUBLISHING, counts, page_retry

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

ASKED = Exchange(hops=(Hop(url="https://publisher.example/1", status=503),))


def wait(failures: int, failure: Failure | None = None) -> float | None:
    """Seconds until the next try."""
    at = page_retry(failures, failure, NOW)
    return None if at is None else (at - NOW).total_seconds()


def test_pages_are_tried_again_after_30_s_2_min_8_min_and_some_more_times() -> None:
    waits = [wait(failures) for failures in range(1, 10)]
    assert waits == [30, 120, 480, 1800, 7200, 28800, 86400, None, None]


def test_an_article_is_published_without_its_body_after_ten_minutes_and_a_half_of_tries() -> None:
    assert TRIES_BEFORE_PUBLISHING == 4
    assert sum(RETRIES[: TRIES_BEFORE_PUBLISHING - 1]) == 630


@pytest.mark.parametrize("error", ["Gone", "Disallowed"])
def test_a_page_that_may_never_be_had_is_not_tried_again(error: str) -> None:
    assert wait(1, Failure(error=error, message="")) is None


@pytest.mark.parametrize(
    ("told", "seconds"),
    [(7200, 7200), (30, 30), (5, 30), (-5, 30)],
    ids=["longer", "as long", "shorter", "in the past"],
)
def test_a_page_is_never_tried_before_its_publisher_said(told: int, seconds: int) -> None:
    until = NOW + timedelta(seconds=told)
    failure = Failure(error="Throttled", message="", status=503, retry_at=until, exchange=ASKED)
    assert wait(1, failure) == seconds


def test_a_publishers_word_gives_no_further_try() -> None:
    failure = Failure(error="Throttled", message="", retry_at=NOW + timedelta(hours=1), exchange=ASKED)
    assert wait(len(RETRIES) + 1, failure) is None


@pytest.mark.parametrize("failures", [0, 7, 500])
def test_a_page_that_was_not_asked_for_since_its_host_asked_for_time_is_no_failed_try(failures: int) -> None:
    failure = Failure(error="Throttled", message="", retry_at=NOW + timedelta(hours=1))
    assert not counts(failure)
    assert wait(failures, failure) == 3600


@pytest.mark.parametrize("failures", [0, 1, 4, len(RETRIES), len(RETRIES) + 1, 500])
def test_a_page_that_our_own_network_kept_us_from_is_tried_every_five_minutes_for_ever(failures: int) -> None:
    assert wait(failures, Failure(error="OwnNetwork", message="no route")) == 300


def test_every_other_failure_is_a_try() -> None:
    assert not counts(Failure(error="OwnNetwork", message=""))
    assert counts(Failure(error="Unreachable", message=""))
    assert counts(None)
