"""What ``feedmill check`` answers: what an input would give, and what HTTP said on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from feeds.catalogue.writing import source_text
from feeds.errors import ConfigError, NotAFeed
from feeds.fetch.journal import Headers, Visit
from feeds.model import Article, Entry, Failure
from feeds.parse.offers import page_table
from feeds.parse.repetition import Found
from feeds.pipeline.check import Checked, Wire
from feeds.urls import is_http
from worker.answers import Json, moment_json, moment_short, show, show_json


def checked_json(checked: Checked) -> Json:
    """One input of ``check`` as scripts see it."""
    failure = checked.failure
    return {
        "input": checked.input,
        "kind": checked.kind.value,
        "title": checked.title,
        "entries": [_entry(entry, article) for entry, article in checked.articles],
        "warnings": list(checked.warnings),
        "error": {"error": failure.error, "message": failure.message} if failure else None,
        "dropped": [{"title": one.title, "by": one.by} for one in checked.dropped],
        "categories": _categories(checked),
        "feeds_named": list(checked.found),
        "lists": [
            {"items": found.items, "fields": dict(found.fields), "count": found.count}
            for found in checked.lists
        ],
        "http": _wire_json(checked.wire) if checked.wire else None,
    }


def checked_table(checked: Checked) -> list[Table | str]:
    """One input of ``check`` as people see it."""
    timing = (
        f"fetched in {checked.fetch_seconds * 1000:.0f} ms, parsed in {checked.parse_seconds * 1000:.0f} ms"
    )
    lines: list[Table | str] = [f"{checked.input}: {checked.kind.value}, {timing}"]
    if checked.failure is not None and checked.failure.error == ConfigError.__name__:
        return [checked.failure.message]
    if checked.failure is not None:
        named = [f"the page names a feed, which would be asked for instead: {url}" for url in checked.found]
        lines += [f"{checked.failure.error}: {checked.failure.message}", *named]
        if checked.failure.error == NotAFeed.__name__ and is_http(checked.input) and not checked.lists:
            lines.append(f"what could be polled there, says `feedmill sources add {checked.input}`")
        return [*lines, *(line for found in checked.lists for line in _proposal(checked.input, found))]
    shown = _categories(checked)
    table = Table("published", "title", "text", "url", title=checked.title or "(no title)")
    for _, article in checked.articles:
        published = article.published.isoformat(sep=" ", timespec="minutes") if article.dated else "–"
        table.add_row(published, Text(article.title), str(len(article.content)), Text(article.url or "–"))
    dropped = [f"dropped: {one.title or '(no title)'}, by {one.by}" for one in checked.dropped]
    counts = ", ".join(f"{slug} {count}" for slug, count in shown.items())
    categories = [f"categories: {counts}"] if len(shown) > 1 else []
    warnings = [f"warning: {warning}" for warning in checked.warnings]
    return [*lines, table, *categories, *dropped, *warnings]


def _categories(checked: Checked) -> dict[str, int]:
    """How many of the entries would go to each category, by its slug."""
    return dict(Counter(slug for _, article in checked.articles for slug in article.slugs))


def _proposal(url: str, found: Found) -> list[str]:
    """A list that was found on a page, as a table for the catalogue."""
    table = {"id": "choose-one", **page_table(url, found)}
    return [
        "",
        f"the page lists {found.count} addresses; to poll it as a page, type `feedmill sources add {url}`,",
        "or write in the catalogue:",
        source_text(table).rstrip(),
    ]


def wire_lines(checked: Checked) -> list[str]:
    """What HTTP said: every request with its headers and phases, sizes, robots.txt, the next due time."""
    return list(_wire_lines(checked.wire)) if checked.wire else []


def _wire_lines(wire: Wire) -> Iterator[str]:
    for visit in wire.visits:
        yield ""
        yield f"{visit.method} {visit.url} → {visit.status or 'no answer'}"
        yield from _headers("  > ", visit.sent)
        yield from _headers("  < ", visit.got)
        if visit.phases:
            yield f"  {_phases(visit)}"
    exchange = wire.exchange
    yield ""
    sizes = f"{exchange.wire} bytes on the wire, {exchange.decoded} decoded"
    yield f"{sizes}, {exchange.seconds * 1000:.0f} ms in all"
    if exchange.moved_to:
        yield f"moved for good to {exchange.moved_to}: asked for there once this has held for three days"
    if wire.robots is not None:
        yield _robots(wire)
    yield f"next due {moment_short(wire.next.at)}: {wire.next.why}" if wire.next else "never due again"


def _robots(wire: Wire) -> str:
    """robots.txt is asked for article pages, not for feeds, but worth knowing."""
    assert wire.robots is not None
    if wire.robots.text is None:
        return "robots.txt cannot be had: nothing but feeds would be asked for"
    verdict = "allows this address" if wire.allowed else "asks us not to fetch this address (feeds are)"
    delay = f", Crawl-delay {wire.robots.delay:g} s" if wire.robots.delay else ""
    return f"robots.txt {verdict}{delay}"


def _headers(mark: str, headers: Headers) -> Iterator[str]:
    return (f"{mark}{name.lower()}: {value}" for name, value in headers)


def _phases(visit: Visit) -> str:
    return ", ".join(f"{name} {seconds * 1000:.1f} ms" for name, seconds in visit.phases.items())


def _wire_json(wire: Wire) -> Json:
    exchange, robots = wire.exchange, wire.robots
    return {
        "requests": [
            {
                "method": visit.method,
                "url": visit.url,
                "status": visit.status,
                "request_headers": [list(pair) for pair in visit.sent],
                "response_headers": [list(pair) for pair in visit.got],
                "seconds": {name: round(seconds, 6) for name, seconds in visit.phases.items()},
            }
            for visit in wire.visits
        ],
        "wire_bytes": exchange.wire,
        "decoded_bytes": exchange.decoded,
        "seconds": round(exchange.seconds, 6),
        "moved_to": exchange.moved_to,
        "fresh_until": moment_json(exchange.fresh_until),
        "robots": {
            "allowed": wire.allowed,
            "reachable": robots.text is not None,
            "crawl_delay": robots.delay,
        }
        if robots
        else None,
        "next_due": moment_json(wire.next.at) if wire.next else None,
        "why": wire.next.why if wire.next else None,
    }


def _entry(entry: Entry, article: Article) -> Json:
    return {
        "guid": entry.guid,
        "url": article.url,
        "title": article.title,
        "published": moment_json(article.published) if article.dated else None,
        "updated": moment_json(article.updated) if entry.updated else None,
        "authors": list(article.authors),
        "tags": list(article.tags),
        "summary": article.summary,
        "content": article.content,
        "enclosures": [
            {"url": one.url, "media_type": one.media_type, "length": one.length} for one in article.enclosures
        ],
        "language": article.language,
    }


# ── extract ─────────────────────────────────────────────────────────────────────────────────────


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
