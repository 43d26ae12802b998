"""extract: what ``auto`` sees in an article's page, without storing anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from feeds.errors import SourceError
from feeds.model import Failure, Payload, Received, Validators
from feeds.packing import opened
from feeds.parse.article import extracted_line
from feeds.pipeline.check import ad_hoc
from feeds.pipeline.mill import Intake, failure_of
from feeds.urls import is_http


def extract(intake: Intake, what: str) -> dict[str, Any] | Failure:
    """What the page at an address, or in a file, says as an article; its failure is data."""
    page = _page(intake, what)
    if isinstance(page, Failure):
        return page
    try:
        return extracted_line(what, page)
    except SourceError as error:
        return failure_of(error)


def _page(intake: Intake, what: str) -> Payload | Failure:
    if is_http(what):
        pulled = intake.pull(ad_hoc(what), what, Validators())
        if isinstance(pulled, Received):
            return opened(pulled)
        return (
            pulled if isinstance(pulled, Failure) else Failure(error="BadStatus", message=f"{what}: HTTP 304")
        )
    try:
        body = Path(what).read_bytes()
    except OSError as error:
        return Failure(error="Unreachable", message=f"{what}: {error.strerror or error}")
    media_type = "application/json" if what.endswith(".json") else "text/html"
    return Payload(body=body, media_type=media_type, url="", fetched_at=intake.now())
