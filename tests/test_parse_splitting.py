"""Documents in pieces: what is split, what is not, what it saves."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from time import process_time

import feedparser
import pytest

from feeds.parse.bounds import MOST_PIECES
from feeds.parse.feed import parse_feed
from feeds.parse.splitting import Split, fingerprints, split
from tests import make

ATOM = "http://www.w3.org/2005/Atom"
URL = "https://publisher.example/feed.xml"
BODY = "".join(f"<p>Paragraph {n} says {'so much about so little ' * 11}</p>" for n in range(9))


def rss(*items: str, head: str = "<title>T</title>", tail: str = "", root: str = "") -> str:
    return f'<rss version="2.0"{root}><channel>{head}{"".join(items)}{tail}</channel></rss>'


def item(number: int, words: str = "words") -> str:
    return f"<item><guid>{number}</guid><title>t</title><description>{words}</description></item>\n"


def pieces(document: str) -> Split:
    found = split(document.encode())
    assert found is not None
    return found


def prints(document: str, url: str = URL) -> tuple[str, ...]:
    return fingerprints(pieces(document), url)


def test_the_pieces_are_the_document() -> None:
    found = pieces(rss(item(1), "<!-- between -->", item(2)))
    assert found.head.endswith(b"</title>")
    assert [found.entry(position).count(b"<item>") for position in (0, 1)] == [1, 1]
    assert found.tail == b"\n</channel></rss>"


def test_the_list_of_an_rdf_channel_holds_no_entries() -> None:
    rdf = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    items = "<items><rdf:Seq><rdf:li rdf:resource='a'/></rdf:Seq></items>"
    found = pieces(f"<rdf:RDF {rdf}><channel>{items}</channel>{item(1)}{item(2)}</rdf:RDF>")
    assert len(found.spans) == 2
    assert b"</items></channel>" in found.head


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(rss(), id="no entries"),
        pytest.param(rss(item(1))[:-1], id="not well-formed"),
        pytest.param(rss(item(1, item(2))), id="nested"),
        pytest.param(rss(f"<!-- {item(1)} -->", item(2)), id="the first in a comment"),
        pytest.param(rss(item(1), f"<![CDATA[{item(2)}]]>"), id="the last quoted"),
        pytest.param(rss(item(1, "<![CDATA[</item><item>]]>")), id="quoted tags in one"),
        pytest.param(rss("<item><![CDATA[</item><item>]]><item>x</item></item>"), id="quoted and nested"),
        pytest.param(rss(item(1), "<ttl>5</ttl>", item(2)), id="something between"),
        pytest.param(rss(item(1), "<item/>"), id="empty element"),
        pytest.param(rss(item(1), "<Item></Item>"), id="capital letter"),
        pytest.param(rss(item(1), tail="<language>de</language>"), id="language after them"),
        pytest.param(rss(item(1, "&nbsp;")), id="undeclared entity"),
        pytest.param("<!DOCTYPE rss [<!ENTITY x 'y'>]>" + rss(item(1, "&x;")), id="declared entity"),
        pytest.param(f'<a:feed xmlns:a="{ATOM}"><a:entry></a:entry></a:feed>', id="prefix"),
        pytest.param(f'<feed xmlns="{ATOM}"><entry xml:base="/x/"></entry></feed>', id="base of an entry"),
        pytest.param(rss(item(1, '<p xml:lang="de"/><div/>')), id="bare div and language"),
        pytest.param(rss(item(1, '<a:x xmlns:a="b"/>'), root=' xmlns:a="c"'), id="prefix of two"),
        pytest.param(f"<channel>{item(1)}</channel>", id="other root"),
    ],
)
def test_what_is_not_safe_to_split_is_not_split(document: str) -> None:
    assert split(document.encode()) is None


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(rss(item(1), root=' xml:lang="de"'), id="language of the root"),
        pytest.param(rss(item(1), root=' xml:base="/x/"'), id="base of the root"),
        pytest.param(rss(item(1), root=' xmlns:dc="urn:x"'), id="namespaces"),
        pytest.param(rss(item(1), head="<language>de</language>"), id="language of the feed"),
        pytest.param(rss(item(1), head="<explicit>yes</explicit>"), id="whether all of it is explicit"),
        pytest.param(rss(item(1, "others")), id="the entry"),
    ],
)
def test_a_fingerprint_covers_the_entry_and_what_it_inherits(changed: str) -> None:
    assert prints(changed) != prints(rss(item(1)))


def test_a_fingerprint_covers_nothing_else() -> None:
    assert prints(rss(item(1)))[0] == prints(rss(item(2), item(1), head="<title>U</title>"))[1]
    assert prints(rss(item(1))) != prints(rss(item(1)), "https://elsewhere.example/")


def test_known_entries_are_left_out() -> None:
    known = parse_feed(make.payload(rss(item(1), item(2)))).fingerprints
    feed = parse_feed(make.payload(rss(item(3), item(1), item(4), item(2))), known)
    assert [entry.guid for entry in feed.entries] == ["3", "4"]
    assert (feed.positions, feed.skipped, len(feed.fingerprints)) == ((0, 2), 2, 4)
    again = parse_feed(make.payload(rss(item(1), item(2))), known)
    assert (again.title, again.entries, again.skipped) == ("T", (), 2)


def test_a_document_read_whole_has_no_fingerprints() -> None:
    feed = parse_feed(make.payload(rss(item(1))[:-1]), {"x"})
    assert (len(feed.entries), feed.fingerprints, feed.positions, feed.skipped) == (1, (), (), 0)


def seconds(work: Callable[[], object], times: int = 7) -> float:
    """The least CPU time that some work takes."""
    least = float("inf")
    for _ in range(times):
        began = process_time()
        work()
        least = min(least, process_time() - began)
    return least


def full_item(number: int) -> str:
    return (
        f"<item><title>Title {number}</title><link>https://publisher.example/{number}</link>"
        f"<guid>https://publisher.example/{number}</guid><category>one</category><category>two</category>"
        f"<comments>https://publisher.example/{number}#comments</comments><slash:comments>0</slash:comments>"
        "<pubDate>Thu, 17 Mar 2022 00:48:28 +0800</pubDate><dc:creator>Ann</dc:creator>"
        f"<description>Summary</description><content:encoded><![CDATA[{BODY}]]></content:encoded></item>\n"
    )


def full(count: int) -> bytes:
    root = ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    root += ' xmlns:slash="http://purl.org/rss/1.0/modules/slash/"'
    root += ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    return rss(*map(full_item, range(count)), root=root).encode()


def test_one_new_entry_of_a_hundred_takes_an_eighth_of_the_whole() -> None:
    document = full(100)
    assert 280_000 < len(document) < 310_000
    payload = make.payload(document)
    known = frozenset(parse_feed(payload).fingerprints[1:])
    options = {"sanitize_html": False, "resolve_relative_uris": False}  # as we ask, the quicker way
    whole = seconds(lambda: feedparser.parse(BytesIO(document), **options))
    piece = seconds(lambda: parse_feed(payload, known), 21)
    assert len(parse_feed(payload, known).entries) == 1
    assert piece < whole / 8, f"{piece * 1000:.2f} ms against {whole * 1000:.2f} ms"


def test_time_grows_with_the_entries_and_no_faster() -> None:
    half, all_of_them = (make.payload(rss(*map(item, range(n)))) for n in (MOST_PIECES // 2, MOST_PIECES))
    assert len(parse_feed(all_of_them).entries) == MOST_PIECES
    assert seconds(lambda: parse_feed(all_of_them), 2) < 3 * seconds(lambda: parse_feed(half), 2)


MEASURE = """
from pathlib import Path
from tests import make
from feeds.parse.feed import parse_feed
from tests.test_parse_splitting import full, item, rss
document = {document}
feed = parse_feed(make.payload(document))
assert len(feed.entries) == {count}, feed.warnings
status = Path("/proc/self/status").read_text().split()
print(status[status.index("VmHWM:") + 1])
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
@pytest.mark.parametrize(
    ("document", "count"),
    [
        pytest.param("full(4900)", 4900, id="14 MB"),
        pytest.param("rss(*map(item, range(5000)))", 5000, id="5,000 entries"),
    ],
)
def test_large_feeds_fit_into_150_megabytes(document: str, count: int) -> None:
    root = Path(__file__).resolve().parents[1]
    script = MEASURE.format(document=document, count=count)
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=root, env=environment
    )
    assert int(done.stdout) < 150 * 1024
