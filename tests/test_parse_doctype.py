"""Documents whose DTD would expand are refused, those that only mention one are read."""

from __future__ import annotations

import pytest

from feeds.errors import NotAFeed
from feeds.parse.doctype import LARGEST_SUBSET, refuse_expanding
from feeds.parse.source import parse
from tests.make import payload, source

NESTED = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
RSS = "<rss version='2.0'><channel><item><title>{}</title></item></channel></rss>"


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(NESTED, id="entities of entities"),
        pytest.param("<!-- > --><?xml-stylesheet?>\n" + NESTED, id="after a comment"),
        pytest.param("junk " + NESTED, id="after junk"),
        pytest.param(NESTED.replace("DOCTYPE", "doctype"), id="lower case"),
        pytest.param('<!DOCTYPE rss [<!ENTITY x "<y>"><!ENTITY a "1"><!ENTITY b "&a;">]>', id="after a tag"),
        pytest.param('<!DOCTYPE rss [<!ENTITY % a "b">%a;]>', id="parameter entity"),
        pytest.param(f'<!DOCTYPE rss [<!ENTITY a "{"A" * LARGEST_SUBSET}">]>', id="one large entity"),
        pytest.param(NESTED.removesuffix("]>"), id="never closed"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_expanding_declarations_are_refused(head: str, encoding: str) -> None:
    document = (head + RSS.format("&b;")).encode(encoding)
    with pytest.raises(NotAFeed, match="DTD"):
        parse(source(), payload(document))


def test_many_references_to_a_long_entity_are_refused() -> None:
    head = f'<!DOCTYPE rss [<!ENTITY a "{"A" * 1000}">]>'
    with pytest.raises(NotAFeed, match="expand"):
        refuse_expanding((head + RSS.format("&a;" * 2000)).encode())


@pytest.mark.parametrize(
    ("document", "title"),
    [
        pytest.param('<!DOCTYPE rss [<!ENTITY copy "&#169;">]>' + RSS.format("&copy;"), "©", id="character"),
        pytest.param(
            '<!DOCTYPE rss SYSTEM "http://dtd.invalid/x.dtd">' + RSS.format("x"), "x", id="external"
        ),
        pytest.param(RSS.format(f"<![CDATA[{NESTED}]]>"), NESTED, id="in character data"),
        pytest.param(f"<!-- {NESTED} -->" + RSS.format("x"), "x", id="in a comment"),
    ],
)
def test_lookalikes_are_read(document: str, title: str) -> None:
    assert parse(source(), payload(document)).entries[0].title == title


@pytest.mark.timeout(20)
def test_a_declaration_of_any_length_takes_no_quadratic_time() -> None:
    with pytest.raises(NotAFeed, match="DTD of"):
        refuse_expanding(b"<!DOCTYPE a [" + b"<!--" * 500_000)
