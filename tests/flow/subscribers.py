"""Those who read our feed with real programs, and how they look at what a day has brought."""

from __future__ import annotations

import json
import re

import feedparser

from tests.flow.clients import Client, Held, Newsboat, Reader
from tests.flow.publisher import Publisher, Words
from tests.flow.served import Web

RSS, ATOM, JSON = (f"/feeds/news.{form}" for form in ("rss", "atom", "json"))
DATED = (ATOM, JSON)
"""The formats that say when an article was changed."""
_URN = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Subscribers:
    """All who are subscribed to our feed of its posts, and what each should hold."""

    def __init__(self, web: Web, publisher: Publisher, readers: list[Reader], boats: list[Newsboat]) -> None:
        self._web = web
        self._publisher = publisher
        self._readers = readers
        self._clients: list[Client] = [*readers, *boats]
        self._ids: dict[int, str] = {}
        self._today: dict[int, Words] = {}
        self._latest: dict[int, Words] = {}
        self._etags: dict[str, str] = {}
        self._kept: dict[Client, str] = {}
        self._updated: dict[Reader, dict[str, str]] = {}

    def end_the_day(self) -> None:
        """Everyone asks, looks, reads what is unread, and asks again."""
        before, latest = self._today, self._latest
        self._today = {number: post.words for number, post in self._publisher.ours.items()}
        self._latest = latest | self._today
        self._look_at_documents(changed=self._today != before)
        self._everyone_asks(unread=len(self._latest) - len(latest))
        self._look_at_dates({number for number in latest if self._latest[number] != latest[number]})
        self._everyone_asks(unread=0)

    def _look_at_documents(self, *, changed: bool) -> None:
        """They have what they should, in order, under the ids of ever; what changed nothing left no trace."""
        items = json.loads(self._document(JSON, changed=changed))["items"]
        for number, item in zip(self._publisher.order, items, strict=True):
            assert item["title"] == self._today[number][0]
            assert item["id"] == self._ids.setdefault(number, item["id"])
        for path in (RSS, ATOM):
            entries = feedparser.parse(self._document(path, changed=changed)).entries
            assert [entry.id for entry in entries] == [item["id"] for item in items], path
        assert all(_URN.fullmatch(name) for name in self._ids.values())
        assert len(set(self._ids.values())) == len(self._ids)

    def _document(self, path: str, *, changed: bool) -> bytes:
        url = self._web.url + path
        response = self._web.client.get(url)
        assert response.status_code == 200
        before, self._etags[url] = self._etags.get(url), response.headers["ETag"]
        assert before is None or (before != self._etags[url]) is changed, path
        return response.content

    def _everyone_asks(self, *, unread: int) -> None:
        """Each holds what it should, and reads what is unread; who has our document is told so."""
        held = sorted(Held(self._ids[number], *words) for number, words in self._latest.items())
        for client in self._clients:
            self._ask(client)
            assert client.held() == held, client
            assert client.unread() == unread, client
            client.read_all()
            assert client.unread() == 0, client

    def _ask(self, client: Client) -> None:
        etag = self._etags[client.url]
        self._web.log.clear()
        keeps = client.update()
        [answered] = self._web.log
        assert answered.agent.startswith(client.agent)
        assert answered.status == (304 if self._kept.get(client) == etag else 200), client
        if keeps:
            self._kept[client] = etag

    def _look_at_dates(self, reworded: set[int]) -> None:
        """An article was updated when its words were, and then only, wherever the format says so."""
        for client in self._readers:
            if client.url.endswith(DATED):
                now, before = client.updated(), self._updated.get(client, {})
                moved = {name for name, at in before.items() if now[name] > at}
                assert moved == {self._ids[number] for number in reworded}, client
                assert all(now[name] == before[name] for name in before.keys() - moved), client
                self._updated[client] = now
