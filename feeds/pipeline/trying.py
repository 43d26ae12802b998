"""Tables tried out: what each would give just now, by the source that the catalogue would make of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from ipaddress import ip_address, ip_network

from feeds.errors import ConfigError, SourceError
from feeds.model import Entry, Failure, Feed, Payload
from feeds.normalize.html import text_of
from feeds.parse.article import parse_article
from feeds.parse.inference_keys import width_of
from feeds.parse.jsonfeed import is_json
from feeds.parse.offers import BODIES, Table
from feeds.pipeline.candidates import Candidate, language_wanted
from feeds.pipeline.check import Checked, loopback_typed, read_as
from feeds.pipeline.visiting import Visit
from feeds.told import Kind, Site, Source
from feeds.urls import domain_of, host_of

Builder = Callable[[Table], Source]
"""Makes a source of a table, as the catalogue that it is to be written to would."""

_MOST_SAMPLES = 2
_LEAST_TEXT = 100
"""Columns that a text on an article's own page has at least."""
_PROBE = "candidate"
_UNSEEN = "its articles' own pages were not looked at, since there is a feed"


class Trial:
    """Tries tables out; those for this machine may fetch from it if ``allow`` has the addresses typed."""

    def __init__(self, visit: Visit, build: Builder, site: Site, allow: tuple[str, ...]) -> None:
        self._visit = visit
        self._build = build
        self._site = site
        self._allow = allow

    def feed(self, payload: Payload, table: Table) -> Feed:
        """What the source of a table reads in ``payload``; nothing where it cannot."""
        try:
            return self._visit.intake.parser(self.source(table), payload)
        except SourceError:
            return Feed()

    def checked(self, payload: Payload, tables: Iterable[Table]) -> Iterator[Candidate]:
        """The tables that give something in ``payload``, with what an article's own page gives besides."""
        return (self._with_bodies(candidate) for candidate in self._read(payload, tables))

    def read(self, payload: Payload, tables: Iterable[Table]) -> Iterator[Candidate]:
        """The same without asking for any article's own page."""
        for candidate in self._read(payload, tables):
            is_unseen = "article" in candidate.table
            yield candidate._replace(notes=(_UNSEEN,)) if is_unseen else candidate

    def in_language(self, candidate: Candidate, said: str | None) -> Candidate:
        """The candidate with a ``language`` where that changes something; ``said`` is that of its page."""
        wanted = language_wanted(candidate, said, self._site)
        return self._rebuilt(candidate, {**candidate.table, "language": wanted}) if wanted else candidate

    def _read(self, payload: Payload, tables: Iterable[Table]) -> Iterator[Candidate]:
        for table in tables:
            try:
                source = self.source(table)
            except ConfigError:  # an address or a selector that no catalogue may have
                continue
            _, checked = read_as(self._visit.intake, source.url, source, payload, self._site)
            if checked.failure is None and (checked.articles or source.kind is Kind.FEED):
                whole = self.whole_table(table)
                yield Candidate(whole, source, checked, title=checked.title, is_json=is_json(payload))

    def _with_bodies(self, candidate: Candidate) -> Candidate:
        """The candidate with bodies from its articles' own pages, if one of these has a text there."""
        table, checked = candidate.table, candidate.checked
        if candidate.source.kind is Kind.FEED or candidate.with_text * 2 >= candidate.entries:
            return self._rebuilt(candidate, _without_bodies(table))
        if "article" not in table and not _are_own(checked, candidate.source):
            return candidate._replace(notes=_no_address_note(table))
        rebuilt = self._rebuilt(candidate, {**table, "article": dict(BODIES)})
        width, wrong = self._sample(rebuilt)
        if width:
            return rebuilt._replace(from_pages=width)
        note = f"no text was found on its articles' own pages: {wrong}" if wrong else ""
        return self._rebuilt(candidate, _without_bodies(table))._replace(notes=(note,) if note else ())

    def _rebuilt(self, candidate: Candidate, table: Table) -> Candidate:
        if table == candidate.table:
            return candidate
        return candidate._replace(table=table, source=self._build(table))

    def _sample(self, candidate: Candidate) -> tuple[float, str]:
        """The columns of an article's text on its own page, and why there is none."""
        source, wrong = candidate.source, ""
        assert source.article is not None
        entries = [entry for entry, _ in candidate.checked.articles if entry.url]
        newest = entries[::-1] if source.kind is Kind.SITEMAP else entries
        for entry in newest[:_MOST_SAMPLES]:
            try:
                return self._text_of(source, entry), ""
            except SourceError as error:
                wrong = str(error)
        return 0.0, wrong

    def _text_of(self, source: Source, entry: Entry) -> float:
        assert source.article is not None
        url = str(entry.url)
        forbidden = self._visit.forbids(source, url)
        if forbidden is not None:
            raise SourceError(forbidden)
        answer = self._visit.get(source, url)
        if isinstance(answer, Failure):
            raise SourceError(answer.message)
        width = width_of(text_of(parse_article(source.article, answer).content))
        if width < _LEAST_TEXT:
            raise SourceError(f"{url} has hardly a text")
        return width

    def source(self, table: Table) -> Source:
        """The source that a table without an id is.

        Raises ConfigError for one that is wrong, or names a variable or a secret: what a publisher says is
        in it, and must not be told what only we know.
        """
        if "${" in str(table):
            raise ConfigError(f"{table['url']}: ${{…}} stands for something here; write such a table by hand")
        return self._build(self.whole_table(table))

    def whole_table(self, table: Table) -> Table:
        """A whole table; it may fetch from this machine if that is what somebody typed."""
        whole = {"id": _PROBE, **table}
        if not loopback_typed(host_of(table["url"])):
            return whole
        networks = [ip_network(each) for each in self._build(whole).allow]
        missing = [one for one in self._allow if not any(ip_address(one) in each for each in networks)]
        return {**whole, "allow": list(self._allow)} if missing else whole


def _without_bodies(table: Table) -> Table:
    return {key: value for key, value in table.items() if key != "article"}


def _are_own(checked: Checked, source: Source) -> bool:
    """Whether articles are pages of the site that lists them; others' sites are not asked for bodies."""
    own = domain_of(source.url)
    urls = [article.url for _, article in checked.articles if article.url]
    return sum(1 for url in urls if domain_of(url) == own) * 2 > len(checked.articles)


def _no_address_note(table: Table) -> tuple[str, ...]:
    if "url" in table.get("fields", {}):
        return ()
    return ('its items have no address; give them one: url = { template = "https://…/{guid}" } in fields',)
