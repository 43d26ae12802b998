"""A publisher of long lists for bench.publishing, of words that compress as those of a language do."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from threading import Thread

from isal import igzip

SIZE = 3000
"""Characters of a story."""
_WORDS = 4000


class Lists(ThreadingHTTPServer):
    """GET /<n> is list n of this round: stories of each of its media, each with a text of its own."""

    daemon_threads = True

    def __init__(self, media: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._media = media
        self._bodies: dict[int, bytes] = {}
        self._round = 0
        chance = Random(1)
        letters = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 9))) for _ in range(_WORDS)]
        self._text = chance.choices(letters, [1 / (rank + 2) for rank in range(_WORDS)], k=400_000)
        Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def turn(self, lists: int, stories: int) -> None:
        """The next round: so many lists, of so many stories of each medium."""
        self._round += 1
        self._bodies = {number: self._list(number, stories) for number in range(lists)}

    def body(self, number: int) -> bytes:
        """List ``number`` of this round, gzip'd: it is over what is taken otherwise."""
        return self._bodies[number]

    def _list(self, number: int, stories: int) -> bytes:
        media = [f"m{number * self._media + place}" for place in range(self._media)]
        told = [self._story(medium, place) for medium in media for place in range(stories)]
        return igzip.compress(json.dumps({"stories": told}).encode())

    def _story(self, medium: str, place: int) -> dict[str, str]:
        key = f"{medium}-{self._round}-{place}"
        chance = Random(key)
        words = self._text[chance.randrange(len(self._text) - SIZE) :][: SIZE // 5]
        paragraphs = [" ".join(words[start : start + 60]) for start in range(0, len(words), 60)]
        text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)[:SIZE]
        return {
            "id": key,
            "title": f"Story {key}: {' '.join(words[:6])}",
            "medium": medium,
            "url": f"https://publisher.example/{key}",
            "text": text,
            "date": f"2026-01-{self._round:02d}T{place % 24:02d}:{chance.randrange(60):02d}:00Z",
        }


class _Handler(BaseHTTPRequestHandler):
    server: Lists
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.server.body(int(self.path.rpartition("/")[2]))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass
