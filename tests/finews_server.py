"""The news provider the seed's system polled, spoken on loopback: five lists and their details."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.origin import NOT_FOUND, Origin, Request, Response

Item = Mapping[str, Any]


class FinewsServer:
    """Serves the lists it was given, as they are at the moment of each request.

    ``flash`` is list 102, ``important`` list 45, ``market`` the lists 37, 38 and 39; ``bodies`` has
    the HTML of each infoCode.
    """

    def __init__(
        self,
        *,
        flash: Sequence[Item] = (),
        important: Sequence[Item] = (),
        market: Mapping[int, Sequence[Item]] | None = None,
        bodies: Mapping[str, str] | None = None,
        port: int = 0,
    ) -> None:
        self.flash = flash
        self.important = important
        self.market = market if market is not None else {}
        self.bodies = bodies if bodies is not None else {}
        self.origin = Origin(port)
        self.origin.handler("/web/webapi?", self._list)
        self.origin.handler("/information/newmarket/web/webapi?", self._market)
        self.origin.handler("/NewsData/GetNewsText.do?", self._detail)

    @property
    def url(self) -> str:
        """Its address, without a trailing slash: both ``api`` and ``share`` of the preset."""
        return self.origin.url

    @property
    def requests(self) -> list[Request]:
        """Every request so far."""
        return self.origin.requests

    @property
    def detail_requests(self) -> Counter[str]:
        """How often each infoCode's text was asked for, answered or not."""
        details = (urlsplit(each.path) for each in self.requests if "GetNewsText" in each.path)
        return Counter(parse_qs(detail.query)["id"][0] for detail in details)

    def __enter__(self) -> Self:
        self.origin.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.origin.__exit__(kind, error, trace)

    def _list(self, path: str, headers: Mapping[str, str]) -> Response:
        asked = _query(path)
        if asked.get("type") == "102":
            return _answer({"records": _first(self.flash, asked)})
        if asked.get("type") == "45":
            return _answer({"nodeList": _first(self.important, asked)})
        return NOT_FOUND

    def _market(self, path: str, headers: Mapping[str, str]) -> Response:
        asked = _query(path)
        kind = asked.get("marketType", "")
        if kind not in ("37", "38", "39"):
            return NOT_FOUND
        return _answer({"record": _first(self.market.get(int(kind), ()), asked)})

    def _detail(self, path: str, headers: Mapping[str, str]) -> Response:
        code = _query(path).get("id", "")
        if code not in self.bodies:
            return NOT_FOUND
        flash = any(item.get("infoCode") == code for item in self.flash)
        return _answer({"content" if flash else "text": self.bodies[code]})


def _query(path: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}


def _first(items: Sequence[Item], asked: Mapping[str, str]) -> list[Item]:
    return list(items[: int(asked.get("count", "100"))])


def _answer(value: object) -> Response:
    # The provider sends text/html for its JSON, like many of its kind; readers must not mind.
    body = json.dumps(value, ensure_ascii=False).encode()
    return Response(body, media_type="text/html; charset=utf-8")
