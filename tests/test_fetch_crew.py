"""Threads that are used again."""

from __future__ import annotations

import threading
import time

from feeds.fetch.crew import Crew


def names_of(crew: str) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == crew]


def test_every_job_is_done_at_once_however_many_there_are() -> None:
    crew, barrier = Crew("all-at-once"), threading.Barrier(21)
    for _ in range(20):
        crew.send(barrier.wait)
    barrier.wait(timeout=10)
    assert len(names_of("all-at-once")) == 20


def test_jobs_one_after_the_other_share_a_thread() -> None:
    crew = Crew("one-after-the-other")
    for _ in range(50):
        done = threading.Event()
        crew.send(done.set)
        assert done.wait(10)
        time.sleep(0.002)
    assert len(names_of("one-after-the-other")) < 5


def test_no_job_is_left_behind_by_many_senders() -> None:
    crew, done, lock = Crew("many-senders"), [], threading.Lock()

    def job() -> None:
        with lock:
            done.append(1)

    senders = [threading.Thread(target=lambda: [crew.send(job) for _ in range(500)]) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    deadline = time.monotonic() + 10
    while len(done) < 2000 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(done) == 2000


def test_its_threads_hold_up_no_end() -> None:
    crew, release = Crew("daemons"), threading.Event()
    crew.send(release.wait)
    assert all(thread.daemon for thread in names_of("daemons"))
    release.set()
