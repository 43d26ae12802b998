"""Wait until a category's RSS, Atom and JSON documents each hold an article.

python .ci/wait_for_feeds.py http://127.0.0.1:8000/feeds/town-and-tech 90
"""

from __future__ import annotations

import sys
import time
import urllib.request

MARKS = {"rss": b"<item>", "atom": b"<entry>", "json": b'"content_html"'}


def holds_an_article(url: str, mark: bytes) -> bool:
    """Whether ``url`` answers, and with at least one article."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return mark in answer.read()
    except OSError:
        return False


def main(base: str, seconds: float) -> int:
    """0 as soon as all documents are filled, 1 when they are not after ``seconds``."""
    started = time.monotonic()
    missing = dict(MARKS)
    while time.monotonic() - started < seconds:
        missing = {
            ending: mark for ending, mark in missing.items() if not holds_an_article(f"{base}.{ending}", mark)
        }
        if not missing:
            took = time.monotonic() - started
            print(f"{base}: RSS, Atom and JSON hold articles after {took:.1f} s")
            return 0
        time.sleep(0.25)
    print(f"{base}: still empty: {', '.join(missing)}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], float(sys.argv[2])))
