"""Two whole systems on one Redis treat each domain as one of them would, also when one of them is killed."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.flow.own_redis import redis_in
from tests.flow.pairs import Domain, environment_of, fifth
from tests.flow.world import titles_in
from tests.origin import Origin, Request
from tests.system import System, run_feedmill, wait_until

pytestmark = pytest.mark.flow

SPACING = 0.3
PER_DOMAIN = 2
ANSWER_SECONDS = 0.75
"""Long enough for a third request to be due while two are in flight, so that both limits bite."""
QUICK_ANSWER_SECONDS = 0.25
"""Short enough for one to be in flight at a time: what bites is the spacing."""
JITTER = 0.15
"""Part of the spacing by which a gap may be short, 1 in 20 left aside: a request that is late on its way
to the publisher's log brings the next one closer."""
MOST_JITTER = 0.3
DRIFT = 0.03
"""Part by which all gaps together may be short: being late once never adds up."""
COMMIT_SECONDS = 0.5
"""From the end of an answer until it is committed, on a machine that has other things to do."""
HEAD = f"""
[fetch]
allow = ["127.0.0.0/8"]
spacing = "{SPACING * 1000:.0f}ms"
per_domain = {PER_DOMAIN}

[category.news]
title = "News"
limit = 500

"""


@pytest.fixture
def domains() -> Iterator[list[Domain]]:
    """A domain of many sources, at which both limits bite, and one of few, at which only the spacing does."""
    with Origin() as many, Origin(host="127.0.0.2") as few:
        yield [
            Domain(many, 40, answer_seconds=ANSWER_SECONDS),
            Domain(few, 10, answer_seconds=QUICK_ANSWER_SECONDS),
        ]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[list[System]]:
    """Two systems that have nothing to do yet."""
    with ExitStack() as running:
        url = running.enter_context(redis_in(tmp_path))
        systems = [System(tmp_path / who, environment=environment_of(who, url)) for who in ("left", "right")]
        for system in systems:
            running.push(system)
            system.start(wait=False)
        wait_until(lambda: all(map(answers, systems)), 60, "both to answer")
        yield systems


@pytest.mark.timeout(90)
def test_two_systems_keep_a_domains_limits_together(pair: list[System], domains: list[Domain]) -> None:
    apply(pair[0], domains)
    for system in pair:
        wait_until_published(system, domains, 60)
    for domain in domains:
        print(domain)
        assert_polite(domain)
        assert domain.requests_twice() == []
    assert_both_worked(domains)


@pytest.mark.timeout(120)
def test_the_limits_hold_when_one_of_two_systems_is_killed(pair: list[System], domains: list[Domain]) -> None:
    left, right = pair
    apply(right, domains)
    wait_until(lambda: len(domains[0].origin.requests) >= 12, 30, "requests in the middle", every=0.01)
    left.kill()
    killed_at = time.monotonic()
    wait_until_published(right, domains, 75)
    for domain in domains:
        print(
            domain, "twice:", [(each.path, round(each.at - killed_at, 3)) for each in domain.requests_twice()]
        )
        assert_polite(domain)
        assert all(was_cut_off(each, killed_at) for each in domain.requests_twice())
    print(f"the rest was published {time.monotonic() - killed_at:.1f} s after the kill")
    assert_both_worked(domains)


def answers(system: System) -> bool:
    return system.get("/healthz").status == 200


def apply(system: System, domains: Sequence[Domain]) -> None:
    """Put every source of these domains in force, all of them due at once."""
    file = system.data.with_name("feedmill.toml")
    file.write_text(HEAD + "\n".join(domain.tables("news") for domain in domains), "utf-8")
    done = run_feedmill("sources", "apply", file, cwd=file.parent, env=system.environment)
    assert done.returncode == 0, done.stderr


def wait_until_published(system: System, domains: Sequence[Domain], seconds: float) -> None:
    wanted = {story for domain in domains for story in domain.stories}
    wait_until(lambda: wanted == set(titles_of(system)), seconds, f"{len(wanted)} stories", every=0.25)


def titles_of(system: System) -> list[str]:
    answer = system.get("/feeds/news.json")
    return titles_in(answer.body) if answer.status == 200 else []


def assert_polite(domain: Domain) -> None:
    assert domain.origin.peak <= PER_DOMAIN
    gaps = domain.gaps
    assert gaps[0] >= SPACING * (1 - MOST_JITTER)
    assert fifth(gaps) >= SPACING * (1 - (JITTER if len(gaps) >= 20 else MOST_JITTER))
    assert sum(gaps) >= len(gaps) * SPACING * (1 - DRIFT)


def assert_both_worked(domains: Sequence[Domain]) -> None:
    for who in ("left", "right"):
        assert sum(domain.askers[who] for domain in domains) >= 3, who


def was_cut_off(request: Request, killed_at: float) -> bool:
    """Whether the killed system had this request under way, or its answer not yet committed."""
    ours = request.headers["x-mill"] == "left"
    return ours and killed_at - request.at < ANSWER_SECONDS + COMMIT_SECONDS
