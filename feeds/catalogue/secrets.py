"""How a secret is named in a catalogue, and which keys are never shown; nothing here knows a value."""

from __future__ import annotations

import re
from typing import Any

from feeds.catalogue.lines import Path

SECRET = re.compile(r"\$\{secret\.([A-Z][A-Z0-9_]*)\}")
"""The same form as in feeds/fetch/secrets.py, which replaces it; a test holds them equal."""

VARIABLE = "FEEDMILL_SECRET_"
"""What the environment variable of a secret begins with."""

PRIVATE = ("body", "headers", "cookies", "auth", "proxy")
"""Keys whose values no message shows."""

SECRET_KEYS = ("url", *PRIVATE)
"""Keys whose values may name secrets."""

FORM = "a secret is written ${secret.NAME}; its name is A-Z, 0-9 and _, a letter first"

_ATTEMPT = re.compile(r"\$\{\s*secrets?[^a-z0-9_}]", re.IGNORECASE)
_DEPTHS = {"fetch": 1, "domain": 2, "source": 2}


def has_malformed(text: str) -> bool:
    """Whether something in ``text`` was meant to be a secret and is not written as one."""
    return "${" in text and bool(_ATTEMPT.search(SECRET.sub(" ", text)))


def is_attempt(name: str) -> bool:
    """Whether what stands between ``${`` and ``}`` is no variable but a secret, well-formed or not."""
    return bool(_ATTEMPT.match("${" + name))


def stand_in(text: str) -> str:
    """``text`` with an ``x`` for each secret, so that its form can be checked."""
    return SECRET.sub("x", text)


def key_of(path: Path) -> str:
    """The key of a source, a domain or ``[fetch]`` that ``path`` is in; empty elsewhere."""
    depth = _DEPTHS.get(str(path[0]), len(path)) if path else 0
    return str(path[depth]) if len(path) > depth else ""


def may_show(value: Any) -> bool:
    """Whether a value of a key that is not private is free of what looks like ``user:password@``."""
    return not (isinstance(value, str) and ":" in value and "@" in value)
