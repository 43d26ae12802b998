"""What pages load besides themselves: one style sheet and one small script, both from here."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from importlib.resources import files
from types import MappingProxyType
from typing import Final

_MEDIA_TYPES: Final = MappingProxyType({"css": "text/css", "js": "text/javascript"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file that pages load; ``mark`` changes with its content, so that it may be kept for ever."""

    name: str
    content: bytes
    media_type: str
    mark: str

    @property
    def path(self) -> str:
        """Where it is, not yet below the site's own path."""
        return f"/static/{self.name}"


def _asset(name: str) -> Asset:
    content = files("feeds.render").joinpath("static", name).read_bytes()
    return Asset(
        name=name,
        content=content,
        media_type=f"{_MEDIA_TYPES[name.rpartition('.')[2]]}; charset=utf-8",
        mark=blake2b(content, digest_size=4).hexdigest(),
    )


ASSETS: Final = MappingProxyType({name: _asset(name) for name in ("style.css", "ago.js")})
