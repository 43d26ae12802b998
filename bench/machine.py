"""What processes have used of the machine, as /proc shows it."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

from tests.processes import descendants

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_by_process(pid: int) -> Counter[str]:
    """Seconds of CPU that each process below ``pid`` has used, by its name; those that ended are gone."""
    used: Counter[str] = Counter()
    for process in descendants(pid):
        try:
            text = Path(f"/proc/{process.pid}/stat").read_text("utf-8", "replace")
        except OSError:
            continue
        fields = text[text.rindex(")") + 2 :].split()
        used[process.name.removesuffix(" child")] += (int(fields[11]) + int(fields[12])) / _TICKS
    return used


def memory_of(pid: int) -> int:
    """Proportional set size of a process, bytes; none of one that has ended."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8")
    except OSError:
        return 0
    for line in text.splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
