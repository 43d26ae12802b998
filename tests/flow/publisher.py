"""A publisher with second thoughts: its posts, how it tells them in RSS and Atom, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import NamedTuple

from feeds.pipeline.takedown import find, take_down
from tests.flow.weeks import HOUR, World
from tests.mills import NOW, polled, put
from tests.origin import Response

Words = tuple[str, str, str]
"""Title, address and body."""

PATH = "/posts"
_TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"


class Post(NamedTuple):
    """A post as the publisher has it at one moment; ``body`` is HTML."""

    guid: str
    link: str
    title: str
    body: str
    at: datetime

    @property
    def words(self) -> Words:
        """What a subscriber should see of it."""
        return self.title, self.link.partition("?utm_")[0], self.body


def rss(posts: Iterable[Post], _gone: Iterable[Post] = ()) -> str:
    """The posts as RSS 2.0, which has no word for those that are gone."""
    items = "".join(
        f"<item><guid isPermaLink='{str(post.guid == post.link).lower()}'>{escape(post.guid)}</guid>"
        f"<link>{escape(post.link)}</link><title>{escape(post.title)}</title>"
        f"<description>{escape(post.body)}</description><pubDate>{format_datetime(post.at)}</pubDate></item>"
        for post in posts
    )
    return f"<rss version='2.0'><channel><title>Posts</title>{items}</channel></rss>"


def atom(posts: Iterable[Post], gone: Iterable[Post] = ()) -> str:
    """The posts as Atom 1.0, with a tombstone for each that is gone (RFC 6721)."""
    tombstones = "".join(f"<at:deleted-entry ref='{escape(post.guid)}'/>" for post in gone)
    entries = "".join(
        f"<entry><id>{escape(post.guid)}</id><link href='{escape(post.link)}'/>"
        f"<title>{escape(post.title)}</title><content type='html'>{escape(post.body)}</content>"
        f"<published>{post.at.isoformat()}</published><updated>{post.at.isoformat()}</updated></entry>"
        for post in posts
    )
    spaces = f"xmlns='http://www.w3.org/2005/Atom' xmlns:at='{_TOMBSTONES}'"
    return f"<feed {spaces}><id>urn:posts</id><title>Posts</title>{tombstones}{entries}</feed>"


class Publisher:
    """Serves its posts to the world's only source, and knows which articles we should publish.

    Posts go by numbers of the story's own, which nobody is told.
    """

    def __init__(self, world: World, spoken: Callable[[Iterable[Post], Iterable[Post]], str]) -> None:
        self.world = world
        self.posts: dict[int, Post] = {}
        """Those in its feed now, in its order."""
        self.gone: dict[int, Post] = {}
        """Those it took back."""
        self.ours: dict[int, Post] = {}
        """What our feed should have."""
        self.instead: Response | None = None
        """What it answers in place of its feed."""
        self._spoken = spoken
        self._dated: dict[int, datetime] = {}
        self._barred: set[int] = set()
        url = world.serve(PATH, lambda _, __: self.instead or self._feed())
        put(world.mill, polled(url, every=6 * HOUR))

    @property
    def order(self) -> list[int]:
        """Our articles, newest first: by the dates they came with."""
        return sorted(self.ours, key=self._dated.__getitem__, reverse=True)

    def post(self, number: int, *, guid: str = "", ago: float = 0.0) -> None:
        """Publish a post at the top of the feed, dated so many seconds ago."""
        link = f"http://publisher.example/{number}"
        at = (self.world.clock() if number > 10 else NOW) - timedelta(seconds=ago)
        new = Post(guid or link, link, f"Story {number}: Käse & Co.", f"<p>The text of {number}.</p>", at)
        self.posts = {number: new, **self.posts}
        self._dated.setdefault(number, at)

    def edit(self, number: int, **changes: object) -> None:
        """Change something of a post, where it stands."""
        self.posts[number] = self.posts[number]._replace(**changes)

    def retract(self, number: int) -> None:
        """Take a post back; where its feed cannot say so, it writes to us, and that is for good."""
        self.gone[number] = self.posts.pop(number)
        del self.ours[number]
        if self._spoken is rss:
            self._barred.add(number)
            [article] = find(self.world.mill.store, self.gone[number].link)
            assert take_down(self.world.mill, article.id)

    def post_again(self, number: int, **changes: object) -> None:
        """Publish a post again that was taken back."""
        self.posts = {number: self.gone.pop(number)._replace(**changes), **self.posts}

    def change_format(self) -> None:
        """Serve Atom where it was RSS, and RSS where it was Atom."""
        self._spoken = atom if self._spoken is rss else rss

    def live(self, seconds: float) -> None:
        """Let time go by, and come to know what should be published by then."""
        asked = len(self.world.log)
        self.world.live(seconds)
        assert len(self.world.log) > asked, "nobody asked"
        if self.instead is None:
            self.ours |= {number: post for number, post in self.posts.items() if number not in self._barred}

    def _feed(self) -> Response:
        return Response(self._spoken(self.posts.values(), self.gone.values()).encode())
