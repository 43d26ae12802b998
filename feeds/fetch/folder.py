"""A folder of posts, read as one payload: a local source that needs no HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
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


def posts_in(path: Path) -> list[Path]:
    """The post files below a folder, in order of their names; raises Unreachable without a folder.

    Hugo's ``_index`` is about its folder, and no post.
    """
    if not path.is_dir():
        raise Unreachable(f"{path}: there is no such folder")
    found = (file for file in path.rglob("*") if file.suffix in POST_SUFFIXES and file.stem != "_index")
    return sorted(file for file in found if file.is_file())


def read_posts(
    files: Sequence[Path], url: str, validators: Validators, *, now: datetime
) -> Received | NotModified:
    """These post files as one payload: msgpack of [name, bytes] pairs."""
    packer = Packer()
    try:
        if sum(file.stat().st_size for file in files) > _LIMIT:
            raise TooLarge(f"{url}: more than {_LIMIT} bytes of posts")
        packer.add(_ARRAY + len(files).to_bytes(4, "big"))
        for file in files:
            packer.add(msgspec.msgpack.encode((_name(file), file.read_bytes())))
    except OSError as error:
        raise Unreachable(f"{url}: {error}") from error
    packed, digest = packer.finish()
    found = Validators(digest=digest)
    if found.digest == validators.digest:
        return NotModified(validators=found)
    return Received(packed=packed, media_type=POSTS_MEDIA_TYPE, url=url, validators=found, fetched_at=now)


def _name(file: Path) -> str:
    """What a post is known by: its file's name; ``index.md`` is called as its folder, as Hugo has it."""
    return f"{file.absolute().parent.name}{file.suffix}" if file.stem == "index" else file.name
