"""The checker itself: it names every class there is, and finds what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.places import SHARED
from tests.validator import findings
from tests.validator_classes import ELSEWHERE, HELD, SAME_AS

CASES = SHARED / "corpora" / "feedvalidator-testcases" / "testcases"
EXPECTED = re.compile(rb"Expect:\s*!?(\w+)")


def named() -> Iterator[str]:
    """Every class that the validator's tests name, but for those that say that something is right."""
    for path in CASES.rglob("*.*"):
        if path.is_file():
            yield from (name.decode() for name in EXPECTED.findall(path.read_bytes()))


@pytest.mark.skipif(not CASES.is_dir(), reason="needs ../shared/corpora/feedvalidator-testcases")
def test_every_class_is_held_or_said_why_not() -> None:
    known = HELD | SAME_AS.keys() | {name for names in ELSEWHERE.values() for name in names.split()}
    wanted = {name for name in named() if not name.startswith("Valid")}
    assert len(wanted) > 150
    assert wanted - known == set()
    assert known - wanted == {"NotHtml"} - wanted


def test_what_is_the_same_is_held() -> None:
    assert set(SAME_AS.values()) <= HELD


RSS = """<?xml version='1.0' encoding='UTF-8'?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"
><channel><title>T</title><link>https://a.example/</link><description>D</description
><atom:link href="https://a.example/rss" rel="self" type="application/rss+xml"/>
<docs>http://www.rssboard.org/rss-specification</docs><language>en</language>
<lastBuildDate>Thu, 17 Mar 2022 00:48:28 +0800</lastBuildDate>
<item><title>One</title><link>https://a.example/1</link><description>&lt;p&gt;x&lt;/p&gt;</description
><guid isPermaLink="false">urn:uuid:01234567-89ab-cdef-0123-456789abcdef</guid>
<pubDate>Thu, 17 Mar 2022 00:48:28 +0800</pubDate></item></channel></rss>"""
ATOM = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><id>urn:uuid:01234567-89ab-cdef-0123-456789abcdef</id>
<title>T</title><updated>2022-03-17T00:48:28+08:00</updated><author><name>A</name></author>
<link rel="self" type="application/atom+xml" href="https://a.example/atom"/>
<entry><id>urn:uuid:11234567-89ab-cdef-0123-456789abcdef</id><title>One</title>
<updated>2022-03-17T00:48:28+08:00</updated><link href="https://a.example/1"/>
<summary type="html">x</summary></entry></feed>"""

WRONG = [
    (RSS, "2022 00:48:28 +0800</pub", "2022 00:48:28 +0545</pub", "ProblematicalRFC822Date"),
    (
        RSS,
        "Thu, 17 Mar 2022 00:48:28 +0800</pub",
        "Fri, 17 Mar 2022 00:48:28 +0800</pub",
        "InvalidRFC2822Date",
    ),
    (RSS, "<title>One", "<title>&lt;b&gt;One&lt;/b&gt;", "ContainsHTML"),
    (RSS, "<title>One", "<title>&amp;amp; One", "CharacterData"),
    (RSS, "<title>One", "<title>\ufffd", "BadCharacters"),
    (RSS, "example/1<", "example/é<", "InvalidFullLink"),
    (RSS, "&lt;p&gt;", "&lt;iframe&gt;", "SecurityRisk"),
    (RSS, "&lt;p&gt;", "&lt;p onclick='x'&gt;", "SecurityRiskAttr"),
    (RSS, "&lt;p&gt;", "&lt;p style='x'&gt;", "DangerousStyleAttr"),
    (RSS, "&lt;p&gt;", "&lt;a href='/x'&gt;", "ContainsRelRef"),
    (RSS, "<language>en", "<language>xx", "InvalidLanguage"),
    (RSS, '"false"', '"no"', "InvalidBooleanAttribute"),
    (RSS, "<pubDate>", "<blink/><pubDate>", "UndefinedElement"),
    (RSS, "<title>One</title>", "<title>One</title><title>One</title>", "DuplicateElement"),
    (RSS, "<title>One</title>", "", "MissingElement"),
    (RSS, "<title>One", "<title>\x01", "SAXError"),
    (ATOM, "28+08:00</updated><link", "28</updated><link", "InvalidRFC3339Date"),
    (ATOM, '<summary type="html">x</summary>', "", "MissingTextualContent"),
    (ATOM, '<summary type="html">', '<summary type="x">', "InvalidTextType"),
    (ATOM, "<title>One", "<title> One", "UnexpectedWhitespace"),
    (ATOM, "<title>T", "<title>&lt;/b&gt;", "ContainsHTML"),
    (ATOM, ' xml:lang="en"', "", "MissingDCLanguage"),
    (ATOM, "urn:uuid:1", "URN:uuid:1", "NonCanonicalURI"),
    (ATOM, "</entry>", "<source><title>S</title></source></entry>", "MissingSourceElement"),
    (ATOM, 'rel="self"', 'rel="alternate"', "MissingSelf"),
    (ATOM, "</feed>", "<title>T</title></feed>", "MisplacedMetadata"),
]


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    assert findings(RSS.encode()) == []
    assert findings(ATOM.encode()) == []


@pytest.mark.parametrize(("document", "before", "after", "name"), WRONG, ids=[case[3] for case in WRONG])
def test_what_is_wrong_is_found(document: str, before: str, after: str, name: str) -> None:
    assert before in document
    found = findings(document.replace(before, after, 1).encode())
    assert name in {line.partition(":")[0] for line in found}


def test_two_entries_of_one_moment_are_found() -> None:
    entry = ATOM[ATOM.index("<entry>") : ATOM.index("</feed>")]
    twice = ATOM.replace(entry, entry + entry.replace("uuid:1", "uuid:2"))
    assert [line.partition(":")[0] for line in findings(twice.encode())] == ["DuplicateUpdated"]
    again = ATOM.replace(entry, entry + entry)
    assert {line.partition(":")[0] for line in findings(again.encode())} >= {"DuplicateEntries"}
