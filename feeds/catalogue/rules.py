"""Rules that hold between the tables of a catalogue, each yielding the problems it finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import msgspec

from feeds.catalogue.lines import Path, line_of
from feeds.catalogue.problems import Problem, shown, suggestion
from feeds.catalogue.tables import CategorySpecTable, FetchTable, SourceTable
from feeds.catalogue.values import FIELDS, check_expression
from feeds.durations import spelled
from feeds.told import Source
from feeds.urls import domain_of, host_of

_LIST_KEYS = ("items", "fields", "within", "next", "paging", "pages", "article")
_KEYS_OF = {
    "feed": {"article"},
    "page": {"items", "fields", "next", "pages", "article"},
    "api": set(_LIST_KEYS),
    "sitemap": {"pages", "article"},
    "posts": set[str](),
}
"""Which of the keys that describe a list each kind reads."""
_REQUEST_KEYS = ("method", "body", "headers", "cookies", "auth")
_HTTP_KEYS = (*_REQUEST_KEYS, "max_hold", "retry_after", "ports", "robots", "user_agent", "proxy")


class Placed(msgspec.Struct, frozen=True):
    """A source with the table it was built from and where that is written."""

    path: Path
    where: str
    table: SourceTable
    source: Source


def kind_problems(placed: Placed) -> Iterator[Problem]:
    """What a source says that its kind does not read, or leaves out that it needs."""
    table = placed.table
    for key in _LIST_KEYS:
        if key in table.model_fields_set and key not in _KEYS_OF[table.kind]:
            kinds = " or ".join(f'"{kind}"' for kind, keys in _KEYS_OF.items() if key in keys)
            yield at(placed, key, f"'{key}' is for kind {kinds}; leave it out, or change the kind")
    if table.kind == "api":
        yield from _list_problems(placed)
    yield from field_problems(placed)
    yield from _category_problems(placed)


def request_problems(placed: Placed) -> Iterator[Problem]:
    """A folder that is asked for over HTTP, and parts of a request that do not go together."""
    table = placed.table
    if table.kind == "posts":
        for key in _HTTP_KEYS:
            if key in table.model_fields_set:
                what = f"'{key}' is for what is asked for over HTTP; leave it out, or change the kind"
                yield at(placed, key, what)
        return
    if table.body is not None and table.method != "POST":
        yield at(placed, "body", '\'body\' is for method "POST"; leave it out, or add method = "POST"')
    named = next((name for name in table.headers if name.lower() == "authorization"), None)
    if named is not None and table.auth is not None:
        what = f"headers.{named} and auth say the same; leave one of the two out"
        yield at(placed, "headers", what)


def _list_problems(placed: Placed) -> Iterator[Problem]:
    table = placed.table
    if table.items is None:
        yield at(placed, "items", "'items' is missing; add items = the JMESPath of the list")
    if not {"guid", "title"} & table.fields.keys():
        what = "'fields' has neither guid nor title; say where at least one of them is"
        yield at(placed, "fields", what)


def field_problems(placed: Placed) -> Iterator[Problem]:
    """Fields that entries do not have."""
    for name in placed.table.fields:
        if name not in FIELDS:
            known = suggestion(name, FIELDS)
            yield at(placed, "fields", f"'fields.{name}' is not a field of an entry{known}")


def _category_problems(placed: Placed) -> Iterator[Problem]:
    category = placed.table.category
    if category is None or category.from_ is None:
        return
    field = category.from_
    if placed.table.kind != "api":
        if field not in FIELDS:
            what = f"category.from = {shown(field)} is not a field of an entry"
            yield at(placed, "category", what + suggestion(field, FIELDS))
    elif field not in placed.table.fields:
        try:
            check_expression(field)
        except ValueError as error:
            what = f"category.from = {shown(field)} is none of the fields and {error}"
            yield at(placed, "category", what)


def interval_problems(placed: Placed) -> Iterator[Problem]:
    """An interval whose least is above its most."""
    source = placed.source
    if source.min_interval > source.max_interval:
        what = (
            f"min_interval of {spelled(source.min_interval)} is above max_interval of "
            f"{spelled(source.max_interval)}; change one of them, here or in [fetch]"
        )
        key = "min_interval" if placed.table.min_interval is not None else "max_interval"
        yield at(placed, key, what)


def twin_problems(placed: Sequence[Placed], lines: Mapping[Path, int]) -> Iterator[Problem]:
    """Sources with one id, or with the same kind and url: later renames could not tell them apart."""
    ids: dict[str, Placed] = {}
    pages: dict[tuple[str, str, str | None], Placed] = {}
    for each in placed:
        first = ids.setdefault(each.source.id.casefold(), each)
        if first is not each:
            there = line_of(lines, (*first.path, "id"))
            what = f"id = {shown(each.source.id)} is taken on line {there}; choose another"
            yield at(each, "id", what)
        twin = pages.setdefault((each.source.kind, each.source.url, each.source.body), each)
        if twin is not each:
            here, there = (line_of(lines, (*one.path, "url")) for one in (each, twin))
            what = (
                f"the same kind and url on line {here} as {twin.where} on line {there}; "
                "leave one of the two out"
            )
            yield at(each, "url", what)


def slug_problems(categories: Mapping[str, CategorySpecTable], placed: Sequence[Placed]) -> Iterator[Problem]:
    """Categories that would share one address: equal but for case, or an alias that is a slug."""
    owners: dict[str, str] = {}
    for slug in categories:
        first = owners.setdefault(slug.casefold(), slug)
        if first != slug:
            what = f"the same slug as [category.{first}] but for case; make them one table"
            yield Problem(("category", slug), f'category "{slug}"', what)
    for constant in (slug for each in placed for slug in each.source.category.constants):
        owners.setdefault(constant.casefold(), constant)
    for slug, table in categories.items():
        for alias in table.aliases:
            owner = owners.setdefault(alias.casefold(), f"{slug}'s alias")
            if owner != f"{slug}'s alias":
                what = f'alias "{alias}" is the address of {owner} already; leave it out'
                yield Problem(("category", slug, "aliases"), f'category "{slug}"', what)


def domain_problems(domains: Mapping[str, FetchTable]) -> Iterator[Problem]:
    """Domain tables that no URL could fall under, since politeness counts registrable domains."""
    for domain in domains:
        counted = domain_of(f"http://{domain}/")
        if counted != domain:
            fix = f'write [domain."{counted}"]' if counted else "write a domain like example.com"
            what = f"requests are counted by registrable domain; {fix}"
            yield Problem(("domain", domain), f'domain "{domain}"', what)


def raised_intervals(placed: Placed) -> Iterator[Problem]:
    """The warning that ``every`` is below what ``min_interval`` allows."""
    every = placed.table.every
    if every is not None and every < placed.source.min_interval:
        raised = spelled(placed.source.min_interval)
        what = f'every = "{spelled(every)}" is below min_interval; raised to {raised}'
        yield at(placed, "every", what)


def closed_addresses(placed: Placed) -> Iterator[Problem]:
    """The warning that a source at an address of this machine, or of a network of ours, is not fetched."""
    address = _literal(host_of(placed.source.url))
    networks = [ip_network(each, strict=False) for each in placed.source.allow]
    if address is None or address.is_global or any(address in network for network in networks):
        return
    what = f'is at no public address, and not fetched; add allow = ["{address}"] if it is yours'
    yield at(placed, "url", f"url = {shown(placed.source.url)} {what}")


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host is; a name's is known when it is asked for."""
    try:
        return ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        return None


def at(placed: Placed, key: str, what: str) -> Problem:
    return Problem((*placed.path, key), placed.where, what)
