"""What finishing writes: each way a piece of work can end, as one plan for finish.lua."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from feeds.model import Category, Document, Health, Payload, Stage
from feeds.store.claims import Hint
from feeds.store.codec import blob, pack, squeeze, squeeze_binary
from feeds.store.connection import Connection, guarded, milliseconds
from feeds.store.keys import ALL, Keys
from feeds.store.plan import ArticleWrite, Finish, Finished, Plan, publish_every

_ASIDE_SECONDS = 7 * 86400


class Finishing:
    """The ends of work, one method each; all of them are all or nothing."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._keys: Keys = connection.keys

    # ── fetch ───────────────────────────────────────────────────────────────────────────────────

    def polled(
        self, stage: Stage, hint: Hint, health: Health, *, due_at: datetime | None, now: datetime
    ) -> Finished:
        """A source's fetch or parse ended without news: only its health and next due time move."""
        plan = self._plan(stage, hint, now)
        plan.dropped = [self._keys.payload(hint.member)] if stage is Stage.PARSE else []
        self._reschedule(plan, hint.member, health, due_at)
        return self._finish(plan)

    def dropped(self, stage: Stage, hint: Hint, now: datetime) -> Finished:
        """Work whose source is no more: it ends without a trace."""
        plan = self._plan(stage, hint, now)
        plan.dropped = [self._keys.payload(hint.member)] if stage is Stage.PARSE else []
        return self._finish(plan)

    def received(self, stage: Stage, hint: Hint, member: str, *, payload: Payload, now: datetime) -> Finished:
        """A payload came, of a source or of an article's page; parse has it next, as ``member``."""
        plan = self._plan(stage, hint, now)
        plan.values = {self._keys.payload(member): blob(squeeze_binary(payload))}
        plan.offered = [(Stage.PARSE, member)]
        return self._finish(plan)

    # ── parse ───────────────────────────────────────────────────────────────────────────────────

    def parsed(
        self,
        hint: Hint,
        health: Health | None,
        *,
        due_at: datetime | None,
        now: datetime,
        owner: str,
        digests: Mapping[str, str],
        writes: Iterable[ArticleWrite],
        categories: Iterable[Category],
        page_origins: Mapping[str, str],
    ) -> Finished:
        """A source's payload became articles; its validators are committed with them.

        Without ``health`` the payload was not a source's but an import's.
        ``owner`` is Source.known_as; ``digests`` are article id → entry digest;
        ``page_origins`` article id → origin of the page to be fetched.
        """
        plan = self._plan(Stage.PARSE, hint, now)
        plan.dropped = [self._keys.payload(hint.member)]
        if health is not None:
            self._reschedule(plan, hint.member, health, due_at)
        if digests:
            plan.fields[self._keys.entries(owner)] = _blobs(digests)
        self._add_categories(plan, categories)
        for write in writes:
            self._add_article(plan, write)
        for article_id, origin in page_origins.items():
            self._add_fields(plan, self._keys.origins(Stage.PAGE), {article_id: origin.encode()})
            plan.scheduled.append((Stage.PAGE, article_id, plan.now, plan.now))
        return self._finish(plan)

    def filled(self, hint: Hint, write: ArticleWrite, *, now: datetime) -> Finished:
        """An article's body came from its page: it is published, or corrected, with it."""
        plan = self._plan(Stage.PARSE, hint, now)
        plan.dropped = [self._keys.payload(hint.member)]
        self._forget_page(plan, write.article.id)
        plan.dropped_fields[self._keys.page_errors] = [write.article.source_id]
        self._add_article(plan, write)
        return self._finish(plan)

    def page_failed(
        self,
        stage: Stage,
        hint: Hint,
        write: ArticleWrite | None,
        *,
        article_id: str,
        failures: int,
        retry_at: datetime | None,
        error: tuple[str, str] | None,
        now: datetime,
    ) -> Finished:
        """An article's page could not be had; ``write`` publishes it as it is, once tries are up.

        ``error`` is (source, what went wrong), kept until a page of that source can be had.
        """
        plan = self._plan(stage, hint, now)
        if error is not None:
            self._add_fields(plan, self._keys.page_errors, {error[0]: error[1].encode()})
        if stage is Stage.PARSE:
            plan.dropped = [self._keys.payload(hint.member)]
        if write is not None:
            self._add_article(plan, write)
        if retry_at is None:
            self._forget_page(plan, article_id)
        else:
            self._add_fields(plan, self._keys.page_failures, {article_id: str(failures).encode()})
            at = milliseconds(retry_at)
            plan.scheduled.append((Stage.PAGE, article_id, at, at))
        return self._finish(plan)

    def set_aside(self, member: str) -> None:
        """Keep a payload that ended its parser for seven days, out of the way."""
        with guarded():
            if self._connection.client.exists(self._keys.payload(member)):
                self._connection.client.rename(self._keys.payload(member), self._keys.aside(member))
                self._connection.client.expire(self._keys.aside(member), _ASIDE_SECONDS)

    # ── publish ─────────────────────────────────────────────────────────────────────────────────

    def published(
        self, hint: Hint, documents: Mapping[str, Document], *, rendered: int, render: str, now: datetime
    ) -> Finished:
        """Documents of a category as of counter ``rendered``; only those whose bytes changed.

        ``render`` is the version of the renderer that made them.
        """
        plan = self._plan(Stage.PUBLISH, hint, now)
        plan.rendered = rendered
        plan.every = round(publish_every(hint.member) * 1000)
        blobs = {name: msgspec.msgpack.encode(document) for name, document in documents.items()}
        self._add_fields(plan, self._keys.documents(hint.member), blobs)
        self._add_fields(plan, self._keys.category(hint.member), {"render": render.encode()})
        return self._finish(plan)

    def unpublishable(self, hint: Hint, retry_at: datetime, now: datetime) -> Finished:
        """A category that ended its publisher several times waits; its last documents stay."""
        plan = self._plan(Stage.PUBLISH, hint, now)
        at = milliseconds(retry_at)
        plan.scheduled = [(Stage.PUBLISH, hint.member, at, at)]
        return self._finish(plan)

    # ── parts of a plan ─────────────────────────────────────────────────────────────────────────

    def _plan(self, stage: Stage, hint: Hint, now: datetime) -> Plan:
        return Plan(stage=stage.value, member=hint.member, token=hint.token, now=milliseconds(now))

    def _reschedule(self, plan: Plan, source_id: str, health: Health, due_at: datetime | None) -> None:
        self._add_fields(plan, self._keys.health, {source_id: pack(health)})
        if due_at is not None:
            soonest = max(plan.now, milliseconds(health.retry_at)) if health.retry_at else plan.now
            plan.scheduled.append((Stage.FETCH, source_id, milliseconds(due_at), soonest))

    def _forget_page(self, plan: Plan, article_id: str) -> None:
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
        fields = {"v": str(write.version + 1).encode(), "b": squeeze(article)}
        if write.entry is not None:
            fields["e"] = squeeze(write.entry)
        self._add_fields(plan, key, fields)
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

    def _finish(self, plan: Plan) -> Finished:
        fields: dict[str, Any] = msgspec.structs.asdict(plan)
        status, offered = self._connection.run("finish", **fields)
        hints: dict[Stage, list[Hint]] = {}
        for stage, member, token in offered:
            hints.setdefault(Stage(stage.decode()), []).append(Hint(member.decode(), token.decode()))
        return Finished(Finish(status.decode()), hints)


def _blobs(texts: Mapping[str, str]) -> dict[str, msgspec.Raw]:
    return {name: blob(text.encode()) for name, text in texts.items()}
