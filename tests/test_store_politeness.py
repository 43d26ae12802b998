"""Politeness, kept where all workers meet: holds, Crawl-delay, spacing, slots, charges, robots.txt."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import redis

from feeds.crawl import Health, Outcome, Robots
from feeds.model import Stage
from feeds.store.claims import PAGE_HORIZON, PATIENCE, QUEUE_LEASE, Hint
from feeds.store.connection import milliseconds, moment
from feeds.store.keys import Keys
from feeds.store.plan import Finish, PageEnd, Plan, SourceEnd
from feeds.store.store import Store, open_store
from tests import make
from tests.places import PREFIX
from worker.folder import Folder

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
KEYS = Keys(PREFIX)
LEASE = 35.0
SITE = "http://www.city.example:80"


def after(seconds: float) -> datetime:
    """The moment so many seconds from NOW."""
    return NOW + timedelta(seconds=seconds)


def origin(host: str = "www.city.example", *, slots: int = 9, spacing: int = 0, robots: int = 0) -> str:
    """An origin of the domain city.example as origins.py spells it; spacing in ms."""
    return f"city.example {slots} {spacing} {host} {robots}"


def due(client: redis.Redis, where: str, *members: str, stage: Stage = Stage.FETCH, at: float = 0) -> None:
    """Make members of one origin due."""
    for member in members:
        client.hset(KEYS.origins(stage), member, where)
        client.zadd(KEYS.due(stage), {member: milliseconds(after(at))})


def claimed(store: Store, at: float, *, stage: Stage = Stage.FETCH) -> list[str]:
    return [claim.member for claim in store.claims.claim(stage, 100, after(at))]


def started(store: Store, at: float, *, stage: Stage = Stage.FETCH) -> list[tuple[Hint, float]]:
    """Claim what is due and start it; the hints, with the seconds after NOW at which each may begin."""
    hints = [claim.hint for claim in store.claims.claim(stage, 100, after(at))]
    begun = store.claims.start_all(stage, hints, after(at), lease=LEASE)
    return [(hint, (begin - NOW).total_seconds()) for hint, begin in begun]


def polled(store: Store, hint: Hint, at: float = 0, **more: object) -> Plan:
    """The end of a poll that makes its source due in an hour."""
    end = SourceEnd(Health(), after(at + 3600))._replace(**more)
    return store.plans.polled(Stage.FETCH, hint, end, after(at))


# ── holds ───────────────────────────────────────────────────────────────────────────────────────


def hold(store: Store, name: str, until: float) -> None:
    """Somebody is told to leave a host or domain alone."""
    hint = store.claims.grant(Stage.FETCH, "told", NOW)
    store.finish(polled(store, hint, holds={name: after(until)}))


def test_a_held_host_is_left_alone_and_its_members_are_due_when_that_is_over(
    store: Store, client: redis.Redis
) -> None:
    due(client, origin("a.city.example"), "a")
    due(client, origin("b.city.example"), "b")
    hold(store, "host:a.city.example", 600)
    assert claimed(store, 0) == ["b"]
    assert client.zscore(KEYS.due(Stage.FETCH), "a") == milliseconds(after(600))
    assert claimed(store, 599.999) == ["b"]
    assert claimed(store, 600) == ["a"]


def test_a_held_domain_holds_all_its_hosts_and_no_other_domain(store: Store, client: redis.Redis) -> None:
    due(client, origin("a.city.example"), "a")
    due(client, origin("b.city.example"), "b")
    due(client, "town.example 2 0 a.town.example 0", "other")
    hold(store, "domain:city.example", 600)
    assert claimed(store, 0) == ["other"]
    assert sorted(claimed(store, 600)) == ["a", "b", "other"]


def test_a_shorter_hold_does_not_cut_a_longer_one_short(store: Store, client: redis.Redis) -> None:
    due(client, origin(), "a")
    hold(store, "host:www.city.example", 600)
    hold(store, "host:www.city.example", 60)
    assert claimed(store, 599) == []
    assert claimed(store, 600) == ["a"]


def test_a_held_page_is_claimed_so_that_its_step_can_publish_the_article(
    store: Store, client: redis.Redis
) -> None:
    due(client, origin(robots=1), "article", stage=Stage.PAGE)
    hold(store, "host:www.city.example", 600)
    assert claimed(store, 0, stage=Stage.PAGE) == ["article"]
    assert store.claims.held_until("https://www.city.example/1") == NOW + timedelta(seconds=600)
    assert store.claims.held_until("https://other.city.example/1") is None


def test_a_page_that_was_told_to_wait_holds_the_polls_of_its_host(store: Store, client: redis.Redis) -> None:
    due(client, origin(), "a")
    hint = store.claims.grant(Stage.PAGE, "article", NOW)
    end = PageEnd("article", 1, after(600), None, holds={"host:www.city.example": after(600)})
    store.finish(store.plans.page_failed(Stage.PAGE, hint, None, end, NOW))
    assert claimed(store, 599) == []
    assert claimed(store, 600) == ["a"]


def test_a_hold_that_is_over_leaves_no_key(store: Store, client: redis.Redis) -> None:
    hold(store, "host:www.city.example", -1)
    hold(store, "domain:city.example", 0.05)
    time.sleep(0.1)
    assert client.keys(f"{PREFIX}hold:*") == []


def test_a_member_that_is_held_gives_its_reserved_time_away(store: Store, client: redis.Redis) -> None:
    due(client, origin(spacing=1000), "a", "b")
    [(_, first)] = started(store, 0)
    assert first == 0
    assert client.hlen(KEYS.reserved(Stage.FETCH)) == 1
    hold(store, "domain:city.example", 600)
    assert claimed(store, 1) == []
    assert client.hlen(KEYS.reserved(Stage.FETCH)) == 0
    assert len(claimed(store, 600)) == 1


# ── Crawl-delay ─────────────────────────────────────────────────────────────────────────────────


def crawl_delay(client: redis.Redis, seconds: float, host: str = "www.city.example") -> None:
    client.set(KEYS.delay(host), round(seconds * 1000))


def begun(store: Store, stage: Stage, until: float) -> list[float]:
    """When the due members of a stage may begin, with dispatch and workers that are never late."""
    moments: list[float] = []
    for tick in range(round(until * 2)):
        moments += [at for _, at in started(store, tick / 2, stage=stage)]
    return moments


@pytest.mark.parametrize(("robots", "apart"), [(1, 4.0), (0, 1.0)], ids=["heeds", "does not"])
def test_crawl_delay_widens_the_spacing_of_those_who_heed_robots_txt(
    store: Store, client: redis.Redis, robots: int, apart: float
) -> None:
    due(client, origin(spacing=1000, robots=robots), *"abc", stage=Stage.PAGE)
    crawl_delay(client, 4)
    assert begun(store, Stage.PAGE, 12) == [0, apart, 2 * apart]


def test_crawl_delay_never_narrows_the_spacing(store: Store, client: redis.Redis) -> None:
    due(client, origin(spacing=3000, robots=1), *"abc", stage=Stage.PAGE)
    crawl_delay(client, 0.5)
    assert begun(store, Stage.PAGE, 12) == [0, 3, 6]


def test_crawl_delay_is_of_its_own_host_only(store: Store, client: redis.Redis) -> None:
    due(client, origin("b.city.example", spacing=1000, robots=1), *"abc", stage=Stage.PAGE)
    crawl_delay(client, 60, "a.city.example")
    assert begun(store, Stage.PAGE, 4) == [0, 1, 2]


def test_crawl_delay_spaces_what_has_no_spacing_of_its_own(store: Store, client: redis.Redis) -> None:
    due(client, origin(spacing=0, robots=1), *"abc", stage=Stage.PAGE)
    crawl_delay(client, 2)
    assert begun(store, Stage.PAGE, 6) == [0, 2, 4]


def test_pages_reserve_no_further_ahead_than_the_horizon(store: Store, client: redis.Redis) -> None:
    due(client, origin(spacing=1000, robots=1), *"abcdef", stage=Stage.PAGE)
    crawl_delay(client, 300)
    assert len(claimed(store, 0, stage=Stage.PAGE)) == 1
    latest = max(score for _, score in client.zrange(KEYS.due(Stage.PAGE), 0, -1, withscores=True))
    assert latest <= milliseconds(after(max(PAGE_HORIZON, QUEUE_LEASE)))


@pytest.mark.parametrize("host", ["www.city.example", "feeds.city.example"])
@pytest.mark.parametrize("delay", [5, 10, 300])
def test_a_poll_waits_for_no_crawl_delay_of_pages(
    store: Store, client: redis.Redis, delay: float, host: str
) -> None:
    due(
        client,
        origin(spacing=1000, robots=1),
        *(f"article-{number}" for number in range(40)),
        stage=Stage.PAGE,
    )
    crawl_delay(client, delay)
    assert len(started(store, 0, stage=Stage.PAGE)) == 1
    due(client, origin(host, spacing=1000), "poll")
    assert [at for tick in range(8) for _, at in started(store, tick / 4)] == [1.0]


def test_a_page_waits_for_the_crawl_delay_after_pages_and_for_the_spacing_after_polls(
    store: Store, client: redis.Redis
) -> None:
    due(client, origin(spacing=1000), "poll")
    due(client, origin(spacing=1000, robots=1), "a", "b", stage=Stage.PAGE)
    crawl_delay(client, 5)
    assert [at for _, at in started(store, 0)] == [0]
    assert begun(store, Stage.PAGE, 10) == [1, 6]


# ── spacing ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def stores(redis_folder: Folder, store: Store) -> Iterator[tuple[Store, Store]]:
    """Two processes' stores on one Redis."""
    other = open_store(redis_folder.url, prefix=PREFIX)
    yield store, other
    other.close()


class Traffic:
    """Dispatch and workers whose messages take their time; moments are ms after NOW."""

    def __init__(self, stores: tuple[Store, Store], stage: Stage, seed: int, latest: float) -> None:
        self.began: dict[str, list[float]] = {}
        self._stores, self._stage, self._latest = stores, stage, latest
        self._random = random.Random(seed)
        self._queue: list[tuple[float, Hint]] = []
        self._asked: list[tuple[float, Hint]] = []

    def run(self, seconds: float) -> None:
        """A tick each 250 ms: some is finished, what was delivered is started, what is due is claimed."""
        for tick in range(round(seconds * 4)):
            now = tick / 4
            self._finish(now)
            self._start(now)
            for claim in self._any.claims.claim(self._stage, self._random.randint(1, 9), after(now)):
                self._queue.append((now + self._random.random() ** 3 * self._latest, claim.hint))

    @property
    def _any(self) -> Store:
        return self._random.choice(self._stores)

    def _start(self, now: float) -> None:
        arrived = [hint for at, hint in self._queue if at <= now]
        self._queue = [(at, hint) for at, hint in self._queue if at > now]
        self._random.shuffle(arrived)
        cut = self._random.randint(0, len(arrived))
        for batch in (arrived[:cut], arrived[cut:]):
            for hint, begin in self._any.claims.start_all(self._stage, batch, after(now), lease=LEASE):
                at = (begin - NOW).total_seconds()
                assert now <= at <= now + PATIENCE
                self.began.setdefault(hint.member, []).append(at)
                self._asked.append((at + self._random.uniform(0.05, 4), hint))

    def _finish(self, now: float) -> None:
        ended = [hint for at, hint in self._asked if at <= now]
        self._asked = [(at, hint) for at, hint in self._asked if at > now]
        end = SourceEnd(Health(), None)
        plans = [self._any.plans.polled(self._stage, hint, end, after(now)) for hint in ended]
        assert {finished.status for finished in self._any.finish_all(plans)} <= {Finish.DONE}


@pytest.mark.parametrize("latest", [0.0, 3.0, 25.0], ids=["no delays", "short delays", "longer than a lease"])
@pytest.mark.parametrize("slots", [2, 1000])
@pytest.mark.parametrize("seed", range(3))
def test_starts_of_a_domain_are_spaced_whatever_the_queue_does_and_none_is_lost(
    stores: tuple[Store, Store], client: redis.Redis, seed: int, slots: int, latest: float
) -> None:
    members = [f"source-{number}" for number in range(30)]
    for place, member in enumerate(members):
        due(client, origin(f"{place % 3}.city.example", slots=slots, spacing=1000), member)
    traffic = Traffic(stores, Stage.FETCH, seed, latest)
    traffic.run(500)
    moments = sorted(at for times in traffic.began.values() for at in times)
    assert min(later - earlier for earlier, later in pairwise(moments)) >= 0.9995
    assert {member: len(times) for member, times in traffic.began.items()} == dict.fromkeys(members, 1)


@pytest.mark.parametrize("seed", range(3))
def test_pages_of_a_host_keep_its_crawl_delay_whatever_the_queue_does(
    stores: tuple[Store, Store], client: redis.Redis, seed: int
) -> None:
    members = [f"article-{number}" for number in range(12)]
    due(client, origin(slots=3, spacing=500, robots=1), *members, stage=Stage.FETCH)
    crawl_delay(client, 5)
    traffic = Traffic(stores, Stage.FETCH, seed, 8.0)
    traffic.run(300)
    moments = sorted(at for times in traffic.began.values() for at in times)
    assert min(later - earlier for earlier, later in pairwise(moments)) >= 4.9995
    assert sorted(traffic.began) == sorted(members)


def test_what_would_wait_longer_than_patience_is_given_back_as_no_attempt(
    store: Store, client: redis.Redis
) -> None:
    due(client, origin(spacing=1000), *"abcd")
    claims = [one for tick in range(4) for one in store.claims.claim(Stage.FETCH, 9, after(tick))]
    begun = store.claims.start_all(Stage.FETCH, [one.hint for one in claims], after(3), lease=LEASE)
    assert [at for _, at in begun] == [after(3), after(4), after(5)]
    assert claimed(store, 5.999) == []
    [again] = store.claims.claim(Stage.FETCH, 9, after(6))
    assert (again.member, again.attempts) == (claims[3].member, 0)
    assert store.claims.start(Stage.FETCH, claims[3].hint, after(6), lease=LEASE) is None
    [(_, at)] = store.claims.start_all(Stage.FETCH, [again.hint], after(6), lease=LEASE)
    assert at == after(6)


def test_what_is_given_back_gives_its_slot_back(store: Store, client: redis.Redis) -> None:
    due(client, origin(spacing=3000, slots=2), "a", "b")
    due(client, origin(spacing=0, slots=2), "c", at=3)
    first = store.claims.claim(Stage.FETCH, 9, NOW)
    [second] = [one for one in store.claims.claim(Stage.FETCH, 1, after(3)) if one.member != "c"]
    hints = [one.hint for one in (*first, second)]
    assert len(store.claims.start_all(Stage.FETCH, hints, after(3), lease=LEASE)) == 1
    assert claimed(store, 3) == ["c"]


def test_the_lease_of_work_that_begins_later_begins_later(store: Store, client: redis.Redis) -> None:
    due(client, origin(spacing=1000, slots=2), "a", "b")
    claims = [one.hint for tick in range(2) for one in store.claims.claim(Stage.FETCH, 9, after(tick))]
    store.claims.start_all(Stage.FETCH, claims, after(1), lease=LEASE)
    scores = sorted(score for _, score in client.zrange(KEYS.due(Stage.FETCH), 0, -1, withscores=True))
    assert scores == [milliseconds(after(1 + LEASE)), milliseconds(after(2 + LEASE))]


# ── charges ─────────────────────────────────────────────────────────────────────────────────────


def test_redirects_push_back_the_next_claim_and_start_of_the_domain(
    store: Store, client: redis.Redis
) -> None:
    due(client, origin(spacing=1000), "a")
    [(hint, _)] = started(store, 0)
    assert store.finish(polled(store, hint, charged={"city.example": 3000})).status is Finish.DONE
    due(client, origin(spacing=1000), "b", at=1)
    moments = [(tick / 4, at) for tick in range(4, 32) for _, at in started(store, tick / 4)]
    assert moments == [(4.0, 4.0)]


def test_a_charge_while_a_hint_is_on_its_way_holds_back_the_start(store: Store, client: redis.Redis) -> None:
    due(client, origin(spacing=1000), "a", "b")
    [(hint, _)] = started(store, 0)
    [claim] = store.claims.claim(Stage.FETCH, 9, after(1))
    store.finish(polled(store, hint, 1, charged={"city.example": 1000}))
    [(_, at)] = store.claims.start_all(Stage.FETCH, [claim.hint], after(1), lease=LEASE)
    assert at == after(2)


def test_another_domain_is_charged_where_the_redirect_leads(store: Store, client: redis.Redis) -> None:
    due(client, origin(spacing=1000), "a")
    due(client, "town.example 9 1000 town.example 0", "b", at=1)
    [(hint, _)] = started(store, 0)
    store.finish(polled(store, hint, 1, charged={"town.example": 2000}))
    assert claimed(store, 2.999) == []
    assert claimed(store, 3) == ["b"]


# ── slots ───────────────────────────────────────────────────────────────────────────────────────


class Flights:
    """Claims, starts and ends at random; ``live`` is token → ms until which its holder may be asking."""

    def __init__(self, store: Store, seed: int) -> None:
        self.live: dict[str, int] = {}
        self.now = milliseconds(NOW)
        self._store = store
        self._random = random.Random(seed)
        self._claimed: list[Hint] = []
        self._started: list[Hint] = []

    def step(self) -> None:
        """One random thing happens, after a while or at once."""
        self.now += self._random.choice([0, 0, 0, 1, 300, 1000, 2000, 15_000, 20_000, 35_000])
        self.live = {token: until for token, until in self.live.items() if until > self.now}
        self._random.choice([self._claim, self._claim, self._start, self._start, self._finish])()

    def _claim(self) -> None:
        for claim in self._store.claims.claim(Stage.FETCH, self._random.randint(1, 5), moment(self.now)):
            self.live[claim.token] = self.now + round(QUEUE_LEASE * 1000)
            self._claimed.append(claim.hint)

    def _start(self) -> None:
        hints = self._random.sample(self._claimed, min(len(self._claimed), 3))
        self._claimed = [hint for hint in self._claimed if hint not in hints]
        for hint in hints:
            self.live.pop(hint.token, None)
        begun = self._store.claims.start_all(Stage.FETCH, hints, moment(self.now), lease=LEASE)
        for hint, at in begun:
            self.live[hint.token] = milliseconds(at) + round(LEASE * 1000)
            self._started.append(hint)

    def _finish(self) -> None:
        if not self._started:
            return
        hint = self._started.pop(self._random.randrange(len(self._started)))
        end = SourceEnd(Health(), moment(self.now + self._random.choice([0, 1000, 30_000])))
        self._store.finish(self._store.plans.polled(Stage.FETCH, hint, end, moment(self.now)))
        self.live.pop(hint.token, None)


@pytest.mark.parametrize("spacing", [0, 700])
@pytest.mark.parametrize("slots", [1, 3])
@pytest.mark.parametrize("seed", range(5))
def test_requests_in_flight_are_never_more_than_the_domain_may_have(
    store: Store, client: redis.Redis, seed: int, slots: int, spacing: int
) -> None:
    due(client, origin(slots=slots, spacing=spacing), *(f"source-{number}" for number in range(10)))
    flights = Flights(store, seed)
    most = 0
    for _ in range(250):
        flights.step()
        assert len(flights.live) <= slots
        assert client.zcount(f"{PREFIX}slots:city.example", f"({flights.now}", "+inf") <= slots
        most = max(most, len(flights.live))
    assert most == slots


def test_a_lease_that_ends_this_very_moment_starts_nothing(store: Store, client: redis.Redis) -> None:
    due(client, origin(slots=1), "a")
    [late] = store.claims.claim(Stage.FETCH, 9, NOW)
    due(client, origin(slots=1), "b", at=-1)
    assert claimed(store, QUEUE_LEASE) == ["b"]
    assert store.claims.start(Stage.FETCH, late.hint, after(QUEUE_LEASE), lease=LEASE) is None


@pytest.mark.parametrize("why", ["spacing", "a hold", "a crowd"])
def test_a_hint_later_than_its_lease_starts_nothing_though_its_member_was_moved_ahead(
    store: Store, client: redis.Redis, why: str
) -> None:
    where = origin(slots=1, spacing=1000 if why == "spacing" else 0)
    due(client, where, "a")
    [late] = store.claims.claim(Stage.FETCH, 9, NOW)
    if why == "a hold":
        hold(store, "domain:city.example", 600)
    else:
        due(client, where, *(f"{number:02}" for number in range(60)), at=-1)
    now = QUEUE_LEASE + 1
    store.claims.claim(Stage.FETCH, 100, after(now))
    assert store.claims.start(Stage.FETCH, late.hint, after(now), lease=LEASE) is None
    moved = client.zscore(KEYS.due(Stage.FETCH), "a")
    assert moved is not None
    assert moved > milliseconds(after(now))


# ── finishing ───────────────────────────────────────────────────────────────────────────────────


def test_a_source_keeps_its_newest_20_outcomes(store: Store) -> None:
    for number in range(23):
        hint = store.claims.grant(Stage.FETCH, "news", after(number))
        line = Outcome(at=after(number), outcome="changed", status=200, fresh=number)
        store.finish(polled(store, hint, number, outcome=line))
    kept = store.sources.outcomes("news")
    assert [line.fresh for line in kept] == list(range(22, 2, -1))
    assert kept[0] == Outcome(at=after(22), outcome="changed", status=200, fresh=22)


def test_several_plans_end_each_by_itself(store: Store, client: redis.Redis) -> None:
    due(client, origin(), *"abc")
    hints = {hint.member: hint for hint, _ in started(store, 0)}
    lost = hints["b"]._replace(token="0")
    finished = store.finish_all([polled(store, hint) for hint in (hints["a"], lost, hints["c"])])
    assert [one.status for one in finished] == [Finish.DONE, Finish.LOST, Finish.DONE]
    assert set(client.hgetall(KEYS.health)) == {b"a", b"c"}
    assert client.hkeys(KEYS.claims(Stage.FETCH)) == [b"b"]
    assert client.zrange(f"{PREFIX}slots:city.example", 0, -1) == [b"fetch:b"]
    assert store.finish(polled(store, hints["b"])).status is Finish.DONE


def test_hints_of_several_plans_stay_apart(store: Store, client: redis.Redis) -> None:
    hints = [store.claims.grant(Stage.FETCH, name, NOW) for name in ("a", "b")]
    bodies = [make.received(name) for name in ("a", "b")]
    plans = [
        store.plans.received(Stage.FETCH, hint, hint.member, received=body, now=NOW)
        for hint, body in zip(hints, bodies, strict=True)
    ]
    finished = store.finish_all(plans)
    assert [[hint.member for hint in one.hints[Stage.PARSE]] for one in finished] == [["a"], ["b"]]
    assert store.finish_all([]) == []


# ── robots.txt ──────────────────────────────────────────────────────────────────────────────────


def learn(store: Store, robots: Robots) -> None:
    """A page's turn brought the site's robots.txt."""
    hint = store.claims.grant(Stage.PAGE, "article", NOW)
    store.finish(store.plans.postponed(Stage.PAGE, hint, due_at=NOW, robots=(SITE, robots), now=NOW))


def test_robots_txt_is_fetched_by_the_first_who_asks(store: Store, client: redis.Redis) -> None:
    assert store.robots.read(SITE) is None
    assert [store.robots.reserve(SITE) for _ in range(3)] == [True, False, False]
    assert store.robots.reserve("https://www.city.example:443") is True
    assert store.robots.read(SITE) is None
    assert 30_000 < client.pttl(KEYS.robots(SITE)) <= 40_000


def test_what_robots_txt_says_is_known_until_it_expires(store: Store, client: redis.Redis) -> None:
    said = Robots(text="User-agent: *\nCrawl-delay: 2.5\n", delay=2.5, until=after(3600))
    store.robots.reserve(SITE)
    learn(store, said)
    assert (store.robots.read(SITE), store.robots.reserve(SITE)) == (said, False)
    assert client.get(KEYS.delay("www.city.example")) == b"2500"
    for key in (KEYS.robots(SITE), KEYS.delay("www.city.example")):
        assert 3_590_000 < client.pttl(key) <= 3_600_000
    assert claimed(store, 0, stage=Stage.PAGE) == ["article"]


def test_robots_txt_that_expired_is_asked_for_again(store: Store, client: redis.Redis) -> None:
    learn(store, Robots(text="", delay=1.0, until=after(0.05)))
    time.sleep(0.1)
    assert client.keys(f"{PREFIX}delay:*") == []
    assert (store.robots.read(SITE), store.robots.reserve(SITE)) == (None, True)


def test_robots_txt_that_could_not_be_had_is_known_as_that(store: Store, client: redis.Redis) -> None:
    learn(store, Robots(text=None, until=after(600)))
    known = store.robots.read(SITE)
    assert known is not None
    assert known.text is None
    assert client.keys(f"{PREFIX}delay:*") == []
