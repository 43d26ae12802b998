"""Each way a piece of work can end, as the one plan of everything that is written then."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from feeds.crawl import Continuation, Remembered, Robots
from feeds.model import Document, Received, Stage
from feeds.store.claims import Hint
from feeds.store.codec import blob, pack, squeeze
from feeds.store.connection import milliseconds
from feeds.store.keys import ALL, Keys
from feeds.store.plan import (
    NOTHING,
    OUTCOMES,
    REVISIONS,
    ArticleWrite,
    PageEnd,
    Plan,
    SourceEnd,
    page_of,
    publish_every,
)
from feeds.told import Category
from feeds.urls import host_of


class Plans:
    """The ends of work, one method each; finish.lua carries them out, all or nothing."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    # ── fetch ───────────────────────────────────────────────────────────────────────────────────

    def polled(self, stage: Stage, hint: Hint, end: SourceEnd, now: datetime) -> Plan:
        """A source's fetch or parse ended without news: only its health and next due time move."""
        plan = self._plan(stage, hint, now)
        plan.dropped = [self._keys.payload(hint.member)] if stage is Stage.PARSE else []
        self._add_end(plan, hint.member, end)
        return plan

    def dropped(self, stage: Stage, hint: Hint, now: datetime) -> Plan:
        """Work whose source is no more: it ends without a trace."""
        plan = self._plan(stage, hint, now)
        plan.dropped = [self._keys.payload(hint.member)] if stage is Stage.PARSE else []
        return plan

    def received(
        self,
        stage: Stage,
        hint: Hint,
        member: str,
        *,
        received: Received,
        charged: Mapping[str, int] = NOTHING,
        now: datetime,
    ) -> Plan:
        """A payload came, of a source or of an article's page; parse has it next, as ``member``.

        ``charged`` is domain → ms that its next request is pushed back.
        """
        plan = self._plan(stage, hint, now)
        plan.values = {self._keys.payload(member): blob(msgspec.msgpack.encode(received))}
        plan.offered = [(Stage.PARSE, member)]
        plan.charged = dict(charged)
        return plan

    def postponed(
        self, stage: Stage, hint: Hint, *, due_at: datetime, robots: tuple[str, Robots] | None, now: datetime
    ) -> Plan:
        """An address waits: for robots.txt that another fetches, or that was fetched in its place."""
        plan = self._plan(stage, hint, now)
        at = milliseconds(due_at)
        plan.scheduled = [(stage, hint.member, at, at)]
        plan.wanted_still = 1
        if robots is not None:
            self._add_robots(plan, *robots, now=now)
        return plan

    # ── parse ───────────────────────────────────────────────────────────────────────────────────

    def parsed(
        self,
        hint: Hint,
        end: SourceEnd | None,
        *,
        now: datetime,
        owner: str,
        digests: Mapping[str, str],
        gone: Collection[str] = (),
        signatures: Mapping[str, str] = NOTHING,
        writes: Iterable[ArticleWrite],
        categories: Iterable[Category],
        page_origins: Mapping[str, str],
        more: Mapping[str, tuple[Continuation, str]] = NOTHING,
        remembered: Remembered | None = None,
    ) -> Plan:
        """A source's payload became articles; its validators are committed with them.

        Without ``end`` the payload was not a source's but an import's.
        ``owner`` is Source.known_as; ``digests`` are article id → entry digest, forgotten of those ``gone``;
        ``signatures`` are by what articles are found again;
        ``page_origins`` article id → origin of the page to be fetched; ``more`` member → a further document
        of the list, with its origin; ``remembered`` are the entries of a source's own document.
        """
        plan = self._plan(Stage.PARSE, hint, now)
        plan.dropped = [self._keys.payload(hint.member)]
        if end is not None:
            self._add_end(plan, hint.member, end)
        if remembered is not None:
            plan.values[self._keys.glimpses(hint.member)] = blob(squeeze(remembered))
        if digests:
            plan.fields[self._keys.entries(owner)] = _blobs(digests)
        if signatures:
            plan.fields[self._keys.signatures(owner)] = _blobs(signatures)
        if gone:
            plan.dropped_fields[self._keys.entries(owner)] = list(gone)
        self._add_categories(plan, categories)
        for write in writes:
            self._add_article(plan, write)
        for article_id, origin in page_origins.items():
            self._await_page(plan, article_id, origin)
        for member, (continuation, origin) in more.items():
            self._add_fields(plan, self._keys.more, {member: pack(continuation)})
            self._await_page(plan, member, origin)
        document = page_of(hint.member)
        if document is not None:
            self._forget_page(plan, document)
        return plan

    def removed(self, hint: Hint, write: ArticleWrite, place: str | None, now: datetime) -> Plan:
        """An article is taken down; ``place`` is the address_key by which it is known if it comes again."""
        plan = self._plan(Stage.PARSE, hint, now)
        if place is not None:
            self._add_fields(plan, self._keys.removed, {place: write.article.id.encode()})
        self._add_article(plan, write)
        return plan

    def filled(self, hint: Hint, write: ArticleWrite, *, again: str | None = None, now: datetime) -> Plan:
        """An article's body came from its page: it is published, or corrected, with it.

        ``again`` is the origin of the article's next page, where there is one.
        """
        plan = self._plan(Stage.PARSE, hint, now)
        plan.dropped = [self._keys.payload(hint.member)]
        if again is None:
            self._forget_page(plan, write.article.id)
        else:
            self._await_page(plan, write.article.id, again)
        plan.dropped_fields[self._keys.page_errors] = [write.article.source_id]
        self._add_article(plan, write)
        return plan

    def page_failed(
        self, stage: Stage, hint: Hint, write: ArticleWrite | None, end: PageEnd, now: datetime
    ) -> Plan:
        """An article's page could not be had; ``write`` publishes it as it is, once tries are up."""
        plan = self._plan(stage, hint, now)
        if end.error is not None:
            self._add_fields(plan, self._keys.page_errors, {end.error[0]: end.error[1].encode()})
        if stage is Stage.PARSE:
            plan.dropped = [self._keys.payload(hint.member)]
        if write is not None:
            self._add_article(plan, write)
        if end.retry_at is None:
            self._forget_page(plan, end.article_id)
        else:
            failures = {end.article_id: str(end.failures).encode()}
            self._add_fields(plan, self._keys.page_failures, failures)
            at = milliseconds(end.retry_at)
            plan.scheduled.append((Stage.PAGE, end.article_id, at, at))
        plan.holds = _in_ms(end.holds)
        plan.charged = dict(end.charged)
        return plan

    # ── publish ─────────────────────────────────────────────────────────────────────────────────

    def published(
        self,
        hint: Hint,
        documents: Mapping[str, Document],
        *,
        rendered: int,
        render: str,
        now: datetime,
        warnings: Sequence[str] = (),
    ) -> Plan:
        """Documents of a category as of counter ``rendered``; only those whose bytes changed.

        ``render`` is the version of the renderer that made them, ``warnings`` say what it could not make.
        """
        plan = self._plan(Stage.PUBLISH, hint, now)
        plan.rendered = rendered
        plan.announced = int(bool(documents))
        plan.every = round(publish_every(hint.member) * 1000)
        blobs = {name: msgspec.msgpack.encode(document) for name, document in documents.items()}
        self._add_fields(plan, self._keys.documents(hint.member), blobs)
        said = {"render": render.encode(), "warnings": msgspec.json.encode(list(warnings))}
        self._add_fields(plan, self._keys.category(hint.member), said)
        return plan

    def unpublishable(self, hint: Hint, retry_at: datetime, now: datetime) -> Plan:
        """A category that ended its publisher several times waits; its last documents stay."""
        plan = self._plan(Stage.PUBLISH, hint, now)
        at = milliseconds(retry_at)
        plan.scheduled = [(Stage.PUBLISH, hint.member, at, at)]
        return plan

    # ── parts of a plan ─────────────────────────────────────────────────────────────────────────

    def _plan(self, stage: Stage, hint: Hint, now: datetime) -> Plan:
        return Plan(stage=stage.value, member=hint.member, token=hint.token, now=milliseconds(now))

    def _add_end(self, plan: Plan, source_id: str, end: SourceEnd) -> None:
        health = end.health
        self._add_fields(plan, self._keys.health, {source_id: pack(health)})
        if end.due_at is not None:
            soonest = max(plan.now, milliseconds(health.retry_at)) if health.retry_at else plan.now
            plan.scheduled.append((Stage.FETCH, source_id, milliseconds(end.due_at), soonest))
        if end.outcome is not None:
            plan.history[self._keys.outcomes(source_id)] = (blob(pack(end.outcome)), OUTCOMES)
        if end.origin is not None:
            self._add_fields(plan, self._keys.origins(Stage.FETCH), {source_id: end.origin.encode()})
        plan.holds = _in_ms(end.holds)
        plan.charged = dict(end.charged)

    def _add_robots(self, plan: Plan, site: str, robots: Robots, *, now: datetime) -> None:
        """What a host's robots.txt says, until it expires; Crawl-delay is the host's, whatever the port."""
        lives = max(1, round((robots.until - now).total_seconds() * 1000))
        plan.expiring[self._keys.robots(site)] = (blob(pack(robots)), lives)
        if robots.delay:
            delay = str(round(robots.delay * 1000)).encode()
            plan.expiring[self._keys.delay(host_of(site))] = (blob(delay), lives)

    def _await_page(self, plan: Plan, member: str, origin: str) -> None:
        self._add_fields(plan, self._keys.origins(Stage.PAGE), {member: origin.encode()})
        plan.scheduled.append((Stage.PAGE, member, plan.now, plan.now))

    def _forget_page(self, plan: Plan, article_id: str) -> None:
        plan.dropped_fields[self._keys.more] = [article_id]
        plan.dropped_fields[self._keys.page_failures] = [article_id]
        plan.dropped_fields[self._keys.origins(Stage.PAGE)] = [article_id]

    def _add_categories(self, plan: Plan, categories: Iterable[Category]) -> None:
        for category in categories:
            key = self._keys.category(category.slug)
            plan.first_fields[key] = {"spec": blob(pack(category))}

    def _add_article(self, plan: Plan, write: ArticleWrite) -> None:
        article, key = write.article, self._keys.article(write.article.id)
        plan.expected[key] = str(write.version)
        plan.paths[article.path] = article.id
        plan.edited.append(article.id)
        fields = {"v": str(write.version + 1).encode(), "b": squeeze(article)}
        if write.entry is not None:
            fields["e"] = squeeze(write.entry)
        if write.replaced is not None:
            plan.history[self._keys.revisions(article.id)] = (blob(squeeze(write.replaced)), REVISIONS)
        if article.removed:
            plan.dropped.append(self._keys.revisions(article.id))
            plan.dropped_fields[key] = ["e"]
        self._add_fields(plan, key, fields)
        if article.is_gone:
            plan.indexed.setdefault(self._keys.gone, {})[article.id] = plan.now
        elif write.version:
            plan.unindexed.setdefault(self._keys.gone, []).append(article.id)
        if article.listed:
            for slug in (*article.slugs, ALL):
                plan.indexed.setdefault(self._keys.index(slug), {})[article.id] = article.sort_key
                plan.touched[slug] = round(publish_every(slug) * 1000)
        for slug in write.left:
            plan.unindexed.setdefault(self._keys.index(slug), []).append(article.id)
            plan.touched[slug] = round(publish_every(slug) * 1000)

    @staticmethod
    def _add_fields(plan: Plan, key: str, fields: Mapping[str, bytes]) -> None:
        plan.fields.setdefault(key, {}).update({name: blob(content) for name, content in fields.items()})


def _blobs(texts: Mapping[str, str]) -> dict[str, msgspec.Raw]:
    return {name: blob(text.encode()) for name, text in texts.items()}


def _in_ms(moments: Mapping[str, datetime]) -> dict[str, int]:
    return {name: milliseconds(at) for name, at in moments.items()}
