"""Players of sound and film that may be shown in a frame: who they are, and how they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit


@dataclass(frozen=True, slots=True)
class Player:
    """Where a player's frames are, by exact hosts and the beginning of their path."""

    name: str
    hosts: tuple[str, ...]
    path: str
    shown_at: str | None = None
    """The host that is asked in place of the one named, for readers' sake."""


_YOUTUBE: Final = ("www.youtube.com", "youtube.com", "m.youtube.com")
_PRIVATE_YOUTUBE: Final = "www.youtube-nocookie.com"

PLAYERS: Final = (
    Player("YouTube", (_PRIVATE_YOUTUBE, "youtube-nocookie.com", *_YOUTUBE), "/embed/", _PRIVATE_YOUTUBE),
    Player("Vimeo", ("player.vimeo.com",), "/video/"),
    Player("Dailymotion", ("www.dailymotion.com",), "/embed/"),
    Player("Dailymotion", ("geo.dailymotion.com",), "/player"),
    Player("TED", ("embed.ted.com",), "/talks/"),
    Player("Internet Archive", ("archive.org",), "/embed/"),
    Player("Bilibili", ("player.bilibili.com",), "/player.html"),
    Player("Youku", ("player.youku.com",), "/embed/"),
    Player("Tencent Video", ("v.qq.com",), "/txp/iframe/player.html"),
    Player("Tencent Video", ("v.qq.com",), "/iframe/player.html"),
    Player("Ixigua", ("www.ixigua.com",), "/iframe/"),
    Player("Spotify", ("open.spotify.com",), "/embed/"),
    Player("SoundCloud", ("w.soundcloud.com",), "/player/"),
    Player("Apple Podcasts", ("embed.podcasts.apple.com",), "/"),
    Player("Apple Music", ("embed.music.apple.com",), "/"),
    Player("Bandcamp", ("bandcamp.com",), "/EmbeddedPlayer/"),
    Player("NetEase Music", ("music.163.com",), "/outchain/player"),
)
"""All others become links. docs/articles.md names each."""

HOSTS: Final = tuple(dict.fromkeys(player.shown_at or player.hosts[0] for player in PLAYERS))
"""What a page that shows articles has to allow as ``frame-src``."""

# A player needs its scripts and its own storage. It opens links in a new window, and never in ours.
_SANDBOX: Final = "allow-scripts allow-same-origin allow-popups"
# YouTube answers "Error 153" to a frame that does not say which site it is on.
_REFERRER: Final = "strict-origin-when-cross-origin"
_FIXED: Final = (
    f' loading="lazy" referrerpolicy="{_REFERRER}" sandbox="{_SANDBOX}" allowfullscreen=""></iframe>'
)
_FRAME: Final = re.compile(r'<iframe((?: (?:height|src|title|width)="[^"<>]*")+)' + re.escape(_FIXED))
_OLD_YOUTUBE: Final = re.compile(r"/v/([A-Za-z0-9_-]{6,20})(?:&.*)?")
_PLAYS_ALONE: Final = frozenset({"autoplay", "auto_play", "auto"})


def player_of(address: str) -> tuple[Player, str] | None:
    """The player whose frame ``address`` is, and the address to show it at: by https, not playing at once."""
    try:
        parts = urlsplit(address.strip())
        plain = parts.username is None and parts.port in (None, 80, 443)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not plain:
        return None
    host, path = parts.hostname or "", _steps(parts.path)
    if host in _YOUTUBE and (old := _OLD_YOUTUBE.fullmatch(path)):
        path = f"/embed/{old[1]}"
    for player in PLAYERS:
        if host in player.hosts and path.startswith(player.path):
            shown = (player.shown_at or host, path, _quiet(parts.query), "")
            return player, urlunsplit(("https", *shown))
    return None


def frame(attributes: dict[str, str]) -> str:
    """A player's frame, of the (escaped) attributes that the sanitizer left; nothing without an address."""
    if "src" not in attributes:
        return ""
    names = [name for name in ("src", "title", "width", "height") if attributes.get(name)]
    said = "".join(f' {name}="{attributes[name]}"' for name in names)
    return f"<iframe{said}{_FIXED}"


def without_frames(html: str, tag: str) -> str:
    """``html`` with each frame that :func:`frame` wrote as the element ``tag`` that it was before."""
    return _FRAME.sub(rf'<{tag} class="player"\1>', html) if "<iframe" in html else html


def link_text(address: str) -> str:
    """What a link to a frame that is not shown says: where it leads, on one line."""
    parts = urlsplit(address)
    text = f"{parts.hostname or ''}{parts.path}".rstrip("/")
    return text if len(text) <= 80 else f"{text[:79]}…"


def escaped(address: str) -> str:
    """``address`` as the value of an attribute."""
    return escape(address, quote=True)


def _steps(path: str) -> str:
    """``path`` unless it leaves its folder by dots, in whatever spelling."""
    steps = path.lower().replace("%2e", ".").replace("\\", "/").split("/")
    return "" if ".." in steps else path


def _quiet(query: str) -> str:
    if not any(word in query.lower() for word in _PLAYS_ALONE):
        return query
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode([(name, value) for name, value in pairs if name.lower() not in _PLAYS_ALONE])
