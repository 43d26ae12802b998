"""discover: what an address could be polled as, each candidate checked by the ordinary parser.

address ─▶ a feed, a JSON list, a sitemap: that is it
      └──▶ a page: feeds it names or links to, else the usual places of feeds; JSON in its scripts;
           the lists on it; where there is no feed, the sitemaps of its site
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple
from urllib.parse import urljoin

from feeds.errors import ConfigError
from feeds.fetch.robots import sitemaps_in
from feeds.model import Failure, Payload
from feeds.parse.discover import discovered, is_of_comments, linked_feeds, usual_places
from feeds.parse.offers import (
    Table,
    api_tables,
    feed_table,
    is_bare_json,
    is_json_feed,
    page_tables,
    script_tables,
    sitemap_table,
)
from feeds.parse.page import Page, is_html, page_of
from feeds.parse.shells import has_nothing
from feeds.parse.walls import is_login, is_maintenance, wall_on
from feeds.pipeline.candidates import Candidate, ranked
from feeds.pipeline.check import loopback_typed
from feeds.pipeline.trying import Builder, Trial
from feeds.pipeline.visiting import Visit
from feeds.told import Kind, Site
from feeds.urls import host_of, is_http

_MOST_FEEDS, _MOST_LISTS, _MOST_SITEMAPS = 5, 2, 2
_LITTLE = 600
"""Characters of a page whose text is made by its scripts."""


class Discovery(NamedTuple):
    """The candidates, the best first; where there are none, ``obstacle`` says why in words.

    ``looked`` is what was looked at.
    """

    url: str
    candidates: tuple[Candidate, ...] = ()
    looked: tuple[str, ...] = ()
    obstacle: str | None = None


class Look:
    """One look at what somebody typed; ``build`` makes sources, ``site`` is what they are published on."""

    def __init__(self, visit: Visit, build: Builder, site: Site) -> None:
        self.visit = visit
        self.looked: list[str] = []
        self._build = build
        self._site = site
        self._trial = Trial(visit, build, site, ())
        self._obstacle: str | None = None
        self._failed: dict[str, Failure] = {}

    def at(self, typed: str) -> Discovery:
        """The candidates at an address, which may lack its scheme."""
        url, answer = self._first(typed)
        self.looked.append(url)
        if isinstance(answer, Failure):
            return Discovery(url, looked=(url,), obstacle=f"{answer.error}: {answer.message}")
        asked = answer.exchange.moved_to or url
        found = list(self._direct(answer, asked))
        page = page_of(answer.body)
        if not found and _is_page(answer):
            self._obstacle = _wall(page) if page is not None else None
            found = [] if self._obstacle else self._on_page(answer, asked)
        if not found and self._obstacle is None and page is not None:
            self._obstacle = _shell(page, answer)
        told = [self._told(each, page) for each in found] if page is not None else found
        return Discovery(asked, ranked(told), tuple(self.looked), None if found else self._obstacle)

    def _told(self, candidate: Candidate, page: Page) -> Candidate:
        """The candidate with what its page says of it: a title where it has none, and the language."""
        titled = candidate if candidate.title else candidate._replace(title=page.title or None)
        return self._trial.in_language(titled, page.language or None)

    def _first(self, typed: str) -> tuple[str, Payload | Failure]:
        """The first address that answers: https, then http, where no scheme was typed."""
        failed: tuple[str, Payload | Failure] | None = None
        for url in addresses_typed(typed):
            if not is_http(url):
                return url, Failure(error="UnsafeURL", message=f"{typed!r} is no http(s) address")
            self._trial = Trial(self.visit, self._build, self._site, loopback_typed(host_of(url)))
            answer = self._get(feed_table(url))
            if isinstance(answer, Payload) or answer.error != "Unreachable":
                return url, answer
            failed = failed or (url, answer)
        assert failed is not None
        return failed

    def _get(self, table: Table) -> Payload | Failure:
        """What is at a table's address; an address that no catalogue may have is not asked for."""
        try:
            source = self._trial.source(table)
        except ConfigError as error:
            return Failure(error=type(error).__name__, message=str(error))
        return self.visit.get(source, source.url)

    # ── what is there itself ────────────────────────────────────────────────────────────────────

    def _direct(self, payload: Payload, url: str) -> Iterator[Candidate]:
        """What the payload is itself, where that is no page."""
        if is_bare_json(payload) and not is_json_feed(payload):
            yield from self._trial.checked(payload, api_tables(payload, url))
            return
        feeds = [*self._trial.checked(payload, [feed_table(url)])]
        yield from feeds
        if feeds or is_html(payload.body):
            return
        yield from self._sitemap(payload, url) or self._trial.checked(payload, api_tables(payload, url))

    def _sitemap(self, payload: Payload, url: str) -> list[Candidate]:
        """A sitemap; of an index the first of its sitemaps says what it would give."""
        more = self._trial.feed(payload, sitemap_table(url, is_index=False)).more
        table = sitemap_table(url, is_index=bool(more))
        first = self.visit.get(self._trial.source(table), more[0]) if more else payload
        return [*self._trial.checked(first, [table])] if isinstance(first, Payload) else []

    # ── what a page leads to ────────────────────────────────────────────────────────────────────

    def _on_page(self, payload: Payload, url: str) -> list[Candidate]:
        named = dict.fromkeys((*discovered(payload), *linked_feeds(payload)))
        found = [*self._feeds(sorted(named, key=lambda each: is_of_comments(each, ""))[:_MOST_FEEDS])]
        if not any(each.has_articles for each in found):
            found += self._guessed(payload, named)
        broken = next((self._failed[each] for each in named if each in self._failed), None)
        if broken is not None and not found:
            self._obstacle = f"the page names a feed, but {broken.error}: {broken.message}"
        if any(each.has_articles for each in found):
            # The site's own feed is there: nothing more of it is asked for.
            tables = (*script_tables(payload, url), *islice(page_tables(payload, url), 1))
            return [*found, *self._trial.read(payload, tables)]
        found += self._trial.checked(payload, script_tables(payload, url))
        found += self._listed(payload, url)
        return (
            found
            if any(each.source.kind is Kind.API for each in found)
            else [*found, *self._sitemaps(payload)]
        )

    def _feeds(self, urls: Iterable[str]) -> Iterator[Candidate]:
        for url in urls:
            table = feed_table(url)
            answer = self._get(table)
            self.looked.append(url)
            if isinstance(answer, Payload):
                yield from self._trial.checked(answer, [table])
            else:
                self._failed.setdefault(url, answer)

    def _guessed(self, payload: Payload, known: Iterable[str]) -> list[Candidate]:
        """The first feed at the places where sites have theirs: the others are the same in other formats."""
        asked = {payload.url, *known}
        for url in usual_places(payload):
            found = [] if url in asked else [*self._feeds([url])]
            if any(each.has_articles for each in found):
                return found
        return []

    def _listed(self, payload: Payload, url: str) -> Iterator[Candidate]:
        tables = list(islice(page_tables(payload, url), _MOST_LISTS))
        if tables:
            forbidden = self.visit.forbids(self._trial.source(tables[0]), payload.url)
            if forbidden is not None:
                self._obstacle = f"Disallowed: it lists articles, but {forbidden}"
                return iter(())
        return self._trial.checked(payload, tables)

    def _sitemaps(self, payload: Payload) -> Iterator[Candidate]:
        usual = urljoin(payload.url, "/sitemap.xml")
        source = self._trial.source(feed_table(payload.url))
        robots = self.visit.robots(source, payload.url)
        named = sitemaps_in(robots, payload.url) if robots is not None else ()
        for url in (named or (usual,))[:_MOST_SITEMAPS]:
            answer = self._get(sitemap_table(url, is_index=False))
            self.looked.append(url)
            if isinstance(answer, Payload) and not _is_page(answer):
                yield from self._sitemap(answer, url)


def addresses_typed(typed: str) -> tuple[str, ...]:
    """The addresses that somebody may mean, to be tried in this order."""
    bare = typed.strip()
    # Links for feed readers: feed:https://example.org/feed and feed://example.org/feed.
    if bare.lower().startswith("feed:"):
        bare = bare[5:].removeprefix("//")
    return (bare,) if "://" in bare else (f"https://{bare}", f"http://{bare}")


def _is_page(payload: Payload) -> bool:
    return is_html(payload.body) or payload.media_type in ("text/html", "application/xhtml+xml")


def _wall(page: Page) -> str | None:
    """What stands in the way on a page."""
    wall = wall_on(page)
    if wall is not None:
        return f"BotWall: {wall} asks whether we are human; its owner may let feedmill in"
    if is_login(page):
        return "NotAFeed: the page asks for a password; a source's headers, cookies or auth may have it"
    return "NotAFeed: the site is under maintenance; try later" if is_maintenance(page) else None


def _shell(page: Page, payload: Payload) -> str | None:
    """What to do about a page that only its scripts fill."""
    is_empty = len(page.words) <= _LITTLE and b"<script" in payload.body
    if not has_nothing(page.title, page.words) and not is_empty:
        return None
    return (
        "the page has next to no text: its scripts fetch it. Find the JSON that they ask for in a browser's "
        "network panel, and add that address"
    )
