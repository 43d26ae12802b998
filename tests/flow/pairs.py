"""Two whole systems on one Redis, and what a publisher's log says of how they share its domains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from tests.flow.world import rss, source
from tests.origin import Origin, Request

WHO = "X-Mill"
"""The header in which each system's fetch worker says whose it is."""
_SECRET = "WHO"
_STOP_SECONDS = 15.0


def environment_of(who: str, redis_url: str) -> Mapping[str, str]:
    """What a system of two is told: the store of both, and what to sign requests with."""
    return {
        "FEEDMILL_REDIS_URL": redis_url,
        f"FEEDMILL_SECRET_{_SECRET}": who,
        "FEEDMILL_PARSE_PROCESSES": "1",
    }


class Domain:
    """A publisher on an address of its own, which is a domain of its own, with ``count`` sources."""

    def __init__(self, origin: Origin, count: int, *, answer_seconds: float) -> None:
        self.origin = origin
        self.name = f"at-{origin.host}"
        self.paths = [f"/{number:02d}" for number in range(count)]
        for path in self.paths:
            origin.set(path, rss(self._story(path)), delay=answer_seconds)

    @property
    def stories(self) -> set[str]:
        """The titles of all its articles."""
        return {f"Story {self._story(path)}" for path in self.paths}

    @property
    def gaps(self) -> list[float]:
        """Seconds from one arrival to the next, the shortest first."""
        at = sorted(request.at for request in self.origin.requests)
        return sorted(later - earlier for earlier, later in pairwise(at))

    @property
    def askers(self) -> Counter[str]:
        """How many requests each system sent."""
        return Counter(request.headers[WHO.lower()] for request in self.origin.requests)

    def requests_twice(self) -> list[Request]:
        """The first request of each path that was asked for more than once."""
        asked = {path: self.origin.requests_to(path) for path in self.paths}
        return [requests[0] for requests in asked.values() if len(requests) > 1]

    def tables(self, category: str) -> str:
        """Its sources for a catalogue; each request says which system it comes from."""
        headers = {WHO: f"${{secret.{_SECRET}}}"}
        return "\n".join(
            source(f"{self.name}-{path[1:]}", f"{self.origin.url}{path}", category=category, headers=headers)
            for path in self.paths
        )

    def __str__(self) -> str:
        gaps = self.gaps
        shown = {"min": gaps[0], "5%": fifth(gaps), "50%": gaps[len(gaps) // 2], "max": gaps[-1]}
        apart = ", ".join(f"{name} {gap * 1000:.0f}" for name, gap in shown.items())
        return f"{self.name}: {dict(self.askers)}, at most {self.origin.peak} at once, ms apart: {apart}"

    def _story(self, path: str) -> str:
        return f"{self.name}{path}"


def fifth(gaps: Sequence[float]) -> float:
    """The 5th percentile of what is in order."""
    return gaps[len(gaps) // 20]
