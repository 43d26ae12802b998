"""Three weeks of polling against real servers: no request sooner, oftener or fuller than promised.

The simulation runs once; the tests look at the publishers' own logs, joined with the simulated time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from feeds.crawl import Health, Reason
from feeds.model import Article, Stage
from feeds.pipeline.dispatch import claim
from feeds.store.store import Store, open_store
from tests.flow.weeks import (
    BUSY,
    DAY,
    HOUR,
    SCENES,
    TEN_HOURS,
    VALIDATORS,
    Asked,
    World,
    followed,
    gaps,
    hanging_up,
    keeping,
    own_pace,
    plain,
    times,
    world_over,
)
from tests.mills import NOW, milling, put
from tests.places import PREFIX
from worker.folder import Folder

pytestmark = pytest.mark.flow

DAYS = 23
"""The simulation ends before day 24, on which the whole of everything would be asked for again."""
SPREAD = 60.0
"""Seconds over which those are spread that are held to one moment."""


@dataclass(frozen=True, slots=True)
class Weeks:
    """What there is to look at after the simulation."""

    log: tuple[Asked, ...]
    closing: tuple[datetime, ...]
    healths: Mapping[str, Health]
    articles: tuple[Article, ...]

    def to(self, name: str) -> list[Asked]:
        """The requests for ``/name``."""
        return [asked for asked in self.log if asked.path == f"/{name}"]


@pytest.fixture(scope="module")
def weeks(redis_folder: Folder) -> Weeks:
    """All of them polled for three weeks."""
    store = open_store(redis_folder.url, prefix="weeks:")
    try:
        with world_over(store) as world, hanging_up(world.clock, (2, 8)) as (url, closing):
            sources = [source for scene in SCENES for source in scene(world)]
            put(world.mill, *sources, followed("closing", url, every=2 * HOUR))
            world.live(DAYS * DAY)
            healths = {row.source.id: row.health for row in store.sources.rows()}
            articles = tuple(store.articles.newest("news", 1000))
            return Weeks(tuple(world.log), tuple(closing), healths, articles)
    finally:
        store.close()


def after(asked: list[Asked], day: float) -> list[Asked]:
    """Those from a day of the simulation on."""
    return [one for one in asked if one.day >= day]


def assert_between(found: list[float], least: float, most: float) -> None:
    """All of these gaps are in bounds, and there are some."""
    assert found
    assert least <= min(found)
    assert max(found) <= most


# ── steady sources ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", VALIDATORS)
def test_the_whole_is_asked_for_once_and_again_after_each_eight_days_of_304(weeks: Weeks, name: str) -> None:
    asked = weeks.to(name)
    whole = [one.day for one in asked if not one.is_conditional]
    assert whole[0] == 0
    assert len(whole) == 3
    assert_between([later - sooner for sooner, later in pairwise(whole)], 8, 8 + 6.6 / 24)
    assert [one.status for one in asked] == [304 if one.is_conditional else 200 for one in asked]
    assert len(asked) == pytest.approx(DAYS * 4 / own_pace(name), abs=1)


@pytest.mark.parametrize("name", VALIDATORS)
def test_validators_come_back_to_the_byte_both_of_them(weeks: Weeks, name: str) -> None:
    conditional = [one.headers for one in weeks.to(name) if one.is_conditional]
    returned = {(one.get("if-none-match"), one.get("if-modified-since")) for one in conditional}
    assert returned == {VALIDATORS[name]}


def test_what_a_server_hides_behind_304_by_mistake_is_found_after_eight_days(weeks: Weeks) -> None:
    [story] = [one for one in weeks.articles if one.source_id == "stuck" and one.published < NOW]
    assert 8 <= (story.first_seen_at - NOW) / timedelta(days=1) <= 8.3


def test_nobody_is_asked_sooner_than_the_catalogue_says(weeks: Weeks) -> None:
    for name in (*VALIDATORS, "no-cache", "stuck"):
        assert_between(gaps(times(weeks.to(name))), 0.9 * 6 * HOUR, 1.1 * 6 * HOUR)


# ── freshness ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "hold"),
    [
        ("max-age", 6 * HOUR),
        ("aged", 5 * HOUR),
        ("expires", 6 * HOUR - 1),
        ("ttl", 12 * HOUR),
        ("year", 7 * DAY),
    ],
    ids=["max-age", "max-age less Age", "Expires, to the second", "ttl", "a year is a week"],
)
def test_an_answer_is_not_asked_for_again_while_it_is_fresh(weeks: Weeks, name: str, hold: float) -> None:
    assert_between(gaps(times(weeks.to(name))), hold, hold + SPREAD + 1)


def test_no_cache_holds_nobody_back(weeks: Weeks) -> None:
    assert len(weeks.to("no-cache")) == pytest.approx(DAYS * 4 / own_pace("no-cache"), abs=1)


def test_hours_and_days_that_a_feed_wants_to_be_left_alone_are_kept(weeks: Weeks) -> None:
    asked = [one.at.astimezone(UTC) for one in weeks.to("nightly")[1:]]
    assert {at.hour for at in asked} <= set(range(6, 24))
    assert {at.weekday() for at in asked} == set(range(6))


# ── throttling ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("name", "beside"), [("busy", "beside-busy"), ("strict", "beside-strict")])
def test_a_retry_after_is_kept_to_the_second(weeks: Weeks, name: str, beside: str) -> None:
    asked = weeks.to(name)
    waits = [gap for one, gap in zip(asked[:-1], gaps(times(asked)), strict=True) if one.status in (429, 503)]
    assert len(waits) == 2
    # A date has whole seconds only.
    assert_between(waits, TEN_HOURS - 1, TEN_HOURS + SPREAD)
    assert weeks.healths[name].failures == 0
    assert_between(gaps(times(after(asked, 11))), 2.7 * HOUR, 3.3 * HOUR)


def test_too_many_requests_hold_back_the_whole_host_and_unavailable_does_not(weeks: Weeks) -> None:
    throttled, unavailable = (one for one in weeks.to("busy") if one.status in (429, 503))
    on_the_host = [one.at for one in weeks.log if one.host == BUSY]
    afterwards = next(at for at in on_the_host if at > throttled.at)
    assert TEN_HOURS <= (afterwards - throttled.at).total_seconds() <= TEN_HOURS + SPREAD
    beside = times(after(weeks.to("beside-busy"), unavailable.day - 1))
    assert_between(gaps(beside), 1.8 * HOUR, 2.2 * HOUR)


def test_a_retry_after_of_one_address_holds_back_no_other(weeks: Weeks) -> None:
    assert_between(gaps(times(weeks.to("beside-strict"))), 1.8 * HOUR, 2.2 * HOUR)


def test_a_retry_after_of_a_month_is_believed_for_a_week(weeks: Weeks) -> None:
    longest = max(gaps(times(weeks.to("month"))))
    assert 7 * DAY <= longest <= 7 * DAY + SPREAD


# ── failures ────────────────────────────────────────────────────────────────────────────────────


def apart(moments: list[datetime], name: str, *hours: float) -> None:
    """Moments are so many hours apart, the last of them repeated, moved by the source's own spread."""
    found = gaps(moments)
    wanted = [*hours, *[hours[-1]] * len(found)][: len(found)]
    assert found == pytest.approx([hour * HOUR * own_pace(name) for hour in wanted], abs=1)


def test_failures_double_the_wait_up_to_a_day_and_success_ends_that(weeks: Weeks) -> None:
    asked = weeks.to("broken")
    failed = [one for one in asked if one.status == 500]
    recovered = after(asked, 8)
    apart(times([*failed, recovered[0]]), "broken", 4, 8, 16, 24)
    apart(times(recovered), "broken", 2)
    assert (len(failed), failed[0].is_conditional) == (8, True)
    assert recovered[0].day <= 9.1
    assert recovered[-1].day > DAYS - 0.1


def test_a_server_that_hangs_up_is_a_failure_like_any_other(weeks: Weeks) -> None:
    begin, end = (NOW + timedelta(days=day) for day in (2, 8))
    failed = [at for at in weeks.closing if begin <= at < end]
    recovered = [at for at in weeks.closing if at >= end]
    apart([*failed, recovered[0]], "closing", 4, 8, 16, 24)
    apart(recovered, "closing", 2)
    assert len(failed) == 8
    assert weeks.healths["closing"].failures == 0


def test_what_was_never_there_is_asked_for_every_day_and_never_given_up(weeks: Weeks) -> None:
    asked = weeks.to("missing")
    apart(times(asked), "missing", 4, 8, 16, 24)
    assert asked[-1].day > DAYS - 1.1
    assert weeks.healths["missing"].failures == len(asked)


def test_after_410_there_is_no_request(weeks: Weeks) -> None:
    assert [one.status for one in weeks.to("never-was")] == [410]
    over = weeks.to("over")
    assert [one.status for one in over if one.status not in (200, 304)] == [410]
    assert over[-1].status == 410
    assert 5 <= over[-1].day <= 5.3
    assert weeks.healths["over"].gone


# ── moves ───────────────────────────────────────────────────────────────────────────────────────


def test_a_move_is_adopted_after_three_days_and_then_looked_after_every_eight(weeks: Weeks) -> None:
    days = [one.day for one in weeks.to("moved")]
    first, later = [day for day in days if day < 4], [day for day in days if day >= 4]
    assert 3 <= first[-1] <= 3.3
    assert_between(gaps(times(weeks.to("moved")[: len(first)])), 5.4 * HOUR, 6.6 * HOUR)
    assert len(later) == 2
    adopted = first[-1]
    assert_between([day - adopted - 8 * number for number, day in enumerate(later, 1)], 0, 0.6)
    address = weeks.healths["moved"].address
    assert address is not None
    assert (address.reason, address.adopted, address.since) == (Reason.MOVED, True, NOW)


def test_an_address_that_ends_its_redirects_is_not_the_end(weeks: Weeks) -> None:
    """A publisher moves on day 0 and switches the old site off on day 6: 410 there, and all is well."""
    old = [one for one in weeks.to("left") if one.day >= 4]
    assert [one.status for one in old] == [410, 410]
    assert_between(gaps(times(old)), 8 * DAY, 8.6 * DAY)
    health = weeks.healths["left"]
    assert (health.failures, health.gone, health.outcome) == (0, False, "unchanged")
    # The poll that went to the old address is missing.
    assert_between(gaps(times(weeks.to("left-to"))), 5.4 * HOUR, 2 * 6.6 * HOUR)
    assert weeks.to("left-to")[-1].day > DAYS - 0.3


def test_a_temporary_redirect_is_followed_and_never_believed(weeks: Weeks) -> None:
    assert_between(gaps(times(weeks.to("for-now"))), 5.4 * HOUR, 6.6 * HOUR)
    assert len(weeks.to("elsewhere")) == len(weeks.to("for-now"))
    assert weeks.healths["for-now"].address is None


def test_a_move_that_is_taken_back_is_noticed_within_eight_days_of_its_adoption(weeks: Weeks) -> None:
    asked = weeks.to("back")
    assert len(after(asked, 11.9)) > 40  # eight days after it was adopted on the fourth
    assert after(weeks.to("tried-out"), 11.9) == []
    assert weeks.healths["back"].address is None


def test_a_page_that_names_its_feed_is_asked_for_once_in_eight_days(weeks: Weeks) -> None:
    days = [one.day for one in weeks.to("page")]
    assert len(days) == 3
    assert_between([later - sooner for sooner, later in pairwise(days)], 8, 8.3)
    health = weeks.healths["page"]
    assert health.address is not None
    assert (health.address.reason, health.outcome, health.failures) == (Reason.DISCOVERED, "unchanged", 0)


def test_a_dead_feed_that_leads_home_where_it_is_still_named_is_no_circle(weeks: Weeks) -> None:
    apart(times(weeks.to("dead")), "dead", 12, 24)
    assert weeks.healths["dead"].error == "NotAFeed"


# ── rhythm ──────────────────────────────────────────────────────────────────────────────────────


def test_a_publisher_with_a_post_every_six_hours_is_asked_every_three(weeks: Weeks) -> None:
    found = gaps(times(weeks.to("regular")))
    assert found == pytest.approx([3 * HOUR * own_pace("regular")] * len(found), abs=1)
    posts = [one for one in weeks.articles if one.source_id == "regular" and one.published > NOW]
    assert len(posts) == pytest.approx(DAYS * 4, abs=1)
    assert max(one.first_seen_at - one.published for one in posts) <= timedelta(hours=3.3)


def test_a_publisher_that_falls_asleep_is_asked_less_and_less(weeks: Weeks) -> None:
    asked = weeks.to("sleeper")
    awake = [one for one in asked if one.day < 5]
    asleep = gaps(times(asked[len(awake) :]))
    assert_between(gaps(times(awake)), 2.7 * HOUR, 3.3 * HOUR)
    assert all(sooner <= later + 1 for sooner, later in pairwise(asleep))
    assert asleep[-1] == pytest.approx(DAY * own_pace("sleeper"), abs=1)
    assert len([one for one in asked if one.day >= DAYS - 7]) <= 8


def test_without_dates_silence_stretches_the_interval_by_half_up_to_a_day(weeks: Weeks) -> None:
    found = gaps(times(weeks.to("undated")))
    waits = [min(900 * 1.5**number, DAY) * own_pace("undated") for number in range(len(found))]
    assert found == pytest.approx(waits, abs=1)


# ── a restart ───────────────────────────────────────────────────────────────────────────────────

MANY = 24
APART = 30.0
"""Seconds between two requests to the one domain that all of them are on."""


@pytest.fixture
def restarted(store: Store, redis_folder: Folder) -> Iterator[tuple[World, datetime]]:
    """A system that is killed at work after two days, and comes up after two more; and when it does."""
    with world_over(store) as world:
        sources = [
            followed(f"at-{number}", world.serve(f"/at-{number}", keeping(plain(), '"a"')), spacing=APART)
            for number in range(MANY)
        ]
        put(world.mill, *sources)
        world.live(2 * DAY)
        kill_at_work(world)
        down = world.clock() + timedelta(days=2)
        again = open_store(redis_folder.url, prefix=PREFIX)
        with milling(again) as (mill, clock):
            clock.at = down
            world.carry_on(mill, clock)
            again.claims.release_all(down)
            assert put(mill, *sources).unchanged == MANY
            world.live(DAY)
            yield world, down
        again.close()


def kill_at_work(world: World) -> None:
    """The next source is asked and its answer never kept: its worker is gone."""
    due = world.mill.store.claims.next_due([Stage.FETCH], world.clock())
    assert due is not None
    world.clock.at = due
    [one] = claim(world.mill, Stage.FETCH, 10)
    assert world.mill.start(Stage.FETCH, one.hint) is not None


def test_after_a_restart_each_source_is_asked_once_and_soon(restarted: tuple[World, datetime]) -> None:
    world, up = restarted
    soon = [one for one in world.log if up <= one.at < up + timedelta(hours=5)]
    assert sorted(one.path for one in soon) == sorted(f"/at-{number}" for number in range(MANY))
    assert soon[0].at == up
    assert soon[-1].at <= up + timedelta(seconds=MANY * APART)
    assert all(one.is_conditional and one.status == 304 for one in soon)


def test_a_restart_is_no_storm(restarted: tuple[World, datetime]) -> None:
    world, up = restarted
    assert min(gaps(times(world.log))) >= APART
    for number in range(MANY):
        after_it = [one.at for one in world.to(f"/at-{number}") if one.at >= up]
        pace = 6 * HOUR * own_pace(f"at-{number}")
        assert_between(gaps(after_it), pace - 1, pace + MANY * APART)
