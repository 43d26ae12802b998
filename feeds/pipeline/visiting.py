"""Asking a site for several things by hand: one after the other, as politely as sources are asked."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from feeds.crawl import Robots
from feeds.durations import spelled
from feeds.errors import BotWall, OwnNetwork, SecretMissing, Throttled
from feeds.fetch.robots import fetch_robots, is_allowed, site_of
from feeds.model import Failure, Payload, Received, Validators
from feeds.packing import opened
from feeds.pipeline.mill import Intake
from feeds.told import Source
from feeds.urls import domain_of

LONGEST = 60.0
"""Seconds after which nothing more is begun."""
_LEAVE_ALONE = frozenset({Throttled.__name__, BotWall.__name__})
"""After these a domain is asked for nothing more."""


class Visit:
    """One look at a site: each address is asked for once, a domain at most once in its ``spacing``.

    ``clock`` are seconds of any clock that only goes forward, ``pause`` waits for that many, ``tell`` is
    told of each address before it is asked for.
    """

    def __init__(
        self,
        intake: Intake,
        *,
        clock: Callable[[], float],
        pause: Callable[[float], None],
        tell: Callable[[str], None],
    ) -> None:
        self.intake = intake
        self._clock = clock
        self._pause = pause
        self._tell = tell
        self._until = clock() + LONGEST
        self._last: dict[str, float] = {}
        self._refused: dict[str, Failure] = {}
        self._answers: dict[str, Payload | Failure] = {}
        self._robots: dict[str, Robots | None] = {}

    def get(self, source: Source, url: str) -> Payload | Failure:
        """What is at ``url``, by the policy of ``source``."""
        if url not in self._answers:
            self._answers[url] = self._ask(source, url)
        return self._answers[url]

    def robots(self, source: Source, url: str) -> Robots | None:
        """The robots.txt of an address' site; None where our own network failed."""
        site = site_of(url)
        if site not in self._robots:
            self._robots[site] = None
            if self._refusal(source, url) is None:
                self._take_turn(source, url)
                with suppress(OwnNetwork, SecretMissing):
                    self._robots[site] = fetch_robots(self.intake.client, url, source, now=self.intake.now())
        return self._robots[site]

    def forbids(self, source: Source, url: str) -> str | None:
        """Why a page may not be asked for; None if it may. Where ``source`` heeds no robots.txt it may."""
        if not source.robots:
            return None
        robots = self.robots(source, url)
        if robots is None or robots.text is None:
            return f"{url} is not asked for, since the robots.txt of its site cannot be had"
        return None if is_allowed(robots, url, source) else f"robots.txt asks us not to fetch {url}"

    def _ask(self, source: Source, url: str) -> Payload | Failure:
        refusal = self._refusal(source, url)
        if refusal is not None:
            return refusal
        self._take_turn(source, url)
        pulled = self.intake.pull(source, url, Validators())
        if isinstance(pulled, Received):
            return opened(pulled)
        failure = (
            pulled if isinstance(pulled, Failure) else Failure(error="BadStatus", message=f"{url}: HTTP 304")
        )
        if failure.error in _LEAVE_ALONE:
            self._refused[domain_of(url)] = failure
        return failure

    def _refusal(self, source: Source, url: str) -> Failure | None:
        if self._begin(source, url) >= self._until:
            over = f"{url} is not asked for: {spelled(LONGEST)} is over"
            return Failure(error="Unreachable", message=over)
        return self._refused.get(domain_of(url))

    def _begin(self, source: Source, url: str) -> float:
        """When an address may be asked for, by the spacing of its source and a Crawl-delay that is known."""
        now, last = self._clock(), self._last.get(domain_of(url))
        if last is None:
            return now
        robots = self._robots.get(site_of(url)) if source.robots else None
        return max(now, last + max(source.spacing, robots.delay if robots is not None else 0.0))

    def _take_turn(self, source: Source, url: str) -> None:
        """Wait until the domain may be asked again."""
        now, begin = self._clock(), self._begin(source, url)
        if begin > now:
            self._pause(begin - now)
        self._last[domain_of(url)] = self._clock()
        self._tell(url)
