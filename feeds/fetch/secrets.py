"""The secrets of this process' environment: put into a request, and taken out of what is said of it."""

from __future__ import annotations

import html
import json
import re
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from feeds.errors import SecretMissing

SECRET = re.compile(r"\$\{secret\.([A-Z][A-Z0-9_]*)\}")
"""The same form as in feeds/catalogue/secrets.py, which checks it; a test holds them equal."""

VARIABLE = "FEEDMILL_SECRET_"
"""What the environment variable of a secret begins with."""

SHORTEST = 4
"""Values with fewer characters are not searched for: they would be found in every other word."""

_USERINFO = re.compile(r"https?://(.*)@[^@]*", re.DOTALL)
_LONGEST_BASIC = 1000


class _StandIns(Mapping[str, str]):
    """An environment that has every secret: a word of its own that says which."""

    def __getitem__(self, name: str) -> str:
        if not name.startswith(VARIABLE):
            raise KeyError(name)
        return f"stand-in-for-{name.removeprefix(VARIABLE).lower().replace('_', '-')}"

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


STAND_INS: Mapping[str, str] = _StandIns()
"""For requests that are not sent: they need no secret, and are told apart as if they had theirs."""

Search = tuple[re.Pattern[str], str]
"""What to look for, and what takes its place."""


class Secrets:
    """The secrets of ``environ``, for all threads of a process.

    Blanks and line ends around a value are no part of it: a file that a variable was read from ends so.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.too_short: frozenset[str] = frozenset()
        """The names of values that were revealed and are not searched for."""
        self._environ = environ
        self._lock = threading.Lock()
        self._searches: dict[str, Search] = {}

    def is_secret(self, text: str) -> bool:
        """Whether ``text`` names a secret."""
        return "${" in text and SECRET.search(text) is not None

    def reveal(self, text: str) -> str:
        """``text`` with each ``${secret.NAME}`` replaced, as it is in the environment, not encoded.

        Raises SecretMissing, also for a value that no header could hold.
        """
        if not self.is_secret(text):
            return text
        values = {name: self._value_of(name) for name in SECRET.findall(text)}
        revealed = SECRET.sub(lambda match: values[match[1]], text)
        self._learn(values, revealed)
        return revealed

    def conceal(self, text: str) -> str:
        """``text`` with ``${secret.NAME}`` for every value that was revealed so far, the longest first.

        They are found as they are, percent-encoded in whole or in part, escaped as in a repr, and as base64
        where ``user:password`` was revealed. Values of less than four characters are not searched for.
        """
        for pattern, place in self._searches.values():
            # What names a secret already is left alone, even where its words are some secret's value.
            text = pattern.sub(lambda match, place=place: match[1] or place, text)  # type: ignore[misc]  # mypy infers no default's type
        return text

    def _value_of(self, name: str) -> str:
        value = self._environ.get(f"{VARIABLE}{name}", "").strip()
        if not value:
            raise SecretMissing(f"{VARIABLE}{name} is not set; it must be set where the fetch worker runs")
        if not value.isprintable():
            raise SecretMissing(f"{VARIABLE}{name} cannot be sent; set it to plain text in one line")
        return value

    def _learn(self, values: Mapping[str, str], revealed: str) -> None:
        """Have ``conceal`` look for these values from now on."""
        forms = {name: {value, unquote(value)} for name, value in values.items()}  # a url's is set encoded
        places = {
            form: f"${{secret.{name}}}" for name in forms for form in forms[name] if len(form) >= SHORTEST
        }
        if credentials := _credentials(revealed):
            places[b64encode(credentials.encode()).decode()] = "".join(
                f"${{secret.{name}}}" for name in values
            )
        self.too_short |= {name for name in forms if any(len(form) < SHORTEST for form in forms[name])}
        if places.keys() <= self._searches.keys():
            return
        new = {form: (_search(form), place) for form, place in places.items()}
        with self._lock:
            known = new | self._searches
            self._searches = {form: known[form] for form in sorted(known, key=len, reverse=True)}


def _credentials(revealed: str) -> str | None:
    """What basic authentication (RFC 7617) makes a header of: ``user:password``, or that of a URL."""
    if "://" in revealed:
        userinfo = _USERINFO.fullmatch(revealed)
        return unquote(userinfo[1]) if userinfo else None
    return revealed if ":" in revealed and len(revealed) <= _LONGEST_BASIC else None


def _search(form: str) -> re.Pattern[str]:
    """A pattern for a value each of whose characters may be encoded: clients encode what they must."""
    characters = (f"(?:{'|'.join(_forms_of(character))})" for character in form)
    return re.compile(rf"({SECRET.pattern.replace('(', '(?:')})|{''.join(characters)}")


def _forms_of(character: str) -> list[str]:
    """As it is, percent-encoded in either case, escaped as by repr, JSON or HTML, its bytes as latin-1."""
    raw = character.encode()
    percent = "".join(f"%{byte:02x}" for byte in raw)
    plain = {character, repr(character)[1:-1], repr(raw)[2:-1], json.dumps(character)[1:-1]}
    plain |= {raw.decode("latin-1"), html.escape(character)}
    plain |= {"+"} if character == " " else set()
    plain |= {f"\\{character}"} if character in "\"'\\/" else set()
    return [f"(?i:{percent})", *map(re.escape, sorted(plain, key=len, reverse=True))]
