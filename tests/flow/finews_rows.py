"""Rows for the five lists of the seed's provider: real ones, and one for each quirk its data had.

The quirks are those of DESIGN §6 and of corpora/finews/SYSTEM.md §7.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.finews_server import Item

SEED_CODE = "NW202203172312474080"
NO_TIME = "NW202205262391921712"
QUOTES = "NWQUOTES"
THREE_LISTS = "NWTHREE"
SPACES = "NWSPACES"
NAMED = "NWNAMED"
STOCKS = "NWSTOCKS"
HIDDEN = "NWHIDDEN"
INNER_BRACKETS = "NWINNER"
ONLY_SIMTITLE = "NWSIMPLE"
OTHER_ID = "NWOTHERID"
LATE = "NWLATE"
TECHWEB = "NWTECHWEB"

NEARLY_THE_SAME = [f"北向资金净买入超{number}亿元" for number in (30, 40, 50)]
"""Three pieces of news, told apart by a number."""

MEDIA = {
    "NWTWOWORDS": "21世纪经济报道 21财经APP",
    "NWTWOSPACES": "21世纪经济报道  南财理财通",
    "NWTYPO": "21世界经济报道",
    "NWBRACKETS": "安信国际证券(香港)",
    "NWMIXED": "Career In 投行PEVC",
    "NWBANK": "招商银行",
    "NWSLASH": "a/b",
    "NWDOTS": "..",
    "NWNULL": "null",
    "NWNUMBER": "1e3",
    TECHWEB: "Techweb",
}
"""A row of list 37 for each medium whose name was trouble, by infoCode."""

BODIES = {
    SPACES: "<p>　　第一段。</p><p>　　第二段　　有空格。</p>",
    NAMED: '<p>正文。</p><p class="em_media">（文章来源：证券时报）</p>',
    STOCKS: (
        '<p>买入<span id="stock_1.600519"><a href="http://quote.example/r/1.600519?a=1&b=2" class="keytip"'
        ' data-code="1,600519" target="_blank">贵州茅台</a></span><span id="quote_1.600519"></span>。</p>'
    ),
    HIDDEN: '<p style="display:none">藏着的字</p><p>看得见的字</p>',
}
"""Bodies that are the quirk; every other row has a plain one."""


def lists(corpus: Path, seed: str) -> dict[str, list[Item]]:
    """The rows of list 102, list 45 and list 37 of the corpus, with ours behind them."""
    flash = _rows(corpus / "webapi-type102.json", "records") + _flash_quirks()
    important = _rows(corpus / "webapi-type45.json", "nodeList") + _important_quirks()
    market = _rows(corpus / "newmarket-37.json", "record") + _market_quirks(seed)
    return {"flash": flash, "important": important, "market": market}


def second_market() -> list[Any]:
    """List 38: what other lists have too, and a record that is none."""
    return ["no record at all", _market(THREE_LISTS, "经济日报"), _market("NWSHARED38", "经济日报")]


def late() -> Item:
    """A row that comes later than others, with an older id and an older time."""
    return _flash(LATE, id="202112082200000001", showtime="2021-12-08 08:00:01")


def codes(*rows: list[Any]) -> set[str]:
    """Every infoCode of these lists, once."""
    items = [row for each in rows for row in each if isinstance(row, dict)]
    return {row.get("infoCode") or row["infocode"] for row in items}


def bodies(wanted: set[str], seed: str) -> dict[str, str]:
    """The text of each infoCode; the seed's own is that of its post."""
    plain = {code: f"<p>正文 {code}。</p>" for code in wanted}
    return plain | BODIES | {SEED_CODE: seed.partition("\n---\n")[2].partition("\n\n<http")[0]}


def _rows(path: Path, key: str) -> list[Item]:
    found: list[Item] = json.loads(path.read_text("utf-8"))[key]
    return found


def _flash_quirks() -> list[Item]:
    return [
        _flash(NO_TIME, id="202205262391921712", title="", digest="", showtime="", url_w=""),
        _flash(THREE_LISTS),
        _flash(SPACES),
        _flash(NAMED),
        _flash(STOCKS),
        _flash(HIDDEN),
        _flash(INNER_BRACKETS, digest="【快讯】他说【注】在后"),
        _flash(OTHER_ID, id="202112089999999999"),
        *(_flash(f"NWNORTH{place}", title=title) for place, title in enumerate(NEARLY_THE_SAME)),
    ]


def _important_quirks() -> list[Item]:
    return [
        _important(QUOTES, title='他说"好\\坏": #1 {不是} 名单'),
        _important(ONLY_SIMTITLE, title="", simtitle="简短的标题"),
        _important(THREE_LISTS),
        _important("NWTECHWEB2", source="TechWeb"),
    ]


def _market_quirks(seed: str) -> list[Item]:
    title = seed.partition('title: "')[2].partition('"')[0]
    own = _market(SEED_CODE, "重庆商报", title=title, datetime="2022-03-17 00:48:28")
    return [own, *(_market(code, medium) for code, medium in MEDIA.items())]


def _flash(code: str, **more: str) -> Item:
    number = f"2021{code.encode().hex()}"
    row = {"id": number, "title": f"标题 {code}", "digest": f"【标题 {code}】摘要 {code}"}
    place = {"url_w": f"http://news.example/{code}.html", "showtime": "2021-12-08 10:46:18"}
    return {"infoCode": code, **row, **place, **more}


def _important(code: str, *, source: str = "经济日报", **more: str) -> Item:
    row = {"title": f"标题 {code}", "from": source, "showtime": "2021-12-08 11:00:20"}
    return {"infocode": code, **row, "simtitle": f"标题 {code}", "simdigest": f"摘要 {code}", **more}


def _market(code: str, medium: str, **more: str) -> Item:
    row = {"title": f"标题 {code}", "medianame": medium, "datetime": "2021-12-08 12:45:50"}
    return {"infoCode": code, **row, **more}
