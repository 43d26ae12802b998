"""How much of a feed is read, and the memory that large ones take."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from feeds.parse.bounds import LONGEST_TEXT, MOST_TEXT, MOST_TEXT_WHOLE
from feeds.parse.feed import parse_feed
from tests import make

MIB = 2**20
LARGEST = 15 * MIB
"""The most that a client hands on of one body."""
PLAIN = "So much is said about so little, in words of the paper. "
EMOJI = "So much 😀 is said 🚀 about so little, 在北京 🎉 words. "
MEASURE = """
import sys
from pathlib import Path
from tests import make

def kilobytes(name):
    words = Path("/proc/self/status").read_text().split()
    return int(words[words.index(name) + 1])

{warm}
before = kilobytes("VmRSS:")
payload = make.payload(Path(sys.argv[1]).read_bytes())
{work}
print(kilobytes("VmHWM:") - before)
"""


def growth(work: str, file: Path, warm: str = "") -> int:
    """The most bytes a process takes above what it began with, while it works on the ``payload`` in a file.

    VmHWM is what ru_maxrss would be, had the process not inherited its parent's.
    """
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE.format(warm=warm, work=work), str(file)],
        capture_output=True,
        text=True,
        check=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    return int(done.stdout) * 1024


def rss(*items: str, end: str = "</channel></rss>", encoding: str = "utf-8") -> str:
    prolog = f'<?xml version="1.0" encoding="{encoding}"?>'
    return f'{prolog}<rss version="2.0"><channel><title>T</title>{"".join(items)}{end}'


def item(number: int, words: str) -> str:
    return f"<item><guid>{number}</guid><title>t</title><description>{words}</description></item>\n"


def filled(size: int, count: int, words: str, encoding: str) -> str:
    """A feed of about so many bytes in an encoding, with as many entries."""
    room = (size - 500) // count - len(item(10_000, "").encode(encoding)) - 8
    body = words * (room // (len((words * 2).encode(encoding)) - len(words.encode(encoding))))
    return rss(*(item(number, body) for number in range(count)), encoding=encoding)


@pytest.mark.timeout(60)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
@pytest.mark.parametrize("size", [14_000_000, LARGEST], ids=["14 MB", "15 MiB"])
@pytest.mark.parametrize("count", [5000, 20, 1], ids=["small", "big", "one"])
@pytest.mark.parametrize("words", [PLAIN, EMOJI], ids=["plain", "emoji"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_large_feeds_take_less_than_150_megabytes(
    encoding: str, words: str, count: int, size: int, tmp_path: Path
) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_bytes(filled(size, count, words, encoding).encode(encoding)[:LARGEST])
    warm = f"from feeds.parse.feed import parse_feed\nparse_feed(make.payload({rss(item(1, 'x'))!r}))"
    assert growth("parse_feed(payload)", feed, warm) < 150 * MIB


@pytest.mark.parametrize(
    ("words", "is_read"),
    [
        pytest.param("x" * (LONGEST_TEXT - 200), True, id="plain"),
        pytest.param("x" * (LONGEST_TEXT + 1), False, id="plain, longer"),
        pytest.param("😀" + "x" * (LONGEST_TEXT // 4 - 200), True, id="with an emoji"),
        pytest.param("😀" + "x" * (LONGEST_TEXT // 4), False, id="with an emoji, longer"),
    ],
)
def test_an_entry_that_is_absurdly_long_is_skipped(words: str, *, is_read: bool) -> None:
    feed = parse_feed(make.payload(rss(item(1, "first"), item(2, words), item(3, "last"))))
    assert [entry.guid for entry in feed.entries] == (["1", "2", "3"] if is_read else ["1", "3"])
    assert feed.warnings == (() if is_read else ("entry 1 skipped: longer than 8 MiB of text",))


def test_of_too_much_text_the_first_entries_are_read() -> None:
    words = "😀" + "x" * MIB
    count = MOST_TEXT // (4 * MIB)
    feed = parse_feed(make.payload(rss(*(item(number, words) for number in range(count + 1)))))
    assert len(feed.entries) == count - 1
    assert feed.warnings == (f"only the first {count - 1} of {count + 1} new entries are read",)


@pytest.mark.parametrize("end", ["", "<item><guid>x</guid><title>ha"], ids=["between entries", "in one"])
def test_of_too_much_that_is_not_well_formed_the_first_entries_are_read(end: str) -> None:
    words = "😀" + "x" * MIB
    count = MOST_TEXT_WHOLE // (4 * MIB)
    feed = parse_feed(make.payload(rss(*(item(number, words) for number in range(count + 3)), end=end)))
    assert [entry.guid for entry in feed.entries] == [str(number) for number in range(count - 1)]
    assert feed.warnings[0] == f"only the first {count - 1} of {count + 3} entries are read"
