"""A folder of posts, read as one payload: a local source that needs no HTTP."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import msgspec

from feeds.errors import TooLarge, Unreachable
from feeds.model import POSTS_MEDIA_TYPE, NotModified, Received, Validators
from feeds.packing import Packer

POST_SUFFIXES = (".md", ".markdown", ".html")
_LIMIT = 256 * 2**20
_ARRAY = b"\xdd"  # msgpack's array 32, its length behind it


def read_folder(url: str, validators: Validators, *, now: datetime) -> Received | NotModified:
    """All posts of the folder at a file:// URL; NotModified when every byte is as last time."""
    path = Path(unquote(urlsplit(url).path))
    return read_posts(posts_in(path), url, validators, now=now)


class PostFile(NamedTuple):
    """A post's file, and what it is called: its path from the folder that is read, with slashes."""

    name: str
    path: Path


def posts_in(folder: Path) -> list[PostFile]:
    """The post files below a folder, in order of their paths; raises Unreachable without a folder.

    Hugo's ``_index`` is about its folder, and no post; ``index.md`` is called as its folder.
    """
    try:
        if not folder.is_dir():
            raise Unreachable(f"{folder}: there is no such folder")
        found = (path for path in _files_in(folder) if path.suffix in POST_SUFFIXES and path.stem != "_index")
        return [PostFile(_name(path, folder), path) for path in sorted(found) if path.is_file()]
    except OSError as error:
        raise _unreadable(folder, error) from error


def posts_at(path: Path) -> list[PostFile]:
    """The post files below a folder, or the one file that ``path`` is."""
    return posts_in(path) if path.is_dir() else [PostFile(path.name, path)]


def read_posts(
    files: Sequence[PostFile], url: str, validators: Validators, *, now: datetime
) -> Received | NotModified:
    """These post files as one payload: msgpack of [name, bytes] pairs."""
    packer = Packer()
    try:
        if sum(file.path.stat().st_size for file in files) > _LIMIT:
            raise TooLarge(f"{url}: more than {_LIMIT} bytes of posts")
        packer.add(_ARRAY + len(files).to_bytes(4, "big"))
        for file in files:
            packer.add(msgspec.msgpack.encode((file.name, file.path.read_bytes())))
    except OSError as error:
        raise _unreadable(url, error) from error
    packed, digest = packer.finish()
    found = Validators(digest=digest)
    if found.digest == validators.digest:
        return NotModified(validators=found)
    return Received(packed=packed, media_type=POSTS_MEDIA_TYPE, url=url, validators=found, fetched_at=now)


def _files_in(folder: Path) -> Iterator[Path]:
    """Every file below a folder; one that cannot be looked into raises, since its posts are not gone."""
    for place, _, names in os.walk(folder, onerror=_raise):
        yield from (Path(place, name) for name in names)


def _raise(error: OSError) -> None:
    raise error


def _unreadable(where: object, error: OSError) -> Unreachable:
    return Unreachable(f"{error.filename or where}: {error.strerror or error}")


def _name(path: Path, folder: Path) -> str:
    if path.stem == "index" and path.parent != folder:
        path = path.parent.with_name(path.parent.name + path.suffix)
    return path.relative_to(folder).as_posix()
