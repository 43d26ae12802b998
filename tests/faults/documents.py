"""What a system publishes, read over HTTP as a subscriber does."""

from __future__ import annotations

import json
from collections.abc import Iterable
from xml.etree import ElementTree

from tests.system import System

FORMATS = ("rss", "atom", "json")
_ATOM = "{http://www.w3.org/2005/Atom}"


def titles(system: System, slug: str, form: str) -> list[str]:
    """The titles in one of a category's feeds, sorted; none while nobody answers."""
    answer = system.get(f"/feeds/{slug}.{form}")
    return sorted(_titles(form, answer.body)) if answer.status == 200 else []


def everything(system: System, slugs: Iterable[str]) -> dict[tuple[str, str], list[str]]:
    """The titles of every feed of these categories, by slug and format."""
    return {(slug, form): titles(system, slug, form) for slug in slugs for form in FORMATS}


def has(system: System, slug: str, title: str) -> bool:
    """Whether a title is in a category's JSON feed by now."""
    return title in titles(system, slug, "json")


def _titles(form: str, body: bytes) -> list[str]:
    if form == "json":
        return [item["title"] for item in json.loads(body)["items"]]
    root = ElementTree.fromstring(body)
    name = "item/title" if form == "rss" else f"{_ATOM}entry/{_ATOM}title"
    found = root.iterfind(f"channel/{name}" if form == "rss" else name)
    return [element.text or "" for element in found]
