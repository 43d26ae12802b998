"""What robots.txt says before an address is asked for: known, to be asked for first, or on its way."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from feeds.crawl import Robots
from feeds.errors import Disallowed, SourceError, Unreachable
from feeds.fetch.robots import fetch_robots, is_allowed, site_of
from feeds.model import Failure
from feeds.pipeline.mill import Mill, failure_of
from feeds.told import Source

UNDER_WAY = timedelta(seconds=2)
"""How long an address waits whose robots.txt another is asking for."""


class Gate(NamedTuple):
    """What is known of an address' robots.txt; ``robots`` None where it is to be asked for first."""

    url: str
    robots: Robots | None

    @property
    def site(self) -> str:
        """The site that its robots.txt is of."""
        return site_of(self.url)


def gate_of(mill: Mill, url: str) -> Gate | None:
    """The gate before an address; None while another asks for its robots.txt."""
    site = site_of(url)
    robots = mill.store.robots.read(site)
    if robots is None and not mill.store.robots.reserve(site):
        return None
    return Gate(url, robots)


def ask_robots(mill: Mill, gate: Gate, source: Source) -> Robots | Failure:
    """The robots.txt of a gate's site, in place of the address itself."""
    try:
        return fetch_robots(mill.intake.client, gate.url, source, now=mill.store.now())
    except SourceError as error:
        return failure_of(error)


def refusal(gate: Gate, source: Source) -> Failure | None:
    """Why the address may not be asked for; None if it may."""
    robots = gate.robots
    if robots is None or is_allowed(robots, gate.url, source):
        return None
    where = f"{gate.site}/robots.txt"
    if robots.text is None:
        message = f"{gate.url} is not asked for: {where} cannot be had"
        return failure_of(Unreachable(message, retry_at=robots.until))
    return failure_of(Disallowed(f"{gate.url} is not asked for: {where} asks us not to"))
