"""Finishing: plans carried out by finish.lua, several in one call."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from feeds.model import Stage
from feeds.store.claims import Hint
from feeds.store.connection import Connection
from feeds.store.plan import Finish, Finished, Plan


def finish(connection: Connection, plans: Sequence[Plan]) -> list[Finished]:
    """Carry out plans, each all or nothing and each by itself; how each of them went."""
    if not plans:
        return []
    answers = connection.run("finish", plans=[msgspec.structs.asdict(plan) for plan in plans])
    return [Finished(Finish(status.decode()), _hints(offered)) for status, offered in answers]


def _hints(offered: Sequence[Sequence[bytes]]) -> dict[Stage, list[Hint]]:
    hints: dict[Stage, list[Hint]] = {}
    for stage, member, token in offered:
        hints.setdefault(Stage(stage.decode()), []).append(Hint(member.decode(), token.decode()))
    return hints
