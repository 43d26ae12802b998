"""Reading the manual as a test does: what it names, what it tells to type, where it leads."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import typer

from feeds.catalogue.tables import Table
from worker import cli

COMMANDS: Any = typer.main.get_command(cli.app)

_HEADING = re.compile(r"^(#+) (.*)$", re.MULTILINE)
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`]+)`")
_FIRST_CELL = re.compile(r"^\|([^|]*)\|", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_BEFORE_COMMAND = re.compile(r"\s*(?:[A-Z_]+=\S+\s+)*(?:\.venv/bin/)?(feedmill\s.*)", re.DOTALL)


def catalogues(text: str) -> list[str]:
    """The examples of a catalogue in a page."""
    return [block for language, block in _FENCE.findall(text) if language == "toml"]


def section(text: str, beginning: str) -> str:
    """What is under the heading that begins so, the headings below it included."""
    found = [match for match in _HEADING.finditer(text) if match[2].startswith(beginning)]
    assert len(found) == 1, f"{len(found)} headings begin with {beginning}"
    level = len(found[0][1])
    rest = (match for match in _HEADING.finditer(text, found[0].end()) if len(match[1]) <= level)
    following = next(rest, None)
    return text[found[0].end() : following.start() if following else len(text)]


def rows(text: str) -> set[str]:
    """What the rows of the tables are about: the code in their first cells."""
    return {code for cell in _FIRST_CELL.findall(text) for code in _CODE.findall(cell)}


def unnamed(words: Iterable[str], text: str) -> list[str]:
    """Those words that the text does not have as code of their own."""
    named = set(_CODE.findall(_FENCE.sub("", text)))
    return [word for word in words if word not in named]


def subclasses(root: type) -> Iterator[type]:
    """Every class below ``root``."""
    below: list[type] = root.__subclasses__()
    for each in below:
        yield each
        yield from subclasses(each)


def keys_of(table: type[Table]) -> list[str]:
    """The keys of a table as they are written, without those it shares with ``[fetch]``."""
    own = {name: field for name, field in table.model_fields.items() if name in table.__annotations__}
    return [field.alias or name for name, field in own.items()]


def leaves(command: Any, path: str = "feedmill") -> Iterator[str]:
    """Every command without commands below it, by its whole path."""
    for name, inner in getattr(command, "commands", {}).items():
        yield from leaves(inner, f"{path} {name}")
    if not hasattr(command, "commands"):
        yield path


def command_lines(text: str) -> Iterator[list[str]]:
    """The words of each ``feedmill …`` in fenced or inline code."""
    fenced = [line for _, block in _FENCE.findall(text) for line in block.splitlines()]
    inline = _CODE.findall(_FENCE.sub("", text))
    for code in fenced + inline:
        for part in code.split("&&"):
            found = _BEFORE_COMMAND.fullmatch(part)
            if found:
                yield shlex.split(found[1], comments=True)


def wrong_word(words: list[str]) -> str | None:
    """The first word of a command line that is no command or option there; None if all are."""
    command, rest = COMMANDS, words[1:]
    while rest and hasattr(command, "commands"):
        if rest[0] not in command.commands:
            return rest[0]
        command, rest = command.commands[rest[0]], rest[1:]
    known = {"--help", *(option for each in command.params for option in each.opts)}
    return next((word for word in rest if word[0] == "-" and word.partition("=")[0] not in known), None)


def anchors(text: str) -> set[str]:
    """What a forge calls the headings of a page."""
    titles = (match[2].lower() for match in _HEADING.finditer(_FENCE.sub("", text)))
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


def broken_links(text: str, place: Path) -> list[str]:
    """The relative links of a page in the folder ``place`` that lead nowhere."""
    return [link for link in _LINK.findall(text) if "://" not in link and not _leads(link, text, place)]


def _leads(link: str, text: str, place: Path) -> bool:
    path, _, anchor = link.partition("#")
    target = place / path
    if not (path == "" or target.exists()):
        return False
    return not anchor or anchor in anchors(target.read_text("utf-8") if path else text)
