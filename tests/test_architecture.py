"""The layers of docs/architecture.md, held by a walk over the syntax of every module."""

from __future__ import annotations

import ast
import graphlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BASE = frozenset({"model", "durations", "told", "crawl", "errors", "urls", "packing", "schedule"})
STAGES = frozenset({"fetch", "parse", "normalize", "store", "render", "deliver"})
TOLD = frozenset({"catalogue", "settings"})

MAY_IMPORT: Mapping[str, frozenset[str]] = {
    "model": frozenset(),
    "errors": frozenset(),
    "durations": frozenset(),
    "urls": frozenset({"model", "errors"}),
    "told": frozenset({"model"}),
    "crawl": frozenset({"model"}),
    "packing": frozenset({"model"}),
    "schedule": frozenset({"model", "durations", "told", "crawl", "errors", "urls"}),
    "settings": frozenset({"model", "errors"}),
    "catalogue": frozenset({"model", "durations", "told", "errors", "urls"}),
    **dict.fromkeys(STAGES, BASE),
    "pipeline": BASE | STAGES,
    "web": BASE | STAGES,
    "worker": BASE | STAGES | TOLD | {"pipeline", "web"},
}
"""The rooms each room may import from, besides itself."""

PURE = frozenset(
    {"model", "durations", "told", "crawl", "errors", "urls", "schedule", "parse", "normalize", "render"}
)
IMPURE_MODULES = frozenset(
    {
        *("aiohttp", "asyncio", "celery", "ftplib", "glob", "http", "httpx", "kombu"),
        *("logging", "multiprocessing", "os", "pathlib", "random", "redis", "requests", "secrets"),
        *("select", "shutil", "signal", "socket", "sqlite3", "ssl", "starlette", "structlog"),
        *("subprocess", "sys", "tempfile", "threading", "time"),
        *("urllib.request", "uvicorn"),
    }
)
HARMLESS = frozenset({"pathlib.PurePath", "pathlib.PurePosixPath"})
"""Names that do no I/O though their module does."""
IMPURE_CALLS = frozenset(
    {
        *("datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
        *("time.time", "time.monotonic", "uuid.uuid1", "uuid.uuid4", "uuid1", "uuid4"),
        *("open", "input", "print"),
    }
)
ONLY_IN: Mapping[str, tuple[str, ...]] = {
    "redis": ("feeds.store", "worker.embedded", "worker.system"),
    "httpx": ("feeds.fetch",),
    "celery": ("worker",),
    "starlette": ("feeds.web", "worker"),
    "jinja2": ("feeds.render",),
    "feedgen": ("feeds.render",),
    "feedparser": ("feeds.parse", "feeds.normalize"),
    "nh3": ("feeds.normalize",),
    "pycld2": ("feeds.normalize",),
    "listparser": ("feeds.catalogue",),
    "tomlkit": ("feeds.catalogue",),
}
"""Libraries that one room wraps for all others."""

VAGUE_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "misc", "tools"})
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
KEY_SPELLING = "due:"
KEY_MODULE = "feeds.store.keys"


@dataclass(frozen=True, slots=True)
class Module:
    """A module by its dotted name, with its text and its syntax."""

    name: str
    text: str
    tree: ast.Module
    known: frozenset[str]

    @property
    def room(self) -> str:
        return room_of(self.name)

    @property
    def imports(self) -> frozenset[str]:
        """Every imported module; a name taken from a package of ours counts as its module."""
        return frozenset(self._imports())

    def _imports(self) -> Iterator[str]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                source = "." * node.level + (node.module or "")
                for taken in (f"{source}.{alias.name}" for alias in node.names):
                    yield taken if taken in self.known | HARMLESS else source


def room_of(name: str) -> str:
    """The room of a module: its stage, or the word its own name begins with."""
    package, _, rest = name.partition(".")
    if package == "worker":
        return "worker"
    return rest.split(".")[0].split("_")[0]


def is_ours(name: str) -> bool:
    return name.split(".")[0] in ("feeds", "worker")


def layers(module: Module) -> Iterator[str]:
    if module.name in ("feeds", "worker"):
        return
    if module.room not in MAY_IMPORT:
        yield f"the room {module.room!r} has no place in the layers"
        return
    for imported in filter(is_ours, module.imports):
        room = room_of(imported)
        if room not in MAY_IMPORT[module.room] | {module.room}:
            yield f"{module.room} may not import {imported}"


def relative_imports(module: Module) -> Iterator[str]:
    yield from (f"spell {name} in full" for name in module.imports if name.startswith("."))


def purity(module: Module) -> Iterator[str]:
    if module.room not in PURE or module.name == "feeds":
        return
    for imported in module.imports:
        names = {imported, imported.split(".")[0]}
        if names & IMPURE_MODULES and imported not in HARMLESS:
            yield f"{module.room} is pure and may not import {imported}"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and (called := impure_call(node)):
            yield f"{module.room} is pure and may not call {called}, line {node.lineno}"


def impure_call(node: ast.Call) -> str | None:
    called = ast.unparse(node.func)
    ends = {called, ".".join(called.split(".")[-2:])}
    return called if ends & IMPURE_CALLS else None


def wrapped_libraries(module: Module) -> Iterator[str]:
    for imported in module.imports:
        rooms = ONLY_IN.get(imported.split(".")[0], ("feeds", "worker"))
        inside = any(module.name == room or module.name.startswith(f"{room}.") for room in rooms)
        if not is_ours(imported) and not inside:
            yield f"{imported} belongs to {' and '.join(rooms)}"


def vague_names(module: Module) -> Iterator[str]:
    words = set(module.name.replace("_", ".").split("."))
    yield from (f"{word!r} says nothing" for word in words & VAGUE_NAMES)


def lengths(module: Module) -> Iterator[str]:
    lines = module.text.count("\n")
    if lines > LONGEST_FILE:
        yield f"{lines} lines; split it"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{node.name} has {length} lines; split it"


def keys(module: Module) -> Iterator[str]:
    if module.name == KEY_MODULE:
        return
    prose = {id(node.value) for node in ast.walk(module.tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(module.tree):
        spelled = isinstance(node, ast.Constant) and KEY_SPELLING in str(node.value)
        if spelled and id(node) not in prose:
            yield f"a key is spelled in {ast.unparse(node)}; keys belong to {KEY_MODULE}"


def cycle(modules: Mapping[str, Module]) -> list[str]:
    """A circle of imports; empty when there is none."""
    graph = {name: module.imports & modules.keys() for name, module in modules.items()}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


def read(name: str, text: str, known: frozenset[str] = frozenset()) -> Module:
    return Module(name, text, ast.parse(text), known)


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


PATHS = sorted(path for package in ("feeds", "worker") for path in (ROOT / package).rglob("*.py"))
KNOWN = frozenset(map(dotted, PATHS))
MODULES = {dotted(path): read(dotted(path), path.read_text("utf-8"), KNOWN) for path in PATHS}
Rule = Callable[[Module], Iterator[str]]
RULES: tuple[Rule, ...] = (
    layers,
    relative_imports,
    purity,
    wrapped_libraries,
    vague_names,
    lengths,
    keys,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_module_keeps_the_rule(rule: Rule) -> None:
    broken = [f"{name}: {what}" for name, module in MODULES.items() for what in rule(module)]
    assert broken == []


def test_no_import_goes_in_a_circle() -> None:
    assert cycle(MODULES) == []


def test_the_walk_sees_the_whole_system() -> None:
    assert {"feeds.model", "feeds.catalogue", "feeds.store.keys", "worker.demo"} <= KNOWN
    assert {module.room for module in MODULES.values()} >= {"parse", "normalize", "render"}


BAD: tuple[tuple[Rule, str, str], ...] = (
    (layers, "feeds.parse.feed", "from feeds.normalize.html import clean"),
    (layers, "feeds.parse.feed", "def late():\n    import feeds.store.keys"),
    (layers, "feeds.model", "from feeds.errors import SourceError"),
    (layers, "feeds.urls", "from feeds import schedule"),
    (layers, "feeds.store.claims", "from feeds.pipeline.parse import parse"),
    (layers, "feeds.web.app", "from feeds.pipeline.parse import parse"),
    (layers, "feeds.pipeline.parse", "from worker.app import app"),
    (layers, "feeds.catalogue", "from feeds.parse.api import parse_list"),
    (layers, "feeds.kitchen.stove", "pass"),
    (relative_imports, "feeds.parse.feed", "from . import api"),
    (relative_imports, "feeds.parse.feed", "from ..store import keys"),
    (purity, "feeds.parse.feed", "import os"),
    (purity, "feeds.schedule", "from time import monotonic"),
    (purity, "feeds.normalize.html", "import urllib.request"),
    (purity, "feeds.render.pages", "import random as dice"),
    (purity, "feeds.schedule", "from datetime import datetime\nnow = datetime.now()"),
    (purity, "feeds.schedule", "import datetime\nnow = datetime.datetime.now(None)"),
    (purity, "feeds.normalize.article", "from uuid import uuid4\nnew = uuid4()"),
    (purity, "feeds.parse.posts", "from pathlib import Path, PurePosixPath"),
    (purity, "feeds.parse.posts", "text = open('post.md').read()"),
    (wrapped_libraries, "feeds.pipeline.parse", "import redis"),
    (wrapped_libraries, "worker.tasks", "from redis.client import Redis"),
    (wrapped_libraries, "feeds.store.claims", "import httpx"),
    (wrapped_libraries, "feeds.pipeline.fetch", "from celery import Celery"),
    (wrapped_libraries, "feeds.parse.feed", "import nh3"),
    (vague_names, "feeds.parse.utils", "pass"),
    (vague_names, "feeds.date_helpers", "pass"),
    (lengths, "feeds.model", "\n" * 401),
    (lengths, "feeds.model", "def long():\n" + "    pass\n" * 50),
    (keys, "feeds.store.claims", "key = 'due:fetch'"),
    (keys, "feeds.pipeline.fetch", "key = f'{prefix}due:{stage}'"),
)


@pytest.mark.parametrize(
    ("rule", "name", "text"), BAD, ids=[f"{rule.__name__}-{text[:30]}" for rule, _, text in BAD]
)
def test_each_rule_can_fail(rule: Rule, name: str, text: str) -> None:
    assert list(rule(read(name, text, KNOWN)))


GOOD: tuple[tuple[Rule, str, str], ...] = (
    (layers, "feeds.pipeline.parse", "from feeds.parse.api import parse_list"),
    (layers, "feeds.parse.feed", "from feeds import urls\nfrom feeds.parse import api"),
    (purity, "feeds.store.claims", "import time\nnow = time.time()"),
    (purity, "feeds.schedule", "from datetime import datetime\nday = datetime.min.time()"),
    (purity, "feeds.parse.posts", "from pathlib import PurePosixPath"),
    (wrapped_libraries, "feeds.store.claims", "import redis"),
    (keys, "feeds.store.claims", '"""Moves a member of due:fetch."""'),
    (keys, "feeds.store.keys", "key = 'due:fetch'"),
    (lengths, "feeds.model", "def long():\n" + "    pass\n" * 49),
)


@pytest.mark.parametrize(
    ("rule", "name", "text"), GOOD, ids=[f"{rule.__name__}-{text[:30]}" for rule, _, text in GOOD]
)
def test_no_rule_forbids_what_is_right(rule: Rule, name: str, text: str) -> None:
    assert list(rule(read(name, text, KNOWN))) == []


def test_a_circle_is_seen() -> None:
    known = frozenset({"feeds.a", "feeds.b"})
    circle = {
        "feeds.a": read("feeds.a", "from feeds import b", known),
        "feeds.b": read("feeds.b", "def late():\n    import feeds.a", known),
    }
    assert set(cycle(circle)) == {"feeds.a", "feeds.b"}
