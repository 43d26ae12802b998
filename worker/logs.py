"""One readable log on stderr: one event a line, with its fields."""

from __future__ import annotations

import logging
import os
import sys

import structlog

from feeds.settings import Settings

_QUIET = (
    "celery.app.trace",
    "celery.beat",
    "celery.worker.strategy",
    "kombu",
    "httpx",
    "httpcore",
)


def configure_logs(settings: Settings) -> None:
    """Send structlog's and every library's log to stderr in the form of ``settings.log``."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        _add_process,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processor=_renderer(settings))
    )
    logging.basicConfig(handlers=[handler], level=settings.log_level, force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _renderer(settings: Settings) -> structlog.typing.Processor:
    if settings.log == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0)


def _add_process(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Which of our processes speaks: the name the supervisor gave it, else its number."""
    event["process"] = os.environ.get("FEEDMILL_PROCESS", str(os.getpid()))
    return event
