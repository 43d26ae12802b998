"""From a subscription list to the tables that a catalogue lacks: ids, categories, what is left out (pure)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

import msgspec

from feeds.catalogue.problems import shown
from feeds.catalogue.requests import check_address
from feeds.catalogue.secrets import may_show
from feeds.catalogue.subscriptions import Folder, Subscription, SubscriptionList
from feeds.catalogue.writing import Table, free_id
from feeds.told import Catalogue
from feeds.urls import host_of

_SCHEME = re.compile(r"(?:feed|feeds|itpc|pcast):(?://)?(?:(https?:)//)?", re.IGNORECASE)
"""How readers mark feeds: feed://host, feed:https://host; podcast programs say itpc and pcast."""
_HTTP = re.compile(r"(https?)://", re.IGNORECASE)
_USERINFO = re.compile(r"(https?://)([^/?#]*)@")
_LONGEST_NAME = 60

KNOWN = "there already"
TWICE = "twice in the list"


class Naming(NamedTuple):
    """How titles become ids and slugs, which feeds/normalize/slugs.py knows.

    ``spelled`` makes lower-case words with hyphens, ``safe`` a slug, ``none`` is the slug and the title of
    the category of feeds that stand in no folder.
    """

    spelled: Callable[[str], str]
    safe: Callable[[str], str]
    none: tuple[str, str]


class LeftOut(NamedTuple):
    """A feed that becomes no source; ``why`` is one of a few short reasons."""

    what: str
    why: str


class Import(msgspec.Struct, frozen=True):
    """Tables for feeds/catalogue/writing.py, what is left out, and what else there is to say."""

    sources: tuple[Table, ...]
    categories: Mapping[str, Table]
    left_out: tuple[LeftOut, ...]
    remarks: tuple[str, ...]

    @property
    def slugs(self) -> frozenset[str]:
        """The categories that the sources go to."""
        return frozenset(str(source["category"]) for source in self.sources)


def plan_import(
    listed: SubscriptionList, catalogue: Catalogue, naming: Naming, *, secrets: Collection[str]
) -> Import:
    """What ``listed`` adds to ``catalogue``; ``secrets`` are names that a password may not be given."""
    return _Planner(catalogue, naming, secrets, listed.slugs).plan(listed.feeds)


class _Planner:
    """Goes through a list once; what was given a name keeps it."""

    def __init__(
        self, catalogue: Catalogue, naming: Naming, secrets: Collection[str], slugs: Mapping[Folder, str]
    ) -> None:
        self._naming = naming
        self._secrets = set(secrets)
        self._categories = _Categories(catalogue, naming, slugs)
        self._urls = {source.url: source.id for source in catalogue.sources}
        self._known = frozenset(self._urls)
        self._ids = {source.id.casefold() for source in catalogue.sources}
        self._numbers: Counter[str] = Counter()
        self._left_out: list[LeftOut] = []
        self._remarks: list[str] = []

    def plan(self, feeds: tuple[Subscription, ...]) -> Import:
        """The tables of ``feeds``, in their order."""
        sources = [table for feed in feeds if (table := self._source(feed)) is not None]
        used = {str(source["category"]) for source in sources}
        categories = {slug: table for slug, table in self._categories.new.items() if slug in used}
        return Import(tuple(sources), categories, tuple(self._left_out), tuple(self._remarks))

    def _source(self, feed: Subscription) -> Table | None:
        try:
            url, user, password = address_of(feed.url)
        except ValueError as error:
            self._left_out.append(LeftOut(_named(feed), str(error)))
            return None
        if url in self._urls:
            known = url in self._known
            what = self._urls[url] if known else f"{_named(feed)} (as {self._urls[url]})"
            self._left_out.append(LeftOut(what, KNOWN if known else TWICE))
            return None
        name = self._urls[url] = self._name(feed.title, url)
        self._remarks.extend(_places(feed, name))
        category = self._categories.slug(feed.folders[0] if feed.folders else ())
        table: dict[str, Any] = {"id": name, "kind": "feed", "url": url, "category": category}
        if user or password:
            table["auth"] = self._auth(name, user, password)
        return table

    def _name(self, title: str, url: str) -> str:
        """A free id from the title where that can be spelled in ASCII, else from the host."""
        spelled = self._naming.spelled(title)
        if not spelled.isascii() or not re.search("[a-z]", spelled):
            spelled = self._naming.spelled(host_of(url).removeprefix("www."))
        wanted = re.sub("[^a-z0-9-]", "", spelled)[:_LONGEST_NAME]
        self._numbers[wanted] += 1
        name = free_id(wanted, self._ids, first=self._numbers[wanted])
        self._ids.add(name)
        return name

    def _auth(self, name: str, user: str, password: str) -> str:
        """What logs in, the secret part of it named; a user without a password is a key, and that part.

        The secret's name is one that nothing has yet: a list shall not get at those of other sources.
        """
        secret = "OPML_" + re.sub("[^A-Z0-9]", "_", name.upper())
        while secret in self._secrets:
            secret += "_"
        self._secrets.add(secret)
        what = "password" if password else "user"
        self._remarks.append(
            f"{name}: the {what} in its address is not written down; "
            f"set FEEDMILL_SECRET_{secret} to it where the fetch worker runs"
        )
        return f"{user}:${{secret.{secret}}}" if password else f"${{secret.{secret}}}:"


class _Categories:
    """The category of each folder: one that the catalogue has by that title or slug, else a new one."""

    def __init__(self, catalogue: Catalogue, naming: Naming, told: Mapping[Folder, str]) -> None:
        self.new: dict[str, Table] = {}
        self._naming = naming
        self._told = told
        self._found: dict[Folder, str] = {}
        self._given: set[str] = set()
        self._slugs: dict[str, str] = {}
        self._aliases: dict[str, str] = {}
        self._titles: dict[str, str] = {}
        self._numbers: Counter[str] = Counter()
        for slug, title, aliases in _categories_of(catalogue):
            self._titles.setdefault((title or slug).casefold(), slug)
            self._slugs.setdefault(slug.casefold(), slug)
            self._aliases.update((alias.casefold(), slug) for alias in aliases)

    def slug(self, folder: Folder) -> str:
        """The slug of a folder's category; a new category gets its table in ``new``."""
        if folder not in self._found:
            self._found[folder] = self._chosen(folder)
            self._given.add(self._found[folder])
        return self._found[folder]

    def _chosen(self, folder: Folder) -> str:
        title = _literal(" / ".join(folder)) if folder else self._naming.none[1]
        told = self._naming.safe(_literal(self._told[folder])) if folder in self._told else None
        if told is None and title.casefold() in self._titles:
            return self._titles[title.casefold()]
        wanted = told or self._spelled(folder, title)
        if wanted.casefold() in self._aliases:
            return self._aliases[wanted.casefold()]
        there = self._slugs.get(wanted.casefold())
        if there and (told or there not in self._given):
            return there
        slug = self._free(wanted)
        self._slugs[slug.casefold()] = self._titles[title.casefold()] = slug
        if title != slug:
            self.new[slug] = {"title": title}
        return slug

    def _spelled(self, folder: Folder, title: str) -> str:
        if not folder:
            return self._naming.none[0]
        words = "-".join(filter(None, map(self._naming.spelled, folder)))
        return self._naming.safe(words[:_LONGEST_NAME].strip("-") or title)

    def _free(self, wanted: str) -> str:
        """``wanted``, or with a number: folders of two titles are two categories, as are C and C++."""
        slug = wanted
        while slug.casefold() in self._slugs or slug.casefold() in self._aliases:
            self._numbers[wanted] += 1
            slug = f"{wanted}-{self._numbers[wanted] + 1}"
        return slug


def address_of(written: str) -> tuple[str, str, str]:
    """An address for a catalogue, and the user and password that it held.

    Raises ValueError, with a short reason, unless it is http(s) in the end. ``${`` would be read as a
    variable, or as a secret of ours, so that it is percent-encoded.
    """
    url = _SCHEME.sub(lambda match: f"{match.group(1) or 'http:'}//", written.strip(), count=1)
    url = _HTTP.sub(lambda match: f"{match.group(1).lower()}://", url, count=1)
    userinfo = _USERINFO.match(url)
    user = password = ""
    if userinfo:
        user, _, password = userinfo.group(2).partition(":")
        user, url = unquote(user), userinfo.group(1) + url[userinfo.end() :]
        if not user.isprintable() or ":" in user or "${" in user:
            raise ValueError("a user that cannot log in")
    url = url.replace("${", "$%7B")
    try:
        check_address(url)
    except ValueError as error:
        raise ValueError("no http(s) address") from error
    return url, user, password


def _categories_of(catalogue: Catalogue) -> Iterator[tuple[str, str | None, tuple[str, ...]]]:
    """Slug, title and aliases of what the catalogue names; a table's title outweighs a source's."""
    for spec in catalogue.categories:
        yield spec.slug, spec.title, spec.aliases
    for source in catalogue.sources:
        if source.category.slug is not None:
            yield source.category.slug, source.category.title, ()


def _places(feed: Subscription, name: str) -> Iterator[str]:
    if len(feed.folders) > 1:
        others = ", ".join(" / ".join(folder) for folder in feed.folders[1:4])
        more = f" and {len(feed.folders) - 4} more" if len(feed.folders) > 4 else ""
        yield f"{name}: also stands in {others}{more}; its category is that of {' / '.join(feed.folders[0])}"
    elif feed.times > 1:
        yield f"{name}: stands {feed.times} times in the list; it is one source"


def _named(feed: Subscription) -> str:
    """A feed in words; an address that may hold a password is not shown."""
    return f"{shown(feed.title)} {shown(feed.url)}" if may_show(feed.url) else shown(feed.title)


def _literal(text: str) -> str:
    """``text`` so that the catalogue reads it as it is, and takes nothing in it for a variable."""
    return text.replace("${", "$ {")
