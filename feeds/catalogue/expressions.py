"""Whether a source's expressions are what its kind reads them as: JMESPath in JSON, CSS or XPath in HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from feeds.catalogue.problems import Problem, shown
from feeds.catalogue.rules import Placed
from feeds.catalogue.values import check_expression, check_selector

AUTO = "auto"
_ARTICLE_KEYS = ("content", "title", "authors", "published", "image", "next")
Check = Callable[[str], str]


def expression_problems(placed: Placed) -> Iterator[Problem]:
    """Expressions that cannot be read, each with its key."""
    table = placed.table
    if table.kind == "api":
        yield from _list_problems(placed, check_expression)
    elif table.kind == "page":
        yield from _list_problems(placed, check_selector)
    if table.within not in (None, "jsonp"):
        yield from _broken(placed, "within", table.within, check_selector)
    yield from _article_problems(placed)


def _list_problems(placed: Placed, check: Check) -> Iterator[Problem]:
    table = placed.table
    if table.items != AUTO or table.kind == "api":
        yield from _broken(placed, "items", table.items, check)
    yield from _broken(placed, "next", table.next, check)
    for name, field in table.fields.items():
        yield from _broken(placed, f"fields.{name}", field.path, check)


def _article_problems(placed: Placed) -> Iterator[Problem]:
    article = placed.table.article
    if article is None:
        return
    for key in _ARTICLE_KEYS:
        written = getattr(article, key)
        if written != AUTO:
            yield from _broken(placed, f"article.{key}", written, _either)
    for written in article.remove:
        yield from _broken(placed, "article.remove", written, check_selector)


def _either(written: str) -> str:
    """An article's answer may be JSON or HTML, which only it can tell."""
    try:
        return check_expression(written)
    except ValueError:
        return check_selector(written)


def _broken(placed: Placed, key: str, written: str | None, check: Check) -> Iterator[Problem]:
    if written is None or "${" in written:  # a variable or secret in the wrong place has its own problem
        return
    try:
        check(written)
    except ValueError as error:
        yield Problem((*placed.path, *key.split(".")), placed.where, f"{key} = {shown(written)} {error}")
