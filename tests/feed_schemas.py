"""Schemas of the formats, written from their specifications: RELAX NG for XML, rules for JSON Feed 1.1."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from typing import Any

from lxml import etree

_URI = r"[A-Za-z][A-Za-z0-9+.\-]*:\S+"
_GRAMMAR = f"""
<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="%s"
    datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <define name="uri"><data type="string"><param name="pattern">{_URI}</param></data></define>
  <define name="text"><data type="string"><param name="minLength">1</param></data></define>
  <define name="date"><data type="dateTime"/></define>
  <define name="bytes"><data type="nonNegativeInteger"/></define>
  <define name="language"><data type="language"/></define>
  <define name="more">
    <zeroOrMore>
      <element><nsName ns="http://purl.org/dc/elements/1.1/"/><ref name="text"/></element>
    </zeroOrMore>
    <zeroOrMore>
      <element><nsName ns="http://search.yahoo.com/mrss/"><except>
          <name ns="http://search.yahoo.com/mrss/">rating</name></except></nsName>
        <attribute name="url"><ref name="uri"/></attribute>
        <optional><attribute name="fileSize"><data type="positiveInteger"/></attribute></optional>
        <optional><attribute name="type"><ref name="text"/></attribute></optional>
        <optional><attribute name="medium"><ref name="text"/></attribute></optional>
        <optional><attribute name="duration"><ref name="bytes"/></attribute></optional>
      </element>
    </zeroOrMore>
    <optional>
      <element><name ns="http://search.yahoo.com/mrss/">rating</name>
        <attribute name="scheme"><value>urn:simple</value></attribute>
        <choice><value>adult</value><value>nonadult</value></choice>
      </element>
    </optional>
  </define>
  %s
</grammar>"""

# RFC 4287 §4.1.1, 4.1.2, 4.2.11: what each container must and may have, in any order.
_ATOM = """
  <start><element name="feed">
    <attribute name="xml:lang"><ref name="language"/></attribute>
    <interleave>
      <ref name="id"/><ref name="title"/><ref name="updated"/>
      <oneOrMore><element name="author"><ref name="person"/></element></oneOrMore>
      <oneOrMore><ref name="link"/></oneOrMore>
      <optional><element name="generator"><text/></element></optional>
      <optional><element name="subtitle"><ref name="text"/></element></optional>
      <zeroOrMore><ref name="entry"/></zeroOrMore>
    </interleave>
  </element></start>
  <define name="id"><element name="id"><ref name="uri"/></element></define>
  <define name="title"><element name="title"><ref name="text"/></element></define>
  <define name="updated"><element name="updated"><ref name="date"/></element></define>
  <define name="person"><element name="name"><ref name="text"/></element></define>
  <define name="link"><element name="link">
    <attribute name="href"><ref name="uri"/></attribute>
    <optional><attribute name="rel"><choice>
      <value>alternate</value><value>self</value><value>enclosure</value></choice></attribute></optional>
    <optional><attribute name="type"><ref name="text"/></attribute></optional>
    <optional><attribute name="length"><ref name="bytes"/></attribute></optional>
  </element></define>
  <define name="html"><attribute name="type"><value>html</value></attribute><ref name="text"/></define>
  <define name="entry"><element name="entry"><interleave>
    <ref name="id"/><ref name="title"/><ref name="updated"/>
    <zeroOrMore><element name="author"><ref name="person"/></element></zeroOrMore>
    <zeroOrMore><element name="contributor"><ref name="person"/></element></zeroOrMore>
    <zeroOrMore><element name="category">
      <attribute name="term"><ref name="text"/></attribute></element></zeroOrMore>
    <optional><element name="content"><ref name="html"/></element></optional>
    <optional><element name="summary"><ref name="html"/></element></optional>
    <oneOrMore><ref name="link"/></oneOrMore>
    <optional><element name="published"><ref name="date"/></element></optional>
    <optional><element name="rights"><ref name="text"/></element></optional>
    <optional><element name="source"><interleave>
      <ref name="id"/><ref name="title"/><ref name="updated"/><ref name="link"/>
    </interleave></element></optional>
    <ref name="more"/>
  </interleave></element></define>"""

# RSS 2.0 (RSS Advisory Board): "Required channel elements", "Elements of <item>".
_RSS = """
  <start><element name="rss"><attribute name="version"><value>2.0</value></attribute>
    <element name="channel"><interleave>
      <element name="title"><ref name="text"/></element>
      <element name="link"><ref name="uri"/></element>
      <element name="description"><ref name="text"/></element>
      <element name="language"><ref name="language"/></element>
      <element name="lastBuildDate"><ref name="text"/></element>
      <element name="docs"><ref name="uri"/></element>
      <element name="generator"><ref name="text"/></element>
      <element name="atom:link" ns="http://www.w3.org/2005/Atom">
        <attribute name="href" ns=""><ref name="uri"/></attribute>
        <attribute name="rel" ns=""><value>self</value></attribute>
        <attribute name="type" ns=""><value>application/rss+xml</value></attribute>
      </element>
      <optional><ref name="podcast"/></optional>
      <zeroOrMore><ref name="item"/></zeroOrMore>
    </interleave></element>
  </element></start>
  <define name="item"><element name="item"><interleave>
    <element name="title"><ref name="text"/></element>
    <element name="link"><ref name="uri"/></element>
    <element name="guid">
      <attribute name="isPermaLink"><value>false</value></attribute><ref name="uri"/></element>
    <element name="pubDate"><ref name="text"/></element>
    <optional><element name="description"><ref name="text"/></element></optional>
    <optional><element name="encoded" ns="http://purl.org/rss/1.0/modules/content/"
      ><ref name="text"/></element></optional>
    <zeroOrMore><element name="category"><ref name="text"/></element></zeroOrMore>
    <optional><element name="enclosure">
      <attribute name="url"><ref name="uri"/></attribute>
      <attribute name="length"><ref name="bytes"/></attribute>
      <attribute name="type"><ref name="text"/></attribute>
    </element></optional>
    <optional><element name="source">
      <attribute name="url"><ref name="uri"/></attribute><ref name="text"/></element></optional>
    <ref name="episode"/>
    <ref name="more"/>
  </interleave></element></define>
  <define name="podcast"><interleave ns="http://www.itunes.com/dtds/podcast-1.0.dtd">
    <element name="owner">
      <element name="name"><ref name="text"/></element><element name="email"><ref name="text"/></element>
    </element>
    <element name="author"><ref name="text"/></element>
    <element name="category"><attribute name="text" ns=""><ref name="text"/></attribute></element>
    <element name="explicit"><ref name="truth"/></element>
    <element name="type"><value>episodic</value></element>
    <optional><ref name="cover"/></optional>
  </interleave></define>
  <define name="episode"><interleave ns="http://www.itunes.com/dtds/podcast-1.0.dtd">
    <optional><element name="author"><ref name="text"/></element></optional>
    <optional><element name="duration"><ref name="clock"/></element></optional>
    <optional><ref name="cover"/></optional>
    <optional><element name="explicit"><ref name="truth"/></element></optional>
    <optional><element name="season"><data type="positiveInteger"/></element></optional>
    <optional><element name="episode"><data type="positiveInteger"/></element></optional>
    <optional><element name="episodeType">
      <choice><value>full</value><value>trailer</value><value>bonus</value></choice></element></optional>
  </interleave></define>
  <define name="cover"><element name="image" ns="http://www.itunes.com/dtds/podcast-1.0.dtd">
    <attribute name="href" ns=""><ref name="uri"/></attribute></element></define>
  <define name="truth"><choice><value>true</value><value>false</value></choice></define>
  <define name="clock">
    <data type="string"><param name="pattern">[0-9]+(:[0-5][0-9]){1,2}</param></data></define>"""


@cache
def _schema(name: str) -> etree.RelaxNG:
    namespace, rules = {
        "atom": ("http://www.w3.org/2005/Atom", _ATOM),
        "rss": ("", _RSS.replace("atom:link", "link")),
    }[name]
    return etree.RelaxNG(etree.fromstring(_GRAMMAR % (namespace, rules)))


def schema_errors(name: str, document: bytes) -> list[str]:
    """Where an ``atom`` or ``rss`` document is not what its format's schema says."""
    schema = _schema(name)
    schema.validate(etree.fromstring(document, etree.XMLParser(huge_tree=True)))
    return [str(error.message) for error in schema.error_log]


# ── JSON Feed 1.1 ───────────────────────────────────────────────────────────────────────────────


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"https?://\S+", value) is not None


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_date(value: Any) -> bool:
    return isinstance(value, str) and "T" in value and datetime.fromisoformat(value).tzinfo is not None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value)


Rules = dict[str, tuple[Callable[[Any], bool], str]]
FEED: Rules = {
    "version": (lambda value: value == "https://jsonfeed.org/version/1.1", "must"),
    "title": (_is_text, "must"),
    "home_page_url": (_is_address, "must"),
    "feed_url": (_is_address, "must"),
    "description": (_is_text, "may"),
    "language": (_is_text, "may"),
    "_feedmill": (_is_object, "may"),
    "items": (lambda value: isinstance(value, list), "must"),
}
ITEM: Rules = {
    "id": (_is_text, "must"),
    "url": (_is_address, "must"),
    "title": (_is_text, "must"),
    "content_html": (_is_text, "may"),
    "content_text": (_is_text, "may"),
    "summary": (_is_text, "may"),
    "image": (_is_address, "may"),
    "date_published": (_is_date, "must"),
    "date_modified": (_is_date, "must"),
    "authors": (_is_list, "may"),
    "tags": (_is_list, "may"),
    "language": (_is_text, "may"),
    "attachments": (_is_list, "may"),
    "_feedmill": (_is_object, "must"),
}
FILE: Rules = {
    "url": (_is_address, "must"),
    "mime_type": (_is_text, "may"),
    "language": (_is_text, "may"),
}
EPISODE: Rules = {
    "season": (_is_number, "may"),
    "number": (_is_number, "may"),
    "kind": (lambda value: value in ("full", "trailer", "bonus"), "may"),
    "explicit": (lambda value: isinstance(value, bool), "may"),
    "transcripts": (_is_list, "may"),
    "chapters": (_is_object, "may"),
}
ATTACHMENT: Rules = {
    "url": (_is_address, "must"),
    "mime_type": (_is_text, "must"),
    "size_in_bytes": (_is_number, "may"),
    "duration_in_seconds": (_is_number, "may"),
}


def jsonfeed_errors(document: bytes) -> list[str]:
    """Where a document is not what JSON Feed 1.1 says."""
    feed = json.loads(document, parse_constant=lambda name: f"not JSON: {name}")
    return list(_feed_errors(feed))


def _feed_errors(feed: Any) -> Iterator[str]:
    yield from _broken(feed, FEED, "feed")
    ids = [item.get("id") for item in feed["items"]]
    if len(ids) != len(set(ids)):
        yield "an id twice"
    for item in feed["items"]:
        yield from _broken(item, ITEM, "item")
        if ("content_html" in item) == ("content_text" in item):
            yield "item: either content_html or content_text"
        for author in item.get("authors", []):
            yield from _broken(author, {"name": (_is_text, "must")}, "author")
        for attachment in item.get("attachments", []):
            yield from _broken(attachment, ATTACHMENT, "attachment")
        yield from _episode_errors(item["_feedmill"].get("episode", {}))
        if not all(map(_is_text, item.get("tags", []))):
            yield "item: tags are text"


def _episode_errors(episode: Any) -> Iterator[str]:
    """What we say under a key of our own."""
    yield from _broken(episode, EPISODE, "episode")
    for file in (*episode.get("transcripts", []), *filter(None, [episode.get("chapters")])):
        yield from _broken(file, FILE, "file of an episode")


def _broken(found: Any, rules: Rules, what: str) -> Iterator[str]:
    yield from (f"{what}: {key} is unknown" for key in found if key not in rules)
    for key, (holds, need) in rules.items():
        if key in found and not holds(found[key]):
            yield f"{what}: {key} is {found[key]!r}"
        elif key not in found and need == "must":
            yield f"{what}: no {key}"
