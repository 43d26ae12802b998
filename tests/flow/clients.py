"""Two programs that people read feeds with, each with its own memory: the library reader, and newsboat."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

from reader import Entry, make_reader

_SECONDS = 30.0


class Held(NamedTuple):
    """An article as a client has it."""

    id: str
    title: str
    link: str
    body: str


class Client(Protocol):
    """A subscriber's program, subscribed to one feed."""

    agent: str
    """How its requests begin to say what it is."""
    url: str

    def update(self) -> bool:
        """Ask for the feed; whether it keeps the validators of the answer for the next time."""

    def held(self) -> list[Held]:
        """All that it has, by id."""

    def unread(self) -> int:
        """How many articles it says are unread."""

    def read_all(self) -> None:
        """Mark everything as read."""


class Reader:
    """The library of that name, which stands for those that are built on feedparser and requests.

    It keeps validators of what brought it something, and of its first answer.
    """

    agent = "python-reader/"

    def __init__(self, folder: Path, url: str) -> None:
        self.url = url
        self._reader = make_reader(str(folder / "reader.sqlite"))
        self._reader.add_feed(url)

    def __repr__(self) -> str:
        return f"{self.agent} at {self.url}"

    def update(self) -> bool:
        first = self._reader.get_feed(self.url).last_updated is None
        news = self._reader.update_feed(self.url)
        return first or news is None or bool(news.new or news.modified)

    def held(self) -> list[Held]:
        return sorted(_held(entry) for entry in self._reader.get_entries())

    def updated(self) -> dict[str, str]:
        """When each article was last changed, by id, as the feed says it."""
        return {entry.id: str(entry.updated) for entry in self._reader.get_entries()}

    def unread(self) -> int:
        return self._reader.get_entry_counts(read=False).total

    def read_all(self) -> None:
        for entry in list(self._reader.get_entries(read=False)):
            self._reader.mark_entry_as_read(entry)

    def close(self) -> None:
        """Let go of its memory."""
        self._reader.close()


def _held(entry: Entry) -> Held:
    return Held(entry.id, entry.title or "", entry.link or "", entry.content[0].value)


class Newsboat:
    """The terminal program, without a terminal; its own database says what it would show.

    One for each address, since of two feeds with the same ids it keeps each article once. It keeps the
    validators of every answer but the very first.
    """

    agent = "newsboat/"

    def __init__(self, folder: Path, url: str) -> None:
        self.url = url
        self._folder = folder
        (folder / "config").write_text("", "utf-8")
        (folder / "urls").write_text(f"{url}\n", "utf-8")

    def __repr__(self) -> str:
        return f"{self.agent} at {self.url}"

    def update(self) -> bool:
        first = not (self._folder / "cache.db").exists()
        self._run("-x", "reload")
        return not first

    def held(self) -> list[Held]:
        rows = self._rows("SELECT guid, title, url, content FROM rss_item WHERE deleted = 0")
        return sorted(Held(*row) for row in rows)

    def unread(self) -> int:
        return int(self._run("-x", "print-unread").split()[0])

    def read_all(self) -> None:
        guids = "".join(f"{guid}\n" for (guid,) in self._rows("SELECT guid FROM rss_item"))
        (self._folder / "read").write_text(guids, "utf-8")
        self._run("-I", "read")

    def _rows(self, query: str) -> list[tuple[str, ...]]:
        with closing(sqlite3.connect(self._folder / "cache.db")) as database:
            return database.execute(query).fetchall()

    def _run(self, *words: str) -> str:
        files = ("-C", "config", "-u", "urls", "-c", "cache.db")
        said = subprocess.run(
            ["newsboat", *files, *words],
            cwd=self._folder,
            env={"HOME": str(self._folder), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        assert said.returncode == 0, f"newsboat {' '.join(words)}: {said.stdout}{said.stderr}"
        return said.stdout


@contextmanager
def readers_of(folder: Path, *urls: str) -> Iterator[list[Reader]]:
    """The library once for each address, with its memory in ``folder``."""
    with ExitStack() as stack:
        clients = [Reader(_made(folder / f"reader-{number}"), url) for number, url in enumerate(urls)]
        for client in clients:
            stack.callback(client.close)
        yield clients


def newsboats_of(folder: Path, *urls: str) -> list[Newsboat]:
    """The program once for each address; none where it is not installed."""
    if shutil.which("newsboat") is None:
        return []
    return [Newsboat(_made(folder / f"newsboat-{number}"), url) for number, url in enumerate(urls)]


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
