"""The clock of dispatch: celery's plain in-memory scheduler, which keeps no file."""

from __future__ import annotations

from celery.beat import Scheduler


class PatientScheduler(Scheduler):
    """Wakes a moment after a task is due: celery's own wakes 10 ms early and spins until then."""

    def adjust(self, n: float, drift: float = 0.001) -> float:
        """Seconds to sleep until a task ``n`` seconds away."""
        return n + drift if n and n > 0 else n
