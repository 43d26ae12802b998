"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import structlog
import typer

Data = Annotated[Path, typer.Option(help="The folder that holds all state.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for scripts.")]


def catalogue_beside() -> Path | None:
    """feedmill.toml of this folder, if there is one."""
    path = Path("feedmill.toml")
    if path.is_file():
        return path
    structlog.get_logger().warning("no feedmill.toml here: going on with the sources applied before")
    return None
