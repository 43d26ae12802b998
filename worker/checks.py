"""What ``feedmill check`` answers: what an input would give, and what HTTP said on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from feeds.catalogue.writing import source_text
from feeds.durations import spelled
from feeds.errors import ConfigError, NotAFeed
from feeds.fetch.journal import Headers, Visit
from feeds.model import Article, Enclosure, Entry
from feeds.parse.offers import page_table
from feeds.parse.repetition import Found
from feeds.pipeline.check import Checked, Wire
from feeds.urls import is_http
from worker.answers import Json, counted, moment_json, moment_short, some
from worker.remarks import of_this_machine, of_zone


def checked_json(checked: Checked, allow: Sequence[str]) -> Json:
    """One input of ``check`` as scripts see it; ``allow`` is what a source there would need."""
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
        "language": checked.language,
        "allow": list(allow),
        "timezone_assumed": checked.zone,
        "http": _wire_json(checked.wire) if checked.wire else None,
    }


def checked_lines(checked: Checked, allow: Sequence[str]) -> list[str]:
    """One input of ``check`` as people see it; ``allow`` is what a source there would need."""
    timing = (
        f"fetched in {checked.fetch_seconds * 1000:.0f} ms, parsed in {checked.parse_seconds * 1000:.0f} ms"
    )
    lines = [f"{checked.input}: {checked.kind.value}, {timing}"]
    if checked.failure is not None and checked.failure.error == ConfigError.__name__:
        return [checked.failure.message]
    if checked.failure is not None:
        named = [f"the page names a feed, which would be asked for instead: {url}" for url in checked.found]
        lines += [f"{checked.failure.error}: {checked.failure.message}", *named]
        if checked.failure.error == NotAFeed.__name__ and is_http(checked.input) and not checked.lists:
            lines.append(f"what could be polled there, says `feedmill sources add {checked.input}`")
        return [*lines, *(line for found in checked.lists for line in _proposal(checked.input, found, allow))]
    return [*lines, *_given(checked), *([of_this_machine(allow)] if allow else [])]


def _given(checked: Checked) -> Iterator[str]:
    """What a document gives: its title, its entries, and what is to be said of all of them."""
    language = f" ({checked.language})" if checked.language else ""
    yield f"{checked.title or '(no title)'}{language}: {counted(len(checked.articles), 'entry', 'entries')}"
    for _, article in checked.articles:
        yield from _article_lines(article)
    shown = _categories(checked)
    if len(shown) > 1:
        yield f"categories: {', '.join(f'{slug} {count}' for slug, count in shown.items())}"
    yield from (f"dropped: {one.title or '(no title)'}, by {one.by}" for one in checked.dropped)
    yield from (f"warning: {warning}" for warning in checked.warnings)
    if checked.zone is not None:
        yield of_zone(checked.zone)


def _article_lines(article: Article) -> Iterator[str]:
    """An entry as it would be published: when and what, where, and what there is besides."""
    published = article.published.isoformat(sep=" ", timespec="minutes") if article.dated else "undated"
    yield f"{published}  {article.title or '(no title)'}"
    if article.url:
        yield f"  {article.url}"
    text = counted(len(article.content), "character") if article.content else "no text"
    people = [f"by {some(article.authors)}"] if article.authors else []
    tags = [f"tags {some(article.tags)}"] if article.tags else []
    files = [some(map(_file, article.enclosures))] if article.enclosures else []
    yield f"  {'; '.join((text, *people, *tags, *files))}"


def _file(enclosure: Enclosure) -> str:
    size = f" of {enclosure.length} bytes" if enclosure.length else ""
    return f"{enclosure.media_type or 'file'}{size} {enclosure.url}"


def _categories(checked: Checked) -> dict[str, int]:
    """How many of the entries would go to each category, by its slug."""
    return dict(Counter(slug for _, article in checked.articles for slug in article.slugs))


def _proposal(url: str, found: Found, allow: Sequence[str]) -> list[str]:
    """A list that was found on a page, as a table for the catalogue."""
    needed = {"allow": list(allow)} if allow else {}
    table = {"id": "choose-one", **page_table(url, found), **needed}
    return [
        "",
        f"the page lists {found.count} addresses; to poll it as a page, type `feedmill sources add {url}`,",
        *([of_this_machine(allow)] if allow else []),
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
    delay = f", Crawl-delay {spelled(wire.robots.delay)}" if wire.robots.delay else ""
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
