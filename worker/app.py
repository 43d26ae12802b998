"""The Celery application: queues, limits and the schedule, set once."""

from __future__ import annotations

import warnings
from typing import Any

from celery import Celery, signals
from kombu import Queue

from feeds.settings import load_settings
from worker.logs import configure_logs

QUEUES = ("dispatch", "fetch", "parse", "publish", "deliver")
DISPATCH_EVERY = 1.0
NOTICE_EVERY = 600.0
TIME_LIMIT = 30.0
"""Seconds a parse or publish task may take before its process is ended; leases are 5 s longer."""

# Messages are JSON only, so that what this warns of (pickle as root) cannot happen here.
warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")

app = Celery("feedmill", include=["worker.tasks"])
app.conf.update(
    broker_url=load_settings().queue_url,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    # Without these a worker whose connection died silently waits for ever (celery/celery#8030).
    broker_transport_options={
        "socket_timeout": 10,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 10,
        "priority_steps": [0],
    },
    task_queues=[Queue(name) for name in QUEUES],
    task_routes={
        "dispatch": {"queue": "dispatch"},
        "fetch": {"queue": "fetch"},
        "page": {"queue": "fetch"},
        "parse": {"queue": "parse"},
        "publish": {"queue": "publish"},
        "notice_silence": {"queue": "publish"},
    },
    task_create_missing_queues=False,
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    task_acks_late=False,
    task_time_limit=TIME_LIMIT,
    worker_prefetch_multiplier=1,
    worker_send_task_events=False,
    worker_enable_remote_control=False,
    worker_max_memory_per_child=400_000,
    # Concerns late acknowledgement only, which is off; unset, each lost connection logs a page about it.
    worker_cancel_long_running_tasks_on_connection_loss=True,
    timezone="UTC",
    beat_scheduler="worker.beat:PatientScheduler",
    beat_schedule={
        "dispatch": {
            "task": "dispatch",
            "schedule": DISPATCH_EVERY,
            "options": {"expires": 2 * DISPATCH_EVERY},
        },
        "notice_silence": {
            "task": "notice_silence",
            "schedule": NOTICE_EVERY,
            "options": {"expires": NOTICE_EVERY},
        },
    },
)


@signals.setup_logging.connect
def _use_our_logs(**_: Any) -> None:
    configure_logs(load_settings())
