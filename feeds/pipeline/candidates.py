"""What a page could be polled as, and which of that is best.

The ranking, first to last, is all in :func:`ranked`:

1. What has articles before what is empty, and what lists articles before a feed of comments.
2. A feed with whole texts, a feed of summaries, a JSON list, the page itself, a sitemap.
3. More articles with title, address and date; ten are as good as a hundred.
4. Of the same articles in several formats RSS and Atom before JSON Feed.
5. What the page names first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from feeds.model import Article, Entry
from feeds.normalize.html import text_of
from feeds.normalize.languages import detect_language
from feeds.parse.discover import is_of_comments
from feeds.parse.inference_keys import width_of
from feeds.parse.media import language_tag
from feeds.parse.offers import Table
from feeds.pipeline.check import Checked
from feeds.told import Kind, Site, Source

_WHOLE_TEXT = 600
"""Columns of a text from which on it is no summary, where nothing else tells."""
_ENOUGH = 10
_KINDS = (Kind.FEED, Kind.API, Kind.PAGE, Kind.SITEMAP)


class Candidate(NamedTuple):
    """A table that was checked: ``checked`` is what its ``source`` gave just now.

    ``from_pages`` are the columns of the text that one article's own page gave, where bodies are there;
    ``is_json`` tells a JSON Feed; ``same_as`` is the number of a better candidate with the same articles.
    """

    table: Table
    source: Source
    checked: Checked
    title: str | None = None
    from_pages: float = 0.0
    is_json: bool = False
    notes: tuple[str, ...] = ()
    same_as: int | None = None

    @property
    def entries(self) -> int:
        """How many articles it has now."""
        return len(self.checked.articles)

    @property
    def has_articles(self) -> bool:
        """Whether it lists something, and that is no comments."""
        return self.entries > 0 and not _is_of_comments(self)

    @property
    def dated(self) -> int:
        """How many of them have a date of their publisher's."""
        return sum(1 for _, article in self.checked.articles if article.dated)

    @property
    def with_text(self) -> int:
        """How many of them bring their whole text with them."""
        return sum(1 for entry, article in self.checked.articles if has_whole_text(entry, article))

    @property
    def newest(self) -> datetime | None:
        """When the newest one was published, as far as the publisher says."""
        return max((article.published for _, article in self.checked.articles if article.dated), default=None)

    @property
    def titles(self) -> tuple[str, ...]:
        """The first two titles, as they are published."""
        return tuple(article.title for _, article in self.checked.articles[:2])


def has_whole_text(entry: Entry, article: Article) -> bool:
    """Whether an article's text is there: beside its summary, or too long for one."""
    width = width_of(text_of(article.content)) if article.content else 0.0
    return width >= _WHOLE_TEXT or (
        bool(entry.summary) and width > 2 * width_of(text_of(entry.summary or ""))
    )


def language_wanted(candidate: Candidate, said: str | None, site: Site) -> str | None:
    """The ``language`` that a table wants: what its document says, or the page that leads to it (``said``).

    None where it would change nothing, since entries say theirs or the site has the same; where their words
    are plainly in another, as under the templates of a theme; and for a sitemap, whose pages say it.
    """
    tag = (language_tag(candidate.checked.language or said) or "").replace("_", "-")
    entries = candidate.checked.articles
    has_own = all(entry.language for entry, _ in entries)
    has_site = _is_within(tag, site.language) or _is_within(site.language, tag)
    if not tag or has_own or has_site or candidate.source.kind is Kind.SITEMAP:
        return None
    plain = detect_language(" ".join(f"{article.title} {article.summary}" for _, article in entries))
    return tag if plain is None or _is_within(tag, plain) else None


def _is_within(tag: str, language: str) -> bool:
    """Whether a language tag is ``language`` or one of its kinds: ``en-GB`` is within ``en``."""
    return f"{tag.lower()}-".startswith(f"{language.lower()}-")


def ranked(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The candidates, the best first; of those with the same articles the later know which it is."""
    ordered = sorted(candidates, key=_rank)
    return tuple(each._replace(same_as=_twin(each, ordered[:place])) for place, each in enumerate(ordered))


def _rank(candidate: Candidate) -> tuple[bool, bool, int, bool, int, bool]:
    is_summed = candidate.with_text * 2 < candidate.entries
    return (
        candidate.entries == 0,
        _is_of_comments(candidate),
        _KINDS.index(candidate.source.kind),
        is_summed and not candidate.from_pages,
        -min(_complete(candidate), _ENOUGH),
        candidate.is_json,
    )


def _is_of_comments(candidate: Candidate) -> bool:
    return candidate.source.kind is Kind.FEED and is_of_comments(candidate.source.url, candidate.title or "")


def _complete(candidate: Candidate) -> int:
    """How many articles have a title, an address and a date."""
    articles = [article for _, article in candidate.checked.articles]
    return sum(1 for article in articles if article.title and article.url and article.dated)


def _twin(candidate: Candidate, before: Sequence[Candidate]) -> int | None:
    """The number, from 1, of the first of those before that has nearly the same articles."""
    own = _addresses(candidate)
    for number, other in enumerate(before, 1):
        shared = len(own & _addresses(other))
        if other.source.kind is candidate.source.kind and shared * 5 >= len(own) * 4 and shared:
            return number
    return None


def _addresses(candidate: Candidate) -> set[str]:
    return {article.url for _, article in candidate.checked.articles if article.url}
