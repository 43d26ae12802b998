"""What normalizing one article of 12 kB costs: its HTML cleaned, its text taken out, its date read.

python -m bench.normalizing
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

from feeds.model import Entry
from feeds.normalize.article import normalize
from feeds.normalize.html import clean
from tests.make import SEEN_AT, entry, site, source

ROUNDS = 300
_PLACE = "https://publisher.example/news"
_WORDS = "The council approved the plan after a debate that went on until late in the evening. "


def main() -> None:
    """The median of each kind of article, and of cleaning alone."""
    print(f"{'article':12} {'size':>8} {'normalize':>10} {'clean':>9}")
    for name, picture in (("plain", _PLAIN), ("lazy", _LAZY)):
        content = _article(picture)
        made = entry(content=content, summary="<p>A summary.</p>")
        whole = _milliseconds(lambda made=made: _normalized(made))  # type: ignore[misc]
        alone = _milliseconds(lambda content=content: clean(content, base=_PLACE))  # type: ignore[misc]
        print(f"{name:12} {len(content.encode()) / 1000:5.1f} kB {whole:7.2f} ms {alone:6.2f} ms")


def _normalized(made: Entry) -> None:
    normalize(made, source(), site(), slug="news", seen_at=SEEN_AT, position=0)


def _milliseconds(task: Callable[[], object]) -> float:
    """Of CPU, the median over all rounds."""
    times = []
    for _ in range(ROUNDS):
        began = time.thread_time()
        task()
        times.append(time.thread_time() - began)
    return median(times) * 1000


_PLAIN = '<img class="size-large" src="/i/{n}-1024.jpg" alt="Picture {n}" width="1024" height="683" {set}>'
_LAZY = (
    '<img class="lazyload" src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIB"'
    ' data-src="/i/{n}-1024.jpg" alt="Picture {n}" width="1024" height="683" data-{set}>'
    '<noscript><img src="/i/{n}-1024.jpg" alt="Picture {n}" {set}></noscript>'
)
_SET = 'srcset="/i/{n}-300.jpg 300w, /i/{n}-1024.jpg 1024w" sizes="(max-width: 1024px) 100vw, 1024px"'


def _article(picture: str) -> str:
    """12 kB as a blog's software writes them: 6 pictures, 20 links, a list, a table, and a quotation."""
    figures = [
        f"<figure>{picture.format(n=n, set=_SET.format(n=n))}<figcaption>Caption {n}</figcaption></figure>"
        for n in range(6)
    ]
    paragraphs = [
        f'<p class="text" style="text-align:left">{_WORDS * 4}<a href="/news/{n}" target="_blank">More</a>'
        f" and <em>others</em>: {_WORDS}</p>"
        for n in range(20)
    ]
    rest = (
        "<h2 id='numbers'>Numbers</h2><ul><li>one</li><li>two</li></ul><table><tbody><tr><td>1</td><td>2</td>"
        "</tr></tbody></table><blockquote><p>Said so.</p></blockquote>"
    )
    body = [part for pair in zip(paragraphs[::4], figures, strict=False) for part in pair]
    others = [paragraph for number, paragraph in enumerate(paragraphs) if number % 4]
    return "\n".join([*body, *others, figures[5], rest])


if __name__ == "__main__":
    main()
