"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import structlog
import typer

from feeds.errors import ConfigError

Data = Annotated[Path, typer.Option(help="The folder that holds all state.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for scripts.")]


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """A folder, made if it is not there; one that cannot be written is a mistake of whoever named it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise ConfigError(f"{folder}: {error.strerror}: name a folder you may write") from error


def catalogue_beside() -> Path | None:
    """feedmill.toml of this folder, if there is one."""
    path = Path("feedmill.toml")
    if path.is_file():
        return path
    structlog.get_logger().warning("no feedmill.toml here: going on with the sources applied before")
    return None
