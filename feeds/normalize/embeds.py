"""Players in an article stay, other frames become links, formulas their source."""

from __future__ import annotations

import re

from feeds.normalize.allowlist import PLAYER
from feeds.normalize.beacons import is_beacon
from feeds.normalize.players import link_text, player_of
from feeds.normalize.text import legal, one_line
from feeds.normalize.tree import Element, drop, elements, replace, text_in, unwrap
from feeds.normalize.vetting import address_of
from feeds.urls import is_http

SIGNS = (
    *((word, rf"{word}\b") for word in ("<iframe", "<math", "<object")),
    ("<embed", r"<embed\b(?! class=\"player\")"),
)
"""Markup in lower case that embeds something has one of these words, and then its pattern matches."""

_FRAMES = ("iframe", "object", PLAYER)
_ADDRESSES = ("src", "data", "movie")
_PARAMETERS = frozenset({"movie", "src", "url"})
_DOT = re.compile(r"\s*[01](?:px)?\s*")
_TEX = re.compile(r"application/x-tex|tex|latex", re.IGNORECASE)
_LONGEST_FORMULA = 2000


def place_embeds(root: Element, base: str | None) -> None:
    """Make frames, objects and formulas what articles may contain."""
    for element in reversed(elements(root, *_FRAMES)):
        _place(element, base)
    for formula in elements(root, "math"):
        _write(formula)


def _place(element: Element, base: str | None) -> None:
    """A listed player becomes its stand-in, else what is inside is shown, else a link to it."""
    address = _address(element, base)
    played = player_of(address) if address else None
    if played:
        player, shown = played
        stand_in = replace(element, PLAYER, **{"class": "player"}, src=shown)
        stand_in.set("title", legal(one_line(element.get("title") or "")) or player.name)
        for size in ("width", "height"):
            if said := legal(element.get(size) or ""):
                stand_in.set(size, said)
    elif element.tag == "object" and elements(element, "a", "img", "p", PLAYER):
        unwrap(element)
    elif address and not is_beacon(address) and not _is_dot(element):
        link = replace(element, "a", href=address)
        link.text = legal(one_line(element.get("title") or "")) or link_text(address)
    else:
        drop(element)


def _address(element: Element, base: str | None) -> str | None:
    named = [element.get(name) for name in _ADDRESSES]
    for parameter in elements(element, "param"):
        if (parameter.get("name") or "").lower() in _PARAMETERS:
            named.append(parameter.get("value"))
    vetted = (address_of(said, base) for said in named if said and said.strip())
    return next((address for address in vetted if address and is_http(address)), None)


def _is_dot(element: Element) -> bool:
    return any(_DOT.fullmatch(element.get(size) or "") for size in ("width", "height"))


def _write(formula: Element) -> None:
    """A formula (MathML) as its TeX where it brings one, else as its signs."""
    source = _tex(formula) or one_line("".join(_signs(formula)))
    if source and len(source) <= _LONGEST_FORMULA:
        replace(formula, "code").text = legal(source)
    else:
        drop(formula)


def _tex(formula: Element) -> str:
    for note in elements(formula, "annotation"):
        if _TEX.fullmatch((note.get("encoding") or "").strip()):
            return one_line(text_in(note))
    return one_line(formula.get("alttext") or "")


def _signs(formula: Element) -> list[str]:
    signs = ("mi", "mn", "mo", "ms", "mtext")
    return [sign.text or "" for sign in elements(formula, *signs)]
