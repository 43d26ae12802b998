"""``feedmill posts``: Jekyll posts in and out."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from feeds.errors import ConfigError, SourceError
from feeds.fetch.folder import POST_SUFFIXES
from feeds.pipeline.export import publish_changed
from feeds.pipeline.posts import export_posts, import_posts
from feeds.settings import load_settings
from worker import answers
from worker.deps import build_mill
from worker.options import Data, writing
from worker.session import open_existing, open_session

_IDS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")

app = typer.Typer(no_args_is_help=True, help="Take in Jekyll posts, and write articles as posts.")


@app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(metavar="DIR|FILE…", help="Folders of posts, or posts.")],
    data: Data = Path("var"),
    ids: Annotated[
        str, typer.Option(help="The id space the posts share with sources (their `ids`).")
    ] = "posts",
) -> None:
    """Take in Jekyll posts and publish them; no catalogue is needed.

    Example: [bold]feedmill posts import _posts --ids finews[/bold]
    """
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise ConfigError(f"no such file or folder: {', '.join(missing)}; name posts or folders of posts")
    strange = [str(path) for path in paths if path.is_file() and path.suffix not in POST_SUFFIXES]
    if strange:
        raise ConfigError(f"no posts: {', '.join(strange)}; posts end in {', '.join(POST_SUFFIXES)}")
    if not _IDS.fullmatch(ids):
        raise ConfigError(f"--ids {ids!r}: use letters, digits, and . _ - within, as in the catalogue")
    settings = load_settings()
    with open_session(data, settings) as store:
        mill = build_mill(store, settings)
        try:
            imported = import_posts(mill, paths, ids=ids)
        except SourceError as error:
            raise ConfigError(f"{error}: let feedmill read it, or name other posts") from error
        publish_changed(mill, time.sleep)
    for warning in imported.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    answers.show(f"{imported.read} posts read, {imported.changed} articles new or changed")


@app.command("export")
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where _posts and category go.")],
    data: Data = Path("var"),
) -> None:
    """Write every article as a Jekyll post, and every category as its page.

    Example: [bold]feedmill posts export site[/bold]
    """
    with open_existing(data, load_settings()) as store, writing(folder):
        answers.show(f"{export_posts(store, folder)} posts in {folder}")
