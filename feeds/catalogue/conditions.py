"""What rules over entries may say; each message continues a sentence, as in values.py."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import jmespath  # type: ignore[import-untyped]
import re2  # type: ignore[import-untyped]
from cssselect import SelectorError
from jmespath.exceptions import JMESPathError  # type: ignore[import-untyped]
from jmespath.functions import Functions  # type: ignore[import-untyped]
from lxml import etree
from parsel.csstranslator import HTMLTranslator

from feeds.catalogue.problems import suggestion
from feeds.catalogue.values import FIELDS, check_expression, check_selector

CONDITION_FIELDS = (*(field for field in FIELDS if field != "name"), "text")
"""What conditions see of an entry; ``text`` is its content without markup."""
LISTS = ("authors", "tags")
REPLACEABLE = tuple(field for field in FIELDS if field not in ("guid", "name"))
"""Fields in which a rule may replace: never what names an article for ever."""

_LONGEST = 1000
_GROUP = re.compile(r"\\(.?)", re.DOTALL)
_TEXT_OF_CSS = ("::text", "::attr(")
_SPECIMENS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    (
        "an entry that says everything",
        {name: ["a", "b"] if name in LISTS else "2026-01-02T03:04:05+00:00" for name in CONDITION_FIELDS},
    ),
    ("an entry that says nothing", {name: [] if name in LISTS else "" for name in CONDITION_FIELDS}),
)
_SAME_PLACE = frozenset(
    {"and_expression", "or_expression", "not_expression", "comparator", "function_expression"}
    | {"multi_select_list", "multi_select_dict", "key_val_pair"}
)
"""Nodes of an expression whose parts are all read at the place where the node itself is."""


def check_condition(expression: str) -> str:
    """``expression`` if it is JMESPath over an entry's fields that does not fail on any sort of entry."""
    check_expression(expression)
    compiled = jmespath.compile(expression)
    for name in _functions_in(compiled.parsed):
        if name not in Functions.FUNCTION_TABLE:
            raise ValueError(
                f"calls {name}(), which JMESPath has not{suggestion(name, Functions.FUNCTION_TABLE)}"
            )
    names = list(_fields_in(compiled.parsed))
    for name in names:
        if name not in CONDITION_FIELDS:
            quoted = f"text is written in single quotes, like '{name}'"
            known = suggestion(name, CONDITION_FIELDS)
            raise ValueError(f"asks for {name}, which is not a field of an entry ({quoted}){known}")
    if not names:
        raise ValueError("asks for no field of an entry; write a field bare, like contains(tags, 'economy')")
    for what, specimen in _SPECIMENS:
        try:
            compiled.search(specimen)
        except (JMESPathError, ValueError, TypeError) as error:
            raise ValueError(f"fails on {what}: {' '.join(str(error).split())}") from error
    return expression


def check_field(name: str) -> str:
    """``name`` if conditions see such a field."""
    if name not in CONDITION_FIELDS:
        raise ValueError(f"is not a field that conditions see{suggestion(name, CONDITION_FIELDS)}")
    return name


def check_replaceable(name: str) -> str:
    """``name`` if rules may replace in that field."""
    if name in ("guid", "name"):
        raise ValueError("names an article for ever, so that nothing in it is replaced; leave the rule out")
    if name not in REPLACEABLE:
        raise ValueError(f"is not a field of an entry{suggestion(name, REPLACEABLE)}")
    return name


def check_length(replacement: str) -> str:
    """``replacement`` unless it is so long that a short text would become a huge one."""
    if len(replacement) > _LONGEST:
        raise ValueError(f"is too long; the most is {_LONGEST} characters")
    return replacement


def check_group(pattern: str, replacement: str) -> None:
    """Raise ValueError unless the groups that ``replacement`` names are in ``pattern``."""
    groups = re2.compile(pattern).groups
    for escaped in _GROUP.findall(replacement):
        if escaped == "\\":
            continue
        if not (escaped.isascii() and escaped.isdigit()):
            raise ValueError(r"has a \ in with that is none of \0 to \9 and \\; write a plain one as \\")
        if int(escaped) > groups:
            fix = "put ( ) around what is meant"
            raise ValueError(rf"says \{escaped} in with, but its pattern has too few groups; {fix}")


def check_removal(expression: str) -> str:
    """``expression`` if it is a selector of elements, CSS or XPath."""
    check_selector(expression)
    if any(part in expression for part in _TEXT_OF_CSS):
        raise ValueError("selects a text; only elements can be removed: leave ::text and ::attr() out")
    try:
        found = etree.XPath(_xpath_of(expression))(etree.fromstring("<html><body><p/></body></html>"))
    except (etree.XPathError, SelectorError) as error:
        raise ValueError(f"cannot be evaluated: {' '.join(str(error).split())}") from error
    if not isinstance(found, list):
        wrong = "gives no elements; write what selects them, like .share or //p[@class='ad']"
        raise ValueError(wrong)  # noqa: TRY004 (data, not a bug)
    return expression


def _xpath_of(expression: str) -> str:
    if expression.startswith(("/", "./", "(", "xpath:")):
        return expression.removeprefix("xpath:")
    return str(HTMLTranslator().css_to_xpath(expression))


def _functions_in(node: Mapping[str, Any]) -> Iterator[str]:
    if node["type"] == "function_expression":
        yield node["value"]
    for child in node["children"]:
        if isinstance(child, Mapping):
            yield from _functions_in(child)


def _fields_in(node: Mapping[str, Any]) -> Iterator[str]:
    """The fields of the entry itself that an expression asks for, not those of what it found there."""
    kind, children = node["type"], node["children"]
    if kind == "field":
        yield node["value"]
    elif kind in _SAME_PLACE:
        for child in children:
            yield from _fields_in(child)
    elif children and isinstance(children[0], Mapping) and kind != "expref":
        yield from _fields_in(children[0])
        if children[0]["type"] == "current" and kind in ("subexpression", "pipe"):
            yield from _fields_in(children[1])
