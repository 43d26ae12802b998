"""Which line a table or key of a TOML text is on."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.catalogue.lines import Path, line_of, locate
from feeds.catalogue.load import parse_catalogue
from feeds.errors import ConfigError

TEXT = '''\
# a comment [not] = a table

title = "[[source]]"  # [x]
[site]
"the url" . part = 1
text = """
[[source]]
id = 1
\\""" still text """
'more' = \'\'\'
[fetch]\'\'\'
[[source]]
id = "a"
fields = { guid = "x",
  title = "y" }
list = [
  "[[source]]", # ] ]
  2,
]
[source.article]
url = "u"
[ [ source ] ]
id = "b"
[[source]]
[domain."a.b".'c']
spacing = 1
'''.replace("[ [ source ] ]", "[[ source ]]")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 3),
        (("site",), 4),
        (("site", "the url"), 5),
        (("site", "the url", "part"), 5),
        (("site", "text"), 6),
        (("site", "more"), 10),
        (("source", 0), 12),
        (("source", 0, "id"), 13),
        (("source", 0, "fields"), 14),
        (("source", 0, "fields", "title"), 14),
        (("source", 0, "list", 1), 16),
        (("source", 0, "article"), 20),
        (("source", 0, "article", "url"), 21),
        (("source", 1), 22),
        (("source", 1, "id"), 23),
        (("source", 2), 24),
        (("source", 2, "id"), 24),
        (("domain", "a.b", "c", "spacing"), 26),
        (("nowhere",), 1),
    ],
    ids=str,
)
def test_lines_of_tables_and_keys(path: Path, line: int) -> None:
    assert line_of(locate(TEXT), path) == line


def test_windows_line_ends_count_once() -> None:
    assert locate('a = 1\r\n[b]\r\nc = """\r\n"""\r\nd = 1\r\n')[("b", "d")] == 5


NAMES = st.text("ab[]#=\"'.\n é", max_size=4)
VALUES = st.recursive(st.integers() | NAMES, lambda inner: st.lists(inner, max_size=3), max_leaves=5)


@given(st.dictionaries(NAMES, st.dictionaries(NAMES, VALUES, max_size=3), max_size=4))
def test_every_key_is_found_on_its_line(document: dict[str, dict[str, Any]]) -> None:
    text, expected = "", dict[Path, int]()
    for table, pairs in document.items():
        expected[(table,)] = text.count("\n") + 1
        text += f"[{_quoted(table)}] # [comment]\n"
        for key, value in pairs.items():
            expected[(table, key)] = text.count("\n") + 1
            text += f"{_quoted(key)} = {_written(value)}\n"
    assert tomllib.loads(text) == document
    assert locate(text) == expected


def _written(value: object) -> str:
    if isinstance(value, list):
        return "[ # a ] in a comment\n" + ",\n".join(map(_written, value)) + "]"
    return _quoted(value) if isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def test_a_misspelt_table_is_told_of_where_it_stands_and_hides_nothing_else() -> None:
    text = (
        '# a comment\n[[source]]\nid = "n"\nkind = "page"\nurl = "https://example.org/"\n'
        'items = "li >>> a"\nlangauge = "en"\nfields = { title = "a::text", urll = "x" }\n\n'
        '[[sources]]\nid = "z"\n\n[catagory.x]\ntitle = "y"\n'
    )
    with pytest.raises(ConfigError) as raised:
        parse_catalogue(text, name="f.toml", folder="/", variables={})
    told = [line.partition(": ")[0] for line in str(raised.value).splitlines()]
    assert told == ["f.toml:6", "f.toml:7", "f.toml:8", "f.toml:10", "f.toml:13"]
