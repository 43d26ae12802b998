"""What happens while one fetch is under way, noted as it happens: also what was there before a failure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from feeds.model import Exchange, Hop

Headers = tuple[tuple[str, str], ...]
_PHASES: Mapping[str, str] = {
    "connection.connect_tcp": "connect",
    "connection.start_tls": "tls",
    "http11.receive_response_headers": "first byte",
    "http11.receive_response_body": "body",
}


@dataclass(slots=True)
class Visit:
    """One request with all that was said in it; ``phases`` are seconds by name."""

    method: str
    url: str
    sent: Headers
    status: int | None = None
    got: Headers = ()
    phases: dict[str, float] = field(default_factory=dict)


class Journal:
    """The record of one fetch; with ``detailed`` also headers and phases, for people who look."""

    def __init__(self, clock: Callable[[], float], *, detailed: bool = False) -> None:
        self.detailed = detailed
        self.visits: list[Visit] = []
        self.conditional = False
        self.fresh_until: datetime | None = None
        self.wire = 0
        self.decoded = 0
        self._clock = clock
        self._began = clock()
        self._hops: list[Hop] = []
        self._phase_began = 0.0

    def sending(self, method: str, url: str, sent: Headers) -> None:
        """A request is about to go out; ``url`` and headers hold no secret."""
        self._hops.append(Hop(url=url))
        if self.detailed:
            self.visits.append(Visit(method, url, sent))

    def answered(self, status: int, got: Headers, *, names_took: float) -> None:
        """The head of its answer is there; its connection needed so many seconds for names."""
        self._hops[-1] = Hop(url=self._hops[-1].url, status=status)
        if self.detailed:
            visit = self.visits[-1]
            visit.status, visit.got = status, got
            connect = visit.phases.pop("connect", None)
            if connect is not None:
                visit.phases = {"names": names_took, "connect": connect - names_took, **visit.phases}

    def trace(self, event: str, _details: Mapping[str, Any]) -> None:
        """httpcore's trace extension: how long each phase took."""
        name, _, state = event.rpartition(".")
        if state == "started":
            self._phase_began = self._clock()
        elif name in _PHASES and self.visits:
            phases = self.visits[-1].phases
            phase = _PHASES[name]
            phases[phase] = phases.get(phase, 0.0) + self._clock() - self._phase_began

    def exchange(self) -> Exchange:
        """What there is to remember of it."""
        return Exchange(
            hops=tuple(self._hops),
            conditional=self.conditional,
            fresh_until=self.fresh_until,
            wire=self.wire,
            decoded=self.decoded,
            seconds=self._clock() - self._began,
        )
