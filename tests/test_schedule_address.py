"""Where a source is asked for: moves are believed after days, and looked after for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from feeds.crawl import Address, Health, Reason
from feeds.model import Exchange, Failure, Hop, Validators
from feeds.schedule.address import (
    AGREEMENT,
    FULL_EVERY,
    address_of,
    after_answer,
    after_discovery,
    after_trouble,
    conditions_of,
    is_full_due,
    is_own_trouble,
    refused_after,
)
from feeds.schedule.outcomes import after_failure
from tests import make

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
OLD, NEW, NEWER = (f"https://publisher.example/{name}.xml" for name in ("old", "new", "newer"))
SOURCE = make.source(url=OLD)
MOVED = Address(url=NEW, reason=Reason.MOVED, since=NOW, checked_at=NOW)
ADOPTED = Address(url=NEW, reason=Reason.MOVED, since=NOW, adopted=True, checked_at=NOW)
FOUND = Address(url=NEW, reason=Reason.DISCOVERED, since=NOW, adopted=True, checked_at=NOW)
VALIDATORS = Validators(etag='W/"a"', last_modified="yesterday", digest="d")
A_SECOND = timedelta(seconds=1)


def through(*hops: tuple[str, int | None]) -> Exchange:
    return Exchange(hops=tuple(Hop(url=url, status=status) for url, status in hops))


def failing(error: str = "BadStatus", status: int | None = 500) -> Failure:
    return Failure(error=error, message="", status=status)


# ── where to ask, under what conditions ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("address", "url"), [(None, OLD), (MOVED, OLD), (ADOPTED, NEW), (FOUND, NEW)], ids=lambda value: None
)
def test_only_an_adopted_address_is_asked(address: Address | None, url: str) -> None:
    assert address_of(SOURCE, Health(address=address), NOW) == url


def test_after_eight_days_of_304_the_whole_is_asked_for_at_the_own_address() -> None:
    assert timedelta(days=8) == FULL_EVERY
    health = Health(address=ADOPTED, validators=VALIDATORS, full_at=NOW)
    just_before, then = NOW + FULL_EVERY - A_SECOND, NOW + FULL_EVERY
    assert (address_of(SOURCE, health, just_before), address_of(SOURCE, health, then)) == (NEW, OLD)
    assert conditions_of(health, just_before) == VALIDATORS
    assert conditions_of(health, then) == Validators(digest="d")


def test_a_source_that_never_came_whole_is_not_due_for_that() -> None:
    assert not is_full_due(Health(), NOW)
    assert conditions_of(Health(validators=VALIDATORS), NOW) == VALIDATORS


# ── permanent redirects ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [301, 308])
def test_a_permanent_redirect_is_adopted_after_three_days(status: int) -> None:
    assert timedelta(days=3) == AGREEMENT
    exchange = through((OLD, status), (NEW, 200))
    first = after_answer(SOURCE, Health(), exchange, NOW)
    assert first == MOVED
    health = Health(address=first)
    just_before, then = NOW + AGREEMENT - A_SECOND, NOW + AGREEMENT
    assert after_answer(SOURCE, health, exchange, just_before) == replace(MOVED, checked_at=just_before)
    assert after_answer(SOURCE, health, exchange, then) == replace(ADOPTED, checked_at=then)


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_temporary_redirect_is_never_adopted(status: int) -> None:
    exchange = through((OLD, status), (NEW, 200))
    assert after_answer(SOURCE, Health(), exchange, NOW) is None
    assert after_answer(SOURCE, Health(address=MOVED), exchange, NOW + AGREEMENT) is None
    assert after_answer(SOURCE, Health(address=ADOPTED), exchange, NOW + AGREEMENT) is None


def test_only_the_permanent_redirects_at_the_start_count() -> None:
    exchange = through((OLD, 301), (NEW, 308), (NEWER, 302), ("https://cdn.example/1", 200))
    found = after_answer(SOURCE, Health(), exchange, NOW)
    assert found is not None
    assert found.url == NEWER


def test_a_move_to_another_place_begins_anew() -> None:
    then = NOW + timedelta(days=2)
    found = after_answer(SOURCE, Health(address=MOVED), through((OLD, 301), (NEWER, 304)), then)
    assert found == Address(url=NEWER, reason=Reason.MOVED, since=then, checked_at=then)


def test_a_move_that_is_taken_back_is_forgotten() -> None:
    own = through((OLD, 200))
    assert after_answer(SOURCE, Health(address=MOVED), own, NOW) is None
    assert after_answer(SOURCE, Health(address=ADOPTED), own, NOW) is None


def test_an_adopted_address_says_nothing_of_itself() -> None:
    health = Health(address=ADOPTED)
    later = NOW + timedelta(days=1)
    assert after_answer(SOURCE, health, through((NEW, 304)), later) == ADOPTED
    assert after_answer(SOURCE, health, through((NEW, 301), (NEWER, 200)), later) == ADOPTED


def test_the_own_address_confirms_what_was_adopted() -> None:
    exchange = through((OLD, 301), (NEW, 200))
    later = NOW + FULL_EVERY
    confirmed = after_answer(SOURCE, Health(address=ADOPTED), exchange, later)
    assert confirmed == replace(ADOPTED, checked_at=later)


def test_the_own_address_is_asked_again_however_much_news_an_adopted_one_has() -> None:
    just_before, then = NOW + FULL_EVERY - A_SECOND, NOW + FULL_EVERY
    health = Health(address=ADOPTED, full_at=just_before)
    assert address_of(SOURCE, health, just_before) == NEW
    assert address_of(SOURCE, health, then) == OLD
    assert conditions_of(replace(health, validators=VALIDATORS), then).etag is None


def test_a_circle_of_redirects_is_no_move() -> None:
    exchange = through((OLD, 301), (NEW, 301), (OLD, 200))
    assert after_answer(SOURCE, Health(), exchange, NOW) is None


def test_an_address_that_holds_a_secret_never_moves() -> None:
    url = "https://publisher.example/${secret.KEY}"
    exchange = through((url, 301), (NEW, 200))
    assert after_answer(make.source(url=url), Health(), exchange, NOW) is None


def test_a_folder_has_no_redirects() -> None:
    assert after_answer(SOURCE, Health(), Exchange(), NOW) is None


# ── discovery ───────────────────────────────────────────────────────────────────────────────────


def test_the_first_feed_a_page_names_is_asked_at_once() -> None:
    assert after_discovery(Health(), (NEW, NEWER), NOW) == FOUND


def test_a_failure_of_another_kind_changes_nothing_of_which_feed_is_taken() -> None:
    assert after_discovery(Health(failures=7), (NEW, NEWER), NOW).url == NEW
    assert after_discovery(Health(failures=7, address=FOUND), (NEWER, NEW), NOW).url == NEW


def test_a_named_feed_that_was_none_comes_after_all_others() -> None:
    tried, health = [], Health()
    for _ in range(4):
        found = after_discovery(health, (NEW, NEWER), NOW)
        tried.append(found.url)
        health = Health(refused=refused_after(replace(health, address=found), None))
    assert tried == [NEW, NEWER, NEW, NEW]


def test_a_feed_that_is_named_again_stays_what_it_was() -> None:
    later = NOW + FULL_EVERY
    assert after_discovery(Health(address=FOUND), (NEW,), later) == replace(FOUND, checked_at=later)
    assert after_discovery(Health(address=FOUND), (NEWER,), later).url == NEWER
    assert after_discovery(Health(address=MOVED), (NEW,), later).reason is Reason.DISCOVERED


# ── trouble ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("address", [ADOPTED, FOUND], ids=["moved", "discovered"])
def test_an_adopted_address_is_given_up_at_its_third_failure(address: Address) -> None:
    kept = [after_trouble(Health(address=address, failures=before), failing()) for before in range(3)]
    assert kept == [address, address, None]


@pytest.mark.parametrize(
    "failure",
    [
        failing("BadStatus", 404),
        failing("Gone", 410),
        failing("NotAFeed", None),
        failing("BotWall", None),
        failing("UnsafeURL", None),
        failing("Disallowed", None),
    ],
    ids=["404", "410", "no feed", "a wall", "unsafe", "robots"],
)
def test_an_adopted_address_that_says_what_it_is_is_given_up_at_once(failure: Failure) -> None:
    assert after_trouble(Health(address=ADOPTED), failure) is None


@pytest.mark.parametrize("error", ["OwnNetwork", "SecretMissing"])
def test_what_is_our_own_fault_is_not_the_addresses(error: str) -> None:
    health = Health(address=ADOPTED, failures=9)
    assert after_trouble(health, failing(error, None)) == ADOPTED


def test_an_address_that_is_not_asked_yet_is_not_given_up() -> None:
    assert after_trouble(Health(address=MOVED, failures=9), failing("Gone", 410)) == MOVED
    assert after_trouble(Health(), failing("Gone", 410)) is None


@pytest.mark.parametrize(
    "failure",
    [
        failing("BadStatus", 404),
        failing("Gone", 410),
        failing("NotAFeed", None),
        failing("Unreachable", None),
    ],
    ids=["404", "410", "no feed", "no answer"],
)
@pytest.mark.parametrize("failures", [0, 7])
def test_what_the_own_address_says_is_not_held_against_the_adopted_one(
    failure: Failure, failures: int
) -> None:
    """A publisher moves and, after a while, ends its redirects: the feed is where it was moved to."""
    checked = replace(ADOPTED, checked_at=NOW - FULL_EVERY)
    health = Health(address=checked, failures=failures, interval=3600.0)
    assert address_of(SOURCE, health, NOW) == OLD
    failed = replace(failure, exchange=through((OLD, failure.status)))
    assert is_own_trouble(SOURCE, health, failed)
    after, due_at = after_failure(SOURCE, health, failed, now=NOW)
    assert (after.address, after.failures) == (replace(checked, checked_at=NOW), failures)
    assert due_at is not None
    assert address_of(SOURCE, after, due_at) == NEW


def test_what_kept_us_from_the_own_address_is_no_answer_of_it() -> None:
    health = Health(address=replace(ADOPTED, checked_at=NOW - FULL_EVERY))
    failed = replace(failing("OwnNetwork", None), exchange=through((OLD, None)))
    assert not is_own_trouble(SOURCE, health, failed)
    after, _ = after_failure(SOURCE, health, failed, now=NOW)
    assert address_of(SOURCE, after, NOW) == OLD
