"""What ``feedmill sources add`` shows, and how it names what it writes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from feeds.catalogue.writing import free_id, source_text
from feeds.errors import ConfigError
from feeds.normalize.slugs import safe_slug, spell
from feeds.pipeline.candidates import Candidate
from feeds.pipeline.discover import Discovery, addresses_typed
from feeds.render.addresses import absolute, feed_path
from feeds.told import Site
from feeds.urls import host_of, is_http
from worker.answers import Json, counted, moment_json
from worker.remarks import of_this_machine, of_zone

_ENDS = re.compile(r"\s+[-–—|·:»]\s+|\s*[|»]\s*")
_NO_NAMES = frozenset(
    {"", "home", "homepage", "feed", "rss", "blog", "news", "index", "untitled", "posts", "articles"}
)
_LONGEST_NAME = 40
_LONGEST_TITLE = 60
_FIRST = ("id", "kind", "url", "category", "language", "allow")


def refuse_no_address(typed: str, source_id: str | None, config: Path) -> None:
    """Raise ConfigError for what is nothing to be asked for, and say what it is."""
    if typed and Path(typed).is_dir():
        written = source_text({"id": source_id or "posts", "kind": "posts", "url": typed})
        raise ConfigError(f"{typed} is a folder: to follow the posts in it, write in {config}:\n{written}")
    if typed and Path(typed).is_file():
        raise ConfigError(
            f"{typed} is a file, which does not change: see what is in it with `feedmill check {typed}`, "
            "and name the address that it is from"
        )
    if not any(map(is_http, addresses_typed(typed))):
        raise ConfigError(f"{typed!r} is no http(s) address: write it like https://example.org/")


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


def candidates_lines(found: Discovery, known: Collection[str]) -> Iterator[str]:
    """The candidates as people choose among them; ``known`` are the ids that the catalogue has."""
    yield f"at {found.url}:"
    for number, each in enumerate(found.candidates, 1):
        yield ""
        yield f"{number}  {each.source.kind.value}: {_cut(each.title or '(no title)')}"
        more = (each.source.url, _numbers(each), *_remarks(each, known), *map(_titled, each.titles))
        yield from (f"   {line}" for line in more)
    yield ""


def _numbers(candidate: Candidate) -> str:
    """How much a candidate has, in words."""
    entries = counted(candidate.entries, "entry", "entries")
    text = "text on their own pages" if candidate.from_pages else f"{candidate.with_text} with their text"
    newest = f", the newest of {candidate.newest.date().isoformat()}" if candidate.newest else ""
    return f"{entries}, {candidate.dated} dated, {text}{newest}"


def _titled(title: str) -> str:
    return f"· {_cut(title)}"


def chosen_lines(candidate: Candidate, table: dict[str, Any]) -> Iterator[str]:
    """What is to be known of the table that is written for a candidate."""
    if "allow" in table:
        yield of_this_machine(table["allow"])
    if candidate.checked.zone is not None:
        yield of_zone(candidate.checked.zone)


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
        "notes": [*candidate.notes, *chosen_lines(candidate, table)],
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
