"""What somebody should know of a source besides what it gives, a sentence each."""

from __future__ import annotations

import json
from collections.abc import Sequence


def of_this_machine(allow: Sequence[str]) -> str:
    """What a source needs whose address is one of this machine."""
    return (
        "the address is of this machine: a source may fetch from there only with "
        f"allow = {json.dumps(list(allow))} in its table"
    )


def of_zone(zone: str) -> str:
    """How dates without an offset were read."""
    return (
        f"its dates have no offset and are read as {zone}, the timezone of [site]: "
        'if they are of another, write that in its table, like timezone = "Asia/Shanghai"'
    )
