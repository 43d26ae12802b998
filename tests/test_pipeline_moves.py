"""Where and when a source is asked for: redirects, discovered feeds, 410, and what publishers say of time.

The publishers here have names: a proxy, which is the tests' origin, answers for all of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from email.utils import formatdate

import pytest
import redis

from feeds.crawl import Health, Reason
from feeds.errors import OwnNetwork
from feeds.fetch.client import Client
from feeds.model import NotModified, Received, Stage
from feeds.pipeline.mill import Intake, Mill
from feeds.schedule.when import LATEST_SPREAD
from feeds.store.keys import Keys
from feeds.told import Scope, Source
from tests.mills import Desk, due_in, health, one_step, polled, put, rss, titles, work
from tests.origin import Response
from tests.places import PREFIX

KEYS = Keys(PREFIX)
OLD, NEW, OTHER = (f"http://{name}.example/feed" for name in ("old", "new", "other"))
DAY, HOURS = 86400.0, 6 * 3600.0


def named(desk: Desk, url: str = OLD, **policy: object) -> Source:
    """A source at an address with a name, polled every six hours."""
    return polled(url, **({"proxy": desk.origin.url, "every": HOURS} | policy))


def redirects(desk: Desk, where: str, to: str, status: int = 301) -> None:
    desk.origin.set(where, "", status=status, headers={"Location": to}, etag=False)


def polls(desk: Desk, days: float) -> list[str]:
    """Work for some days; the addresses that were asked for, in their order."""
    before = len(desk.origin.requests)
    for _ in range(round(days * 8)):
        desk.clock.advance(DAY / 8)
        work(desk.mill)
    return [request.path for request in desk.origin.requests[before:]]


def soon(desk: Desk) -> list[str]:
    """What is asked for when the source is due next."""
    desk.clock.advance(due_in(desk.mill) or 0)
    before = len(desk.origin.requests)
    work(desk.mill)
    return [request.path for request in desk.origin.requests[before:]]


def origin_of(client: redis.Redis) -> str:
    """The domain that politeness counts the source's next poll by."""
    return client.hget(KEYS.origins(Stage.FETCH), "news").decode().split(" ")[0]


def moved(desk: Desk, days: float = 4.0, **policy: object) -> None:
    """A source that was redirected for good, for some days."""
    desk.origin.set(NEW, rss("one"))
    redirects(desk, OLD, NEW)
    put(desk.mill, named(desk, **policy))
    work(desk.mill)
    polls(desk, days)


# ── permanent redirects ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [301, 308])
def test_a_permanent_redirect_is_followed_each_time_and_adopted_after_three_days(
    desk: Desk, client: redis.Redis, status: int
) -> None:
    desk.origin.set(NEW, rss("one"))
    redirects(desk, OLD, NEW, status)
    put(desk.mill, named(desk))
    work(desk.mill)
    assert titles(desk.mill) == ["one"]
    early = polls(desk, 2.75)
    assert early == [OLD, NEW] * (len(early) // 2)
    known = health(desk.mill).address
    assert known is not None
    assert (known.url, known.reason, known.adopted) == (NEW, Reason.MOVED, False)
    assert origin_of(client) == "old.example"
    polls(desk, 1)
    assert origin_of(client) == "new.example"
    assert set(polls(desk, 2)) == {NEW}
    assert desk.origin.requests[-1].status == 304


def test_an_adopted_address_brings_the_same_articles(desk: Desk) -> None:
    moved(desk)
    [before] = desk.mill.store.articles.newest("news", 9)
    desk.origin.set(NEW, rss("two", "one"))
    polls(desk, 1)
    assert sorted(titles(desk.mill)) == ["one", "two"]
    assert before in desk.mill.store.articles.newest("news", 9)


def test_the_old_address_is_asked_again_after_eight_days(desk: Desk) -> None:
    moved(desk)
    assert OLD not in polls(desk, 6.5)
    later = polls(desk, 2)
    assert later.count(OLD) == 1
    full = desk.origin.requests_to(OLD)[-1]
    assert "if-none-match" not in full.headers
    known = health(desk.mill).address
    assert known is not None
    assert known.adopted
    assert OLD not in polls(desk, 6)


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_temporary_redirect_is_never_adopted(desk: Desk, status: int) -> None:
    desk.origin.set(NEW, rss("one"))
    redirects(desk, OLD, NEW, status)
    put(desk.mill, named(desk))
    work(desk.mill)
    followed = polls(desk, 7)
    assert followed == [OLD, NEW] * (len(followed) // 2)
    assert health(desk.mill).address is None


def test_only_the_permanent_start_of_a_chain_is_adopted(desk: Desk) -> None:
    desk.origin.set(OTHER, rss("one"))
    redirects(desk, OLD, NEW)
    redirects(desk, NEW, OTHER, 302)
    put(desk.mill, named(desk))
    work(desk.mill)
    polls(desk, 4)
    later = polls(desk, 2)
    assert later == [NEW, OTHER] * (len(later) // 2)


def test_redirects_that_disagree_start_again(desk: Desk) -> None:
    moved(desk, 2)
    desk.origin.set(OTHER, rss("one"))
    redirects(desk, OLD, OTHER)
    assert OLD in polls(desk, 2)
    known = health(desk.mill).address
    assert known is not None
    assert (known.url, known.adopted) == (OTHER, False)
    polls(desk, 2)
    assert set(polls(desk, 1)) == {OTHER}


def test_an_answer_without_redirect_forgets_where_it_led(desk: Desk) -> None:
    moved(desk, 2)
    desk.origin.set(OLD, rss("one", "two"))
    polls(desk, 0.5)
    assert health(desk.mill).address is None
    redirects(desk, OLD, NEW)
    assert OLD in polls(desk, 2.5)


@pytest.mark.parametrize(("status", "failures"), [(404, 1), (410, 1), (500, 3)])
def test_an_adopted_address_that_fails_is_left_for_the_catalogues(
    desk: Desk, client: redis.Redis, status: int, failures: int
) -> None:
    moved(desk)
    desk.origin.set(OLD, rss("two", "one"))
    desk.origin.set(NEW, "", status=status, etag=False)
    for _ in range(failures):
        assert soon(desk) == [NEW]
    assert health(desk.mill).failures == failures
    assert (health(desk.mill).address, health(desk.mill).gone) == (None, False)
    assert origin_of(client) == "old.example"
    assert soon(desk) == [OLD]
    assert sorted(titles(desk.mill)) == ["one", "two"]


def test_an_adopted_address_that_answers_no_feed_is_left_for_the_catalogues(desk: Desk) -> None:
    moved(desk)
    desk.origin.set(OLD, rss("two", "one"))
    desk.origin.set(NEW, "<html><body>This domain is for sale.</body></html>", media_type="text/html")
    assert soon(desk) == [NEW]
    assert soon(desk) == [OLD]
    assert sorted(titles(desk.mill)) == ["one", "two"]


def test_a_failure_that_passes_does_not_give_up_an_adopted_address(desk: Desk) -> None:
    moved(desk)
    desk.origin.set(NEW, "", status=500, etag=False)
    assert soon(desk) == [NEW]
    desk.origin.set(NEW, rss("two", "one"))
    assert soon(desk) == [NEW]
    known = health(desk.mill).address
    assert known is not None
    assert known.adopted


def test_an_old_address_that_is_no_more_does_not_end_an_adopted_one(desk: Desk) -> None:
    moved(desk)
    desk.origin.set(OLD, "", status=410, etag=False)
    assert OLD in polls(desk, 9)
    desk.origin.set(NEW, rss("two", "one"))
    polls(desk, 2)
    assert sorted(titles(desk.mill)) == ["one", "two"]


def test_the_hops_of_a_redirect_count_for_the_domain_they_lead_to(desk: Desk, client: redis.Redis) -> None:
    desk.origin.set(NEW, rss("one"))
    redirects(desk, OLD, NEW)
    put(desk.mill, named(desk, spacing=5.0), named(desk, f"{NEW}?other", id="other", spacing=5.0))
    desk.origin.set(f"{NEW}?other", rss("two"))
    client.zadd(KEYS.due(Stage.FETCH), {"other": (desk.clock().timestamp() + 1) * 1000})
    work(desk.mill)
    desk.clock.advance(4.9)
    work(desk.mill)
    assert desk.origin.requests_to(f"{NEW}?other") == []
    desk.clock.advance(0.1)
    work(desk.mill)
    assert len(desk.origin.requests_to(f"{NEW}?other")) == 1


# ── discovered feeds ────────────────────────────────────────────────────────────────────────────

PAGE = "http://old.example/"


def names(desk: Desk, *feeds: str, where: str = PAGE) -> None:
    """A page that names feeds."""
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="{feed}">' for feed in feeds)
    html = f"<!doctype html><html><head><title>Home</title>{links}</head><body>Welcome.</body></html>"
    desk.origin.set(where, html, media_type="text/html")


def test_a_feed_that_a_page_names_is_adopted_at_once(desk: Desk, client: redis.Redis) -> None:
    names(desk, NEW)
    desk.origin.set(NEW, rss("one"))
    put(desk.mill, named(desk, PAGE))
    work(desk.mill)
    assert titles(desk.mill) == ["one"]
    assert [request.path for request in desk.origin.requests] == [PAGE, NEW]
    known = health(desk.mill).address
    assert known is not None
    assert (known.url, known.reason, known.adopted) == (NEW, Reason.DISCOVERED, True)
    assert (health(desk.mill).failures, health(desk.mill).error) == (0, None)
    assert origin_of(client) == "new.example"
    assert set(polls(desk, 3)) == {NEW}


def test_the_page_is_looked_at_again_after_eight_days_of_304(desk: Desk) -> None:
    names(desk, NEW)
    desk.origin.set(NEW, rss("one"))
    put(desk.mill, named(desk, PAGE))
    work(desk.mill)
    later = polls(desk, 9)
    assert later.count(PAGE) == 1
    assert later[later.index(PAGE) + 1] == NEW
    names(desk, OTHER)
    desk.origin.set(OTHER, rss("two", "one"))
    assert OTHER in polls(desk, 9)
    assert sorted(titles(desk.mill)) == ["one", "two"]


@pytest.mark.parametrize("answer", ["no feed", "404", "a page that names it"])
def test_a_discovered_feed_that_fails_leads_back_to_the_page_and_never_round_and_round(
    desk: Desk, answer: str
) -> None:
    names(desk, NEW)
    if answer == "no feed":
        desk.origin.set(NEW, "<html><body>Nothing here.</body></html>", media_type="text/html")
    if answer == "a page that names it":
        names(desk, NEW, where=NEW)
    put(desk.mill, named(desk, PAGE))
    work(desk.mill)
    assert [request.path for request in desk.origin.requests] == [PAGE, NEW]
    assert (health(desk.mill).failures, health(desk.mill).address) == (1, None)
    assert soon(desk) == [PAGE, NEW]
    assert health(desk.mill).failures == 2
    assert len(polls(desk, 5)) <= 12


def test_of_several_feeds_the_next_is_tried_when_one_fails(desk: Desk) -> None:
    names(desk, NEW, OTHER)
    desk.origin.set(OTHER, rss("one"))
    put(desk.mill, named(desk, PAGE))
    work(desk.mill)
    assert soon(desk) == [PAGE, OTHER]
    assert titles(desk.mill) == ["one"]


@pytest.mark.parametrize("status", [301, 302])
def test_an_address_that_leads_to_a_page_that_names_it_again_is_asked_once(desk: Desk, status: int) -> None:
    redirects(desk, OLD, PAGE, status)
    names(desk, OLD)
    put(desk.mill, named(desk))
    one_step(desk.mill, Stage.FETCH)
    desk.clock.advance(20)
    one_step(desk.mill, Stage.PARSE)
    assert (health(desk.mill).error, health(desk.mill).failures) == ("NotAFeed", 1)
    assert len(polls(desk, 5)) <= 12


def test_a_page_that_names_itself_is_no_feed(desk: Desk) -> None:
    names(desk, PAGE, f"{PAGE}#feed")
    put(desk.mill, named(desk, PAGE))
    work(desk.mill)
    assert (health(desk.mill).error, health(desk.mill).failures) == ("NotAFeed", 1)


def test_two_pages_that_name_each_other_end_as_a_failure(desk: Desk) -> None:
    names(desk, NEW)
    names(desk, PAGE, where=NEW)
    put(desk.mill, named(desk, PAGE))
    work(desk.mill)
    assert (health(desk.mill).error, health(desk.mill).failures) == ("NotAFeed", 1)


# ── 410, 304 for ever, our own network ──────────────────────────────────────────────────────────


def test_gone_at_its_own_address_ends_polling(desk: Desk) -> None:
    desk.origin.set(OLD, "", status=410, etag=False)
    put(desk.mill, named(desk))
    work(desk.mill)
    assert (health(desk.mill).gone, due_in(desk.mill)) == (True, None)
    assert polls(desk, 10) == []


def test_a_server_that_says_304_for_ever_is_asked_for_the_whole_after_eight_days(desk: Desk) -> None:
    bodies = iter([rss("one"), rss("two", "one")])

    def stuck(path: str, headers: Mapping[str, str]) -> Response:
        if "if-none-match" in headers:
            return Response(status=304, headers={"ETag": '"stuck"'})
        return Response(next(bodies).encode(), headers={"ETag": '"stuck"'})

    desk.origin.handler(OLD, stuck)
    put(desk.mill, named(desk))
    work(desk.mill)
    polls(desk, 7.75)
    assert titles(desk.mill) == ["one"]
    polls(desk, 0.75)
    assert sorted(titles(desk.mill)) == ["one", "two"]
    assert [request.status for request in desk.origin.requests].count(200) == 2


class Unplugged(Client):
    """A client whose machine has no network."""

    def get(self, url: str, *_: object, **__: object) -> Received | NotModified:
        raise OwnNetwork(f"{url}: no route")


def test_a_failure_of_our_own_network_counts_against_nobody(desk: Desk) -> None:
    moved(desk)
    before = health(desk.mill)
    unplugged = Unplugged(monotonic=time.monotonic)
    down = Mill(desk.mill.store, Intake(unplugged, desk.mill.intake.parser, desk.clock))
    for _ in range(5):
        desk.clock.advance(due_in(desk.mill) or 0)
        assert work(down) == [("fetch", "news")]
        wait = due_in(desk.mill)
        assert wait is not None
        assert wait <= 330
    unplugged.close()
    after = health(desk.mill)
    assert (after.outcome, after.error) == ("offline", "OwnNetwork")
    for kept in ("failures", "interval", "validators", "address", "gone", "last_success"):
        assert getattr(after, kept) == getattr(before, kept)
    assert soon(desk) == [NEW]
    assert (health(desk.mill).outcome, health(desk.mill).error) == ("unchanged", None)


# ── what publishers say of time ─────────────────────────────────────────────────────────────────

ASKED = {Scope.URL: {"same host", "same domain", "another"}, Scope.HOST: {"same domain", "another"}}
ADDRESSES = {
    "told": "http://www.example.com/told",
    "same host": "http://www.example.com/other",
    "same domain": "http://feeds.example.com/",
    "another": "http://www.example.org/",
}


def told(desk: Desk, scope: Scope | None, headers: Mapping[str, str], status: int = 429) -> None:
    """One of several sources is told to wait; then all of them are wanted."""
    for url in ADDRESSES.values():
        desk.origin.set(url, rss("one"))
    desk.origin.set(ADDRESSES["told"], "", status=status, headers=headers, etag=False)
    sources = [
        named(desk, url, id=name.replace(" ", "-"), retry_after=scope, every=3600.0)
        for name, url in ADDRESSES.items()
    ]
    put(desk.mill, sources[0])
    work(desk.mill)
    put(desk.mill, *sources)


def asked(desk: Desk) -> set[str]:
    paths = {request.path for request in desk.origin.requests}
    return {name for name, url in ADDRESSES.items() if url in paths and name != "told"}


@pytest.mark.parametrize("scope", list(Scope))
@pytest.mark.parametrize(
    ("headers", "seconds"), [({"Retry-After": "600"}, 600), ({}, 60)], ids=["Retry-After", "429 alone"]
)
def test_who_says_429_is_left_alone_with_as_much_of_its_site_as_the_catalogue_says(
    desk: Desk, scope: Scope, headers: Mapping[str, str], seconds: float
) -> None:
    told(desk, scope, headers)
    work(desk.mill)
    assert asked(desk) == ASKED.get(scope, {"another"})
    desk.clock.advance(seconds - 1)
    work(desk.mill)
    assert asked(desk) == ASKED.get(scope, {"another"})
    desk.clock.advance(1)
    work(desk.mill)
    assert asked(desk) == {"same host", "same domain", "another"}
    assert len(desk.origin.requests_to(ADDRESSES["told"])) == 1


@pytest.mark.parametrize(("status", "scope"), [(429, Scope.HOST), (503, Scope.URL)])
def test_unless_the_catalogue_says_it_a_429_is_its_hosts_and_a_503_its_address(
    desk: Desk, status: int, scope: Scope
) -> None:
    told(desk, None, {"Retry-After": "600"}, status)
    work(desk.mill)
    assert asked(desk) == ASKED[scope]


def test_503_without_retry_after_holds_back_nobody_else(desk: Desk) -> None:
    told(desk, Scope.DOMAIN, {})
    assert len(desk.origin.requests) == 1
    desk.clock.advance(60)
    desk.origin.set(ADDRESSES["told"], "", status=503, etag=False)
    desk.mill.store.claims.refresh("told", desk.clock())
    work(desk.mill)
    assert asked(desk) == {"same host", "same domain", "another"}


SAYS_LATER: dict[str, Callable[[], Mapping[str, str]]] = {
    "max-age": lambda: {"Cache-Control": "public, max-age=7200"},
    "Expires": lambda: {"Expires": formatdate(time.time() + 7200, usegmt=True)},
}
SAYS_SOONER = {
    "max-age": {"Cache-Control": "max-age=10"},
    "no-cache": {"Cache-Control": "no-cache, max-age=7200"},
    "Expires": {"Expires": formatdate(0, usegmt=True)},
}


def once(desk: Desk, body: str, headers: Mapping[str, str] | None = None, **policy: object) -> float:
    """Poll a feed once, which the catalogue wants every 15 minutes; seconds until it is due again."""
    desk.origin.set(OLD, body, headers=headers)
    put(desk.mill, named(desk, **({"every": 900.0} | policy)))
    work(desk.mill)
    due = due_in(desk.mill)
    assert due is not None
    return due


@pytest.mark.parametrize("headers", SAYS_LATER.values(), ids=SAYS_LATER)
def test_what_is_fresh_for_longer_is_asked_for_later(
    desk: Desk, headers: Callable[[], Mapping[str, str]]
) -> None:
    # Expires is told from the server's own Date, whose clock is not the test's.
    assert 7100 <= once(desk, rss("one"), headers()) <= 7200 + LATEST_SPREAD
    assert "Cache-Control or Expires" in health(desk.mill).why


@pytest.mark.parametrize("headers", SAYS_SOONER.values(), ids=SAYS_SOONER)
def test_what_is_not_fresh_is_asked_for_no_sooner(desk: Desk, headers: Mapping[str, str]) -> None:
    assert once(desk, rss("one"), headers) == pytest.approx(900, rel=0.11)


def test_caching_words_hold_no_longer_than_the_catalogue_allows(desk: Desk) -> None:
    due = once(desk, rss("one"), {"Cache-Control": "max-age=9999999"}, max_hold=DAY)
    assert DAY <= due <= DAY + LATEST_SPREAD


@pytest.mark.parametrize("says", ["<ttl>120</ttl>", "<ttl>1</ttl>"], ids=["longer", "shorter"])
def test_a_feeds_ttl_makes_it_later_only(desk: Desk, says: str) -> None:
    due = once(desk, rss("one").replace("<item>", f"{says}<item>", 1))
    if "120" in says:
        assert 7200 <= due <= 7200 + LATEST_SPREAD
    else:
        assert due == pytest.approx(900, rel=0.11)


@pytest.mark.parametrize(("hours", "earliest"), [((3, 4), 5), ((7, 8), 3)], ids=["now", "later"])
def test_a_feeds_skip_hours_are_left_out(desk: Desk, hours: tuple[int, ...], earliest: int) -> None:
    said = "".join(f"<hour>{hour}</hour>" for hour in hours)
    once(desk, rss("one").replace("<item>", f"<skipHours>{said}</skipHours><item>", 1))
    [row] = desk.mill.store.sources.rows()
    assert row.due_at is not None
    assert row.due_at.hour == earliest


def test_a_refresh_is_not_kept_waiting_by_caching_words(desk: Desk) -> None:
    once(desk, rss("one"), {"Cache-Control": "max-age=7200"})
    desk.mill.store.claims.refresh("news", desk.clock())
    assert work(desk.mill) == [("fetch", "news")]


@pytest.mark.parametrize(
    ("left", "warning"),
    [
        (("1", "2"), "only 2 entries, where there are 12 as a rule"),
        ((), "no entries, where there are 12 as a rule"),
    ],
    ids=["fewer", "none"],
)
def test_far_fewer_entries_than_usual_are_a_warning_and_documents_stay(
    desk: Desk, left: tuple[str, ...], warning: str
) -> None:
    stories = [str(number) for number in range(1, 13)]
    once(desk, rss(*stories))
    desk.clock.advance(10)
    work(desk.mill)
    before = desk.mill.store.documents.all("news")
    desk.origin.set(OLD, rss(*left))
    soon(desk)
    after: Health = health(desk.mill)
    assert warning in after.warnings
    assert (after.failures, after.error) == (0, None)
    assert sorted(titles(desk.mill)) == sorted(stories)
    assert desk.mill.store.documents.all("news") == before
    desk.origin.set(OLD, rss(*stories))
    soon(desk)
    assert health(desk.mill).warnings == ()
