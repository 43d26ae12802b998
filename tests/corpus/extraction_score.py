"""How well an extracted text agrees with the true one: multisets of word 4-grams (corpora/INDEX.md)."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ARTICLES = Path(__file__).parents[3] / "shared" / "corpora" / "articles"
BENCHMARK = ARTICLES / "article-extraction-benchmark"
READABILITY = ARTICLES / "mozilla-readability" / "test" / "test-pages"
_WORD = re.compile(r"\w+")
_GRAM = 4


@dataclass(frozen=True, slots=True)
class Score:
    """Precision and recall of one page, or their means over pages."""

    name: str
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Sample:
    """A page as fetched, and the text of its article as a person saw it."""

    name: str
    url: str
    body: bytes
    text: str


def samples() -> Iterator[Sample]:
    """The pages of the article-extraction benchmark."""
    truth = json.loads((BENCHMARK / "ground-truth.json").read_text(encoding="utf-8"))
    for name, page in truth.items():
        body = gzip.decompress((BENCHMARK / "html" / f"{name}.html.gz").read_bytes())
        yield Sample(name, page.get("url") or "", body, page["articleBody"])


def scores(extract: Callable[[Sample], str]) -> list[Score]:
    """The score of each page of the benchmark."""
    return [score(sample.name, extract(sample), sample.text) for sample in samples()]


def score(name: str, found: str, truth: str) -> Score:
    ours, theirs = _grams(found), _grams(truth)
    both = (ours & theirs).total()
    return Score(name, both / max(1, ours.total()), both / max(1, theirs.total()))


def mean(of: list[Score]) -> Score:
    return Score("mean", sum(one.precision for one in of) / len(of), sum(one.recall for one in of) / len(of))


def mean_f1(of: list[Score]) -> float:
    """The mean of the pages' own F1, which is lower than the F1 of the means."""
    return sum(one.f1 for one in of) / len(of)


def table(of: list[Score], worst: int = 10) -> str:
    """The worst pages, and the means."""
    rows = [*sorted(of, key=lambda one: one.f1)[:worst], mean(of)]
    lines = (f"{row.f1:.4f}  {row.precision:.4f}  {row.recall:.4f}  {row.name}" for row in rows)
    return "\n".join(("F1      precis. recall  page", *lines))


def _grams(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    if not words:
        return Counter()
    return Counter(tuple(words[start : start + _GRAM]) for start in range(max(1, len(words) - _GRAM + 1)))
