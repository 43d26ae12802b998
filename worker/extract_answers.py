"""What ``feedmill extract`` answers: what was taken for the article of a page."""

from __future__ import annotations

from feeds.model import Failure
from worker.answers import Json, show, show_json


def show_extracted(what: str, found: Json | Failure, *, as_json: bool) -> None:
    """One page of ``extract``: a line of JSON, or its facts and its text."""
    if isinstance(found, Failure):
        wrong = {"input": what, "error": {"error": found.error, "message": found.message}}
        if as_json:
            show_json(wrong)
        else:
            show(f"{what}: {found.error}: {found.message}")
    elif as_json:
        show_json(found)
    else:
        names = ("title", "published", "authors", "image", "language")
        facts = (f"{name}: {_fact(found[name])}" for name in names)
        show(what, *facts, "", str(found["text"]), "")


def _fact(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    return text or "–"
