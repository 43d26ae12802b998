"""The ``feedmill`` command for tests: its entry point, called in this process, on the test's store."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
import structlog

from tests.places import PREFIX
from worker.cli import main
from worker.folder import Folder


class Said(NamedTuple):
    """How a command ended, and what it said where."""

    code: int
    stdout: str
    stderr: str


Feedmill = Callable[..., Said]


@contextmanager
def on_store(
    redis_folder: Folder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Feedmill]:
    """The command on the store of the session's Redis; afterwards logs go where they went before."""
    monkeypatch.setenv("FEEDMILL_REDIS_URL", redis_folder.url)
    monkeypatch.setenv("FEEDMILL_PREFIX", PREFIX)
    monkeypatch.setenv("COLUMNS", "200")
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers = []

    def run(*words: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["feedmill", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        return Said(code if isinstance(code, int) else 1 if code else 0, *capsys.readouterr())

    try:
        yield run
    finally:
        structlog.reset_defaults()
        root.handlers = handlers
        root.setLevel(level)


def catalogue(path: Path, *ids: str, more: str = "") -> Path:
    tables = (f'[[source]]\nid = "{one}"\nkind = "feed"\nurl = "http://{one}.example/"\n' for one in ids)
    path.write_text("".join(tables) + more, "utf-8")
    return path
