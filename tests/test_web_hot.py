"""The answers kept in the process: for a second, for an outage, and never without bound."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from feeds.errors import StoreUnavailable
from feeds.model import Article, Document
from feeds.render.near import Names
from feeds.told import Site
from feeds.web.hot import STEADY, HotReader
from feeds.web.reader import Pulse
from tests.make import article, category, site


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@dataclass
class CountingReader:
    """Answers name how often the reader was asked."""

    away: bool = False
    asked: list[str] = field(default_factory=list)

    def site(self) -> Site:
        return site(title=self._asked("site"))

    def document(self, slug: str, format: str) -> Document | None:  # noqa: A002
        etag = self._asked(f"{slug}.{format}")
        moment = datetime(2022, 1, 1, tzinfo=UTC)
        return Document(body=b"x" * 1000, media_type="", etag=etag, last_modified=moment)

    def slug(self, name: str) -> str | None:
        self._asked(name)
        return None

    def spellings(self) -> frozenset[str]:
        return frozenset({"a", "b", self._asked("spellings")})

    def names(self) -> Names:
        return Names([category(self._asked("names"))])

    def article(self, path: str) -> Article | None:
        return article(title=self._asked(path))

    def titles(self, slugs: Sequence[str]) -> dict[str, str]:
        return {slug: self._asked(slug) for slug in slugs}

    def pulse(self, slug: str) -> Pulse:
        return Pulse(float(self._asked(f"pulse of {slug}")))

    def age(self, slug: str, format: str) -> float:  # noqa: A002
        return 0.0

    def health(self) -> dict[str, object]:
        return {"asked": self._asked("health")}

    def _asked(self, what: str) -> str:
        self.asked.append(what)
        if self.away:
            raise StoreUnavailable("away")
        return str(len(self.asked))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store() -> CountingReader:
    return CountingReader()


@pytest.fixture
def hot(store: CountingReader, clock: Clock) -> HotReader:
    return HotReader(store, clock, limit=10_000)


def ask_everything(hot: HotReader) -> list[object]:
    return [
        *(hot.site(), hot.document("a", "rss"), hot.document("a", "atom")),
        *(hot.slug("A"), hot.spellings(), hot.article("/a"), hot.titles(["a", "b"])),
    ]


def test_an_answer_is_asked_for_once_a_second(hot: HotReader, store: CountingReader, clock: Clock) -> None:
    first = ask_everything(hot)
    asked = len(store.asked)
    clock.now += 0.9
    assert ask_everything(hot) == first
    assert len(store.asked) == asked
    clock.now += 0.2
    assert ask_everything(hot) != first
    assert len(store.asked) == 2 * asked


def test_the_last_answer_outlives_the_store(hot: HotReader, store: CountingReader, clock: Clock) -> None:
    first = ask_everything(hot)
    store.away = True
    for _ in range(3):
        clock.now += 3600
        assert ask_everything(hot) == first
    store.away = False
    clock.now += 2
    assert ask_everything(hot) != first


def test_how_old_an_answer_is_can_be_told(hot: HotReader, store: CountingReader, clock: Clock) -> None:
    hot.document("a", "rss")
    store.away = True
    clock.now += 90
    hot.document("a", "rss")
    assert hot.age("a", "rss") == 90
    store.away = False
    clock.now += 2
    hot.document("a", "rss")
    assert hot.age("a", "rss") == 0


def test_a_category_with_news_is_asked_for_at_once_and_alone(hot: HotReader, store: CountingReader) -> None:
    first = [hot.document(slug, "rss") for slug in ("a", "b")]
    hot.drop("a")
    assert [hot.document(slug, "rss") == one for slug, one in zip("ab", first, strict=True)] == [False, True]
    hot.drop("a")
    store.away = True
    assert hot.document("a", "rss") is not None


def test_a_pulse_is_felt_every_half_minute(hot: HotReader, clock: Clock) -> None:
    first = hot.pulse("a")
    clock.now += STEADY - 0.1
    assert hot.pulse("a") == first
    clock.now += 0.2
    assert hot.pulse("a") != first


def test_what_was_never_asked_is_away_with_the_store(hot: HotReader, store: CountingReader) -> None:
    store.away = True
    with pytest.raises(StoreUnavailable):
        hot.document("a", "rss")


def test_a_store_that_is_away_is_tried_once_a_second(
    hot: HotReader, store: CountingReader, clock: Clock
) -> None:
    ask_everything(hot)
    store.away = True
    clock.now += 2
    store.asked.clear()
    ask_everything(hot)
    with pytest.raises(StoreUnavailable):
        hot.document("other", "rss")
    assert len(store.asked) == 1


def test_health_is_never_from_memory(hot: HotReader, store: CountingReader) -> None:
    hot.health()
    store.away = True
    with pytest.raises(StoreUnavailable):
        hot.health()


def test_memory_is_bounded_and_forgets_the_longest_unused(hot: HotReader, store: CountingReader) -> None:
    for number in range(100):
        hot.document(str(number), "rss")
        hot.document("0", "rss")
    store.asked.clear()
    hot.document("0", "rss")
    hot.document("99", "rss")
    assert store.asked == []
    hot.document("50", "rss")
    assert store.asked == ["50.rss"]


def test_paths_that_do_not_exist_cannot_fill_memory(hot: HotReader, store: CountingReader) -> None:
    for number in range(1000):
        hot.article(f"/{number:0200}")
    store.asked.clear()
    hot.article(f"/{0:0200}")
    assert len(store.asked) == 1


def test_made_up_paths_push_nothing_out(
    hot: HotReader, store: CountingReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    hot.document("a", "rss")
    monkeypatch.setattr(store, "article", lambda _path: None)
    assert {hot.article(f"/{number:0200}") for number in range(1000)} == {None}
    store.asked.clear()
    hot.document("a", "rss")
    assert store.asked == []


@pytest.mark.parametrize("name", ["rss", "json", "html", "html.zh", "opml", "index"])
def test_every_document_of_a_category_is_dropped(hot: HotReader, store: CountingReader, name: str) -> None:
    hot.document("a", name)
    hot.drop("b")
    hot.document("a", name)
    assert len(store.asked) == 1
    hot.drop("a")
    hot.document("a", name)
    assert len(store.asked) == 2


def test_names_of_no_category_are_not_asked_for_one_by_one(
    hot: HotReader, store: CountingReader, clock: Clock
) -> None:
    hot.document("a", "rss")
    store.asked.clear()
    assert {hot.slug(f"{number:0200}") for number in range(1000)} == {None}
    assert store.asked == ["spellings"]
    hot.document("a", "rss")
    assert store.asked == ["spellings"]
    assert hot.slug("B") is None
    assert store.asked == ["spellings", "B"]
    clock.now += 1
    hot.slug("B")
    assert store.asked == ["spellings", "B", "B"]


def test_a_new_category_is_known_after_a_second(hot: HotReader, store: CountingReader, clock: Clock) -> None:
    hot.slug("other")
    assert store.asked == ["spellings"]
    clock.now += 1
    hot.slug("2")  # a spelling that says how often they were asked for
    assert store.asked == ["spellings", "spellings", "2"]


def test_names_are_compared_every_half_minute_and_while_the_store_is_away(
    hot: HotReader, store: CountingReader, clock: Clock
) -> None:
    first = hot.names()
    clock.now += STEADY - 0.1
    assert hot.names() is first
    clock.now += 0.2
    second = hot.names()
    assert second is not first
    store.away = True
    clock.now += 3600
    assert hot.names() is second


def test_while_one_thread_asks_for_names_the_others_have_the_old_ones(clock: Clock) -> None:
    entered, release = threading.Event(), threading.Event()

    class Slow(CountingReader):
        def names(self) -> Names:
            if self.asked:
                entered.set()
                release.wait(10)
            return super().names()

    store = Slow()
    hot = HotReader(store, clock)
    first = hot.names()
    clock.now += STEADY
    one = threading.Thread(target=hot.names)
    one.start()
    assert entered.wait(10)
    assert [hot.names() for _ in range(3)] == [first] * 3
    release.set()
    one.join(10)
    assert hot.names() is not first
    assert store.asked == ["names", "names"]


def test_a_frozen_store_holds_up_one_thread_only(clock: Clock) -> None:
    entered, release = threading.Event(), threading.Event()

    class Frozen(CountingReader):
        def site(self) -> Site:
            if self.away and len(self.asked) > 1:
                entered.set()
                release.wait(10)
            return super().site()

    store = Frozen()
    hot = HotReader(store, clock)
    first = hot.site()
    store.away = True
    clock.now += 2
    hot.site()
    clock.now += 2
    stuck = threading.Thread(target=hot.site)
    stuck.start()
    assert entered.wait(10)
    assert hot.site() == first
    assert stuck.is_alive()
    release.set()
    stuck.join(10)
