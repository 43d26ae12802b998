"""What ``feedmill sources add`` shows, and how it names what it writes."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from rich.table import Table as Shown
from rich.text import Text

from feeds.catalogue.writing import free_id, source_text
from feeds.normalize.slugs import safe_slug, spell
from feeds.pipeline.candidates import Candidate
from feeds.pipeline.discover import Discovery
from feeds.render.addresses import absolute, feed_path
from feeds.told import Site
from feeds.urls import host_of
from worker.answers import Json, moment_json

_ENDS = re.compile(r"\s+[-–—|·:»]\s+|\s*[|»]\s*")
_NO_NAMES = frozenset(
    {"", "home", "homepage", "feed", "rss", "blog", "news", "index", "untitled", "posts", "articles"}
)
_LONGEST_NAME = 40
_LONGEST_TITLE = 60
_FIRST = ("id", "kind", "url", "category", "allow")


def named(
    candidate: Candidate, taken: Collection[str], *, chosen: str | None, category: str | None
) -> dict[str, Any]:
    """The candidate's table with its id and its category, in the order in which it is written."""
    title = " ".join((candidate.title or "").split())
    own = chosen if chosen is not None else free_id(_name(title) or _name(_host(candidate)), taken)
    table: dict[str, Any] = {**candidate.table, "id": own}
    if category is not None:
        table["category"] = category
    elif title and "${" not in title:  # which would stand for a variable
        table["category"] = {"slug": own, "title": title}
    return {key: table[key] for key in (*_FIRST, *table) if key in table}


def published_at(table: dict[str, Any], site: Site) -> str:
    """The address of the RSS feed that a table's articles come out in."""
    rule = table.get("category", table["id"])
    slug = rule["slug"] if isinstance(rule, dict) else rule
    return absolute(site, feed_path(safe_slug(slug), "rss"))


def candidates_table(found: Discovery, known: Collection[str]) -> Shown:
    """The candidates as people choose among them; ``known`` are the ids that the catalogue has."""
    shown = Shown("", "kind", "what", "entries", "dated", "with text", "newest", title=found.url)
    for number, each in enumerate(found.candidates, 1):
        newest = each.newest.date().isoformat() if each.newest else "–"
        text = "on own pages" if each.from_pages else str(each.with_text)
        titles = (f"· {_cut(title)}" for title in each.titles)
        what = "\n".join((_cut(each.title or "(no title)"), each.source.url, *_remarks(each, known), *titles))
        numbers = (str(each.entries), str(each.dated), text, newest)
        shown.add_row(str(number), each.source.kind.value, Text(what, overflow="fold"), *numbers)
    return shown


def candidate_json(candidate: Candidate, number: int, table: dict[str, Any], known: Collection[str]) -> Json:
    """One candidate as scripts see it; ``table`` is what would be written."""
    return {
        "number": number,
        "kind": candidate.source.kind.value,
        "url": candidate.source.url,
        "title": candidate.title,
        "entries": candidate.entries,
        "dated": candidate.dated,
        "with_text": candidate.with_text,
        "text_on_own_pages": bool(candidate.from_pages),
        "newest": moment_json(candidate.newest),
        "titles": list(candidate.titles),
        "same_as": candidate.same_as,
        "in_catalogue": candidate.source.id if candidate.source.id in known else None,
        "notes": list(candidate.notes),
        "table": table,
        "toml": source_text(table),
    }


def nothing_found(found: Discovery) -> str:
    """Why there is nothing to add, and what to do then."""
    looked = ", ".join(found.looked)
    if found.obstacle is not None:
        return f"nothing to add at {found.url}: {found.obstacle} (looked at {looked})"
    return (
        f"nothing to add at {found.url}: no feed, no list and no sitemap was found (looked at {looked}); "
        f"see `feedmill check {found.url}`, or write a table of kind page with `items` by hand"
    )


def _remarks(candidate: Candidate, known: Collection[str]) -> Sequence[str]:
    twin = [f"the same articles as {candidate.same_as}"] if candidate.same_as is not None else []
    there = [f"in the catalogue already, as {candidate.source.id}"] if candidate.source.id in known else []
    return [*there, *twin, *candidate.notes]


def _name(title: str) -> str:
    """A title as an id: in ASCII, what stands behind a dash left out; empty for one that names nothing."""
    first = _ENDS.split(title)[0] if title else ""
    words = re.sub(r"[^a-z0-9]+", "-", spell(spell(first, "pinyin-characters"), "ascii").lower()).strip("-")
    short = (
        words[:_LONGEST_NAME].rpartition("-")[0] or words[:_LONGEST_NAME]
        if len(words) > _LONGEST_NAME
        else words
    )
    return "" if short in _NO_NAMES else short


def _host(candidate: Candidate) -> str:
    return host_of(candidate.source.url).removeprefix("www.")


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_TITLE else f"{text[: _LONGEST_TITLE - 1]}…"
